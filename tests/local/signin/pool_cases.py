"""What the members of a user pool and of its MFA settings change at sign-in."""

from __future__ import annotations

import base64
from typing import Any

from tests.local.signin.settings_support import ARN, KMS, MAIL, PHONE, WEB, Case, Settings, Site
from tests.local.support import DEVELOPER, SMS

DAY = 24 * 3600.0
WEAK: Settings = {
    "MinimumLength": 6,
    **dict.fromkeys(("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"), False),
}
INVALID, UNKNOWN, NOT_ALLOWED = "InvalidParameterException", "UserNotFoundException", "NotAuthorizedException"
VERIFIED_MAIL: Settings = {"AutoVerifiedAttributes": ["email"]}
VERIFIED_PHONE: Settings = {"AutoVerifiedAttributes": ["phone_number"], "SmsConfiguration": SMS}
OTP: Settings = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "SMS_OTP"]}}}
TOTP: Settings = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
EMAIL_MFA: Settings = {"EmailMfaConfiguration": {}, "MfaConfiguration": "ON"}
PASSKEYS: Settings = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}}
PARTY: Settings = {"WebAuthnConfiguration": {"RelyingPartyId": "localhost"}}
PHONE_OF = {"phone_number": PHONE, "phone_number_verified": "true"}
BY_LINK: Settings = {"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"}}


def _case(member: str, one: Settings, other: Settings, observe: Any, *seen: Any, **more: Any) -> Case:
    return Case(member, one, other, observe, (seen[0], seen[1]), **more)


# --- sign-up and passwords -------------------------------------------------------------------------------------------


def _signs_up(password: str, name: str = "ann", **attributes: str) -> Any:
    """Observe the refusal of a sign-up: its type, or the rule of the password that is broken."""

    def observe(site: Site) -> str:
        code, said = site.signs_up(name, password, **attributes)
        return said.rpartition(": ")[2] if code == "InvalidPasswordException" else code

    return observe


def _repeats(site: Site) -> str:
    asked = {"UserPoolId": site.add().pool_id, "Username": site.name}
    return site.code_of("AdminSetUserPassword", **asked, Password="Correct-Horse-9", Permanent=True)


def _invited(site: Site) -> str:
    asked = {"UserPoolId": site.pool_id, "Username": "ann", "TemporaryPassword": "Temporary-1"}
    site.api.ask("AdminCreateUser", **asked, MessageAction="SUPPRESS")
    return site.later(2 * DAY).initiates(PASSWORD="Temporary-1")[0]


def _delivery(site: Site) -> str:
    answer = site.signs_up(phone_number=PHONE)[1]
    return str(answer.get("CodeDeliveryDetails", {}).get("DeliveryMedium", ""))


def _sign_up_message(part: str, **attributes: str) -> Any:
    def observe(site: Site) -> str:
        site.signs_up(**attributes)
        return _without_code(site, part)

    return observe


def _without_code(site: Site, part: str) -> str:
    text: str = getattr(site.sent, part)
    return text.partition("<a")[0].replace(site.sent.code, "CODE").strip()


def _invitation(part: str, medium: str) -> Any:
    def observe(site: Site) -> str:
        asked = {"UserPoolId": site.pool_id, "Username": "ann", "TemporaryPassword": "Temporary-1"}
        items = [{"Name": "email", "Value": MAIL}, {"Name": "phone_number", "Value": PHONE}]
        site.api.ask("AdminCreateUser", **asked, UserAttributes=items, DesiredDeliveryMediums=[medium])
        return _without_code(site, part)

    return observe


def _has_link(site: Site) -> bool:
    site.signs_up()
    return bool(site.sent.link)


def _names(typed: str, made: str = "") -> Any:
    return lambda site: site.add(made).initiates(name=typed)[0]


def _changed_mail(site: Site) -> str:
    token = site.add().tokens()["AccessToken"]
    site.api.ask(
        "UpdateUserAttributes", AccessToken=token, UserAttributes=[{"Name": "email", "Value": "new@example.com"}]
    )
    shown = site.api.ask("GetUser", AccessToken=token)["UserAttributes"]
    return str({a["Name"]: a["Value"] for a in shown}["email"])


def _recovers(site: Site) -> str:
    answer = site.add().outcome("ForgotPassword", ClientId=site.client_id, Username="ann")[1]
    return str(answer["CodeDeliveryDetails"]["DeliveryMedium"])


