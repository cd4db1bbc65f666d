"""The applier, decision by decision, on a cloud that answers as told: quick enough for a run of mutations."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from reconciler.errors import Ambiguous, CloudError, Denied, NoAnswer, NotFound
from reconciler.kinds.replica import join
from reconciler.model import (
    Action,
    Done,
    Event,
    Failed,
    Gap,
    Plan,
    Refusal,
    ResourceChange,
    Sent,
    Skipped,
    Started,
    Unknown,
    Verified,
    Waiting,
)
from reconciler.terminal.signals import Interrupted
from tests.engine.scripted import ARN, IDS, POOL, TARGET, Scripted, at, change, group, plan
from tests.support import carried_out

HERE = "pools/a.yaml:3:1"
AGAIN = "Run plan again."
OUTSIDE = f"outside this run since the plan was made. {AGAIN}"
EMPTY = {"Groups": []}
LOST = Ambiguous("cognito-idp:CreateGroup", "ReadTimeoutError", "the answer did not come. ", "r-1")


class Time:
    """Passes when somebody waits, and by a second with each call."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        self.now += 1
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def nothing_left() -> Plan:
    return plan()


def never() -> bool:
    return False


def run(found: Plan, cloud: Scripted, *, again: Any = nothing_left, stop: Any = never, time: Any = None) -> list[Event]:
    time = time or Time()
    return list(carried_out(found, cloud, again, clock=time, sleep=time.sleep, stop=stop))


def live(*names: str, **members: Any) -> dict[str, Any]:
    return {"Groups": [{"GroupName": n, "UserPoolId": POOL, **members} for n in names]}


def got(name: str, **members: Any) -> dict[str, Any]:
    return {"Group": {"GroupName": name, "UserPoolId": POOL, **members}}


GONE = NotFound("cognito-idp:GetGroup", "ResourceNotFoundException", "no")


def failure(events: list[Event]) -> Failed:
    (found,) = [e for e in events if isinstance(e, Failed)]
    return found


def skipped(events: list[Event]) -> list[tuple[str, str]]:
    return [(str(e.change.address), e.reason) for e in events if isinstance(e, Skipped)]


# --- what goes well -------------------------------------------------------------------------------------------------


def test_a_create_is_fenced_sent_and_verified():
    found = group("admins")
    cloud = Scripted(ListGroups=[EMPTY], CreateGroup=[{"Group": {"GroupName": "admins"}}])
    events = run(plan(found, replace(group("idle"), action=Action.NONE)), cloud)
    assert cloud.calls == [
        ("ListGroups", {"UserPoolId": POOL, "Limit": 60}),
        ("CreateGroup", {"UserPoolId": POOL, "GroupName": "admins", "Description": "new"}),
    ]
    started, sent, done, verified = events
    assert started == Started(found)
    assert isinstance(sent, Sent)
    assert (sent.address, sent.call.service, sent.call.operation) == (
        at("groups", "admins"),
        *cloud_call("CreateGroup"),
    )
    assert sent.call.params == cloud.calls[1][1]
    assert sent.seconds == 1.0
    assert cloud.regions == []
    assert done == Done(found, 3.0, "admins")
    assert verified == Verified((), TARGET, ())


def cloud_call(operation: str) -> tuple[str, str]:
    return "cognito-idp", operation


def test_an_update_reads_the_object_again_and_sends_all_of_it():
    found = group("admins", before={"Precedence": 1})
    cloud = Scripted(GetGroup=[got("admins", Precedence=1)], UpdateGroup=[{}])
    events = run(plan(found), cloud)
    assert cloud.calls[1:] == [
        ("UpdateGroup", {"UserPoolId": POOL, "GroupName": "admins", "Precedence": 1, "Description": "new"})
    ]
    assert [type(e) for e in events] == [Started, Sent, Done, Verified]
    assert events[2] == Done(found, 3.0, "admins")
    found = change("clients", "web", declared={"CallbackURLs": ["b"]}, before=LIVE_WEB, ids={**IDS, "ClientId": "old"})
    cloud = Scripted(DescribeUserPoolClient=[LIVE_CLIENT], UpdateUserPoolClient=[{}])
    assert run(plan(found), cloud)[2] == Done(found, 3.0, "old")
    assert cloud.calls[1][1]["CallbackURLs"] == ["b"]


def test_a_deletion_sends_the_identifiers_alone():
    found = group("admins", declared={}, before={}, action=Action.DELETE, after=None)
    cloud = Scripted(GetGroup=[got("admins")], DeleteGroup=[{}])
    assert [type(e) for e in run(plan(found), cloud)] == [Started, Sent, Done, Verified]
    assert cloud.calls[1:] == [("DeleteGroup", {"UserPoolId": POOL, "GroupName": "admins"})]


def test_names_are_listed_once_for_all_new_objects_of_a_kind_that_keeps_them_unique():
    cloud = Scripted(ListGroups=[EMPTY], CreateGroup=[{"Group": {}}])
    run(plan(group("a"), group("b")), cloud)
    assert cloud.operations == ["ListGroups", "CreateGroup", "CreateGroup"]


def test_a_setting_is_written_after_a_look_whether_it_is_still_unset():
    found = change("risk_configuration", declared={"AccountTakeoverRiskConfiguration": {"Actions": {}}})
    cloud = Scripted(DescribeRiskConfiguration=[{"RiskConfiguration": {}}], SetRiskConfiguration=[{}])
    events = run(plan(found), cloud)
    assert cloud.operations == ["DescribeRiskConfiguration", "SetRiskConfiguration"]
    assert events[2] == Done(found, 3.0, "")


# --- the pool and what is made in it ---------------------------------------------------------------------------------


UNKNOWN = {p: Unknown(at("user_pool"), p) for p in IDS}
NEW_POOL = {"UserPool": {"Id": POOL, "Name": "customers", "Arn": ARN}}


def pool(**more: Any) -> ResourceChange:
    return change("user_pool", declared={"PoolName": "customers"}, ids=UNKNOWN, **more)


def listed(*ids: str, name: str = "customers") -> dict[str, Any]:
    return {"UserPools": [{"Id": i, "Name": name} for i in ids]}


