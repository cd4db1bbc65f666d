"""Deleting needs two keys, and replacing needs a name: nothing goes that nobody asked for."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import InvalidManifest
from reconciler.kinds import KINDS
from reconciler.model import Action
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from tests.support import Bench, bench, document, manifest

CLIENTS: dict[str, Any] = {"web": {}, "app": {}, "old": {}}
FULL = document(
    clients=CLIENTS,
    groups={"admins": {}, "users": {}},
    identity_providers={
        "okta": {
            "ProviderType": "OIDC",
            "ProviderDetails": {
                "client_id": "id",
                "attributes_request_method": "GET",
                "authorize_scopes": "openid",
                "oidc_issuer": "https://idp.example.com",
            },
        }
    },
)


@pytest.fixture
def here(tmp_path):
    with bench() as found:
        found.converge(manifest(tmp_path, FULL))
        yield found


def deletions(here: Bench, tmp_path, tree: dict[str, Any], plan_options: PlanOptions) -> list[str]:
    found = planned(manifest(tmp_path, tree), here.cloud, plan_options)
    return [str(c.address) for c in found.pending if c.action is Action.DELETE]


LESS = {**FULL, "clients": {"web": {}, "app": {}}, "groups": {"admins": {}}}


@pytest.mark.parametrize(
    ("envelope", "prune", "expected"),
    [
        ({}, False, []),
        ({}, True, []),
        ({"prune": ["clients"]}, False, []),
        ({"prune": ["clients"]}, True, ["clients/old"]),
        ({"prune": ["clients", "groups"]}, True, ["groups/users", "clients/old"]),
        ({"prune": ["clients"], "protect": ["clients/old"]}, True, []),
        ({"prune": ["clients"], "protect": ["clients/*"]}, True, []),
        ({"prune": ["clients"], "protect": ["clients"]}, True, []),
        ({"prune": ["clients"], "protect": ["*"]}, True, []),
        ({"prune": ["clients"], "protect": ["clients/[!o]*", "groups"]}, True, ["clients/old"]),
        ({"prune": ["clients"], "ignore": [{"path": "clients/o*", "reason": "theirs"}]}, True, []),
    ],
)
def test_an_undeclared_object_goes_only_with_both_keys(here, tmp_path, envelope, prune, expected):
    assert deletions(here, tmp_path, {**LESS, **envelope}, PlanOptions(prune=prune)) == expected


@pytest.mark.parametrize(
    ("envelope", "prune", "kept"),
    [
        ({"prune": ["clients", "groups"], "protect": ["*"]}, True, ["protect: * keeps groups/users, clients/old"]),
        ({"prune": ["clients"], "protect": ["clients"]}, True, ["protect: clients keeps clients/old"]),
        ({"prune": ["clients"], "protect": ["clients"]}, False, []),
        ({"prune": ["clients"], "protect": ["groups"]}, True, []),
    ],
)
def test_a_plan_that_prunes_names_the_line_that_protects_what_is_kept(here, tmp_path, envelope, prune, kept):
    found = planned(manifest(tmp_path, {**LESS, **envelope}), here.cloud, PlanOptions(prune=prune))
    said = [n.message.replace(f" ({n.source})", "") for n in found.notices if n.message.startswith("protect")]
    assert said == [f"{words} from --prune." for words in kept]


def test_a_protected_domain_that_would_be_replaced_is_named_with_its_line(tmp_path):
    """Rule O1 refuses two prefix domains; what is in the way of the rename is `protect`."""
    with bench() as found:
        found.converge(manifest(tmp_path, document(domains={"acme-old": {}})))
        tree = document(domains={"acme-new": {}}, prune=["domains"], protect=["domains/acme-old"])
        plan = planned(manifest(tmp_path, tree), found.cloud, PlanOptions(prune=True))
        (notice,) = plan.notices
        assert [r.rule for r in plan.refusals] == ["O1"]
        assert notice.message == f"protect: domains/acme-old ({notice.source}) keeps domains/acme-old from --prune."


@pytest.mark.parametrize("protect", [["clients/web"], ["clients/web/terms"], ["clients/*/terms/*"], ["*"], []])
def test_what_is_inside_a_protected_object_is_protected(here, tmp_path, protect):
    terms = {"terms-of-use": {"Links": {"cognito:default": "https://example.com/terms"}}}
    tree = document(clients={"web": {"terms": terms}})
    here.converge(manifest(tmp_path, tree))
    less = document(clients={"web": {"terms": {}}}, prune=["clients.terms"], protect=protect)
    expected = [] if protect else ["clients/web/terms/terms-of-use"]
    assert deletions(here, tmp_path, less, PlanOptions(prune=True)) == expected


def test_a_section_that_is_not_there_is_not_managed(here, tmp_path):
    tree = {k: v for k, v in FULL.items() if k != "groups"}
    assert deletions(here, tmp_path, {**tree, "prune": ["groups"]}, PlanOptions(prune=True)) == []


@pytest.mark.parametrize("operation", ["DescribeUserPoolClient", "ListGroups"])
def test_what_could_not_be_read_is_never_undeclared(here, tmp_path, operation):
    """With a part of a section unread, its declared objects are not known: nothing of it may look as if nobody had
    declared it."""
    here.local.faults.add(operation, "AccessDeniedException")
    tree = {**FULL, "prune": ["clients", "groups"]}
    found = planned(manifest(tmp_path, tree), here.cloud, PlanOptions(prune=True, max_deletes=99))
    assert [g.operation for g in found.gaps] == [f"cognito-idp:{operation}"]
    assert (found.pending, found.unmanaged) == ((), ())


def test_the_group_of_an_identity_provider_is_not_undeclared(here, tmp_path):
    found = planned(manifest(tmp_path, {**FULL, "prune": ["groups"]}), here.cloud, PlanOptions(prune=True))
    assert found.pending == ()
    assert found.unmanaged == ()


def test_too_many_deletions_are_refused_unless_their_number_is_said(here, tmp_path):
    tree = {**FULL, "clients": {}, "prune": ["clients"]}
    refused = planned(manifest(tmp_path, tree), here.cloud, PlanOptions(prune=True))
    assert [r.rule for r in refused.refusals] == ["threshold"]
    assert "--max-deletes 3" in refused.refusals[0].advice
    fewer = planned(manifest(tmp_path, tree), here.cloud, PlanOptions(prune=True, max_deletes=2))
    assert [r.rule for r in fewer.refusals] == ["threshold"]
    meant = planned(manifest(tmp_path, tree), here.cloud, PlanOptions(prune=True, max_deletes=3))
    assert meant.refusals == ()
    here.apply(manifest(tmp_path, tree), meant)
    pool = meant.target.pool_id
    assert here.snapshot(pool)["clients"] == {}


def test_terms_inside_of_a_client_go_with_keys_of_their_own(here, tmp_path):
    both = {n: {"Links": {"cognito:default": "https://example.com"}} for n in ("terms-of-use", "privacy-policy")}
    here.converge(manifest(tmp_path, {**FULL, "clients": {**CLIENTS, "web": {"terms": both}}}))
    one = {**CLIENTS, "web": {"terms": {"terms-of-use": both["terms-of-use"]}}}
    others = deletions(here, tmp_path, {**FULL, "clients": one, "prune": ["clients"]}, PlanOptions(prune=True))
    assert others == []
    mine = deletions(here, tmp_path, {**FULL, "clients": one, "prune": ["clients.terms"]}, PlanOptions(prune=True))
    assert mine == ["clients/web/terms/privacy-policy"]


def test_a_client_is_replaced_only_when_it_is_named(here, tmp_path):
    before = {c["ClientName"]: i for i, c in here.snapshot(pool_of(here))["clients"].items()}
    tree = {**FULL, "clients": {**CLIENTS, "web": {"GenerateSecret": True, "AuthSessionValidity": 5}}}
    found = manifest(tmp_path, tree)
    refused = here.plan(found)
    assert [r.rule for r in refused.refusals] == ["immutable"]
    assert "--allow-replace clients/web" in refused.refusals[0].advice
    protected = manifest(tmp_path, {**tree, "protect": ["clients/web"]})
    plan_options = PlanOptions(replaceable=frozenset({"clients/web"}))
    assert [r.rule for r in planned(protected, here.cloud, plan_options).refusals] == ["protected"]
    allowed = planned(found, here.cloud, plan_options)
    assert [(str(c.address), c.action) for c in allowed.pending] == [("clients/web", Action.REPLACE)]
    assert "re-created" in allowed.pending[0].reason
    here.apply(found, allowed)
    assert here.plan(found).pending == ()
    after = {c["ClientName"]: (i, c) for i, c in here.snapshot(pool_of(here))["clients"].items()}
    assert after["web"][0] != before["web"]
    assert "ClientSecret" in after["web"][1]
    assert after["app"][0] == before["app"]


def pool_of(here: Bench) -> str:
    return here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]


def test_null_in_an_item_of_a_list_is_not_sent(here, tmp_path):
    group = {"LogGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/x"}
    entry = {"LogLevel": "ERROR", "EventSource": "userNotification", "CloudWatchLogsConfiguration": group}
    tree = {**FULL, "log_delivery": {"LogConfigurations": [{**entry, "S3Configuration": None}]}}
    here.converge(manifest(tmp_path, tree))


def test_what_is_decided_at_creation_is_decided_anew(here, tmp_path):
    """A replaced client keeps its settings but not its secret, and a provider of another type not its old details."""
    secret = {**FULL, "clients": {**CLIENTS, "web": {"GenerateSecret": True, "AuthSessionValidity": 5}}}
    everything = PlanOptions(replaceable=frozenset({"clients/web", "identity_providers/okta"}))
    first = manifest(tmp_path, secret)
    here.apply(first, planned(first, here.cloud, everything))
    saml = {"ProviderType": "SAML", "ProviderDetails": {"MetadataURL": "https://idp.example.com/metadata"}}
    public = {**CLIENTS, "web": {"GenerateSecret": False}}
    second = manifest(tmp_path, {**FULL, "clients": public, "identity_providers": {"okta": saml}})
    found = planned(second, here.cloud, everything)
    assert found.refusals == ()
    here.apply(second, found)
    assert here.plan(second).pending == ()
    snapshot = here.snapshot(pool_of(here))
    web = next(c for c in snapshot["clients"].values() if c["ClientName"] == "web")
    assert "ClientSecret" not in web
    assert web["AuthSessionValidity"] == 5
    okta = snapshot["identity_providers"]["okta"]
    assert okta["ProviderType"] == "SAML"
    assert "oidc_issuer" not in okta["ProviderDetails"]


@pytest.mark.parametrize(
    "section", [s for s, k in KINDS.items() if not k.single and not k.outer and k.document == "UserPool"]
)
def test_prune_takes_the_sections_of_which_something_can_be_deleted_and_no_others(tmp_path, section):
    """A section that would be accepted and never pruned looks as if it were guarded."""
    tree = document(prune=[section])
    if KINDS[section].delete:
        assert manifest(tmp_path, tree).prune == (section,)
        return
    with pytest.raises(InvalidManifest, match="none is deleted"):
        manifest(tmp_path, tree)
