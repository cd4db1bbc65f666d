"""boto3 behind the port: sessions, quotas, retries and the translation of errors.

The only module that uses boto3, beside `failures`, which sorts its exceptions, and the only one that reveals secrets.
botocore's own retries are off: they would repeat a create whose response was lost, and Cognito's creates are not
idempotent (decision 11).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.session import get_session
from botocore.utils import parse_timestamp

from reconciler import __version__
from reconciler.cloud.answers import OTHER_SERVICES, BodyCheck, Expected, ExpectedAnswers, LostAnswer, require_whole
from reconciler.cloud.attempts import Attempts, Patience, is_read
from reconciler.cloud.endpoints import client, masked
from reconciler.cloud.failures import FAILURES, SILENT, TOO_FAST, code_of, translate
from reconciler.cloud.port import Clock, Identity, Meter, SessionSource, Sleep
from reconciler.cloud.quotas import Quotas
from reconciler.cloud.silence import Silence
from reconciler.errors import CloudError
from reconciler.model import Secret, Tree

log = logging.getLogger("poolctl.aws")

Stopped = Callable[[], bool]
"""Whether the operator has interrupted the run."""

SLICE = 1.0
"""Longest pause, in seconds, after which a write that is to be tried again looks for a stop."""

GIVEN_UP = "not tried again, because the run was interrupted"
"""What is said of a write that was refused before a stop."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach an account and Region."""

    region: str = ""
    """Region code; empty takes the session's own."""
    profile: str = ""
    """Profile of the AWS configuration."""
    role_arn: str = ""
    """Role to assume first."""
    endpoint_url: str = ""
    """Endpoint of all services, for emulators."""
    max_rps: float | None = None
    """Upper limit of requests a second, over all operations, for a cloud that is not given `quotas`."""
    share: float = 1.0
    """Share of the quotas that this run may use, likewise; `quotas.UNLIMITED` if there are none."""


class Aws:
    """A `Cloud` for an AWS account and Region."""

    def __init__(
        self,
        access: Access,
        *,
        expected: ExpectedAnswers | None = None,
        patience: Patience | None = None,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        meter: Meter | None = None,
        quotas: Quotas | None = None,
        stopped: Stopped = lambda: False,
    ) -> None:
        self._access = access
        self._expected = {**OTHER_SERVICES, **(expected or {})}
        self._patience = patience or Patience()
        self._meter = meter or Meter()
        self._clock = clock
        self._sleep = sleep
        self._stopped = stopped
        self._body = BodyCheck()
        self._quotas = quotas or Quotas(clock, sleep, share=access.share, max_rps=access.max_rps)
        self._session = self._signed_in()
        self._clients: dict[tuple[str, float], Any] = {}
        self._silence = Silence(clock)
        self._elsewhere: dict[str, Aws] = {}
        self._identity: Identity | None = None
        self._lock = Lock()
        self._asking = Lock()

    def identity(self) -> Identity:
        """Return the account and Region. Calls STS once.

        Raises:
            CloudError: There are no credentials, no Region, or STS refused.
        """
        with self._asking:  # several pools call it at the same time
            if self._identity is None:
                answer = self.call("sts", "GetCallerIdentity", {})
                arn = str(answer["Arn"])
                self._identity = Identity(str(answer["Account"]), self._region(), arn.split(":")[1], arn)
            return self._identity

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send one request and return the response without its metadata; see `Cloud.call`."""
        if is_read(operation):
            self._silence.require_voice(service, operation)
        attempts = Attempts(operation, self._patience, self._clock)
        while True:
            permit = self._quotas.take(operation, str(params.get("UserPoolId", "")), service, self._region())
            try:
                answer = self._once(service, operation, params)
            except FAILURES as error:
                if code_of(error) in TOO_FAST:
                    self._quotas.throttled(permit)
                pause = attempts.pause(error)
                if attempts.is_done(error):
                    return {}
                if pause is None:
                    raise self._final(service, operation, params, error, attempts) from None
                said = "%s:%s: attempt %d failed (%s), retrying in %.1f s"
                log.info(said, service, operation, attempts.count, code_of(error), pause)
                if not self._rested(pause, attempts):
                    raise self._final(service, operation, params, error, attempts, note=GIVEN_UP) from None
            else:
                return answer

    def _rested(self, pause: float, attempts: Attempts) -> bool:
        """Wait for the next attempt, and return whether to make it.

        After a stop, a write that is known not to have been carried out is not tried again: nothing is in flight.
        """
        if not attempts.may_be_left:
            self._sleep(pause)
            return True
        while pause > 0 and not self._stopped():
            self._sleep(min(pause, SLICE))
            pause -= SLICE
        return not self._stopped()

    def at(self, region: str) -> Aws:
        """Return the same account in another Region, which has quotas of its own."""
        with self._lock:
            if region not in self._elsewhere:
                self._elsewhere[region] = self._with(replace(self._access, region=region))
            return self._elsewhere[region]

    def _with(self, access: Access) -> Aws:
        return Aws(
            access,
            expected=self._expected,
            patience=self._patience,
            clock=self._clock,
            sleep=self._sleep,
            meter=self._meter,
            quotas=self._quotas,
            stopped=self._stopped,
        )

    # --- one request

    def _once(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        client = self._client(service, operation)
        method = getattr(client, xform_name(operation))
        began = self._clock()
        self._meter.add(service, operation)
        self._body.begin()
        try:
            model = client.meta.service_model.operation_model(operation)
            answer: Tree = method(**as_texts(reveal(params), model.input_shape))
        except FAILURES as error:
            log.debug("%s:%s failed in %.3f s (%s)", service, operation, self._clock() - began, code_of(error))
            raise
        except Exception as error:
            if not self._body.status:
                raise  # nothing has arrived, so this is no answer that cannot be parsed
            reason = f"the answer (HTTP {self._body.status}) cannot be parsed ({type(error).__name__})"
            raise LostAnswer(reason) from None
        finally:
            if self._body.status:
                self._silence.heard(service)
        if hasattr(answer.get("Body"), "read"):  # of S3: a stream, which may fail as a response may
            answer["Body"] = answer["Body"].read()
        request = answer.pop("ResponseMetadata", {}).get("RequestId", "")
        log.debug("%s:%s answered in %.3f s (request %s)", service, operation, self._clock() - began, request)
        require_whole(model, answer, self._expected.get((service, operation), Expected()))
        return answer

    def _final(
        self,
        service: str,
        operation: str,
        params: Mapping[str, Any],
        error: Exception,
        attempts: Attempts,
        *,
        note: str = "",
    ) -> CloudError:
        """Return the error of a call that is not tried again."""
        found = translate(f"{service}:{operation}", error, secrets_in(params), note or attempts.note(error))
        found.lost = attempts.may_have_written
        if isinstance(error, SILENT) and is_read(operation):
            self._silence.fell(service, attempts.began, f"{found.operation} got {attempts.note(error)}")
        return found

    def _client(self, service: str, operation: str) -> Any:
        wait = self._patience.wait(operation)
        with self._lock:
            if (service, wait) not in self._clients:
                config = Config(
                    retries={"total_max_attempts": 1},
                    connect_timeout=self._patience.connect,
                    read_timeout=wait,
                    user_agent_extra=f"poolctl/{__version__}",
                    max_pool_connections=32,
                )
                endpoint, region = self._access.endpoint_url, self._region()
                made = client(self._session, service, endpoint, region_name=region, config=config)
                made.meta.events.register("before-parse.*", self._body)
                self._clients[service, wait] = made
            return self._clients[service, wait]

    # --- session

    def _signed_in(self) -> boto3.Session:
        """Return a session, with the role of the options if they name one."""
        access = self._access
        try:
            session = session_of(profile_name=access.profile or None, region_name=access.region or None)
        except BotoCoreError as error:
            raise translate("configuration", error) from None
        if not access.role_arn:
            return session
        params = {"RoleArn": access.role_arn, "RoleSessionName": "poolctl"}
        plain = self._with(replace(access, role_arn=""))
        keys = plain.call("sts", "AssumeRole", params)["Credentials"]
        return session_of(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            region_name=access.region or session.region_name,
        )

    def source(self) -> SessionSource:
        """Return where the credentials come from, and the Region; raises CloudError if there are none."""
        return _source(self._session, self._access)

    def endpoint(self, service: str) -> str:
        """Return the URL that calls to a service go to, as it may be shown."""
        return masked(str(self._client(service, "").meta.endpoint_url))

    def _region(self) -> str:
        region = self._access.region or self._session.region_name
        if not region:
            raise CloudError(
                "configuration", "NoRegion", "no Region is set. Use --region, target.region or AWS_REGION."
            )
        return str(region)


def session_of(**settings: Any) -> boto3.Session:
    """Return a session whose answers have times in UTC.

    botocore gives them in the zone of the machine, and looks that up for each time, which is one part in twenty-five
    of all that a call costs (botocore 1.44: `utils.parse_timestamp`).

    Args:
        settings: As `boto3.Session` takes them.
    """
    core = get_session()
    core.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=moment)
    return boto3.Session(botocore_session=core, **settings)


def moment(value: Any) -> datetime:
    """Return the time of an answer: in JSON a number of seconds, in XML a text."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return parse_timestamp(value).astimezone(UTC)


