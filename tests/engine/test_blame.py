"""Which member a refused call is about, and where the manifest has it."""

from __future__ import annotations

import pytest

from reconciler.applying.blame import fault, located
from reconciler.errors import Ambiguous, Busy, CloudError, Denied, NotFound, iam_action
from reconciler.model import Action, Address, FieldChange, Position, ResourceChange

HERE = "pools/customers.yaml"
OBJECT = Position(HERE, 10, 3)
INVALID = "InvalidParameterException"


def change(*paths: str, address: Address | None = None, new: bool = False) -> ResourceChange:
    fields = tuple(
        FieldChange(tuple(path.split(".")), None, "x", source=Position(HERE, 11 + line, 7))
        for line, path in enumerate(paths)
    )
    before = None if new else {"ClientId": "1"}
    action = Action.CREATE if new else Action.UPDATE
    name = address or Address("customers", "clients", "web")
    return ResourceChange(name, "UserPoolClient", action, fields, {}, before, {}, {}, source=OBJECT)


POLICY = change("Policies.PasswordPolicy.MinimumLength", "Policies.PasswordPolicy.RequireSymbols", "MfaConfiguration")


@pytest.mark.parametrize(
    ("message", "about", "path", "line"),
    [
        ("Invalid CallbackURLs: must be https", change("CallbackURLs", "LogoutURLs", new=True), "CallbackURLs", 11),
        (
            (
                "1 validation error detected: Value '200' at 'policies.passwordPolicy.minimumLength' failed to satisfy "
                "constraint: Member must have value less than or equal to 99"
            ),
            POLICY,
            "Policies.PasswordPolicy.MinimumLength",
            11,
        ),
        ("The PasswordPolicy is not allowed", POLICY, "Policies.PasswordPolicy", 11),
        ("RequireSymbols is not allowed in Policies", POLICY, "Policies.PasswordPolicy.RequireSymbols", 12),
        ("MfaConfiguration and PasswordPolicy do not fit", POLICY, "", 10),  # two are named: neither is known
        ("Something is wrong", POLICY, "", 10),
        ("Something is wrong", change("LogoutURLs"), "LogoutURLs", 11),  # the only thing that is new
        ("Something is wrong", change("LogoutURLs", new=True), "", 10),  # whole objects are new altogether
        ("the logouturls are wrong", change("LogoutURLs", "CallbackURLs"), "", 10),
    ],
)
def test_the_member_at_fault(message, about, path, line):
    found = fault(CloudError("cognito-idp:X", INVALID, message), about)
    assert (".".join(found.path), found.source) == (path, Position(HERE, line, 7 if path else 3))


@pytest.mark.parametrize(
    ("section", "operation", "paths", "path", "line"),
    [
        ("user_pool", "TagResource", ("MfaConfiguration", "UserPoolTags.a", "UserPoolTags.b"), "UserPoolTags", 12),
        ("user_pool", "UntagResource", ("UserPoolTags.a", "Schema.x"), "UserPoolTags", 11),
        ("user_pool", "AddCustomAttributes", ("UserPoolTags.a", "Schema.x"), "Schema", 12),
        ("user_pool", "UpdateUserPool", ("UserPoolTags.a", "Schema.x"), "", 10),
        ("replicas", "UpdateUserPool", ("UserPoolTags.a", "LambdaConfig.PreSignUp"), "LambdaConfig", 12),
        ("replicas", "UpdateUserPool", ("SmsConfiguration.SnsCallerArn", "LambdaConfig.PreSignUp"), "", 10),
        ("clients.branding", "UpdateManagedLoginBranding", ("Settings", "Assets"), "", 10),  # writes the others, too
    ],
)
def test_a_call_that_writes_one_member_is_about_it(section, operation, paths, path, line):
    about = change(*paths, address=Address("customers", section))
    found = fault(CloudError(f"cognito-idp:{operation}", INVALID, "Something is wrong"), about)
    assert (".".join(found.path), found.source) == (path, Position(HERE, line, 7 if path else 3))


@pytest.mark.parametrize("kind", [Denied, Busy, NotFound, Ambiguous])
def test_permission_and_quota_are_about_the_object(kind):
    assert fault(kind("cognito-idp:X", INVALID, "CallbackURLs"), change("CallbackURLs")).path == ()


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            CloudError("cognito-idp:UpdateUserPoolClient", INVALID, "Invalid CallbackURLs", "R1"),
            (
                "pools/customers.yaml:11:7 clients.web.CallbackURLs (pool customers): "
                "cognito-idp:UpdateUserPoolClient: InvalidParameterException: Invalid CallbackURLs (request R1). "
                "Correct the manifest, then run apply again."
            ),
        ),
        (
            Denied("cognito-idp:UpdateUserPoolClient", "AccessDeniedException", "not allowed"),
            (
                "pools/customers.yaml:10:3 clients/web (pool customers): cognito-idp:UpdateUserPoolClient: "
                "AccessDeniedException: not allowed (needs the IAM action cognito-idp:UpdateUserPoolClient). "
                "Grant it to the role, then run apply again."
            ),
        ),
        (
            Denied("cognito-idp:UpdateUserPoolClient", "ExpiredTokenException", "The token has expired."),
            (
                "pools/customers.yaml:10:3 clients/web (pool customers): cognito-idp:UpdateUserPoolClient: "
                "ExpiredTokenException: The token has expired. Temporary credentials have "
                "expired: sign in again. `poolctl doctor` checks what is missing. Then run apply again."
            ),
        ),
        (
            Busy("cognito-idp:UpdateUserPoolClient", "TooManyRequestsException", "Rate exceeded"),
            (
                "pools/customers.yaml:10:3 clients/web (pool customers): cognito-idp:UpdateUserPoolClient: "
                "TooManyRequestsException: Rate exceeded. Wait a minute, then run apply again."
            ),
        ),
        (
            CloudError("cognito-idp:CreateGroup", "LimitExceededException", "too many"),
            (
                "pools/customers.yaml:10:3 clients/web (pool customers): cognito-idp:CreateGroup: "
                "LimitExceededException: too many. "
                "Request a quota increase from AWS or delete unused objects, then run apply again."
            ),
        ),
    ],
)
def test_the_whole_sentence(error, text):
    found = located(error, change("CallbackURLs", "LogoutURLs"), HERE)
    assert str(found) == text
    assert type(found) is type(error)
    assert (found.operation, found.code, found.request_id) == (error.operation, error.code, error.request_id)


def test_an_object_inside_another_and_one_that_no_manifest_declares():
    inside = change("Settings", address=Address("customers", "clients.branding", "web"))
    error = CloudError("cognito-idp:X", INVALID, "Settings")
    assert "clients.web.branding.Settings" in str(located(error, inside, HERE))
    gone = ResourceChange(Address("customers", "groups", "old"), "Group", Action.DELETE, (), {}, {}, None, {})
    assert str(located(error, gone, HERE)).startswith("pools/customers.yaml groups/old (pool customers): ")


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("cognito-idp:ListGroups", "cognito-idp:ListGroups"),
        ("service-quotas:ListServiceQuotas", "servicequotas:ListServiceQuotas"),
        ("configuration", ""),
    ],
)
def test_iam_actions(operation, action):
    assert iam_action(operation) == action
    assert CloudError(operation, "X", "no").iam_action == action