def client(name: str, ids: Any = IDS, **more: Any) -> ResourceChange:
    ids = {**ids, "ClientId": Unknown(at("clients", name), "ClientId")}
    return change("clients", name, declared={"RefreshTokenValidity": 5}, ids=ids, **more)


def test_what_is_made_in_a_new_pool_gets_its_identifiers_and_needs_no_fence():
    inside = change("groups", "admins", declared={"Description": "new"}, ids={**UNKNOWN, "GroupName": "admins"})
    setting = change("session", declared={"UserSessionTracking": "ENABLED"}, ids=UNKNOWN)
    cloud = Scripted(
        ListUserPools=[listed("other", name="another"), listed(POOL)],
        CreateUserPool=[NEW_POOL],
        CreateGroup=[{"Group": {"GroupName": "admins"}}],
        SetUserPoolSessionConfiguration=[{}],
        CreateUserPoolClient=[{"UserPoolClient": {"ClientId": "c1"}}],
    )
    time = Time()
    events = run(plan(pool(), inside, setting, client("web", UNKNOWN)), cloud, time=time)
    assert cloud.operations == [
        "ListUserPools",
        "CreateUserPool",
        "ListUserPools",
        "CreateGroup",
        "SetUserPoolSessionConfiguration",
        "CreateUserPoolClient",
    ]
    assert cloud.calls[0][1] == {"MaxResults": 60}
    assert cloud.calls[3][1] == {"UserPoolId": POOL, "GroupName": "admins", "Description": "new"}
    assert cloud.calls[4][1]["UserPoolId"] == POOL
    assert cloud.calls[5][1] == {"UserPoolId": POOL, "RefreshTokenValidity": 5}
    assert [e.id for e in events if isinstance(e, Done)] == [POOL, "admins", "", "c1"]
    assert [e.call.params.get("UserPoolId") for e in events if isinstance(e, Sent)] == [None, POOL, POOL, POOL]
    assert time.slept == []


def test_the_arn_of_a_new_pool_reaches_the_calls_that_need_it():
    acl = change("web_acl", declared={"WebACLArn": "arn:aws:wafv2:x"}, ids=UNKNOWN)
    cloud = Scripted(
        ListUserPools=[{"UserPools": []}, listed(POOL)],
        CreateUserPool=[NEW_POOL],
        AssociateWebACL=[{}],
    )
    run(plan(pool(), acl), cloud)
    assert cloud.calls[-1] == ("AssociateWebACL", {"ResourceArn": ARN, "WebACLArn": "arn:aws:wafv2:x"})
    assert cloud.services[-1] == "wafv2"


def test_a_second_pool_of_the_name_stops_the_run_before_anything_is_put_into_ours():
    cloud = Scripted(
        ListUserPools=[listed(), listed(POOL, "eu-west-1_Two", "eu-west-1_Three")], CreateUserPool=[NEW_POOL]
    )
    inside = change("groups", "admins", ids={**UNKNOWN, "GroupName": "admins"})
    events = run(plan(pool(), inside), cloud)
    there = "eu-west-1_Three, eu-west-1_Two"
    assert failure(events).error == (
        f'{HERE} user_pool (pool customers): there is more than one user pool called "customers": this run made '
        f"{POOL}, and {there} was made at the same time by someone else, such as another first apply. Nothing was "
        f"written to {POOL} after it was made. Keep the one that is in use: if it is {there}, delete {POOL} yourself "
        "(poolctl does not); or write the one to keep as `id:` in the manifest. Then run apply again."
    )
    assert (failure(events).stale, failure(events).written, failure(events).id) == (False, 1, POOL)
    assert failure(events).doubtful is False
    assert skipped(events) == [("groups/admins", "user_pool may exist twice")]
    assert [type(e) for e in events] == [Started, Sent, Failed, Skipped]


def test_a_second_client_of_the_name_is_told_apart_by_its_identifier():
    before = {"UserPoolClients": [{"ClientId": "old", "ClientName": "other"}]}
    after = {"UserPoolClients": [{"ClientId": i, "ClientName": "web"} for i in ("theirs", "ours")]}
    cloud = Scripted(
        ListUserPoolClients=[before, after], CreateUserPoolClient=[{"UserPoolClient": {"ClientId": "ours"}}]
    )
    error = failure(run(plan(client("web")), cloud)).error
    assert 'more than one app client called "web": this run made ours, and theirs was made' in error
    assert "write the one to keep as `ClientId:` in the manifest" in error


