"""Drift: what each class finds, what does not count, ids, rules, gaps, and who it was."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.cloud.port import Cloud, Identity, ReadOnly
from reconciler.drift import report_store
from reconciler.drift.attribution import Trail, attribute
from reconciler.drift.findings import Compared, Criteria
from reconciler.errors import Busy, Denied, InvalidInput
from reconciler.kinds import KINDS, READS
from reconciler.manifests.manifest import Ignore
from reconciler.manifests.reference_kinds import REMOTE_READS
from reconciler.model import Action, Address, Drift, Finding, FindingClass, Position, Tree
from reconciler.planning import ignoring
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.render import formats
from reconciler.render.human import drift_text
from reconciler.render.output_schemas import output_schema
from reconciler.render.subjects import USUAL
from reconciler.runs.drift_run import compared, exit_code
from reconciler.security.members.client_members import USUAL_FLOWS
from reconciler.values.differ import undeclared
from schemas.client import Client
from schemas.user_pool import UserPool
from tests.engine.full import REGION, SCHEMA
from tests.engine.test_one_member import as_document, live, with_bytes
from tests.render.through_door import human_drift, json_drift, result
from tests.support import Bench, bench, document, manifest

WEB = {"CallbackURLs": ["https://a.example.com"], "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"]}
BASE = document(
    groups={"admins": {"Description": "Those who may"}},
    clients={"web": {**WEB, "AllowedOAuthFlowsUserPoolClient": True}},
)
READ_ONLY = READS | REMOTE_READS | {("sts", "GetCallerIdentity"), ("cloudtrail", "LookupEvents")}


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench() as found:
        yield found


def pool_of(here: Bench) -> str:
    return str(here.boto().list_user_pools(MaxResults=60)["UserPools"][0]["Id"])


def client_of(here: Bench, name: str = "web") -> dict[str, str]:
    pool = pool_of(here)
    found = here.boto().list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
    return {"UserPoolId": pool, "ClientId": next(c["ClientId"] for c in found if c["ClientName"] == name)}


def by_hand(here: Bench, **members: Any) -> None:
    """Change some members of the client, as a careful person would."""
    ids = client_of(here)
    now = here.boto().describe_user_pool_client(**ids)["UserPoolClient"]
    gone = ("CreationDate", "LastModifiedDate", "ClientSecret", "ClientType", "ClientSecretArn")
    here.boto().update_user_pool_client(**{**{k: v for k, v in now.items() if k not in gone}, **members})


def told(file: str) -> frozenset[str]:
    return report_store.notified(file, NotImplemented)


def drift(here: Bench, tmp_path: Any, tree: Tree = BASE, **criteria: Any) -> Compared:
    """Compare on a cloud that refuses everything that is not a read."""
    return compared(manifest(tmp_path, tree), ReadOnly(here.cloud, READ_ONLY), Criteria(**criteria))


def shown(found: Compared) -> list[tuple[str, str]]:
    return [(f.cls.value, drift_text._name(f)) for f in found.drift.findings]


def disturb(here: Bench) -> None:
    """One change of each class."""
    pool, idp = pool_of(here), here.boto()
    by_hand(here, CallbackURLs=["https://evil.example.com"], DefaultRedirectURI="https://evil.example.com")
    idp.delete_group(UserPoolId=pool, GroupName="admins")
    idp.create_resource_server(UserPoolId=pool, Identifier="orders", Name="Orders")


EACH = [
    ("unmanaged", "resource_servers/orders"),
    ("missing", "groups/admins"),
    ("changed", "clients/web.CallbackURLs"),
    ("undeclared", "clients/web.DefaultRedirectURI"),
]


# --- classes -------------------------------------------------------------------------------------------------------


def test_nothing_is_found_after_an_apply(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    found = drift(here, tmp_path, strict=True)
    assert shown(found) == []
    assert found.drift.read >= 4
    assert exit_code([found.drift], zero=False) == 0


def test_one_change_of_each_class_gives_exactly_those_findings_twice_alike(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    disturb(here)
    once, twice = drift(here, tmp_path), drift(here, tmp_path)
    assert shown(once) == EACH
    one, other = (formats.drift(result([d.drift]), USUAL) for d in (once, twice))
    for name in formats.names("drift"):
        assert one[name](False) == other[name](False)
    tree = json.loads(json_drift([once.drift]))
    Draft202012Validator(json.loads(output_schema("drift"))).validate(tree)
    assert {f["class"]: (f["severity"], f["fails"]) for f in tree["findings"]} == {
        "changed": ("error", True),
        "missing": ("error", True),
        "unmanaged": ("warning", True),
        "undeclared": ("note", False),
    }
    assert (tree["drifted"], tree["complete"]) == (True, True)
    lines = {f["class"]: f["source"]["line"] for f in tree["findings"]}
    text = (tmp_path / "m.yaml").read_text().splitlines()
    assert "https://a.example.com" in text[lines["changed"] - 1]
    assert "admins" in text[lines["missing"] - 1]
    human = human_drift([once.drift])
    assert 'manifest: ["https://a.example.com"]' in human
    assert 'live:     ["https://evil.example.com"]' in human
    assert "Drift: 1 changed, 1 missing, 1 unmanaged, 1 undeclared" in human


def test_a_pool_that_is_gone_is_one_finding(here, tmp_path):
    assert shown(drift(here, tmp_path)) == [("missing", "user_pool")]
    pinned = {**BASE, "id": "eu-west-1_AbCdEf123"}
    assert shown(drift(here, tmp_path, pinned)) == [("missing", "user_pool")]


def test_a_missing_client_stands_for_what_is_inside_of_it(here, tmp_path):
    tree = {
        **BASE,
        "clients": {
            "web": {**BASE["clients"]["web"], "risk_configuration": {}, "branding": {"UseCognitoProvidedValues": True}}
        },
    }
    here.converge(manifest(tmp_path, BASE))
    assert shown(drift(here, tmp_path, tree)) == [("missing", "clients/web/branding")]
    here.boto().delete_user_pool_client(**client_of(here))
    assert shown(drift(here, tmp_path, tree)) == [("missing", "clients/web")]


def test_what_aws_makes_is_nobodys_but_a_group_with_a_role_is(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    pool = pool_of(here)
    here.boto().create_group(UserPoolId=pool, GroupName=f"{pool}_Google")
    assert shown(drift(here, tmp_path)) == []
    role = "arn:aws:iam::123456789012:role/admin"
    here.boto().create_group(UserPoolId=pool, GroupName=f"{pool}_Okta", RoleArn=role)
    assert shown(drift(here, tmp_path)) == [("unmanaged", f"groups/{pool}_Okta")]


def test_a_client_that_registered_itself_is_nobodys():
    assert KINDS["clients"].owner(KINDS["clients"].from_api({"ClientName": "x", "ClientType": "DCR"}), "") != ""
    assert KINDS["clients"].owner(KINDS["clients"].from_api({"ClientName": "x", "ClientType": "STANDARD"}), "") == ""


def test_what_nothing_writes_is_read_only_where_a_limit_is_declared(here, tmp_path):
    tree = document(clients={"web": {"GenerateSecret": True}})
    here.converge(manifest(tmp_path, tree))
    assert shown(drift(here, tmp_path, tree, strict=True)) == []
    here.local.calls.clear()
    drift(here, tmp_path, tree)
    assert "ListUserPoolClientSecrets" not in {c.operation for c in here.local.calls}


def test_only_reads_are_sent(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    disturb(here)
    here.local.calls.clear()
    drift(here, tmp_path)
    sent = {c.operation for c in here.local.calls}
    assert {"ListGroups", "DescribeUserPoolClient", "GetUserPoolMfaConfig"} <= sent
    assert [o for o in sent if not o.startswith(("List", "Describe", "Get"))] == []


def test_sections_and_settings_that_no_manifest_has_are_looked_at_too(here, tmp_path):
    tree = document(clients={"web": {}})
    here.converge(manifest(tmp_path, tree))
    pool, idp = pool_of(here), here.boto()
    idp.set_user_pool_mfa_config(
        UserPoolId=pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    idp.create_group(UserPoolId=pool, GroupName="byhand")
    idp.create_managed_login_branding(**client_of(here), UseCognitoProvidedValues=True)
    assert shown(drift(here, tmp_path, tree)) == [
        ("unmanaged", "mfa"),
        ("unmanaged", "groups/byhand"),
        ("unmanaged", "clients/web/branding"),
    ]


def test_two_clients_of_one_name_by_hand_are_two_findings(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    for _ in range(2):
        here.boto().create_user_pool_client(UserPoolId=pool_of(here), ClientName="copy")
    found = drift(here, tmp_path).drift.findings
    assert len(found) == len({f.id for f in found}) == 2


def test_pools_and_clients_that_cannot_be_told_apart_are_refused(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    here.boto().create_user_pool_client(UserPoolId=pool_of(here), ClientName="web")
    found = drift(here, tmp_path).drift
    assert ([r.rule for r in found.refusals], found.findings) == (["ambiguous"], ())
    assert exit_code([found], zero=True) == 4
    here.boto().create_user_pool(PoolName="customers")
    found = drift(here, tmp_path).drift
    assert [r.rule for r in found.refusals] == ["ambiguous"]
    assert json.loads(json_drift([found]))["complete"] is False


def test_a_change_that_no_apply_could_make_is_a_finding_like_others(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    tree = {**BASE, "user_pool": {"PoolName": "customers", "UsernameConfiguration": {"CaseSensitive": False}}}
    found = drift(here, tmp_path, tree).drift
    assert [(f.cls, f.path) for f in found.findings] == [
        (FindingClass.CHANGED, ("UsernameConfiguration", "CaseSensitive"))
    ]
    assert found.refusals == ()


# --- undeclared ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def everything(tmp_path_factory) -> Iterator[tuple[Bench, Any, Tree]]:
    """A pool in which every member of every kind is set."""
    directory = tmp_path_factory.mktemp("full")
    objects = live({})
    objects["user_pool"][""]["Schema"] = SCHEMA
    objects["clients"]["web"]["GenerateSecret"] = True
    with bench(region=REGION) as found:
        tree = with_bytes(as_document(objects), directory)
        found.converge(manifest(directory, tree))
        yield found, directory, tree


def test_a_pool_of_which_everything_is_declared_has_nothing_undeclared(everything):
    here, directory, tree = everything
    assert shown(drift(here, directory, tree, strict=True)) == []


def test_what_nobody_declared_is_told_without_echoes_and_secrets(everything):
    here, directory, tree = everything
    bare = {"version": 1, "user_pool": {"PoolName": tree["user_pool"]["PoolName"]}, "mfa": {}}
    bare["clients"] = {"web": {"ClientName": tree["clients"]["web"]["ClientName"]}}
    found = drift(here, directory, bare)
    members = {n for c, n in shown(found) if c == "undeclared"}
    assert {
        "user_pool.VerificationMessageTemplate.EmailMessage",
        "user_pool.LambdaConfig.PreTokenGenerationConfig.LambdaArn",
        "user_pool.SmsConfiguration.SnsCallerArn",
        "user_pool.UserPoolTags.team",
        "mfa.MfaConfiguration",
        "clients/web.CallbackURLs",
        "clients/web.AccessTokenValidity",
        "clients/web.TokenValidityUnits.AccessToken",
    } <= members
    assert not members & {
        "user_pool.EmailVerificationMessage",
        "user_pool.LambdaConfig.PreTokenGeneration",
        "user_pool.AdminCreateUserConfig.UnusedAccountValidityDays",
        "clients/web.ClientSecret",
    }
    assert not [n for n in members if n.startswith(("mfa.SmsMfaConfiguration.", "user_pool.Schema.email"))]
    assert "secret_one" not in json_drift([found.drift])


def test_a_default_in_other_words_is_a_default(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    minutes = {"AccessToken": "minutes", "IdToken": "hours", "RefreshToken": "days"}
    by_hand(here, AccessTokenValidity=60, TokenValidityUnits=minutes)
    assert shown(drift(here, tmp_path, strict=True)) == []
    by_hand(here, AccessTokenValidity=61)
    assert {n for _, n in shown(drift(here, tmp_path))} == {
        "clients/web.AccessTokenValidity",
        "clients/web.TokenValidityUnits.AccessToken",
    }


def test_undeclared_fails_only_when_asked(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    by_hand(here, DefaultRedirectURI="https://a.example.com")
    for strict, code in ((False, 0), (True, 2)):
        found = drift(here, tmp_path, strict=strict).drift
        assert [f.severity for f in found.findings] == ["note"]
        assert exit_code([found], zero=False) == code


PASSWORD = "ALLOW_USER_PASSWORD_AUTH"
WEAKENED = [
    ({"ExplicitAuthFlows": [*sorted(USUAL_FLOWS), PASSWORD]}, "clients/web.ExplicitAuthFlows", "1 weakens"),
    ({"ExplicitAuthFlows": [PASSWORD]}, "clients/web.ExplicitAuthFlows", "1 may weaken"),  # and others are gone
    ({"LogoutURLs": ["https://out.example.com"]}, "clients/web.LogoutURLs", "1 weakens"),
    ({"WriteAttributes": ["email"]}, "clients/web.WriteAttributes", ""),  # fewer than the default lets through
]


@pytest.mark.parametrize(("members", "name", "tally"), WEAKENED, ids=["flow", "other-flow", "host", "stronger"])
def test_an_undeclared_member_counts_where_it_weakens(here, tmp_path, members, name, tally):
    here.converge(manifest(tmp_path, BASE))
    by_hand(here, **members)
    found = drift(here, tmp_path).drift
    assert shown(Compared(found, NotImplemented)) == [("undeclared", name)]
    assert [(f.severity, f.fails) for f in found.findings] == [("error", True) if tally else ("note", False)]
    assert exit_code([found], zero=False) == (2 if tally else 0)
    human = human_drift([found])
    assert human.splitlines()[1].startswith(f"!! {name.replace('.', ' ')} not declared: ") == bool(tally)
    assert (f" {tally}.\n" in human) == bool(tally)


def test_what_a_plan_changes_anyway_is_not_undeclared_too(here, tmp_path):
    on = {"MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    here.converge(manifest(tmp_path, document(mfa=on)))
    tree = document(mfa={"MfaConfiguration": "OFF"})  # takes the factor along
    assert [c for c, _ in shown(drift(here, tmp_path, tree, strict=True))] == ["changed", "changed"]
    assert here.plan(manifest(tmp_path, tree)).undeclared == ()


def test_a_member_declared_as_null_is_declared(here, tmp_path):
    assert undeclared(Client, {"LogoutURLs": None}, {"LogoutURLs": ["x"]}) == ()
    assert [f.path for f in undeclared(Client, {}, {"LogoutURLs": ["x"]})] == [("LogoutURLs",)]


def test_a_default_that_was_switched_off_is_no_default():
    policy = {"Policies": {"PasswordPolicy": {"MinimumLength": 8, "RequireUppercase": False}}}
    assert [f.path[-1] for f in undeclared(UserPool, {}, policy)] == ["RequireUppercase"]


# --- ids -----------------------------------------------------------------------------------------------------------


def test_ids_stay_when_a_value_changes_and_differ_otherwise(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    disturb(here)
    before = {f.id: drift_text._name(f) for f in drift(here, tmp_path).drift.findings}
    by_hand(here, CallbackURLs=["https://worse.example.com"], DefaultRedirectURI="https://worse.example.com")
    after = {f.id: drift_text._name(f) for f in drift(here, tmp_path).drift.findings}
    assert before == after
    assert len(before) == 4
    assert all(i.startswith("poolctl-") and len(i) == 24 for i in before)


def test_reported_and_accepted_findings_are_left_out(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    disturb(here)
    first = drift(here, tmp_path).drift
    file = tmp_path / "report.json"
    file.write_text(json_drift([first]))
    again = drift(here, tmp_path, reported=told(str(file))).drift
    assert (again.findings, again.suppressed, exit_code([again], zero=False)) == ((), 4, 0)
    file.write_text(json_drift([again]))  # a report of what is new still knows what is old
    here.boto().create_group(UserPoolId=pool_of(here), GroupName="late")
    third = drift(here, tmp_path, reported=told(str(file)))
    assert shown(third) == [("unmanaged", "groups/late")]
    accepted = drift(here, tmp_path, baseline=frozenset(f.id for f in first.findings))
    assert shown(accepted) == [("unmanaged", "groups/late")]
    assert accepted.drift.known == ()


@pytest.mark.parametrize("text", ["", "[]", '{"findings": [{}], "known": []}', '{"resource_changes": []}'])
def test_what_is_no_report_is_an_error(tmp_path, text):
    file = tmp_path / "report.json"
    file.write_text(text)
    with pytest.raises(InvalidInput, match="is not a drift report"):
        told(str(file))
    with pytest.raises(InvalidInput, match="could not be read"):
        told(str(tmp_path / "none.json"))


# --- gaps ----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_is_never_no_drift(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    here.local.faults.add("ListGroups", "AccessDeniedException")
    found = drift(here, tmp_path).drift
    assert (found.findings, [g.operation for g in found.gaps]) == ((), ["cognito-idp:ListGroups"])
    assert exit_code([found], zero=False) == exit_code([found], zero=True) == 7
    human = human_drift([found])
    assert "Could not read groups: cognito-idp:ListGroups" in human
    assert "needs the IAM action cognito-idp:ListGroups" in human
    assert "No drift." not in human
    tree = json.loads(json_drift([found]))
    assert (tree["complete"], tree["coverage"]["gaps"][0]["iam_action"]) == (False, "cognito-idp:ListGroups")


def test_drift_beside_a_gap_is_drift_and_incomplete(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    disturb(here)
    here.local.faults.add("DescribeUserPoolClient", "AccessDeniedException")
    found = drift(here, tmp_path)
    assert shown(found) == EACH[:2]  # of that client nothing can be said, not even of what is inside of it
    assert exit_code([found.drift], zero=False) == 2
    assert exit_code([found.drift], zero=True) == 7
    assert json.loads(json_drift([found.drift]))["complete"] is False


TWO = document(
    groups={},
    clients={"web": {"CallbackURLs": ["https://a.example.com"]}, "app": {"CallbackURLs": ["https://b.example.com"]}},
)


@pytest.mark.parametrize("pinned", [False, True])
def test_one_object_that_cannot_be_read_blinds_no_other(here, tmp_path, pinned):
    """Which of the two comes first does not matter: the one that was read is judged, the other one never is."""
    here.converge(manifest(tmp_path, TWO))
    tree = json.loads(json.dumps(TWO))
    for name in tree["clients"] if pinned else ():
        tree["clients"][name]["ClientId"] = client_of(here, name)["ClientId"]
    for name in TWO["clients"]:
        ids = client_of(here, name)
        here.boto().update_user_pool_client(**ids, ClientName=name, CallbackURLs=["https://c.example.com"])
    pool = pool_of(here)
    here.boto().create_user_pool_client(UserPoolId=pool, ClientName="late")
    here.boto().create_group(UserPoolId=pool, GroupName="late")
    everything = {("changed", "clients/app"), ("changed", "clients/web"), ("unmanaged", "clients/late")}
    for after in range(3):
        here.local.faults.add("DescribeUserPoolClient", "AccessDeniedException", after=after)
        found = drift(here, tmp_path, tree)
        (gap,) = found.drift.gaps
        blind = {str(gap.address)} | ({"clients/app", "clients/web"} if pinned else set())
        left = {w for w in everything if w[1] not in blind}
        assert {(f.cls.value, str(f.address)) for f in found.drift.findings} == left | {("unmanaged", "groups/late")}


@pytest.mark.parametrize("operation", ["ListUserPools", "DescribeUserPool"])
def test_a_pool_that_cannot_be_read_is_a_gap(here, tmp_path, operation):
    here.converge(manifest(tmp_path, BASE))
    here.local.faults.add(operation, "AccessDeniedException")
    found = drift(here, tmp_path).drift
    assert [(str(g.address), g.operation) for g in found.gaps] == [("user_pool", f"cognito-idp:{operation}")]
    assert (found.read, exit_code([found], zero=False)) == (0, 7)


def test_a_literal_secret_is_hidden_wherever_it_stands(here, tmp_path):
    canary = "canary_5f2c9a7e41b84d3fa6"
    details = {"client_id": canary, "client_secret": "another_secret_of_okta", "authorize_scopes": "openid"}
    tree = {**BASE, "identity_providers": {"Google": {"ProviderType": "Google", "ProviderDetails": details}}}
    here.converge(manifest(tmp_path, tree))
    tree["identity_providers"]["Google"]["ProviderDetails"] = {**details, "client_id": "x", "client_secret": canary}
    found = drift(here, tmp_path, tree).drift
    assert [f.path[-1] for f in found.findings] == ["client_id", "client_secret"]
    here.boto().delete_identity_provider(UserPoolId=pool_of(here), ProviderName="Google")
    gone = drift(here, tmp_path, tree).drift
    assert shown(Compared(gone, None)) == [("missing", "identity_providers/Google")]
    for one in (found, gone):
        text = json_drift([one]) + human_drift([one]) + repr(one)
        assert canary not in text
        assert "another_secret" not in text


# --- ignore --------------------------------------------------------------------------------------------------------


def ignoring_rules(*paths: str, **more: str) -> Tree:
    return {**BASE, "ignore": [{"path": p, "reason": "known", **more} for p in paths]}


@pytest.mark.parametrize(
    ("pattern", "address", "path", "expected"),
    [
        ("clients/web", Address("p", "clients", "web"), (), True),
        ("clients/web", Address("p", "clients", "web"), ("CallbackURLs",), True),
        ("clients/web", Address("p", "clients.branding", "web"), ("Settings",), True),
        ("clients/web", Address("p", "clients", "web2"), (), False),
        ("clients/amplify-*", Address("p", "clients", "amplify-1"), (), True),
        ("clients/web.CallbackURLs", Address("p", "clients", "web"), ("CallbackURLs",), True),
        ("clients/web/CallbackURLs", Address("p", "clients", "web"), ("CallbackURLs",), True),
        ("clients/web.CallbackURLs", Address("p", "clients", "web"), ("LogoutURLs",), False),
        ("clients/web.CallbackURLs", Address("p", "clients", "web"), (), False),
        ("user_pool.Policies", Address("p", "user_pool"), ("Policies", "PasswordPolicy", "MinimumLength"), True),
        ("user_pool.UserPoolTags.cost*", Address("p", "user_pool"), ("UserPoolTags", "cost-center"), True),
        ("clients", Address("p", "clients", "web"), (), True),
        ("clients/*URLs", Address("p", "clients", "web"), ("CallbackURLs",), False),
        ("clients/*.*URLs", Address("p", "clients", "web"), ("CallbackURLs",), True),
        ("clients/[x]", Address("p", "clients", "[x]"), (), True),
        ("clients/a*b", Address("p", "clients", "a*b"), (), True),
    ],
)
def test_what_a_pattern_covers(pattern, address, path, expected):
    rules = ignoring.IgnoreRules([Ignore(pattern, "theirs", "", "", Position("m.yaml", 1, 1))])
    assert rules.covers(address, path) is expected


def test_rules_hold_in_plan_apply_and_drift_alike(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    disturb(here)
    tree = ignoring_rules("clients/web.CallbackURLs", "resource_servers/*", "clients/web.DefaultRedirectURI")
    found = drift(here, tmp_path, tree)
    assert (shown(found), found.drift.suppressed) == ([("missing", "groups/admins")], 3)
    assert found.drift.notices == ()
    tree["clients"] = {"web": {**BASE["clients"]["web"], "AccessTokenValidity": 2}}
    plan = planned(manifest(tmp_path, tree), here.cloud)
    changes = {str(c.address): [f.path[0] for f in c.fields] for c in plan.pending}
    assert changes["clients/web"] == ["AccessTokenValidity"]
    here.converge(manifest(tmp_path, tree))
    now = here.boto().describe_user_pool_client(**client_of(here))["UserPoolClient"]
    assert (now["AccessTokenValidity"], now["CallbackURLs"]) == (2, ["https://evil.example.com"])


def test_an_ignored_object_is_still_made_when_it_is_missing(here, tmp_path):
    tree = ignoring_rules("groups/admins")
    here.converge(manifest(tmp_path, tree))
    here.boto().delete_group(UserPoolId=pool_of(here), GroupName="admins")
    assert shown(drift(here, tmp_path, tree)) == [("missing", "groups/admins")]
    plan = planned(manifest(tmp_path, tree), here.cloud)
    assert [(str(c.address), c.action) for c in plan.pending] == [("groups/admins", Action.CREATE)]


def test_an_ignored_setting_that_was_never_set_is_not_planned(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    risk = {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.0/24"]}}
    tree = {**ignoring_rules("risk_configuration"), "risk_configuration": risk}
    assert planned(manifest(tmp_path, tree), here.cloud).pending == ()
    assert shown(drift(here, tmp_path, tree)) == []
    del tree["ignore"]
    assert [c for c, _ in shown(drift(here, tmp_path, tree))] == ["changed"]


def test_a_rule_that_meets_nothing_is_told_unless_something_was_not_read(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    tree = ignoring_rules("clients/amplify-*")
    [notice] = drift(here, tmp_path, tree).drift.notices
    assert "clients/amplify-* matched nothing" in notice.message
    assert notice.source is not None
    here.local.faults.add("ListUserPoolClients", "AccessDeniedException")
    assert drift(here, tmp_path, tree).drift.notices == ()


def test_an_expired_rule_fails_and_no_longer_holds(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    by_hand(here, CallbackURLs=["https://evil.example.com"])
    tree = ignoring_rules("clients/web.CallbackURLs", expires="2027-06-30", owner="web-team")
    found = drift(here, tmp_path, tree, today="2027-06-30").drift
    assert (found.findings, found.expired, exit_code([found], zero=False)) == ((), (), 0)
    late = drift(here, tmp_path, tree, today="2027-07-01").drift
    assert (len(late.findings), len(late.expired)) == (1, 1)
    assert "expired on 2027-06-30" in late.notices[0].message
    here.converge(manifest(tmp_path, BASE))
    alone = drift(here, tmp_path, tree, today="2027-07-01").drift
    assert (alone.findings, exit_code([alone], zero=False)) == ((), 2)
    assert json.loads(json_drift([alone]))["drifted"] is True
    by_hand(here, CallbackURLs=["https://evil.example.com"])
    for today, pending in (("2027-06-30", 0), ("2027-07-01", 1)):
        plan = planned(manifest(tmp_path, tree), here.cloud, PlanOptions(today=today))
        assert len(plan.pending) == pending


def test_only_targets_are_reported(here, tmp_path):
    here.converge(manifest(tmp_path, BASE))
    disturb(here)
    assert shown(drift(here, tmp_path, targets=("groups/admins",))) == [("missing", "groups/admins")]


# --- who it was ----------------------------------------------------------------------------------------------------


def event(name: str, minute: int, request: Tree, **more: Any) -> Tree:
    """An item of LookupEvents as CloudTrail gives it: the record is JSON in a text."""
    record = {
        "eventName": name,
        "eventSource": "cognito-idp.amazonaws.com",
        "eventTime": f"2026-11-01T10:{minute:02}:00Z",
        "eventID": f"event-{minute}",
        "sourceIPAddress": "192.0.2.7",
        "userAgent": "aws-cli/2",
        "userIdentity": {"type": "AssumedRole", "arn": "arn:aws:sts::123456789012:assumed-role/Dev/mallory"},
        "requestParameters": request,
        "responseElements": None,
        **more,
    }
    moment = datetime(2026, 11, 1, 10, minute, tzinfo=UTC)
    found = {"EventId": f"event-{minute}", "EventName": name, "EventTime": moment}
    return {**found, "CloudTrailEvent": json.dumps(record)}


class FakeTrail:
    """CloudTrail with a few events: newest first, in pages of two, with an empty page now and then."""

    def __init__(self, events: list[Tree], resources: Mapping[str, list[Tree]] | None = None) -> None:
        self.events = sorted(events, key=lambda e: e["EventTime"], reverse=True)
        self.resources = resources or {}
        self.asked: list[Tree] = []
        self.refuse: Callable[[], None] = lambda: None

    def identity(self) -> Identity:
        raise AssertionError

    def at(self, region: str) -> Cloud:
        raise AssertionError

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        assert (service, operation) == ("cloudtrail", "LookupEvents")
        self.asked.append(dict(params))
        self.refuse()
        [wanted] = params["LookupAttributes"]
        if wanted["AttributeKey"] == "ResourceName":
            found = self.resources.get(wanted["AttributeValue"], [])
        else:
            found = [e for e in self.events if e["EventName"] == wanted["AttributeValue"]]
        at = int(params.get("NextToken", "0"))
        if at == 2 and not params["NextToken"].endswith(" "):
            return {"Events": [], "NextToken": "2 "}  # a page may be empty while others follow
        rest = {"NextToken": str(at + 2)} if len(found) > at + 2 else {}
        return {"Events": found[at : at + 2], **rest}


def finding(
    cls: FindingClass, section: str, name: str = "", path: tuple[str, ...] = (), desired: Any = None
) -> Finding:
    address = Address("customers", section, name)
    return Finding(f"{cls.value} {address} {path}", cls, address, path, desired, None, "error", fails=True)


POOL = "eu-west-1_AbCdEf123"
CLIENT = {"UserPoolId": POOL, "ClientId": "web1"}
CHANGED = finding(FindingClass.CHANGED, "clients", "web", ("CallbackURLs",))
ALSO = finding(FindingClass.CHANGED, "clients", "web", ("LogoutURLs",))


def asked_of(trail: FakeTrail, *findings: Finding, ids: Mapping[str, str] = CLIENT) -> tuple[Drift, list[float]]:
    from reconciler.model import Target

    now, waits = [0.0], []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    found = Drift(Target("123456789012", "eu-west-1", "customers", POOL, "m.yaml"), findings, 3)
    asked = Trail(trail, clock=lambda: now[0], sleep=sleep)
    return attribute(found, {f.id: ids for f in findings}, asked), waits


def events_of(drift: Drift) -> list[str]:
    return [f.attribution.event_id if f.attribution else "" for f in drift.findings]


def update(minute: int, client: str = "web1", pool: str = POOL, **more: Any) -> Tree:
    return event("UpdateUserPoolClient", minute, {"userPoolId": pool, "clientId": client}, **more)


def test_the_newest_event_that_fits_is_on_each_finding_of_an_object():
    trail = FakeTrail(
        [
            update(3),
            update(20, sessionCredentialFromConsole="true"),
            update(30, client="other"),
            update(31, pool="eu-west-1_Foreign00"),
            update(32, errorCode="AccessDenied"),
            event("UpdateGroup", 40, {"userPoolId": POOL, "groupName": "web1"}),
            {"EventId": "x", "EventName": "UpdateUserPoolClient", "EventTime": datetime(2026, 11, 2, tzinfo=UTC)},
        ]
    )
    found, _ = asked_of(trail, CHANGED, ALSO)
    assert events_of(found) == ["event-20", "event-20"]
    who = found.findings[0].attribution
    assert who is not None
    assert (who.console, who.ours, who.source_address, who.time) == (True, False, "192.0.2.7", "2026-11-01T10:20:00Z")
    assert who.principal.endswith("assumed-role/Dev/mallory")
    assert [a["LookupAttributes"][0]["AttributeKey"] for a in trail.asked][:2] == ["ResourceName", "EventName"]
    text = human_drift([found])
    assert "UpdateUserPoolClient in the console at 2026-11-01T10:20:00Z from 192.0.2.7 (event event-20)" in text


def test_events_of_the_pool_are_asked_for_first_and_answer_for_all():
    told = [update(9), event("CreateGroup", 8, {"userPoolId": POOL, "groupName": "late"})]
    trail = FakeTrail([], {POOL: told})
    group = finding(FindingClass.UNMANAGED, "groups", "late")
    found, _ = asked_of(trail, CHANGED, group, ids={**CLIENT, "GroupName": "late"})
    assert events_of(found) == ["event-9", "event-8"]
    assert len(trail.asked) == 1


def test_our_own_runs_are_told_by_their_user_agent():
    found, _ = asked_of(FakeTrail([update(1, userAgent="Boto3/1.40 poolctl/0.1")]), CHANGED)
    who = found.findings[0].attribution
    assert who is not None
    assert who.ours


def test_a_client_by_hand_is_found_by_the_id_in_the_answer():
    request = {"userPoolId": POOL, "clientName": "copy"}
    events = [
        event("CreateUserPoolClient", n, request, responseElements={"userPoolClient": {"clientId": i}})
        for n, i in ((5, "other"), (6, "web1"), (7, "third"))
    ]
    found, _ = asked_of(FakeTrail([*events, update(50)]), finding(FindingClass.UNMANAGED, "clients", "copy"))
    assert events_of(found) == ["event-6"]


def test_a_client_that_was_deleted_is_known_by_the_name_that_older_events_told():
    made = {"userPoolClient": {"clientId": "gone1", "clientName": "web"}}
    trail = FakeTrail(
        [
            event("CreateUserPoolClient", 1, {"userPoolId": POOL, "clientName": "web"}, responseElements=made),
            event("DeleteUserPoolClient", 30, {"userPoolId": POOL, "clientId": "stranger"}),
            event("DeleteUserPoolClient", 20, {"userPoolId": POOL, "clientId": "gone1"}),
        ]
    )
    missing = finding(FindingClass.MISSING, "clients", "web", desired={"ClientName": "web"})
    assert events_of(asked_of(trail, missing, ids={"UserPoolId": POOL})[0]) == ["event-20"]
    assert events_of(asked_of(trail, missing, ids={"UserPoolId": POOL, "ClientId": "stranger"})[0]) == ["event-30"]
    nobody = finding(FindingClass.MISSING, "clients", "api", desired={"ClientName": "api"})
    assert events_of(asked_of(trail, nobody, ids={"UserPoolId": POOL})[0]) == [""]


def test_settings_of_the_pool_and_of_a_client_are_not_confused():
    risk = [
        event("SetRiskConfiguration", 5, {"userPoolId": POOL}),
        event("SetRiskConfiguration", 9, {"userPoolId": POOL, "clientId": "web1"}),
    ]
    of_pool = finding(FindingClass.CHANGED, "risk_configuration", "", ("RiskExceptionConfiguration",))
    of_client = finding(FindingClass.CHANGED, "clients.risk_configuration", "web", ("RiskExceptionConfiguration",))
    assert events_of(asked_of(FakeTrail(risk), of_pool, of_client)[0]) == ["event-5", "event-9"]


def test_the_newest_of_several_operations_wins():
    arn = f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{POOL}"
    trail = FakeTrail([event("UpdateUserPool", 5, {"userPoolId": POOL}), event("TagResource", 8, {"resourceArn": arn})])
    tags = finding(FindingClass.CHANGED, "user_pool", "", ("UserPoolTags", "team"))
    name = finding(FindingClass.CHANGED, "user_pool", "", ("DeletionProtection",))
    assert events_of(asked_of(trail, tags, name)[0]) == ["event-8", "event-5"]


def test_a_long_answer_is_cut_and_said_so(monkeypatch):
    monkeypatch.setattr("reconciler.drift.attribution.MOST_PAGES", 3)
    found, _ = asked_of(FakeTrail([update(1), *(update(n, client="other") for n in range(2, 20))]), CHANGED)
    assert events_of(found) == [""]
    assert "more events than were read" in found.notices[0].message


def test_cloudtrail_is_asked_twice_a_second_at_most():
    _, waits = asked_of(FakeTrail([update(n, client="other") for n in range(20)]), CHANGED)
    assert len(waits) >= 8
    assert all(w == pytest.approx(0.5) for w in waits)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Denied("cloudtrail:LookupEvents", "AccessDeniedException", "no"), "missing cloudtrail:LookupEvents"),
        (Busy("cloudtrail:LookupEvents", "ThrottlingException", "slow"), "ThrottlingException"),
    ],
)
def test_without_cloudtrail_it_says_so_and_goes_on(error, said):
    trail = FakeTrail([update(1)])

    def refuse() -> None:
        raise error

    trail.refuse = refuse
    found, _ = asked_of(trail, CHANGED)
    assert events_of(found) == [""]
    assert "Attribution was not possible" in found.notices[0].message
    assert said in found.notices[0].message


def made_inside(kind: str, minute: int, client: str, key: str, identifier: str, **named: str) -> Tree:
    """A creation inside of a client: only the call names the client, and only the answer the identifier."""
    request = {"userPoolId": POOL, "clientId": client, **named}
    return event(f"Create{kind}", minute, request, responseElements={kind: {key: identifier, **named}})


INSIDE = {
    "branding": ("clients.branding", "web", "ManagedLoginBranding", "managedLoginBrandingId", {}),
    "terms": ("clients.terms", "web/terms-of-use", "Terms", "termsId", {"termsName": "terms-of-use"}),
    "policy": ("clients.cimd_policies", "web/agents", "CIMDPolicy", "cIMDPolicyId", {"policyName": "agents"}),
    "policy, abbreviated": (
        "clients.cimd_policies",
        "web/agents",
        "CIMDPolicy",
        "cimdPolicyId",
        {"policyName": "agents"},
    ),
}


@pytest.mark.parametrize("by_resource", [False, True])
@pytest.mark.parametrize("inner", INSIDE.values(), ids=INSIDE)
def test_what_was_deleted_inside_a_client_is_known_by_the_id_that_its_creation_told(inner, by_resource):
    section, name, kind, key, named = inner
    other = dict.fromkeys(named, "privacy-policy")
    events = [
        made_inside(kind, 1, "web1", key, "mine", **named),
        made_inside(kind, 2, "stranger", key, "theirs", **named),
        *([made_inside(kind, 3, "web1", key, "another", **other)] if named else []),
        event(f"Delete{kind}", 20, {"userPoolId": POOL, key: "mine"}),
        event(f"Delete{kind}", 21, {"userPoolId": POOL, key: "theirs"}),
        event(f"Delete{kind}", 22, {"userPoolId": POOL, key: "another"}),
        event(f"Delete{kind}", 23, {"userPoolId": "eu-west-1_Foreign00", key: "mine"}),
    ]
    newest_first = sorted(events, key=lambda e: e["EventTime"], reverse=True)
    trail = FakeTrail([], {POOL: newest_first}) if by_resource else FakeTrail(events)
    missing = finding(FindingClass.MISSING, section, name, desired={})
    assert events_of(asked_of(trail, missing)[0]) == ["event-20"]


def test_what_went_with_a_client_that_was_made_again_is_laid_to_who_deleted_that_one():
    missing = finding(FindingClass.MISSING, "clients.branding", "web", desired={})
    again = [
        event(
            "CreateUserPoolClient",
            minute,
            {"userPoolId": POOL, "clientName": name},
            responseElements={"userPoolClient": {"clientId": client, "clientName": name}},
        )
        for minute, client, name in ((1, "old1", "web"), (2, "api1", "api"), (25, "web1", "web"))
    ]
    gone = [
        event("DeleteUserPoolClient", m, {"userPoolId": POOL, "clientId": c}) for m, c in ((20, "old1"), (30, "api1"))
    ]
    styles = [
        made_inside("ManagedLoginBranding", 3, client, "managedLoginBrandingId", client) for client in ("old1", "api1")
    ]
    assert events_of(asked_of(FakeTrail([*again, *gone, *styles]), missing)[0]) == ["event-20"]
    # Nobody is to blame for what is not known to have been there.
    assert events_of(asked_of(FakeTrail([*again, *gone]), missing)[0]) == [""]


class RegionalRead(FakeTrail):
    """The CloudTrail of the pool's Region, with another Region's beside it."""

    def __init__(self, events: list[Tree], there: FakeTrail) -> None:
        super().__init__(events)
        self.there = there

    def at(self, region: str) -> Cloud:
        assert region == "eu-central-1"
        return self.there


@pytest.mark.parametrize("by_resource", [False, True])
def test_settings_of_a_replica_are_looked_for_in_its_region(by_resource):
    arn = f"arn:aws:cognito-idp:eu-central-1:123456789012:userpool/{POOL}"
    replica = {"userPoolId": POOL, "regionName": "eu-central-1"}
    told = [
        event("TagResource", 31, {"resourceArn": arn}),
        event("UpdateUserPool", 20, {"userPoolId": POOL}),
        event("UpdateUserPool", 19, {"userPoolId": POOL}),
    ]
    there = FakeTrail([], {POOL: told}) if by_resource else FakeTrail(told)
    home = RegionalRead(
        [
            event("UpdateUserPool", 40, {"userPoolId": POOL}),
            event("CreateUserPoolReplica", 1, replica),
            event("UpdateUserPoolReplica", 15, replica),
        ],
        there,
    )
    name = "eu-central-1"
    email = finding(FindingClass.CHANGED, "replicas", name, ("EmailConfiguration", "From"))
    tags = finding(FindingClass.UNDECLARED, "replicas", name, ("UserPoolTags", "team"))
    status = finding(FindingClass.CHANGED, "replicas", name, ("Status",))
    pool = finding(FindingClass.CHANGED, "user_pool", "", ("EmailConfiguration", "From"))
    ids = {"UserPoolId": POOL, "RegionName": name}
    found, _ = asked_of(home, email, tags, status, pool, ids=ids)
    assert events_of(found) == ["event-20", "event-31", "event-15", "event-40"]
    there.asked.clear()
    assert events_of(asked_of(home, status, pool, ids=ids)[0]) == ["event-15", "event-40"]
    assert there.asked == []


def test_an_event_at_home_that_is_newer_than_those_of_the_other_region_wins():
    """A replica that was made again has the settings that it was made with."""
    replica = {"userPoolId": POOL, "regionName": "eu-central-1"}
    there = FakeTrail([event("UpdateUserPool", 5, {"userPoolId": POOL})])
    home = RegionalRead([event("CreateUserPoolReplica", 9, replica)], there)
    email = finding(FindingClass.CHANGED, "replicas", "eu-central-1", ("EmailConfiguration", "From"))
    found, _ = asked_of(home, email, ids={"UserPoolId": POOL, "RegionName": "eu-central-1"})
    assert events_of(found) == ["event-9"]
