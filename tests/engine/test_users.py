"""Users that a manifest declares: created if missing, never deleted, none is listed (cognito.md 2.17)."""

from __future__ import annotations

import pytest

from reconciler.errors import InvalidManifest
from reconciler.model import Action, Failed, Skipped
from tests.support import bench, document, manifest

POOL = {"PoolName": "customers", "AutoVerifiedAttributes": ["email"]}
ADA = {
    "UserAttributes": {"email": "ada@b.example", "email_verified": True, "name": "Ada"},
    "groups": ["admins", "staff"],
    "Enabled": False,
    "MessageAction": "SUPPRESS",
}


def declared(users, **sections):
    return document(**{"user_pool": POOL, "groups": {"admins": {}, "staff": {}}, "users": users, **sections})


@pytest.fixture
def here():
    with bench() as made:
        made.boto("secretsmanager").create_secret(Name="ada", SecretString='{"password": "Correct-Horse-1"}')
        yield made


def pool_id(here):
    return here.boto().list_user_pools(MaxResults=9)["UserPools"][0]["Id"]


def user(here, name="ada"):
    found = here.boto().admin_get_user(UserPoolId=pool_id(here), Username=name)
    member_of = here.boto().admin_list_groups_for_user(UserPoolId=pool_id(here), Username=name)["Groups"]
    attributes = {a["Name"]: a["Value"] for a in found["UserAttributes"] if a["Name"] != "sub"}
    return attributes, sorted(g["GroupName"] for g in member_of), found["Enabled"], found["UserStatus"]


def sent(here):
    reads = ("Describe", "Get", "List", "AdminGet", "AdminList")
    return [c.operation for c in here.local.calls if not c.operation.startswith(reads)]


def test_a_user_is_created_with_all_that_is_declared(here, tmp_path):
    here.converge(manifest(tmp_path, declared({"ada": ADA})))
    attributes = {"email": "ada@b.example", "email_verified": "true", "name": "Ada"}
    assert user(here) == (attributes, ["admins", "staff"], False, "FORCE_CHANGE_PASSWORD")
    assert here.plan(manifest(tmp_path, declared({"ada": ADA}))).pending == ()


def test_what_nobody_declared_stays_and_is_never_listed(here, tmp_path):
    here.converge(manifest(tmp_path, declared({"ada": ADA})))
    ids = {"UserPoolId": pool_id(here), "Username": "ada"}
    here.boto().admin_create_user(UserPoolId=pool_id(here), Username="bob")
    here.boto().admin_update_user_attributes(**ids, UserAttributes=[{"Name": "nickname", "Value": "A"}])
    found = here.plan(manifest(tmp_path, declared({"ada": ADA})))
    assert (found.pending, found.unmanaged) == ((), ())
    here.converge(manifest(tmp_path, declared({"ada": ADA | {"UserAttributes": {"name": "Countess"}}})))
    attributes, *_ = user(here)
    assert (attributes["nickname"], attributes["name"]) == ("A", "Countess")
    assert "ListUsers" not in [c.operation for c in here.local.calls]


def test_a_change_writes_what_changed_and_nothing_else(here, tmp_path):
    here.converge(manifest(tmp_path, declared({"ada": ADA})))
    here.local.calls.clear()
    changed = {"email": "new@b.example", "email_verified": True, "name": None}
    here.converge(
        manifest(tmp_path, declared({"ada": ADA | {"UserAttributes": changed, "groups": ["staff"], "Enabled": True}}))
    )
    assert sent(here) == [
        "AdminUpdateUserAttributes",
        "AdminDeleteUserAttributes",
        "AdminEnableUser",
        "AdminRemoveUserFromGroup",
    ]
    attributes = {"email": "new@b.example", "email_verified": "true"}
    assert user(here)[:3] == (attributes, ["staff"], True)


def test_a_group_of_an_identity_provider_stays(here, tmp_path):
    here.converge(manifest(tmp_path, declared({"ada": ADA})))
    name = f"{pool_id(here)}_Google"
    here.boto().create_group(UserPoolId=pool_id(here), GroupName=name)
    here.boto().admin_add_user_to_group(UserPoolId=pool_id(here), Username="ada", GroupName=name)
    assert here.plan(manifest(tmp_path, declared({"ada": ADA}))).pending == ()


SECRET = {"Password": {"$secret": "ada#password"}}


