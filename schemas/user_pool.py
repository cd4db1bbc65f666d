"""The user pool: what CreateUserPool and UpdateUserPool take.

Defaults, limits and the effect of an update on omitted members are those of cognito.md 2.1. The marks follow two
rules. `Default` is the value in a new pool; inside a structure that a new pool does not have (DeviceConfiguration),
`ClearWith` defines what null means for a member, so the structure is not assumed to exist. And a structure that an
update keeps if omitted has its whole `Default`, so null can be sent.
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from schemas.base import (
    COMPUTED,
    FORBIDDEN,
    OAUTH_FLOWS,
    PRINTABLE_OR_SPACE,
    ROLE,
    SYSTEM_TAGS,
    AcrLevel,
    ApiModel,
    Becomes,
    Bound,
    ClearWith,
    CreateOnly,
    Decimal,
    Default,
    Deprecated,
    EmailText,
    FunctionArn,
    IdentityArn,
    KeyArn,
    Keyed,
    LeftOut,
    LinkText,
    Mirrors,
    Name,
    Note,
    NotRemovable,
    OneOf,
    OnUpdate,
    Pattern,
    Presence,
    RoleArn,
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
from schemas.limits import Field, StringConstraints
from schemas.published import PUBLISHED

EMAIL = Pattern(
    r"^[\p{L}\p{M}\p{S}\p{N}\p{P}]+@[\p{L}\p{M}\p{S}\p{N}\p{P}]+$",
    "is not an e-mail address",
    "Write one such as NAME@example.com.",
)
SET_NAME = Pattern(r"^[a-zA-Z0-9_-]+$", FORBIDDEN, "Use letters, digits, _ and -")
ROLE_OR_NOTHING = Pattern(rf"^({ROLE[1:-1]})?$", ROLE.wrong, ROLE.fix, whole=True)

STANDARD_ATTRIBUTES: Mapping[str, dict[str, Any]] = PUBLISHED["standard_attributes"]
"""The attributes of every pool, in the order shown, with their default definitions (cognito.md 4.2). The name is the
key, and is not repeated."""

PASSWORD_POLICY: dict[str, Any] = PUBLISHED["password_policy"]
"""The default password policy of a new pool."""

SIGN_IN_POLICY: dict[str, Any] = {"AllowedFirstAuthFactors": ["PASSWORD"]}
"""The default sign-in policy of a new pool."""

RECOVERY: list[Any] = PUBLISHED["recovery_mechanisms"]
"""The default account recovery of a new pool."""

ACR_LEVELS: dict[str, Any] = PUBLISHED["acr_levels"]
"""The default names of the authentication levels."""

PARTIAL_POLICY = Note(
    "If a new pool gets a partial password policy, the omitted rules become false (measured): declare all of them."
)
UNUSED_DAYS = LeftOut(
    "is no longer accepted by Cognito: remove it, and write Policies.PasswordPolicy.TemporaryPasswordValidityDays"
)
CLASSIC_TEMPLATE = Note("Superseded by VerificationMessageTemplate, which it mirrors.")
FROZEN_NAMES = CreateOnly(
    "Sign-in attributes are fixed when the pool is created. Create a second pool, and move the users with a "
    "UserMigration trigger or an import."
)
FILLED_IN = NotRemovable("Cognito fills in a Region by itself. Write the Region that you want.", filled=True)
KEEPS_SMS = NotRemovable(
    "Cognito cannot remove the SMS configuration of a pool. Stop using it instead: remove phone_number from "
    "AutoVerifiedAttributes, SMS_OTP from the first factors and SMS from the MFA factors."
)

SAME_FUNCTION = Mirrors(("PreTokenGenerationConfig", "LambdaArn"))


def template(member: str) -> Mirrors:
    """Return the fact that a legacy message shows a member of VerificationMessageTemplate."""
    return Mirrors(("VerificationMessageTemplate", member))


Trigger = Annotated[FunctionArn, OnUpdate("reset")]
"""A Lambda function that Cognito calls; omitting it from an update removes it."""

TriggerVersion = Annotated[str, OneOf(("V1_0",))]
Contact = OneOf(("phone_number", "email"))


class PasswordPolicyType(ApiModel):
    """Rules for passwords."""

    MinimumLength: Annotated[int, Field(ge=6, le=99), Default(8), OnUpdate("kept")] | None = None
    """Minimum length of a password."""
    RequireUppercase: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must contain an upper-case letter."""
    RequireLowercase: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must contain a lower-case letter."""
    RequireNumbers: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must contain a digit."""
    RequireSymbols: Annotated[bool, Default(True), OnUpdate("kept"), PARTIAL_POLICY] | None = None
    """Whether a password must contain a symbol."""
    PasswordHistorySize: (
        Annotated[int, Field(ge=0, le=24), Default(0), ClearWith(0), OnUpdate("kept"), Tier("ESSENTIALS")] | None
    ) = None
    """How many previous passwords a user cannot reuse; 0 disables the check."""
    TemporaryPasswordValidityDays: (
        Annotated[
            int, Field(ge=0, le=365), Becomes(0, 7), Default(7), OnUpdate("kept"), Note("Cognito turns 0 into 7.")
        ]
        | None
    ) = None
    """Days for which the temporary password of an invited user is valid."""


