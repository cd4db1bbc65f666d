"""Changing one declared member never changes another live member.

For each member of each kind: everything else is set to something that is not the default, only that member is
declared with another value, the plan shows exactly that change, one apply makes it, and everything else is compared.
The embedded Cognito replaces where the service replaces, so a payload that left something out would be found out.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.identity_provider import REQUIRED
from reconciler.model import Action
from schemas.base import ApiModel, Keyed, members
from tests.engine.full import CERTIFICATE, LEFT_OUT, REGION, SCHEMA, VARIANTS, WRITE_ONLY, Change, full, identities
from tests.engine.reset_refused import ALONE_REFUSED, RESET_REFUSED
from tests.support import Bench, bench, manifest, settings

Leaf = tuple[str, ...]
MISSING = object()


def leaves_of(tree: dict[str, Any], path: Leaf = ()) -> Iterator[Leaf]:
    for key, value in tree.items():
        if isinstance(value, dict) and value and key != "Settings":  # a document is one value
            yield from leaves_of(value, (*path, key))
        else:
            yield (*path, key)


ALL = [
    (section, name, *leaf)
    for section, objects in full("other").items()
    for name, tree in objects.items()
    for leaf in leaves_of(tree)
    if (section, name, *leaf) not in VARIANTS
    and ".".join((section, *leaf)) not in LEFT_OUT
    and (section, name, *leaf) not in WRITE_ONLY
]


IDENTITIES = [
    (section, name, *leaf)
    for section, objects in identities("other").items()
    for name, tree in objects.items()
    for leaf in leaves_of(tree)
    if ".".join((section, *leaf)) not in LEFT_OUT and leaf[-1] != "Type"  # Token excludes the rules beside it
]


def at(tree: Any, path: Leaf) -> Any:
    for step in path:
        if not isinstance(tree, dict) or step not in tree:
            return MISSING
        tree = tree[step]
    return tree


def nested(path: Leaf, value: Any) -> dict[str, Any]:
    for step in reversed(path):
        value = {step: value}
    return value


def live(change: Change) -> dict[str, dict[str, Any]]:
    """ONE, with the members of a variant laid over it."""
    result = copy.deepcopy(full("one"))
    for address, overlay in change.items():
        section, _, name = address.partition("/")
        for member, value in overlay.items():
            if value is None:
                result[section][name].pop(member, None)
            elif member == "ProviderDetails":
                kept = {k: v for k, v in result[section][name][member].items() if not k.startswith("Metadata")}
                result[section][name][member] = {**kept, **value}
            else:
                result[section][name][member] = copy.deepcopy(value)
    return result


def as_document(objects: dict[str, dict[str, Any]], **envelope: Any) -> dict[str, Any]:
    document: dict[str, Any] = {"version": 1, **envelope}
    for section, found in objects.items():
        outer, dot, part = section.partition(".")
        if not dot:
            document[section] = copy.deepcopy(found.get("", found))
            continue
        for name, tree in found.items():
            owner, slash, rest = name.partition("/")
            holder = document.setdefault(outer, {}).setdefault(owner, {})
            if slash:
                holder.setdefault(part, {})[rest] = copy.deepcopy(tree)
            else:
                holder[part] = copy.deepcopy(tree)
    return document


def with_bytes(document: dict[str, Any], directory: Any) -> dict[str, Any]:
    """Put images into files, as YAML texts are no bytes."""
    for client in document.get("clients", {}).values():
        for i, asset in enumerate((client.get("branding") or {}).get("Assets") or ()):
            file = directory / f"image{i}.svg"
            file.write_text(asset["Bytes"])
            asset["Bytes"] = {"$file": file.name}
    return document


class Pools:
    """Full pools on one embedded Cognito, each built once and put back after every test."""

    def __init__(self, local: Bench, directory: Any) -> None:
        self.bench = local
        self.directory = directory
        self._built: dict[str, tuple[str, Any]] = {}

    def get(self, change: Change) -> str:
        key = repr(change)
        if key not in self._built:
            objects = live(change)
            objects["user_pool"][""]["Schema"] = SCHEMA
            objects["clients"]["web"]["GenerateSecret"] = True
            suffix = str(len(self._built))
            name = f"pool {suffix}"
            objects["user_pool"][""]["PoolName"] = name
            objects["domains"] = {
                "customers-acme" + suffix: objects["domains"]["customers-acme"],
                f"auth{suffix}.example.com": objects["domains"]["auth.example.com"],
            }
            found = manifest(self.directory, with_bytes(as_document(objects), self.directory))
            self.bench.converge(found)
            pools = self.bench.boto().list_user_pools(MaxResults=60)["UserPools"]
            pool_id = next(p["Id"] for p in pools if p["Name"] == name)
            self._account = copy.deepcopy(self.bench.local.account)
            self._built[key] = (pool_id, copy.deepcopy(self.bench.local.records[pool_id]))
        return self._restore(*self._built[key])

    def _restore(self, pool_id: str, records: Any) -> str:
        self.bench.local.records[pool_id] = copy.deepcopy(records)
        self.bench.local.account.clear()
        self.bench.local.account.update(copy.deepcopy(self._account))
        return pool_id

    def snapshot(self, pool_id: str) -> dict[str, Any]:
        return by_name({**self.bench.snapshot(pool_id), **settings(self.bench, pool_id)})


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> Iterator[Pools]:
    with bench(region=REGION) as local:
        yield Pools(local, tmp_path_factory.mktemp("full"))


SHOWN_AS = {"PublishSecretsInAWSSecretsManager": ("ClientSecret", "ClientSecretArn")}
"""Members that describe shows under other names."""

MIRRORS: dict[Leaf, tuple[Leaf, ...]] = {
    ("user_pool", "SmsVerificationMessage"): (("user_pool", "VerificationMessageTemplate", "SmsMessage"),),
    ("user_pool", "EmailVerificationMessage"): (("user_pool", "VerificationMessageTemplate", "EmailMessage"),),
    ("user_pool", "EmailVerificationSubject"): (("user_pool", "VerificationMessageTemplate", "EmailSubject"),),
    ("user_pool", "LambdaConfig", "PreTokenGeneration"): (
        ("user_pool", "LambdaConfig", "PreTokenGenerationConfig", "LambdaArn"),
        ("user_pool", "LambdaConfig", "PreTokenGenerationConfig", "LambdaVersion"),  # goes with the function
    ),
    ("user_pool", "Policies", "PasswordPolicy", "TemporaryPasswordValidityDays"): (
        ("user_pool", "AdminCreateUserConfig", "UnusedAccountValidityDays"),
    ),
    ("user_pool", "SmsAuthenticationMessage"): (("mfa", "SmsMfaConfiguration", "SmsAuthenticationMessage"),),
    ("user_pool", "MfaConfiguration"): (("mfa", "MfaConfiguration"),),
    ("user_pool", "PoolName"): (("user_pool", "Name"),),
}
"""One fact that the service shows in two places."""

DERIVED = {
    ("saml", "IDPSignout"): ("SLORedirectBindingURI",),
    ("saml", "MetadataURL"): ("SSORedirectBindingURI", "SLORedirectBindingURI"),
    ("saml", "MetadataFile"): ("SSORedirectBindingURI", "SLORedirectBindingURI"),
    ("Facebook", "api_version"): ("attributes_url", "authorize_url", "token_url"),
}
"""Keys that the service computes from another one."""


def follows(leaf: Leaf) -> set[Leaf]:
    """The places of a snapshot that a change of a leaf may touch."""
    section, name, *rest = leaf
    short = (section, *rest)
    found: set[Leaf] = {(section, *((name,) if name else ()), *rest)}
    for one, others in MIRRORS.items():
        family = {one, *others}
        if short in family:
            found |= family
    sms = ("SmsConfiguration",)
    if short[:2] == ("user_pool", *sms):
        found.add(("mfa", "SmsMfaConfiguration", *short[1:]))
    if short[:3] == ("mfa", "SmsMfaConfiguration", *sms):
        found.add(("user_pool", *short[2:]))
    found |= {(section, name, shown) for shown in SHOWN_AS.get(rest[-1], ())}
    if section == "ui_customization":
        found |= {("clients.ui_customization", "web", member) for member in (*rest, "ClientId", "UserPoolId")}
    if short == ("clients.branding", "Settings"):
        found.add((section, name, "UseCognitoProvidedValues"))  # one excludes the other
    if "ui_customization" in section:  # without a style, the answer has no ids either
        found |= {(section, *((name,) if name else ()), member) for member in ("ClientId", "UserPoolId")}
    for key in DERIVED.get((name, rest[-1]), ()):
        found.add((section, name, "ProviderDetails", key))
    return found


def assert_follows(shown: list[Leaf], leaf: Leaf) -> None:
    """Insist that a plan shows the declared leaf, and beside it only what the call changes together with it."""
    section, name, *path = leaf
    allowed = {(section, *place[2:]) if name else place for place in follows(leaf)}
    assert [s for s in shown if s not in allowed and s != (section, *path)] == []


def flat(tree: Any, path: Leaf = ()) -> dict[Leaf, Any]:
    if isinstance(tree, dict) and tree:
        return {k: v for key, value in tree.items() for k, v in flat(value, (*path, str(key))).items()}
    return {path: sorted(tree, key=repr) if isinstance(tree, list) else tree}


def by_name(snapshot: dict[str, Any]) -> dict[str, Any]:
    """Clients by a fixed key, so that a rename does not look like everything changed."""
    return {**snapshot, "clients": {"web": next(iter(snapshot["clients"].values()))}}


@pytest.mark.parametrize("leaf", [*ALL, *VARIANTS], ids=lambda leaf: ".".join(filter(None, leaf)))
def test_changing_one_member_changes_nothing_else(pools: Pools, tmp_path, leaf: Leaf):
    change, value = VARIANTS.get(leaf, ({}, None))
    pool_id = pools.get(change)
    section, name, *path = leaf
    value = value if change else at(full("other"), leaf)
    before = pools.snapshot(pool_id)
    name = actual(before, section, name)
    declared = placed(before, section, name, nested(tuple(path), copy.deepcopy(value)))
    found = manifest(tmp_path, {"version": 1, "id": pool_id, **with_bytes(declared, tmp_path)})

    plan = pools.bench.plan(found)
    assert not plan.refusals
    shown = [(c.address.section, *f.path) for c in plan.pending for f in c.fields]
    assert (section, *path) in shown
    assert_follows(shown, leaf)
    assert [c.action for c in plan.pending] == [Action.UPDATE]

    pools.bench.converge(found)
    after = pools.snapshot(pool_id)
    was, now = flat(before), flat(after)
    changed = {k for k in was.keys() | now.keys() if was.get(k) != now.get(k)}
    allowed = follows((section, name, *path))
    assert {c for c in changed if not any(c[: len(a)] == a for a in allowed)} == set()
    assert changed


def placed(snapshot: dict[str, Any], section: str, name: str, declared: dict[str, Any]) -> dict[str, Any]:
    """Put the members of one object into the sections of a document."""
    named = {member: snapshot["clients"]["web"][member] for member in ("ClientId", "ClientName")}
    if section.startswith("clients."):
        held = as_document({section: {name: declared}})["clients"]["web"]
        return {"clients": {"web": {**named, **held}}}
    if section == "clients":
        return {"clients": {"web": {**named, **declared}}}
    return {section: {name: with_private_key(name, declared)} if name else declared}


def actual(snapshot: dict[str, Any], section: str, name: str) -> str:
    """The name under which an object of ONE stands in a pool: domains are unique, so they got a suffix."""
    if section != "domains":
        return name
    return next(d for d in snapshot["domains"] if ("." in d) == ("." in name))


def with_private_key(name: str, declared: dict[str, Any]) -> dict[str, Any]:
    """Apple's key must be declared with any change of the details, as Cognito never returns it."""
    if name == "SignInWithApple" and declared.get("ProviderDetails") is not None:
        key = full("one")["identity_providers"][name]["ProviderDetails"]["private_key"]
        return {"ProviderDetails": {**declared["ProviderDetails"], "private_key": key}}
    return declared


