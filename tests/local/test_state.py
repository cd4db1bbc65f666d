"""State between runs: reload, modes, a killed process, a second process, HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from reconciler.errors import InvalidInput
from reconciler.local import LocalCognito, database, serve
from reconciler.local.backend import Engine
from reconciler.local.state_file import FILE
from reconciler.local.store import Store, pool_parts
from tests.local.support import CERTIFICATE, SMS, Api, Refused

KEY = "arn:aws:kms:us-east-1:123456789012:key/mrk-00000000000000000000000000000000"
ACL = "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/guard/00000000-0000-0000-0000-000000000000"


def fill(api: Api) -> str:
    pool = api.pool(PoolName="kept", SmsConfiguration=SMS, Schema=[{"Name": "x"}], UserPoolTags={"a": "b"})
    ids = {"UserPoolId": pool}
    api.mfa(pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True})
    domain = {"Domain": "auth.example.com", "CustomDomainConfig": {"CertificateArn": CERTIFICATE}}
    api.boto.create_user_pool_domain(**ids, **domain)
    api.boto.create_group(**ids, GroupName="g")
    api.boto.create_resource_server(**ids, Identifier="o", Name="o")
    details = {"client_id": "i", "client_secret": "s", "authorize_scopes": "email"}
    api.boto.create_identity_provider(**ids, ProviderName="Google", ProviderType="Google", ProviderDetails=details)
    api.client(pool, GenerateSecret=True, SupportedIdentityProviders=["Google"])
    return pool


def everything(api: Api, pool: str) -> list[Any]:
    clients = api.boto.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"]
    return [
        api.describe(pool),
        api.get_mfa(pool),
        [api.describe_client(c) for c in clients],
        api.boto.list_groups(UserPoolId=pool)["Groups"],
        api.boto.list_resource_servers(UserPoolId=pool, MaxResults=50)["ResourceServers"],
        api.boto.describe_identity_provider(UserPoolId=pool, ProviderName="Google")["IdentityProvider"],
        api.boto.describe_user_pool_domain(Domain="auth.example.com")["DomainDescription"],
    ]


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    with LocalCognito(tmp_path) as local:
        pool = fill(Api(local))
        before = everything(Api(local), pool)
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        assert everything(api, pool) == before
        assert api.pool() != pool  # ids go on
        client = api.boto.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"]
        api.boto.admin_create_user(UserPoolId=pool, Username="bob")  # moto's objects are there again
        with pytest.raises(ClientError):
            api.boto.sign_up(ClientId=client, Username="bob", Password="Secret-1234")
        api.boto.delete_user_pool_domain(UserPoolId=pool, Domain="auth.example.com")
        api.boto.delete_user_pool(UserPoolId=pool)
    with LocalCognito(tmp_path) as local:
        assert pool not in local.records


def fill_more(api: Api) -> tuple[str, str, str]:
    """Make one of everything that `fill` leaves out; return the ids of the pool, a client and an identity pool."""
    key = {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": KEY}
    pool = api.pool(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}, KeyConfiguration=key)
    client = api.client(pool, GenerateSecret=True)["ClientId"]
    ids = {"UserPoolId": pool, "ClientId": client}
    boto = api.boto
    boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    boto.set_risk_configuration(**ids, CompromisedCredentialsRiskConfiguration={"Actions": {"EventAction": "BLOCK"}})
    boto.set_ui_customization(**ids, CSS=".logo-customizable {}")
    boto.create_managed_login_branding(**ids, Settings={"components": {}})
    boto.create_terms(
        **ids, TermsName="terms-of-use", TermsSource="LINK", Enforcement="NONE", Links={"cognito:default": "https://a"}
    )
    boto.create_cimd_policy(**ids, PolicyName="p", URLPatterns=["https://example.com"])
    group = {"LogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:g"}
    log = {"LogLevel": "ERROR", "EventSource": "userNotification", "CloudWatchLogsConfiguration": group}
    boto.set_log_delivery_configuration(UserPoolId=pool, LogConfigurations=[log])
    boto.set_user_pool_session_configuration(
        UserPoolId=pool, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 3}
    )
    boto.set_user_pool_client_session_configuration(**ids, SSOSession={"MaxValidityMinutes": 5})
    boto.add_user_pool_client_secret(**ids)
    boto.create_user_pool_replica(UserPoolId=pool, RegionName="eu-west-1", UserPoolTags={"a": "b"})
    boto.update_provisioned_limit(LimitDefinition=LIMIT, RequestedLimitValue=99)
    api.local.client("wafv2").associate_web_acl(WebACLArn=ACL, ResourceArn=api.describe(pool)["Arn"])
    identity = api.local.client("cognito-identity")
    made = identity.create_identity_pool(IdentityPoolName="i", AllowUnauthenticatedIdentities=False)["IdentityPoolId"]
    role = {"authenticated": "arn:aws:iam::123456789012:role/r"}
    identity.set_identity_pool_roles(IdentityPoolId=made, Roles=role)
    identity.set_principal_tag_attribute_map(IdentityPoolId=made, IdentityProviderName="p", PrincipalTags={"a": "b"})
    return pool, client, made


LIMIT = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserCreation"}}


def everything_more(api: Api, pool: str, client: str, identity_pool: str) -> list[Any]:
    ids, here = {"UserPoolId": pool, "ClientId": client}, {"UserPoolId": pool}
    identity, there = api.local.client("cognito-identity"), api.local.client("cognito-idp", "eu-west-1")
    answers = [
        api.boto.describe_risk_configuration(**ids),
        api.boto.get_ui_customization(**ids),
        api.boto.describe_managed_login_branding_by_client(**ids),
        api.boto.describe_terms_by_client(**ids, TermsName="terms-of-use"),
        api.boto.list_cimd_policies(**here),
        api.boto.get_log_delivery_configuration(**here),
        api.boto.get_user_pool_session_configuration(**here),
        api.boto.get_user_pool_client_session_configuration(**ids),
        api.boto.list_user_pool_client_secrets(**ids),
        api.boto.list_user_pool_replicas(**here),
        there.describe_user_pool(**here),
        api.boto.get_provisioned_limit(LimitDefinition=LIMIT),
        api.local.client("wafv2").get_web_acl_for_resource(ResourceArn=api.describe(pool)["Arn"]),
        identity.describe_identity_pool(IdentityPoolId=identity_pool),
        identity.get_identity_pool_roles(IdentityPoolId=identity_pool),
        identity.get_principal_tag_attribute_map(IdentityPoolId=identity_pool, IdentityProviderName="p"),
    ]
    return [{k: v for k, v in a.items() if k != "ResponseMetadata"} for a in answers]


def test_the_rest_survives_a_restart_too(tmp_path: Path) -> None:
    with LocalCognito(tmp_path) as local:
        ids = fill_more(Api(local))
        before = everything_more(Api(local), *ids)
    assert all(before)
    with LocalCognito(tmp_path) as local:
        assert everything_more(Api(local), *ids) == before
        again = local.client("cognito-identity").create_identity_pool(**NAMED)["IdentityPoolId"]
        assert again != ids[2]  # ids go on
        local.client("cognito-identity").delete_identity_pool(IdentityPoolId=ids[2])
    with LocalCognito(tmp_path) as local:
        assert set(local.account["identity_pools"]) == {again}


NAMED = {"IdentityPoolName": "i", "AllowUnauthenticatedIdentities": False}


def test_deleting_a_pool_leaves_nothing_of_it(tmp_path: Path) -> None:
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        pool, _, _ = fill_more(api)
        api.boto.delete_user_pool_replica(UserPoolId=pool, RegionName="eu-west-1")
        api.boto.delete_user_pool_domain(UserPoolId=pool, Domain="acme")
        api.boto.delete_user_pool(UserPoolId=pool)
        assert pool not in (tmp_path / FILE).read_text()


def test_a_state_of_an_earlier_version_still_loads(tmp_path: Path) -> None:
    """Such a state knows five kinds of children only, and nothing beside user pools."""
    with LocalCognito(tmp_path) as local:
        pool = fill(Api(local))
    state = json.loads((tmp_path / FILE).read_text())
    del state["account"]
    known = {"clients", "domains", "providers", "servers", "groups"}
    for part in set(pool_parts()) - known:
        del state["pools"][pool][part]
    (tmp_path / FILE).write_text(json.dumps(state))
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        (client,) = api.boto.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"]
        ids = {k: client[k] for k in ("UserPoolId", "ClientId")}
        assert api.boto.describe_risk_configuration(UserPoolId=pool)["RiskConfiguration"] == {"UserPoolId": pool}
        assert api.boto.list_terms(UserPoolId=pool)["Terms"] == []
        assert len(api.boto.list_user_pool_client_secrets(**ids)["ClientSecrets"]) == 1
        assert local.client("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"] == []
        api.update(pool)
        api.boto.delete_user_pool_client(**ids)


OLD_USER = {
    "id": "0e7f1a52-8f8c-4a3b-9d2e-5b6c7d8e9f00",
    "enabled": True,
    "preferred_mfa_setting": "",
    "sms_mfa_enabled": False,
    "software_token_mfa_enabled": False,
    "token_verified": False,
    "create_date": "2026-11-01T08:00:00",
    "last_modified_date": "2026-11-02T08:00:00",
    "status": "CONFIRMED",
    "attributes": {"sub": "0e7f1a52-8f8c-4a3b-9d2e-5b6c7d8e9f00", "email": "ann@example.com"},
    "groups": ["g"],
}
"""A user as an earlier version kept it, besides the password."""


def test_users_of_an_earlier_version_still_sign_in(tmp_path: Path) -> None:
    hashed = {"password": None, "hash": ["PBKDF2_SHA256", "$pbkdf2-sha256$1$c2FsdA$aGFzaA"]}
    with LocalCognito(tmp_path) as local:
        pool = fill(Api(local))
    state = json.loads((tmp_path / FILE).read_text())
    state["pools"][pool]["users"] = {"ann": {**OLD_USER, "password": "Correct-Horse-9"}, "bob": {**OLD_USER, **hashed}}
    (tmp_path / FILE).write_text(json.dumps(state))
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        assert "Correct-Horse-9" not in (tmp_path / FILE).read_text()
        user = api.boto.admin_get_user(UserPoolId=pool, Username="ann")
        assert (user["UserStatus"], user["UserCreateDate"].isoformat()) == ("CONFIRMED", "2026-11-01T08:00:00+00:00")
        (group,) = api.boto.admin_list_groups_for_user(UserPoolId=pool, Username="ann")["Groups"]
        assert group["GroupName"] == "g"
        client = api.client(pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])["ClientId"]
        flow = {"ClientId": client, "AuthFlow": "USER_PASSWORD_AUTH"}
        for name, password in (("ann", "Wrong-Horse-9"), ("bob", "Correct-Horse-9")):
            with Refused(code="NotAuthorizedException"):
                api.boto.initiate_auth(**flow, AuthParameters={"USERNAME": name, "PASSWORD": password})
        answer = api.boto.initiate_auth(**flow, AuthParameters={"USERNAME": "ann", "PASSWORD": "Correct-Horse-9"})
        assert answer["AuthenticationResult"]["AccessToken"]


STATE = sorted([FILE, "lock", database.FILE])


def test_the_file_is_private_json_and_the_only_one_besides_the_lock(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "state"
    with LocalCognito(directory) as local:
        pool = fill(Api(local))
        state = json.loads((directory / FILE).read_text())  # on disk before the answer went out
        assert set(state["pools"][pool]["groups"]) == {"g", f"{pool}_Google"}
        assert sorted(p.name for p in directory.iterdir() if not p.name.endswith(("-shm", "-wal"))) == STATE
    assert (directory / FILE).stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_refused_or_read_only_call_writes_nothing(tmp_path: Path) -> None:
    with LocalCognito(tmp_path) as local:
        api = Api(local)
        pool = api.pool()
        before = (tmp_path / FILE).stat().st_ino
        api.describe(pool)
        with Refused():
            api.update(pool, AutoVerifiedAttributes=["phone_number"])
        assert (tmp_path / FILE).stat().st_ino == before
        api.update(pool)
        assert (tmp_path / FILE).stat().st_ino != before


def _ask(engine: Engine, operation: str, **params: Any) -> dict[str, Any]:
    status, _, body = engine.direct("us-east-1", operation, json.dumps(params).encode())
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def _meet_a_defect(engine: Engine, pool: str, gone: str, *, marked: bool) -> None:
    """Fail in the middle of a request that has changed all that can be changed."""
    with engine.turn():
        record = engine.store.pools[pool]
        record["groups"].clear()
        engine.store.account["limits"]["broken"] = 1
        engine.people.remove(pool, "ann", 0.0)
        if marked:
            engine.store.remove(engine.store.pools[gone])
            engine.store.touch(record)
            engine.store.touch_account()
        raise ZeroDivisionError


@pytest.mark.parametrize("marked", [True, False])
def test_a_request_that_meets_a_defect_changes_nothing(tmp_path: Path, *, marked: bool) -> None:
    engine = Engine(Store(tmp_path))
    engine.open()
    pool, gone = (_ask(engine, "CreateUserPool", PoolName=name)["UserPool"]["Id"] for name in ("kept", "other"))
    _ask(engine, "CreateGroup", UserPoolId=pool, GroupName="g")
    _ask(engine, "AdminCreateUser", UserPoolId=pool, Username="ann")
    before = json.loads(json.dumps([engine.store.pools, engine.store.account]))
    with pytest.raises(ZeroDivisionError):
        _meet_a_defect(engine, pool, gone, marked=marked)
    assert [engine.store.pools, engine.store.account] == before
    assert _ask(engine, "AdminGetUser", UserPoolId=pool, Username="ann")["Username"] == "ann"
    third = _ask(engine, "CreateUserPool", PoolName="third")["UserPool"]["Id"]  # saves what has changed
    engine.close()
    again = Engine(Store(tmp_path))
    again.open()
    del again.store.pools[third]
    assert [again.store.pools, again.store.account] == before
    again.close()


def test_without_a_directory_nothing_is_kept() -> None:
    with LocalCognito() as local:
        Api(local).pool()
    with LocalCognito() as local:
        assert Api(local).boto.list_user_pools(MaxResults=1)["UserPools"] == []


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 99, "pools": {}}', '{"version": 1, "serial": "hunter2"'])
def test_a_file_that_is_not_ours(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(InvalidInput, match="not a state") as info:
        LocalCognito(tmp_path).start()
    assert "hunter2" not in str(info.value)
    assert info.value.__suppress_context__


def _damaged(file: Path) -> None:
    """Spoil all but the first page, which SQLite looks at when it opens a file."""
    content = file.read_bytes()
    file.write_bytes(content[:4096] + b"\xaa" * (len(content) - 4096))


@pytest.mark.parametrize("name", [FILE, database.FILE])
def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(InvalidInput, match=f"{name}.*directory"):
        LocalCognito(tmp_path).start()


def test_a_directory_that_is_a_file_or_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InvalidInput, match="--local=DIR"):
            LocalCognito(path).start()


def test_a_damaged_database_is_named_and_let_go(tmp_path: Path) -> None:
    with LocalCognito(tmp_path) as cognito:
        fill(Api(cognito))
    _damaged(tmp_path / database.FILE)
    with pytest.raises(InvalidInput, match=rf"{database.FILE} cannot be used: .*malformed"):
        LocalCognito(tmp_path).start()
    for file in tmp_path.iterdir():
        file.unlink()
    with LocalCognito(tmp_path) as cognito:
        assert Api(cognito).boto.list_user_pools(MaxResults=1)["UserPools"] == []


def test_several_processes_may_use_one_directory(tmp_path: Path) -> None:
    """Each sees at once what another has written: here a process of its own and a server."""
    with serve(tmp_path) as server:
        boto = over_http(server.url)
        made = boto.create_user_pool(PoolName="theirs")["UserPool"]["Id"]
        with LocalCognito(tmp_path) as local:
            ours = local.client("cognito-idp", "eu-west-1")
            assert ours.describe_user_pool(UserPoolId=made)["UserPool"]["Name"] == "theirs"
            ours.admin_create_user(UserPoolId=made, Username="ada")
            other = ours.create_user_pool(PoolName="ours")["UserPool"]["Id"]
        assert [u["Username"] for u in boto.list_users(UserPoolId=made)["Users"]] == ["ada"]
        boto.delete_user_pool(UserPoolId=other)
        with LocalCognito(tmp_path) as local, Refused(code="ResourceNotFoundException"):
            local.client("cognito-idp", "eu-west-1").describe_user_pool(UserPoolId=other)


CHILD = """
import sys
from pathlib import Path
from reconciler.local import LocalCognito
with LocalCognito(Path(sys.argv[1])) as local:
    boto = local.client("cognito-idp")
    for n in range(100000):
        print(boto.create_user_pool(PoolName=f"p{n}")["UserPool"]["Id"], flush=True)
