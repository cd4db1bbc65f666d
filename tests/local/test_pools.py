"""User pools: the reset ledger, defaults, mirrors and refusals (cognito.md 2.1, 3.1, 4.1, 4.2)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.local.attribute_schema import ORDER
from tests.local.support import DEVELOPER, FUNCTION, ROLE, SES, SMS, Api, Refused

# what composed2026__describe-user-pool__minimal.json holds, less what is made per pool; AcrConfiguration is not in that
# sample and is shown by 2026 models (4.1)
MINIMAL: dict[str, Any] = {
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireUppercase": True,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "TemporaryPasswordValidityDays": 7,
        },
        "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
    },
    "DeletionProtection": "INACTIVE",
    "LambdaConfig": {},
    "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": []},
    "MfaConfiguration": "OFF",
    "EstimatedNumberOfUsers": 0,
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "UserPoolTags": {},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
    "AccountRecoverySetting": {
        "RecoveryMechanisms": [
            {"Priority": 1, "Name": "verified_email"},
            {"Priority": 2, "Name": "verified_phone_number"},
        ]
    },
    "UserPoolTier": "ESSENTIALS",
    "KeyConfiguration": {"KeyType": "AWS_OWNED_KEY"},
    "IssuerConfiguration": {"Type": "ORIGINAL"},
    "AcrConfiguration": {f"Level{n}": {"AcrValue": f"urn:cognito:loa:{n}"} for n in (1, 2, 3, 4)},
}
MADE = {"Id", "Name", "Arn", "CreationDate", "LastModifiedDate", "SchemaAttributes"}
CODE = "Your code is {####}"

# member, a value, what describe shows of it after an update without it: None is "as before", ... is "absent"
LEDGER: list[tuple[str, Any, Any]] = [
    ("AutoVerifiedAttributes", ["email"], ...),
    ("LambdaConfig", {"PreSignUp": FUNCTION}, {}),
    ("DeviceConfiguration", {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}, ...),
    (
        "VerificationMessageTemplate",
        {"EmailMessage": CODE, "DefaultEmailOption": "CONFIRM_WITH_LINK"},
        {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    ),
    ("SmsVerificationMessage", CODE, ...),
    ("EmailVerificationMessage", CODE, ...),
    ("EmailVerificationSubject", "Code", ...),
    ("SmsAuthenticationMessage", CODE, ...),
    (
        "AdminCreateUserConfig",
        {"AllowAdminCreateUserOnly": True, "InviteMessageTemplate": {"EmailSubject": "Hi"}},
        MINIMAL["AdminCreateUserConfig"],
    ),
    ("UserPoolTier", "LITE", "ESSENTIALS"),
    ("DeletionProtection", "ACTIVE", None),
    ("SmsConfiguration", SMS, None),
    ("DcrConfiguration", {"EnableStatus": "Disabled", "AllowedScopes": ["openid"]}, None),
    ("Policies", {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}, None),
    ("Policies", {"PasswordPolicy": {"MinimumLength": 20}}, None),
]
UNMEASURED: list[tuple[str, Any, Any]] = [
    ("EmailConfiguration", DEVELOPER, MINIMAL["EmailConfiguration"]),
    ("UserPoolTags", {"a": "b"}, {}),
    (
        "AccountRecoverySetting",
        {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]},
        MINIMAL["AccountRecoverySetting"],
    ),
    ("UserPoolAddOns", {"AdvancedSecurityMode": "OFF"}, ...),
    (
        "KeyConfiguration",
        {"KeyType": "CUSTOMER_MANAGED_KEY", "KmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/k"},
        MINIMAL["KeyConfiguration"],
    ),
    ("IssuerConfiguration", {"Type": "UPDATED"}, MINIMAL["IssuerConfiguration"]),
    ("AcrConfiguration", {"Level1": {"AcrValue": "one"}}, MINIMAL["AcrConfiguration"]),
]


def test_minimal_pool_shows_every_default(api: Api) -> None:
    shown = api.describe(api.pool())
    assert {k: v for k, v in shown.items() if k not in MADE} == MINIMAL
    assert set(shown) == MADE | set(MINIMAL)


def test_ids_have_the_services_form(api: Api) -> None:
    shown = api.describe(api.pool())
    assert shown["Id"].startswith("us-east-1_")
    assert len(shown["Id"].partition("_")[2]) == 9
    assert shown["Arn"] == f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{shown['Id']}"


@pytest.mark.parametrize(
    ("member", "value", "after"), LEDGER + UNMEASURED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_update_without_the_member(api: Api, member: str, value: Any, after: Any) -> None:
    pool = api.pool(**{member: value})
    before = api.describe(pool)
    shown = api.update(pool)
    if after is None:
        assert shown[member] == before[member]
    elif after is ...:
        assert member in before
        assert member not in shown
    else:
        assert before[member] != after
        assert shown[member] == after


@pytest.mark.parametrize(("member", "value", "after"), UNMEASURED, ids=lambda v: v if isinstance(v, str) else "")
def test_unmeasured_members_can_be_kept(api: Api, member: str, value: Any, after: Any) -> None:
    api.local.unmeasured = "kept"
    pool = api.pool(**{member: value})
    assert api.update(pool)[member] == api.describe(pool)[member] != after


@pytest.mark.parametrize(("member", "value", "after"), LEDGER, ids=lambda v: v if isinstance(v, str) else "")
def test_the_switch_does_not_touch_what_was_measured(api: Api, member: str, value: Any, after: Any) -> None:
    api.local.unmeasured = "kept"
    pool = api.pool(**{member: value})
    before = api.describe(pool)
    shown = api.update(pool)
    assert shown.get(member, ...) == (before[member] if after is None else after)


def test_user_attribute_update_settings_are_kept_and_cleared_by_an_empty_list(api: Api) -> None:
    wanted = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
    pool = api.pool(AutoVerifiedAttributes=["email"], UserAttributeUpdateSettings=wanted)
    assert api.update(pool, AutoVerifiedAttributes=["email"])["UserAttributeUpdateSettings"] == wanted
    cleared = {"AttributesRequireVerificationBeforeUpdate": []}
    assert api.update(pool, UserAttributeUpdateSettings=cleared)["UserAttributeUpdateSettings"] == cleared


def test_losing_auto_verification_by_omission_breaks_the_subset_rule(api: Api) -> None:
    pool = api.pool(
        AutoVerifiedAttributes=["email"],
        UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
    )
    with Refused("AttributesRequireVerificationBeforeUpdate"):
        api.update(pool)


def test_immutables_survive_an_update(api: Api) -> None:
    pool = api.pool(UsernameAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    shown = api.update(pool)
    assert shown["UsernameAttributes"] == ["email"]
    assert shown["UsernameConfiguration"] == {"CaseSensitive": False}


def test_name_is_kept_and_can_be_changed(api: Api) -> None:
    pool = api.pool(PoolName="old")
    assert api.update(pool)["Name"] == "old"
    assert api.update(pool, PoolName="new")["Name"] == "new"


def test_update_bumps_the_date(api: Api) -> None:
    pool = api.pool()
    before = api.describe(pool)
    after = api.update(pool)
    assert after["LastModifiedDate"] > before["LastModifiedDate"]
    assert after["CreationDate"] == before["CreationDate"]


def test_tags_are_replaced_when_sent_except_those_of_the_system(api: Api) -> None:
    pool = api.pool(UserPoolTags={"a": "1", "b": "2"})
    api.local.records[pool]["config"]["UserPoolTags"]["aws:cloudformation:stack-name"] = "s"
    assert api.update(pool, UserPoolTags={"a": "3"})["UserPoolTags"] == {"a": "3", "aws:cloudformation:stack-name": "s"}
    with Refused("aws:", "UserPoolTaggingException"):
        api.update(pool, UserPoolTags={"aws:cloudformation:stack-name": "s"})


def test_tag_operations(api: Api) -> None:
    pool = api.pool(UserPoolTags={"a": "1"})
    arn = api.describe(pool)["Arn"]
    api.boto.tag_resource(ResourceArn=arn, Tags={"b": "2"})
    api.boto.untag_resource(ResourceArn=arn, TagKeys=["a"])
    assert api.boto.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"b": "2"}
    assert api.describe(pool)["UserPoolTags"] == {"b": "2"}
    with Refused(code="ResourceNotFoundException"):
        api.boto.list_tags_for_resource(ResourceArn=arn + "x")


# --- values that the service completes ------------------------------------------------------------------------------


def test_partial_password_policy_at_creation(api: Api) -> None:
    pool = api.pool(Policies={"PasswordPolicy": {"RequireNumbers": True}})
    assert api.describe(pool)["Policies"]["PasswordPolicy"] == {
        "MinimumLength": 8,
        "RequireUppercase": False,
        "RequireLowercase": False,
        "RequireNumbers": True,
        "RequireSymbols": False,
        "TemporaryPasswordValidityDays": 7,
    }


def test_password_policy_members_are_kept_by_an_update(api: Api) -> None:
    pool = api.pool(Policies={"PasswordPolicy": {"MinimumLength": 20, "RequireNumbers": True}})
    policy = api.update(pool, Policies={"PasswordPolicy": {"RequireSymbols": True}})["Policies"]["PasswordPolicy"]
    assert (policy["MinimumLength"], policy["RequireNumbers"], policy["RequireSymbols"]) == (20, True, True)


def test_validity_days_zero_is_seven_and_is_mirrored(api: Api) -> None:
    shown = api.describe(api.pool(Policies={"PasswordPolicy": {"TemporaryPasswordValidityDays": 0}}))
    assert shown["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] == 7
    shown = api.describe(api.pool(Policies={"PasswordPolicy": {"TemporaryPasswordValidityDays": 3}}))
    assert shown["AdminCreateUserConfig"]["UnusedAccountValidityDays"] == 3


def test_echoing_unused_account_validity_days_is_refused(api: Api) -> None:
    pool = api.pool()
    shown = api.describe(pool)
    with Refused("Please use TemporaryPasswordValidityDays in PasswordPolicy"):
        api.update(pool, Policies=shown["Policies"], AdminCreateUserConfig=shown["AdminCreateUserConfig"])
    with Refused("Please use TemporaryPasswordValidityDays in PasswordPolicy"):
        api.update(pool, AdminCreateUserConfig={"UnusedAccountValidityDays": 9})
    assert (
        api.describe(api.pool(AdminCreateUserConfig={"UnusedAccountValidityDays": 9}))["Policies"]["PasswordPolicy"][
            "TemporaryPasswordValidityDays"
        ]
        == 9
    )


def test_messages_are_one_store(api: Api) -> None:
    shown = api.describe(api.pool(EmailVerificationMessage=CODE, EmailVerificationSubject="s"))
    assert shown["VerificationMessageTemplate"]["EmailMessage"] == CODE
    shown = api.describe(api.pool(VerificationMessageTemplate={"SmsMessage": CODE, "EmailSubject": "t"}))
    assert shown["SmsVerificationMessage"] == CODE
    assert shown["EmailVerificationSubject"] == "t"


def test_template_wins_over_the_deprecated_message(api: Api) -> None:
    pool = api.pool(EmailVerificationSubject="old", VerificationMessageTemplate={"EmailSubject": "new"})
    shown = api.describe(pool)
    assert shown["EmailVerificationSubject"] == shown["VerificationMessageTemplate"]["EmailSubject"] == "new"


def test_pre_token_trigger_is_mirrored(api: Api) -> None:
    shown = api.describe(api.pool(LambdaConfig={"PreTokenGeneration": FUNCTION}))["LambdaConfig"]
    assert shown["PreTokenGenerationConfig"] == {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}
    config = {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION}
    shown = api.describe(api.pool(LambdaConfig={"PreTokenGenerationConfig": config}))["LambdaConfig"]
    assert shown["PreTokenGeneration"] == FUNCTION


@pytest.mark.parametrize(("region", "filled"), [("us-east-1", "us-east-1"), ("ap-northeast-2", "ap-northeast-1")])
def test_sns_region_is_filled_in(api: Api, region: str, filled: str) -> None:
    boto = api.local.client("cognito-idp", region)
    made = boto.create_user_pool(PoolName="p", SmsConfiguration=SMS)["UserPool"]
    assert made["SmsConfiguration"]["SnsRegion"] == filled


def test_dcr_block_without_status_turns_registration_on(api: Api) -> None:
    pool = api.pool(DcrConfiguration={"EnableStatus": "Disabled", "OpenDcrEnabled": True})
    shown = api.update(pool, DcrConfiguration={"AllowedScopes": ["openid"]})["DcrConfiguration"]
    assert (shown["EnableStatus"], shown["OpenDcrEnabled"]) == ("Enabled", False)


def test_acr_levels_not_sent_have_their_default(api: Api) -> None:
    shown = api.describe(api.pool(AcrConfiguration={"Level2": {"AcrValue": "two"}}))["AcrConfiguration"]
    assert [shown[f"Level{n}"]["AcrValue"] for n in (1, 2, 3, 4)] == [
        *("urn:cognito:loa:1", "two", "urn:cognito:loa:3", "urn:cognito:loa:4")
    ]


def test_add_ons_show_their_flows(api: Api) -> None:
    shown = api.describe(api.pool(UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"}))
    assert shown["UserPoolAddOns"] == {"AdvancedSecurityMode": "AUDIT", "AdvancedSecurityAdditionalFlows": {}}
    assert shown["UserPoolTier"] == "PLUS"  # P24


@pytest.mark.parametrize("member", ["AutoVerifiedAttributes", "AliasAttributes", "UsernameAttributes"])
def test_empty_lists_are_not_returned(api: Api, member: str) -> None:
    assert member not in api.describe(api.pool(**{member: []}))


def test_empty_device_block_means_not_remembered(api: Api) -> None:
    assert "DeviceConfiguration" not in api.describe(api.pool(DeviceConfiguration={}))
    shown = api.describe(api.pool(DeviceConfiguration={"ChallengeRequiredOnNewDevice": True}))
    assert shown["DeviceConfiguration"] == {
        "ChallengeRequiredOnNewDevice": True,
        "DeviceOnlyRememberedOnUserPrompt": False,
    }


# --- attributes -----------------------------------------------------------------------------------------------------


def attributes(api: Api, pool: str) -> dict[str, dict[str, Any]]:
    return {a["Name"]: a for a in api.describe(pool)["SchemaAttributes"]}


def test_all_standard_attributes_in_order_then_custom_ones(api: Api) -> None:
    pool = api.pool(Schema=[{"Name": "tenant", "AttributeDataType": "String"}, {"Name": "email", "Required": True}])
    assert [a["Name"] for a in api.describe(pool)["SchemaAttributes"]] == [*ORDER, "custom:tenant"]
    assert len(ORDER) == 21


def test_mutable_of_a_named_attribute_is_false_by_default(api: Api) -> None:
    found = attributes(api, api.pool(Schema=[{"Name": "tenant"}, {"Name": "email", "Required": True}]))
    assert found["custom:tenant"]["Mutable"] is False
    assert found["email"]["Mutable"] is False
    assert found["name"]["Mutable"] is True


def test_forms_of_custom_attributes(api: Api) -> None:
    pool = api.pool()
    api.boto.add_custom_attributes(
        UserPoolId=pool,
        CustomAttributes=[
            {"Name": "a"},
            {"Name": "b", "DeveloperOnlyAttribute": True},
            {"Name": "custom:c"},
            {"Name": "n", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1"}},
            {"Name": "d", "AttributeDataType": "DateTime"},
        ],
    )
    found = attributes(api, pool)
    assert found["custom:a"]["StringAttributeConstraints"] == {}
    assert "dev:custom:b" in found
    assert "custom:custom:c" in found
    assert found["custom:n"]["NumberAttributeConstraints"] == {"MinValue": "1"}
    assert not {"StringAttributeConstraints", "NumberAttributeConstraints"} & set(found["custom:d"])


@pytest.mark.parametrize(
    "schema",
    [
        [{"Name": "a", "Required": True}],
        [{"Name": "a"}, {"Name": "a"}],
        [{"Name": "a" * 21}],
        [{"Name": "a", "StringAttributeConstraints": {"MinLength": "3", "MaxLength": "2"}}],
        [{"Name": "a", "StringAttributeConstraints": {"MaxLength": "2049"}}],
        [{"Name": "a", "StringAttributeConstraints": {"MaxLength": "many"}}],
        [{"Name": "email", "AttributeDataType": "Number"}],
        [{"Name": "email", "DeveloperOnlyAttribute": True}],
    ],
    ids=str,
)
def test_schema_refusals(api: Api, schema: list[dict[str, Any]]) -> None:
    with Refused():
        api.pool(Schema=schema)


def test_custom_attribute_limits(api: Api) -> None:
    pool = api.pool()
    many = [{"Name": f"a{n}"} for n in range(51)]
    with Refused("length less than or equal to 25"):
        api.boto.add_custom_attributes(UserPoolId=pool, CustomAttributes=many[:26])
    api.boto.add_custom_attributes(UserPoolId=pool, CustomAttributes=many[:25])
    api.boto.add_custom_attributes(UserPoolId=pool, CustomAttributes=many[25:50])
    with Refused("50"):
        api.boto.add_custom_attributes(UserPoolId=pool, CustomAttributes=many[50:])
    with Refused("Existing attribute"):
        api.boto.add_custom_attributes(UserPoolId=pool, CustomAttributes=many[:1])
    assert len(attributes(api, pool)) == 21 + 50


# --- refusals -------------------------------------------------------------------------------------------------------

OTHER_REGION = FUNCTION.replace("us-east-1", "eu-west-1")
OTHER_ROLE = ROLE.replace("123456789012", "999999999999")
EUMS = {"CallerArn": ROLE}


@pytest.mark.parametrize(
    ("rule", "params", "words"),
    [
        ("P1", {"AliasAttributes": ["email"], "UsernameAttributes": ["email"]}, "usernameAttributes"),
        ("P2", {"AutoVerifiedAttributes": ["phone_number"]}, "phone_number is selected for auto verification"),
        ("P3", {"MfaConfiguration": "ON"}, "SMS configuration and Auto verification"),
        ("P3", {"MfaConfiguration": "OPTIONAL"}, "SMS configuration and Auto verification"),
        ("P7", {"MfaConfiguration": "ON", "SmsConfiguration": SMS, "Policies": "EMAIL_OTP"}, "Only PASSWORD and"),
        ("P8", {"MfaConfiguration": "ON", "SmsConfiguration": SMS, "Policies": "WEB_AUTHN"}, "MULTI_FACTOR"),
        ("P10", {"Policies": "SMS_OTP"}, "SMS configuration is required"),
        ("2.1", {"Policies": "SOFTWARE_TOKEN"}, "SOFTWARE_TOKEN"),
        ("P14", {"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}}, "SourceArn"),
        ("P16", {"EmailConfiguration": {"SourceArn": SES.replace("us-east-1", "eu-west-3")}}, "eu-west-3"),
        ("P17", {"SmsConfiguration": {"SnsCallerArn": OTHER_ROLE}}, "Cross-account pass role is not allowed."),
        ("P17", {"SmsConfiguration": {**SMS, "SnsRegion": "eu-west-1"}}, "SnsRegion"),
        ("P18", {"SmsConfiguration": {**SMS, "EumsSms": EUMS}}, "EumsSms"),
        ("P20", {"LambdaConfig": {"PreSignUp": OTHER_REGION}}, "PreSignUp"),
        ("P21", {"LambdaConfig": {"CustomSMSSender": {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION}}}, "KMSKeyID"),
        ("P34", {"AcrConfiguration": {"Level1": {"AcrValue": "urn:cognito:loa:2"}}}, "unique"),
        ("P35", {"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY"}}, "KmsKeyArn"),
    ],
)
def test_pool_refusals(api: Api, rule: str, params: dict[str, Any], words: str) -> None:
    if isinstance(params.get("Policies"), str):
        params = {**params, "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", params["Policies"]]}}}
    with Refused(words):
        api.pool(**params)


def test_password_must_stay_a_first_factor(api: Api) -> None:  # P9
    with Refused("PASSWORD"):
        api.pool(Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["EMAIL_OTP"]}})


@pytest.mark.parametrize(
    "mechanisms",
    [
        [(1, "admin_only"), (2, "verified_email")],
        [(1, "verified_email"), (1, "verified_phone_number")],
        [(1, "verified_email"), (2, "verified_email")],
    ],
    ids=str,
)
def test_account_recovery_refusals(api: Api, mechanisms: list[tuple[int, str]]) -> None:  # P12
    with Refused("account recovery"):
        api.pool(AccountRecoverySetting={"RecoveryMechanisms": [{"Priority": p, "Name": n} for p, n in mechanisms]})


def test_different_pre_token_functions_are_refused(api: Api) -> None:  # P22
    config = {"LambdaVersion": "V1_0", "LambdaArn": FUNCTION + "2"}
    with Refused("must be the same"):
        api.pool(LambdaConfig={"PreTokenGeneration": FUNCTION, "PreTokenGenerationConfig": config})


@pytest.mark.parametrize(
    ("tier", "params", "feature"),
    [
        ("ESSENTIALS", {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}, "Threat Protection"),
        ("LITE", {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}, "Threat Protection"),
        ("LITE", {"Policies": {"PasswordPolicy": {"PasswordHistorySize": 3}}}, "Password History"),
        (
            "LITE",
            {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}},
            "Passwordless",
        ),
        (
            "LITE",
            {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0", "LambdaArn": FUNCTION}}},
            "Access Token",
        ),
        ("LITE", {"DcrConfiguration": {}}, "Dynamic Client Registration"),
        ("LITE", {"AcrConfiguration": {"Level1": {"AcrValue": "one"}}}, "Custom ACR"),
    ],
)
def test_features_above_the_plan(api: Api, tier: str, params: dict[str, Any], feature: str) -> None:
    words = f"The following features need to be disabled for the {tier} pricing tier configured: {feature}"
    with Refused(words, "FeatureUnavailableInTierException"):
        api.pool(UserPoolTier=tier, **params)
    pool = api.pool(**params)
    with Refused(words, "FeatureUnavailableInTierException"):
        api.update(pool, UserPoolTier=tier, **params)


def test_leaving_the_tier_out_of_an_update_loses_plus(api: Api) -> None:
    pool = api.pool(UserPoolTier="PLUS")
    assert api.update(pool)["UserPoolTier"] == "ESSENTIALS"
    with Refused(code="FeatureUnavailableInTierException"):
        api.update(pool, UserPoolAddOns={"AdvancedSecurityMode": "AUDIT"})


def test_a_refused_update_changes_nothing(api: Api) -> None:
    pool = api.pool(LambdaConfig={"PreSignUp": FUNCTION})
    before = api.describe(pool)
    with Refused():
        api.update(pool, PoolName="other", AutoVerifiedAttributes=["phone_number"])
    assert api.describe(pool) == before


def test_deletion_protection(api: Api) -> None:  # P31
    pool = api.pool(DeletionProtection="ACTIVE")
    with Refused("deletion protection"):
        api.boto.delete_user_pool(UserPoolId=pool)
    api.update(pool, DeletionProtection="INACTIVE")
    api.boto.delete_user_pool(UserPoolId=pool)
    with Refused(f"User pool {pool} does not exist.", "ResourceNotFoundException"):
        api.describe(pool)


def test_a_pool_with_a_domain_cannot_be_deleted(api: Api) -> None:  # P32
    pool = api.pool()
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    with Refused("It has a domain configured that should be deleted first"):
        api.boto.delete_user_pool(UserPoolId=pool)


def test_a_pool_belongs_to_its_region(api: Api) -> None:
    pool = api.pool()
    with Refused(code="ResourceNotFoundException"):
        api.local.client("cognito-idp", "eu-west-1").describe_user_pool(UserPoolId=pool)
    assert api.local.client("cognito-idp", "eu-west-1").list_user_pools(MaxResults=60)["UserPools"] == []
