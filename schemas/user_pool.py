"""The user pool: what CreateUserPool and UpdateUserPool take.

Defaults, limits and what an update does to members that it leaves out are those of cognito.md 2.1. Two rules of
thumb explain the marks. `Default` is what a new pool has; within a structure that a new pool has not at all
(DeviceConfiguration), what null means for a member is said by `ClearWith`, since the structure is not
there. And a structure that an update keeps when it is left out has its whole `Default`, so that null can be sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from schemas.base import (
    ARN,
    COMPUTED,
    FORBIDDEN,
    OAUTH_FLOWS,
    PRINTABLE_OR_SPACE,
    AcrLevel,
    ApiModel,
    Arn,
    ClearWith,
    CreateOnly,
    Decimal,
    Default,
    Deprecated,
    EmailText,
    Keyed,
    LinkText,
    Name,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Presence,
    Scope,
    Since,
    SmsText,
    String,
    Subject,
    Text,
    Tier,
    Unordered,
)
from schemas.base import AcrValue as AcrName
from schemas.base import Region as RegionCode
from schemas.published import PUBLISHED

EMAIL = Pattern(
    r"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+$",
    "is not an e-mail address",
    "Write one such as NAME@example.com.",
)
SET_NAME = Pattern(r"^[a-zA-Z0-9_-]+$", FORBIDDEN, "Use letters, digits, _ and -")
ARN_OR_NOTHING = Pattern(rf"^({ARN[1:-1]})?$", ARN.wrong, ARN.fix, whole=True)

STANDARD_ATTRIBUTES: Mapping[str, dict[str, Any]] = PUBLISHED["standard_attributes"]
"""The attributes that every pool has, in the order in which it shows them, as they are unless a pool says otherwise
(cognito.md 4.2). The name is the key, and is not repeated."""

PASSWORD_POLICY: dict[str, Any] = PUBLISHED["password_policy"]
"""The password policy of a pool that was made without one."""

SIGN_IN_POLICY: dict[str, Any] = {"AllowedFirstAuthFactors": ["PASSWORD"]}
"""The sign-in policy of a pool that was made without one."""

RECOVERY: list[Any] = PUBLISHED["recovery_mechanisms"]
"""How users of a pool that says nothing recover their accounts."""

ACR_LEVELS: dict[str, Any] = PUBLISHED["acr_levels"]
"""The names of the levels of authentication unless they are given others."""

PARTIAL_POLICY = Note(
    "Where a new pool is given a password policy in part, the rules that it leaves out become false (measured): "
    "say all of them."
)
UNUSED_DAYS = (
    "is no longer taken by Cognito: remove it, and write Policies.PasswordPolicy.TemporaryPasswordValidityDays"
)
CLASSIC_TEMPLATE = Note("Superseded: write VerificationMessageTemplate, which it mirrors.")
FROZEN_NAMES = CreateOnly(
    "How users sign in is decided when the pool is made. Make a second pool, and move the users with a UserMigration "
    "trigger or an import."
)
FILLED_IN = NotRemovable("Cognito fills in a Region of its own. Write the one that you want.")
KEEPS_SMS = NotRemovable(
    "Cognito offers no way to take an SMS configuration out of a pool. Stop using it: take phone_number out of "
    "AutoVerifiedAttributes, SMS_OTP out of the first factors and SMS out of the MFA factors."
)

Trigger = Annotated[Arn, OnUpdate("reset")]
"""A Lambda function that Cognito calls; leaving it out of an update removes it."""

TriggerVersion = Annotated[str, OneOf(("V1_0",))]
Contact = OneOf(("phone_number", "email"))


class PasswordPolicyType(ApiModel):
    """What a password must be like."""

    MinimumLength: Annotated[int, Field(ge=6, le=99), Default(8), OnUpdate("kept")] | None = None
    """Fewest characters of a password."""
    RequireUppercase: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must hold an upper-case letter."""
    RequireLowercase: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must hold a lower-case letter."""
    RequireNumbers: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must hold a digit."""
    RequireSymbols: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must hold a symbol."""
    PasswordHistorySize: (
        Annotated[int, Field(ge=0, le=24), Default(0), ClearWith(0), OnUpdate("kept"), Tier("ESSENTIALS")] | None
    ) = None
    """How many earlier passwords a user cannot take again; 0 switches the check off."""
    TemporaryPasswordValidityDays: (
        Annotated[int, Field(ge=0, le=365), Default(7), OnUpdate("kept"), Note("Cognito turns 0 into 7.")] | None
    ) = None
    """Days for which the password of an invited user is good."""


class SignInPolicyType(ApiModel):
    """With what a sign-in may begin."""

    AllowedFirstAuthFactors: (
        Annotated[
            list[Annotated[str, OneOf(("PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "SOFTWARE_TOKEN"))],],
            Field(min_length=1, max_length=5),
            Unordered(),
            Default(["PASSWORD"]),
            ClearWith(["PASSWORD"]),
            OnUpdate("kept"),
            Note(
                "Must hold PASSWORD; everything beside it needs the plan ESSENTIALS; SOFTWARE_TOKEN is refused so far."
            ),
        ]
        | None
    ) = None
    """The first factors that a user can choose from."""


class UserPoolPolicyType(ApiModel):
    """Policies of a pool."""

    PasswordPolicy: Annotated[PasswordPolicyType, Default(PASSWORD_POLICY), OnUpdate("kept")] | None = None
    """What a password must be like."""
    SignInPolicy: Annotated[SignInPolicyType, Default(SIGN_IN_POLICY), OnUpdate("kept")] | None = None
    """With what a sign-in may begin."""


class PreTokenGenerationVersionConfigType(ApiModel):
    """The function that changes tokens before they are issued."""

    LambdaVersion: (
        Annotated[
            str,
            OneOf(("V1_0", "V2_0", "V3_0")),
            Note("V2_0 (access tokens) and V3_0 (tokens of machines) need the plan ESSENTIALS."),
        ]
        | None
    ) = None
    """Version of the event that the function is sent."""
    LambdaArn: Arn | None = None
    """The function."""


class CustomSMSLambdaVersionConfigType(ApiModel):
    """The function that sends SMS messages in Cognito's place."""

    LambdaVersion: TriggerVersion | None = None
    """Version of the event that the function is sent."""
    LambdaArn: Arn | None = None
    """The function."""


