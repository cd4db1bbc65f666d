"""The engine of the embedded Cognito.

Every request is validated, recorded, may trigger a fault, and is answered by our table of operations or otherwise by
moto (`moto_services`), all under one lock. Nothing of moto is imported here: that takes longer than a plan does, and
moto has no part in requests about user pools.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ConnectionClosedError

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
from reconciler.local.signin.parties import pool_of_token
from reconciler.local.store import Record, Store
from reconciler.local.uploads import Uploads

SETTINGS_MODULES = (
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
    *(terms_documents, cimd, log_deliveries, sessions, replicas, recoveries, limits, signing, user_imports),
)
SETTINGS: dict[str, dict[str, Operation]] = {
    SERVICE: {name: run for module in SETTINGS_MODULES for name, run in module.OPERATIONS.items()},
    IDENTITY: identity_pools.OPERATIONS,
    **{module.SERVICE: module.OPERATIONS for module in (web_acls, function_policies, log_groups)},
}
"""By service: our operations on what a pool is. Those of its users are in `operation_table`."""

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
        run = _operation(response.service, operation)
        if run:
            answer = self.run(run, response.region, operation, params)
            return 200, {"Content-Type": CONTENT_TYPE}, json.dumps(answer)
        if response.service == SERVICE or not response.offers(operation):
            raise ServiceError("NotImplementedException", f"{operation} is not part of this emulator.", NOT_IMPLEMENTED)
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
            params = parse(body)
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


@dataclass(frozen=True)
class Direct:
    """A request about user pools that needs nothing of moto: a few hundredths of the time."""

    service: str
    region: str
    body: bytes
    described = True

    def request(self) -> Record:
        """Return the parameters of the request."""
        return parse(self.body)

    def refuse(self, refusal: ServiceError) -> Answer:
        """Return a refusal as the service spells it."""
        return error_of(refusal)


def _operation(service: str, name: str) -> Operation | None:
    """Return our operation; what users do is imported when the first of them does it: it takes longer than a plan."""
    found = SETTINGS.get(service, {}).get(name)
    if found or service != SERVICE:
        return found
    from reconciler.local.operation_table import OPERATIONS

    return OPERATIONS.get(name)


def parse(body: str | bytes | None) -> Record:
    """Return the parameters of a request.

    Raises:
        ServiceError: SerializationException: it is no JSON object.
    """
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


def error_of(refusal: ServiceError) -> Answer:
    """Return a refusal as the service spells it."""
    body = json.dumps({"__type": refusal.code, "message": refusal.message})
    said = refusal.message.encode("ascii", "replace").decode()
    shown = {"x-amzn-ErrorType": f"{refusal.code}:", "x-amzn-ErrorMessage": " ".join(said.split())}
    return refusal.status, {"Content-Type": CONTENT_TYPE, **shown}, body
