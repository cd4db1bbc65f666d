"""Domains: serve the pool's sign-in pages and endpoints; at most one prefix and one custom domain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reconciler.errors import flow
from reconciler.kinds.iam_access import IamAccess, Permission, anywhere
from reconciler.kinds.kind import Breach, PendingCall, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import arn_part, below, dig, needs_plan
from reconciler.model import Address, Tree
from reconciler.values.regions import partition
from schemas.domain import Domain
from schemas.published import PUBLISHED

DOMAINS = "domains"
RESERVED: Sequence[str] = PUBLISHED["reserved_domain_words"]
"""Words that no prefix may contain."""

CLOUDFRONT = "us-east-1"
"""The Region of the certificates that CloudFront uses (cognito.md 2.4)."""

PREFIX = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""Pattern of a prefix; the service model wrongly uses it for custom domains too (cognito.md 2.4)."""

FQDN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){2,}[a-z]{2,}")
"""A fully qualified sub-domain."""

SERVED_BY = "CloudFrontDistribution"
"""What serves a domain, and what the DNS record of a custom domain has to name."""

COMPUTED = ("AWSAccountId", "S3Bucket", SERVED_BY, "Version", "Status")
PREFIX_WAIT, CUSTOM_WAIT = 60.0, 3600.0
"""Seconds until a domain is served: up to a minute, or up to an hour (cognito.md 2.4)."""


def names(pool: Tree) -> Iterable[str]:
    """The pool's description contains its domains; there is no list operation."""
    return [pool[m] for m in ("Domain", "CustomDomain") if pool.get(m)]


def from_api(answer: Tree) -> Tree:
    """Drop members that cannot be configured, and the empty block of old prefix domains."""
    return {k: v for k, v in answer.items() if k not in COMPUTED and not (k == "CustomDomainConfig" and not v)}


def prepare(pending_call: PendingCall) -> Tree:
    """Always send the version: an update that omits it reverts to the classic pages (cognito.md 0.3)."""
    return (
        {"ManagedLoginVersion": 1, **pending_call.payload}
        if pending_call.change.before is not None
        else pending_call.payload
    )


def pending(answer: Tree) -> str:
    """Return the status while the domain is not served yet."""
    status = str(answer.get("Status", ""))
    return status if status in ("CREATING", "UPDATING", "DELETING") else ""


def patience(tree: Tree) -> float:
    """Return how long that may last, in seconds."""
    return CUSTOM_WAIT if tree.get("CustomDomainConfig") else PREFIX_WAIT


def _is_custom(address: Address, tree: Tree) -> bool:
    return slot(address.name, tree) == "custom domain"


def slot(name: str, tree: Tree) -> str:
    """A pool has one prefix domain and one custom domain (cognito.md 2.4)."""
    return "custom domain" if bool(tree.get("CustomDomainConfig")) or "." in name else "prefix domain"


def custom_domains(state: State) -> Iterator[Breach]:
    """O2."""
    for address, tree in state.all(DOMAINS).items():
        problem = _custom_problem(address.name, tree, state) if _is_custom(address, tree) else None
        if problem:
            yield Breach(DOMAINS, address.name, (), *problem)


def prefixes(state: State) -> Iterator[Breach]:
    """O1."""
    for address, tree in state.all(DOMAINS).items():
        problem = None if _is_custom(address, tree) else _prefix_problem(address.name)
        if problem:
            yield Breach(DOMAINS, address.name, (), *problem)
    yield from _one_of_each(state)


def _prefix_problem(name: str) -> tuple[str, str] | None:
    word = next((w for w in RESERVED if w in name), "")
    if word:
        return f"A domain prefix must not contain {flow(word)}.", "Choose another prefix."
    if not PREFIX.fullmatch(name):
        return (
            f"{flow(name)} is not a domain prefix.",
            "Use 1 to 63 lower-case letters, digits and inner hyphens, or add CustomDomainConfig for a custom domain.",
        )
    return None