def test_the_list_counts_only_once_our_own_object_is_in_it():
    empty: dict[str, Any] = {"UserPoolClients": []}
    ours = {"UserPoolClients": [{"ClientId": "ours", "ClientName": "web"}]}
    both = {"UserPoolClients": [{"ClientId": i, "ClientName": "web"} for i in ("ours", "theirs")]}
    made = [{"UserPoolClient": {"ClientId": "ours"}}]
    for answers, slept, failed in (
        ([empty, ours], [], 0),
        ([empty, empty, ours], [1.0], 0),
        ([empty, empty, empty, both], [1.0, 1.0, 1.0], 1),
        ([empty, empty], [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0),
    ):
        time = Time()
        events = run(plan(client("web")), Scripted(ListUserPoolClients=answers, CreateUserPoolClient=made), time=time)
        assert (time.slept, sum(isinstance(e, Failed) for e in events)) == (slept, failed)


def test_a_client_of_the_name_that_was_there_before_is_no_surprise():
    """The plan starts from it: it is renamed, or pinned."""
    there = {"ClientId": "old", "ClientName": "web"}
    pinned = change("clients", "web2", declared={}, before=there, ids={**IDS, "ClientId": "old"}, action=Action.NONE)
    cloud = Scripted(
        ListUserPoolClients=[
            {"UserPoolClients": [there]},
            {"UserPoolClients": [there, {"ClientId": "ours", "ClientName": "web"}]},
        ],
        CreateUserPoolClient=[{"UserPoolClient": {"ClientId": "ours"}}],
    )
    events = run(plan(pinned, client("web")), cloud)
    assert [type(e) for e in events] == [Started, Sent, Done, Verified]


def test_two_new_clients_of_one_name_are_both_ours():
    first, second = client("a"), client("b")
    first = replace(first, declared={"ClientName": "web"}, merged={"ClientName": "web"})
    second = replace(second, declared={"ClientName": "web"}, merged={"ClientName": "web"})
    rows = [{"ClientId": i, "ClientName": "web"} for i in ("c1", "c2")]
    cloud = Scripted(
        ListUserPoolClients=[{"UserPoolClients": rows[:n]} for n in (0, 1, 2)],
        CreateUserPoolClient=[{"UserPoolClient": {"ClientId": "c1"}}, {"UserPoolClient": {"ClientId": "c2"}}],
    )
    events = run(plan(first, second), cloud)
    assert [e.id for e in events if isinstance(e, Done)] == ["c1", "c2"]
    one = ["ListUserPoolClients", "CreateUserPoolClient"]
    assert cloud.operations == [*one, *one, "ListUserPoolClients"]  # a look after one is the look before the next


def test_a_list_of_names_that_cannot_be_read_stops_the_run_too():
    denied = Denied("cognito-idp:ListUserPools", "AccessDeniedException", "no")
    cloud = Scripted(ListUserPools=[listed(), denied], CreateUserPool=[NEW_POOL])
    events = run(plan(pool()), cloud)
    assert failure(events).error == (
        f"{HERE} user_pool (pool customers): this run made the user pool {POOL}, but whether someone else made one of "
        "the same name at the same time could not be read: cognito-idp:ListUserPools: AccessDeniedException: no (needs "
        "the IAM action cognito-idp:ListUserPools). Run plan: if the name is ambiguous, it lists the ids."
    )
    assert failure(events).stale is False


# --- fences ----------------------------------------------------------------------------------------------------------


OTHERS = (group("b"), group("c", needs=(at("groups", "b"),)))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (got("admins", Precedence=2), f"the object was changed {OUTSIDE}"),
        (got("admins", Precedence=1, Description="x"), f"the object was changed {OUTSIDE}"),
        (GONE, f"the object no longer exists. {AGAIN}"),
    ],
)
def test_an_object_that_differs_from_the_plan_stops_the_run(answer, said):
    found = group("admins", before={"Precedence": 1})
    cloud = Scripted(GetGroup=[answer])
    events = run(plan(found, *OTHERS), cloud)
    assert events[1] == Failed(found, f"{HERE} groups/admins (pool customers): {said}", stale=True)
    assert skipped(events) == [
        ("groups/b", "groups/admins has changed since the plan was made"),
        ("groups/c", "groups/admins has changed since the plan was made"),
    ]
    assert cloud.operations == ["GetGroup"]
    assert not any(isinstance(e, Verified) for e in events)


def test_an_object_that_was_created_since_is_not_created_again():
    cloud = Scripted(ListGroups=[live("other", "admins")])
    events = run(plan(group("admins")), cloud)
    said = f"{HERE} groups/admins (pool customers): the object was created {OUTSIDE}"
    assert (failure(events).error, failure(events).stale) == (said, True)


def test_an_object_with_slashes_in_its_name_has_a_fence_too():
    """The identifier of a resource server is often a URL, and its last part is not its name."""
    name = "https://api.example.com/orders"
    found = change("resource_servers", name, declared={"Name": "Orders"}, ids={**IDS, "Identifier": name})
    cloud = Scripted(ListResourceServers=[{"ResourceServers": [{"Identifier": name, "Name": "Orders"}]}])
    assert failure(run(plan(found), cloud)).stale
    ours = {"ResourceServers": [{"Identifier": "orders", "Name": "Orders"}]}
    cloud = Scripted(ListResourceServers=[ours], CreateResourceServer=[{"ResourceServer": {"Identifier": name}}])
    assert isinstance(run(plan(found), cloud)[-1], Verified)


def test_a_lost_create_of_an_object_with_slashes_in_its_name_leaves_a_doubt_if_it_appears_late():
    name = "https://api.example.com/orders"
    found = change("resource_servers", name, declared={"Name": "Orders"}, ids={**IDS, "Identifier": name})
    late = {"ResourceServers": [{"Identifier": name, "Name": "Orders", "UserPoolId": POOL}]}
    none: dict[str, Any] = {"ResourceServers": []}
    lost = Ambiguous("cognito-idp:CreateResourceServer", "ReadTimeoutError", "lost")
    cloud = Scripted(ListResourceServers=[none, none, late], CreateResourceServer=[lost])
    assert failure(run(plan(found), cloud)).doubtful
    cloud = Scripted(ListResourceServers=[none, late], CreateResourceServer=[lost])
    assert isinstance(run(plan(found), cloud)[-1], Verified)


def test_two_spellings_of_one_list_are_no_change_by_somebody_else():
    before = {**LIVE_WEB, "CallbackURLs": ["https://a", "https://b"]}
    found = change(
        "clients", "web", declared={"RefreshTokenValidity": 9}, before=before, ids={**IDS, "ClientId": "old"}
    )
    now = {"UserPoolClient": {**LIVE_CLIENT["UserPoolClient"], "CallbackURLs": ["https://b", "https://a"]}}
    cloud = Scripted(DescribeUserPoolClient=[now], UpdateUserPoolClient=[{}])
    assert isinstance(run(plan(found), cloud)[-1], Verified)


def test_a_failure_of_what_the_manifest_does_not_declare_names_the_manifest():
    found = group("a", declared={}, before={}, action=Action.DELETE, after=None, source=None)
    where = "pools/a.yaml groups/a (pool customers): "
    refused = CloudError("cognito-idp:DeleteGroup", "InternalErrorException", "no")
    for answers in (
        {"GetGroup": [GONE]},
        {"GetGroup": [got("a")], "DeleteGroup": [refused]},
        {"GetGroup": [got("a")], "DeleteGroup": [RuntimeError("x")]},
    ):
        assert failure(run(plan(found), Scripted(**answers))).error.startswith(where)


