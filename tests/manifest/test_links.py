# ruff: noqa: E501 - what is expected of a message stands in one line
"""References to other documents: how they stand in trees and keys, what they become, and the order of documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import InvalidManifest
from reconciler.manifests.links import ordered, referred
from reconciler.manifests.loading import load
from reconciler.manifests.reference_kinds.ref import link
from reconciler.manifests.references.filling import fill, fill_tree, has_links, is_settled, targets_of
from reconciler.manifests.references.remote_references import references
from reconciler.manifests.resolving import resolve
from reconciler.model import Address, Position, Reference

POOLS = """\
version: 1
kind: IdentityPool
identity_pool:
  IdentityPoolName: web
  AllowUnauthenticatedIdentities: false
  CognitoIdentityProviders:
    - {ProviderName: {$ref: "customers-${var.stage}/user_pool#ProviderName"}, ClientId: {$ref: customers-prod/clients/web#ClientId}}
roles:
  RoleMappings:
    ${ref.customers-${var.stage}/user_pool#ProviderName}:${ref.customers-prod/clients/web#ClientId}:
      Type: Token
      AmbiguousRoleResolution: Deny
    accounts.google.com: {Type: Token}
principal_tags:
  ${ref.customers-prod/user_pool#ProviderName}: {PrincipalTags: {client: "c-${ref.customers-prod/clients/web#ClientId}-$${x}"}}
---
version: 1
target: {region: eu-west-1}
user_pool: {PoolName: customers-prod, UserPoolTags: {own: {$ref: customers-prod/user_pool#Id}}}
clients: {web: {}}
"""
PROVIDER = "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_A"
KNOWN = {
    "customers-prod/user_pool#ProviderName": PROVIDER,
    "customers-prod/user_pool#Id": "eu-west-1_A",
    "customers-prod/clients/web#ClientId": "client1",
}
BOTH = "${ref.customers-prod/user_pool#ProviderName}:${ref.customers-prod/clients/web#ClientId}"
FIRST = "${ref.customers-prod/user_pool#ProviderName}"


class NoCloud:
    def identity(self):
        raise AssertionError

    def call(self, service, operation, params):
        raise AssertionError


def loaded(text, **variables):
    return load(["-"], variables=variables, environ={}, stdin=lambda: text).manifests


@pytest.fixture
def pools():
    return loaded(POOLS, stage="prod")


def test_they_stand_in_the_tree_until_live_objects_answer(pools):
    identity, _ = pools
    (provider,) = identity.spec("identity_pool").declared["CognitoIdentityProviders"]
    assert provider == {
        "ProviderName": Reference("ref", "customers-prod/user_pool#ProviderName"),
        "ClientId": Reference("ref", "customers-prod/clients/web#ClientId"),
    }
    mappings = identity.spec("roles").declared["RoleMappings"]
    assert mappings[BOTH] == {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    tags = identity.spec("principal_tags", FIRST)
    assert tags.declared == {
        "IdentityProviderName": Reference("text", FIRST),
        "PrincipalTags": {"client": Reference("text", "c-${ref.customers-prod/clients/web#ClientId}-$${x}")},
    }


def test_a_document_tells_which_others_it_needs(pools):
    identity, users = pools
    assert identity.needs == ("customers-prod",)
    assert users.needs == ()
    assert [i.target for i in users.links] == ["customers-prod/user_pool#Id"]
    assert identity.links[0].source == Position("-", 7, 23)
    assert identity.links[2].path == ("roles", "RoleMappings", BOTH)


def test_values_and_keys_are_put_in_and_validated(pools):
    identity = resolve(pools[0], NoCloud(), KNOWN.get)
    (provider,) = identity.spec("identity_pool").declared["CognitoIdentityProviders"]
    assert provider == {"ProviderName": PROVIDER, "ClientId": "client1"}
    assert list(identity.spec("roles").declared["RoleMappings"]) == [f"{PROVIDER}:client1", "accounts.google.com"]
    tags = identity.spec("principal_tags", PROVIDER)
    assert tags.address == Address("web", "principal_tags", PROVIDER)
    assert tags.declared == {"IdentityProviderName": PROVIDER, "PrincipalTags": {"client": "c-client1-${x}"}}
    assert tags.position(("PrincipalTags", "client")).line == 15
    assert identity.spec("roles").position(("RoleMappings", f"{PROVIDER}:client1", "Type")) == Position("-", 11, 13)


def test_what_nobody_knows_yet_stays(pools):
    assert resolve(pools[0], NoCloud()) == pools[0]
    some = {k: v for k, v in KNOWN.items() if "clients" not in k}
    identity = resolve(pools[0], NoCloud(), some.get)
    assert identity.spec("identity_pool").declared["CognitoIdentityProviders"] == [
        {"ProviderName": PROVIDER, "ClientId": Reference("ref", "customers-prod/clients/web#ClientId")}
    ]
    assert identity.spec("roles") is pools[0].spec("roles")
    assert resolve(identity, NoCloud(), KNOWN.get) == resolve(pools[0], NoCloud(), KNOWN.get)


def test_an_own_object_is_referred_to_like_any_other(pools):
    users = resolve(pools[1], NoCloud(), KNOWN.get)
    assert users.spec("user_pool").declared["UserPoolTags"] == {"own": "eu-west-1_A"}


def test_what_is_put_in_must_fit(pools):
    with pytest.raises(InvalidManifest) as error:
        resolve(pools[0], NoCloud(), (KNOWN | {"customers-prod/clients/web#ClientId": "a b"}).get)
    assert [str(p) for p in error.value.problems] == [
        '-:7:89 identity_pool.CognitoIdentityProviders[0].ClientId: "a b" (from $ref customers-prod/clients/web#ClientId) has characters that are not allowed here. Use letters, digits and _'
    ]


def test_keys_that_become_one_are_refused():
    text = POOLS.replace("    accounts.google.com:", f"    {PROVIDER}:client1:").replace(
        "principal_tags:\n", f"principal_tags:\n  {PROVIDER}: {{}}\n"
    )
    with pytest.raises(InvalidManifest) as error:
        resolve(loaded(text, stage="prod")[0], NoCloud(), KNOWN.get)
    assert [str(p) for p in error.value.problems] == [
        f"-:11:7 roles.RoleMappings.{BOTH}: two keys resolve to the same name. Make the keys differ, or remove one.",
        f"-:16:3 principal_tags.{PROVIDER}: the key resolves to the same name as the one in line 15. Make the keys differ, or remove one.",
    ]


def test_a_reference_leads_to_an_object(pools):
    identity, users = pools
    assert referred("customers-prod/clients/web#ClientId", identity, pools) == (users, users.spec("clients", "web"))
    with pytest.raises(KeyError):
        referred("customers-prod/clients/web#ClientId", identity, [identity])
    with pytest.raises(KeyError):
        referred("customers-prod/clients/app#ClientId", identity, pools)


def test_a_pool_that_is_only_named_by_its_id_can_be_referred_to():
    text = "version: 1\nid: eu-west-1_A\ngroups: {}\n---\nversion: 1\nkind: IdentityPool\nidentity_pool: {IdentityPoolName: x, DeveloperProviderName: {$ref: eu-west-1_A/user_pool#Id}}\n"
    users, identity = loaded(text)
    assert referred("eu-west-1_A/user_pool#Id", identity, [users, identity]) == (users, None)


def document(name, *needs, kind="UserPool", region=""):
    root, member = {"UserPool": ("user_pool", "PoolName"), "IdentityPool": ("identity_pool", "IdentityPoolName")}[kind]
    tags = {"UserPool": "UserPoolTags", "IdentityPool": "IdentityPoolTags"}[kind]
    inner = ", ".join(f"t{i}: {{$ref: {need}}}" for i, need in enumerate(needs))
    target = f"target: {{region: {region}}}\n" if region else ""
    return f"version: 1\nkind: {kind}\n{target}{root}: {{{member}: {name}, {tags}: {{{inner}}}}}\n"


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([("a",), ("b",), ("c",)], "abc"),
        ([("a", "c/user_pool#Id"), ("b",), ("c",)], "bca"),
        ([("a", "b/user_pool#Id"), ("b", "c/user_pool#Id"), ("c",), ("d",)], "cbad"),
        ([("a",), ("b", "a/user_pool#Id", "d/user_pool#Id"), ("c",), ("d", "d/user_pool#Arn")], "acdb"),
    ],
)
def test_a_document_comes_after_those_that_it_refers_to(documents, expected):
    manifests = loaded("---\n".join(document(*d) for d in documents))
    assert [m.name for m in manifests] == [d[0] for d in documents]
    assert "".join(m.name for m in ordered(manifests)) == expected
    assert ordered(manifests[:1]) == manifests[:1]


def test_the_section_tells_which_of_two_pools_of_one_name_is_meant():
    users, identity = loaded(document("web") + "---\n" + document("web", "web/user_pool#Id", kind="IdentityPool"))
    assert identity.needs == ("web",)
    assert ordered([identity, users]) == (users, identity)


def test_the_region_tells_which_of_two_pools_of_one_name_is_meant():
    text = "---\n".join(
        document(name, *needs, kind=kind, region=region)
        for region in ("eu-west-1", "us-east-1")
        for name, kind, needs in [("x", "UserPool", ()), ("y", "IdentityPool", ("x/user_pool#Id",))]
    )
    manifests = loaded(text)
    assert referred("x/user_pool#Id", manifests[3], manifests)[0] is manifests[2]
    assert ordered(manifests) == manifests


def test_names_may_hold_slashes_and_hashes():
    found = link("my pool/resource_servers/https://api.example.com/#a#Identifier", Position("-", 1, 1), ())
    assert (found.document, found.section, found.name, found.member) == (
        "my pool",
        "resource_servers",
        "https://api.example.com/#a",
        "Identifier",
    )
    assert found.target == "my pool/resource_servers/https://api.example.com/#a#Identifier"


def test_filling_in():
    known = {"a": "1", "b": "2"}.get
    assert fill("${ref.a}-$${ref.a}-${ref.b}", known) == "1-${ref.a}-2"
    assert fill("${ref.a}-${ref.c}", known) is None
    assert (has_links("$${ref.a}"), has_links("${ref.a}"), has_links("ref.a")) == (False, True, False)
    tree = {
        "x${ref.a}": [Reference("ref", "b"), Reference("ref", "c")],
        "${ref.c}": {"k": Reference("text", "${ref.a}!")},
    }
    assert fill_tree(tree, known) == {"x1": ["2", Reference("ref", "c")], "${ref.c}": {"k": "1!"}}


KEYS = st.sampled_from(["a", "b", "${ref.x/user_pool#Id}", "$${ref.x}", "a-${ref.x/user_pool#Id}", "${other}"])
LEAVES = st.sampled_from(
    ["", "${ref.x/user_pool#Id}", 1, 1.5, True, None, Reference("ssm", "/a"), Reference("ref", "x/user_pool#Id")]
)
TREES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


@given(TREES)
def test_a_settled_tree_has_nothing_to_fill_in(tree):
    if is_settled(tree):
        assert not [*references(tree), *targets_of(tree)]
        assert fill_tree(tree, lambda _: "x") == tree
    else:
        assert [*references(tree)] or "${ref." in str(tree)