class CustomEmailLambdaVersionConfigType(ApiModel):
    """The function that sends e-mail in Cognito's place."""

    LambdaVersion: TriggerVersion | None = None
    """Version of the event that the function is sent."""
    LambdaArn: Arn | None = None
    """The function."""


class InboundFederationLambdaType(ApiModel):
    """The function that sees what an identity provider says before it is stored."""

    LambdaVersion: TriggerVersion | None = None
    """Version of the event that the function is sent."""
    LambdaArn: Arn | None = None
    """The function."""


class LambdaConfigType(ApiModel):
    """Functions that Cognito calls; they must be in the Region of the pool."""

    PreSignUp: Trigger | None = None
    """Called before a user is signed up; can refuse or confirm."""
    CustomMessage: Trigger | None = None
    """Called before a message is sent; can change its text."""
    PostConfirmation: Trigger | None = None
    """Called after a user is confirmed."""
    PreAuthentication: Trigger | None = None
    """Called before a user is authenticated; can refuse."""
    PostAuthentication: Trigger | None = None
    """Called after a user is authenticated."""
    DefineAuthChallenge: Trigger | None = None
    """Decides on the next challenge of a custom sign-in."""
    CreateAuthChallenge: Trigger | None = None
    """Makes the challenge of a custom sign-in."""
    VerifyAuthChallengeResponse: Trigger | None = None
    """Checks the answer to the challenge of a custom sign-in."""
    PreTokenGeneration: (
        Annotated[Trigger, Deprecated(), Note("Write PreTokenGenerationConfig; if both are there, they must be equal.")]
        | None
    ) = None
    """Called before tokens are issued, with the first version of the event."""
    UserMigration: Trigger | None = None
    """Called when an unknown user signs in or forgets the password; can bring the user in."""
    PreTokenGenerationConfig: Annotated[PreTokenGenerationVersionConfigType, OnUpdate("reset")] | None = None
    """Called before tokens are issued; can change them."""
    CustomSMSSender: Annotated[CustomSMSLambdaVersionConfigType, OnUpdate("reset"), Note("Needs KMSKeyID.")] | None = (
        None
    )
    """Sends SMS messages in Cognito's place."""
    CustomEmailSender: (
        Annotated[CustomEmailLambdaVersionConfigType, OnUpdate("reset"), Note("Needs KMSKeyID.")] | None
    ) = None
    """Sends e-mail in Cognito's place."""
    KMSKeyID: Annotated[Arn, OnUpdate("reset")] | None = None
    """The key, by its full ARN, that encrypts codes for the custom senders."""
    InboundFederation: Annotated[InboundFederationLambdaType, Since(2026), OnUpdate("reset")] | None = None
    """Called at a federated sign-in, before the profile is written."""


