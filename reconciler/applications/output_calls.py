"""The calls that outputs need beside those that read a pool, which belong to no kind.

Nothing else is imported here, because every run with a cloud asks for the reads.
"""

from __future__ import annotations

PARAMETERS = ("ssm", "GetParameters")
"""Reads parameters that outputs write."""

PUT = ("ssm", "PutParameter")
"""Writes one; the only write."""

AT_ONCE = 10
"""Parameters that GetParameters takes."""

CERTIFICATE = ("cognito-idp", "GetSigningCertificate")
"""Reads the certificate with which a pool signs SAML requests."""

READS = frozenset({PARAMETERS, CERTIFICATE})
"""The reads among them; a read-only cloud allows them."""