class SignInPolicyType(ApiModel):
    """Factors that a sign-in can start with."""

    AllowedFirstAuthFactors: (
        Annotated[
            list[Annotated[str, OneOf(("PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN", "SOFTWARE_TOKEN"))],],
            Field(min_length=1, max_length=5),
            Unordered(),
            Default(["PASSWORD"]),
            ClearWith(["PASSWORD"]),
            OnUpdate("kept"),
            Note("Must contain PASSWORD; all others need the plan ESSENTIALS; SOFTWARE_TOKEN is currently refused."),
        ]
        | None
    ) = None
    """The first factors that a user can choose from."""


class UserPoolPolicyType(ApiModel):
    """Policies of a pool."""

    PasswordPolicy: Annotated[PasswordPolicyType, Default(PASSWORD_POLICY), OnUpdate("kept")] | None = None
    """Rules for passwords."""
    SignInPolicy: Annotated[SignInPolicyType, Default(SIGN_IN_POLICY), OnUpdate("kept")] | None = None
    """Factors that a sign-in can start with."""


class PreTokenGenerationVersionConfigType(ApiModel):
    """The function that customises tokens before they are issued."""

    LambdaVersion: (
        Annotated[
            str,
            OneOf(("V1_0", "V2_0", "V3_0")),
            Note("V2_0 (access tokens) and V3_0 (machine-to-machine tokens) need the plan ESSENTIALS."),
        ]
        | None
    ) = None
    """Version of the event sent to the function."""
    LambdaArn: FunctionArn | None = None
    """The function."""


class CustomSMSLambdaVersionConfigType(ApiModel):
    """The function that sends SMS messages instead of Cognito."""

    LambdaVersion: TriggerVersion | None = None
    """Version of the event sent to the function."""
    LambdaArn: FunctionArn | None = None
    """The function."""


class CustomEmailLambdaVersionConfigType(ApiModel):
    """The function that sends e-mail instead of Cognito."""

    LambdaVersion: TriggerVersion | None = None
    """Version of the event sent to the function."""
    LambdaArn: FunctionArn | None = None
    """The function."""


class InboundFederationLambdaType(ApiModel):
    """The function that processes the claims of an identity provider before they are stored."""

    LambdaVersion: TriggerVersion | None = None
    """Version of the event sent to the function."""
    LambdaArn: FunctionArn | None = None
    """The function."""


