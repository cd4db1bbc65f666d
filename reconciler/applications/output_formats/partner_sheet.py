"""`partner`: what the operator of a SAML or OIDC provider has to enter for this pool, as a page to send."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.applications import parts, urls
from reconciler.applications.amplify_settings import federated
from reconciler.applications.client_settings import pool_id
from reconciler.applications.known_pool import KnownObject
from reconciler.applications.output_format import Output, OutputFormat, Wanted
from reconciler.applications.urls import Endpoints
from reconciler.errors import Refused, printable

SAML, OIDC = "SAML", "OIDC"

CERTIFICATE = "Certificate of signed requests"

RENEWED = "Cognito makes a new one every year; the ones before stay valid for the ten years that are written in them."
"""API reference of GetSigningCertificate."""


def make(wanted: Wanted) -> Output:
    """Return the page: a part for each SAML and OIDC provider of the client, or one of each type if it has none yet.

    Raises:
        Refused: The pool has no domain, so a provider has nowhere to send users back to.
    """
    there = urls.endpoints(wanted.pool)
    if there is None:
        raise Refused(
            "The pool has no domain, so an identity provider has nowhere to send users back to. Declare one in the "
            "section domains."
        )
    lines = [f"# Federation with the user pool {_cell(wanted.pool.name)}", ""]
    found = list(_providers(wanted))
    certificate = wanted.signing() if any(kind == SAML for _, kind, _ in found) else ""
    for name, kind, provider in found:
        rows = _saml(wanted, there, provider, certificate) if kind == SAML else _oidc(there, provider)
        lines += [f"## {name}", "", *_table(rows)]
    if certificate:
        lines += [f"## {CERTIFICATE}", "", RENEWED, "", "```", certificate, "```", ""]
    return Output("\n".join(lines))


def _providers(wanted: Wanted) -> Iterator[tuple[str, str, KnownObject | None]]:
    named = federated(wanted.client)
    found = [p for p in wanted.pool.section(parts.PROVIDERS) if p.name in named] if named else []
    for provider in found:
        kind = str(provider.get("ProviderType"))
        yield f"{_cell(provider.name)} ({kind})", kind, provider
    if not found:
        yield "A SAML 2.0 provider", SAML, None
        yield "An OpenID Connect provider", OIDC, None


def _saml(
    wanted: Wanted, there: Endpoints, provider: KnownObject | None, certificate: str
) -> Iterator[tuple[str, str]]:
    own = pool_id(wanted.pool)
    yield "Entity id (audience)", _code(f"urn:amazon:cognito:sp:{own}")
    yield "Assertion consumer service, HTTP-POST", _code(f"{there.base}/saml2/idpresponse")
    yield "Single logout, HTTP-POST", _code(f"{there.base}/saml2/logout")
    yield "Subject", "NameID, persistent: it identifies the user, so it must never change"
    if provider:
        yield from _attributes(provider)
        if encryption := provider.get("ProviderDetails", "ActiveEncryptionCertificate", default=""):
            yield "Certificate for encrypted assertions", _code(str(encryption))
    command = f"the answer of {_code(f'aws cognito-idp get-signing-certificate --user-pool-id {own}')}"
    yield CERTIFICATE, "at the end of this page" if certificate else command


def _oidc(there: Endpoints, provider: KnownObject | None) -> Iterator[tuple[str, str]]:
    yield "Redirect URI", _code(f"{there.base}/oauth2/idpresponse")
    yield "Grant", "authorization code; the client secret is sent to the token endpoint"
    scopes = provider.get("ProviderDetails", "authorize_scopes", default="") if provider else ""
    yield "Scopes", _code(str(scopes or "openid email"))
    yield "Subject", "sub: it identifies the user, so it must never change"
    if provider:
        yield from _attributes(provider)
    yield "We need from you", "issuer, client id and client secret"


def _attributes(provider: KnownObject) -> Iterator[tuple[str, str]]:
    mapping = provider.get("AttributeMapping", default={})
    wanted = [f"{_code(theirs)} (our {_cell(ours)})" for ours, theirs in sorted(mapping.items()) if ours != "username"]
    if wanted:
        yield "Attributes that we read", ", ".join(wanted)


def _table(rows: Iterator[tuple[str, str]]) -> list[str]:
    return ["| Setting | Value |", "| --- | --- |", *(f"| {name} | {text} |" for name, text in rows), ""]


def _code(text: str) -> str:
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return printable(text).replace("|", "\\|").replace("`", "'")


FORMAT = OutputFormat(
    name="partner",
    title="page for whoever runs a SAML or OIDC provider: what to enter for this pool",
    file="partner.md",
    make=make,
    certificate=True,
)
