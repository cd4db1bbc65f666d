"""Answers boto3 in this process, and starts moto only for a request that needs it.

moto and what it imports take longer than the plan of a pool. Requests about user pools go straight to the engine, as
those over HTTP do, and who the caller is, is always the same. The first other request starts moto's services, which
then answer it and all others.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from io import BytesIO
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.handlers import BUILTIN_HANDLERS

from reconciler.local.backend import Answer, Engine
from reconciler.local.store import ACCOUNT, hosts_user_pools, partition

USER_POOLS = "AWSCognitoIdentityProviderService."
"""How the target of a request about user pools begins."""

HOST = "cognito-idp"
"""How the host of such a request begins; its Region follows."""

KEYS = {"AWS_ACCESS_KEY_ID": "FOOBARKEY", "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET"}
"""Those that moto sets: no request is signed with the user's own."""

CALLER = """\
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>\
<Arn>arn:{partition}:sts::{account}:user/moto</Arn><UserId>AKIAIOSFODNN7EXAMPLE</UserId><Account>{account}</Account>\
</GetCallerIdentityResult></GetCallerIdentityResponse>"""
"""What moto answers to who the caller is."""

Handler = Callable[..., Any]
"""Takes the request of botocore's event `before-send`, and returns the answer, or None."""


class Interceptor:
    """What every session of botocore asks before it sends a request: one object, as sessions outlive a run."""

    def __init__(self) -> None:
        self.handler: Handler | None = None

    def __call__(self, **event: Any) -> Any:
        """Answer a request while there is a handler."""
        return self.handler(**event) if self.handler else None


INTERCEPTOR = Interceptor()
BUILTIN_HANDLERS.append(("before-send", INTERCEPTOR))


class InProcess:
    """Answers requests of one emulator.

    Args of the constructor:
        engine: The emulator.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stack = ExitStack()
        self._lock = Lock()
        self._by_moto: Handler | None = None

    def __call__(self, request: Any, **_: Any) -> Any:
        """Answer a request; see `Handler`."""
        answer = self._direct(request) or self.moto()(request)
        if answer is None:
            return None  # not of AWS
        status, headers, body = answer
        content = body.encode() if isinstance(body, str) else body
        return AWSResponse(request.url, status, headers, _Body(content))  # type: ignore[arg-type]

    def moto(self) -> Handler:
        """Return what answers for moto's services; the first time, it starts them with the engine."""
        with self._lock:
            if self._by_moto is None:
                from moto import mock_aws
                from moto.core.models import botocore_stubber

                from reconciler.local.moto_services import installed

                self._stack.enter_context(unasked())
                self._stack.enter_context(mock_aws())
                self._stack.enter_context(installed(self._engine))
                botocore_stubber.enabled = False
                self._by_moto = botocore_stubber.process_request
            return self._by_moto

    def stop(self) -> None:
        """Stop moto's services, if they were started."""
        self._stack.close()

    def _direct(self, request: Any) -> Answer | None:
        """Return the answer to a request that needs nothing of moto."""
        service, _, region = (urlsplit(request.url).hostname or "").partition(".amazonaws.")[0].partition(".")
        body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
        target = _text(request.headers.get("X-Amz-Target", ""))
        if service == HOST and target.startswith(USER_POOLS) and hosts_user_pools(region):
            return self._engine.direct(region, target.removeprefix(USER_POOLS), body)
        if service == "sts" and b"Action=GetCallerIdentity&" in body:
            text = CALLER.format(partition=partition(region), account=ACCOUNT)
            return 200, {"Content-Type": "text/xml"}, text
        return None


class _Body(BytesIO):
    """A body as urllib3 offers it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        """Yield what is left of it."""
        yield self.read()


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def unasked() -> Iterator[None]:
    """Keep moto's own handler from the sessions that are made from now on.

    botocore asks all handlers, so it would answer a second time; and it is on while moto's services start, when other
    threads send requests. Until moto is imported there is none.
    """
    stubber = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    own = ("before-send", stubber)
    if stubber is None or own not in BUILTIN_HANDLERS:
        yield
        return
    BUILTIN_HANDLERS.remove(own)
    try:
        yield
    finally:
        BUILTIN_HANDLERS.append(own)


@contextmanager
def intercepted(handler: Handler) -> Iterator[None]:
    """Let a handler answer the requests of all sessions that are made from now on, with keys that mean nothing."""
    before, session = INTERCEPTOR.handler, boto3.DEFAULT_SESSION
    stubber = getattr(sys.modules.get("moto.core.models"), "botocore_stubber", None)
    others = stubber is not None and stubber.enabled
    if stubber is not None:  # sessions that were made before ask it
        stubber.enabled = False
    kept = {name: os.environ.get(name) for name in KEYS}
    INTERCEPTOR.handler, boto3.DEFAULT_SESSION = handler, None
    os.environ.update(KEYS)
    try:
        with unasked():
            yield
    finally:
        INTERCEPTOR.handler, boto3.DEFAULT_SESSION = before, session
        if stubber is not None:
            stubber.enabled = others
        for name, value in kept.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