def test_a_new_identity_pool_is_its_own_answer():
    root = at("identity_pool")
    ids = {"IdentityPoolId": Unknown(root, "IdentityPoolId")}
    made = {"IdentityPoolId": "eu-west-1:1", "IdentityPoolName": "customers", "AllowUnauthenticatedIdentities": False}
    new = change("identity_pool", declared={"AllowUnauthenticatedIdentities": False}, ids=ids)
    listing = {"IdentityPools": [{"IdentityPoolId": "eu-west-1:1", "IdentityPoolName": "customers"}]}
    for answer in (made, Ambiguous("cognito-identity:CreateIdentityPool", "ReadTimeoutError", "lost")):
        cloud = Scripted(
            ListIdentityPools=[{"IdentityPools": []}, listing],
            DescribeIdentityPool=[made],
            CreateIdentityPool=[answer],
        )
        named = replace(new, declared={"IdentityPoolName": "customers", "AllowUnauthenticatedIdentities": False})
        events = run(plan(named), cloud)
        assert [e.id for e in events if isinstance(e, Done)] == ["eu-west-1:1"]


def test_a_twin_that_was_there_before_is_not_taken_for_a_lost_create():
    there = {"ClientId": "old", "ClientName": "web"}
    pinned = change("clients", "web2", declared={}, before=there, ids={**IDS, "ClientId": "old"}, action=Action.NONE)
    lost = Ambiguous("cognito-idp:CreateUserPoolClient", "ReadTimeoutError", "lost")
    cloud = Scripted(
        ListUserPoolClients=[{"UserPoolClients": [there]}],
        DescribeUserPoolClient=[LIVE_CLIENT],
        CreateUserPoolClient=[lost],
    )
    said = failure(run(plan(pinned, client("web")), cloud))
    assert "the response was lost, and 0 new objects with this name exist" in said.error
    assert said.doubtful is False


def test_an_object_of_another_name_is_no_reason_to_stop():
    cloud = Scripted(ListGroups=[live("other")], CreateGroup=[{"Group": {}}])
    assert isinstance(run(plan(group("admins")), cloud)[-1], Verified)