# --- triggers --------------------------------------------------------------------------------------------------------


def _sources(act: Any) -> Any:
    """Observe the functions that something calls, by the sources of their events."""

    def observe(site: Site) -> list[str]:
        act(site)
        return list(dict.fromkeys(e["triggerSource"] for e in site.api.engine.desk.functions.events))

    return observe


def _custom(site: Site) -> None:
    answers = site.api.engine.desk.functions.responses
    answers["DefineAuthChallenge"] = {"challengeName": "CUSTOM_CHALLENGE"}
    answers["CreateAuthChallenge"] = {"publicChallengeParameters": {}, "privateChallengeParameters": {}}
    code, asked = site.add().initiates("CUSTOM_AUTH")
    if not code:
        site.answers(asked, ANSWER="42")


def _version(site: Site) -> str:
    site.add().tokens()
    return str(site.api.engine.desk.functions.events[-1]["version"])


def _confirmed(site: Site) -> None:
    site.signs_up()
    site.api.ask("AdminConfirmSignUp", UserPoolId=site.pool_id, Username="ann")


def _function(member: str, act: Any, *sources: str, **more: Any) -> Case:
    """A trigger: without a function nothing is called."""
    return _case(
        f"LambdaConfig.{member}",
        {},
        {"LambdaConfig": {member: f"{ARN}{member}"}},
        _sources(act),
        *([], list(sources)),
        **more,
    )


def _versioned(member: str, act: Any, source: str, version: str = "V1_0", **more: Any) -> Case:
    key = {"KMSKeyID": KMS} if "Sender" in member else {}
    block = {"LambdaArn": f"{ARN}{member}", "LambdaVersion": version}
    settings = {"LambdaConfig": {member: block, **key}}
    return _case(f"LambdaConfig.{member}.LambdaArn", {}, settings, _sources(act), [], [source], **more)


def _challenge_function(member: str, one: list[str], other: list[str]) -> Case:
    names = ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")
    others = {"LambdaConfig": {n: f"{ARN}{n}" for n in names if n != member}}
    wanted = {"LambdaConfig": {member: f"{ARN}{member}"}}
    return _case(f"LambdaConfig.{member}", {}, wanted, _sources(_custom), one, other, pool=others)


DEFINE, CREATE, VERIFY = (
    f"{n}_Authentication" for n in ("DefineAuthChallenge", "CreateAuthChallenge", "VerifyAuthChallengeResponse")
)
SIGN_IN = lambda site: site.add().initiates()  # noqa: E731
MIGRATED = lambda site: site.initiates(name="old")  # noqa: E731
SIGN_UP = lambda site: site.signs_up()  # noqa: E731
SIGN_UP_BY_PHONE = lambda site: site.signs_up(phone_number=PHONE)  # noqa: E731
FEDERATED = lambda site: site.federates(email=MAIL)  # noqa: E731

TRIGGERS = [
    _function("PreSignUp", SIGN_UP, "PreSignUp_SignUp"),
    _function("CustomMessage", SIGN_UP, "CustomMessage_SignUp", pool=VERIFIED_MAIL),
    _function("PostConfirmation", _confirmed, "PostConfirmation_ConfirmSignUp"),
    _function("PreAuthentication", SIGN_IN, "PreAuthentication_Authentication"),
    _function("PostAuthentication", SIGN_IN, "PostAuthentication_Authentication"),
    _function("PreTokenGeneration", SIGN_IN, "TokenGeneration_Authentication"),
    _function("UserMigration", MIGRATED, "UserMigration_Authentication"),
    _challenge_function("DefineAuthChallenge", [], [DEFINE, CREATE, VERIFY]),
    _challenge_function("CreateAuthChallenge", [DEFINE], [DEFINE, CREATE, VERIFY]),
    _challenge_function("VerifyAuthChallengeResponse", [DEFINE, CREATE], [DEFINE, CREATE, VERIFY]),
    _versioned("PreTokenGenerationConfig", SIGN_IN, "TokenGeneration_Authentication", "V2_0"),
    _versioned("CustomEmailSender", SIGN_UP, "CustomEmailSender_SignUp", pool=VERIFIED_MAIL),
    _versioned("CustomSMSSender", SIGN_UP_BY_PHONE, "CustomSMSSender_SignUp", pool=VERIFIED_PHONE),
    _versioned("InboundFederation", FEDERATED, "InboundFederation_ExternalProvider", client=WEB),
    _case(
        "LambdaConfig.PreTokenGenerationConfig.LambdaVersion",
        {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V1_0"}}},
        {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0"}}},
        _version,
        *("1", "2"),
        pool={"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaArn": f"{ARN}claims"}}},
    ),
]