class VerificationMessageTemplateType(ApiModel):
    """The messages with which an address is verified."""

    SmsMessage: Annotated[SmsText, OnUpdate("reset")] | None = None
    """SMS message with the code, which replaces `{####}`."""
    EmailMessage: Annotated[EmailText, OnUpdate("reset")] | None = None
    """E-mail message with the code, which replaces `{####}`."""
    EmailSubject: Annotated[Subject, OnUpdate("reset")] | None = None
    """Subject of the e-mail message with the code."""
    EmailMessageByLink: Annotated[LinkText, OnUpdate("reset")] | None = None
    """E-mail message with the link, whose text is written `{##like this##}`."""
    EmailSubjectByLink: Annotated[Subject, OnUpdate("reset")] | None = None
    """Subject of the e-mail message with the link."""
    DefaultEmailOption: (
        Annotated[
            str,
            OneOf(("CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE")),
            Default("CONFIRM_WITH_CODE"),
            OnUpdate("reset"),
            Note("CONFIRM_WITH_LINK works only when the pool has a domain."),
        ]
        | None
    ) = None
    """Whether an e-mail address is verified by a code or by a link."""


class UserAttributeUpdateSettingsType(ApiModel):
    """What happens when users change their addresses."""

    AttributesRequireVerificationBeforeUpdate: (
        Annotated[
            list[Annotated[str, Contact]],
            Unordered(),
            Default([]),
            ClearWith([]),
            OnUpdate("kept"),
            Note("Must be among AutoVerifiedAttributes."),
        ]
        | None
    ) = None
    """Addresses whose old value stays until the new one is verified."""


class DeviceConfigurationType(ApiModel):
    """Remembering of devices; without it, no device is remembered."""

    ChallengeRequiredOnNewDevice: Annotated[bool, ClearWith(False)] | None = None
    """Whether a remembered device replaces the second factor; false unless said."""
    DeviceOnlyRememberedOnUserPrompt: Annotated[bool, ClearWith(False)] | None = None
    """Whether a device is remembered only if its user agrees (true), or always (false, unless said)."""


class EmailConfigurationType(ApiModel):
    """How e-mail is sent."""

    SourceArn: (
        Annotated[Arn, OnUpdate("unmeasured"), Note("Needed with DEVELOPER; only some Regions are taken.")] | None
    ) = None
    """The identity in Amazon SES that e-mail comes from."""
    ReplyToEmailAddress: (
        Annotated[
            str,
            StringConstraints(pattern=EMAIL),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """Where answers of users go."""
    EmailSendingAccount: (
        Annotated[str, OneOf(("COGNITO_DEFAULT", "DEVELOPER")), Default("COGNITO_DEFAULT"), OnUpdate("unmeasured")]
        | None
    ) = None
    """Whether Cognito sends e-mail itself, within low limits, or through your Amazon SES."""
    From: Annotated[String, OnUpdate("unmeasured")] | None = None
    """The sender: an address, or `Name <address>`, of the identity in SourceArn."""
    ConfigurationSet: (
        Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=SET_NAME), OnUpdate("unmeasured")] | None
    ) = None
    """The configuration set in Amazon SES, for DEVELOPER only."""


