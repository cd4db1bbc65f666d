"""moto's Cognito, overridden by our operations: subclasses installed through moto's own `BackendDict`.

No fork and no patched method. It depends on these names of moto: `BackendDict.backend` (the class of the
backends), `_url_module` (the response class), `call_action` (the single entry point of a response class) and
`url_paths`; tests/local/test_state.py checks them.

Every request passes `call_action`: it is validated, recorded, may trigger a fault, and is answered by our table of
operations or otherwise by moto, all under one lock. The same applies to identity pools, and to requests
to AWS WAF that concern a user pool.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import moto.cognitoidentity.urls
import moto.cognitoidp.urls
import moto.secretsmanager.urls
import moto.wafv2.urls
from botocore.exceptions import ConnectionClosedError
from moto.cognitoidentity.models import CognitoIdentityBackend, cognitoidentity_backends
from moto.cognitoidentity.responses import CognitoIdentityResponse
from moto.cognitoidp.models import CognitoIdpBackend, cognitoidp_backends
from moto.cognitoidp.responses import CognitoIdpResponse
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.secretsmanager.models import SecretsManagerBackend, secretsmanager_backends
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.wafv2.models import WAFV2Backend, wafv2_backends
from moto.wafv2.responses import WAFV2Response

from reconciler.local import (
    attribute_schema,
    cimd,
    client_secret_calls,
    clients,
    domains,
    function_policies,
    groups,
    identity_pools,
    limits,
    log_deliveries,
    log_groups,
    looks,
    managed_secrets,
    mfa_config,
    pools,
    providers,
    recoveries,
    replicas,
    resource_servers,
    risk,
    sessions,
    signing,
    styles,
    terms_documents,
    user_calls,
    user_imports,
    web_acls,
)
from reconciler.local.checks import IDENTITY, SERVICE, masked, service_model, validate
from reconciler.local.faults import Fault, Faults, RecordedCall
from reconciler.local.operation import Context, Operation
from reconciler.local.refusal import ServiceError
from reconciler.local.shadows import new_shadow, renew
from reconciler.local.store import ACCOUNT, Record, Store
from reconciler.local.uploads import Uploads
from reconciler.local.user_history import UserHistory
from reconciler.local.user_records import keep, restore

MODULES = (
    *(
        pools,
        attribute_schema,
        mfa_config,
        clients,
        client_secret_calls,
        domains,
        providers,
        resource_servers,
        groups,
        risk,
        looks,
        styles,
    ),
    *(terms_documents, cimd, log_deliveries, sessions, replicas, recoveries, limits, signing, user_calls, user_imports),
)
OPERATIONS: dict[str, Operation] = {name: run for module in MODULES for name, run in module.OPERATIONS.items()}
"""Our operations on user pools; moto handles the rest of the API."""
BY_SERVICE = {
    SERVICE: OPERATIONS,
    IDENTITY: identity_pools.OPERATIONS,
    **{module.SERVICE: module.OPERATIONS for module in (web_acls, function_policies, log_groups)},
}

Answer = tuple[int, dict[str, str], str]
"""Status, headers, body."""
CONTENT_TYPE = "application/x-amz-json-1.1"
NOT_IMPLEMENTED = 501


class Engine:
    """One embedded Cognito: records, faults and received calls."""

    def __init__(self, store: Store, *, record: bool = True) -> None:
        self.store = store
        self._record = record  # a long-running server should not keep every call
        self.faults = Faults()
        self.calls: list[RecordedCall] = []
        self._history = UserHistory(self._shadow)
        self.uploads = Uploads()

    def answer(self, response: Any, operation: str, by_moto: Callable[[], Any]) -> Any:
        """Answer one request.

        Args:
            response: moto's request object.
            operation: CamelCase name.
            by_moto: Returns moto's answer.

        Raises:
            ConnectionClosedError: A fault drops the answer.
        """
        service, region = response.service, response.region
        with self.store.lock:
            params: Record = {}
            fault, error = self.faults.due(operation), ""
            try:
                params = response.request()
                result = self._run(response, operation, params, fault, by_moto)
            except ServiceError as refusal:
                error = refusal.code
                result = response.refuse(refusal)
            if self._record:
                shown = masked(operation, params, service) if response.described else params
                self.calls.append(RecordedCall(service, operation, shown, region, error))
        if fault is not None and fault.lost_answer:
            raise ConnectionClosedError(endpoint_url=f"https://{service}.{region}.amazonaws.com/")
        if fault is not None and fault.body is not None:
            return fault.status, {"Content-Type": CONTENT_TYPE}, fault.body
        return result

    def _run(
        self, response: Any, operation: str, params: Record, fault: Fault | None, by_moto: Callable[[], Any]
    ) -> Any:
        if operation not in service_model(response.service).operation_names:
            raise ServiceError("UnknownOperationException", "The operation is not known.")
        if fault is not None and fault.refuses:
            raise ServiceError(fault.error_code or "", fault.message, fault.status)
        if response.described:
            validate(operation, params, response.service)
        counted = partial(_users, self.store, response.region)
        context = Context(self.store, response.region, counted, self._history, self._synced, self.uploads)
        self._history.begin(self.store.pools.values())
        replicas.check_region(context, operation, params)
        recoveries.check_pause(context, operation, params)
        user_imports.check_import(context, operation, params)
        ours = BY_SERVICE.get(response.service, {})
        if operation in ours:
            answer = ours[operation](context, params)
            self._note(operation, self.store.changed)
            self._keep(self.store.changed)
            return 200, {"Content-Type": CONTENT_TYPE}, json.dumps(answer)
        if camelcase_to_underscores(operation) not in method_names_from_class(type(response)):
            raise ServiceError("NotImplementedException", f"{operation} is not part of this emulator.", NOT_IMPLEMENTED)
        self._renew_shadows()
        response.renew(self.store)
        answered = by_moto()
        response.keep(self.store)
        self.store.save()
        self._note(operation, self.store.pools.values())
        self._keep(self.store.pools.values())
        return answered

    def _keep(self, pools: Iterable[Record]) -> None:
        """Keep the users of pools that a request may have changed, and write what has changed."""
        for pool in pools:
            keep(self.store, pool, self._shadow(pool["id"]))
        self.store.save()

    def _synced(self, pool_id: str) -> Any:
        """Return moto's object for a pool, in sync with its record."""
        self._renew_shadows()
        return self._shadow(pool_id)

    def _note(self, operation: str, pools: Iterable[Record]) -> None:
        """Keep what the users of pools are after a write, for recoveries."""
        if not operation.startswith(replicas.READS):
            self._history.note(pools, self.store.now())

    def _shadow(self, pool_id: str) -> Any:
        """Return moto's object for a pool; None if no user operation has needed it yet."""
        user: Any = cognitoidp_backends[ACCOUNT]
        pool = self.store.pools.get(pool_id)
        return user[pool["region"]].user_pools.get(pool_id) if pool else None

    def _renew_shadows(self) -> None:
        """Sync moto's objects of every Region: some operations name no Region and search all."""
        user: Any = cognitoidp_backends[ACCOUNT]
        for region in {p["region"] for p in self.store.pools.values()} | set(user):
            user[region].renew_shadows()
        identity: Any = cognitoidentity_backends[ACCOUNT]
        for region in {i.partition(":")[0] for i in self.store.account["identity_pools"]} | set(identity):
            identity[region].renew_shadows()
        self._history.begin(self.store.pools.values())


