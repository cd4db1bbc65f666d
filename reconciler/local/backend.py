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
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
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

from reconciler.errors import InvalidInput
from reconciler.local import (
    attribute_schema,
    cimd,
    client_secret_calls,
    clients,
    domains,
    earlier_users,
    function_policies,
    groups,
    identity_pools,
    ledger,
    limits,
    log_deliveries,
    log_groups,
    looks,
    managed_secrets,
    mfa_config,
    people,
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
from reconciler.local.database import Database
from reconciler.local.desk import Desk
from reconciler.local.faults import Fault, Faults, RecordedCall
from reconciler.local.ledger import Ledger, hashed
from reconciler.local.operation import Context, Operation
from reconciler.local.people import People
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import operations
from reconciler.local.signin.parties import pool_of_token
from reconciler.local.store import ACCOUNT, Record, Store
from reconciler.local.uploads import Uploads

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
    *operations.MODULES,
)
OPERATIONS: dict[str, Operation] = {name: run for module in MODULES for name, run in module.OPERATIONS.items()}
"""Our operations on user pools; moto handles the rest of the API."""
BY_SERVICE = {
    SERVICE: OPERATIONS,
    IDENTITY: identity_pools.OPERATIONS,
    **{module.SERVICE: module.OPERATIONS for module in (web_acls, function_policies, log_groups)},
}

DEFAULT_REGION = "us-east-1"
SURROGATE = re.compile(rb"\\u[dD]|\xed")
"""What a body has that may hold half of a character, which JSON can and UTF-8 cannot."""
Answer = tuple[int, dict[str, str], str]
"""Status, headers, body."""
CONTENT_TYPE = "application/x-amz-json-1.1"
NOT_IMPLEMENTED = 501