"""


def test_a_killed_process_leaves_all_that_it_answered(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert child.stdout is not None
    seen = [child.stdout.readline().strip() for _ in range(20)]
    child.kill()
    rest, _ = child.communicate()
    answered = seen + [line for line in rest.splitlines() if len(line) == len(seen[0])]
    with LocalCognito(tmp_path) as local:
        assert set(answered) <= set(local.records)
        assert len(local.records) - len(answered) <= 1
        Api(local).pool()


# --- moto itself ----------------------------------------------------------------------------------------------------


def test_motos_own_cognito_is_back_afterwards() -> None:
    from moto import mock_aws
    from moto.cognitoidentity.models import CognitoIdentityBackend, cognitoidentity_backends
    from moto.cognitoidp.models import CognitoIdpBackend, cognitoidp_backends
    from moto.wafv2.models import WAFV2Backend, wafv2_backends

    with LocalCognito():
        assert cognitoidp_backends.backend is not CognitoIdpBackend
    assert cognitoidp_backends.backend is CognitoIdpBackend
    assert cognitoidentity_backends.backend is CognitoIdentityBackend
    assert wafv2_backends.backend is WAFV2Backend
    with mock_aws():
        boto = boto3.client("cognito-idp", region_name="us-east-1")
        pool = boto.create_user_pool(PoolName="a/b#")["UserPool"]  # moto's plain behaviour: nothing is checked
        assert len(pool["Id"]) > len("us-east-1_") + 9


def test_the_names_of_moto_that_we_rest_on() -> None:
    """A canary: moto's maintainers promise none of these (emulators 2.8)."""
    import inspect

    from moto.cognitoidp import urls
    from moto.cognitoidp.models import CognitoIdpBackend, CognitoIdpGroup, CognitoIdpUserPool, cognitoidp_backends
    from moto.cognitoidp.responses import CognitoIdpResponse
    from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
    from moto.core.models import botocore_stubber
    from moto.core.responses import BaseResponse

    assert isinstance(cognitoidp_backends, BackendDict)
    assert cognitoidp_backends.backend is CognitoIdpBackend
    assert "self.backend(region_name, account_id=self.account_id)" in inspect.getsource(AccountSpecificBackend)
    assert isinstance(inspect.getattr_static(BaseBackend, "_url_module"), property)
    assert "self._url_module.url_paths" in inspect.getsource(BaseBackend)
    assert set(urls.url_paths) >= {"{0}/$"}
    assert urls.url_bases
    assert "self.call_action()" in inspect.getsource(BaseResponse._dispatch)
    assert list(inspect.signature(CognitoIdpResponse.call_action).parameters) == ["self"]
    assert list(inspect.signature(CognitoIdpUserPool.__init__).parameters)[1:] == [
        *("account_id", "region", "name", "extended_config")
    ]
    assert list(inspect.signature(CognitoIdpGroup.__init__).parameters)[2:] == [
        *("group_name", "description", "role_arn", "precedence")
    ]
    assert callable(botocore_stubber.process_request)


