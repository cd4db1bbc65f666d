"""Where calls go, and how an address is shown.

With `--endpoint-url` every call of a run goes there: Cognito's, but also those to STS (who am I, and AssumeRole),
Systems Manager, Secrets Manager, CloudTrail, S3 and the receivers of notifications. An emulator has accounts, roles and
secrets of its own, and a run that is half here and half in AWS would write to one account what it checked in another.
To move a single service, AWS's own variables do (`AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER`).
"""

from __future__ import annotations

import re
from typing import Any

PASSWORD = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]*://)[^/?#\s\"'<>]*@", re.IGNORECASE)
"""The part of a URL that may hold a password, with what is before it."""


def client(session: Any, service: str, endpoint: str, **more: Any) -> Any:
    """Return a client whose calls go where the operator wants them.

    Args:
        session: The session of boto3.
        service: As boto3 calls it.
        endpoint: Where to; empty for AWS, or for what AWS's own variables say.
        more: Region and configuration.
    """
    return session.client(service, endpoint_url=endpoint or None, **more)


def masked(text: str) -> str:
    """Return a text in which no URL shows a password."""
    return PASSWORD.sub(r"\g<scheme>…@", text) if "://" in text else text
