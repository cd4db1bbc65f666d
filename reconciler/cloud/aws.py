"""boto3 behind the port: sessions, quotas, retries and the translation of errors.

The only module that uses boto3, and the only one that reveals secrets. botocore's own retries are off: they would
repeat a create whose response was lost, and Cognito's creates are not idempotent (decision 11).
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import boto3
import botocore.exceptions as failures
from botocore import xform_name
from botocore.config import Config

from reconciler import __version__
from reconciler.cloud.endpoints import client, masked
from reconciler.cloud.port import Clock, Identity, Meter, Sleep
from reconciler.cloud.quotas import SERVICES, Quotas
from reconciler.errors import Ambiguous, Busy, CloudError, Denied, NotFound
from reconciler.model import Secret, Tree

log = logging.getLogger("poolctl.aws")

THROTTLED = frozenset(
    {
        "TooManyRequestsException",
        "ThrottlingException",
        "Throttling",
        "ConcurrentModificationException",
        "Throttled",
        "ThrottledException",
        "KMSThrottling",
    }
)
"""Not executed: may be retried, including creates (cognito.md 6)."""

BROKEN = frozenset(
    {
        "InternalErrorException",
        "InternalServerException",
        "ServiceUnavailable",
        "InternalFailure",
        "InternalError",
        "InternalException",
    }
)
"""Possibly executed: may be retried, except for creates."""

PROPAGATING = frozenset(
    {
        "InvalidSmsRoleTrustRelationshipException",
        "InvalidSmsRoleAccessPolicyException",
        "InvalidEmailRoleAccessPolicyException",
    }
)
"""A new IAM role is refused for up to two minutes, with the same codes as an invalid one (cognito.md 6)."""

DENIED = frozenset(
    {
        "AccessDeniedException",
        "AccessDenied",
        "NotAuthorizedException",
        "UnrecognizedClientException",
        "ExpiredTokenException",
        "ExpiredToken",
        "InvalidClientTokenId",
        "AuthorizationError",
    }
)
MISSING = frozenset(
    {"ResourceNotFoundException", "ParameterNotFound", "UserNotFoundException", "NoSuchKey", "NotFound"}
)

ATTEMPTS = 8
"""Maximum attempts of a call."""

PATIENCE = 120.0
"""Maximum seconds to wait for a new IAM role to propagate."""

LOST = (
    failures.ConnectionClosedError,
    failures.ReadTimeoutError,
    failures.EndpointConnectionError,
    failures.ConnectTimeoutError,
    failures.HTTPClientError,
)
"""There was no response."""

UNSENT = (failures.EndpointConnectionError, failures.ConnectTimeoutError)
"""There was no response, because nothing was sent."""


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
    """Upper limit of requests a second, over all operations."""
    share: float = 1.0
    """Share of the quotas that this run may use; `quotas.UNLIMITED` if there are none."""


class Aws:
    """A `Cloud` for an AWS account and Region."""

    def __init__(
        self,
        access: Access,
        *,
        clock: Clock = time.monotonic,
        sleep: Sleep = time.sleep,
        meter: Meter | None = None,
    ) -> None:
        self._access = access
        self._meter = meter or Meter()
        self._clock = clock
        self._sleep = sleep
        self._session = _session(access)
        self._quotas = Quotas(clock, sleep, share=access.share, max_rps=access.max_rps)
        self._clients: dict[str, Any] = {}
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
                arn = str(answer.get("Arn", "arn:aws"))
                self._identity = Identity(str(answer["Account"]), self._region(), arn.split(":")[1])
            return self._identity

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Send one request and return the response without its metadata; see `Cloud.call`."""
        name = f"{service}:{operation}"
        began = self._clock()
        for attempt in range(1, ATTEMPTS + 1):
            if service in SERVICES:
                self._quotas.take(operation, str(params.get("UserPoolId", "")), service)
            try:
                return self._once(service, operation, params)
            except (failures.BotoCoreError, failures.ClientError) as error:
                pause = self._pause(operation, error, attempt, self._clock() - began)
                if pause is None:
                    raise translate(name, error, secrets_in(params)) from None
                log.info("%s: attempt %d failed (%s), retrying in %.1f s", name, attempt, _code(error), pause)
                self._sleep(pause)
        raise AssertionError(name)  # pragma: no cover - the last attempt raises

    def at(self, region: str) -> Aws:
        """Return the same account in another Region, which has quotas of its own."""
        with self._lock:
            if region not in self._elsewhere:
                access = replace(self._access, region=region)
                self._elsewhere[region] = Aws(access, clock=self._clock, sleep=self._sleep, meter=self._meter)
            return self._elsewhere[region]

    def _once(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        method = getattr(self._client(service), xform_name(operation))
        began = self._clock()
        self._meter.add(service, operation)
        answer: Tree = method(**reveal(params))
        if hasattr(answer.get("Body"), "read"):  # of S3: a stream, which may fail as a response may
            answer["Body"] = answer["Body"].read()
        request = answer.pop("ResponseMetadata", {}).get("RequestId", "")
        log.debug("%s:%s answered in %.3f s (request %s)", service, operation, self._clock() - began, request)
        return answer

    def _pause(self, operation: str, error: Exception, attempt: int, elapsed: float) -> float | None:
        """Return the seconds to wait before the next attempt, or None for no further attempt."""
        code = _code(error)
        if attempt >= ATTEMPTS and code not in PROPAGATING:
            return None
        creates = operation.startswith(("Create", "Add"))
        back_off: float = min(30.0, 0.5 * 2 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
        if code in PROPAGATING:
            return 5.0 if elapsed < PATIENCE and attempt < ATTEMPTS * 4 else None
        if code in THROTTLED or isinstance(error, UNSENT):
            return back_off
        if code in BROKEN or isinstance(error, LOST):
            return None if creates else back_off
        return None

    def _client(self, service: str) -> Any:
        with self._lock:
            if service not in self._clients:
                config = Config(
                    retries={"total_max_attempts": 1},
                    user_agent_extra=f"poolctl/{__version__}",
                    max_pool_connections=32,
                )
                endpoint = self._access.endpoint_url
                region = self._region()
                self._clients[service] = client(self._session, service, endpoint, region_name=region, config=config)
            return self._clients[service]

    def _region(self) -> str:
        region = self._access.region or self._session.region_name
        if not region:
            raise CloudError(
                "configuration", "NoRegion", "no Region is set. Use --region, target.region or AWS_REGION."
            )
        return str(region)


def _session(access: Access) -> boto3.Session:
    try:
        session = boto3.Session(profile_name=access.profile or None, region_name=access.region or None)
        if not access.role_arn:
            return session
        sts = client(session, "sts", access.endpoint_url, region_name=access.region or session.region_name)
        assumed = sts.assume_role(RoleArn=access.role_arn, RoleSessionName="poolctl")
    except (failures.BotoCoreError, failures.ClientError) as error:
        raise translate("sts:AssumeRole" if access.role_arn else "configuration", error) from None
    keys = assumed["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name=access.region or session.region_name,
    )


def reveal(value: Any) -> Any:
    """Return parameters with their secrets in plain text, for sending; the result must not be stored."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, Mapping):
        return {k: reveal(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [reveal(v) for v in value]
    return value


def secrets_in(value: Any) -> list[str]:
    """Return the texts of all secrets in a call, longest first: a service error may quote them."""
    if isinstance(value, Secret):
        return [value.reveal()]
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return sorted((text for v in inner for text in secrets_in(v)), key=len, reverse=True)


def _code(error: Exception) -> str:
    if isinstance(error, failures.ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def translate(name: str, error: Exception, hide: Sequence[str] = ()) -> CloudError:
    """Translate a botocore error to a `CloudError`, by what the operator should do.

    Args:
        name: `service:Operation`.
        error: The botocore error. Its message comes from the service and contains no parameters, except for
            ParamValidationError, whose message may quote values and is therefore not repeated.
        hide: Texts to remove from the message if the service quotes them.
    """
    code = _code(error)
    if isinstance(error, failures.ParamValidationError):
        return CloudError(name, "ParamValidation", "the installed botocore rejects the parameters (values not shown).")
    if isinstance(error, failures.ClientError):
        detail = error.response.get("Error", {})
        request = str(error.response.get("ResponseMetadata", {}).get("RequestId", ""))
        message = str(detail.get("Message", ""))
    else:
        message, request = str(error), ""
    message = masked(message)
    for text in filter(None, hide):
        message = message.replace(text, "(sensitive value)")
    operation = name.partition(":")[2]
    lost = code in BROKEN or (isinstance(error, LOST) and not isinstance(error, UNSENT))
    if lost and operation.startswith(("Create", "Add")):
        return Ambiguous(name, code, message or "the response was lost", request)
    if code in MISSING:
        return NotFound(name, code, message, request)
    if code in DENIED or isinstance(error, failures.NoCredentialsError | failures.PartialCredentialsError):
        return Denied(name, code, message, request)
    return (Busy if code in THROTTLED else CloudError)(name, code, message, request)
