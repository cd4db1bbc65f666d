"""IAM, Lambda and CloudWatch Logs beside the embedded Cognito, as far as a pool needs them.

Roles are moto's, and are kept in our state between runs. Policies of functions, and log groups, are answered by us.
Everything else of these services is moto's alone. Imported only where it is used: moto's modules cost 0.1 s.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

import moto.awslambda.urls
import moto.iam.urls
import moto.logs.urls
from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.awslambda.responses import LambdaResponse
from moto.iam.models import IAMBackend, iam_backends
from moto.iam.responses import IamResponse
from moto.logs.models import LogsBackend, logs_backends
from moto.logs.responses import LogsResponse

from reconciler.local import function_policies, log_groups
from reconciler.local.backend import Answer, Engine
from reconciler.local.moto_services import Choke, Ours, placed
from reconciler.local.refusal import ServiceError
from reconciler.local.store import Record, Store

IAM = "iam"


class LocalIamBackend(Ours, IAMBackend):
    """moto's backend of IAM, with the roles of earlier runs."""

    MOTO_URLS = moto.iam.urls

    def renew(self, store: Store) -> None:
        """Make the roles those of the state: it may have been read from a file."""
        if self._records() == store.account["roles"]:
            return
        self.roles.clear()
        for name, role in store.account["roles"].items():
            made = self.create_role(name, role["document"], role["path"], role["boundary"], "", role["tags"], None)
            made.policies.update(role["policies"])

    def keep(self, store: Store) -> None:
        """Put the roles into the state."""
        found = self._records()
        if found != store.account["roles"]:
            store.account["roles"] = found
            store.touch_account()

    def _records(self) -> Record:
        return {role.name: _record(role) for role in self.get_roles()}


def _record(role: Any) -> Record:
    return {
        "document": role.assume_role_policy_document,
        "path": role.path,
        "boundary": role.permissions_boundary_arn,
        "tags": list(role.tags),
        "policies": dict(role.policies),
    }


class LocalLambdaBackend(Ours, LambdaBackend):
    """moto's backend of AWS Lambda."""

    MOTO_URLS = moto.awslambda.urls

    @property
    def _url_module(self) -> Any:
        """Serve all of moto's URLs with our response class: each operation has a path of its own."""
        paths = dict.fromkeys(self.MOTO_URLS.url_paths, self.RESPONSE.dispatch)
        return SimpleNamespace(url_bases=self.MOTO_URLS.url_bases, url_paths=paths)


class LocalLogsBackend(Ours, LogsBackend):
    """moto's backend of CloudWatch Logs."""

    MOTO_URLS = moto.logs.urls


class LocalIamResponse(Choke, IamResponse):
    """moto's response class of IAM with our entry point."""

    service = IAM
    backends: Any = iam_backends
    described = False

    @property
    def scope(self) -> str:
        """IAM has no Regions."""
        return self.partition

    def operation(self) -> str:
        """Return the operation's name."""
        return str(self._get_action())

    def request(self) -> Record:
        """Return the parameters as they are on the wire: a flat form."""
        return {k: v[0] for k, v in self.querystring.items() if k not in ("Action", "Version")}

    def refuse(self, refusal: ServiceError) -> Answer:
        """Return a refusal in XML."""
        error = f"<Error><Type>Sender</Type><Code>{refusal.code}</Code><Message>{refusal.message}</Message></Error>"
        return refusal.status, {"Content-Type": "text/xml"}, f"<ErrorResponse>{error}</ErrorResponse>"

    def renew(self, store: Store) -> None:
        """Make the roles those of the state."""
        self.backends[self.current_account][self.scope].renew(store)

    def keep(self, store: Store) -> None:
        """Put the roles into the state."""
        self.backends[self.current_account][self.scope].keep(store)


class LocalLambdaResponse(Choke, LambdaResponse):
    """moto's response class of AWS Lambda with our entry point for policies of functions."""

    service = function_policies.SERVICE
    backends = lambda_backends

    def operation(self) -> str:
        """Return the operation's name, which follows from method and path."""
        return str(self._get_action())

    def request(self) -> Record:
        """Return the parameters from body, path and query."""
        query = {k: v[0] for k, v in self.querystring.items() if k in ("Qualifier", "RevisionId")}
        return {**super().request(), **self.uri_match, **query}

    def call_action(self) -> Any:
        """Answer one request."""
        ours = self.operation() in function_policies.OPERATIONS
        return super().call_action() if ours else LambdaResponse.call_action(self)


class LocalLogsResponse(Choke, LogsResponse):
    """moto's response class of CloudWatch Logs with our entry point for what we answer."""

    service = log_groups.SERVICE
    backends = logs_backends

    def call_action(self) -> Any:
        """Answer one request."""
        return super().call_action() if self.operation() in log_groups.OPERATIONS else LogsResponse.call_action(self)


LocalIamBackend.RESPONSE = LocalIamResponse
LocalLambdaBackend.RESPONSE = LocalLambdaResponse
LocalLogsBackend.RESPONSE = LocalLogsResponse
REGISTRIES: tuple[tuple[Any, type[Ours]], ...] = (
    (iam_backends, LocalIamBackend),
    (lambda_backends, LocalLambdaBackend),
    (logs_backends, LocalLogsBackend),
)


def installed(engine: Engine) -> AbstractContextManager[None]:
    """Put these services of moto onto an engine, and restore them at the end."""
    return placed(engine, REGISTRIES)