def schema_leaves(model: type[ApiModel], path: Leaf = ()) -> Iterator[Leaf]:
    for name, member in members(model).items():
        if member.model and member.model.INPUTS:
            continue
        if member.shape == "structure" and member.model:
            yield from schema_leaves(member.model, (*path, name))
        elif not (member.mark(Keyed) and path):
            yield (*path, name)


@pytest.mark.parametrize("section", KINDS)
def test_no_member_of_a_schema_is_missing_from_the_table(section: str):
    covered = {(s, *path) for s, _, *path in [*ALL, *VARIANTS, *WRITE_ONLY, *IDENTITIES]}
    missing = [
        ".".join((section, *leaf))
        for leaf in schema_leaves(KINDS[section].model)
        if not any(c[: len(leaf) + 1] == (section, *leaf) for c in covered)
        and ".".join((section, *leaf)) not in LEFT_OUT
    ]
    assert missing == []


def test_everything_in_the_full_pool_is_live(pools: Pools):
    """The table is worth nothing if the service does not hold what it says."""
    pool_id = pools.get({})
    snapshot = pools.snapshot(pool_id)
    absent = []
    for section, objects in full("one").items():
        for name, tree in objects.items():
            found = snapshot[section][actual(snapshot, section, name)] if name else snapshot[section]
            for leaf in leaves_of(tree):
                wanted, have = at(tree, leaf), at(found, leaf)
                if have is MISSING or (wanted != have and not isinstance(wanted, list)):
                    absent.append((section, name, *leaf, wanted, have))
    names = {("user_pool", "", "PoolName"), ("identity_providers", "SignInWithApple", "ProviderDetails", "private_key")}
    names.add(("clients", "web", "PublishSecretsInAWSSecretsManager"))  # shows as ClientSecretArn
    assert [a for a in absent if tuple(a[:-2]) not in names] == []
    assert "ClientSecretArn" in snapshot["clients"]["web"]


