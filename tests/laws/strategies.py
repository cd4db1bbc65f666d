"""Random documents of user pools and identity pools: each member of each kind, with values of its type in the schema.

Closed words, numbers and truth values come from the facts in the schema. What has a form of its own (ARNs, URLs,
messages) is drawn from the two values that tests/engine/full.py has for every member. Lists are subsets in any order.
What rules forbid in combination is left out afterwards (`World.mended`), so that hypothesis need not find it by luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cache
from typing import Any

from annotated_types import Ge, Le
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from schemas.base import ApiModel, FreeDocument, KeyName, Member, OneOf, Pin, members
from tests.engine.full import PROVIDER, SCHEMA, VARIANTS, full, identities
from tests.engine.test_one_member import as_document

Path = tuple[str, ...]
NEVER = {
    # of other Regions, other services, or never read back
    *("KmsKeyArn", "ImageFile", "Bytes", "MetadataURL", "MetadataFile", "LimitDefinition", "CustomDomainConfig"),
    *("ClientSecret", "ClientId", "PublishSecretsInAWSSecretsManager", "secrets", "max_age_days"),
    *("ProviderType", "Identifier", "GroupName", "ProviderName", "Domain", "PolicyName", "CIMDPolicyId", "TermsName"),
    # superseded spellings of other members
    *("SmsVerificationMessage", "EmailVerificationMessage", "EmailVerificationSubject", "UnusedAccountValidityDays"),
    *("PreTokenGeneration", "ApplicationId", "ExternalId", "Routing", "Schema", "PoolName", "KeyConfiguration"),
    *("AliasAttributes", "UsernameAttributes", "UsernameConfiguration", "GenerateSecret", "ClientName", "Assets"),
    *("IdentityPoolName", "DeveloperProviderName", "IdentityProviderName"),
}
"""Members that the laws do not vary: identities, immutable ones, files."""


@cache
def bank() -> Mapping[Path, list[Any]]:
    """Return the valid values of each leaf, by section and path."""
    found: dict[Path, list[Any]] = {}
    for tag in ("one", "other"):
        for section, objects in (full(tag) | identities(tag)).items():
            for tree in objects.values():
                _collect(tree, (section,), found)
    for (section, _, *path), (_, value) in VARIANTS.items():
        found.setdefault((section, *path), []).append(value)
    return found


def _collect(value: Any, path: Path, found: dict[Path, list[Any]]) -> None:
    known = found.setdefault(path, [])
    if value not in known:
        known.append(value)
    if isinstance(value, dict):
        for key, inner in value.items():
            _collect(inner, (*path, key), found)


def structure(model: type[ApiModel], path: Path) -> st.SearchStrategy[dict[str, Any]]:
    """Draw some members of a structure."""
    some = {n: value(m, (*path, n)) for n, m in members(model).items() if _varied(n, m)}
    return st.fixed_dictionaries({}, optional={n: s for n, s in some.items() if not s.is_empty})


def _varied(name: str, member: Member) -> bool:
    nested = member.model is not None and bool(member.model.INPUTS)
    return name not in NEVER and not member.has(Pin) and not nested and not member.has(KeyName)


def value(member: Member, path: Path) -> st.SearchStrategy[Any]:
    """Draw a value of a member."""
    known = bank().get(path, [])
    if member.has(FreeDocument) or (member.shape == "list" and member.model) or member.shape == "map":
        return st.sampled_from(known) if known else st.nothing()
    if member.shape == "structure" and member.model:
        return structure(member.model, path)
    if member.shape == "list":
        items = _closed(member.item_marks) or sorted({i for v in known for i in v})
        if not items:
            return st.nothing()
        return st.lists(st.sampled_from(items), unique=True, min_size=1, max_size=4)
    return _scalar(member, known)


def _closed(marks: tuple[Any, ...]) -> list[str]:
    return next((list(m.values) for m in marks if isinstance(m, OneOf)), [])


def _scalar(member: Member, known: list[Any]) -> st.SearchStrategy[Any]:
    words = _closed(member.marks)
    if words:
        return st.sampled_from(words)
    if member.scalar is bool:
        return st.booleans()
    if member.scalar is int:
        low, high = _bounds(member)
        return st.integers(low, high)
    return st.sampled_from(known) if known else st.nothing()


def _bounds(member: Member) -> tuple[int, int]:
    facts = [f for m in member.marks for f in (m, *getattr(m, "metadata", ()))]
    low = next((int(f.ge) for f in facts if isinstance(f, Ge)), 0)
    return low, next((int(f.le) for f in facts if isinstance(f, Le)), low + 100)


NAMES = {
    "resource_servers": ("orders", "stock"),
    "groups": ("admins", "staff", "guests"),
    "clients.terms": ("terms-of-use", "privacy-policy"),
    "clients.cimd_policies": ("partners", "others"),
    "limits": ("UserAuthentication",),
    "domains": ("customers-acme",),
    "identity_providers": ("okta", "saml", "Google"),
}
SINGLE = (
    *("mfa", "risk_configuration", "ui_customization", "log_delivery", "session", "web_acl", "clients.branding"),
    *("clients.risk_configuration", "clients.ui_customization", "clients.session"),
)


def _objects(section: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw objects of a section by name."""
    if section == "identity_providers":
        return st.fixed_dictionaries({}, optional={n: _provider(n) for n in NAMES[section]})
    if section == "limits":  # the least of each category is not in the model
        return st.fixed_dictionaries({}, optional={n: st.sampled_from(bank()[section,]) for n in NAMES[section]})
    one = structure(KINDS[section].model, (section,))
    if section in ("clients.terms", "clients.cimd_policies"):  # members that a create requires
        one = st.sampled_from(bank()[section,]).flatmap(lambda base: one.map(lambda drawn: {**base, **drawn}))
    return st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES[section], one))


