"""A document that refers to itself: filled in from what is live, and in the run that makes what it refers to."""

from __future__ import annotations

import json
import signal
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.applying.applier import UNREAD
from reconciler.local import LocalCognito, serve
from tests.cli.support import Ran, in_process, run
from tests.cli.test_interrupted import Holding, Process

ENVIRON = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-west-1"}
POOL, ARN, PROVIDER = "own/user_pool#Id", "own/user_pool#Arn", "own/user_pool#ProviderName"
WEB, APP = "own/clients/web#ClientId", "own/clients/app#ClientId"
HERE = "https://example.com/"


def whole(target: str) -> dict[str, str]:
    return {"$ref": target}


def within(target: str, before: str = "x-", after: str = "") -> str:
    return f"{before}${{ref.{target}}}{after}"


def tree(**sections: Any) -> dict[str, Any]:
    found = {"version": 1, "user_pool": {"PoolName": "own"}, "clients": {"web": {}, "app": {}}}
    pool = {**found["user_pool"], **sections.pop("user_pool", {})}
    clients = {**found["clients"], **sections.pop("clients", {})}
    return {**found, "user_pool": pool, "clients": clients, **sections}


def message(text: str) -> dict[str, Any]:
    return {"VerificationMessageTemplate": {"EmailMessage": f"{{####}} {text}", "EmailSubject": "Code"}}


def oauth(*urls: Any) -> dict[str, Any]:
    flow = {"AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "AllowedOAuthFlowsUserPoolClient": True}
    return {"CallbackURLs": list(urls), **flow, "SupportedIdentityProviders": ["COGNITO"]}


OIDC = {
    "client_id": "abc",
    "client_secret": "secret-of-okta",
    "authorize_scopes": "openid",
    "oidc_issuer": HERE + "i",
    "attributes_request_method": "GET",
}
CASES: dict[str, dict[str, Any]] = {
    "tag of the pool": tree(user_pool={"UserPoolTags": {"id": whole(POOL), "arn": within(ARN), "of": "me"}}),
    "key of a tag": tree(user_pool={"UserPoolTags": {within(POOL): "yes", "of": "me"}}),
    "message with the pool": tree(user_pool=message(within(POOL))),
    "message with a client": tree(user_pool=message(within(WEB, "https://login.example.com/?client_id="))),
    "invitation": tree(
        user_pool={
            "AdminCreateUserConfig": {"InviteMessageTemplate": {"SMSMessage": "{username} {####} " + within(WEB)}}
        }
    ),
    "trigger": tree(
        user_pool={
            "LambdaConfig": {
                "PreTokenGenerationConfig": {
                    "LambdaVersion": "V2_0",
                    "LambdaArn": within(POOL, "arn:aws:lambda:eu-west-1:123456789012:function:f-"),
                }
            },
            "UserPoolTier": "ESSENTIALS",
        }
    ),
    "attribute that stays": tree(
        user_pool={**message(within(POOL)), "Schema": [{"Name": "t", "AttributeDataType": "String", "Mutable": True}]}
    ),
    "message of second factors": tree(
        user_pool={
            "SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::123456789012:role/sms", "ExternalId": "x"},
        },
        mfa={
            "MfaConfiguration": "OPTIONAL",
            "SoftwareTokenMfaConfiguration": {"Enabled": True},
            "SmsMfaConfiguration": {"SmsAuthenticationMessage": "{####} " + within(WEB)},
        },
    ),
    "url of a client with the pool": tree(clients={"web": oauth(HERE + within(POOL, ""))}),
    "url of a client with another one": tree(clients={"app": oauth(HERE, HERE + within(WEB, ""))}),
    "url of a client with a later one": tree(clients={"web": oauth(HERE + within(APP, ""))}),
    "url of a client with itself": tree(
        clients={"web": {"LogoutURLs": [HERE + within(WEB, "")], "CallbackURLs": [HERE]}}
    ),
    "clients with each other": tree(
        clients={
            "web": {"LogoutURLs": [HERE + within(APP, "")], "CallbackURLs": [HERE]},
            "app": {"LogoutURLs": [HERE + within(WEB, "")], "CallbackURLs": [HERE]},
        }
    ),
    "secret of a client": tree(clients={"app": {"ClientSecret": within(WEB, "aaaaaaaaaaaaaaaaaaaaaaaa", "")}}),
    "single item of a list": tree(clients={"web": {"CallbackURLs": {"$include": [HERE + within(WEB, "")]}}}),
    "group": tree(groups={"admins": {"Description": whole(WEB)}, "more": {"Description": within(POOL)}}),
    "delivery of logs": tree(
        log_delivery={
            "LogConfigurations": [
                {
                    "EventSource": "userNotification",
                    "LogLevel": "ERROR",
                    "CloudWatchLogsConfiguration": {
                        "LogGroupArn": within(POOL, "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/")
                    },
                }
            ]
        }
    ),
    "role of a group": tree(groups={"admins": {"RoleArn": within(POOL, "arn:aws:iam::123456789012:role/r-")}}),
    "names": tree(
        groups={"admins": {}, "more": {"Description": within("own/groups/admins#GroupName")}},
        domains={"own-domain": {}},
        clients={"web": {"CallbackURLs": [within("own/domains/own-domain#Domain", "https://", ".example.com/")]}},
    ),
    "resource server": tree(
        resource_servers={
            "orders": {"Name": within(POOL), "Scopes": [{"ScopeName": "r", "ScopeDescription": whole(WEB)}]}
        }
    ),
    "provider": tree(
        identity_providers={"okta": {"ProviderType": "OIDC", "ProviderDetails": {**OIDC, "client_id": whole(WEB)}}}
    ),
    "rows": tree(
        groups={
            "$each": [{"id": "web"}, {"id": "app"}],
            "as": "t",
            "key": "g-${t.id}",
            "value": {"Description": "${ref.own/clients/${t.id}#ClientId}"},
        }
    ),
}


