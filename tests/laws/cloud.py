"""The embedded Cognito without HTTP, boto3 and moto: a `Cloud` that calls its operations directly.

A law needs thousands of pools. Requests are checked as the server checks them, and pass through JSON in both
directions, so that nothing is shared; blobs and times get the forms that boto3 gives them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from reconciler.cloud.aws import reveal, translate
from reconciler.cloud.port import Cloud, Identity
from reconciler.local import replicas
from reconciler.local.backend import Engine
from reconciler.local.checks import service_model, validate
from reconciler.local.operation_table import BY_SERVICE
from reconciler.local.refusal import ServiceError
from reconciler.local.store import ACCOUNT, Store
from reconciler.model import Tree

model = cache(service_model)


def opened() -> Engine:
    """An embedded Cognito in memory."""
    engine = Engine(Store(None))
    engine.open()
    return engine


class Direct:
    """A cloud on an embedded Cognito."""

    def __init__(self, region: str, engine: Engine | None = None) -> None:
        self.engine = engine or opened()
        self.store = self.engine.store
        self.region = region
        self.calls: list[str] = []

    def identity(self) -> Identity:
        return Identity(ACCOUNT, self.region)

    def at(self, region: str) -> Cloud:
        return Direct(region, self.engine)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        shapes = model(service).operation_model(operation)
        sent = json.loads(json.dumps(_sent(reveal(params))))
        self.calls.append(operation)
        context = self.engine.context(self.region)
        try:
            validate(operation, sent, service)
            replicas.check_region(context, operation, sent)
            answer = json.loads(json.dumps(BY_SERVICE[service][operation](context, sent)))
        except ServiceError as refusal:
            told = {
                "Error": {"Code": refusal.code, "Message": refusal.message},
                "ResponseMetadata": {"HTTPStatusCode": refusal.status},
            }
            raise translate(f"{service}:{operation}", ClientError(told, operation)) from None
        found: Tree = _parsed(shapes.output_shape, answer)
        return found


def _sent(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {k: _sent(v) for k, v in value.items()}
    return [_sent(v) for v in value] if isinstance(value, list | tuple) else value


def _parsed(shape: Any, value: Any) -> Any:
    """Give an answer the types that boto3 gives it, and leave out what the model does not know."""
    if shape is None:
        return {}
    if value is None or getattr(shape, "is_document_type", False):
        return value
    kind = shape.type_name
    return TYPES[kind](shape, value) if kind in TYPES else value


TYPES: dict[str, Callable[[Any, Any], Any]] = {
    "structure": lambda shape, value: {
        k: _parsed(shape.members[k], v) for k, v in value.items() if k in shape.members and v is not None
    },
    "list": lambda shape, value: [_parsed(shape.member, v) for v in value],
    "map": lambda shape, value: {k: _parsed(shape.value, v) for k, v in value.items()},
    "blob": lambda _, value: base64.b64decode(value),
    "timestamp": lambda _, value: datetime.fromtimestamp(value, UTC),
}