class LambdaConfigType(ApiModel):
    """Functions that Cognito calls; they must be in the Region of the pool."""

    PreSignUp: Trigger | None = None
    """Called before a user is signed up; can refuse or confirm the user."""
    CustomMessage: Trigger | None = None
    """Called before a message is sent; can change its text."""
    PostConfirmation: Trigger | None = None
    """Called after a user is confirmed."""
    PreAuthentication: Trigger | None = None
    """Called before a user is authenticated; can refuse the sign-in."""
    PostAuthentication: Trigger | None = None
    """Called after a user is authenticated."""
    DefineAuthChallenge: Trigger | None = None
    """Decides the next challenge of a custom sign-in."""
    CreateAuthChallenge: Trigger | None = None
    """Creates the challenge of a custom sign-in."""
    VerifyAuthChallengeResponse: Trigger | None = None
    """Checks the response to the challenge of a custom sign-in."""
    PreTokenGeneration: (
        Annotated[
            Trigger,
            SAME_FUNCTION,
            Deprecated(),
            Note("Use PreTokenGenerationConfig; if both are set, they must be equal."),
        ]
        | None
    ) = None
    """Called before tokens are issued, with the first version of the event."""
    UserMigration: Trigger | None = None
    """Called when an unknown user signs in or resets a password; can import the user."""
    PreTokenGenerationConfig: Annotated[PreTokenGenerationVersionConfigType, OnUpdate("reset")] | None = None
    """Called before tokens are issued; can customise them."""
    CustomSMSSender: Annotated[CustomSMSLambdaVersionConfigType, OnUpdate("reset"), Note("Needs KMSKeyID.")] | None = (
        None
    )
    """Sends SMS messages instead of Cognito."""
    CustomEmailSender: (
        Annotated[CustomEmailLambdaVersionConfigType, OnUpdate("reset"), Note("Needs KMSKeyID.")] | None
    ) = None
    """Sends e-mail instead of Cognito."""
    KMSKeyID: Annotated[KeyArn, OnUpdate("reset")] | None = None
    """Full ARN of the key that encrypts codes for the custom senders."""
    InboundFederation: Annotated[InboundFederationLambdaType, Since(2026), OnUpdate("reset")] | None = None
    """Called during a federated sign-in, before the profile is stored."""


class VerificationMessageTemplateType(ApiModel):
    """Messages that verify an e-mail address or phone number."""

    SmsMessage: Annotated[SmsText, OnUpdate("reset")] | None = None
    """SMS message; `{####}` is replaced with the code."""
    EmailMessage: Annotated[EmailText, OnUpdate("reset")] | None = None
    """E-mail message; `{####}` is replaced with the code."""
    EmailSubject: Annotated[Subject, OnUpdate("reset")] | None = None
    """Subject of the e-mail message with the code."""
    EmailMessageByLink: Annotated[LinkText, OnUpdate("reset")] | None = None
    """E-mail message with a link, whose text is written as `{##link text##}`."""
    EmailSubjectByLink: Annotated[Subject, OnUpdate("reset")] | None = None
    """Subject of the e-mail message with the link."""
    DefaultEmailOption: (
        Annotated[
            str,
            OneOf(("CONFIRM_WITH_LINK", "CONFIRM_WITH_CODE")),
            Default("CONFIRM_WITH_CODE"),
            OnUpdate("reset"),
            Note("CONFIRM_WITH_LINK requires the pool to have a domain."),
        ]
        | None
    ) = None
    """Whether an e-mail address is verified with a code or a link."""


class UserAttributeUpdateSettingsType(ApiModel):
    """How changes of e-mail addresses and phone numbers are handled."""

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
    """Attributes that keep their old value until the new one is verified."""


class DeviceConfigurationType(ApiModel):
    """Remembered devices; if absent, no device is remembered."""

    ChallengeRequiredOnNewDevice: Annotated[bool, ClearWith(False)] | None = None
    """Whether a remembered device replaces the second factor. Default: false."""
    DeviceOnlyRememberedOnUserPrompt: Annotated[bool, ClearWith(False)] | None = None
    """Whether a device is remembered only if its user agrees (true) or always (false, the default)."""