def _provider(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw one of the two values of a provider, with the members that may be left out drawn apart."""
    both = [full(tag)["identity_providers"][name] for tag in ("one", "other")]
    needed = st.sampled_from(both).map(lambda p: {k: p[k] for k in ("ProviderType", "ProviderDetails")})
    more = {k: st.sampled_from([p[k] for p in both]) for k in both[0] if k not in ("ProviderType", "ProviderDetails")}
    return st.builds(lambda a, b: {**a, **b}, needed, st.fixed_dictionaries({}, optional=more))


@st.composite
def _client(draw: st.DrawFn) -> dict[str, Any]:
    inside: dict[str, Any] = {"clients": {"web": draw(structure(KINDS["clients"].model, ("clients",)))}}
    for section in [s for s in SINGLE if s.startswith("clients.")]:
        if draw(st.integers(0, 3)) == 0:
            inside[section] = {"web": draw(structure(KINDS[section].model, (section,)))}
    for section in ("clients.terms", "clients.cimd_policies"):
        if draw(st.integers(0, 3)) == 0:
            inside[section] = {f"web/{name}": tree for name, tree in draw(_objects(section)).items()}
    found: dict[str, Any] = as_document(inside)["clients"]["web"]
    return found


@st.composite
def documents(draw: st.DrawFn, *, whole: bool) -> dict[str, Any]:
    """Draw a document of the user pool `customers`.

    Args:
        draw: Of hypothesis.
        whole: For the first apply: with what can only be set then, so that later documents have something to name.
            Later documents reset up to three of their members and sections with null.
    """
    pool: dict[str, Any] = {"PoolName": "customers", **draw(structure(KINDS["user_pool"].model, ("user_pool",)))}
    if whole:
        pool["Schema"] = SCHEMA
    document: dict[str, Any] = {"version": 1, "user_pool": pool}
    for section in ("mfa", "risk_configuration", "ui_customization", "log_delivery", "session", "web_acl"):
        if draw(st.booleans()):
            document[section] = draw(structure(KINDS[section].model, (section,)))
    for section in ("resource_servers", "identity_providers", "groups", "domains", "limits"):
        if draw(st.booleans()):
            document[section] = draw(_objects(section))
    if draw(st.booleans()):
        document["clients"] = draw(st.fixed_dictionaries({}, optional={"web": _client(), "app": _client()}))
    if "ui_customization" in str(document):  # the classic pages need a domain
        document.setdefault("domains", {}).setdefault("customers-acme", {})
    return document if whole else _reset(draw, document)


@st.composite
def identity_documents(draw: st.DrawFn, *, whole: bool) -> dict[str, Any]:
    """Draw a document of the identity pool `customers`.

    Args:
        draw: Of hypothesis.
        whole: For the first apply: nothing is reset.
    """
    drawn = draw(structure(KINDS["identity_pool"].model, ("identity_pool",)))
    pool = {"IdentityPoolName": "customers", "AllowUnauthenticatedIdentities": draw(st.booleans()), **drawn}
    document: dict[str, Any] = {"version": 1, "kind": "IdentityPool", "identity_pool": pool}
    if draw(st.booleans()):
        document["roles"] = draw(structure(KINDS["roles"].model, ("roles",)))
    if draw(st.booleans()):
        document["principal_tags"] = {PROVIDER: draw(structure(KINDS["principal_tags"].model, ("principal_tags",)))}
    return document if whole else _reset(draw, document)


def pairs() -> st.SearchStrategy[tuple[dict[str, Any], dict[str, Any]]]:
    """Draw how a pool is set up, and the manifest after it; one pool of five is an identity pool."""
    users = st.tuples(documents(whole=True), documents(whole=False))
    identities = st.tuples(identity_documents(whole=True), identity_documents(whole=False))
    return st.integers(0, 4).flatmap(lambda drawn: identities if drawn == 4 else users)


KEPT = {
    "version",
    "kind",
    "user_pool",
    "identity_pool",
    "clients",
    "PoolName",
    "IdentityPoolName",
    "AllowUnauthenticatedIdentities",
}
"""What a document cannot be without."""


def _reset(draw: st.DrawFn, drawn: dict[str, Any]) -> dict[str, Any]:
    """Return a document with up to three of its members or sections set to null.

    What is drawn is shared: its values belong to the bank that later examples draw from.
    """
    document = deepcopy(drawn)
    places = list(_places(document))
    for holder, key in draw(st.lists(st.sampled_from(places), max_size=3)) if places else ():
        holder[key] = None
    return document


def _places(tree: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for key, inner in tree.items():
        if key not in KEPT:
            yield tree, key
        if isinstance(inner, dict):
            yield from _places(inner)