def _parse(body: Any) -> Record:
    try:
        params = json.loads(body or "{}")
    except ValueError:
        params = None
    if not isinstance(params, dict):
        raise ServiceError("SerializationException", "The request is not a JSON object.")
    return {k: v for k, v in params.items() if v is not None}


def _error(refusal: ServiceError) -> Answer:
    body = json.dumps({"__type": refusal.code, "message": refusal.message})
    return refusal.status, {"Content-Type": CONTENT_TYPE, "x-amzn-ErrorType": refusal.code}, body


def _users(store: Store, region: str, pool_id: str) -> int:
    backends: Any = cognitoidp_backends[ACCOUNT]
    shadow = backends[region].user_pools.get(pool_id)
    return len(shadow.users if shadow is not None else store.pools[pool_id]["users"])


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
    """moto's backend of user pools of one Region, over the records of an engine."""

    MOTO_URLS = moto.cognitoidp.urls

    def __init__(self, engine: Engine, region_name: str, account_id: str) -> None:
        super().__init__(engine, region_name, account_id)
        self._seen: dict[str, int] = {}

    def renew_shadows(self) -> None:
        """Sync moto's objects of this Region with the records."""
        store = self.engine.store
        current = {p["id"]: p for p in store.of_region(self.region_name)}
        for pool_id in [i for i in self.user_pools if i not in current]:
            del self.user_pools[pool_id]
        for pool_id, record in current.items():
            if self._seen.get(pool_id) == store.revisions[pool_id] and pool_id in self.user_pools:
                continue
            new = pool_id not in self.user_pools
            if new:
                self.user_pools[pool_id] = new_shadow(record, self.account_id)
            renew(self.user_pools[pool_id], record)
            if new:
                restore(self.user_pools[pool_id], record)
            self._seen[pool_id] = store.revisions[pool_id]


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
        with store.lock:
            if secret and managed_secrets.begin_rotation(store, secret, client_request_token or store.new_uuid()):
                return json.dumps({"ARN": secret.arn, "Name": secret.name, "VersionId": client_request_token})
        return super().rotate_secret(secret_id, client_request_token, *args, **options)

    def describe_secret(self, secret_id: str) -> Any:
        """Return a secret; this brings its rotation a step further, afterwards."""
        found = super().describe_secret(secret_id)
        answer = copy.deepcopy(found.to_dict())
        with self.engine.store.lock:
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
        return _parse(self.body)

    def refuse(self, refusal: ServiceError) -> Answer:
        """Return a refusal as the service spells it."""
        return _error(refusal)

    def renew(self, store: Store) -> None:
        """Let moto know of what the state has, if it has to outlive the run."""

    def keep(self, store: Store) -> None:
        """Put what moto has written into the state, if it has to outlive the run."""

    def call_action(self) -> Any:
        """Answer one request."""
        try:
            backend = self.backends[self.current_account][self.scope]
        except KeyError:
            return _error(ServiceError("UnrecognizedClientException", f"There is no Region {self.region}."))
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
    """Replace moto's Cognito with an engine, and restore it at the end.

    `BackendDict.backend` is called with a Region and an account, so a partial works as well as a class.
    """
    with ExitStack() as stack:
        for registry, backend in REGISTRIES:
            stack.callback(put, registry, registry.backend)
            put(registry, partial(backend, engine))
        managed_secrets.republish(engine.store)
        yield


def put(registry: Any, backend: Any) -> None:
    """Make a registry of moto use a backend for all Regions."""
    registry.backend = backend
    registry.clear()