def test_a_password_is_set_once_and_shown_nowhere(here, tmp_path):
    wanted = manifest(tmp_path, declared({"ada": SECRET}))
    assert "Correct-Horse" not in repr(here.plan(wanted))
    here.converge(wanted)
    assert user(here)[3] == "CONFIRMED"
    assert sent(here)[-2:] == ["AdminCreateUser", "AdminSetUserPassword"]
    assert next(c for c in here.local.calls if c.operation == "AdminCreateUser").params["MessageAction"] == "SUPPRESS"
    assert here.plan(wanted).pending == ()


@pytest.mark.parametrize("after", ["AdminSetUserPassword", "AdminAddUserToGroup", "AdminDisableUser"])
def test_a_run_that_broke_off_is_completed_by_the_next(here, tmp_path, after):
    wanted = manifest(tmp_path, declared({"ada": ADA | SECRET}))
    here.local.faults.add(after, "InternalErrorException", times=99)
    events = here.apply(wanted)
    assert any(isinstance(e, Failed) for e in events)
    here.local.faults.clear()
    here.converge(wanted)
    assert user(here)[1:] == (["admins", "staff"], False, "CONFIRMED")
    assert sent(here).count("AdminCreateUser") == 1


def test_a_lost_answer_to_a_create_is_looked_for(here, tmp_path):
    wanted = manifest(tmp_path, declared({"ada": ADA}))
    here.local.faults.add("AdminCreateUser", lost_answer=True)
    here.converge(wanted)
    assert sent(here).count("AdminCreateUser") == 1


def test_the_key_is_the_address_where_users_sign_in_with_it(here, tmp_path):
    tree = declared({"ada@b.example": {"groups": ["staff"]}}, user_pool=POOL | {"UsernameAttributes": ["email"]})
    here.converge(manifest(tmp_path, tree))
    assert here.plan(manifest(tmp_path, tree)).pending == ()
    assert user(here, "ada@b.example")[1] == ["staff"]


def test_the_list_of_the_api_is_taken_too(here, tmp_path):
    pairs = [{"Name": "name", "Value": "Ada"}]
    here.converge(manifest(tmp_path, declared({"ada": {"UserAttributes": pairs}})))
    assert user(here)[0] == {"name": "Ada"}


def test_an_immutable_attribute_is_refused_with_what_to_do(here, tmp_path):
    schema = POOL | {"Schema": [{"Name": "tenant", "AttributeDataType": "String", "Mutable": False}]}
    one, other = (declared({"ada": {"UserAttributes": {"custom:tenant": v}}}, user_pool=schema) for v in "ab")
    here.converge(manifest(tmp_path, one))
    found = here.plan(manifest(tmp_path, other))
    assert [r.rule for r in found.refusals] == ["immutable"]
    assert "Mutable: false for custom:tenant" in found.refusals[0].advice


def test_users_are_left_where_the_section_goes(here, tmp_path):
    here.converge(manifest(tmp_path, declared({"ada": ADA})))
    found = here.plan(manifest(tmp_path, declared({})))
    assert [c.action for c in found.pending] == []
    assert not any(isinstance(e, Skipped) for e in here.apply(manifest(tmp_path, declared({}))))
    assert user(here)[2] is False


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"ada": {"Password": "plain"}}, "a password comes from AWS Secrets Manager only"),
        ({"ada": {"TemporaryPassword": {"$ssm": "/x"}}}, "a password comes from AWS Secrets Manager only"),
        ({"ada": {"MessageAction": "RESEND"}}, "is an action"),
        ({"ada": {"ForceAliasCreation": True}}, "would take an alias away"),
        ({"ada": None}, "nothing is declared"),
    ],
)
def test_wrong_manifests_are_refused(tmp_path, tree, said):
    with pytest.raises(InvalidManifest, match=said):
        manifest(tmp_path, declared(tree))


def test_users_are_not_pruned(tmp_path):
    with pytest.raises(InvalidManifest, match="none is deleted"):
        manifest(tmp_path, declared({}, prune=["users"]))


def test_a_plan_creates_users_after_what_they_need(here, tmp_path):
    found = here.plan(manifest(tmp_path, declared({"ada": ADA})))
    order = [str(c.address) for c in found.pending if c.action is Action.CREATE]
    assert order.index("users/ada") > max(order.index("groups/admins"), order.index("user_pool"))
