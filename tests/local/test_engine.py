"""What happens around every operation: validation, recording, faults, pages, users, seams of moto."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from reconciler.local import LocalCognito, stand_in_secret
from reconciler.local.backend import Engine
from reconciler.local.checks import MASK, service_model, validate
from reconciler.local.operation import Context
from reconciler.local.operation_table import BY_SERVICE, MODULES, OPERATIONS
from reconciler.local.refusal import ServiceError
from reconciler.local.store import Store
from tests.local.support import CERTIFICATE, DEVELOPER, FUNCTION, SMS, Api, Refused

SCOPE = (
    *("CreateUserPool", "DescribeUserPool", "UpdateUserPool", "DeleteUserPool", "ListUserPools", "AddCustomAttributes"),
    *("SetUserPoolMfaConfig", "GetUserPoolMfaConfig", "TagResource", "UntagResource", "ListTagsForResource"),
    *(f"{verb}UserPoolClient" for verb in ("Create", "Describe", "Update", "Delete")),
    *(f"{verb}UserPoolDomain" for verb in ("Create", "Describe", "Update", "Delete")),
    *(f"{verb}ResourceServer" for verb in ("Create", "Describe", "Update", "Delete")),
    *(f"{verb}IdentityProvider" for verb in ("Create", "Describe", "Update", "Delete")),
    *(f"{verb}Group" for verb in ("Create", "Get", "Update", "Delete")),
    *("ListUserPoolClients", "ListResourceServers", "ListIdentityProviders", "ListGroups"),
    *("GetIdentityProviderByIdentifier", "SetRiskConfiguration", "DescribeRiskConfiguration", "SetUICustomization"),
    *(f"{verb}ManagedLoginBranding" for verb in ("Create", "Describe", "Update", "Delete")),
    *(f"{verb}Terms" for verb in ("Create", "Describe", "Update", "Delete", "List")),
    *(f"{verb}CIMDPolicy" for verb in ("Create", "Describe", "Update", "Delete")),
    *("GetUICustomization", "DescribeManagedLoginBrandingByClient", "DescribeTermsByClient", "ListCIMDPolicies"),
    *(f"{verb}LogDeliveryConfiguration" for verb in ("Get", "Set")),
    *(f"{verb}UserPool{whose}SessionConfiguration" for verb in ("Get", "Set") for whose in ("", "Client")),
    *(f"{verb}UserPoolReplica" for verb in ("Create", "Update", "Delete")),
    *("ListUserPoolReplicas", "AddUserPoolClientSecret", "DeleteUserPoolClientSecret", "ListUserPoolClientSecrets"),
    *("GetProvisionedLimit", "UpdateProvisionedLimit"),
)
IDENTITY_SCOPE = (
    *(f"{verb}IdentityPool" for verb in ("Create", "Describe", "Update", "Delete")),
    *("ListIdentityPools", "SetIdentityPoolRoles", "GetIdentityPoolRoles", "TagResource", "UntagResource"),
    *("SetPrincipalTagAttributeMap", "GetPrincipalTagAttributeMap", "ListTagsForResource"),
)


def test_every_operation_is_there_and_known_to_botocore() -> None:
    assert set(SCOPE) <= set(OPERATIONS)
    assert set(IDENTITY_SCOPE) <= set(BY_SERVICE["cognito-identity"])
    for service, operations in BY_SERVICE.items():
        assert set(operations) <= set(service_model(service).operation_names)
    assert len(OPERATIONS) == sum(len(m.OPERATIONS) for m in MODULES)  # no name twice
    assert set(service_model().operation_names) == set(OPERATIONS)


# --- validation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "params", "words"),
    [
        ("CreateUserPool", {}, "Value null at 'poolName' failed to satisfy constraint: Member must not be null"),
        ("CreateUserPool", {"PoolName": "a/b"}, r"satisfy regular expression pattern: [\w\s+=,.@-]+"),
        ("CreateUserPool", {"PoolName": "é"}, "regular expression"),
        ("CreateUserPool", {"PoolName": "a" * 129}, "'poolName' failed to satisfy constraint: Member must have length"),
        ("CreateUserPool", {"PoolName": "a", "MfaConfiguration": "MAYBE"}, "enum value set: [OFF, ON, OPTIONAL]"),
        (
            "CreateUserPool",
            {"PoolName": "a", "Policies": {"PasswordPolicy": {"MinimumLength": 100}}},
            "Value '100' at 'policies.passwordPolicy.minimumLength' failed to satisfy constraint: Member must",
        ),
        ("CreateUserPool", {"PoolName": "a", "AliasAttributes": ["mail"]}, "'aliasAttributes.1.member'"),
        ("CreateUserPool", {"PoolName": "a", "EmailVerificationMessage": "no code"}, "emailVerificationMessage"),
        ("CreateUserPool", {"PoolName": "a", "UserPoolTags": {"k" * 129: "v"}}, "userPoolTags"),
        ("ListUserPools", {"MaxResults": 61}, "less than or equal to 60"),
        ("ListUserPools", {}, "maxResults"),
        ("ListGroups", {"UserPoolId": "us-east-1_a", "Limit": 61}, "less than or equal to 60"),
        ("ListUserPoolClients", {"UserPoolId": "us-east-1_a", "MaxResults": 0}, "greater than or equal to 1"),
    ],
)
def test_broken_constraints(operation: str, params: dict[str, Any], words: str) -> None:
    with pytest.raises(ServiceError) as info:
        validate(operation, params)
    assert info.value.code == "InvalidParameterException"
    assert info.value.message.startswith("1 validation error detected: Value ")
    assert words in info.value.message


def test_several_errors_at_once(api: Api) -> None:
    with Refused("2 validation errors detected: Value 'a/b' at 'poolName'"):
        api.pool(PoolName="a/b", MfaConfiguration="MAYBE")


def test_wrong_types() -> None:
    for params in ({"PoolName": 1}, {"PoolName": "a", "Policies": []}, {"PoolName": "a", "UserPoolTags": {"a": True}}):
        with pytest.raises(ServiceError, match="SerializationException"):
            validate("CreateUserPool", params)


def test_secrets_are_not_echoed(api: Api) -> None:
    with pytest.raises(ClientError) as info:
        api.client(api.pool(), ClientSecret="hunter2-hunter2-hunter2-")
    assert "at 'clientSecret' failed" in str(info.value)
    assert "hunter2" not in str(info.value)


def test_custom_domains_are_exempt_from_the_domain_pattern() -> None:
    validate("DescribeUserPoolDomain", {"Domain": "auth." + "x" * 70 + ".example.com"})


def test_unimplemented_operations_answer_json(api: Api) -> None:
    with pytest.raises(ClientError) as info:
        api.boto.get_derived_token(ClientId="x", SubjectToken="a.b.c", SubjectTokenType="ACCESS_TOKEN")
    assert info.value.response["Error"]["Code"] == "NotImplementedException"


# --- recording and faults -------------------------------------------------------------------------------------------


def test_calls_are_recorded_in_order_without_secrets(api: Api) -> None:
    pool = api.pool()
    api.local.calls.clear()
    api.client(pool, ClientSecret="a" * 24)
    details = {"client_id": "i", "client_secret": "hidden", "authorize_scopes": "email"}
    api.boto.create_identity_provider(
        UserPoolId=pool, ProviderName="Google", ProviderType="Google", ProviderDetails=details
    )
    with Refused(code="GroupExistsException"):
        for _ in range(2):
            api.boto.create_group(UserPoolId=pool, GroupName="g")
    assert [(c.service, c.operation, c.error) for c in api.local.calls] == [
        ("cognito-idp", "CreateUserPoolClient", ""),
        ("cognito-idp", "CreateIdentityProvider", ""),
        ("cognito-idp", "CreateGroup", ""),
        ("cognito-idp", "CreateGroup", "GroupExistsException"),
    ]
    assert api.local.calls[0].params["ClientSecret"] == MASK
    assert api.local.calls[1].params["ProviderDetails"] == {**details, "client_secret": MASK}


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TooManyRequestsException", 400),
        ("ConcurrentModificationException", 400),
        ("AccessDeniedException", 400),
        ("InternalErrorException", 500),
    ],
)
def test_faults_happen_on_demand(local: LocalCognito, code: str, status: int) -> None:
    boto = plain(local)
    local.faults.add("ListUserPools", code, times=2, after=1, message="words")
    boto.list_user_pools(MaxResults=1)
    for _ in range(2):
        with pytest.raises(ClientError) as info:
            boto.list_user_pools(MaxResults=1)
        assert info.value.response["Error"] == {"Code": code, "Message": "words"}
        assert info.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    boto.list_user_pools(MaxResults=1)


def plain(local: LocalCognito) -> Any:
    """A client that does not try again."""
    import boto3

    return boto3.session.Session().client(
        "cognito-idp", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
    )


def test_a_faulty_call_writes_nothing(local: LocalCognito) -> None:
    local.faults.add("CreateUserPool", "InternalErrorException")
    with pytest.raises(ClientError):
        plain(local).create_user_pool(PoolName="p")
    assert local.records == {}


def test_a_lost_answer_was_carried_out(local: LocalCognito) -> None:
    local.faults.add("CreateUserPool", lost_answer=True)
    with pytest.raises(HTTPClientError):
        plain(local).create_user_pool(PoolName="p")
    assert [p["name"] for p in local.records.values()] == ["p"]


def test_faults_can_meet_any_operation_and_be_cleared(local: LocalCognito) -> None:
    local.faults.add("*", "AccessDeniedException", times=9)
    with pytest.raises(ClientError):
        plain(local).list_user_pools(MaxResults=1)
    local.faults.clear()
    plain(local).list_user_pools(MaxResults=1)
    with pytest.raises(ValueError, match="needs"):
        local.faults.add("ListUserPools")


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("empty_pages", [False, True])
def test_pages_hold_everything_once(empty_pages: bool) -> None:
    with LocalCognito(empty_pages=empty_pages) as local:
        api = Api(local)
        pool = api.pool()
        for n in range(5):
            api.boto.create_group(UserPoolId=pool, GroupName=f"g{n}")
            api.boto.create_resource_server(UserPoolId=pool, Identifier=f"r{n}", Name="r")
            api.client(pool, ClientName=f"c{n}")
            api.pool(PoolName=f"p{n}")
        for operation, items, key, params in (
            ("list_groups", "Groups", "GroupName", {"UserPoolId": pool, "Limit": 2}),
            ("list_resource_servers", "ResourceServers", "Identifier", {"UserPoolId": pool, "MaxResults": 2}),
            ("list_user_pool_clients", "UserPoolClients", "ClientName", {"UserPoolId": pool, "MaxResults": 2}),
            ("list_user_pools", "UserPools", "Name", {"MaxResults": 2}),
        ):
            pages = list(api.boto.get_paginator(operation).paginate(**params))
            names = [i[key] for p in pages for i in p[items]]
            assert len(names) == len(set(names)) == (6 if items == "UserPools" else 5)
            assert any(not p[items] for p in pages) == empty_pages
            assert all(len(p[items]) <= 2 for p in pages)


def test_a_wrong_token_is_refused(api: Api) -> None:
    for token in ("x", "Zg==", "ZjE=", "ejA="):
        with Refused("token"):
            api.boto.list_user_pools(MaxResults=1, NextToken=token)


# --- users stay moto's ----------------------------------------------------------------------------------------------


def test_sign_up_and_sign_in_work_on_our_pools(api: Api) -> None:
    weak = {"MinimumLength": 6}
    pool = api.pool(Policies={"PasswordPolicy": weak})
    made = api.client(pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    email = [{"Name": "email", "Value": "bob@example.com"}]
    api.boto.sign_up(ClientId=made["ClientId"], Username="bob", Password="secret", UserAttributes=email)
    api.boto.admin_confirm_sign_up(UserPoolId=pool, Username="bob")
    assert api.boto.admin_get_user(UserPoolId=pool, Username="bob")["UserStatus"] == "CONFIRMED"
    secret = {"USERNAME": "bob", "PASSWORD": "secret"}
    answer = api.boto.initiate_auth(ClientId=made["ClientId"], AuthFlow="USER_PASSWORD_AUTH", AuthParameters=secret)
    token = answer["AuthenticationResult"]["AccessToken"]
    assert api.boto.get_user(AccessToken=token)["Username"] == "bob"
    assert api.describe(pool)["EstimatedNumberOfUsers"] == 1
    assert MASK in str(next(c for c in api.local.calls if c.operation == "SignUp").params)


def test_shadows_follow_the_records_and_keep_users(api: Api) -> None:
    pool = api.pool()
    api.boto.create_group(UserPoolId=pool, GroupName="g")
    api.boto.create_group(UserPoolId=pool, GroupName="h")
    api.boto.admin_create_user(UserPoolId=pool, Username="bob")
    for group in ("g", "h"):
        api.boto.admin_add_user_to_group(UserPoolId=pool, GroupName=group, Username="bob")
    api.update(pool, Policies={"PasswordPolicy": {"MinimumLength": 30}})
    api.boto.delete_group(UserPoolId=pool, GroupName="g")
    groups = api.boto.admin_list_groups_for_user(UserPoolId=pool, Username="bob")["Groups"]
    assert [g["GroupName"] for g in groups] == ["h"]
    with Refused(code="InvalidPasswordException"):
        api.boto.admin_set_user_password(UserPoolId=pool, Username="bob", Password="Short1!", Permanent=True)
    api.boto.delete_user_pool(UserPoolId=pool)
    with Refused(code="ResourceNotFoundException"):
        api.boto.list_users(UserPoolId=pool)


def test_two_pools_do_not_share_users(api: Api) -> None:
    one, two = api.pool(), api.pool()
    api.boto.admin_create_user(UserPoolId=one, Username="bob")
    assert api.boto.list_users(UserPoolId=two)["Users"] == []


def test_a_client_of_another_region_is_unknown(api: Api) -> None:
    there = api.local.client("cognito-idp", "eu-west-1")
    pool = there.create_user_pool(PoolName="p")["UserPool"]["Id"]
    client = there.create_user_pool_client(UserPoolId=pool, ClientName="c")["UserPoolClient"]["ClientId"]
    with Refused(f"User pool client {client} does not exist.", code="ResourceNotFoundException"):
        api.boto.sign_up(ClientId=client, Username="bob", Password="Secret-1234")


def test_the_other_services_are_motos(local: LocalCognito) -> None:
    assert local.client("sts").get_caller_identity()["Account"] == "123456789012"
    local.client("ssm").put_parameter(Name="/a", Value="b", Type="SecureString")
    assert local.client("ssm").get_parameter(Name="/a", WithDecryption=True)["Parameter"]["Value"] == "b"
    local.client("secretsmanager").create_secret(Name="s", SecretString='{"k": "v"}')
    assert local.client("secretsmanager").get_secret_value(SecretId="s")["SecretString"] == '{"k": "v"}'


# --- answers fit the model ------------------------------------------------------------------------------------------


def in_memory() -> Context:
    engine = Engine(Store(None))
    engine.open()
    return engine.context("us-east-1")


def test_answers_hold_only_members_of_the_model() -> None:
    context = in_memory()
    pool = run(context, "CreateUserPool", rich_pool())["UserPool"]["Id"]
    ids = {"UserPoolId": pool}
    run(context, "DescribeUserPool", ids)
    run(context, "ListUserPools", {"MaxResults": 1})
    run(context, "SetUserPoolMfaConfig", {**ids, "MfaConfiguration": "ON", "EmailMfaConfiguration": {"Subject": "s"}})
    domain = {**ids, "Domain": "auth.example.com", "CustomDomainConfig": {"CertificateArn": CERTIFICATE}}
    run(context, "CreateUserPoolDomain", domain)
    run(context, "DescribeUserPoolDomain", {"Domain": "auth.example.com"})
    run(context, "CreateGroup", {**ids, "GroupName": "g", "Description": "d"})
    run(context, "ListGroups", ids)
    run(context, "CreateResourceServer", {**ids, "Identifier": "o", "Name": "o"})
    run(context, "ListResourceServers", {**ids, "MaxResults": 1})
    saml = {"ProviderName": "okta", "ProviderType": "SAML", "ProviderDetails": {"MetadataURL": "https://a.example"}}
    run(context, "CreateIdentityProvider", {**ids, **saml})
    run(context, "ListIdentityProviders", ids)
    client = run(context, "CreateUserPoolClient", {**ids, "ClientName": "c", "GenerateSecret": True})["UserPoolClient"]
    run(context, "DescribeUserPoolClient", {**ids, "ClientId": client["ClientId"]})
    run(context, "ListUserPoolClients", ids)
    rest_fits(context, ids, {**ids, "ClientId": client["ClientId"]})


def rest_fits(context: Context, pool: dict[str, Any], client: dict[str, Any]) -> None:
    run(context, "SetRiskConfiguration", {**client, "RiskExceptionConfiguration": {"BlockedIPRangeList": ["::/0"]}})
    run(context, "SetUICustomization", {**client, "CSS": ".logo-customizable {}", "ImageFile": "/9j/AAAA"})
    run(context, "GetUICustomization", client)
    asset = {"Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "SVG", "Bytes": "PHN2Zy8+"}
    run(context, "CreateManagedLoginBranding", {**client, "Settings": {"components": {"a": 1}}, "Assets": [asset]})
    run(context, "DescribeManagedLoginBrandingByClient", {**client, "ReturnMergedResources": True})
    terms = {"TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE"}
    run(context, "CreateTerms", {**client, **terms, "Links": {"cognito:default": "https://a.example"}})
    run(context, "ListTerms", pool)
    run(context, "CreateCIMDPolicy", {**client, "PolicyName": "p", "URLPatterns": ["https://a.example"]})
    run(context, "ListCIMDPolicies", pool)
    events = {"LogLevel": "INFO", "EventSource": "userAuthEvents", "S3Configuration": {"BucketArn": "arn:aws:s3:::b"}}
    run(context, "SetLogDeliveryConfiguration", {**pool, "LogConfigurations": [events]})
    run(context, "GetLogDeliveryConfiguration", pool)
    tracking = {"UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": 1}}
    run(context, "SetUserPoolSessionConfiguration", {**pool, **tracking})
    run(context, "SetUserPoolClientSessionConfiguration", {**client, "SSOSession": {"MaxValidityMinutes": 1}})
    run(context, "AddUserPoolClientSecret", client)
    run(context, "ListUserPoolClientSecrets", client)
    run(context, "CreateUserPoolReplica", {**pool, "RegionName": "eu-west-1"})
    run(context, "ListUserPoolReplicas", pool)
    limit = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserRead"}}
    run(context, "UpdateProvisionedLimit", {"LimitDefinition": limit, "RequestedLimitValue": 200})


def test_answers_of_identity_pools_hold_only_members_of_the_model() -> None:
    context, service = in_memory(), "cognito-identity"
    user_pool = run(context, "CreateUserPool", rich_pool())["UserPool"]["Id"]
    provider = {"ProviderName": f"cognito-idp.us-east-1.amazonaws.com/{user_pool}", "ClientId": "c"}
    named = {"IdentityPoolName": "i", "AllowUnauthenticatedIdentities": False}
    sent = {**named, "CognitoIdentityProviders": [provider], "SupportedLoginProviders": {"accounts.google.com": "x"}}
    pool = {"IdentityPoolId": run(context, "CreateIdentityPool", sent, service)["IdentityPoolId"]}
    run(context, "UpdateIdentityPool", {**pool, **sent}, service)
    run(context, "ListIdentityPools", {"MaxResults": 1}, service)
    mapping = {"accounts.google.com": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}}
    run(context, "SetIdentityPoolRoles", {**pool, "Roles": {}, "RoleMappings": mapping}, service)
    run(context, "GetIdentityPoolRoles", pool, service)
    run(context, "SetPrincipalTagAttributeMap", {**pool, "IdentityProviderName": "p", "UseDefaults": True}, service)


def rich_pool() -> dict[str, Any]:
    return {
        "PoolName": "p",
        "Schema": [{"Name": "x"}],
        "SmsConfiguration": SMS,
        "EmailConfiguration": DEVELOPER,
        "LambdaConfig": {"PreTokenGeneration": FUNCTION},
        "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"},
        "KeyConfiguration": {
            "KeyType": "CUSTOMER_MANAGED_KEY",
            "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/mrk-0",
        },
        "DcrConfiguration": {},
        "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True},
        "EmailVerificationMessage": "{####} code",
        "UsernameConfiguration": {"CaseSensitive": False},
    }


def run(context: Context, operation: str, params: dict[str, Any], service: str = "cognito-idp") -> dict[str, Any]:
    validate(operation, params, service)
    answer = json.loads(json.dumps(BY_SERVICE[service][operation](context, params)))
    shape = service_model(service).operation_model(operation).output_shape
    if shape is None:
        assert answer == {}
    else:
        fits(shape, answer, operation)
    return dict(answer)


def fits(shape: Any, value: Any, path: str) -> None:
    if getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure":
        assert set(shape.required_members) <= set(value), path
        for name, item in value.items():
            assert name in shape.members, f"{path}.{name}"
            fits(shape.members[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        for item in value:
            fits(shape.member, item, path)
    elif shape.type_name == "map":
        for item in value.values():
            fits(shape.value, item, path)
    else:
        expected = {"string": str, "boolean": bool, "integer": int, "long": int, "timestamp": float, "blob": str}
        assert isinstance(value, expected[shape.type_name]), f"{path}: {value!r}"


# --- threads, shared key --------------------------------------------------------------------------------------------


def test_threads_may_call_at_the_same_time(api: Api) -> None:
    pool = api.pool()
    start = threading.Barrier(8)

    def work(n: int) -> None:
        start.wait()
        for m in range(10):
            api.boto.create_group(UserPoolId=pool, GroupName=f"g{n}-{m}")
            api.boto.admin_create_user(UserPoolId=pool, Username=f"u{n}-{m}")

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(8)))
    groups = [g for p in api.boto.get_paginator("list_groups").paginate(UserPoolId=pool) for g in p["Groups"]]
    assert len(groups) == 80
    assert api.describe(pool)["EstimatedNumberOfUsers"] == 80


def test_blobs_are_measured_in_bytes() -> None:
    ids = {"UserPoolId": "us-east-1_a"}
    validate("SetUICustomization", {**ids, "ImageFile": base64.b64encode(b"x" * 131072).decode()})
    with pytest.raises(ServiceError, match="length less than or equal to 131072"):
        validate("SetUICustomization", {**ids, "ImageFile": base64.b64encode(b"x" * 131073).decode()})


def test_stand_ins_are_stable_and_pass_for_client_secrets() -> None:
    one = stand_in_secret("cognito/okta", "client_secret")
    assert one == stand_in_secret("cognito/okta", "client_secret")
    assert one != stand_in_secret("cognito/okta", "other")
    for text in (one, stand_in_secret("", ""), stand_in_secret("é" * 90, "k" * 90)):
        validate("CreateUserPoolClient", {"UserPoolId": "us-east-1_a", "ClientName": "c", "ClientSecret": text})
