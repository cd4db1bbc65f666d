"""From a change to its calls, and from the calls back to the lines that a plan shows of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Action, Call, FieldChange, Plan, Position, ResourceChange, Secret, Unknown
from reconciler.planning.completing import completed
from reconciler.planning.lowering import creates, lower
from tests.engine.scripted import IDS, POOL, at, change, group, plan

IDP = "cognito-idp"


def calls(found: ResourceChange, *others: ResourceChange, **more: Any) -> list[Call]:
    return list(lower(found, plan(*others, found, **more)))


CLIENT_IDS = {**IDS, "ClientId": "c1"}
UNKNOWN_CLIENT = {**IDS, "ClientId": Unknown(at("clients", "web"), "ClientId")}
WEB = {"ClientName": "web", "ClientId": "c1", "GenerateSecret": False, "RefreshTokenValidity": 5}


def test_an_unchanged_object_needs_no_call():
    assert calls(group("a", before={}, action=Action.NONE)) == []


def test_a_create_sends_what_is_declared_and_the_names_that_are_known():
    found = group("a", declared={"Description": "x", "Precedence": 1})
    said = {"UserPoolId": POOL, "GroupName": "a", "Description": "x", "Precedence": 1}
    assert calls(found) == [Call(IDP, "CreateGroup", said)]


def test_an_identifier_that_the_service_makes_is_not_sent_with_the_create():
    found = change("clients", "web", declared={"RefreshTokenValidity": 5}, ids=UNKNOWN_CLIENT)
    assert calls(found) == [Call(IDP, "CreateUserPoolClient", {"UserPoolId": POOL, "RefreshTokenValidity": 5})]


def test_an_update_sends_the_live_members_that_it_takes_and_no_others():
    found = change("clients", "web", declared={"RefreshTokenValidity": 9}, before=WEB, ids=CLIENT_IDS)
    said = {"UserPoolId": POOL, "ClientId": "c1", "ClientName": "web", "RefreshTokenValidity": 9}
    assert calls(found) == [Call(IDP, "UpdateUserPoolClient", said)]


def test_a_live_member_below_that_no_input_takes_is_left_out():
    live = {"PoolName": "customers", "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True, "Odd": 1}}
    (call,) = calls(change("user_pool", declared={"DeletionProtection": "ACTIVE"}, before=live))
    assert call.operation == "UpdateUserPool"
    assert call.params["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert call.params["DeletionProtection"] == "ACTIVE"


def test_a_deletion_sends_the_identifiers_that_the_operation_takes():
    found = group("a", declared={}, before={}, action=Action.DELETE)
    assert calls(found) == [Call(IDP, "DeleteGroup", {"UserPoolId": POOL, "GroupName": "a"})]


def test_a_setting_has_no_create():
    found = change("session", declared={"UserSessionTracking": "ENABLED"})
    (call,) = calls(found)
    assert (call.service, call.operation) == (IDP, "SetUserPoolSessionConfiguration")
    assert call.params["UserPoolId"] == POOL
    assert call.params["UserSessionTracking"] == "ENABLED"


def test_a_kind_can_have_parameters_of_its_own():
    (call,) = calls(change("ui_customization", declared={"CSS": ".a{}"}))
    assert call == Call(IDP, "SetUICustomization", {"UserPoolId": POOL, "ClientId": "ALL", "CSS": ".a{}"})
    ids = {**IDS, "Category": "UserAuthentication"}
    (call,) = calls(change("limits", "UserAuthentication", declared={"RequestedLimitValue": 5}, ids=ids))
    definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserAuthentication"}}
    assert call == Call(IDP, "UpdateProvisionedLimit", {"LimitDefinition": definition, "RequestedLimitValue": 5})


def test_a_replacement_deletes_the_old_object_and_makes_the_new_one():
    found = change(
        "clients",
        "web",
        declared={"GenerateSecret": True, "CallbackURLs": ["https://x"]},
        before=WEB,
        action=Action.REPLACE,
        ids=CLIENT_IDS,
        new_ids=UNKNOWN_CLIENT,
    )
    said = {"ClientName": "web", "RefreshTokenValidity": 5, "GenerateSecret": True, "CallbackURLs": ["https://x"]}
    assert calls(found) == [
        Call(IDP, "DeleteUserPoolClient", {"UserPoolId": POOL, "ClientId": "c1"}),
        Call(IDP, "CreateUserPoolClient", {"UserPoolId": POOL, **said}),
    ]


def test_a_replacement_leaves_out_what_only_a_create_takes_unless_it_is_declared():
    live = {**WEB, "GenerateSecret": True}
    found = change(
        "clients",
        "web",
        declared={"RefreshTokenValidity": 9},
        before=live,
        action=Action.REPLACE,
        ids=CLIENT_IDS,
        new_ids=UNKNOWN_CLIENT,
    )
    assert "GenerateSecret" not in calls(found)[1].params


def test_the_identifiers_of_a_replacement_are_those_of_the_new_owner():
    ids = {**CLIENT_IDS, "TermsName": "privacy-policy", "TermsId": "t1"}
    new = {**UNKNOWN_CLIENT, "TermsName": "privacy-policy", "TermsId": Unknown(at("clients.terms", "x"), "TermsId")}
    found = change(
        "clients.terms", "web/privacy-policy", before={}, action=Action.REPLACE, ids=ids, new_ids=new, declared={}
    )
    first, last = calls(found)
    assert first.params == {"UserPoolId": POOL, "TermsId": "t1"}
    assert last.params["ClientId"] == UNKNOWN_CLIENT["ClientId"]
    assert last.params["TermsName"] == "privacy-policy"
    assert "TermsId" not in last.params


def test_what_makes_an_object():
    assert creates(group("a"))
    assert creates(group("a", before={}, action=Action.REPLACE))
    assert not creates(group("a", before={}))


# --- what shares a store ---------------------------------------------------------------------------------------------


SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"}
OTHER_SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/other"}


def pool_call(*others: ResourceChange, **more: Any) -> Any:
    live = {"PoolName": "customers", "SmsConfiguration": SMS}
    (call,) = calls(change("user_pool", declared={"DeletionProtection": "ACTIVE"}, before=live), *others, **more)
    return call.params["SmsConfiguration"]


def test_a_call_respects_what_another_object_of_the_plan_declares():
    mfa = change("mfa", declared={"SmsMfaConfiguration": {"SmsConfiguration": OTHER_SMS}}, before={})
    assert pool_call(mfa) == {**SMS, **OTHER_SMS}
    assert pool_call(replace(mfa, declared={})) == SMS
    assert pool_call(replace(mfa, address=replace(mfa.address, pool="another"))) == SMS
    assert pool_call() == SMS
    assert pool_call(aside=(mfa,)) == SMS  # set aside, so it is not declared for this run


REPLICA = {"LambdaConfig": {"PreSignUp": "arn:aws:lambda:us-east-1:123456789012:function:f"}}


def there(*others: ResourceChange, **more: Any) -> Any:
    found = change("replicas", "us-east-1", declared=REPLICA, ids={**IDS, "RegionName": "us-east-1"})
    create, update = calls(found, *others, **more)
    assert create == Call(IDP, "CreateUserPoolReplica", {"UserPoolId": POOL, "RegionName": "us-east-1"})
    assert update.region == "us-east-1"
    return {k: v for k, v in update.params.items() if k not in ("UserPoolId", "UserPoolTags", "LambdaConfig")}


def test_a_call_sends_what_becomes_of_another_object():
    pool = change("user_pool", declared={"DeletionProtection": "ACTIVE"}, before={"AutoVerifiedAttributes": ["email"]})
    assert there(pool) == {"DeletionProtection": "ACTIVE", "AutoVerifiedAttributes": ["email"]}
    assert there(aside=(pool,)) == {"AutoVerifiedAttributes": ["email"]}  # it stays as it is
    assert there(aside=(replace(pool, before=None),)) == {}
    assert there(replace(pool, after=None)) == {}
    assert there() == {}


# --- completing ------------------------------------------------------------------------------------------------------


def shown(found: ResourceChange, *others: ResourceChange) -> ResourceChange:
    return completed(Plan(plan().target, (*others, found))).changes[-1]


def lines(found: ResourceChange, *others: ResourceChange) -> dict[tuple[Any, ...], Any]:
    return {f.path: f.after for f in shown(found, *others).fields}


PASSWORD = ("Policies", "PasswordPolicy")
FLAGS = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")


def new_pool(**declared: Any) -> ResourceChange:
    whole = {"PoolName": "customers", **declared}
    ids = {p: Unknown(at("user_pool"), p) for p in IDS}
    return change("user_pool", declared=whole, ids=ids)


def leaf(path: tuple[str, ...], before: Any, after: Any, **more: Any) -> FieldChange:
    return FieldChange(path, before, after, **more)


def test_what_a_call_adds_is_a_line_with_its_value_and_the_object_has_it():
    place = Position("pools/a.yaml", 9, 9)
    fields = (leaf(("PoolName",), None, "customers"), leaf((*PASSWORD, "MinimumLength"), None, 12, source=place))
    found = replace(new_pool(Policies={"PasswordPolicy": {"MinimumLength": 12}}), fields=fields)
    done = shown(found)
    assert {f.path: f.after for f in done.fields} == {
        ("PoolName",): "customers",
        (*PASSWORD, "MinimumLength"): 12,
        **{(*PASSWORD, flag): True for flag in FLAGS},
    }
    assert done.after is not None
    assert done.after["Policies"]["PasswordPolicy"] == {"MinimumLength": 12, **dict.fromkeys(FLAGS, True)}
    assert found.after == {"PoolName": "customers", "Policies": {"PasswordPolicy": {"MinimumLength": 12}}}
    assert [f.source for f in done.fields if f.path[-1] == "MinimumLength"] == [place]
    assert [f.before for f in done.fields] == [None] * 6


def test_lines_are_in_the_order_of_the_schema():
    fields = (leaf(("DeletionProtection",), None, "ACTIVE"), leaf(("PoolName",), None, "customers"))
    found = replace(
        new_pool(Policies={"PasswordPolicy": {"MinimumLength": 12}}, DeletionProtection="ACTIVE"), fields=fields
    )
    order = [f.path[0] for f in shown(found).fields]
    assert order == ["PoolName", *["Policies"] * 5, "DeletionProtection"]


def test_an_unchanged_or_deleted_object_gets_no_lines():
    for action in (Action.NONE, Action.DELETE):
        found = group("a", declared={}, before={"Description": "x"}, action=action, after=None)
        assert shown(found) == found


def test_only_members_that_the_call_carries_and_that_identify_nothing_are_lines():
    found = replace(group("a", declared={"Description": "x"}), fields=())
    assert lines(found) == {("Description",): "x"}
    style = replace(change("ui_customization", declared={"CSS": ".a{}"}), fields=())
    assert lines(style) == {("CSS",): ".a{}"}


def test_a_line_that_is_there_keeps_its_place_and_stays_hidden():
    place = Position("pools/a.yaml", 9, 9)
    fields = (leaf(("Description",), None, {"wrong": 1}, source=place, sensitive=True),)
    (line,) = shown(replace(group("a", declared={"Description": "x"}), fields=fields)).fields
    assert line == leaf(("Description",), None, "x", source=place, sensitive=True)
    secret = Secret("x", "$env A")
    fields = (leaf(("Description",), None, {"wrong": 1}, source=place),)
    (line,) = shown(replace(group("a", declared={"Description": secret}), fields=fields)).fields
    assert line.sensitive


def test_a_value_that_is_equivalent_to_the_live_one_is_no_line():
    """3600 seconds are an hour, so a call may send either."""
    live = {
        "ClientName": "web",
        "AccessTokenValidity": 60,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        "RefreshTokenValidity": 5,
    }
    said = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "hours"}, "RefreshTokenValidity": 9}
    fields = (leaf(("RefreshTokenValidity",), 5, 9),)
    found = replace(change("clients", "web", declared=said, before=live, ids=CLIENT_IDS), fields=fields)
    assert lines(found) == {("RefreshTokenValidity",): 9}


def test_a_live_member_that_the_object_will_no_longer_have_is_a_line():
    live = {"GroupName": "a", "Precedence": 3, "Description": "old"}
    found = group("a", declared={"Description": "new"}, before=live)
    found = replace(
        found, after={"GroupName": "a", "Description": "new"}, merged={"GroupName": "a", "Description": "new"}
    )
    assert shown(found).fields == (leaf(("Description",), "old", "new"), leaf(("Precedence",), 3, None))
    assert lines(replace(found, fields=(*found.fields, leaf(("Precedence",), 3, None))))[("Precedence",)] is None


def test_a_part_that_goes_is_told_once():
    live = {"PoolName": "customers", "LambdaConfig": {"PreSignUp": "arn:1", "PostConfirmation": "arn:2"}}
    after = {"PoolName": "customers", "LambdaConfig": {"PreSignUp": "arn:1"}}
    base = change("user_pool", declared={"LambdaConfig": {}}, before=live)
    base = replace(base, after=after, merged=after, fields=())
    gone = leaf(("LambdaConfig", "PostConfirmation"), "arn:2", None)
    assert shown(base).fields == ()  # nothing is written, so nothing goes
    near = leaf(("LambdaConfig", "PreSignUp"), "arn:0", "arn:1")
    far = leaf(("DeletionProtection",), None, "ACTIVE")
    assert shown(replace(base, fields=(near, far))).fields == (far, near, gone)
    whole = (leaf(("LambdaConfig",), live["LambdaConfig"], after["LambdaConfig"]),)
    assert [f.path for f in shown(replace(base, fields=whole)).fields] == [("LambdaConfig",)]


def test_an_item_of_a_new_pool_is_completed_as_a_whole():
    schema = [{"Name": "email", "Required": True}, {"Name": "tenant", "AttributeDataType": "String", "Mutable": True}]
    fields = (
        leaf(("Schema", "email"), None, schema[0]),
        leaf(("Schema", "tenant"), None, schema[1]),
    )
    done = shown(replace(new_pool(Schema=schema), fields=fields))
    email = next(f.after for f in done.fields if f.path == ("Schema", "email"))
    assert email["Required"] is True
    assert email["AttributeDataType"] == "String"
    assert done.after is not None
    assert done.after["Schema"] == [email, schema[1]]
    assert [f.path for f in done.fields] == [("Schema", "email"), ("Schema", "tenant")]


@pytest.mark.parametrize(
    ("line", "added"),
    [
        ((("LambdaConfig",), {"PreSignUp": "arn:1", "PostConfirmation": "arn:2"}), []),
        ((("LambdaConfig",), {"PreSignUp": "arn:1"}), [("LambdaConfig", "PostConfirmation")]),
        ((("LambdaConfig",), {"PreSignUp": "arn:0", "PostConfirmation": "arn:2"}), [("LambdaConfig", "PreSignUp")]),
        ((("LambdaConfig", "PreSignUp"), "arn:1"), [("LambdaConfig", "PostConfirmation")]),
        ((("LambdaConfig", "PreSignUp"), "arn:0"), [("LambdaConfig", "PostConfirmation")]),  # a line of its own stays
        ((("LambdaConfig",), ["a", "delta"]), []),
        ((("UserPoolTags",), {}), [("LambdaConfig", "PreSignUp"), ("LambdaConfig", "PostConfirmation")]),
    ],
)
def test_a_line_that_has_a_value_already_is_not_repeated(line, added):
    found = new_pool(LambdaConfig={"PreSignUp": "arn:1", "PostConfirmation": "arn:2"})
    path, after = line
    found = replace(found, fields=(leaf(("PoolName",), None, "customers"), leaf(path, None, after)))
    told = {("PoolName",), path}
    assert sorted(p for p in lines(found) if p not in told) == sorted(added)
    assert lines(found)[path] == after


def test_a_structure_of_which_a_line_speaks_is_completed_below_it():
    found = new_pool(Policies={"PasswordPolicy": {"MinimumLength": 12}})
    found = replace(found, fields=(leaf(("Policies",), None, {"PasswordPolicy": {"MinimumLength": 12}}),))
    assert set(lines(found)) == {("Policies",), *((*PASSWORD, flag) for flag in FLAGS)}
    found = replace(found, fields=(leaf(("Policies",), None, {"PasswordPolicy": "odd"}),))
    assert set(lines(found)) == {("Policies",), (*PASSWORD, "MinimumLength"), *((*PASSWORD, flag) for flag in FLAGS)}


def test_what_a_call_repeats_of_a_setting_that_every_pool_has_is_no_line():
    """The call has to be complete; what is in a new pool anyway does not change."""
    found = replace(change("session", declared={"UserSessionTracking": "ENABLED"}), fields=())
    assert lines(found) == {("UserSessionTracking",): "ENABLED"}


def test_a_secret_that_goes_is_hidden():
    live = {"GroupName": "a", "Description": Secret("x", "live"), "Precedence": 3}
    found = group("a", declared={"Precedence": 4}, before=live)
    found = replace(found, after={"GroupName": "a", "Precedence": 4})
    hidden = {f.path[0]: f.sensitive for f in shown(found).fields}
    assert hidden == {"Description": True, "Precedence": False}


def test_an_equivalent_value_hides_only_itself():
    live = {
        "ClientName": "web",
        "AccessTokenValidity": 60,
        "TokenValidityUnits": {"AccessToken": "minutes"},
        "RefreshTokenValidity": 5,
    }
    said = {"AccessTokenValidity": 1, "TokenValidityUnits": {"AccessToken": "hours"}, "ReadAttributes": ["email"]}
    found = replace(change("clients", "web", declared=said, before=live, ids=CLIENT_IDS), fields=())
    assert lines(found) == {("ReadAttributes",): ["email"]}


MANAGED = "PublishSecretsInAWSSecretsManager"
GONE_FOR_GOOD = (
    "The secret in Secrets Manager is deleted at once and for good, without a recovery window; what reads it "
    "there fails."
)
ROTATED = (
    "The secret is rotated at once and then every 7 days; if the client has two secrets, the older one is "
    "deleted. What uses the present secrets must read the new one from Secrets Manager."
)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (True, False, GONE_FOR_GOOD),
        (False, True, ROTATED),
    ],
)
def test_a_change_with_consequences_says_so(before, after, said):
    live = {"ClientName": "web", MANAGED: before, "RefreshTokenValidity": 5, "GenerateSecret": True}
    found = change("clients", "web", declared={MANAGED: after, "RefreshTokenValidity": 9}, before=live, ids=CLIENT_IDS)
    dangers = {f.path[0]: f.danger for f in shown(found).fields}
    assert dangers[MANAGED] is not None
    assert dangers[MANAGED].sentence == said
    assert dangers[MANAGED].reversible is False
    assert dangers["RefreshTokenValidity"] is None


def test_a_new_object_has_no_consequences():
    found = change("clients", "web", declared={MANAGED: True, "GenerateSecret": True}, ids=UNKNOWN_CLIENT)
    assert [f.danger for f in shown(found).fields] == [None, None]