class EumsSmsConfigurationType(ApiModel):
    """SMS by AWS End User Messaging."""

    CallerArn: Annotated[Arn, Note("The role needs sms-voice:SendTextMessage.")] | None = None
    """The role that Cognito takes to send messages."""
    ExternalId: String | None = None
    """The external id that the role's trust policy asks for."""
    OriginationIdentity: String | None = None
    """The number, sender or pool of numbers that messages come from, by id or ARN."""
    ConfigurationSetName: String | None = None
    """The configuration set of AWS End User Messaging."""
    InEntityId: String | None = None
    """The entity that is registered for messages in India."""
    InTemplateId: String | None = None
    """The template that is registered for messages in India."""
    Region: Annotated[RegionCode, FILLED_IN, Note("Only the pool's own Region is taken.")] | None = None
    """The Region that sends."""


class SmsConfigurationType(ApiModel):
    """How SMS messages are sent: through Amazon SNS, or through AWS End User Messaging."""

    SnsCallerArn: (
        Annotated[
            str,
            StringConstraints(
                max_length=2048,
                pattern=ARN_OR_NOTHING,
            ),
            Note("A role of the pool's own account; excludes EumsSms."),
        ]
        | None
    ) = None
    """The role that Cognito takes to send messages through Amazon SNS."""
    ExternalId: String | None = None
    """The external id that the role's trust policy asks for."""
    SnsRegion: Annotated[RegionCode, FILLED_IN] | None = None
    """The Region that sends: the pool's own, unless it has none for SMS."""
    EumsSms: Annotated[EumsSmsConfigurationType, Since(2026)] | None = None
    """Messages through AWS End User Messaging instead of Amazon SNS."""


class MessageTemplateType(ApiModel):
    """The messages with which a user is invited."""

    SMSMessage: Annotated[str, StringConstraints(min_length=6, max_length=140), Text(), OnUpdate("reset")] | None = None
    """SMS message with `{username}` and, for the password, `{####}`."""
    EmailMessage: (
        Annotated[
            str,
            StringConstraints(min_length=6, max_length=20_000, pattern=PRINTABLE_OR_SPACE),
            Text(),
            OnUpdate("reset"),
        ]
        | None
    ) = None
    """E-mail message with `{username}` and, for the password, `{####}`."""
    EmailSubject: Annotated[Subject, OnUpdate("reset")] | None = None
    """Subject of the e-mail message."""


class AdminCreateUserConfigType(ApiModel):
    """How users are made by administrators."""

    MOVED: ClassVar[Mapping[str, str]] = {"UnusedAccountValidityDays": UNUSED_DAYS}

    AllowAdminCreateUserOnly: (
        Annotated[bool, Default(False), OnUpdate("reset"), Note("false lets everybody sign up.")] | None
    ) = None
    """Whether only administrators can make users, so that users cannot sign up themselves."""
    InviteMessageTemplate: Annotated[MessageTemplateType, OnUpdate("reset")] | None = None
    """The messages with which a user is invited."""


class NumberAttributeConstraintsType(ApiModel):
    """Limits of a number."""

    MinValue: Decimal | None = None
    """The least number that is taken."""
    MaxValue: Decimal | None = None
    """The greatest number that is taken."""


class StringAttributeConstraintsType(ApiModel):
    """Limits of a text."""

    MinLength: Decimal | None = None
    """The fewest characters that are taken."""
    MaxLength: Annotated[Decimal, Note("At most 2048.")] | None = None
    """The most characters that are taken."""


ATTRIBUTE_NAME = Pattern(
    r"^((dev:)?(custom:)?[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}|phone_number_verified)$",
    "is not the name of an attribute",
    "Use 1 to 20 visible characters.",
)
"""1 to 20 characters without the prefix of custom attributes; one standard attribute has 21 (cognito.md 2.1)."""


class SchemaAttributeType(ApiModel):
    """An attribute that users have; what is said about it can never be changed."""

    Name: Annotated[str, StringConstraints(pattern=ATTRIBUTE_NAME)]
    """Its name, without the prefix `custom:`."""
    AttributeDataType: Annotated[str, OneOf(("String", "Number", "DateTime", "Boolean")), Default("String")] | None = (
        None
    )
    """What it holds."""
    DeveloperOnlyAttribute: Annotated[bool, Default(False), Deprecated()] | None = None
    """Whether only administrators see it; the clients' WriteAttributes do that better."""
    Mutable: (
        Annotated[
            bool,
            Note("Say it always: sources disagree on what Cognito assumes, and it can never be changed."),
        ]
        | None
    ) = None
    """Whether its value can change once it is set; must be true if an identity provider fills it."""
    Required: Annotated[bool, Default(False), Note("Only standard attributes can be required.")] | None = None
    """Whether users must have it."""
    NumberAttributeConstraints: NumberAttributeConstraintsType | None = None
    """Limits, if it is a number."""
    StringAttributeConstraints: StringAttributeConstraintsType | None = None
    """Limits, if it is a text."""