def test_the_names_of_motos_other_services_that_we_rest_on() -> None:
    import inspect

    import moto.cognitoidentity.urls
    import moto.wafv2.urls
    from moto.cognitoidentity.models import CognitoIdentityBackend, cognitoidentity_backends
    from moto.cognitoidentity.responses import CognitoIdentityResponse
    from moto.wafv2.models import WAFV2Backend, wafv2_backends
    from moto.wafv2.responses import WAFV2Response

    assert cognitoidentity_backends.backend is CognitoIdentityBackend
    assert wafv2_backends.backend is WAFV2Backend
    assert set(moto.cognitoidentity.urls.url_paths) == {"{0}/$"}
    assert set(moto.wafv2.urls.url_paths) == {"{0}/", "{0}/$"}
    for backend in (CognitoIdentityBackend, WAFV2Backend):
        assert list(inspect.signature(backend.__init__).parameters)[1:] == ["region_name", "account_id"]
    for response in (CognitoIdentityResponse, WAFV2Response):
        assert "call_action" not in vars(response)
        assert "service" not in dir(response)
    assert vars(CognitoIdentityBackend("us-east-1", "1"))["pools_identities"] == {}


# --- over HTTP ------------------------------------------------------------------------------------------------------


def over_http(url: str, service: str = "cognito-idp", **config: Any) -> Any:
    return boto3.session.Session().client(
        service,
        endpoint_url=url,
        region_name="eu-west-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}, **config),
    )


