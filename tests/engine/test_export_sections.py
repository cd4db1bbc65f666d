"""Sections that an export is asked for: what surrounds a pool, and users. What is written plans to nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cloud.port import Cloud, Limited, ReadOnly
from reconciler.errors import InvalidInput, NotFound, Refused
from reconciler.export import opted_in
from reconciler.export.exporter import Style
from reconciler.kinds import KINDS, READS
from reconciler.model import Tree
from reconciler.people.directory import Selection
from reconciler.runs import export_run, export_sections, users_exported
from reconciler.runs.export_run import ExportResult, Found
from reconciler.terminal.options import Options
from tests.engine.iam_support import Recording, actions
from tests.engine.test_adoption import allow, make_pool, make_role, text, trusting
from tests.engine.test_surroundings import (
    ANY_POOL,
    GROUP,
    ROLE,
    ROLE_ARN,
    Denying,
    Wrapped,
    everything,
    function,
    pool_arn,
    with_logs,
    with_sms,
    with_triggers,
)
from tests.support import ACCOUNT, REGION, Bench, bench, document, manifest

MODES = ("minimal", "full")
modes = pytest.mark.parametrize("mode", MODES)
AROUND = ("sms_role", "trigger_permissions", "log_groups")


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench() as found:
        yield found


def exported(
    here: Bench,
    *sections: str,
    mode: str = "minimal",
    selection: Selection | None = None,
    cloud: Cloud | None = None,
    directory: Path | None = None,
) -> ExportResult:
    """Export as the command does, on clouds that cannot write."""
    asked, base = frozenset(sections), cloud or here.cloud
    reader, lister = ReadOnly(base, READS | {("sts", "GetCallerIdentity")}), Limited(base, users_exported.READS)
    pool = export_run.read(reader, export_run.one(reader, "customers"), parallelism=4)
    pool = export_sections.surroundings(reader, reader.identity(), pool, asked, parallelism=4)
    if "users" in asked:
        pool = users_exported.with_users(reader, lister, pool, selection or Selection(), parallelism=4)
    style = Style(mode, beside=directory is not None, sections=asked)
    return export_run.export(pool, "customers", reader.identity(), style, directory)


def tree_of(result: ExportResult) -> Any:
    return yaml.safe_load(result.exported.text)


def nothing_is_left(here: Bench, tmp_path: Path, result: ExportResult) -> None:
    plan = here.plan(manifest(tmp_path, result.exported.text))
    assert (plan.pending, plan.refusals, plan.gaps) == ((), (), ())


def said(result: ExportResult) -> list[str]:
    """What an operator reads about the export; it is in the file too."""
    messages = [n.message for n in result.notices]
    assert [m for m in messages if f"# {m}" not in result.exported.text] == []
    return messages


def test_what_is_read_beside_a_pool_reads_nothing_again(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, everything()))
    here.local.calls.clear()
    exported(here, "users")
    made = [c.operation for c in here.local.calls]
    assert "ListGroups" in made
    assert {o: made.count(o) for o in ("ListGroups", "ListIdentityProviders")} == {
        "ListGroups": 1,
        "ListIdentityProviders": 1,
    }


@pytest.mark.parametrize("selection", [Selection(), Selection(group="admins")], ids=["all", "of a group"])
@pytest.mark.parametrize("section", opted_in.SECTIONS)
def test_a_policy_allows_what_a_section_needs_and_nothing_else(
    here: Bench, tmp_path: Path, section: str, selection: Selection
) -> None:
    here.converge(manifest(tmp_path, everything()))
    ids = {"UserPoolId": next(iter(here.local.records)), "Username": "ada@b.example"}
    here.boto().admin_create_user(**ids)
    here.boto().create_group(UserPoolId=ids["UserPoolId"], GroupName="admins")
    here.boto().admin_add_user_to_group(**ids, GroupName="admins")
    recordings = [Recording(here.cloud) for _ in range(2)]
    exported(here, cloud=recordings[0])
    exported(here, section, selection=selection, cloud=recordings[1])
    plain, more = (r.called for r in recordings)
    group = selection.group if section == "users" else ""
    found = manifest(tmp_path, everything())
    usual, allowed = (actions(found, "export", **o) for o in ({}, {"sections": (section,), "group": group}))
    assert more - plain == allowed - usual
    assert more - allowed == set()


# --- pools that poolctl made ---------------------------------------------------------------------------------------


@modes
@pytest.mark.parametrize("tree", [with_sms, with_triggers, with_logs, everything])
def test_what_was_applied_is_exported_and_plans_to_nothing(
    here: Bench, tmp_path: Path, tree: Callable[[], Tree], mode: str
) -> None:
    here.converge(manifest(tmp_path, tree()))
    result = exported(here, *AROUND, mode=mode)
    nothing_is_left(here, tmp_path, result)
    assert {*tree()} & {*AROUND} == {*tree_of(result)} & {*AROUND}
    assert said(result) == []


@modes
def test_what_follows_from_a_section_is_not_written(here: Bench, tmp_path: Path, mode: str) -> None:
    """It names the pool, and a manifest without `id` makes another one."""
    here.converge(manifest(tmp_path, everything()))
    result = exported(here, *AROUND, mode=mode)
    tree = tree_of(result)
    assert tree["sms_role"]["RoleName"] == ROLE
    assert tree["trigger_permissions"] == {}
    assert tree["log_groups"][GROUP]["retentionInDays"] == 30
    assert next(iter(here.local.records)) not in result.exported.text.replace(f"id: {tree['id']}", "")
    assert not {"SnsCallerArn", "ExternalId"} & set(tree["user_pool"].get("SmsConfiguration", {}))
    assert result.exported.text.count("Statement") == 0


def test_the_manifest_makes_an_equal_pool_elsewhere(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, everything()))
    tree = tree_of(exported(here, *AROUND, mode="full"))
    del tree["id"]
    with bench() as other:
        other.converge(manifest(tmp_path, tree))
        again = tree_of(exported(other, *AROUND, mode="full"))
    del again["id"]
    assert again == tree


def test_nothing_is_read_that_was_not_asked_for(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, everything()))
    result = exported(here, cloud=Denying(here.cloud, "iam", "lambda", "logs"))
    tree = tree_of(result)
    assert not {*opted_in.SECTIONS} & {*tree}
    assert (tree["user_pool"]["SmsConfiguration"]["SnsCallerArn"], result.gaps) == (ROLE_ARN, ())


def test_what_people_changed_is_written_out(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, everything()))
    wide, more = trusting(ANY_POOL), {"Effect": "Allow", "Action": "sns:*", "Resource": "*"}
    iam = here.boto("iam")
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=text(wide))
    iam.put_role_policy(RoleName=ROLE, PolicyName="poolctl-sms", PolicyDocument=text(more))
    iam.tag_role(RoleName=ROLE, Tags=[{"Key": "team", "Value": "web"}])
    here.boto("logs").delete_retention_policy(logGroupName=GROUP)
    result = exported(here, *AROUND)
    role = tree_of(result)["sms_role"]
    assert role["AssumeRolePolicyDocument"]["Statement"] == [wide]
    assert role["PolicyDocument"]["Statement"] == [more]
    assert role["Tags"] == [{"Key": "team", "Value": "web"}]
    assert tree_of(result)["log_groups"] == {GROUP: {}}
    nothing_is_left(here, tmp_path, result)


def test_the_trust_of_a_role_is_exported_alone(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL), name="by-hand")
    make_pool(here, SmsConfiguration={"SnsCallerArn": ROLE_ARN, "ExternalId": ROLE})
    result = exported(here, "sms_role_trust")
    trust = tree_of(result)["sms_role_trust"]
    assert (trust["RoleName"], trust["PolicyDocument"]["Statement"]) == (ROLE, [trusting(ANY_POOL)])
    nothing_is_left(here, tmp_path, result)
    exact = text(trusting(pool_arn(here)))
    here.boto("iam").update_assume_role_policy(RoleName=ROLE, PolicyDocument=exact)
    assert tree_of(exported(here, "sms_role_trust"))["sms_role_trust"] == {"RoleName": ROLE}


def test_the_role_and_its_trust_can_be_asked_for_together(here: Bench, tmp_path: Path) -> None:
    here.converge(manifest(tmp_path, with_sms()))
    result = exported(here, "sms_role", "sms_role_trust")
    assert tree_of(result)["sms_role_trust"] == {}
    nothing_is_left(here, tmp_path, result)


# --- pools that people made ----------------------------------------------------------------------------------------


def delivering(arn: str) -> list[Tree]:
    logs = {"LogLevel": "ERROR", "EventSource": "userNotification"}
    return [{**logs, "CloudWatchLogsConfiguration": {"LogGroupArn": arn}}]


def log_arn(name: str = GROUP) -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}"


@modes
def test_a_pool_made_by_hand_is_exported_with_what_it_uses(here: Bench, tmp_path: Path, mode: str) -> None:
    make_role(here, trusting(ANY_POOL, "of-the-console"))
    sms = {"SnsCallerArn": ROLE_ARN, "ExternalId": "of-the-console", "SnsRegion": REGION}
    pool_id = make_pool(here, SmsConfiguration=sms, LambdaConfig={"PreSignUp": function("sign-up")})
    allow(here, function("sign-up"), "AllowCognito", SourceArn=pool_arn(here))
    allow(here, function("sign-up"), "theirs", Principal="events.amazonaws.com")
    here.boto("logs").create_log_group(logGroupName=GROUP, tags={"team": "web"})
    configurations = delivering(log_arn())
    here.boto().set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=configurations)
    result = exported(here, *AROUND, mode=mode)
    tree = tree_of(result)
    nothing_is_left(here, tmp_path, result)
    assert tree["sms_role"]["AssumeRolePolicyDocument"]["Statement"] == [trusting(ANY_POOL, "of-the-console")]
    assert tree["user_pool"]["SmsConfiguration"]["ExternalId"] == "of-the-console"
    assert "SnsCallerArn" not in tree["user_pool"]["SmsConfiguration"]
    assert tree["trigger_permissions"] == {}
    group = tree["log_groups"][GROUP]  # another policy, or none, lets logs be delivered
    assert (group["tags"], "policyDocument" in group, group["policyDocument"]) == ({"team": "web"}, True, None)


def test_a_role_whose_permissions_are_elsewhere_stays_an_arn_with_the_reason(here: Bench, tmp_path: Path) -> None:
    make_role(here, trusting(ANY_POOL), name="Cognito-123")
    make_pool(here, SmsConfiguration={"SnsCallerArn": ROLE_ARN, "ExternalId": ROLE})
    result = exported(here, *AROUND)
    (message,) = said(result)
    assert message.startswith(f"sms_role is left out: What {ROLE} may do comes from other policies than poolctl-sms")
    tree = tree_of(result)
    assert "sms_role" not in tree
    assert tree["user_pool"]["SmsConfiguration"]["SnsCallerArn"] == ROLE_ARN
    nothing_is_left(here, tmp_path, result)
    here.converge(manifest(tmp_path, {**tree, "sms_role": {"RoleName": ROLE}}))  # as the message says
    assert set(here.boto("iam").list_role_policies(RoleName=ROLE)["PolicyNames"]) == {"Cognito-123", "poolctl-sms"}
    assert tree_of(exported(here, *AROUND))["sms_role"] == {"RoleName": ROLE}


@pytest.mark.parametrize("section", ["sms_role", "sms_role_trust"])
def test_a_role_that_is_gone_stays_an_arn(here: Bench, tmp_path: Path, section: str) -> None:
    make_pool(here, SmsConfiguration={"SnsCallerArn": ROLE_ARN, "ExternalId": "x"})
    result = exported(here, section)
    assert said(result) == [f"{section} is left out: The role {ROLE_ARN} does not exist in this account."]
    assert section not in tree_of(result)
    nothing_is_left(here, tmp_path, result)


def test_a_pool_without_sms_triggers_and_logs_has_nothing_to_add(here: Bench, tmp_path: Path) -> None:
    make_pool(here)
    result = exported(here, *opted_in.SECTIONS)
    assert set(tree_of(result)) == {"version", "target", "id", "user_pool"}
    assert said(result) == []


def test_end_user_messaging_has_its_role_in_another_place(here: Bench, tmp_path: Path) -> None:
    identity = f"arn:aws:sms-voice:{REGION}:{ACCOUNT}:phone-number/phone-1"
    tree = with_sms()
    tree["user_pool"]["SmsConfiguration"] = {"EumsSms": {"OriginationIdentity": identity}}
    here.converge(manifest(tmp_path, tree))
    result = exported(here, "sms_role")
    assert tree_of(result)["user_pool"]["SmsConfiguration"]["EumsSms"] == {
        "OriginationIdentity": identity,
        "Region": REGION,
    }
    nothing_is_left(here, tmp_path, result)


def test_triggers_without_a_permission_are_named_and_the_section_is_left_out(here: Bench, tmp_path: Path) -> None:
    make_pool(here, LambdaConfig={"PreSignUp": function("one"), "CustomMessage": function("two:live")})
    allow(here, function("one"), "by-hand", SourceArn=pool_arn(here))
    allow(here, function("two"), "any", SourceArn=ANY_POOL, Qualifier="live")
    result = exported(here, "trigger_permissions")
    (message,) = said(result)
    assert function("two:live") in message
    assert function("one") not in message
    assert "trigger_permissions" not in tree_of(result)
    nothing_is_left(here, tmp_path, result)


def test_functions_of_another_account_are_no_reason(here: Bench, tmp_path: Path) -> None:
    theirs = function("theirs", "210987654321")
    make_pool(here, LambdaConfig={"PreSignUp": function("one"), "CustomMessage": theirs})
    allow(here, function("one"), "by-hand", SourceArn=pool_arn(here))
    result = exported(here, "trigger_permissions")
    assert (tree_of(result)["trigger_permissions"], said(result)) == ({}, [])
    nothing_is_left(here, tmp_path, result)


def test_a_log_group_that_is_gone_is_named(here: Bench, tmp_path: Path) -> None:
    pool_id = make_pool(here)
    here.boto().set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=delivering(log_arn()))
    result = exported(here, "log_groups")
    assert said(result) == [f"log_groups/{GROUP} is left out: It does not exist."]
    assert "log_groups" not in tree_of(result)
    nothing_is_left(here, tmp_path, result)


@pytest.mark.parametrize(
    ("service", "section", "operation"),
    [
        ("iam", "sms_role", "iam:GetRole"),
        ("lambda", "trigger_permissions", "lambda:GetPolicy"),
        ("logs", "log_groups", "logs:DescribeLogGroups"),
    ],
)
def test_a_missing_permission_is_a_gap_and_the_rest_is_exported(
    here: Bench, tmp_path: Path, service: str, section: str, operation: str
) -> None:
    here.converge(manifest(tmp_path, everything()))
    result = exported(here, *AROUND, cloud=Denying(here.cloud, service))
    assert {g.operation for g in result.gaps} == {operation}
    assert {*tree_of(result)} & {*AROUND} == {*AROUND} - {section}
    assert "# Could not be read, so it is missing here: " in result.exported.text
    assert said(result) == []
    nothing_is_left(here, tmp_path, result)


# --- users ---------------------------------------------------------------------------------------------------------


def add(here: Bench, name: str, groups: tuple[str, ...] = (), **attributes: str) -> str:
    ids = {"UserPoolId": next(iter(here.local.records))}
    pairs = [{"Name": k, "Value": v} for k, v in attributes.items()]
    made = here.boto().admin_create_user(**ids, Username=name, UserAttributes=pairs)["User"]["Username"]
    for group in groups:
        here.boto().admin_add_user_to_group(**ids, Username=name, GroupName=group)
    return str(made)


def people(here: Bench, **members: Any) -> str:
    pool_id = make_pool(here, **members)
    for name in ("admins", f"{pool_id}_Google"):
        here.boto().create_group(UserPoolId=pool_id, GroupName=name)
    return pool_id


@modes
def test_users_are_exported_without_passwords(here: Bench, tmp_path: Path, mode: str) -> None:
    pool_id = people(here, Schema=[{"Name": "tenant", "AttributeDataType": "String", "Mutable": False}])
    add(
        here,
        "ada",
        ("admins", f"{pool_id}_Google"),
        email="a@b.example",
        email_verified="true",
        **{"custom:tenant": "x"},
    )
    add(here, "bob")
    password = {"UserPoolId": pool_id, "Username": "bob", "Password": "Correct-Horse-1", "Permanent": True}
    here.boto().admin_set_user_password(**password)
    here.boto().admin_disable_user(UserPoolId=pool_id, Username="bob")
    result = exported(here, "users", mode=mode)
    users = tree_of(result)["users"]
    attributes = {"email": "a@b.example", "email_verified": "true", "custom:tenant": "x"}
    usual = {"Enabled": True} if mode == "full" else {}
    assert users == {"ada": {"UserAttributes": attributes, "groups": ["admins"], **usual}, "bob": {"Enabled": False}}
    assert "Correct-Horse" not in result.exported.text
    assert [m.partition(" ")[0] for m in said(result)] == ["users"]
    nothing_is_left(here, tmp_path, result)


def test_users_that_poolctl_made_plan_to_nothing(here: Bench, tmp_path: Path) -> None:
    users = {"ada": {"UserAttributes": {"name": "Ada"}, "groups": ["admins"], "MessageAction": "SUPPRESS"}}
    here.converge(manifest(tmp_path, document(groups={"admins": {}}, users=users)))
    result = exported(here, "users")
    assert tree_of(result)["users"] == {"ada": {"UserAttributes": {"name": "Ada"}, "groups": ["admins"]}}
    nothing_is_left(here, tmp_path, result)


@pytest.mark.parametrize(
    ("named", "user", "key"),
    [
        (["email"], {"email": "ada@b.example"}, "ada@b.example"),
        (["phone_number"], {"phone_number": "+15555550100"}, "+15555550100"),
        (["email", "phone_number"], {"phone_number": "+15555550100"}, "+15555550100"),
    ],
)
def test_the_key_is_the_address_where_users_sign_in_with_it(
    here: Bench, tmp_path: Path, named: list[str], user: dict[str, str], key: str
) -> None:
    people(here, UsernameAttributes=named)
    sub = add(here, key, ("admins",))
    result = exported(here, "users")
    assert tree_of(result)["users"] == {key: {"UserAttributes": user, "groups": ["admins"]}}
    assert sub not in result.exported.text
    nothing_is_left(here, tmp_path, result)


class Without(Wrapped):
    """Finds no user by an address."""

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        if "@" in params.get("Username", ""):
            raise NotFound(f"{service}:{operation}", "UserNotFoundException", "User does not exist.")
        return super().call(service, operation, params)


def test_a_user_who_is_not_found_by_the_address_has_username_as_the_key(here: Bench) -> None:
    people(here, UsernameAttributes=["email"])
    sub = add(here, "ada@b.example")
    result = exported(here, "users", cloud=Without(here.cloud))
    assert tree_of(result)["users"] == {sub: {"UserAttributes": {"email": "ada@b.example"}}}


def test_users_are_chosen_as_in_lists(here: Bench, tmp_path: Path) -> None:
    people(here)
    for name, groups in (("ada", ("admins",)), ("alan", ()), ("bob", ())):
        add(here, name, groups)
    for selection, names in (
        (Selection(condition='username ^= "a"'), {"ada", "alan"}),
        (Selection(group="admins"), {"ada"}),
        (Selection(status="FORCE_CHANGE_PASSWORD"), {"ada", "alan", "bob"}),
    ):
        result = exported(here, "users", selection=selection)
        assert set(tree_of(result)["users"]) == names
        nothing_is_left(here, tmp_path, result)
    assert "users" not in tree_of(exported(here, "users", selection=Selection(status="CONFIRMED")))


class Federated(Wrapped):
    """Has users of an identity provider."""

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        answer = super().call(service, operation, params)
        for user in answer.get("Users", ()):
            user["UserStatus"] = "EXTERNAL_PROVIDER" if user["Username"].startswith("Google_") else user["UserStatus"]
        return answer


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("Google_1",), "1 user of an identity provider is left out, and comes back with the next sign-in."),
        (
            ("Google_1", "Google_2"),
            "2 users of identity providers are left out, and come back with their next sign-in.",
        ),
    ],
)
def test_users_of_identity_providers_are_left_out(
    here: Bench, tmp_path: Path, names: tuple[str, ...], message: str
) -> None:
    people(here)
    for name in ("ada", *names):
        add(here, name)
    result = exported(here, "users", cloud=Federated(here.cloud))
    assert set(tree_of(result)["users"]) == {"ada"}
    assert said(result)[1] == message
    nothing_is_left(here, tmp_path, result)


def test_too_many_users_are_refused_with_what_to_do(here: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(users_exported, "MOST", 3)
    pool_id = people(here)
    for name in ("ada", "alan", "bob"):
        add(here, name)
    assert len(tree_of(exported(here, "users"))["users"]) == 3
    add(here, "carol", ("admins",))
    before = len(here.local.calls)
    with pytest.raises(Refused, match=f"more than 3 users .* poolctl users export pool:{pool_id} FILE"):
        exported(here, "users")
    assert "AdminGetUser" not in [c.operation for c in here.local.calls[before:]]
    assert set(tree_of(exported(here, "users", selection=Selection(group="admins")))["users"]) == {"carol"}


@pytest.mark.parametrize("operation", ["ListUsers", "AdminGetUser", "AdminListGroupsForUser"])
def test_users_that_may_not_be_read_are_a_gap(here: Bench, tmp_path: Path, operation: str) -> None:
    people(here)
    add(here, "ada")
    here.local.faults.add(operation, "AccessDeniedException", times=99)
    result = exported(here, "users")
    assert {g.operation for g in result.gaps} == {f"cognito-idp:{operation}"}
    assert "users" not in tree_of(result)
    here.local.faults.clear()
    nothing_is_left(here, tmp_path, result)


def test_no_user_is_listed_unless_asked(here: Bench) -> None:
    people(here)
    add(here, "ada")
    exported(here, *AROUND)
    assert not {"ListUsers", "ListUsersInGroup", "AdminGetUser"} & {c.operation for c in here.local.calls}


# --- options -------------------------------------------------------------------------------------------------------


def test_the_sections_are_those_that_no_export_has_by_itself() -> None:
    assert set(opted_in.SECTIONS) == {k for k, kind in KINDS.items() if kind.surrounding or kind.declared_only}


@pytest.mark.parametrize("given", [("sms_role,users", "log_groups"), ("sms_role", " users , log_groups")])
def test_sections_are_separated_by_commas_or_options(given: tuple[str, ...]) -> None:
    found = export_sections.sections_of(Options("export", sections=given))
    assert found == {"sms_role", "users", "log_groups"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (Options("export", sections=("sms-role",)), "Did you mean sms_role"),
        (Options("export", sections=("groups",)), "is not one of sms_role, sms_role_trust"),
        (Options("export", sections=("users,",)), '"" is not one of'),
        (Options("export", group="admins"), "Give --with users too"),
        (Options("export", sections=("sms_role",), condition="email = x"), "Give --with users too"),
        (Options("export", sections=("users",), condition="x"), "is not a filter"),
        (Options("export", sections=("users",), condition="email = x", group="a"), "cannot be used together"),
    ],
)
def test_wrong_options(options: Options, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        export_sections.sections_of(options)


def test_an_identity_pool_has_no_users() -> None:
    pools = [Found("IdentityPool", "eu-west-1:x", "ids")]
    with pytest.raises(InvalidInput, match='"ids" cannot have users, which only a UserPool has'):
        export_sections.require_documents(pools, frozenset({"users"}))
    export_sections.require_documents([*pools, Found("UserPool", "eu-west-1_x", "users")], frozenset({"users"}))