class EmailConfigurationType(ApiModel):
    """How e-mail is sent."""

    SourceArn: (
        Annotated[IdentityArn, OnUpdate("unmeasured"), Note("Required with DEVELOPER; only some Regions are accepted.")]
        | None
    ) = None
    """The Amazon SES identity that sends e-mail."""
    ReplyToEmailAddress: (
        Annotated[
            str,
            StringConstraints(pattern=EMAIL),
            OnUpdate("unmeasured"),
        ]
        | None
    ) = None
    """Address for replies from users."""
    EmailSendingAccount: (
        Annotated[str, OneOf(("COGNITO_DEFAULT", "DEVELOPER")), Default("COGNITO_DEFAULT"), OnUpdate("unmeasured")]
        | None
    ) = None
    """Whether e-mail is sent by Cognito, with low limits, or through your Amazon SES account."""
    From: Annotated[String, OnUpdate("unmeasured")] | None = None
    """The sender: an address, or `Name <address>`, of the identity in SourceArn."""
    ConfigurationSet: (
        Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=SET_NAME), OnUpdate("unmeasured")] | None
    ) = None
    """The Amazon SES configuration set; for DEVELOPER only."""


class EumsSmsConfigurationType(ApiModel):
    """SMS through AWS End User Messaging."""

    CallerArn: Annotated[RoleArn, Note("The role needs sms-voice:SendTextMessage.")] | None = None
    """The role that Cognito assumes to send messages."""
    ExternalId: String | None = None
    """The external id that the role's trust policy requires."""
    OriginationIdentity: Annotated[String, Bound()] | None = None
    """The phone number, sender id or number pool that messages are sent from, by id or ARN."""
    ConfigurationSetName: String | None = None
    """The configuration set of AWS End User Messaging."""
    InEntityId: String | None = None
    """The entity id registered for messages in India."""
    InTemplateId: String | None = None
    """The template id registered for messages in India."""
    Region: Annotated[RegionCode, FILLED_IN, Note("Only the pool's own Region is accepted.")] | None = None
    """The Region that messages are sent from."""


class SmsConfigurationType(ApiModel):
    """How SMS messages are sent: through Amazon SNS, or through AWS End User Messaging."""

    SnsCallerArn: (
        Annotated[
            str,
            StringConstraints(
                max_length=2048,
                pattern=ROLE_OR_NOTHING,
            ),
            Note("A role in the pool's account; cannot be combined with EumsSms."),
        ]
        | None
    ) = None
    """The role that Cognito assumes to send messages through Amazon SNS."""
    ExternalId: String | None = None
    """The external id that the role's trust policy requires."""
    SnsRegion: Annotated[RegionCode, FILLED_IN] | None = None
    """The Region that messages are sent from: the pool's own, unless SMS is not available there."""
    EumsSms: Annotated[EumsSmsConfigurationType, Since(2026)] | None = None
    """Sends messages through AWS End User Messaging instead of Amazon SNS."""


class MessageTemplateType(ApiModel):
    """Messages that invite a user."""

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
    """How administrators create users."""

    MOVED: ClassVar[Mapping[str, str]] = {"UnusedAccountValidityDays": UNUSED_DAYS}

    AllowAdminCreateUserOnly: (
        Annotated[bool, Default(False), OnUpdate("reset"), Note("false lets anyone sign up.")] | None
    ) = None
    """Whether only administrators can create users; true disables self-service sign-up."""
    InviteMessageTemplate: Annotated[MessageTemplateType, OnUpdate("reset")] | None = None
    """Messages that invite a user."""


class NumberAttributeConstraintsType(ApiModel):
    """Limits of a number."""

    MinValue: Decimal | None = None
    """Minimum value."""
    MaxValue: Decimal | None = None
    """Maximum value."""


class StringAttributeConstraintsType(ApiModel):
    """Limits of a string."""

    MinLength: Decimal | None = None
    """Minimum length."""
    MaxLength: Annotated[Decimal, Note("At most 2048.")] | None = None
    """Maximum length."""