@pytest.mark.parametrize("leaf", [*ALL, *VARIANTS], ids=lambda leaf: ".".join(filter(None, leaf)))
def test_null_resets_one_member_and_nothing_else(pools: Pools, tmp_path, leaf: Leaf):
    change, _ = VARIANTS.get(leaf, ({}, None))
    pool_id = pools.get(change)
    section, name, *path = leaf
    before = pools.snapshot(pool_id)
    name = actual(before, section, name)
    found = manifest(
        tmp_path, {"version": 1, "id": pool_id, **placed(before, section, name, nested(tuple(path), None))}
    )
    plan = pools.bench.plan(found)
    key = ".".join((section, *path))
    expected = RESET_REFUSED.get(f"{name}: {key}", RESET_REFUSED.get(key, ()))
    assert sorted({r.rule for r in plan.refusals}) == list(expected)
    if plan.refusals:
        return
    pools.bench.converge(found)
    after = pools.snapshot(pool_id)
    was, now = flat(before), flat(after)
    changed = {k for k in was.keys() | now.keys() if was.get(k) != now.get(k)}
    allowed = follows((section, name, *path))
    if key == "mfa.MfaConfiguration":
        allowed |= {("mfa",)}  # turned off, and the factors with it
    assert {c for c in changed if not any(c[: len(a)] == a or a[: len(c)] == c for a in allowed)} == set()