def _custom_problem(name: str, tree: Tree, state: State) -> tuple[str, str] | None:
    if not FQDN.fullmatch(name):
        return f"{flow(name)} is not a fully qualified sub-domain.", "Write it like auth.example.com."
    certificate = dig(tree, "CustomDomainConfig", "CertificateArn")
    region, account = arn_part(certificate, 3), arn_part(certificate, 4)
    # Other partitions have no us-east-1; where their certificates have to be is not documented.
    if region not in ("", CLOUDFRONT) and arn_part(certificate, 1) == partition(CLOUDFRONT):
        return f"The certificate is in {region}.", f"Custom domains need an ACM certificate in {CLOUDFRONT}."
    if state.account and account not in ("", state.account):
        return f"The certificate belongs to account {account}.", f"Use a certificate of account {state.account}."
    if state.lacks(tree, "CustomDomainConfig"):
        return "A custom domain requires a certificate.", "Add CustomDomainConfig with CertificateArn."
    return None


def _one_of_each(state: State) -> Iterator[Breach]:
    """A pool has at most one prefix and one custom domain (cognito.md 2.4)."""
    seen: dict[str, Address] = {}
    for address, tree in state.all(DOMAINS).items():
        what = slot(address.name, tree)
        other = seen.setdefault(what, address)
        if other != address:
            yield Breach(
                DOMAINS,
                max(address.name, other.name),
                (),
                f"A pool can have only one {what}: {other.name} conflicts with {address.name}.",
                "Keep one of them. A domain cannot be renamed: to replace it, write prune: [domains], leave out "
                "the old one, take it out of protect if it is there, and pass --prune; sign-in is down in between.",
            )


O1 = Rule(
    id="O1",
    title="A domain that is invalid or unavailable",
    what="The prefix has a character that is not allowed, more than 63 characters, or aws, amazon or cognito in it; "
    "another pool has the domain; or a pool has two domains of the same type.",
    why="Cognito refuses the domain. All accounts of a Region share the prefixes, and a pool has at most one prefix "
    "and one custom domain.",
    source=("cognito.md 3.3", "cognito.md 2.4"),
    advice="Choose another name, or delete the other domain first.",
    check=prefixes,
    offline=True,
)

O2 = Rule(
    id="O2",
    title="An invalid custom domain",
    what="A custom domain is not a fully qualified sub-domain, has no certificate, or has one outside us-east-1 or of "
    "another account.",
    why="Cognito refuses the domain. It is served by CloudFront, whose certificates are in us-east-1.",
    source=("cognito.md 3.3", "cognito.md 9.5"),
    advice="Write it like auth.example.com, and add CustomDomainConfig with an ACM certificate in us-east-1.",
    check=custom_domains,
    offline=True,
)


def managed_login(state: State) -> Iterator[Breach]:
    """O3."""
    for address, tree in state.all(DOMAINS).items():
        version = tree.get("ManagedLoginVersion")
        if isinstance(version, int) and version > 1 and below(state, "ESSENTIALS"):
            yield needs_plan(DOMAINS, address.name, ("ManagedLoginVersion",), "Managed login", "ESSENTIALS")


O3 = Rule(
    id="O3",
    title="Managed login on LITE",
    what="A domain has ManagedLoginVersion 2, and UserPoolTier is LITE.",
    why="Cognito refuses the domain with FeatureUnavailableInTierException.",
    source=("cognito.md 3.3", "cognito.md 2.19"),
    advice="Set user_pool.UserPoolTier to ESSENTIALS, or remove the feature.",
    check=managed_login,
    offline=True,
)


READ = Reading("DescribeUserPoolDomain", "DomainDescription", may_be_empty=True, sometimes=frozenset({SERVED_BY}))
"""How a domain is read, by its name."""

KIND = ResourceKind(
    section=DOMAINS,
    resource_type="UserPoolDomain",
    title="domain",
    model=Domain,
    reading=READ,
    create="CreateUserPoolDomain",
    update="UpdateUserPoolDomain",
    delete="DeleteUserPoolDomain",
    name_member="Domain",
    id_param="Domain",
    extra_ids={SERVED_BY: SERVED_BY},
    names=names,
    from_api=from_api,
    prepare=prepare,
    pending=pending,
    slot=slot,
    outage="sign-in pages and OAuth endpoints",
    patience=patience,
    rules=(O2, O1, O3),
    taken=O1,
    iam=IamAccess(
        arns_of={"DescribeUserPoolDomain": anywhere},
        permissions={"CustomDomainConfig": (Permission("cloudfront:UpdateDistribution"),)},
    ),
)