ATTRIBUTE_NAME = Pattern(
    r"^((dev:)?(custom:)?[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}|phone_number_verified)$",
    "is not the name of an attribute",
    "Use 1 to 20 visible characters.",
)
"""1 to 20 characters without the prefix `custom:`; one standard attribute has 21 (cognito.md 2.1)."""


class SchemaAttributeType(ApiModel):
    """An attribute of users; its definition can never be changed."""

    Name: Annotated[str, StringConstraints(pattern=ATTRIBUTE_NAME)]
    """Its name, without the prefix `custom:`."""
    AttributeDataType: Annotated[str, OneOf(("String", "Number", "DateTime", "Boolean")), Default("String")] | None = (
        None
    )
    """Type of its values."""
    DeveloperOnlyAttribute: Annotated[bool, Default(False), Deprecated()] | None = None
    """Whether only administrators can access it; prefer WriteAttributes of clients."""
    Mutable: (
        Annotated[
            bool,
            Note("Always declare it: sources disagree on the default, and it can never be changed."),
        ]
        | None
    ) = None
    """Whether its value can be changed; must be true if an identity provider fills it in."""
    Required: Annotated[bool, Default(False), Note("Only standard attributes can be required.")] | None = None
    """Whether users must have it."""
    NumberAttributeConstraints: NumberAttributeConstraintsType | None = None
    """Limits of a number."""
    StringAttributeConstraints: StringAttributeConstraintsType | None = None
    """Limits of a string."""


class AdvancedSecurityAdditionalFlowsType(ApiModel):
    """Threat protection for other sign-in flows."""

    CustomAuthMode: Annotated[str, OneOf(("AUDIT", "ENFORCED")), Tier("PLUS")] | None = None
    """Mode of threat protection for custom authentication."""


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
    """Whether risky sign-ins are only logged (AUDIT) or also blocked (ENFORCED)."""
    AdvancedSecurityAdditionalFlows: AdvancedSecurityAdditionalFlowsType | None = None
    """Threat protection for other sign-in flows."""


class DcrConfigurationType(ApiModel):
    """Dynamic client registration; omitted members take their defaults."""

    EnableStatus: Annotated[str, OneOf(("Enabled", "Disabled")), ClearWith("Enabled")] | None = None
    """Whether clients can register themselves. Default: Enabled."""
    OpenDcrEnabled: Annotated[bool, ClearWith(False), Note("true lets anyone register a client.")] | None = None
    """Whether a client can register without a token. Default: false."""
    AuthenticatedGrantTypes: (
        Annotated[
            list[Annotated[str, OAUTH_FLOWS]],
            Field(max_length=3),
            Unordered(),
            ClearWith(["code", "client_credentials"]),
        ]
        | None
    ) = None
    """Flows for clients that registered with a token. Default: code and client_credentials."""
    OpenDcrGrantTypes: (
        Annotated[list[Annotated[str, OAUTH_FLOWS]], Field(max_length=3), Unordered(), ClearWith(["code"])] | None
    ) = None
    """Flows for clients that registered without a token. Default: code."""
    AllowedScopes: (
        Annotated[
            list[Scope],
            Field(max_length=50),
            Unordered(),
            NotRemovable("Cognito fills in the scopes of OpenID Connect. Write the scopes that you want.", filled=True),
        ]
        | None
    ) = None
    """Scopes that a registered client can have. Default: those of OpenID Connect."""


class UsernameConfigurationType(ApiModel):
    """How user names are compared."""

    CaseSensitive: Annotated[bool, Default(True), FROZEN_NAMES] | None = None
    """Whether `Anna` and `anna` are different users; false in pools created in the console."""


class RecoveryOptionType(ApiModel):
    """A mechanism for account recovery."""

    Priority: Annotated[int, Field(ge=1, le=2)]
    """Order of the mechanism; 1 is tried first."""
    Name: Annotated[str, OneOf(("verified_email", "verified_phone_number", "admin_only"))]
    """The recovery mechanism; admin_only cannot be combined with others."""