@pytest.mark.parametrize(
    ("section", "name", "operation", "answer", "said"),
    [
        ("risk_configuration", "", "DescribeRiskConfiguration",
         {"RiskConfiguration": {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.0/24"]}}},
         f"the setting was unset when the plan was made, and was set outside this run since. {AGAIN}"),
        ("domains", "acme", "DescribeUserPoolDomain", {"DomainDescription": {"Domain": "acme"}},
         f"the object was created {OUTSIDE}"),
    ],
)  # fmt: skip
def test_what_was_unset_and_is_set_is_left_alone(section, name, operation, answer, said):
    found = change(section, name, declared={}, ids={**IDS, "Domain": name} if name else IDS)
    cloud = Scripted(**{operation: [answer]})
    events = run(plan(found), cloud)
    assert failure(events).error == f"{HERE} {found.address} (pool customers): {said}"
    assert cloud.operations == [operation]
    assert failure(events).stale


def test_an_object_without_a_list_is_looked_for_by_its_name():
    found = change("domains", "acme", declared={}, ids={**IDS, "Domain": "acme"})
    gone = NotFound("cognito-idp:DescribeUserPoolDomain", "ResourceNotFoundException", "no")
    cloud = Scripted(DescribeUserPoolDomain=[gone, {"DomainDescription": {}}], CreateUserPoolDomain=[{}])
    assert isinstance(run(plan(found), cloud)[-1], Verified)
    assert cloud.calls[0] == ("DescribeUserPoolDomain", {"Domain": "acme"})


def test_what_an_earlier_write_of_this_run_changed_is_no_surprise():
    """SetUserPoolMfaConfig writes the SMS configuration of the pool too."""
    sms = {"SnsCallerArn": "arn:aws:iam::1:role/sms"}
    before = {"PoolName": "customers", "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::1:role/old"}}
    now = {"Id": POOL, "Name": "customers", "SmsConfiguration": sms}
    mfa = change("mfa", declared={"MfaConfiguration": "OFF"}, before={"MfaConfiguration": "ON"})
    root = change("user_pool", declared={"DeletionProtection": "ACTIVE"}, before=before)
    answers = {
        "GetUserPoolMfaConfig": [{"MfaConfiguration": "ON"}],
        "SetUserPoolMfaConfig": [{}],
        "DescribeUserPool": [{"UserPool": now}],
        "UpdateUserPool": [{}],
    }
    assert isinstance(run(plan(mfa, root), Scripted(**answers))[-1], Verified)
    assert failure(run(plan(root), Scripted(**answers))).stale
    other = {"UserPool": {**now, "AutoVerifiedAttributes": ["email"]}}
    assert failure(run(plan(mfa, root), Scripted(**{**answers, "DescribeUserPool": [other]}))).stale


# --- replacing -------------------------------------------------------------------------------------------------------


def replaced(**more: Any) -> ResourceChange:
    return change(
        "clients",
        "web",
        declared={"GenerateSecret": True},
        before=LIVE_WEB,
        action=Action.REPLACE,
        ids={**IDS, "ClientId": "old"},
        new_ids={**IDS, "ClientId": Unknown(at("clients", "web"), "ClientId")},
        **more,
    )


def rows(*ids: str) -> dict[str, Any]:
    return {"UserPoolClients": [{"ClientId": i, "ClientName": "web", "UserPoolId": POOL} for i in ids]}


LIVE_WEB = {
    "ClientName": "web",
    "ClientId": "old",
    "EnableTokenRevocation": False,
    "PublishSecretsInAWSSecretsManager": False,
    "GenerateSecret": False,
}
LIVE_CLIENT = {"UserPoolClient": {"ClientId": "old", "ClientName": "web", "UserPoolId": POOL}}


def test_a_replacement_deletes_and_makes_and_what_is_inside_gets_the_new_identifier():
    inside = change(
        "clients.session",
        "web",
        declared={"SSOSession": {}},
        ids={**IDS, "ClientId": Unknown(at("clients", "web"), "ClientId")},
    )
    cloud = Scripted(
        DescribeUserPoolClient=[LIVE_CLIENT],
        ListUserPoolClients=[rows("old"), rows("new")],
        DeleteUserPoolClient=[{}],
        CreateUserPoolClient=[{"UserPoolClient": {"ClientId": "new"}}],
        SetUserPoolClientSessionConfiguration=[{}],
    )
    events = run(plan(replaced(), inside), cloud)
    assert cloud.operations == [
        "DescribeUserPoolClient",
        "ListUserPoolClients",
        "DeleteUserPoolClient",
        "CreateUserPoolClient",
        "ListUserPoolClients",
        "SetUserPoolClientSessionConfiguration",
    ]
    assert cloud.calls[2][1] == {"UserPoolId": POOL, "ClientId": "old"}
    made = {"ClientName": "web", "GenerateSecret": True, "EnableTokenRevocation": False}
    assert cloud.calls[3][1] == {"UserPoolId": POOL, **made}
    assert cloud.calls[5][1]["ClientId"] == "new"
    assert [e.id for e in events if isinstance(e, Done)] == ["new", ""]


def test_the_old_object_is_not_taken_for_the_one_whose_answer_was_lost():
    described = {"old": LIVE_CLIENT, "new": {"UserPoolClient": {"ClientId": "new", "ClientName": "web"}}}
    cloud = Scripted(
        DescribeUserPoolClient=[lambda params: described[params["ClientId"]]],
        ListUserPoolClients=[rows("old"), rows("old", "new"), rows("new")],
        DeleteUserPoolClient=[{}],
        CreateUserPoolClient=[Ambiguous("cognito-idp:CreateUserPoolClient", "ReadTimeoutError", "lost")],
    )
    events = run(plan(replaced()), cloud)
    assert [type(e) for e in events] == [Started, Sent, Sent, Done, Verified]
    assert next(e.id for e in events if isinstance(e, Done)) == "new"


def test_a_replacement_that_fails_after_the_deletion_says_how_much_was_written():
    refused = CloudError("cognito-idp:CreateUserPoolClient", "LimitExceededException", "full")
    cloud = Scripted(
        DescribeUserPoolClient=[LIVE_CLIENT],
        ListUserPoolClients=[rows("old")],
        DeleteUserPoolClient=[{}],
        CreateUserPoolClient=[refused],
    )
    assert (failure(run(plan(replaced()), cloud)).written, cloud.operations[-1]) == (1, "CreateUserPoolClient")


# --- what AWS refuses, and answers that do not come ------------------------------------------------------------------


def test_a_refused_call_is_told_with_its_place_and_only_what_depends_on_it_is_skipped():
    refused = CloudError("cognito-idp:CreateGroup", "InvalidParameterException", "Description is bad", "r-7")
    cloud = Scripted(ListGroups=[EMPTY], CreateGroup=[refused, {"Group": {}}])
    found = group("a")
    events = run(plan(found, group("b", needs=(at("groups", "a"),)), group("c", needs=(at("groups", "x"),))), cloud)
    assert failure(events) == Failed(
        found,
        f"{HERE} groups.a.Description (pool customers): cognito-idp:CreateGroup: InvalidParameterException: "
        "Description is bad (request r-7). Correct the manifest, then run apply again.",
        operation="cognito-idp:CreateGroup",
        code="InvalidParameterException",
        request_id="r-7",
    )
    assert skipped(events) == [("groups/b", "it depends on groups/a, which was not applied")]
    assert [str(e.change.address) for e in events if isinstance(e, Done)] == ["groups/c"]
    assert not any(isinstance(e, Verified) for e in events)


def test_what_depends_on_something_skipped_is_skipped_too():
    refused = CloudError("cognito-idp:CreateGroup", "InternalErrorException", "no")
    cloud = Scripted(ListGroups=[EMPTY], CreateGroup=[refused])
    events = run(
        plan(group("a"), group("b", needs=(at("groups", "a"),)), group("c", needs=(at("groups", "b"),))), cloud
    )
    assert skipped(events) == [
        ("groups/b", "it depends on groups/a, which was not applied"),
        ("groups/c", "it depends on groups/b, which was not applied"),
    ]


@pytest.mark.parametrize(
    ("error", "doubtful"),
    [
        (NoAnswer("cognito-idp:UpdateGroup", "ReadTimeoutError", "nothing came", "r-2"), True),
        (NoAnswer("cognito-idp:UpdateGroup", "EndpointConnectionError", "no connection", "r-2"), False),
        (Ambiguous("cognito-idp:UpdateGroup", "ReadTimeoutError", "nothing came", "r-2"), True),
        (CloudError("cognito-idp:UpdateGroup", "InternalErrorException", "no", "r-2"), False),
    ],
)
def test_an_update_without_an_answer_may_have_taken_effect(error, doubtful):
    cloud = Scripted(GetGroup=[got("a"), GONE] if doubtful else [got("a")], UpdateGroup=[error])
    found = failure(run(plan(group("a", before={})), cloud))
    assert (found.doubtful, found.written, found.operation, found.request_id) == (
        doubtful,
        0,
        "cognito-idp:UpdateGroup",
        "r-2",
    )
    assert found.code == error.code
    assert cloud.operations == ["GetGroup", "UpdateGroup", *(["GetGroup"] if doubtful else [])]


def test_an_update_without_an_answer_that_left_the_object_as_it_was_took_no_effect():
    lost = NoAnswer("cognito-idp:UpdateGroup", "ReadTimeoutError", "nothing came")
    cloud = Scripted(GetGroup=[got("a")], UpdateGroup=[lost])
    assert not failure(run(plan(group("a", before={})), cloud)).doubtful
    assert cloud.operations == ["GetGroup", "UpdateGroup", "GetGroup"]


def test_doubt_about_one_call_is_not_carried_to_the_next_object():
    lost = NoAnswer("cognito-idp:UpdateGroup", "ReadTimeoutError", "nothing came")
    refused = CloudError("cognito-idp:UpdateGroup", "InternalErrorException", "no")
    cloud = Scripted(GetGroup=[got("a"), GONE, got("b")], UpdateGroup=[lost, refused])
    events = run(plan(group("a", before={}), group("b", before={})), cloud)
    assert [e.doubtful for e in events if isinstance(e, Failed)] == [True, False]
    denied = Denied("cognito-idp:GetGroup", "AccessDeniedException", "no")
    cloud = Scripted(GetGroup=[got("a"), GONE, denied], UpdateGroup=[lost])
    events = run(plan(group("a", before={}), group("b", before={})), cloud)
    assert [e.doubtful for e in events if isinstance(e, Failed)] == [True, False]


def test_a_lost_create_that_took_effect_is_found():
    cloud = Scripted(ListGroups=[EMPTY, live("a")], CreateGroup=[LOST])
    events = run(plan(group("a")), cloud)
    assert [type(e) for e in events] == [Started, Sent, Done, Verified]
    assert cloud.operations == ["ListGroups", "CreateGroup", "ListGroups"]


@pytest.mark.parametrize(
    ("answers", "said", "doubtful"),
    [
        ([EMPTY], "the response was lost, and 0 new objects with this name exist", False),
        ([EMPTY, live("b")], "the response was lost, and 0 new objects with this name exist", False),
        ([EMPTY, EMPTY, live("a")], "the response was lost, and 0 new objects with this name exist", True),
        ([EMPTY, live("a", "a")], "the response was lost, and 2 new objects with this name exist", True),
        ([EMPTY, Denied("cognito-idp:ListGroups", "AccessDeniedException", "no")],
         "the new object could not be looked for: cognito-idp:ListGroups: AccessDeniedException: no", True),
        ([EMPTY, Denied("cognito-idp:ListGroups", "AccessDeniedException", "no"), EMPTY],
         "the new object could not be looked for: cognito-idp:ListGroups: AccessDeniedException: no", False),
    ],
)  # fmt: skip
def test_a_lost_create_that_is_not_found_is_told(answers, said, doubtful):
    cloud = Scripted(ListGroups=answers, CreateGroup=[LOST])
    found = failure(run(plan(group("a")), cloud))
    assert found.error == (
        f"{HERE} groups/a (pool customers): cognito-idp:CreateGroup: ReadTimeoutError: the answer did not come; {said} "
        "(request r-1). Run plan to see the live state, then run apply again."
    )
    assert (found.doubtful, found.operation, found.code, found.request_id, found.written) == (
        doubtful,
        "cognito-idp:CreateGroup",
        "ReadTimeoutError",
        "r-1",
        0,
    )


def test_a_lost_create_in_a_new_pool_has_no_list_from_before():
    inside = change("groups", "admins", declared={}, ids={**UNKNOWN, "GroupName": "admins"})
    cloud = Scripted(
        ListUserPools=[listed(), listed(POOL)], CreateUserPool=[NEW_POOL], ListGroups=[EMPTY], CreateGroup=[LOST]
    )
    said = failure(run(plan(pool(), inside), cloud))
    assert "the response was lost, and 0 new objects with this name exist" in said.error
    assert said.doubtful is False


def test_a_lost_create_of_a_pool_learns_its_identifiers_from_the_object_that_is_there():
    lost = Ambiguous("cognito-idp:CreateUserPool", "ReadTimeoutError", "lost")
    cloud = Scripted(
        ListUserPools=[listed("eu-west-1_Old", name="other"), listed(POOL)],
        CreateUserPool=[lost],
        DescribeUserPool=[NEW_POOL],
        AssociateWebACL=[{}],
    )
    acl = change("web_acl", declared={"WebACLArn": "arn:aws:wafv2:x"}, ids=UNKNOWN)
    events = run(plan(pool(), acl), cloud)
    assert [e.id for e in events if isinstance(e, Done)] == [POOL, ""]
    assert cloud.calls[-1][1]["ResourceArn"] == ARN


def test_a_lost_create_of_an_object_without_a_list_is_looked_for_by_its_name():
    found = change("domains", "acme", declared={}, ids={**IDS, "Domain": "acme"})
    gone = NotFound("cognito-idp:DescribeUserPoolDomain", "ResourceNotFoundException", "no")
    lost = Ambiguous("cognito-idp:CreateUserPoolDomain", "ReadTimeoutError", "lost")
    there = {"DomainDescription": {"Domain": "acme", "UserPoolId": POOL}}
    cloud = Scripted(DescribeUserPoolDomain=[gone, there], CreateUserPoolDomain=[lost])
    assert isinstance(run(plan(found), cloud)[-1], Verified)
    cloud = Scripted(DescribeUserPoolDomain=[gone], CreateUserPoolDomain=[lost])
    said = failure(run(plan(found), cloud))
    assert "the response was lost, and 0 new objects with this name exist" in said.error
    assert said.doubtful  # nothing lists what may still appear


def test_a_renamed_object_is_looked_for_by_its_declared_name():
    found = replace(client("web"), declared={"ClientName": "shop"}, merged={"ClientName": "shop"})
    shop = [{"ClientId": "c1", "ClientName": "shop"}]
    cloud = Scripted(
        ListUserPoolClients=[{"UserPoolClients": []}, {"UserPoolClients": shop}],
        DescribeUserPoolClient=[{"UserPoolClient": shop[0]}],
        CreateUserPoolClient=[Ambiguous("cognito-idp:CreateUserPoolClient", "ReadTimeoutError", "lost")],
    )
    events = run(plan(found), cloud)
    assert [e.id for e in events if isinstance(e, Done)] == ["c1"]


def test_an_object_inside_another_is_looked_for_by_its_own_part_of_the_name():
    own = Unknown(at("clients.terms", "web/privacy-policy"), "TermsId")
    ids = {**IDS, "ClientId": "c1", "TermsName": "privacy-policy", "TermsId": own}
    found = change("clients.terms", "web/privacy-policy", declared={"Links": {"cognito:default": "https://x"}}, ids=ids)
    row = {"TermsId": "t1", "TermsName": "privacy-policy", "ClientId": "c1", "UserPoolId": POOL}
    gone = NotFound("cognito-idp:DescribeTermsByClient", "ResourceNotFoundException", "no")
    lost = Ambiguous("cognito-idp:CreateTerms", "ReadTimeoutError", "lost")
    cloud = Scripted(DescribeTermsByClient=[gone, {"Terms": row}], CreateTerms=[lost])
    events = run(plan(found), cloud)
    assert [e.id for e in events if isinstance(e, Done)] == ["t1"]
    asked = {"UserPoolId": POOL, "ClientId": "c1", "TermsName": "privacy-policy"}
    assert [params for name, params in cloud.calls if name == "DescribeTermsByClient"] == [asked, asked]


# --- the unexpected and the signals ----------------------------------------------------------------------------------


def test_something_unexpected_in_a_call_is_a_failure_with_a_doubt_and_ends_the_run():
    cloud = Scripted(GetGroup=[got("a")], UpdateGroup=[RuntimeError("secret")])
    found = group("a", before={})
    events = run(plan(found, group("b")), cloud)
    said = failure(events)
    assert re.fullmatch(
        rf"{HERE} groups/a \(pool customers\): unexpected RuntimeError at scripted.py:\d+. This is a bug in poolctl; "
        "please report it. Whether cognito-idp:UpdateGroup took effect is unknown. Run plan to see the live state.",
        said.error,
    )
    assert (said.doubtful, said.operation, said.stale, said.written) == (True, "cognito-idp:UpdateGroup", False, 0)
    assert skipped(events) == [("groups/b", "groups/a failed unexpectedly")]


def test_something_unexpected_between_calls_leaves_no_doubt():
    cloud = Scripted(ListGroups=[EMPTY], CreateGroup=[{"Group": 5}])
    said = failure(run(plan(group("a")), cloud))
    assert "This is a bug in poolctl; please report it. Run plan to see the live state." in said.error
    assert (said.doubtful, said.operation, said.written) == (False, "", 1)
    cloud = Scripted(ListGroups=[KeyError("x")])
    said = failure(run(plan(group("a", before={})), cloud))
    assert (said.doubtful, said.operation, said.written) == (False, "", 0)


def all_until(found: Plan, cloud: Scripted, **more: Any) -> tuple[list[Event], BaseException | None]:
    events: list[Event] = []
    time = Time()
    options = {"stop": never, **more}
    try:
        for event in carried_out(found, cloud, nothing_left, clock=time, sleep=time.sleep, **options):
            events.append(event)  # noqa: PERF402 - the events before an error count
    except Interrupted as error:
        return events, error
    return events, None


def test_a_second_signal_in_a_write_is_a_failure_with_a_doubt():
    cloud = Scripted(GetGroup=[got("a")], UpdateGroup=[Interrupted(2)])
    events, error = all_until(plan(group("a", before={}), group("b")), cloud)
    assert isinstance(error, Interrupted)
    assert failure(events).error == (
        f"{HERE} groups/a (pool customers): the run was interrupted at once. Whether cognito-idp:UpdateGroup took "
        "effect is unknown. Run plan to see the live state."
    )
    assert (failure(events).doubtful, failure(events).operation) == (True, "cognito-idp:UpdateGroup")


def test_a_second_signal_before_the_first_write_of_an_object_leaves_it_as_not_begun():
    cloud = Scripted(GetGroup=[Interrupted(2)])
    events, error = all_until(plan(group("a", before={})), cloud)
    assert isinstance(error, Interrupted)
    assert skipped(events) == [("groups/a", "the run was interrupted")]
    assert [type(e) for e in events] == [Started, Skipped]


def test_a_second_signal_after_a_write_says_that_something_was_written():
    cloud = Scripted(
        DescribeUserPoolClient=[LIVE_CLIENT],
        ListUserPoolClients=[rows("old"), Interrupted(15)],
        DeleteUserPoolClient=[{}],
        CreateUserPoolClient=[{"UserPoolClient": {"ClientId": "new"}}],
    )
    events, _ = all_until(plan(replaced()), cloud)
    assert failure(events).error == (
        f"{HERE} clients/web (pool customers): the run was interrupted at once. Run plan to see the live state."
    )
    assert (failure(events).written, failure(events).doubtful, failure(events).id) == (2, False, "new")


def test_after_a_first_signal_nothing_else_is_begun():
    cloud = Scripted(ListGroups=[EMPTY], CreateGroup=[{"Group": {}}])
    events = run(plan(group("a"), group("b"), group("c")), cloud, stop=lambda: "CreateGroup" in cloud.operations)
    assert skipped(events) == [("groups/b", "the run was interrupted"), ("groups/c", "the run was interrupted")]
    assert cloud.operations == ["ListGroups", "CreateGroup"]


def test_a_signal_after_the_last_write_leaves_the_result_unverified():
    cloud = Scripted(ListGroups=[EMPTY], CreateGroup=[{"Group": {}}])
    events = run(plan(group("a")), cloud, stop=lambda: "CreateGroup" in cloud.operations)
    assert events[-1] == Verified((), TARGET, ("the run was interrupted before the result was verified",))


# --- verifying -------------------------------------------------------------------------------------------------------


def test_the_result_is_planned_again_until_nothing_is_left():
    left = group("a")
    for plans, slept, pending in (
        ([plan()], 0, ()),
        ([plan(left), plan()], 1, ()),
        ([plan(left)] * 3 + [plan()], 7, ()),
        ([plan(left)] * 5, 7, (left,)),
    ):
        waiting = iter(plans)
        time = Time()
        (found,) = run(plan(), Scripted(), again=lambda waiting=waiting: next(waiting), time=time)
        assert (sum(time.slept), found) == (slept, Verified(pending, TARGET, ()))


def test_waiting_for_the_result_ends_with_a_signal():
    left = group("a")
    asked = iter([False, True])
    time = Time()
    (found,) = run(plan(), Scripted(), again=lambda: plan(left), stop=lambda: next(asked), time=time)
    assert (found, time.slept) == (Verified((left,), TARGET, ()), [])


def test_what_cannot_be_read_or_is_refused_afterwards_is_unproven():
    gap = Gap(at("groups"), "cognito-idp:ListGroups", "AccessDeniedException: no")
    refusal = Refusal(at("mfa"), "P7", (), "It is wrong.", "Do it right.")
    target = replace(TARGET, pool_id="other")
    (found,) = run(plan(), Scripted(), again=lambda: Plan(target, (), (refusal,), gaps=(gap,)))
    said = ("groups: cognito-idp:ListGroups: AccessDeniedException: no", "mfa: It is wrong.")
    assert found == Verified((), target, said)


def test_an_error_afterwards_is_a_result():
    def again() -> Plan:
        raise Denied("cognito-idp:ListGroups", "AccessDeniedException", "no")

    (found,) = run(plan(), Scripted(), again=again)
    assert found == Verified((), TARGET, ("cognito-idp:ListGroups: AccessDeniedException: no",))

    def broken() -> Plan:
        raise KeyError("x")

    (found,) = run(plan(), Scripted(), again=broken)
    assert found.unproven[0].startswith("unexpected KeyError at test_applier_units.py:")
    assert (found.left, found.target) == ((), TARGET)


# --- waiting ---------------------------------------------------------------------------------------------------------


GONE = NotFound("cognito-idp:DescribeUserPoolDomain", "ResourceNotFoundException", "no")
CUSTOM = {"CustomDomainConfig": {"CertificateArn": "arn:aws:acm:us-east-1:1:certificate/x"}}


def domain(declared: Any = None, name: str = "acme") -> ResourceChange:
    return change("domains", name, declared=declared or {}, ids={**IDS, "Domain": name})


def busy(status: str) -> dict[str, Any]:
    return {"DomainDescription": {"Domain": "acme", "Status": status}}


def test_the_applier_waits_until_the_service_has_finished():
    time = Time()
    cloud = Scripted(
        DescribeUserPoolDomain=[GONE, busy("CREATING"), busy("CREATING"), busy("ACTIVE")], CreateUserPoolDomain=[{}]
    )
    events = run(plan(domain()), cloud, time=time)
    waits = [e for e in events if isinstance(e, Waiting)]
    assert [(str(w.address), w.status) for w in waits] == [("domains/acme", "CREATING")] * 2
    assert [w.seconds for w in waits] == [1.0, 7.0]
    assert time.slept == [1.0] * 10
    assert isinstance(events[-1], Verified)
    assert cloud.calls[-1] == ("DescribeUserPoolDomain", {"Domain": "acme"})


def test_the_waits_grow_with_the_time_but_not_beyond_a_minute():
    time = Time()
    answers = [GONE, *[busy("CREATING")] * 40, busy("ACTIVE")]
    events = run(plan(domain(CUSTOM)), Scripted(DescribeUserPoolDomain=answers, CreateUserPoolDomain=[{}]), time=time)
    seconds = [e.seconds for e in events if isinstance(e, Waiting)]
    pauses = [round(b - a) for a, b in pairwise(seconds)]
    assert pauses[0] == 6
    assert pauses == sorted(pauses)
    assert pauses[-1] == 61
    at_100 = next(i for i, s in enumerate(seconds) if s > 100)
    assert pauses[at_100] in (11, 12, 13)
    assert isinstance(events[-1], Verified)


def test_an_object_that_stays_busy_is_a_failure_in_the_end():
    time = Time()
    cloud = Scripted(DescribeUserPoolDomain=[GONE, busy("CREATING")], CreateUserPoolDomain=[{}])
    events = run(plan(domain()), cloud, time=time)
    assert failure(events).error == (
        f"{HERE} domains/acme (pool customers): cognito-idp:DescribeUserPoolDomain: CREATING: still in this state "
        "after 62 seconds. Run plan to see the live state."
    )
    assert (failure(events).code, failure(events).written, failure(events).doubtful) == ("CREATING", 1, False)


def test_a_signal_ends_the_wait_as_the_service_goes_on_by_itself():
    cloud = Scripted(DescribeUserPoolDomain=[GONE, busy("CREATING")], CreateUserPoolDomain=[{}])
    events = run(plan(domain()), cloud, stop=lambda: "CreateUserPoolDomain" in cloud.operations)
    assert failure(events).error == (
        f"{HERE} domains/acme (pool customers): cognito-idp:DescribeUserPoolDomain: CREATING: the run was interrupted; "
        "the service continues by itself, and the next run completes the rest. Run plan to see the live state."
    )
    assert not any(isinstance(e, Waiting) for e in events)


def test_a_signal_cuts_a_pause_short():
    time = Time()
    cloud = Scripted(DescribeUserPoolDomain=[GONE, busy("CREATING")], CreateUserPoolDomain=[{}])
    run(plan(domain()), cloud, stop=lambda: len(time.slept) > 1, time=time)
    assert time.slept == [1.0, 1.0]


def test_a_deletion_of_a_domain_is_waited_for():
    found = change(
        "domains", "acme", before={"Domain": "acme"}, action=Action.DELETE, after=None, ids={**IDS, "Domain": "acme"}
    )
    there = {"DomainDescription": {"Domain": "acme"}}
    cloud = Scripted(DescribeUserPoolDomain=[there, busy("DELETING"), GONE], DeleteUserPoolDomain=[{}])
    assert [type(e) for e in run(plan(found), cloud)] == [Started, Sent, Waiting, Done, Verified]


# --- another Region --------------------------------------------------------------------------------------------------


def test_a_call_for_another_region_goes_there():
    row = {"RegionName": "us-east-1", "Status": "ACTIVE"}
    there = {"Id": POOL, "Name": "customers", "Arn": "arn:r", "UserPoolTags": {"a": "1"}}
    live_replica = join(row, there)
    found = change(
        "replicas",
        "us-east-1",
        declared={"UserPoolTags": {"a": "2"}},
        before=live_replica,
        after={**live_replica, "UserPoolTags": {"a": "2"}},
        ids={**IDS, "RegionName": "us-east-1"},
    )
    cloud = Scripted(
        ListUserPoolReplicas=[{"UserPoolReplicas": [row]}], DescribeUserPool=[{"UserPool": there}], TagResource=[{}]
    )
    events = run(plan(found), cloud)
    assert cloud.regions == [("us-east-1", "DescribeUserPool"), ("us-east-1", "TagResource")]
    assert ("TagResource", {"ResourceArn": "arn:r", "Tags": {"a": "2"}}) in cloud.calls
    assert isinstance(events[-1], Verified)