def test_the_same_over_http(tmp_path: Path) -> None:
    with serve(tmp_path) as server:
        boto = over_http(server.url)
        pool = boto.create_user_pool(PoolName="p")["UserPool"]["Id"]
        assert pool.startswith("eu-west-1_")
        client = boto.create_user_pool_client(UserPoolId=pool, ClientName="c")["UserPoolClient"]["ClientId"]
        over_http(server.url, signature_version=UNSIGNED).sign_up(ClientId=client, Username="b", Password="Secret-1234")
        assert boto.admin_get_user(UserPoolId=pool, Username="b")["UserStatus"] == "UNCONFIRMED"
        with pytest.raises(ClientError) as info:
            boto.get_derived_token(ClientId=client, SubjectToken="a.b.c", SubjectTokenType="ACCESS_TOKEN")
        assert info.value.response["Error"]["Code"] == "NotImplementedException"
        server.engine.faults.add("CreateUserPool", lost_answer=True)
        with pytest.raises(HTTPClientError):
            boto.create_user_pool(PoolName="lost")
        assert len(boto.list_user_pools(MaxResults=60)["UserPools"]) == 2
        identity = over_http(server.url, "cognito-identity").create_identity_pool(**NAMED)["IdentityPoolId"]
        unsigned = over_http(server.url, "cognito-identity", signature_version=UNSIGNED)
        assert unsigned.get_id(IdentityPoolId=identity)["IdentityId"]
        arn = boto.describe_user_pool(UserPoolId=pool)["UserPool"]["Arn"]
        over_http(server.url, "wafv2").associate_web_acl(WebACLArn=ACL.replace("us-east", "eu-west"), ResourceArn=arn)
    with serve(tmp_path) as server:
        assert over_http(server.url).describe_user_pool(UserPoolId=pool)["UserPool"]["Name"] == "p"