class AccountRecoverySettingType(ApiModel):
    """How users recover their account after they forget their password."""

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
    """Recovery mechanisms, each with its priority."""


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
    """Whether the key is owned by AWS or managed by you."""
    KmsKeyArn: Annotated[KeyArn, OnUpdate("unmeasured"), Note("Required with CUSTOMER_MANAGED_KEY.")] | None = None
    """ARN of the key; must be a multi-Region key if the pool has replicas."""


class IssuerConfigurationType(ApiModel):
    """The issuer of tokens."""

    Type: (
        Annotated[
            str,
            OneOf(("ORIGINAL", "UPDATED")),
            Default("ORIGINAL"),
            OnUpdate("unmeasured"),
            Note("A change alters the claim `iss`: first configure all verifiers of tokens for the new issuer."),
        ]
        | None
    ) = None
    """The original issuer, or the one that replicas share."""


class AcrLevelConfigType(ApiModel):
    """An authentication level."""

    AcrValue: AcrName | None = None
    """Its name in requests and tokens."""


class UserPool(ApiModel):
    """A user pool."""

    INPUTS = (("cognito-idp", "CreateUserPool"), ("cognito-idp", "UpdateUserPool"))

    MOVED: ClassVar[Mapping[str, str]] = {
        "MfaConfiguration": "belongs in the mfa section: write mfa.MfaConfiguration",
        "Name": "is another name of PoolName, which is declared too: remove one of the two",
        "SchemaAttributes": "is another name of Schema, which is declared too: remove one of the two",
        "UserPoolId": "belongs to the document: write id beside user_pool",
        "Id": LeftOut("is computed by Cognito: remove it; to select a pool, write id beside user_pool"),
        "Domain": LeftOut("is computed by Cognito: remove it; declare domains in the section domains"),
        "CustomDomain": LeftOut("is computed by Cognito: remove it; declare domains in the section domains"),
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

    SPELLED: ClassVar[Mapping[str, str]] = {"Name": "PoolName", "SchemaAttributes": "Schema"}

    PoolName: Annotated[Name, OnUpdate("kept"), NotRemovable("A pool must have a name; write one.")] | None = None
    """Name of the pool; can be changed, and does not have to be unique."""
    Policies: (
        Annotated[
            UserPoolPolicyType,
            Default({"PasswordPolicy": PASSWORD_POLICY, "SignInPolicy": SIGN_IN_POLICY}),
            OnUpdate("kept"),
        ]
        | None
    ) = None
    """Rules for passwords, and factors that a sign-in can start with."""
    DeletionProtection: (
        Annotated[
            str,
            OneOf(("ACTIVE", "INACTIVE")),
            Default("INACTIVE"),
            OnUpdate("kept"),
            Note("Pools created in the console have ACTIVE."),
        ]
        | None
    ) = None
    """Whether the pool is protected from deletion."""
    LambdaConfig: Annotated[LambdaConfigType, Default({}), OnUpdate("reset")] | None = None
    """Functions that Cognito calls."""
    AutoVerifiedAttributes: (
        Annotated[
            list[Annotated[str, Contact]], Unordered(), OnUpdate("reset"), Note("phone_number needs SmsConfiguration.")
        ]
        | None
    ) = None
    """Attributes that Cognito verifies when users sign up."""
    AliasAttributes: (
        Annotated[
            list[Annotated[str, OneOf(("phone_number", "email", "preferred_username"))]],
            Unordered(),
            FROZEN_NAMES,
            Note("Cannot be combined with UsernameAttributes."),
        ]
        | None
    ) = None
    """Attributes that users can sign in with, besides their user name."""
    UsernameAttributes: (
        Annotated[
            list[Annotated[str, Contact]], Unordered(), FROZEN_NAMES, Note("Cannot be combined with AliasAttributes.")
        ]
        | None
    ) = None
    """Attributes that users sign up with, instead of a user name."""
    SmsVerificationMessage: (
        Annotated[
            SmsText,
            template("SmsMessage"),
            Deprecated(),
            OnUpdate("reset"),
            CLASSIC_TEMPLATE,
        ]
        | None
    ) = None
    """SMS message with the code that verifies a phone number."""
    EmailVerificationMessage: (
        Annotated[
            EmailText,
            template("EmailMessage"),
            Deprecated(),
            OnUpdate("reset"),
            CLASSIC_TEMPLATE,
        ]
        | None
    ) = None
    """E-mail message with the code that verifies an address."""
    EmailVerificationSubject: (
        Annotated[
            Subject,
            template("EmailSubject"),
            Deprecated(),
            OnUpdate("reset"),
            CLASSIC_TEMPLATE,
        ]
        | None
    ) = None
    """Subject of the e-mail message that verifies an address."""
    VerificationMessageTemplate: (
        Annotated[
            VerificationMessageTemplateType, Default({"DefaultEmailOption": "CONFIRM_WITH_CODE"}), OnUpdate("reset")
        ]
        | None
    ) = None
    """Messages that verify an e-mail address or phone number."""
    SmsAuthenticationMessage: (
        Annotated[
            SmsText,
            OnUpdate("reset"),
            Note("mfa.SmsMfaConfiguration.SmsAuthenticationMessage is the same text: declare it in one place."),
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
    """How changes of e-mail addresses and phone numbers are handled."""
    DeviceConfiguration: Annotated[DeviceConfigurationType, OnUpdate("reset")] | None = None
    """Remembered devices; if absent, no device is remembered."""
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
            SYSTEM_TAGS,
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
    """How administrators create users, and whether users can sign up themselves."""
    Schema: (
        Annotated[
            list[SchemaAttributeType],
            Field(min_length=1, max_length=71),
            Keyed("Name"),
            CreateOnly(
                "Attributes can be added but never changed or removed. Add one with another name, and copy the values."
            ),
        ]
        | None
    ) = None
    """Attributes of users: standard ones that differ from the default, and custom ones."""
    UserPoolAddOns: Annotated[UserPoolAddOnsType, OnUpdate("unmeasured")] | None = None
    """Threat protection."""
    DcrConfiguration: (
        Annotated[
            DcrConfigurationType,
            Since(2026),
            Tier("ESSENTIALS"),
            Presence(),
            NotRemovable("Cognito keeps it once it is set. Write EnableStatus: Disabled."),
            OnUpdate("kept"),
        ]
        | None
    ) = None
    """Dynamic client registration: clients that register themselves."""
    UsernameConfiguration: Annotated[UsernameConfigurationType, FROZEN_NAMES] | None = None
    """How user names are compared."""
    AccountRecoverySetting: (
        Annotated[AccountRecoverySettingType, Default({"RecoveryMechanisms": RECOVERY}), OnUpdate("unmeasured")] | None
    ) = None
    """How users recover their account after they forget their password."""
    UserPoolTier: (
        Annotated[
            str,
            OneOf(("LITE", "ESSENTIALS", "PLUS")),
            Default("ESSENTIALS"),
            OnUpdate("reset"),
            Note("A lower plan is accepted only after all features of the higher plan are disabled."),
        ]
        | None
    ) = None
    """The feature plan, which determines features and price."""
    KeyConfiguration: (
        Annotated[KeyConfigurationType, Since(2026), Default({"KeyType": "AWS_OWNED_KEY"}), OnUpdate("unmeasured")]
        | None
    ) = None
    """The key that encrypts the pool's data."""
    IssuerConfiguration: (
        Annotated[IssuerConfigurationType, Since(2026), Default({"Type": "ORIGINAL"}), OnUpdate("unmeasured")] | None
    ) = None
    """The issuer of tokens."""
    AcrConfiguration: (
        Annotated[
            dict[AcrLevel, AcrLevelConfigType],
            Field(max_length=4),
            Since(2026),
            Default(ACR_LEVELS),
            OnUpdate("reset"),
            Note("Custom names need the plan ESSENTIALS; all four must differ."),
        ]
        | None
    ) = None
    """Names of the authentication levels in tokens."""