def written(folder: Path, *trees: dict[str, Any]) -> str:
    file = folder / "own.yaml"
    file.write_text(yaml.safe_dump_all(trees, sort_keys=False))
    return str(file)


def command(*words: str) -> Ran:
    return run(*words, environ=ENVIRON)


def assert_settled(file: str) -> None:
    ran = command("plan", "--detailed-exitcode", file)
    assert ran.code == 0, ran.out
    assert "known after apply" not in ran.out
    drift = command("drift", file)
    assert drift.code == 0, drift.out
    again = command("apply", "--yes", file)
    assert again.code == 0
    assert "No changes." in again.out


@pytest.mark.parametrize("case", CASES)
def test_one_apply_is_enough(local: LocalCognito, tmp_path: Path, case: str):
    file = written(tmp_path, CASES[case])
    assert command("validate", file).code == 0
    plan = command("plan", file)
    assert plan.code == 0, plan.err
    ran = command("apply", "--yes", file)
    assert ran.code == 0, (ran.out, ran.err)
    assert "${" not in str(local.records)
    assert "known after" not in str(local.records)
    assert_settled(file)


@pytest.mark.parametrize("case", CASES)
def test_it_is_filled_in_where_the_pool_is_live(local: LocalCognito, tmp_path: Path, case: str):
    plain = tree(groups={}, identity_providers={}, resource_servers={})
    if case == "secret of a client":
        plain["clients"] = {"web": {}}  # a secret is that with which a client is made
    assert command("apply", "--yes", written(tmp_path, plain)).code == 0
    file = written(tmp_path, CASES[case])
    ran = command("apply", "--yes", file)
    assert ran.code == 0, (ran.out, ran.err)
    assert_settled(file)


@pytest.mark.parametrize("case", ["message with a client", "clients with each other", "rows", "secret of a client"])
def test_what_is_reviewed_is_applied(local: LocalCognito, tmp_path: Path, case: str):
    file, saved = written(tmp_path, CASES[case]), str(tmp_path / "plan.json")
    assert command("plan", "--out", saved, file).code == 0
    ran = command("apply", "--yes", saved)
    assert ran.code == 0, (ran.out, ran.err)
    assert_settled(file)


def test_what_is_written_is_what_is_live(local: LocalCognito, tmp_path: Path):
    case = tree(
        user_pool={**message(within(WEB)), "UserPoolTags": {"arn": whole(ARN), "provider": within(PROVIDER, "")}},
        clients={"app": oauth(HERE + within(WEB, "", "/") + within(POOL, ""))},
        groups={"g": {"Description": within(APP, "$${x} ")}},
    )
    assert command("apply", "--yes", written(tmp_path, case)).code == 0
    ((pool, record),) = local.records.items()
    name = pool if isinstance(pool, str) else pool[-1]
    ids = {c["ClientName"]: key for key, c in record["clients"].items()}
    found = json.dumps(record, default=str)
    for text in (f"x-{ids['web']}", f"{HERE}{ids['web']}/{name}", f"${{x}} {ids['app']}", f"userpool/{name}"):
        assert text in found
    assert f"cognito-idp.eu-west-1.amazonaws.com/{name}" in found