# --- factors and devices ---------------------------------------------------------------------------------------------


def _offered(site: Site) -> list[str]:
    answer = site.add(**PHONE_OF).initiates("USER_AUTH")[1]
    return sorted(set(answer["AvailableChallenges"]) - {"PASSWORD", "PASSWORD_SRP"})


def _challenged(**attributes: str) -> Any:
    return lambda site: site.add(**attributes).challenge()


def _turned_on(site: Site) -> str:
    """Turn MFA on, which needs a factor."""
    refused = site.add(**PHONE_OF).code_of("UpdateUserPool", UserPoolId=site.pool_id, MfaConfiguration="ON")
    return refused or site.challenge()


def _code_message(part: str) -> Any:
    def observe(site: Site) -> str:
        site.add(**PHONE_OF).challenge()
        return _without_code(site, part)

    return observe


def _app(site: Site) -> str:
    token = site.add().tokens()["AccessToken"]
    return site.code_of("AssociateSoftwareToken", AccessToken=token)


def _device(site: Site) -> tuple[Any, Any]:
    """Confirm a device; return what ConfirmDevice answers, and the key."""
    found = site.add().tokens()
    key = found.get("NewDeviceMetadata", {}).get("DeviceKey", "")
    secret = {k: base64.b64encode(b"\x01" * 16).decode() for k in ("PasswordVerifier", "Salt")}
    asked = {"AccessToken": found["AccessToken"], "DeviceKey": key, "DeviceSecretVerifierConfig": secret}
    return site.api.ask("ConfirmDevice", **asked)["UserConfirmationNecessary"], key


def _known_device(site: Site) -> str:
    key = _device(site)[1]
    site.with_totp()
    return site.challenge(DEVICE_KEY=key)


def _passkey_options(site: Site) -> Any:
    token = site.add().tokens()["AccessToken"]
    return site.api.ask("StartWebAuthnRegistration", AccessToken=token)["CredentialCreationOptions"]


def _with_passkey_and_mfa(site: Site) -> list[str]:
    site.add().with_totp()
    people = site.api.engine.people
    user = people.get(site.pool_id, "ann")
    assert user is not None
    key = {"id": "AQ", "rp": "localhost", "transports": [], "key": "", "count": 0, "name": "", "created": 0.0}
    people.put(site.pool_id, {**user, "passkeys": [key]}, site.api.time)
    return _factors(site)


def _factors(site: Site) -> list[str]:
    answer = site.initiates("USER_AUTH")[1]
    return sorted(set(answer["AvailableChallenges"]) - {"PASSWORD", "PASSWORD_SRP"})


def _events(site: Site) -> Any:
    site.add().tokens()
    code, answer = site.outcome("AdminListUserAuthEvents", UserPoolId=site.pool_id, Username="ann")
    return code or [e["EventType"] for e in answer["AuthEvents"]]


def _issuer(site: Site) -> str:
    site.api.engine.desk.base = ""
    return str(site.add().claims()["iss"]).split("/")[2]


def _template(member: str, text: str, observe: Any, default: str, **more: Any) -> Case:
    settings: Any = text
    for name in reversed(member.split(".")):
        settings = {name: settings}
    shown = text.replace("{####}", "CODE").replace("{username}", "ann").partition("{##")[0].strip()
    return _case(member, {}, settings, observe, default, shown, **more)


