"""The certificate with which a user pool signs SAML requests, as the operator of a SAML provider takes it: PEM.

Cognito makes it, and a new one every year; no manifest declares it.
"""

from __future__ import annotations

import textwrap

from reconciler.applications.output_calls import CERTIFICATE
from reconciler.cloud.port import Cloud, required
from reconciler.errors import CloudError, Unavailable

COLUMNS = 64
"""Length of a line of PEM (RFC 7468)."""

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"

ABSENT = frozenset({"OperationNotEnabledException"})
"""Codes of Cognito for a pool that has none."""


def signing_certificate(cloud: Cloud, pool_id: str) -> str:
    """Return the certificate of a pool; empty if there is none here.

    Args:
        cloud: Where to read.
        pool_id: Id of the pool.

    Raises:
        CloudError: It could not be read.
    """
    service, operation = CERTIFICATE
    try:
        answer = cloud.call(service, operation, {"UserPoolId": pool_id})
    except Unavailable:
        return ""
    except CloudError as error:
        if error.code in ABSENT:
            return ""
        raise
    return pem(str(required(answer, "Certificate", ":".join(CERTIFICATE))))


def pem(certificate: str) -> str:
    """Return a certificate as PEM, whether it has its first and last line already or not; without a final newline."""
    body = certificate.replace(BEGIN, "").replace(END, "")
    return "\n".join([BEGIN, *textwrap.wrap("".join(body.split()), COLUMNS), END])