def test_a_client_comes_after_the_one_that_it_refers_to(local: LocalCognito, tmp_path: Path):
    ran = command("apply", "--yes", written(tmp_path, CASES["url of a client with a later one"]))
    assert ran.err.index("clients/app: Creation complete") < ran.err.index("clients/web: Creating")
    assert "Update" not in ran.err


def test_what_cannot_wait_is_set_by_an_update_that_the_plan_names(local: LocalCognito, tmp_path: Path):
    ran = command("apply", "--yes", written(tmp_path, CASES["message with a client"]))
    said = "An update in the same run sets VerificationMessageTemplate.EmailMessage of user_pool, once this is known: "
    assert said + WEB + "." in ran.out
    assert ran.err.index("clients/web: Creation complete") < ran.err.index("user_pool: Updating")
    assert "Resources: 3 added, 0 changed" in ran.out


def test_the_update_resets_nothing(local: LocalCognito, tmp_path: Path):
    case = tree(
        user_pool={**message(within(WEB)), "Policies": {"PasswordPolicy": {"MinimumLength": 17}}},
        mfa={"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
    )
    file = written(tmp_path, case)
    assert command("apply", "--yes", file).code == 0
    assert_settled(file)
    (record,) = local.records.values()
    assert "OPTIONAL" in json.dumps(record, default=str)


def test_a_diff_with_the_live_pool_compares_values(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, CASES["message with a client"])
    assert command("apply", "--yes", file).code == 0
    ran = command("diff", file, "pool:own")
    assert ran.code == 0, ran.out


def test_a_target_brings_in_what_it_refers_to(local: LocalCognito, tmp_path: Path):
    case = tree(clients={"web": oauth(HERE + within(APP, "")), "third": {}})
    ran = command("apply", "--yes", "--target", "clients/web", written(tmp_path, case))
    assert ran.code == 0, ran.err
    assert "--target does not name clients/app; it is created all the same: clients/web refers to it." in ran.out
    (record,) = local.records.values()
    assert {c["ClientName"] for c in record["clients"].values()} == {"web", "app"}


def test_a_replaced_client_is_referred_to_by_its_new_id(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, tree(clients={"app": oauth(HERE + within(WEB, ""))}))
    assert command("apply", "--yes", file).code == 0
    (record,) = local.records.values()
    old = next(key for key, c in record["clients"].items() if c["ClientName"] == "web")
    file = written(tmp_path, tree(clients={"web": {"GenerateSecret": True}, "app": oauth(HERE + within(WEB, ""))}))
    ran = command("apply", "--yes", "--allow-replace", "clients/web", file)
    assert ran.code == 0, (ran.out, ran.err)
    (record,) = local.records.values()
    new = next(key for key, c in record["clients"].items() if c["ClientName"] == "web")
    assert new != old
    assert HERE + new in json.dumps(record, default=str)
    assert_settled(file)


def test_a_client_that_somebody_deletes_is_referred_to_by_its_new_id(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, CASES["message with a client"])
    assert command("apply", "--yes", file).code == 0
    idp = local.client("cognito-idp", "eu-west-1")
    pool = idp.list_user_pools(MaxResults=9)["UserPools"][0]["Id"]
    for client in idp.list_user_pool_clients(UserPoolId=pool, MaxResults=9)["UserPoolClients"]:
        idp.delete_user_pool_client(UserPoolId=pool, ClientId=client["ClientId"])
    assert command("drift", file).code == 2
    ran = command("apply", "--yes", file)
    assert ran.code == 0, (ran.out, ran.err)
    assert_settled(file)


def test_an_update_that_fails_is_reported_and_left_to_the_next_run(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, CASES["message with a client"])
    local.faults.add("UpdateUserPool", "InvalidParameterException", times=99, message="not today")
    ran = command("apply", "--yes", file)
    assert ran.code == 6, (ran.out, ran.err)
    assert "user_pool: Failed" in ran.err
    local.faults.clear()
    plan = command("plan", "--detailed-exitcode", file)
    assert plan.code == 2
    assert "0 to add, 1 to change, 0 to destroy" in plan.out
    assert command("apply", "--yes", file).code == 0
    assert_settled(file)


def test_a_signal_while_the_update_is_planned_leaves_the_result_unproven(tmp_path: Path):
    with serve(None) as server, closing(Holding(server.url)) as holding:
        holding.operation = "DescribeUserPool"  # nothing describes a new pool before the update is planned
        process = Process(holding, tmp_path, CASES["message with a client"])
        process.signal(signal.SIGTERM)
        ended, out, _ = process.end()  # the read was never answered
    assert ended == 143
    assert {status for status, _ in process.statuses.values()} == {"done"}
    unproven = json.loads(process.report.read_text())["unproven"]
    assert [u["reason"] for u in unproven] == [UNREAD]
    assert "Apply could not be verified: 3 added, 0 changed" in out


# --- refused -------------------------------------------------------------------------------------------------------

WRONG = {
    "a number": (
        tree(clients={"web": {"AccessTokenValidity": whole(POOL)}}),
        "clients.web.AccessTokenValidity",
    ),
    "a choice": (tree(user_pool={"DeletionProtection": whole(POOL)}), "user_pool.DeletionProtection"),
    "too long": (tree(groups={"g": {"Description": within(POOL, "x" * 2045)}}), "groups.g.Description"),
    "no identifier": (tree(user_pool=message(within("own/clients/web#ClientSecret"))), "ClientSecret"),
    "no object": (tree(user_pool=message(within("own/clients/wbe#ClientId"))), "clients/wbe"),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("words", [("validate",), ("plan",), ("apply", "--yes")], ids=lambda words: words[0])
def test_what_never_fits_is_found_offline(local: LocalCognito, tmp_path: Path, name: str, words: tuple[str, ...]):
    case, said = WRONG[name]
    file = written(tmp_path, case)
    ran = command(*words, file)
    assert (ran.code, said in ran.err + ran.out) == (3, True), (ran.out, ran.err)
    assert f"{file}:" in ran.err + ran.out
    assert not local.records


IMPOSSIBLE = {
    "can be set only once": (
        tree(clients={"web": {"ClientSecret": within(WEB, "aaaaaaaaaaaaaaaaaaaaaaaa", "")}}),
        "clients.web.ClientSecret",
        "it can be set only then",
    ),
    "is required": (
        tree(user_pool={"SmsConfiguration": {"ExternalId": "x"}}, sms_role={"RoleName": within(POOL)}),
        "sms_role.RoleName",
        "CreateRole requires it",
    ),
    "a rule needs it": (
        tree(clients={"web": oauth(HERE + within(WEB, ""))}),
        "clients.web.CallbackURLs[0]",
        "refuses it without",
    ),
    "a provider and its client": (
        tree(
            identity_providers={"okta": {"ProviderType": "OIDC", "ProviderDetails": {**OIDC, "client_id": whole(WEB)}}},
            clients={"web": {**oauth(HERE), "SupportedIdentityProviders": ["okta"]}},
        ),
        "identity_providers.okta.ProviderDetails.client_id",
        "refuses it without",
    ),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_what_cannot_be_made_without_itself_is_refused_before_the_first_write(
    local: LocalCognito, tmp_path: Path, name: str
):
    case, where, why = IMPOSSIBLE[name]
    file = written(tmp_path, case)
    assert command("validate", file).code == 0  # it may exist already
    for words in (("plan",), ("apply", "--yes")):
        ran = command(*words, file)
        assert ran.code == 3, (ran.out, ran.err)
        assert f"{file}:" in ran.err
        assert where in ran.err
        assert why in ran.err
        assert "Apply without it first, and write it once the object exists." in ran.err
    assert not local.records


def test_a_secret_that_was_filled_in_is_never_shown(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, CASES["secret of a client"])
    for words in (("plan",), ("plan", "-o", "json"), ("apply", "--yes", "-o", "jsonl"), ("plan",), ("drift",)):
        ran = command(*words, file)
        assert "aaaaaaaaaaaa" not in ran.out + ran.err
    (record,) = local.records.values()
    assert f"aaaaaaaaaaaaaaaaaaaaaaaa{next(iter(record['clients']))}" in str(record)


def test_what_could_not_be_read_is_a_gap_and_no_change(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, CASES["message with a client"])
    assert command("apply", "--yes", file).code == 0
    local.faults.add("DescribeUserPoolClient", "AccessDeniedException", times=99, message="not allowed")
    for words in ("plan", "drift"):
        ran = command(words, "-o", "json", file)
        assert ran.code == 7
        found = json.loads(ran.out)
        assert not [c for c in found.get("resource_changes", ()) if c["change"]["actions"] != ["no-op"]]
        assert not found.get("findings")


def test_a_pool_that_cannot_be_read_a_second_time_is_a_gap_of_drift(local: LocalCognito, tmp_path: Path):
    assert command("apply", "--yes", written(tmp_path, tree())).code == 0
    file = written(tmp_path, tree(log_groups={within(POOL, "/aws/vendedlogs/"): {}}))  # read again, with its name
    local.faults.add("DescribeUserPool", "AccessDeniedException", times=99, after=1, message="not allowed")
    ran = command("drift", "-o", "json", file)
    assert ran.code == 7, (ran.out, ran.err)
    assert "not allowed" in ran.out


# --- several documents ---------------------------------------------------------------------------------------------

IDENTITIES = {
    "version": 1,
    "kind": "IdentityPool",
    "identity_pool": {
        "IdentityPoolName": "own",
        "AllowUnauthenticatedIdentities": False,
        "CognitoIdentityProviders": [{"ProviderName": whole(PROVIDER), "ClientId": whole(WEB)}],
        "IdentityPoolTags": {"self": whole("own/identity_pool#Id"), "pool": within(POOL)},
    },
    "roles": {"Roles": {"authenticated": within("own/identity_pool#Id", "arn:aws:iam::123456789012:role/")}},
}


@pytest.mark.parametrize("first", ["nothing", "the user pool"])
def test_documents_that_refer_to_each_other_and_to_themselves(local: LocalCognito, tmp_path: Path, first: str):
    users = tree(user_pool=message(within(WEB)))
    if first == "the user pool":
        assert command("apply", "--yes", written(tmp_path, users)).code == 0
    identities = {**IDENTITIES, "roles": {"Roles": {"authenticated": "arn:aws:iam::123456789012:role/r"}}}
    file = written(tmp_path, identities, users)
    ran = command("apply", "--yes", file)
    assert ran.code == 0, (ran.out, ran.err)
    assert_settled(file)


PARTS = (
    {"version": 1, "part": "platform", "parts": ["platform", "shop"]}
    | {"user_pool": {"PoolName": "own", "UserPoolTags": {"web": whole(WEB)}}},
    {"version": 1, "part": "shop", "pool": "own", "clients": {"web": {"CallbackURLs": [HERE + within(POOL, "")]}}},
)


def test_parts_of_one_pool_refer_to_what_the_others_declare(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, *PARTS)
    ran = command("apply", "--yes", file)
    assert ran.code == 0, (ran.out, ran.err)
    assert_settled(file)


def test_an_overlay_refers_to_the_pool(local: LocalCognito, tmp_path: Path):
    file = written(tmp_path, tree())
    (tmp_path / "overlays" / "prod").mkdir(parents=True)
    overlay = {"user_pool": {"PoolName": "own", "UserPoolTags": {"web": whole(WEB)}}}
    (tmp_path / "overlays" / "prod" / "own.yaml").write_text(yaml.safe_dump(overlay))
    ran = command("apply", "--yes", "--env", "prod", file)
    assert ran.code == 0, (ran.out, ran.err)
    again = command("plan", "--detailed-exitcode", "--env", "prod", file)
    assert again.code == 0, again.out


# --- any combination -----------------------------------------------------------------------------------------------

TARGETS = st.sampled_from([POOL, ARN, WEB, APP, "own/groups/g#GroupName"])
SUBJECTS = st.sampled_from([POOL, WEB, APP]).map(within)
TEXTS = st.lists(TARGETS, max_size=2).map(lambda ts: "x" + "".join(within(t, "-") for t in ts))
URLS = st.lists(TEXTS.map(lambda text: HERE + text), max_size=2, unique=True)


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_a_plan_after_an_apply_is_empty(data: st.DataObject):
    urls = {name: {"CallbackURLs": [HERE], "LogoutURLs": data.draw(URLS)} for name in ("web", "app")}
    subject = {"VerificationMessageTemplate": {"EmailSubject": data.draw(SUBJECTS)}}
    case = tree(
        user_pool={"UserPoolTags": {"t": data.draw(TEXTS)}, **subject},
        clients=urls,
        groups={"g": {"Description": data.draw(TEXTS)}},
    )
    with pytest.MonkeyPatch.context() as patch, in_process(patch), TemporaryDirectory() as folder:
        file = written(Path(folder), case)
        ran = command("apply", "--yes", file)
        assert ran.code == 0, (ran.out, ran.err)
        assert command("plan", "--detailed-exitcode", file).code == 0