CASES = [
    *(
        _case(
            f"Policies.PasswordPolicy.{member}",
            {},
            {"Policies": {"PasswordPolicy": {member: value}}},
            _signs_up(password),
            *("", f"Password {said}"),
            pool={"Policies": {"PasswordPolicy": WEAK}},
        )
        for member, value, password, said in [
            ("MinimumLength", 9, "Aa1!aaaa", "not long enough"),
            ("RequireUppercase", True, "aa1!aaaa", "must have uppercase characters"),
            ("RequireLowercase", True, "AA1!AAAA", "must have lowercase characters"),
            ("RequireNumbers", True, "AAa!aaaa", "must have numeric characters"),
            ("RequireSymbols", True, "AAa1aaaa", "must have symbol characters"),
        ]
    ),
    _case(
        "Policies.PasswordPolicy.PasswordHistorySize",
        {},
        {"Policies": {"PasswordPolicy": {**WEAK, "PasswordHistorySize": 2}}},
        _repeats,
        *("", "PasswordHistoryPolicyViolationException"),
    ),
    _case(
        "Policies.PasswordPolicy.TemporaryPasswordValidityDays",
        {},
        {"Policies": {"PasswordPolicy": {**WEAK, "TemporaryPasswordValidityDays": 1}}},
        _invited,
        *("", NOT_ALLOWED),
    ),
    _case(
        "AdminCreateUserConfig.UnusedAccountValidityDays",
        {},
        {"AdminCreateUserConfig": {"UnusedAccountValidityDays": 1}},
        _invited,
        *("", NOT_ALLOWED),
    ),
    _case(
        "Policies.SignInPolicy.AllowedFirstAuthFactors",
        {},
        OTP,
        _offered,
        *([], ["EMAIL_OTP", "SMS_OTP"]),
        pool={"EmailConfiguration": DEVELOPER, "SmsConfiguration": SMS},
    ),
    *TRIGGERS,
    _case("AutoVerifiedAttributes", {}, VERIFIED_MAIL, _delivery, "", "EMAIL"),
    _case("AliasAttributes", {}, {"AliasAttributes": ["email"]}, _names(MAIL), UNKNOWN, ""),
    _case("UsernameAttributes", {}, {"UsernameAttributes": ["email"]}, _signs_up("Correct-Horse-9"), "", INVALID),
    _case(
        "UsernameConfiguration.CaseSensitive",
        {},
        {"UsernameConfiguration": {"CaseSensitive": False}},
        _names("ANN"),
        UNKNOWN,
        "",
    ),
    _case(
        "Schema",
        {},
        {"Schema": [{"Name": "given_name", "Required": True}]},
        _signs_up("Correct-Horse-9"),
        *("", INVALID),
    ),
    _case(
        "AdminCreateUserConfig.AllowAdminCreateUserOnly",
        {},
        {"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}},
        _signs_up("Correct-Horse-9"),
        *("", NOT_ALLOWED),
    ),
    _case(
        "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate",
        {},
        {"UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]}},
        _changed_mail,
        *("new@example.com", MAIL),
        pool=VERIFIED_MAIL,
    ),
    _case(
        "AccountRecoverySetting.RecoveryMechanisms",
        *(
            {"AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": n, "Priority": 1}]}}
            for n in ("verified_email", "verified_phone_number")
        ),
        _recovers,
        *("EMAIL", "SMS"),
        user=PHONE_OF,
    ),
    # messages
    _template(
        "SmsVerificationMessage",
        "SMS {####}",
        _sign_up_message("body", phone_number=PHONE),
        "Your verification code is CODE",
        pool=VERIFIED_PHONE,
    ),
    _template(
        "EmailVerificationMessage",
        "Mail {####}",
        _sign_up_message("body"),
        "Your verification code is CODE",
        pool=VERIFIED_MAIL,
    ),
    _template(
        "EmailVerificationSubject",
        "Subject",
        _sign_up_message("subject"),
        "Your verification code",
        pool=VERIFIED_MAIL,
    ),
    _template(
        "VerificationMessageTemplate.SmsMessage",
        "SMS {####}",
        _sign_up_message("body", phone_number=PHONE),
        "Your verification code is CODE",
        pool=VERIFIED_PHONE,
    ),
    _template(
        "VerificationMessageTemplate.EmailMessage",
        "Mail {####}",
        _sign_up_message("body"),
        "Your verification code is CODE",
        pool=VERIFIED_MAIL,
    ),
    _template(
        "VerificationMessageTemplate.EmailSubject",
        "Subject",
        _sign_up_message("subject"),
        "Your verification code",
        pool=VERIFIED_MAIL,
    ),
    _template(
        "VerificationMessageTemplate.EmailMessageByLink",
        "Click {##here##}",
        _sign_up_message("body"),
        "Please click the link below to verify your email address.",
        pool={**VERIFIED_MAIL, **BY_LINK},
    ),
    _template(
        "VerificationMessageTemplate.EmailSubjectByLink",
        "Subject",
        _sign_up_message("subject"),
        "Your verification link",
        pool={**VERIFIED_MAIL, **BY_LINK},
    ),
    _case("VerificationMessageTemplate.DefaultEmailOption", {}, BY_LINK, _has_link, False, True, pool=VERIFIED_MAIL),
    _template(
        "SmsAuthenticationMessage",
        "SMS {####}",
        _code_message("body"),
        "Your authentication code is CODE.",
        pool={"SmsConfiguration": SMS, "MfaConfiguration": "ON"},
    ),
    _template(
        "AdminCreateUserConfig.InviteMessageTemplate.SMSMessage",
        "SMS {username} {####}",
        _invitation("body", "SMS"),
        "Your username is ann and temporary password is CODE.",
        pool={"SmsConfiguration": SMS},
    ),
    _template(
        "AdminCreateUserConfig.InviteMessageTemplate.EmailMessage",
        "{username} {####}",
        _invitation("body", "EMAIL"),
        "Your username is ann and temporary password is CODE.",
    ),
    _template(
        "AdminCreateUserConfig.InviteMessageTemplate.EmailSubject",
        "Subject",
        _invitation("subject", "EMAIL"),
        "Your temporary password",
    ),
    # factors
    _case(
        "MfaConfiguration",
        {},
        {"MfaConfiguration": "ON"},
        _challenged(**PHONE_OF),
        *("", "SMS_MFA"),
        pool={"SmsConfiguration": SMS},
    ),
    _case(
        "EmailConfiguration.EmailSendingAccount",
        {"EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"}},
        {"EmailConfiguration": DEVELOPER},
        _offered,
        ["SMS_OTP"],
        ["EMAIL_OTP", "SMS_OTP"],
        pool={**OTP, "SmsConfiguration": SMS},
    ),
    _case("SmsConfiguration.SnsCallerArn", {}, {"SmsConfiguration": SMS}, _turned_on, INVALID, "SMS_MFA"),
    _case(
        "DeviceConfiguration.ChallengeRequiredOnNewDevice",
        {"DeviceConfiguration": {"ChallengeRequiredOnNewDevice": False}},
        {"DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True}},
        _known_device,
        *("SOFTWARE_TOKEN_MFA", "DEVICE_SRP_AUTH"),
        mfa={**TOTP, "MfaConfiguration": "OPTIONAL"},
    ),
    _case(
        "DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt",
        {"DeviceConfiguration": {"DeviceOnlyRememberedOnUserPrompt": False}},
        {"DeviceConfiguration": {"DeviceOnlyRememberedOnUserPrompt": True}},
        lambda site: _device(site)[0],
        *(False, True),
    ),
    _case(
        "UserPoolAddOns.AdvancedSecurityMode",
        {"UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}},
        {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}},
        _events,
        *("UserPoolAddOnNotEnabledException", ["SignIn"]),
    ),
    _case(
        "IssuerConfiguration.Type",
        {"IssuerConfiguration": {"Type": "ORIGINAL"}},
        {"IssuerConfiguration": {"Type": "UPDATED"}},
        _issuer,
        *("cognito-idp.us-east-1.amazonaws.com", "issuer-cognito-idp.us-east-1.amazonaws.com"),
    ),
    _case(
        "UserPoolTier",
        {"UserPoolTier": "ESSENTIALS"},
        {"UserPoolTier": "LITE"},
        lambda site: site.code_of(
            "CreateUserPoolClient", UserPoolId=site.pool_id, ClientName="d", ExplicitAuthFlows=["ALLOW_USER_AUTH"]
        ),
        *("", "FeatureUnavailableInTierException"),
        client={"ExplicitAuthFlows": None},
    ),
    # SetUserPoolMfaConfig
    _case(
        "MfaConfiguration",
        {"MfaConfiguration": "OPTIONAL"},
        {"MfaConfiguration": "ON"},
        _challenged(),
        *("", "MFA_SETUP"),
        mfa=TOTP,
        of="mfa",
    ),
    _case(
        "SoftwareTokenMfaConfiguration.Enabled",
        {**TOTP, "MfaConfiguration": "OPTIONAL"},
        {
            "SoftwareTokenMfaConfiguration": {"Enabled": False},
            "EmailMfaConfiguration": {},
            "MfaConfiguration": "OPTIONAL",
        },
        _app,
        "",
        "SoftwareTokenMFANotFoundException",
        of="mfa",
        pool={"EmailConfiguration": DEVELOPER},
    ),
    _case(
        "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn",
        {**TOTP, "MfaConfiguration": "ON"},
        {"SmsMfaConfiguration": {"SmsConfiguration": SMS}, "MfaConfiguration": "ON"},
        _challenged(**PHONE_OF),
        "MFA_SETUP",
        "SMS_MFA",
        of="mfa",
    ),
    _case(
        "SmsMfaConfiguration.SmsAuthenticationMessage",
        {},
        {"SmsMfaConfiguration": {"SmsAuthenticationMessage": "SMS {####}"}},
        _code_message("body"),
        "Your authentication code is CODE.",
        "SMS CODE",
        of="mfa",
        mfa={"SmsMfaConfiguration": {"SmsConfiguration": SMS}, "MfaConfiguration": "ON"},
    ),
    _case(
        "EmailMfaConfiguration.Message",
        {},
        {"EmailMfaConfiguration": {"Message": "Mail {####}"}},
        _code_message("body"),
        "Your authentication code is CODE.",
        "Mail CODE",
        of="mfa",
        mfa=EMAIL_MFA,
        pool={"EmailConfiguration": DEVELOPER},
    ),
    _case(
        "EmailMfaConfiguration.Subject",
        {},
        {"EmailMfaConfiguration": {"Message": "Mail {####}", "Subject": "Subject"}},
        _code_message("subject"),
        "Your authentication code",
        "Subject",
        of="mfa",
        mfa=EMAIL_MFA,
        pool={"EmailConfiguration": DEVELOPER},
    ),
    _case(
        "WebAuthnConfiguration.RelyingPartyId",
        PARTY,
        {"WebAuthnConfiguration": {"RelyingPartyId": "example.com"}},
        lambda site: _passkey_options(site)["rp"]["id"],
        "localhost",
        "example.com",
        of="mfa",
        pool=PASSKEYS,
    ),
    _case(
        "WebAuthnConfiguration.UserVerification",
        PARTY,
        {"WebAuthnConfiguration": {"UserVerification": "required"}},
        lambda site: _passkey_options(site)["authenticatorSelection"]["userVerification"],
        "preferred",
        "required",
        of="mfa",
        pool=PASSKEYS,
        mfa=PARTY,
    ),
    _case(
        "WebAuthnConfiguration.FactorConfiguration",
        {},
        {
            "WebAuthnConfiguration": {
                "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
                "UserVerification": "required",
            }
        },
        _with_passkey_and_mfa,
        [],
        ["WEB_AUTHN"],
        of="mfa",
        pool=PASSKEYS,
        mfa={**PARTY, **TOTP, "MfaConfiguration": "OPTIONAL"},
    ),
]

