"""The certificate with which user pools sign SAML requests. The embedded Cognito signs none, so all have the same."""

from __future__ import annotations

from reconciler.local.operation import Context, Operation
from reconciler.local.store import Record

CERTIFICATE = (
    "MIIDFzCCAf+gAwIBAgIUdHtD5jpe9Hx6lR4rlpq2R4Nq9H8wDQYJKoZIhvcNAQELBQAwGzEZMBcGA1UEAwwQRW1iZWRkZWQgQ29n"
    "bml0bzAeFw0yNjExMjkyMzU2MjlaFw0zNjExMjYyMzU2MjlaMBsxGTAXBgNVBAMMEEVtYmVkZGVkIENvZ25pdG8wggEiMA0GCSqG"
    "SIb3DQEBAQUAA4IBDwAwggEKAoIBAQCgNTX+g/pfJGgqXPRG32+BgBOEcCCKFvJJZCud+s+CJJ1qzy9eZSJokUyR1SAph++2wYru"
    "mM0pXZHBPPEQHq9EsmeNtYjb7yXMUHL2r5IPij8nFtBxQDGHB6Pyi5kj2/EYOYAHCWqrHr6gw9TzMChMQ/ZAgyYaJrYCXnq53A9e"
    "RcmMslLsBELaQWlgWUKP/Z3KQaQ4O96ayW9SPE82+J6NED/fSvif7byKSEjrS2yUIpqfUbATn+Kzyvw2MxAnexz3FY9+ezGg0oN3"
    "hJ4NCcsN7/oUukYJIyCa/rC5fl7DHSa8/O9wg0eXKFPTFCpDBVbHUML40zx0dzvazpOlzvclAgMBAAGjUzBRMB0GA1UdDgQWBBT6"
    "/YE/OvD5yCDmBOdoiflDv4FwTzAfBgNVHSMEGDAWgBT6/YE/OvD5yCDmBOdoiflDv4FwTzAPBgNVHRMBAf8EBTADAQH/MA0GCSqG"
    "SIb3DQEBCwUAA4IBAQAJIgHmcxq8eVJoPiA13p0xuVXCbv4K6dS1kjiMNtvTu99vjJGT8Jz61PdiKXLpjZbh+ytRmJ+Tl0VLSsE4"
    "hQiq1JWx9dai6IRYNZwI2uZo4JqfmzohUvz7I8IN+hmTVviyZD2vgxBC5rmUZqR9+6VQeIuuMvOHyPkQWYfbIUs+X53mpbNjbMAJ"
    "oFcDuTRCuoiknOejHg9DNTPKM1gF7oglNHe6Uj3xoxWKOc/g57S7BbA4ev6xT06SaC4dGtznl+fF4zRxYVGQNQfFfu/c6+VukGzm"
    "JxUGBbNCncvIyJj47MOs0ka9F/Btxq9vD0IOio9AAqCrd3D4lTqTA/7Myoz4"
)
"""A real one of RSA 2048, whose private key was never kept: the base64 of its DER, as Cognito answers."""


def get_signing_certificate(ctx: Context, params: Record) -> Record:
    """GetSigningCertificate."""
    ctx.pool(params)
    return {"Certificate": CERTIFICATE}


OPERATIONS: dict[str, Operation] = {"GetSigningCertificate": get_signing_certificate}
