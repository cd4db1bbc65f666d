"""moto's Cognito, with our operations in front: subclasses put in place through moto's own `BackendDict`.

No fork and no patched method. The names of moto that this rests on are `BackendDict.backend` (which class makes the
backends), `_url_module` (which response class answers), `call_action` (the one choke point of a response class) and
`url_paths`; tests/local/test_state.py watches them.

Every request passes `call_action`: it is validated, recorded, may meet a fault, and is answered by our table of
operations or else by moto. All of it happens under one lock.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ConnectionClosedError
from moto.cognitoidp import urls
from moto.cognitoidp.models import CognitoIdpBackend, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.utils import camelcase_to_underscores, method_names_from_class

from reconciler.local import clients, domains, groups, mfa, pools, providers, resource_servers, schema
from reconciler.local.checks import SERVICE, masked, service_model, validate
from reconciler.local.faults import Fault, Faults, RecordedCall
from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import Refusal
from reconciler.local.shadows import new_shadow, renew
from reconciler.local.store import ACCOUNT, Record, Store

MODULES = (pools, schema, mfa, clients, domains, providers, resource_servers, groups)
OPERATIONS: dict[str, Operation] = {name: run for module in MODULES for name, run in module.OPERATIONS.items()}
"""Every operation that is ours; the others of the API are moto's."""

Answer = tuple[int, dict[str, str], str]
"""Status, headers, body."""
CONTENT_TYPE = "application/x-amz-json-1.1"
NOT_IMPLEMENTED = 501


class Engine:
    """One embedded Cognito: records, faults and the calls that arrived."""

    def __init__(self, store: Store, *, record: bool = True) -> None:
        self.store = store
        self._record = record  # a server that runs for days should not keep every call
        self.faults = Faults()
        self.calls: list[RecordedCall] = []

    def answer(self, response: CognitoIdpResponse, operation: str, by_moto: Callable[[], Any]) -> Any:
        """Answer one request.

        Args:
            response: moto's request object.
            operation: CamelCase name.
            by_moto: Lets moto answer.

        Raises:
            ConnectionClosedError: A fault takes the answer away.
        """
        with self.store.lock:
            params: Record = {}
            fault, error = self.faults.due(operation), ""
            try:
                params = _parse(response.body)
                result = self._run(response, operation, params, fault, by_moto)
            except Refusal as refusal:
                error = refusal.code
                result = _error(refusal)
            if self._record:
                self.calls.append(RecordedCall(SERVICE, operation, masked(operation, params), response.region, error))
        if fault is not None and fault.lost_answer:
            raise ConnectionClosedError(endpoint_url=f"https://{SERVICE}.{response.region}.amazonaws.com/")
        return result

    def _run(
        self, response: Any, operation: str, params: Record, fault: Fault | None, by_moto: Callable[[], Any]
    ) -> Any:
        if operation not in service_model().operation_names:
            raise Refusal("UnknownOperationException", "The operation is not known.")
        if fault is not None and not fault.lost_answer:
            raise Refusal(fault.error_code or "", fault.message, fault.status)
        validate(operation, params)
        if operation in OPERATIONS:
            context = Context(self.store, response.region, partial(_users, response.backend))
            answer = OPERATIONS[operation](context, params)
            self.store.save()
            return 200, {"Content-Type": CONTENT_TYPE}, json.dumps(answer)
        if camelcase_to_underscores(operation) not in method_names_from_class(CognitoIdpResponse):
            raise Refusal("NotImplementedException", f"{operation} is not part of this emulator.", NOT_IMPLEMENTED)
        self._renew_shadows()
        return by_moto()

    def _renew_shadows(self) -> None:
        """Bring moto's objects of every Region in step: some operations name no Region and search in all."""
        backends: Any = cognitoidp_backends[ACCOUNT]
        for region in {p["region"] for p in self.store.pools.values()} | set(backends):
            backends[region].renew_shadows()


def _parse(body: Any) -> Record:
    try:
        params = json.loads(body or "{}")
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise Refusal("SerializationException", "The request is not a JSON object.")
    return {k: v for k, v in params.items() if v is not None}


def _error(refusal: Refusal) -> Answer:
    body = json.dumps({"__type": refusal.code, "message": refusal.message})
    return refusal.status, {"Content-Type": CONTENT_TYPE, "x-amzn-ErrorType": refusal.code}, body


def _users(backend: Any, pool_id: str) -> int:
    shadow = backend.user_pools.get(pool_id)
    return len(shadow.users) if shadow is not None else 0


class LocalBackend(CognitoIdpBackend):
    """moto's backend of one Region, over the records of an engine."""

    def __init__(self, engine: Engine, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.engine = engine
        self._seen: dict[str, int] = {}

    def reset(self) -> None:
        """Forget users; moto calls this when a mock starts. The records are not moto's to reset."""
        self.__init__(self.engine, self.region_name, self.account_id)  # type: ignore[misc]

    @property
    def _url_module(self) -> Any:
        """Serve moto's addresses with our response class."""
        dispatch = {path: handler for path, handler in urls.url_paths.items() if path != "{0}/$"}
        return SimpleNamespace(url_bases=urls.url_bases, url_paths={"{0}/$": LocalResponse.dispatch, **dispatch})

    def renew_shadows(self) -> None:
        """Bring moto's objects of this Region in step with the records."""
        store = self.engine.store
        current = {p["id"]: p for p in store.of_region(self.region_name)}
        for pool_id in [i for i in self.user_pools if i not in current]:
            del self.user_pools[pool_id]
        for pool_id, record in current.items():
            if self._seen.get(pool_id) == store.revisions[pool_id] and pool_id in self.user_pools:
                continue
            if pool_id not in self.user_pools:
                self.user_pools[pool_id] = new_shadow(record, self.account_id)
            renew(self.user_pools[pool_id], record)
            self._seen[pool_id] = store.revisions[pool_id]


class LocalResponse(CognitoIdpResponse):
    """moto's response class with the choke point in front."""

    def call_action(self) -> Any:
        """Answer one request."""
        try:
            backend: Any = self.backend
        except KeyError:
            return _error(Refusal("UnrecognizedClientException", f"There is no Region {self.region}."))
        return backend.engine.answer(self, self._operation(), super().call_action)

    def _operation(self) -> str:
        """Return the operation's name; empty if the request names none."""
        target = self.headers.get("x-amz-target") or self.headers.get("X-Amz-Target") or ""
        return str(target).rpartition(".")[2]


@contextmanager
def installed(engine: Engine) -> Iterator[None]:
    """Put an engine in the place of moto's Cognito, and moto's back in the end.

    `BackendDict.backend` is called with a Region and an account, so a partial does as well as a class.
    """
    registry: Any = cognitoidp_backends
    before = registry.backend
    registry.backend = partial(LocalBackend, engine)
    registry.clear()
    try:
        yield
    finally:
        registry.backend = before
        registry.clear()