NO_MAIL = "says who sends the mail, and no mail is sent"
NO_SMS = "says how an SMS is sent, and none is"
UNRELATED = {
    "PoolName": "is for administrators; users never see it",
    "DeletionProtection": "concerns DeleteUserPool alone",
    "UserPoolTags": "are for bills and permissions",
    "LambdaConfig.KMSKeyID": "encrypts codes for custom senders, which get them in clear here",
    "LambdaConfig.CustomSMSSender.LambdaVersion": "has one value and no other",
    "LambdaConfig.CustomEmailSender.LambdaVersion": "has one value and no other",
    "LambdaConfig.InboundFederation.LambdaVersion": "has one value and no other",
    **{f"EmailConfiguration.{m}": NO_MAIL for m in ("SourceArn", "ReplyToEmailAddress", "From", "ConfigurationSet")},
    **{f"SmsConfiguration.{m}": NO_SMS for m in ("ExternalId", "SnsRegion", "EumsSms")},
    "UserPoolAddOns.AdvancedSecurityAdditionalFlows": "judges the risk of custom sign-ins, which is never judged here",
    "DcrConfiguration": "lets programs register clients, and no user signs in with it",
    "KeyConfiguration": "encrypts what is stored, which no answer shows",
    "AcrConfiguration": "names levels of step-up, which had no effect in the service as far as recorded",
}
UNRELATED_TO_MFA = {
    "UserPoolId": "names the pool to be changed",
    **{f"SmsMfaConfiguration.SmsConfiguration.{m}": NO_SMS for m in ("ExternalId", "SnsRegion", "EumsSms")},
}