class AdvancedSecurityAdditionalFlowsType(ApiModel):
    """Threat protection beyond the usual sign-in."""

    CustomAuthMode: Annotated[str, OneOf(("AUDIT", "ENFORCED")), Tier("PLUS")] | None = None
    """What threat protection does about custom sign-ins."""


class UserPoolAddOnsType(ApiModel):
    """Threat protection."""

    AdvancedSecurityMode: (
        Annotated[
            str,
            OneOf(("OFF", "AUDIT", "ENFORCED")),
            Default("OFF"),
            OnUpdate("unmeasured"),
            Note("AUDIT and ENFORCED need the plan PLUS."),
        ]
        | None
    ) = None
    """Whether risky sign-ins are noted (AUDIT) or also stopped (ENFORCED)."""
    AdvancedSecurityAdditionalFlows: AdvancedSecurityAdditionalFlowsType | None = None
    """Threat protection beyond the usual sign-in."""


class DcrConfigurationType(ApiModel):
    """Dynamic client registration; members that are left out of it take their defaults."""

    EnableStatus: Annotated[str, OneOf(("Enabled", "Disabled")), ClearWith("Enabled")] | None = None
    """Whether clients can register themselves; Enabled unless said."""
    OpenDcrEnabled: Annotated[bool, ClearWith(False), Note("true lets anybody register a client.")] | None = None
    """Whether a client can register without showing a token; false unless said."""
    AuthenticatedGrantTypes: (
        Annotated[
            list[Annotated[str, OAUTH_FLOWS]],
            Field(max_length=3),
            Unordered(),
            ClearWith(["code", "client_credentials"]),
        ]
        | None
    ) = None
    """Flows for clients that registered with a token; code and client_credentials unless said."""
    OpenDcrGrantTypes: (
        Annotated[list[Annotated[str, OAUTH_FLOWS]], Field(max_length=3), Unordered(), ClearWith(["code"])] | None
    ) = None
    """Flows for clients that registered without a token; code unless said."""
    AllowedScopes: (
        Annotated[
            list[Scope],
            Field(max_length=50),
            Unordered(),
            NotRemovable("Cognito fills in the scopes of OpenID Connect. Write those that you want."),
        ]
        | None
    ) = None
    """Scopes that a registered client can have; those of OpenID Connect unless said."""


class UsernameConfigurationType(ApiModel):
    """How names of users are compared."""

    CaseSensitive: Annotated[bool, Default(True), FROZEN_NAMES] | None = None
    """Whether `Anna` and `anna` are two users; the console's pools say false."""


class RecoveryOptionType(ApiModel):
    """One way to recover an account."""

    Priority: Annotated[int, Field(ge=1, le=2)]
    """1 is tried first."""
    Name: Annotated[str, OneOf(("verified_email", "verified_phone_number", "admin_only"))]
    """The way; admin_only must be the only one."""


