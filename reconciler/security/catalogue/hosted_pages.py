"""Rules about the domain and the sign-in pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.kind import Breach, Rule
from reconciler.model import Risk
from reconciler.security.catalogue.client_traits import CLIENTS, POOL, clients, oauth
from reconciler.security.rule import RankedBreach, SecurityRule, Seen, is_known, text, texts

DOMAINS, BRANDING, TERMS = "domains", "clients.branding", "clients.terms"
MANAGED_LOGIN = 2

ENFORCED: Mapping[str, tuple[str, ...]] = {"CG602": ("O2",), "CG604": ("O1", "O3")}
"""Rules of the catalogue that Cognito enforces by itself, wholly or in part, and the rules of `kinds/` that say so."""


def _old_tls(seen: Seen) -> Iterator[Breach]:
    for address, domain in seen.all(DOMAINS).items():
        custom = domain.get("CustomDomainConfig")
        found = custom.get("SecurityPolicy") if isinstance(custom, dict) and custom else ""
        if found in (None, "TLS_V1"):
            path = ("CustomDomainConfig", "SecurityPolicy")
            worse: Risk | None = "high" if found and seen.profile != "dev" else None
            said = "Browsers can be made to use TLS 1.0, which is broken."
            yield RankedBreach(DOMAINS, address.name, path, said, risk=worse)


CG601 = SecurityRule(
    Rule(
        id="CG601",
        title="A custom domain with old versions of TLS",
        what="SecurityPolicy of a custom domain is absent, or TLS_V1, which is high.",
        why="Passwords pass through this domain. TLS 1.0 and its ciphers are no longer safe, and AWS keeps them only "
        "for clients that are more than ten years old.",
        source=("cognito.md 2.4",),
        advice="Set CustomDomainConfig.SecurityPolicy to TLS_V1_2_2021 or TLS_V1_3_2025.",
    ),
    "medium",
    ("domains.CustomDomainConfig.SecurityPolicy",),
    _old_tls,
    profiles={"dev": "low"},
    needs=("domains.CustomDomainConfig",),
)


def _unbranded(seen: Seen) -> Iterator[Breach]:
    managed = any(domain.get("ManagedLoginVersion") == MANAGED_LOGIN for domain in seen.all(DOMAINS).values())
    styled = {address.name for address in seen.all(BRANDING)}
    for name, client in clients(seen) if managed and seen.knows(BRANDING) else ():
        if oauth(client) & {"code", "implicit"} and name not in styled:
            yield Breach(BRANDING, name, (), "Users of this client see an error in the place of the sign-in page.")


CG603 = SecurityRule(
    Rule(
        id="CG603",
        title="Managed login without a style",
        what="A domain has ManagedLoginVersion 2, and a client of the sign-in pages has no branding.",
        why="Managed login shows no page to a client without a style, so its users are locked out.",
        source=("cognito.md 3.3",),
        advice="Declare branding: {UseCognitoProvidedValues: true} inside the client.",
    ),
    "medium",
    ("domains.ManagedLoginVersion", "clients.branding"),
    _unbranded,
    profiles={"dev": "low"},
)


def _needless(seen: Seen) -> Iterator[Breach]:
    pool, every = seen.one(POOL), clients(seen)
    linked = text(pool, "VerificationMessageTemplate", "DefaultEmailOption") == "CONFIRM_WITH_LINK"
    passkeys = "WEB_AUTHN" in texts(pool, "Policies", "SignInPolicy", "AllowedFirstAuthFactors")
    used = linked or passkeys or bool(pool.get("DcrConfiguration")) or any(not _is_direct(c) for _, c in every)
    if pool and every and seen.knows(CLIENTS) and not used:
        for address in seen.all(DOMAINS):
            yield Breach(DOMAINS, address.name, (), "No client uses the pages and endpoints of this domain.")


def _is_direct(client: dict[str, object]) -> bool:
    """Return whether a client is known to use neither sign-in pages nor the token endpoint."""
    flows, on = client.get("AllowedOAuthFlows"), client.get("AllowedOAuthFlowsUserPoolClient")
    return (is_known(flows) and not flows) or on in (None, False)


CG605 = SecurityRule(
    Rule(
        id="CG605",
        title="Public sign-in pages that no client uses",
        what="The pool has a domain, and no client uses OAuth.",
        why="The pages are open to the Internet all the same: accounts can be tried there.",
        source=("cognito.md 2.4",),
        advice="Remove the domain, or use it in a client.",
    ),
    "low",
    ("domains", "clients.AllowedOAuthFlows", "clients.AllowedOAuthFlowsUserPoolClient"),
    _needless,
    profiles={"dev": None},
)


def _terms(seen: Seen) -> Iterator[Breach]:
    both: dict[str, list[str]] = {}
    for address, document in seen.all(TERMS).items():
        owner, _, name = address.name.partition("/")
        both.setdefault(owner, []).append(name)
        links = document.get("Links")
        for language, url in (links if isinstance(links, dict) else {}).items():
            if isinstance(url, str) and url.lower().startswith("http://"):
                yield Breach(TERMS, address.name, ("Links", language), "The document is fetched without TLS.")
    for owner, names in both.items() if seen.knows(TERMS) else ():
        if len(names) == 1:
            said = "Users see neither document, as the other one is missing."
            yield Breach(TERMS, f"{owner}/{names[0]}", (), said)


CG607 = SecurityRule(
    Rule(
        id="CG607",
        title="Terms that are not shown, or not safely",
        what="A client has one of terms-of-use and privacy-policy alone, or a link to one that begins with http://.",
        why="Cognito shows them only once a client has both, and a document that is fetched without TLS can be "
        "replaced on its way.",
        source=("cognito.md 2.12",),
        advice="Declare both documents with https links.",
    ),
    "low",
    ("clients.terms.Links", "clients.terms.TermsName"),
    _terms,
    profiles={"dev": None},
    needs=("clients.terms",),
)

RULES = (CG601, CG603, CG605, CG607)