class Engine:
    """One embedded Cognito: records, users, faults and received calls."""

    def __init__(self, store: Store, *, record: bool = True) -> None:
        self.store = store
        self._record = record  # a long-running server should not keep every call
        self.faults = Faults()
        self.calls: list[RecordedCall] = []
        self.uploads = Uploads()
        self.database = Database()
        self.people = People(self.database)
        self.ledger = Ledger(self.database)
        self.desk = Desk()

    def open(self) -> None:
        """Read the state.

        Raises:
            InvalidInput: The content of the directory is not ours or damaged, or it cannot be written.
        """
        try:
            self._open()
        except OSError as error:
            self.database.close()
            said = f"The state of the embedded Cognito cannot be used: {error.filename}: {error.strerror}."
            raise InvalidInput(f"{said} Name another directory with --local=DIR.") from None
        except sqlite3.DatabaseError as error:
            self.database.close()
            said = f"{self.database.path} cannot be used: {error}."
            raise InvalidInput(f"{said} Delete the directory {self.store.directory} to start anew.") from None

    def _open(self) -> None:
        self.store.open()
        try:
            with self.store.turn():
                self.database.open(self.store.directory, people.SCHEMA + ledger.SCHEMA)
                self.people.forget(self.store.clock())
                earlier_users.take(self.context(""))
                self.store.save()
                self.database.commit()
        except BaseException:
            self.store.close()
            raise

    def close(self) -> None:
        """Release the state."""
        self.database.close()
        self.store.close()

    def context(self, region: str) -> Context:
        """Return the context of a request to a Region."""
        return Context(self.store, region, self.people, self.ledger, self.desk, self.pause, self.uploads)

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Save what a request has done so far, and let others go on until the end of this context."""
        self._save()
        with self.store.paused():
            yield

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Make what a request does one step, which other threads and processes see as a whole.

        A refusal keeps what came before it: a wrong password counts. After any other error, nothing of it is left.
        """
        with self.store.turn():
            try:
                yield
            except ServiceError:
                self._save()
                raise
            except BaseException:
                self.store.abandon()
                self.database.abandon()
                raise
            self._save()

    def _save(self) -> None:
        for pool_id in self.store.removed:
            self.people.remove_pool(pool_id)
            self.ledger.remove_pool(pool_id)
        for pool in self.store.changed:
            self.people.note_groups(pool["id"], pool["groups"], self.store.now())
        self.store.save()
        self.ledger.sweep(self.store.clock())
        self.database.commit()

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
        with self.store.turn():
            params: Record = {}
            fault, error = self.faults.due(operation), ""
            try:
                with self.turn():
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
        ours = BY_SERVICE.get(response.service, {})
        if operation in ours:
            answer = self.run(ours[operation], response.region, operation, params)
            return 200, {"Content-Type": CONTENT_TYPE}, json.dumps(answer)
        missing = response.service == SERVICE or operation_of_moto(operation) not in method_names_from_class(
            type(response)
        )
        if missing:
            raise ServiceError("NotImplementedException", f"{operation} is not part of this emulator.", NOT_IMPLEMENTED)
        self._renew_shadows()
        response.renew(self.store)
        answered = by_moto()
        response.keep(self.store)
        return answered

    def direct(self, region: str, operation: str, body: bytes) -> Answer:
        """Answer one request about user pools that did not come through moto.

        Args:
            region: The Region of the request; empty if nothing names it, as for operations of users.
            operation: CamelCase name.
            body: JSON.

        Raises:
            ConnectionClosedError: A fault drops the answer.
        """
        with self.store.turn():
            where = region or self._region_of(body)
            answer: Answer = self.answer(Direct(SERVICE, where, body), operation, lambda: None)
        return answer

    def _region_of(self, body: bytes) -> str:
        """Return the Region in which what a request names is."""
        try:
            params = _parse(body)
        except ServiceError:
            return DEFAULT_REGION
        client, session = str(params.get("ClientId", "")), params.get("Session")
        named = params.get("UserPoolId") or pool_of_token(str(params.get("AccessToken", "")))
        if not named and isinstance(session, str) and not client:
            named = self.ledger.pool_of("session", hashed(session))
        for pool in self.store.pools.values():
            if pool["id"] == named or client in pool["clients"]:
                return str(pool["region"])
        return DEFAULT_REGION

    def run(self, run: Operation, region: str, operation: str, params: Record) -> Record:
        """Answer a request that is valid, within a turn.

        Raises:
            ServiceError: A refusal.
        """
        context = self.context(region)
        replicas.check_region(context, operation, params)
        recoveries.check_pause(context, operation, params)
        user_imports.check_import(context, operation, params)
        return run(context, params)

    def _renew_shadows(self) -> None:
        """Sync moto's identities of every Region: some operations name no Region and search all."""
        identity: Any = cognitoidentity_backends[ACCOUNT]
        for region in {i.partition(":")[0] for i in self.store.account["identity_pools"]} | set(identity):
            identity[region].renew_shadows()


@dataclass(frozen=True)
class Direct:
    """A request about user pools that needs nothing of moto: a few hundredths of the time."""

    service: str
    region: str
    body: bytes
    described = True

    def request(self) -> Record:
        """Return the parameters of the request."""
        return _parse(self.body)

    def refuse(self, refusal: ServiceError) -> Answer:
        """Return a refusal as the service spells it."""
        return _error(refusal)


def operation_of_moto(operation: str) -> str:
    """Return the name of moto's method for an operation."""
    return str(camelcase_to_underscores(operation))


def _parse(body: str | bytes | None) -> Record:
    try:
        params = json.loads(body or "{}")
        if SURROGATE.search(body if isinstance(body, bytes) else (body or "").encode(errors="replace")):
            json.dumps(params, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        params = None
    if not isinstance(params, dict):
        raise ServiceError("SerializationException", "The request is not a JSON object.")
    whole: Record = _without_null(params)
    return whole


def _without_null(value: Any) -> Any:
    """Return a request without members that are null, which count as missing: clients send them in maps as well."""
    if isinstance(value, dict):
        return {k: _without_null(v) for k, v in value.items() if v is not None}
    return [_without_null(v) for v in value] if isinstance(value, list) else value


def _error(refusal: ServiceError) -> Answer:
    body = json.dumps({"__type": refusal.code, "message": refusal.message})
    said = refusal.message.encode("ascii", "replace").decode()
    shown = {"x-amzn-ErrorType": f"{refusal.code}:", "x-amzn-ErrorMessage": " ".join(said.split())}
    return refusal.status, {"Content-Type": CONTENT_TYPE, **shown}, body


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
