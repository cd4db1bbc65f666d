"""moto's services, overridden by our operations: subclasses installed through moto's own `BackendDict`.

No fork and no patched method. It depends on these names of moto: `BackendDict.backend` (the class of the
backends), `_url_module` (the response class), `call_action` (the single entry point of a response class) and
`url_paths`; tests/local/test_state.py checks them.

Every request passes `call_action` and goes to the engine: those about user pools and identity pools, and those to AWS
WAF that concern a user pool. What the engine does not answer, moto does. Imported only where it is used, as moto takes
0.3 s to import.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import moto.cognitoidentity.urls
import moto.cognitoidp.urls
import moto.secretsmanager.urls
import moto.wafv2.urls
from moto.cognitoidentity.models import CognitoIdentityBackend, cognitoidentity_backends
from moto.cognitoidentity.responses import CognitoIdentityResponse
from moto.cognitoidp.models import CognitoIdpBackend, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.wafv2.models import WAFV2Backend, wafv2_backends
from moto.wafv2.responses import WAFV2Response

from reconciler.local import managed_secrets, web_acls
from reconciler.local.backend import Answer, Engine, error_of, parse
from reconciler.local.checks import IDENTITY, SERVICE
from reconciler.local.refusal import ServiceError
from reconciler.local.store import ACCOUNT, Record, Store

# --- backends ------------------------------------------------------------------------------------------------------


class Ours:
    """Common parts of our backends of one Region: an engine, and the URLs that our response class serves."""

    MOTO_URLS: Any
    """moto's module of URLs."""
    RESPONSE: Any
    """Our response class."""
    region_name: str
    account_id: str

    def __init__(self, engine: Engine, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)  # type: ignore[call-arg]
        self.engine = engine

    def reset(self) -> None:
        """Reset users; moto calls this when a mock starts. It must not reset the records."""
        self.__init__(self.engine, self.region_name, self.account_id)  # type: ignore[misc]

    @property
    def _url_module(self) -> Any:
        """Serve moto's URLs with our response class."""
        paths = dict(self.MOTO_URLS.url_paths)
        for path in ("{0}/", "{0}/$"):
            if path in paths:
                paths[path] = self.RESPONSE.dispatch
        return SimpleNamespace(url_bases=self.MOTO_URLS.url_bases, url_paths=paths)


class LocalBackend(Ours, CognitoIdpBackend):
    """moto's backend of user pools of one Region; nothing of it is used but its place in moto."""

    MOTO_URLS = moto.cognitoidp.urls


class LocalIdentityBackend(Ours, CognitoIdentityBackend):
    """moto's backend of identity pools of one Region; it keeps only the identities."""

    MOTO_URLS = moto.cognitoidentity.urls

    def renew_shadows(self) -> None:
        """Sync moto's identities with the existing identity pools."""
        known = {i for i in self.engine.store.account["identity_pools"] if i.startswith(f"{self.region_name}:")}
        self.pools_identities = {
            i: self.pools_identities.get(i, {"IdentityPoolId": i, "Identities": []}) for i in sorted(known)
        }


class LocalWafBackend(Ours, WAFV2Backend):
    """moto's backend of AWS WAF."""

    MOTO_URLS = moto.wafv2.urls


class LocalSecretsBackend(Ours, SecretsManagerBackend):
    """moto's backend of Secrets Manager, in which Cognito rotates the secrets that it keeps there."""

    MOTO_URLS = moto.secretsmanager.urls
    RESPONSE = SecretsManagerResponse

    def rotate_secret(self, secret_id: str, client_request_token: str | None = None, *args: Any, **options: Any) -> str:
        """Rotate a secret, as Cognito does if it is one of its own."""
        store, secret = self.engine.store, self.secrets.get(secret_id)
        with self.engine.turn():
            if secret and managed_secrets.begin_rotation(store, secret, client_request_token or store.new_uuid()):
                return json.dumps({"ARN": secret.arn, "Name": secret.name, "VersionId": client_request_token})
        return super().rotate_secret(secret_id, client_request_token, *args, **options)

    def describe_secret(self, secret_id: str) -> Any:
        """Return a secret; this brings its rotation a step further, afterwards."""
        found = super().describe_secret(secret_id)
        answer = copy.deepcopy(found.to_dict())
        with self.engine.turn():
            managed_secrets.advance(self.engine.store, found)
        return SimpleNamespace(to_dict=lambda: answer)


