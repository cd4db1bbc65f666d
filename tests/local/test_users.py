"""Users and import jobs (cognito.md 2.16, 2.17)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from reconciler.local import LocalCognito, serve
from tests.local.support import Api, Refused

ROLE = "arn:aws:iam::123456789012:role/import"
SSE = {"x-amz-server-side-encryption": "aws:kms"}


@pytest.fixture
def api() -> Iterator[Api]:
    with LocalCognito() as local:
        yield Api(local)


def attributes(**given: str) -> list[dict[str, str]]:
    return [{"Name": k, "Value": v} for k, v in given.items()]


def get(api: Api, pool: str, name: str) -> dict[str, Any]:
    return api.boto.admin_get_user(UserPoolId=pool, Username=name)


def values(user: dict[str, Any]) -> dict[str, str]:
    return {a["Name"]: a["Value"] for a in user["UserAttributes"]}


def test_a_user_is_created_as_the_pool_wants_it(api):
    pool = api.pool(Schema=[{"Name": "email", "Required": True, "Mutable": False}])

    def create(**more):
        return api.boto.admin_create_user(UserPoolId=pool, Username="ada", **more)

    with Refused("email: The attribute is required"):
        create()
    with Refused("Attribute does not exist in the schema"):
        create(UserAttributes=attributes(email="a@b.example", **{"custom:x": "1"}))
    with Refused("Invalid email address format"):
        create(UserAttributes=attributes(email="nowhere"))
    with Refused("not long enough", "InvalidPasswordException"):
        create(UserAttributes=attributes(email="a@b.example"), TemporaryPassword="Short-1")
    with Refused("greater than or equal to 6", "InvalidParameterException"):
        create(UserAttributes=attributes(email="a@b.example"), TemporaryPassword="x")
    create(UserAttributes=attributes(email="a@b.example"))
    assert get(api, pool, "ada")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    with Refused(code="UsernameExistsException"):
        create(UserAttributes=attributes(email="a@b.example"))
    with Refused("changing an immutable attribute"):
        api.boto.admin_update_user_attributes(
            UserPoolId=pool, Username="ada", UserAttributes=attributes(email="c@b.example")
        )


def test_a_new_address_is_not_verified_unless_said(api):
    pool = api.pool()
    api.boto.admin_create_user(
        UserPoolId=pool, Username="ada", UserAttributes=attributes(email="a@b.example", email_verified="true")
    )

    def update(**more):
        return api.boto.admin_update_user_attributes(UserPoolId=pool, Username="ada", UserAttributes=attributes(**more))

    update(email="c@b.example")
    assert values(get(api, pool, "ada"))["email_verified"] == "false"
    update(email="d@b.example", email_verified="true", nickname="a")
    assert values(get(api, pool, "ada"))["email_verified"] == "true"
    update(nickname="")
    assert "nickname" not in values(get(api, pool, "ada"))


def test_names_follow_the_ways_to_sign_in(api):
    by_mail = api.pool(UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    with Refused("Username should be an email"):
        api.boto.admin_create_user(UserPoolId=by_mail, Username="ada")
    made = api.boto.admin_create_user(UserPoolId=by_mail, Username="Ada@B.example")["User"]
    found = get(api, by_mail, "ada@b.example")
    assert found["Username"] == made["Username"] == values(found)["sub"]
    assert values(found)["email"] == "ada@b.example"
    alias = api.pool(AliasAttributes=["email"])
    with Refused("cannot be of email format"):
        api.boto.admin_create_user(UserPoolId=alias, Username="ada@b.example")


def test_groups_passwords_and_switches(api):
    pool = api.pool()
    ids = {"UserPoolId": pool, "Username": "ada"}
    with Refused(code="UserNotFoundException"):
        api.boto.admin_list_groups_for_user(**ids)
    api.boto.admin_create_user(**ids)
    with Refused("Group not found", "ResourceNotFoundException"):
        api.boto.admin_add_user_to_group(**ids, GroupName="staff")
    api.boto.create_group(UserPoolId=pool, GroupName="staff")
    for _ in range(2):
        api.boto.admin_add_user_to_group(**ids, GroupName="staff")
    assert [g["GroupName"] for g in api.boto.admin_list_groups_for_user(**ids)["Groups"]] == ["staff"]
    members = api.boto.list_users_in_group(UserPoolId=pool, GroupName="staff")["Users"]
    assert [u["Username"] for u in members] == ["ada"]
    api.boto.admin_disable_user(**ids)
    api.boto.admin_set_user_password(**ids, Password="Correct-Horse-1", Permanent=True)
    found = get(api, pool, "ada")
    assert (found["Enabled"], found["UserStatus"]) == (False, "CONFIRMED")
    with Refused("Resend not possible", "UnsupportedUserStateException"):
        api.boto.admin_create_user(**ids, MessageAction="RESEND")


def test_users_are_listed_page_by_page_with_one_condition(api):
    pool = api.pool()
    for number in range(5):
        api.boto.admin_create_user(
            UserPoolId=pool, Username=f"u{number}", UserAttributes=attributes(name="Ada" if number % 2 else "Bob")
        )
    first = api.boto.list_users(UserPoolId=pool, Limit=3)
    rest = api.boto.list_users(UserPoolId=pool, Limit=3, PaginationToken=first["PaginationToken"])
    assert [u["Username"] for u in first["Users"] + rest["Users"]] == [f"u{n}" for n in range(5)]
    assert "PaginationToken" not in rest
    found = api.boto.list_users(UserPoolId=pool, Filter='name ^= "Ad"')["Users"]
    assert [u["Username"] for u in found] == ["u1", "u3"]
    assert len(api.boto.list_users(UserPoolId=pool, Filter='status = "Enabled"')["Users"]) == 5
    for wrong in ('custom:x = "1"', "name = Ada", 'name > "A"'):
        with Refused():
            api.boto.list_users(UserPoolId=pool, Filter=wrong)


def test_users_outlive_a_run(tmp_path):
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        pool = api.pool()
        api.boto.create_group(UserPoolId=pool, GroupName="staff")
        api.boto.admin_create_user(UserPoolId=pool, Username="ada", UserAttributes=attributes(name="Ada"))
        api.boto.admin_add_user_to_group(UserPoolId=pool, Username="ada", GroupName="staff")
        before = get(api, pool, "ada")
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        assert api.describe(pool)["EstimatedNumberOfUsers"] == 1
        after = get(api, pool, "ada")
        assert {k: v for k, v in after.items() if k != "ResponseMetadata"} == {
            k: v for k, v in before.items() if k != "ResponseMetadata"
        }
        members = api.boto.list_users_in_group(UserPoolId=pool, GroupName="staff")["Users"]
        assert [u["Username"] for u in members] == ["ada"]


# --- import jobs ---------------------------------------------------------------------------------------------------


def job(api: Api, pool: str) -> dict[str, Any]:
    return api.boto.create_user_import_job(UserPoolId=pool, JobName="j", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]


def csv(api: Api, pool: str, *rows: dict[str, str]) -> bytes:
    header = api.boto.get_csv_header(UserPoolId=pool)["CSVHeader"]
    lines = [",".join(header), *(",".join(row.get(name, "") for name in header) for row in rows)]
    return "\n".join(lines).encode()


def run(api: Api, pool: str, body: bytes) -> dict[str, Any]:
    made = job(api, pool)
    assert requests.put(made["PreSignedUrl"], body, headers=SSE, timeout=5).status_code == 200
    ids = {"UserPoolId": pool, "JobId": made["JobId"]}
    assert api.boto.start_user_import_job(**ids)["UserImportJob"]["Status"] == "Pending"
    seen = [api.boto.describe_user_import_job(**ids)["UserImportJob"] for _ in range(3)]
    assert [s["Status"] for s in seen][:2] == ["Pending", "InProgress"]
    return seen[-1]


def said(api: Api, pool: str, found: dict[str, Any]) -> list[str]:
    events = api.local.client("logs").filter_log_events(
        logGroupName=f"/aws/cognito/userpools/{pool}/p", logStreamNames=[f"{found['JobId']}/j"]
    )
    return [e["message"] for e in events["events"]]


ADA = {"cognito:username": "ada", "email": "a@b.example", "email_verified": "TRUE", "name": "Ada\\, Countess"}


def test_a_job_imports_skips_and_fails_line_by_line(api):
    pool = api.pool(AutoVerifiedAttributes=["email"])
    api.boto.admin_create_user(UserPoolId=pool, Username="bob")
    bob, eve = ADA | {"cognito:username": "bob"}, ADA | {"cognito:username": "eve", "email_verified": "false"}
    found = run(api, pool, csv(api, pool, ADA, bob, ADA | {"cognito:username": "cyd"}, eve))
    assert (found["Status"], found["ImportedUsers"], found["SkippedUsers"], found["FailedUsers"]) == (
        "Succeeded",
        *(2, 1, 1),
    )
    assert said(api, pool, found) == [
        "[SUCCEEDED] Line Number 2 - The import succeeded.",
        "[SKIPPED] Line Number 3 - The user already exists.",
        "[SUCCEEDED] Line Number 4 - The import succeeded.",
        (
            "[FAILED] Line Number 5 - The User Record does not set any of the auto verified attributes to true. "
            "(Example: email_verified to true)."
        ),
    ]
    ada = get(api, pool, "ada")
    assert (ada["UserStatus"], values(ada)["name"]) == ("RESET_REQUIRED", "Ada, Countess")


def test_most_users_that_are_there_fail_the_job(api):
    pool = api.pool(AutoVerifiedAttributes=["email"])
    run(api, pool, csv(api, pool, ADA))
    found = run(api, pool, csv(api, pool, ADA))
    assert (found["Status"], found["SkippedUsers"]) == ("Failed", 1)
    assert found["CompletionMessage"] == "Too many users have failed or been skipped during the import."


def test_a_job_needs_its_file_and_an_attribute_that_is_verified(api):
    pool = api.pool(AutoVerifiedAttributes=["email"])
    made = job(api, pool)
    ids = {"UserPoolId": pool, "JobId": made["JobId"]}
    with Refused("No csv file was uploaded", "PreconditionNotMetException"):
        api.boto.start_user_import_job(**ids)
    assert requests.put(made["PreSignedUrl"], b"x", timeout=5).status_code == 403
    assert requests.put(made["PreSignedUrl"].rpartition("=")[0], b"x", headers=SSE, timeout=5).status_code == 403
    requests.put(made["PreSignedUrl"], b"no,header\n", headers=SSE, timeout=5)
    api.update(pool)
    with Refused("no auto-verified attributes", "PreconditionNotMetException"):
        api.boto.start_user_import_job(**ids)
    api.update(pool, AutoVerifiedAttributes=["email"])
    api.boto.start_user_import_job(**ids)
    second = job(api, pool)
    requests.put(second["PreSignedUrl"], b"x", headers=SSE, timeout=5)
    with Refused("Only one import job", "PreconditionNotMetException"):
        api.boto.start_user_import_job(UserPoolId=pool, JobId=second["JobId"])
    for _ in range(2):
        api.boto.describe_user_import_job(**ids)
    assert api.boto.describe_user_import_job(**ids)["UserImportJob"]["Status"] == "Failed"
    listed = api.boto.list_user_import_jobs(UserPoolId=pool, MaxResults=1)
    assert [j["JobId"] for j in listed["UserImportJobs"]] == [second["JobId"]]
    assert "PaginationToken" in listed


def test_a_stopped_job_stays_stopped(api):
    pool = api.pool(AutoVerifiedAttributes=["email"])
    made = job(api, pool)
    ids = {"UserPoolId": pool, "JobId": made["JobId"]}
    requests.put(made["PreSignedUrl"], csv(api, pool, ADA), headers=SSE, timeout=5)
    api.boto.start_user_import_job(**ids)
    assert api.boto.stop_user_import_job(**ids)["UserImportJob"]["Status"] == "Stopped"
    with Refused(code="PreconditionNotMetException"):
        api.boto.start_user_import_job(**ids)


def started(api: Api, pool: str) -> dict[str, str]:
    made = job(api, pool)
    requests.put(made["PreSignedUrl"], csv(api, pool, ADA), headers=SSE, timeout=5)
    ids = {"UserPoolId": pool, "JobId": made["JobId"]}
    api.boto.start_user_import_job(**ids)
    return ids


def attribute(api: Api, pool: str) -> None:
    api.boto.add_custom_attributes(UserPoolId=pool, CustomAttributes=[{"Name": "x", "AttributeDataType": "String"}])


WAITING = {
    "UpdateUserPool": lambda api, pool: api.update(pool, AutoVerifiedAttributes=["email"]),
    "AddCustomAttributes": attribute,
    "DeleteUserPool": lambda api, pool: api.boto.delete_user_pool(UserPoolId=pool),
}


@pytest.mark.parametrize("write", WAITING.values(), ids=WAITING)
def test_changes_of_a_pool_wait_for_its_job(api, write):
    pool, other = api.pool(AutoVerifiedAttributes=["email"]), api.pool()
    started(api, pool)
    with Refused("is in progress", "UserImportInProgressException"):
        write(api, pool)
    api.boto.create_group(UserPoolId=pool, GroupName="staff")  # does not declare the exception
    write(api, other)
    for _ in range(9):  # each attempt takes time, in which the job goes on
        try:
            write(api, pool)
            break
        except api.boto.exceptions.UserImportInProgressException:
            continue
    else:
        pytest.fail("the job does not end")
    pools = api.boto.list_user_pools(MaxResults=60)["UserPools"]
    assert len(pools) == (0 if write is WAITING["DeleteUserPool"] else 2)


def test_a_list_brings_a_job_on(api):
    pool = api.pool(AutoVerifiedAttributes=["email"])
    started(api, pool)
    seen = [api.boto.list_user_import_jobs(UserPoolId=pool, MaxResults=9)["UserImportJobs"] for _ in range(3)]
    assert [j["Status"] for found in seen for j in found] == ["Pending", "InProgress", "Succeeded"]


def test_a_job_whose_file_went_with_its_run_blocks_nothing(tmp_path):
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        pool = api.pool(AutoVerifiedAttributes=["email"])
        ids = started(api, pool)
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        api.update(pool, AutoVerifiedAttributes=["email"])
        assert api.boto.describe_user_import_job(**ids)["UserImportJob"]["Status"] == "Failed"
        started(api, pool)


def test_no_recovery_begins_while_a_job_runs():
    now = [1_800_000_000.0]
    with LocalCognito(clock=lambda: now[0]) as local:
        api = Api(local)
        pool = api.pool(AutoVerifiedAttributes=["email"])
        now[0] += 3600
        ids = started(api, pool)
        with Refused("import job is in progress", "OperationNotEnabledException"):
            api.boto.initiate_point_in_time_recovery(UserPoolId=pool, RestoreTimestamp=now[0] - 1800)
        api.boto.stop_user_import_job(**ids)
        api.boto.initiate_point_in_time_recovery(UserPoolId=pool, RestoreTimestamp=now[0] - 1800)
        with Refused("paused", "PreconditionNotMetException"):
            job(api, pool)


def test_the_server_takes_uploads_at_its_own_address():
    import boto3

    with serve(None) as server:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
        idp = boto3.client("cognito-idp", endpoint_url=server.url, **keys)
        pool = idp.create_user_pool(PoolName="p", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
        made = idp.create_user_import_job(UserPoolId=pool, JobName="j", CloudWatchLogsRoleArn=ROLE)["UserImportJob"]
        assert made["PreSignedUrl"].startswith(f"{server.url}/")
        assert requests.put(made["PreSignedUrl"], b"x", headers=SSE, timeout=5).status_code == 200
        idp.start_user_import_job(UserPoolId=pool, JobId=made["JobId"])


def test_addresses_are_kept_in_lower_case_where_case_does_not_matter(api):
    pool = api.pool(AliasAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    mine = attributes(email="Ann@Example.com", email_verified="true")
    api.boto.admin_create_user(UserPoolId=pool, Username="Ann", UserAttributes=mine)
    assert values(get(api, pool, "ANN"))["email"] == "ann@example.com"
    with Refused("An account with the given email already exists.", code="UsernameExistsException"):
        api.boto.admin_create_user(UserPoolId=pool, Username="eve", UserAttributes=mine)
    api.boto.admin_update_user_attributes(
        UserPoolId=pool,
        Username="ann@example.com",
        UserAttributes=attributes(email="B@b.example", email_verified="true"),
    )
    assert values(get(api, pool, "B@B.example"))["email"] == "b@b.example"


def test_a_name_that_is_an_address_may_be_spelled_twice(api):
    pool = api.pool(UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    made = api.boto.admin_create_user(
        UserPoolId=pool, Username="Ann@Example.com", UserAttributes=attributes(email="Ann@Example.com")
    )
    assert {a["Name"]: a["Value"] for a in made["User"]["Attributes"]}["email"] == "ann@example.com"


# --- aliases -------------------------------------------------------------------------------------------------------

ALIASES = ["email", "phone_number", "preferred_username"]
MINE = {
    "email": ("ann@b.example", {"email_verified": "true"}),
    "phone_number": ("+14255550100", {"phone_number_verified": "true"}),
    "preferred_username": ("annie", {}),
}
"""What ann signs in with, by alias, with the mark that it needs."""


@pytest.fixture
def aliased(api: Api) -> str:
    """A pool in which ann owns an alias of each kind, and bob none."""
    pool = api.pool(AliasAttributes=ALIASES, AutoVerifiedAttributes=["email"])
    every = {k: v for kind, (value, mark) in MINE.items() for k, v in {kind: value, **mark}.items()}
    api.boto.admin_create_user(UserPoolId=pool, Username="ann", UserAttributes=attributes(**every))
    api.boto.admin_create_user(UserPoolId=pool, Username="bob")
    return pool


def claim(kind: str) -> dict[str, str]:
    value, mark = MINE[kind]
    return {kind: value, **mark}


def owner(api: Api, pool: str, kind: str) -> str:
    return str(get(api, pool, MINE[kind][0])["Username"])


@pytest.mark.parametrize("kind", ALIASES)
def test_a_new_user_takes_no_alias_of_another(api, aliased, kind):
    with Refused(f"An account with the given {kind} already exists.", code="UsernameExistsException"):
        api.boto.admin_create_user(UserPoolId=aliased, Username="eve", UserAttributes=attributes(**claim(kind)))
    with Refused(code="UserNotFoundException"):
        get(api, aliased, "eve")


@pytest.mark.parametrize("kind", ALIASES)
def test_force_moves_addresses_only(api, aliased, kind):
    def create():
        api.boto.admin_create_user(
            UserPoolId=aliased, Username="eve", UserAttributes=attributes(**claim(kind)), ForceAliasCreation=True
        )

    if kind == "preferred_username":
        with Refused(code="UsernameExistsException"):
            create()
        assert owner(api, aliased, kind) == "ann"
        return
    create()
    assert owner(api, aliased, kind) == "eve"
    assert values(get(api, aliased, "ann"))[f"{kind}_verified"] == "false"


def test_force_verifies_no_address_of_a_pool_of_addresses(api):
    pool = api.pool(UsernameAttributes=["email"])
    api.boto.admin_create_user(UserPoolId=pool, Username="ann@b.example", ForceAliasCreation=True)
    assert values(get(api, pool, "ann@b.example")).get("email_verified") != "true"


@pytest.mark.parametrize("kind", ALIASES)
def test_an_update_takes_no_alias_of_another(api, aliased, kind):
    ids = {"UserPoolId": aliased, "Username": "bob"}
    with Refused(f"An account with the given {kind} already exists.", code="AliasExistsException"):
        api.boto.admin_update_user_attributes(**ids, UserAttributes=attributes(**claim(kind)))
    api.boto.admin_update_user_attributes(UserPoolId=aliased, Username="ann", UserAttributes=attributes(**claim(kind)))


@pytest.mark.parametrize("kind", ["email", "phone_number"])
def test_an_address_that_is_not_verified_is_not_taken(api, aliased, kind):
    api.boto.admin_create_user(
        UserPoolId=aliased, Username="eve", UserAttributes=attributes(**{kind: MINE[kind][0], f"{kind}_verified": ""})
    )
    api.boto.admin_update_user_attributes(
        UserPoolId=aliased, Username="bob", UserAttributes=attributes(**{kind: MINE[kind][0]})
    )
    assert owner(api, aliased, kind) == "ann"


def test_a_preferred_username_is_not_the_name_of_another(api, aliased):
    with Refused("User account already exists", code="UsernameExistsException"):
        api.boto.admin_create_user(UserPoolId=aliased, Username="annie")
    with Refused(code="AliasExistsException"):
        api.boto.admin_update_user_attributes(
            UserPoolId=aliased, Username="ann", UserAttributes=attributes(preferred_username="bob")
        )


@pytest.mark.parametrize("kind", ALIASES)
def test_a_job_takes_no_alias_of_another(api, aliased, kind):
    own = {"cognito:username": "eve", "email": "eve@b.example", "email_verified": "true"}
    found = run(api, aliased, csv(api, aliased, own | claim(kind)))
    assert said(api, aliased, found) == [
        "[FAILED] Line Number 2 - An alias of the User Record belongs to another user."
    ]


def test_a_job_takes_no_alias_of_another_as_a_name(api, aliased):
    row = {"cognito:username": "annie", "email": "eve@b.example", "email_verified": "true"}
    assert run(api, aliased, csv(api, aliased, row))["FailedUsers"] == 1


def test_a_job_keeps_aliases_in_lower_case_where_case_does_not_matter(api):
    pool = api.pool(
        AliasAttributes=["email"], AutoVerifiedAttributes=["email"], UsernameConfiguration={"CaseSensitive": False}
    )
    ada, bob = ADA | {"email": "Ada@B.example"}, ADA | {"cognito:username": "bob", "email": "ADA@b.example"}
    found = run(api, pool, csv(api, pool, ada, bob))
    assert (found["ImportedUsers"], found["FailedUsers"]) == (1, 1)
    assert get(api, pool, "ada@b.example")["Username"] == "ada"


def test_users_without_an_alias_may_have_the_same_attributes(api):
    pool = api.pool()
    for name in ("ann", "bob"):
        api.boto.admin_create_user(
            UserPoolId=pool, Username=name, UserAttributes=attributes(**claim("email"), preferred_username="annie")
        )