def test_the_server_answers_sts_and_keys_and_no_strange_host() -> None:
    import urllib.error
    import urllib.request

    with serve(None) as server:
        sts = boto3.session.Session().client(
            "sts", endpoint_url=server.url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        assert sts.get_caller_identity()["Account"] == "123456789012"
        pool = over_http(server.url).create_user_pool(PoolName="p")["UserPool"]["Id"]
        with urllib.request.urlopen(f"{server.url}/{pool}/.well-known/jwks.json") as answer:  # noqa: S310
            assert [k["kty"] for k in json.load(answer)["keys"]] == ["RSA", "RSA"]
        request = urllib.request.Request(server.url, headers={"Host": "evil.example"})  # noqa: S310
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(request)  # noqa: S310


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.1", "example.com", "::", ""])  # noqa: S104
def test_only_loopback_hosts(host: str) -> None:
    with pytest.raises(InvalidInput, match="loopback"):
        serve(None, host)


def test_it_listens_on_loopback_addresses_of_ipv6_too() -> None:
    with serve(None, "::1") as server:
        assert server.url.startswith("http://[::1]:")
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        api = boto3.client("cognito-idp", "us-east-1", endpoint_url=server.url, **keys)
        assert api.list_user_pools(MaxResults=1)["UserPools"] == []


def test_importing_the_package_is_cheap() -> None:
    code = (
        "import sys, reconciler.local; print([m for m in ('moto', 'boto3', 'botocore', 'regex') if m in sys.modules])"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert done.stdout.strip() == "[]"