# --- responses -----------------------------------------------------------------------------------------------------


class Choke:
    """Common parts of our response classes: the single entry point."""

    service: str
    """Name of the API."""
    backends: Any
    """moto's registry of backends."""
    region: str
    current_account: str
    partition: str
    headers: Any
    body: Any
    described = True
    """Whether a request has the form of the service model: JSON, and not a form."""

    @property
    def scope(self) -> str:
        """The part of AWS that one backend answers for: a Region, or a partition for services without Regions."""
        return self.region

    def request(self) -> Record:
        """Return the parameters of the request."""
        return parse(self.body)

    def refuse(self, refusal: ServiceError) -> Answer:
        """Return a refusal as the service spells it."""
        return error_of(refusal)

    def offers(self, operation: str) -> bool:
        """Return whether moto has an operation."""
        return str(camelcase_to_underscores(operation)) in method_names_from_class(type(self))

    def renew(self, store: Store) -> None:
        """Let moto know of what the state has, if it has to outlive the run."""

    def keep(self, store: Store) -> None:
        """Put what moto has written into the state, if it has to outlive the run."""

    def call_action(self) -> Any:
        """Answer one request."""
        try:
            backend = self.backends[self.current_account][self.scope]
        except KeyError:
            return error_of(ServiceError("UnrecognizedClientException", f"There is no Region {self.region}."))
        return backend.engine.answer(self, self.operation(), super().call_action)  # type: ignore[misc]

    def operation(self) -> str:
        """Return the operation's name; empty if the request names none."""
        target = self.headers.get("x-amz-target") or self.headers.get("X-Amz-Target") or ""
        return str(target).rpartition(".")[2]


class LocalResponse(Choke, CognitoIdpResponse):
    """moto's response class of user pools with our entry point."""

    service = SERVICE
    backends = cognitoidp_backends


class LocalIdentityResponse(Choke, CognitoIdentityResponse):
    """moto's response class of identity pools with our entry point."""

    service = IDENTITY
    backends = cognitoidentity_backends

    def renew(self, store: Store) -> None:
        """Sync moto's identities of every Region: some operations name no Region and search all."""
        identity: Any = cognitoidentity_backends[ACCOUNT]
        for region in {i.partition(":")[0] for i in store.account["identity_pools"]} | set(identity):
            identity[region].renew_shadows()


class LocalWafResponse(Choke, WAFV2Response):
    """moto's response class of AWS WAF with our entry point for requests about user pools."""

    service = web_acls.SERVICE
    backends = wafv2_backends

    def call_action(self) -> Any:
        """Answer one request."""
        body = self.body if isinstance(self.body, str) else bytes(self.body or b"").decode(errors="replace")
        if self.operation() in web_acls.OPERATIONS and web_acls.MARK in body:
            return super().call_action()
        return WAFV2Response.call_action(self)


LocalBackend.RESPONSE = LocalResponse
LocalIdentityBackend.RESPONSE = LocalIdentityResponse
LocalWafBackend.RESPONSE = LocalWafResponse
REGISTRIES: tuple[tuple[Any, type[Ours]], ...] = (
    (cognitoidp_backends, LocalBackend),
    (cognitoidentity_backends, LocalIdentityBackend),
    (wafv2_backends, LocalWafBackend),
    (secretsmanager_backends, LocalSecretsBackend),
)


@contextmanager
def installed(engine: Engine) -> Iterator[None]:
    """Replace moto's Cognito with an engine, and restore it at the end."""
    with placed(engine, REGISTRIES):
        managed_secrets.republish(engine.store)
        yield


@contextmanager
def placed(engine: Engine, registries: Iterable[tuple[Any, type[Ours]]]) -> Iterator[None]:
    """Make registries of moto use our backends, and restore them at the end.

    `BackendDict.backend` is called with a Region and an account, so a partial works as well as a class.
    """
    with ExitStack() as stack:
        for registry, backend in registries:
            stack.callback(_put, registry, registry.backend)
            _put(registry, partial(backend, engine))
        yield


def _put(registry: Any, backend: Any) -> None:
    """Make a registry of moto use a backend for all Regions."""
    registry.backend = backend
    registry.clear()