def configured_region(profile: str = "") -> str:
    """Return the Region that the environment or a profile of the AWS configuration sets; empty if none does.

    Nothing is called, and no credentials are looked for: they may be what is missing.

    Args:
        profile: Name of the profile; empty for the usual one.
    """
    try:
        return str(boto3.Session(profile_name=profile or None).region_name or "")
    except BotoCoreError:  # there is no such profile; whoever needs credentials says so
        return ""


def _source(session: boto3.Session, access: Access) -> SessionSource:
    """Return where the credentials of a session come from; those that have to be fetched are fetched.

    Raises:
        CloudError: There are none, or they cannot be had.
    """
    try:
        found = session.get_credentials()
        if found is None:
            raise NoCredentialsError
        found.get_frozen_credentials()  # those of SSO and of roles are fetched only now
    except BotoCoreError as error:
        raise translate("configuration", error) from None
    source = f"the role {access.role_arn}" if access.role_arn else str(found.method)
    return SessionSource(source, access.region or session.region_name or "")


def reveal(value: Any) -> Any:
    """Return parameters with their secrets in plain text, for sending; the result must not be stored."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {k: reveal(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [reveal(v) for v in value]
    return value


def as_texts(params: Tree, shape: Any) -> Tree:
    """Return parameters with documents as JSON where the service takes a text, such as a policy of IAM.

    Args:
        params: In plain text.
        shape: botocore's model of the input; None if there is none.
    """
    known = shape.members if shape is not None else {}
    texts = {k for k, v in params.items() if isinstance(v, Mapping) and k in known and known[k].type_name == "string"}
    return {k: json.dumps(v, separators=(",", ":")) if k in texts else v for k, v in params.items()}


def secrets_in(value: Any) -> list[str]:
    """Return the texts of all secrets in a call, longest first: a service error may quote them."""
    if isinstance(value, Secret):
        return [value.reveal()]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return sorted((text for v in inner for text in secrets_in(v)), key=len, reverse=True)