class AccountRecoverySettingType(ApiModel):
    """How users get back in who forgot their password."""

    RecoveryMechanisms: (
        Annotated[
            list[RecoveryOptionType],
            Field(min_length=1, max_length=2),
            Unordered(),
            Default(RECOVERY),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """The ways; each says its own priority."""


class KeyConfigurationType(ApiModel):
    """The key that encrypts the pool's data."""

    KeyType: (
        Annotated[
            str,
            OneOf(("AWS_OWNED_KEY", "CUSTOMER_MANAGED_KEY")),
            Default("AWS_OWNED_KEY"),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """Whose key it is."""
    KmsKeyArn: Annotated[Arn, OnUpdate("unmeasured"), Note("Needed with CUSTOMER_MANAGED_KEY.")] | None = None
    """The key; it must be a multi-Region key if the pool has replicas."""


class IssuerConfigurationType(ApiModel):
    """What tokens name as their issuer."""

    Type: (
        Annotated[
            str,
            OneOf(("ORIGINAL", "UPDATED")),
            Default("ORIGINAL"),
            OnUpdate("unmeasured"),
            Note("A change alters the claim `iss`, and everything that checks it must know the new issuer first."),
        ]
        | None
    ) = None
    """The original form of the issuer, or the one that replicas share."""


class AcrLevelConfigType(ApiModel):
    """One level of authentication."""

    AcrValue: AcrName | None = None
    """Its name in requests and tokens."""


class UserPool(ApiModel):
    """A user pool."""

    INPUTS = (("cognito-idp", "CreateUserPool"), ("cognito-idp", "UpdateUserPool"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "MfaConfiguration": "belongs into the mfa section: write mfa.MfaConfiguration",
        "Name": "write PoolName",
        "SchemaAttributes": "write Schema",
        "UserPoolId": "belongs to the document: write id beside user_pool",
        "Id": "is computed by Cognito: remove it; to name the pool that is meant, write id beside user_pool",
        "Domain": "is computed by Cognito: remove it; domains are written in the section domains",
        "CustomDomain": "is computed by Cognito: remove it; domains are written in the section domains",
        **dict.fromkeys(
            (
                "Arn",
                "Status",
                "CreationDate",
                "LastModifiedDate",
                "EstimatedNumberOfUsers",
                "SmsConfigurationFailure",
                "EmailConfigurationFailure",
            ),
            COMPUTED,
        ),
    }

    PoolName: Annotated[Name, OnUpdate("kept"), NotRemovable("A pool must have a name.")] | None = None
    """The name of the pool; it can be changed, and need not be unique."""
    Policies: (
        Annotated[
            UserPoolPolicyType,
            Default({"PasswordPolicy": PASSWORD_POLICY, "SignInPolicy": SIGN_IN_POLICY}),
            OnUpdate("kept"),
        ]
        | None
    ) = None
    """What a password must be like, and with what a sign-in may begin."""
    DeletionProtection: (
        Annotated[
            str,
            OneOf(("ACTIVE", "INACTIVE")),
            Default("INACTIVE"),
            OnUpdate("kept"),
            Note("Pools that the console made have ACTIVE."),
        ]
        | None
    ) = None
    """Whether the pool refuses to be deleted."""
    LambdaConfig: Annotated[LambdaConfigType, Default({}), OnUpdate("reset")] | None = None
    """Functions that Cognito calls."""
    AutoVerifiedAttributes: (
        Annotated[
            list[Annotated[str, Contact]], Unordered(), OnUpdate("reset"), Note("phone_number needs SmsConfiguration.")
        ]
        | None
    ) = None
    """Addresses that Cognito verifies when users sign up."""
    AliasAttributes: (
        Annotated[
            list[Annotated[str, OneOf(("phone_number", "email", "preferred_username"))]],
            Unordered(),
            FROZEN_NAMES,
            Note("Excludes UsernameAttributes."),
        ]
        | None
    ) = None
    """With what users can sign in beside their name."""
    UsernameAttributes: (
        Annotated[list[Annotated[str, Contact]], Unordered(), FROZEN_NAMES, Note("Excludes AliasAttributes.")] | None
    ) = None
    """What users sign up with in place of a name."""
    SmsVerificationMessage: Annotated[SmsText, Deprecated(), OnUpdate("reset"), CLASSIC_TEMPLATE] | None = None
    """SMS message with the code that verifies a phone number."""
    EmailVerificationMessage: Annotated[EmailText, Deprecated(), OnUpdate("reset"), CLASSIC_TEMPLATE] | None = None
    """E-mail message with the code that verifies an address."""
    EmailVerificationSubject: Annotated[Subject, Deprecated(), OnUpdate("reset"), CLASSIC_TEMPLATE] | None = None
    """Subject of the e-mail message that verifies an address."""
    VerificationMessageTemplate: (
        Annotated[
            VerificationMessageTemplateType, Default({"DefaultEmailOption": "CONFIRM_WITH_CODE"}), OnUpdate("reset")
        ]
        | None
    ) = None
    """The messages with which an address is verified."""
    SmsAuthenticationMessage: (
        Annotated[
            SmsText,
            OnUpdate("reset"),
            Note("mfa.SmsMfaConfiguration.SmsAuthenticationMessage is the same text: say it in one place."),
        ]
        | None
    ) = None
    """SMS message with the code of the second factor."""
    UserAttributeUpdateSettings: (
        Annotated[
            UserAttributeUpdateSettingsType,
            Default({"AttributesRequireVerificationBeforeUpdate": []}),
            ClearWith({"AttributesRequireVerificationBeforeUpdate": []}),
            OnUpdate("kept"),
        ]
        | None
    ) = None
    """What happens when users change their addresses."""
    DeviceConfiguration: Annotated[DeviceConfigurationType, OnUpdate("reset")] | None = None
    """Remembering of devices; without it, no device is remembered."""
    EmailConfiguration: (
        Annotated[EmailConfigurationType, Default({"EmailSendingAccount": "COGNITO_DEFAULT"}), OnUpdate("unmeasured")]
        | None
    ) = None
    """How e-mail is sent."""
    SmsConfiguration: Annotated[SmsConfigurationType, KEEPS_SMS, OnUpdate("unmeasured")] | None = None
    """How SMS messages are sent."""
    UserPoolTags: (
        Annotated[
            dict[
                Annotated[str, StringConstraints(min_length=1, max_length=128)],
                Annotated[str, StringConstraints(max_length=256)],
            ],
            Field(max_length=50),
            Default({}),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """Tags of the pool, for costs and permissions."""
    AdminCreateUserConfig: (
        Annotated[
            AdminCreateUserConfigType,
            Default({"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7}),
            OnUpdate("reset"),
        ]
        | None
    ) = None
    """How users are made by administrators, and whether anybody else can."""
    Schema: (
        Annotated[
            list[SchemaAttributeType],
            Field(min_length=1, max_length=71),
            Keyed("Name"),
            CreateOnly(
                "Attributes can be added but never altered or removed. Add one with another name, and move the values."
            ),
        ]
        | None
    ) = None
    """Attributes that users have: standard ones that differ from the usual, and custom ones."""
    UserPoolAddOns: Annotated[UserPoolAddOnsType, OnUpdate("unmeasured")] | None = None
    """Threat protection."""
    DcrConfiguration: (
        Annotated[
            DcrConfigurationType,
            Since(2026),
            Tier("ESSENTIALS"),
            Presence(),
            NotRemovable("Cognito keeps it once it is there. Write EnableStatus: Disabled."),
            OnUpdate("kept"),
        ]
        | None
    ) = None
    """Dynamic client registration: clients that register themselves."""
    UsernameConfiguration: Annotated[UsernameConfigurationType, FROZEN_NAMES] | None = None
    """How names of users are compared."""
    AccountRecoverySetting: (
        Annotated[AccountRecoverySettingType, Default({"RecoveryMechanisms": RECOVERY}), OnUpdate("unmeasured")] | None
    ) = None
    """How users get back in who forgot their password."""
    UserPoolTier: (
        Annotated[
            str,
            OneOf(("LITE", "ESSENTIALS", "PLUS")),
            Default("ESSENTIALS"),
            OnUpdate("reset"),
            Note("A lower plan is taken only once the features of the higher one are switched off."),
        ]
        | None
    ) = None
    """The feature plan, which decides on features and price."""
    KeyConfiguration: (
        Annotated[KeyConfigurationType, Since(2026), Default({"KeyType": "AWS_OWNED_KEY"}), OnUpdate("unmeasured")]
        | None
    ) = None
    """The key that encrypts the pool's data."""
    IssuerConfiguration: (
        Annotated[IssuerConfigurationType, Since(2026), Default({"Type": "ORIGINAL"}), OnUpdate("unmeasured")] | None
    ) = None
    """What tokens name as their issuer."""
    AcrConfiguration: (
        Annotated[
            dict[AcrLevel, AcrLevelConfigType],
            Field(max_length=4),
            Since(2026),
            Default(ACR_LEVELS),
            OnUpdate("reset"),
            Note("Names of your own need the plan ESSENTIALS; all four must differ."),
        ]
        | None
    ) = None
    """Names for the levels of authentication that tokens state."""
