"""What comes first follows from what a plan adds and takes away, so no moment in between is refused or worse."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.kinds.user_pool import PASSWORD_FLAGS
from reconciler.manifests.manifest import Manifest
from reconciler.model import Action, Failed, Plan, ResourceChange, Sent, Skipped, Verified
from reconciler.planning.dependencies import edges
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from schemas.base import Default, OneOf, members
from tests.engine.full import ACCOUNT, CERTIFICATE, REGION, role
from tests.engine.test_order import OAUTH, OIDC
from tests.support import Bench, bench, carried_out, document, manifest

PRUNE = PlanOptions(prune=True)
DONE = "orders/"


def server(*scopes: str) -> dict[str, Any]:
    return {"Name": "Orders", "Scopes": [{"ScopeName": s, "ScopeDescription": s} for s in scopes]}


def client(*scopes: str, providers: tuple[str, ...] = ()) -> dict[str, Any]:
    own = [f"{DONE}{s}" for s in scopes]
    return {**OAUTH, "AllowedOAuthScopes": ["openid", *own], "SupportedIdentityProviders": ["COGNITO", *providers]}


def operations(here: Bench, found: Manifest, plan: Plan) -> list[str]:
    """Apply, and return the operations; after each of them, no client names what is not there."""
    assert plan.refusals == ()
    again = lambda: planned(found, here.cloud, PRUNE)  # noqa: E731 - it names what it does
    sent, pool = [], plan.target.pool_id
    for event in carried_out(plan, here.cloud, again, clock=here.clock, sleep=here.clock.sleep, stop=lambda: False):
        assert not isinstance(event, Failed | Skipped), event
        if isinstance(event, Sent):
            sent.append(event.call.operation)
            assert dangling(here, pool) == set()
        if isinstance(event, Verified):
            assert (event.left, event.unproven) == ((), ())
    return sent


def dangling(here: Bench, pool: str) -> set[str]:
    live = here.snapshot(pool)
    known = {f"{s['Identifier']}/{x['ScopeName']}" for s in live["resource_servers"].values() for x in s["Scopes"]}
    named = {s for c in live["clients"].values() for s in c.get("AllowedOAuthScopes", ()) if "/" in s}
    named |= {f"idp/{p}" for c in live["clients"].values() for p in c.get("SupportedIdentityProviders", ())}
    return named - known - {"idp/COGNITO", *(f"idp/{p}" for p in live["identity_providers"])}


def two(servers: dict[str, Any], clients: dict[str, Any], **more: Any) -> dict[str, Any]:
    return document(resource_servers=servers, clients=clients, prune=["resource_servers", "clients"], **more)


UPDATE = ("UpdateResourceServer", "UpdateUserPoolClient")
SCOPES: dict[str, tuple[dict[str, Any], dict[str, Any], list[str]]] = {
    "taken": (
        two({"orders": server("read", "write")}, {"web": client("read", "write")}),
        two({"orders": server("read")}, {"web": client("read")}),
        ["UpdateUserPoolClient", "UpdateResourceServer"],
    ),
    "added": (
        two({"orders": server("read")}, {"web": client("read")}),
        two({"orders": server("read", "write")}, {"web": client("read", "write")}),
        ["UpdateResourceServer", "UpdateUserPoolClient"],
    ),
    "taken-from-one-client-and-added-to-another": (
        two({"orders": server("read", "old")}, {"web": client("read"), "app": client("old")}),
        two({"orders": server("read", "new")}, {"web": client("read", "new"), "app": client()}),
        ["UpdateUserPoolClient", "UpdateResourceServer", "UpdateUserPoolClient"],
    ),
    "server-deleted": (
        two({"orders": server("read")}, {"web": client("read")}),
        two({}, {"web": client()}),
        ["UpdateUserPoolClient", "DeleteResourceServer"],
    ),
    "client-deleted": (
        two({"orders": server("read", "write")}, {"web": client("write"), "app": client("read")}),
        two({"orders": server("read")}, {"app": client("read")}),
        ["DeleteUserPoolClient", "UpdateResourceServer"],
    ),
    "moved-to-another-server": (
        two({"orders": server("read")}, {"web": client("read")}),
        two(
            {"bills": server("read")},
            {"web": {**client(), "AllowedOAuthScopes": ["openid", "bills/read"]}},
        ),
        ["CreateResourceServer", "UpdateUserPoolClient", "DeleteResourceServer"],
    ),
}


@pytest.mark.parametrize("case", SCOPES)
def test_a_client_stops_naming_a_scope_before_it_goes_and_names_one_after_it_came(tmp_path, case: str):
    before, after, expected = SCOPES[case]
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, before))
        found = manifest(tmp_path, after)
        assert operations(here, found, planned(found, here.cloud, PRUNE)) == expected


def test_one_client_that_swaps_scopes_gets_the_new_one_first(tmp_path):
    """Cognito takes a server that shrinks while it is used, and refuses a client with an unknown scope."""
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, two({"orders": server("old")}, {"web": client("old")})))
        found = manifest(tmp_path, two({"orders": server("new")}, {"web": client("new")}))
        sent = [e.call.operation for e in here.converge(found) if isinstance(e, Sent)]
        assert sent == ["UpdateResourceServer", "UpdateUserPoolClient"]


def test_a_provider_of_another_name_is_there_before_the_client_and_the_old_one_goes_after_it(tmp_path):
    with bench(region=REGION) as here:
        one = document(identity_providers={"okta": OIDC}, clients={"web": client(providers=("okta",))})
        other = document(
            identity_providers={"entra": OIDC},
            clients={"web": client(providers=("entra",))},
            prune=["identity_providers"],
        )
        here.converge(manifest(tmp_path, one))
        found = manifest(tmp_path, other)
        expected = ["CreateIdentityProvider", "UpdateUserPoolClient", "DeleteIdentityProvider"]
        assert operations(here, found, planned(found, here.cloud, PRUNE)) == expected


def test_a_twin_that_goes_does_not_take_the_change_of_its_namesake_along(tmp_path):
    """A pinned client and an undeclared one may have one name, and then one address."""
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(clients={"web": {}})))
        pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        pinned = next(iter(here.snapshot(pool)["clients"]))
        here.boto().create_user_pool_client(UserPoolId=pool, ClientName="web")
        tree = document(clients={"web": {"ClientId": pinned, "AuthSessionValidity": 5}}, prune=["clients"])
        found = manifest(tmp_path, tree)
        assert operations(here, found, planned(found, here.cloud, PRUNE)) == [
            "UpdateUserPoolClient",
            "DeleteUserPoolClient",
        ]
        assert list(here.snapshot(pool)["clients"]) == [pinned]


# --- domains -------------------------------------------------------------------------------------------------------

RENAMED = {
    "prefix": ({"shop": {}}, {"store": {}}),
    "custom": (
        {"auth.example.com": {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}},
        {"login.example.com": {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}},
    ),
    "prefix beside a custom one": (
        {"shop": {}, "auth.example.com": {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}},
        {"store": {}, "auth.example.com": {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}},
    ),
}


@pytest.mark.parametrize("case", RENAMED)
def test_a_renamed_domain_is_deleted_waited_for_and_created(tmp_path, case: str):
    before, after = RENAMED[case]
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(domains=before)))
        found = manifest(tmp_path, document(domains=after, prune=["domains"]))
        assert [r.rule for r in here.plan(found).refusals] == ["O1"]
        assert "--prune" in here.plan(found).refusals[0].advice
        plan = planned(found, here.cloud, PRUNE)
        assert [c.action for c in plan.pending] == [Action.DELETE, Action.CREATE]
        assert "downtime of sign-in pages" in plan.pending[1].reason
        here.local.pending_describes = 3
        assert operations(here, found, plan) == ["DeleteUserPoolDomain", "CreateUserPoolDomain"]


def test_a_new_domain_of_the_other_kind_waits_for_nothing(tmp_path):
    custom = {"auth.example.com": {"CustomDomainConfig": {"CertificateArn": CERTIFICATE}}}
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(domains={"shop": {}})))
        found = manifest(tmp_path, document(domains=custom, prune=["domains"]))
        plan = planned(found, here.cloud, PRUNE)
        assert [c.action for c in plan.pending] == [Action.CREATE, Action.DELETE]
        assert plan.pending[0].reason == ""


def test_a_domain_that_is_still_being_deleted_holds_its_place(tmp_path):
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(domains={"shop": {}})))
        pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        here.local.pending_describes = 1
        here.boto().delete_user_pool_domain(UserPoolId=pool, Domain="shop")
        with pytest.raises(here.boto().exceptions.InvalidParameterException, match="already has"):
            here.boto().create_user_pool_domain(UserPoolId=pool, Domain="store")
        for _ in range(2):
            here.boto().describe_user_pool_domain(Domain="shop")
        here.boto().create_user_pool_domain(UserPoolId=pool, Domain="store")


def test_a_style_comes_after_the_domain_that_takes_the_place_of_another(tmp_path):
    look = {"CSS": ".banner-customizable {background: red}"}
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(domains={"shop": {}})))
        found = manifest(tmp_path, document(domains={"store": {}}, ui_customization=look, prune=["domains"]))
        expected = ["DeleteUserPoolDomain", "CreateUserPoolDomain", "SetUICustomization"]
        assert operations(here, found, planned(found, here.cloud, PRUNE)) == expected


# --- a client that is pinned ---------------------------------------------------------------------------------------


def replacing(here: Bench, tmp_path: Any, **members: Any) -> Plan:
    options = PlanOptions(replaceable=frozenset({"clients/web"}))
    return planned(manifest(tmp_path, document(clients={"web": members})), here.cloud, options)


@pytest.mark.parametrize("live", ["web", "shop-web"])
def test_a_pinned_client_is_not_replaced_but_told_how(tmp_path, live: str):
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(clients={"web": {"ClientName": live}})))
        pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        pin = next(iter(here.snapshot(pool)["clients"]))
        (refused,) = replacing(here, tmp_path, ClientId=pin, GenerateSecret=True).refusals
        assert refused.rule == "immutable"
        assert "remove ClientId" in refused.advice
        assert (f'write ClientName: "{live}"' in refused.advice) == (live != "web")
        followed = replacing(here, tmp_path, ClientName=live, GenerateSecret=True)  # what the advice says
        assert followed.refusals == ()
        assert [c.action for c in followed.pending] == [Action.REPLACE]
        here.apply(
            manifest(tmp_path, document(clients={"web": {"ClientName": live, "GenerateSecret": True}})), followed
        )
        assert [c["ClientName"] for c in here.snapshot(pool)["clients"].values()] == [live]


def test_a_pinned_client_whose_name_is_not_unique_needs_a_name_of_its_own_first(tmp_path):
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, document(clients={"web": {}})))
        pool = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        pin = next(iter(here.snapshot(pool)["clients"]))
        here.boto().create_user_pool_client(UserPoolId=pool, ClientName="web")
        (refused,) = replacing(here, tmp_path, ClientId=pin, GenerateSecret=True).refusals
        assert 'apply another ClientName alone first, because 2 app clients are called "web"' in refused.advice
        here.converge(manifest(tmp_path, document(clients={"web": {"ClientId": pin, "ClientName": "mine"}})))
        followed = replacing(here, tmp_path, ClientName="mine", GenerateSecret=True)
        assert [c.action for c in followed.pending] == [Action.REPLACE]


# --- identity pools ------------------------------------------------------------------------------------------------

TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
GOOGLE, FACEBOOK = "accounts.google.com", "graph.facebook.com"


def identity_pool(**more: Any) -> dict[str, Any]:
    own = {"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": False, **more.pop("identity_pool", {})}
    return {"version": 1, "kind": "IdentityPool", "identity_pool": own, **more}


def test_a_mapping_of_a_provider_that_is_gone_is_dropped_and_shown(tmp_path):
    both = {GOOGLE: "a", FACEBOOK: "b"}
    mapped = {"Roles": {"authenticated": role("in")}, "RoleMappings": {GOOGLE: TOKEN, FACEBOOK: TOKEN}}
    with bench(region=REGION) as here:
        tree = identity_pool(identity_pool={"SupportedLoginProviders": both}, roles=mapped)
        here.converge(manifest(tmp_path, tree))
        less = {"identity_pool": {"SupportedLoginProviders": {GOOGLE: "a", FACEBOOK: None}}}
        found = manifest(tmp_path, identity_pool(**less, roles={"Roles": {"authenticated": role("other")}}))
        changes = {c.address.section: c for c in here.plan(found).pending}
        shown = {f.path: f.after for f in changes["roles"].fields}
        assert shown == {("Roles", "authenticated"): role("other"), ("RoleMappings", FACEBOOK): None}
        assert f"{FACEBOOK} is not a provider" in changes["roles"].reason
        here.converge(found)
        untouched = manifest(tmp_path, identity_pool(roles={"Roles": {"authenticated": role("other")}}))
        assert here.plan(untouched).pending == ()


def test_a_dead_mapping_alone_changes_nothing(tmp_path):
    """Nobody declared it, and it hurts only the next write."""
    with bench(region=REGION) as here:
        tree = identity_pool(
            identity_pool={"SupportedLoginProviders": {GOOGLE: "a"}},
            roles={"Roles": {"authenticated": role("in")}, "RoleMappings": {GOOGLE: TOKEN}},
        )
        here.converge(manifest(tmp_path, tree))
        identity = here.boto("cognito-identity")
        pool = identity.list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
        identity.update_identity_pool(IdentityPoolId=pool, IdentityPoolName="p", AllowUnauthenticatedIdentities=False)
        found = manifest(tmp_path, identity_pool(roles={"Roles": {"authenticated": role("in")}}))
        assert here.plan(found).pending == ()


@pytest.mark.parametrize("unmeasured", ["reset", "kept"])
def test_tags_of_an_identity_pool_survive_every_update(tmp_path, unmeasured: str):
    with bench(region=REGION, unmeasured=unmeasured) as here:
        here.converge(manifest(tmp_path, identity_pool(identity_pool={"IdentityPoolTags": {"team": "web"}})))
        identity = here.boto("cognito-identity")
        pool = identity.list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
        arn = f"arn:aws:cognito-identity:{REGION}:{ACCOUNT}:identitypool/{pool}"
        identity.tag_resource(ResourceArn=arn, Tags={"theirs": "x"})
        changed = {"AllowClassicFlow": True, "IdentityPoolTags": {"team": "shop", "new": "y"}}
        here.converge(manifest(tmp_path, identity_pool(identity_pool=changed)))
        tags = identity.describe_identity_pool(IdentityPoolId=pool)["IdentityPoolTags"]
        assert tags == {"team": "shop", "new": "y", "theirs": "x"}


# --- protection ----------------------------------------------------------------------------------------------------


def test_what_protects_a_pool_is_a_member_and_grows():
    for kind in KINDS.values():
        for path, strength in kind.strength.items():
            model, known = kind.model, None
            for step in path:
                known = members(model)[str(step)]
                model = known.model or model
            own = known.mark(Default) if known else None
            assert strength(None) == strength(own.value if own else None) or path[-1] in PASSWORD_FLAGS
            accepted = known.mark(OneOf) if known else None
            if accepted:
                assert len({strength(v) for v in accepted.values}) == len(accepted.values)


# --- the amount of work --------------------------------------------------------------------------------------------


def test_the_number_of_pairs_grows_with_the_number_of_objects():
    from reconciler.model import Address

    def some(count: int) -> list[ResourceChange]:
        made = [
            ResourceChange(Address("p", "clients", f"c{i}"), "", Action.UPDATE, (), {}, now, after, {})
            for i in range(count)
            for now, after in [({"AllowedOAuthScopes": ["s/a"]}, {"AllowedOAuthScopes": ["s/b"]})]
        ]
        scopes = [{"Scopes": [{"ScopeName": n}]} for n in ("a", "b")]
        return [
            ResourceChange(Address("p", "user_pool"), "", Action.NONE, (), {}, {}, {}, {}),
            ResourceChange(Address("p", "resource_servers", "s"), "", Action.UPDATE, (), {}, *scopes, {}),
            *made,
        ]

    few, many = len(edges(some(50))), len(edges(some(500)))
    assert many < 11 * few