NEEDED = {**REQUIRED, "SAML": ("MetadataURL",), "SignInWithApple": (*REQUIRED["SignInWithApple"], "private_key")}


def completed(was: dict[Leaf, Any], place: Leaf, path: Leaf) -> set[Leaf]:
    """The structures that a member brings with it: the service completes one that was not there."""
    prefixes = [(*place, *path[:end]) for end in range(1, len(path))]
    return {p for p in prefixes if not any(k[: len(p)] == p and was[k] != {} for k in was)}


MINIMAL: dict[str, dict[str, Any]] = {
    "resource_servers": {"orders": {"Name": "Orders"}},
    "identity_providers": {
        name: {
            "ProviderType": tree["ProviderType"],
            "ProviderDetails": {k: v for k, v in tree["ProviderDetails"].items() if k in NEEDED[tree["ProviderType"]]},
        }
        for name, tree in full("one")["identity_providers"].items()
    },
    "groups": {"admins": {}},
    "domains": {"customers-acme": {}, "auth.example.com": {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}},
    "clients": {"web": {"GenerateSecret": True}},
    "clients.branding": {"web": {"UseCognitoProvidedValues": True}},
    "clients.terms": {
        f"web/{n}": {"Links": {"cognito:default": "https://e.com"}} for n in ("terms-of-use", "privacy-policy")
    },
    "clients.cimd_policies": {"web/partners": {"URLPatterns": ["https://minimal.example.com/client"]}},
}
"""The least of each kind that Cognito takes."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Iterator[Pools]:
    with bench(region=REGION) as local:
        yield Bare(local, tmp_path_factory.mktemp("bare"))


class Bare(Pools):
    """A pool with the least of each kind in it."""

    def get(self, change: Change) -> str:
        if not self._built:
            objects = copy.deepcopy({"user_pool": {"": {"PoolName": "bare", "Schema": SCHEMA}}, **MINIMAL})
            self.bench.converge(manifest(self.directory, as_document(objects)))
            pool_id = self.bench.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
            self._account = copy.deepcopy(self.bench.local.account)
            self._built[""] = (pool_id, copy.deepcopy(self.bench.local.records[pool_id]))
        return super()._restore(*self._built[""])


@pytest.mark.parametrize("leaf", ALL, ids=lambda leaf: ".".join(filter(None, leaf)))
def test_one_member_on_a_bare_pool_changes_nothing_else(bare: Bare, tmp_path, leaf: Leaf):
    pool_id = bare.get({})
    section, name, *path = leaf
    before = bare.snapshot(pool_id)
    declared = placed(before, section, name, nested(tuple(path), copy.deepcopy(at(full("one"), leaf))))
    found = manifest(tmp_path, {"version": 1, "id": pool_id, **with_bytes(declared, tmp_path)})
    plan = bare.bench.plan(found)
    key = ".".join((section, *path))
    expected = ALONE_REFUSED.get(f"{name}: {key}", ALONE_REFUSED.get(key, ()))
    assert sorted({r.rule for r in plan.refusals}) == list(expected)
    if plan.refusals:
        return
    shown = [(c.address.section, *f.path) for c in plan.pending for f in c.fields]
    assert not shown or (section, *path) in shown  # nothing where the value is what a new object has
    assert_follows(shown, leaf)
    bare.bench.converge(found)
    was, now = flat(before), flat(bare.snapshot(pool_id))
    changed = {k for k in was.keys() | now.keys() if was.get(k) != now.get(k)}
    allowed = follows((section, name, *path)) | completed(was, (section, *((name,) if name else ())), tuple(path))
    assert {c for c in changed if not any(c[: len(a)] == a or a[: len(c)] == c for a in allowed)} == set()


STRUCTURES = [
    (section, name, member)
    for section, objects in full("one").items()
    for name, tree in objects.items()
    for member, value in tree.items()
    if isinstance(value, dict)
]
WHOLE_REFUSED = {
    "mfa.SmsMfaConfiguration": ["P38"],  # the pool verifies phone numbers
    "user_pool.SmsConfiguration": ["not-removable"],
    "user_pool.DcrConfiguration": ["not-removable"],
    "user_pool.EmailConfiguration": ["P6"],  # e-mail MFA needs it
    "domains.CustomDomainConfig": ["O2", "not-removable"],
    "identity_providers.ProviderDetails": ["not-removable"],
    "SignInWithApple.ProviderDetails": ["immutable", "not-removable"],  # without its key, nothing of it changes
    "clients.terms.Links": ["not-removable"],
    "clients.branding.Settings": ["not-removable"],
}


@pytest.fixture(scope="module")
def lenient(tmp_path_factory) -> Iterator[Pools]:
    with bench(region=REGION, unmeasured="kept") as local:
        yield Pools(local, tmp_path_factory.mktemp("lenient"))


@pytest.mark.parametrize("place", STRUCTURES, ids=lambda place: ".".join(filter(None, place)))
def test_null_resets_a_whole_structure_whatever_the_service_keeps(lenient: Pools, tmp_path, place: Leaf):
    """Where nobody has measured whether an update keeps what it leaves out, the reset must not depend on it."""
    pool_id = lenient.get({})
    section, name, member = place
    before = lenient.snapshot(pool_id)
    name = actual(before, section, name)
    found = manifest(tmp_path, {"version": 1, "id": pool_id, **placed(before, section, name, {member: None})})
    plan = lenient.bench.plan(found)
    assert sorted({r.rule for r in plan.refusals}) == WHOLE_REFUSED.get(
        f"{name}.{member}", WHOLE_REFUSED.get(f"{section}.{member}", [])
    )
    if not plan.refusals:
        lenient.bench.converge(found)
