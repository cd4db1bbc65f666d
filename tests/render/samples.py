"""Plans and events that hold everything a renderer can meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from reconciler.model import (
    OUTPUTS,
    Action,
    Address,
    Call,
    Done,
    Event,
    Failed,
    FieldChange,
    Gap,
    Notice,
    OutputChange,
    OutputDone,
    ParameterChange,
    Plan,
    Position,
    Reference,
    Refusal,
    ResourceChange,
    Secret,
    Sent,
    Skipped,
    Started,
    Target,
    Unknown,
    Verified,
)

POOL = "customers-prod"
FILE = "pools/customers.yaml"
SECRET = "hunter2-this-must-not-be-seen"
LITERAL = "written-out-but-sensitive"

TARGET = Target("123456789012", "eu-west-1", POOL, "eu-west-1_AbCdEf", FILE)
NEW = Target("123456789012", "eu-west-1", "staff", "", "pools/staff.yaml")


def address(section: str, name: str = "", pool: str = POOL) -> Address:
    return Address(pool, section, name)


def secret(text: str = SECRET) -> Secret:
    return Secret(text, "$secret cognito/okta#client_secret")


def change(at: Address, action: Action, *fields: FieldChange, line: int = 1, **more: Any) -> ResourceChange:
    known: dict[str, Any] = {
        "declared": {},
        "before": None,
        "after": None,
        "ids": {},
        "source": Position(FILE, line, 3),
    }
    return ResourceChange(address=at, type="UserPoolClient", action=action, fields=fields, **{**known, **more})


USER_POOL = change(
    address("user_pool"),
    Action.UPDATE,
    FieldChange(("DeletionProtection",), "INACTIVE", "ACTIVE"),
    FieldChange(("Policies", "PasswordPolicy", "MinimumLength"), 8, 12),
    FieldChange(("EmailVerificationSubject",), "Hi", None),
    FieldChange(("UserPoolTags", "team"), None, "identity"),
    FieldChange(
        ("VerificationMessageTemplate", "EmailMessage"),
        "<p>\nHello,\nyour code is {####}\n</p>\n",
        "<p>\nHello,\nyour new code is {####}\n</p>\n",
    ),
    line=6,
    before={
        "DeletionProtection": "INACTIVE",
        "Policies": {"PasswordPolicy": {"MinimumLength": 8, "RequireSymbols": True}},
        "EmailVerificationSubject": "Hi",
    },
    after={
        "DeletionProtection": "ACTIVE",
        "Policies": {"PasswordPolicy": {"MinimumLength": 12, "RequireSymbols": True}},
        "UserPoolTags": {"team": "identity"},
    },
)

OKTA = change(
    address("identity_providers", "okta"),
    Action.UPDATE,
    FieldChange(("ProviderDetails", "client_secret"), secret("old-secret-text"), secret(), sensitive=True),
    FieldChange(("ProviderDetails", "private_key"), None, LITERAL, sensitive=True),
    FieldChange(("ProviderDetails", "authorize_scopes"), "openid", "openid email"),
    line=30,
    before={"ProviderDetails": {"client_secret": secret("old-secret-text"), "authorize_scopes": "openid"}},
    after={
        "ProviderDetails": {
            "client_secret": secret(),
            "private_key": LITERAL,
            "authorize_scopes": "openid email",
            "copy_of_key": LITERAL,
        }
    },
)

WEB = change(
    address("clients", "web"),
    Action.UPDATE,
    FieldChange(
        ("CallbackURLs",),
        ["https://old.example.com/cb", "https://www.example.com/cb"],
        ["https://www.example.com/cb", "https://new.example.com/cb"],
    ),
    FieldChange(("ExplicitAuthFlows",), ["B", "A"], ["A", "B"]),
    FieldChange(("TokenValidityUnits",), {"IdToken": "hours"}, {"IdToken": "hours", "AccessToken": "minutes"}),
    FieldChange(("RefreshTokenValidity",), 30, 7),
    FieldChange(("EnableTokenRevocation",), None, True),
    FieldChange(("DefaultRedirectURI",), "https://a\x1b[31m", Reference("ssm", "/web/uri")),
    line=41,
    before={"ClientName": "web", "ClientSecret": secret(), "CallbackURLs": ["https://old.example.com/cb"]},
    after={"ClientName": "web", "ClientSecret": secret(), "DefaultRedirectURI": Reference("ssm", "/web/uri")},
)

NEW_CLIENT = change(
    address("clients", "mobile"),
    Action.CREATE,
    FieldChange(("ClientName",), None, "mobile"),
    FieldChange(("CallbackURLs",), None, ["myapp://cb"]),
    FieldChange(("AllowedOAuthScopes",), None, [f"orders/a-rather-long-name-of-a-scope-{i}" for i in range(4)]),
    FieldChange(("TokenValidityUnits", "AccessToken"), None, "minutes"),
    FieldChange(("AnalyticsConfiguration", "ApplicationId"), None, Unknown(address("clients", "web"), "ClientId")),
    FieldChange(("Logo",), None, b"\x89PNG..."),
    line=55,
    declared={"ClientName": "mobile"},
    after={
        "ClientName": "mobile",
        "AnalyticsConfiguration": {"ApplicationId": Unknown(address("clients", "web"), "ClientId")},
        "Logo": b"\x89PNG...",
        "List": [{"x": 1}, {"x": Unknown(address("clients", "web"), "ClientId")}],
    },
)

OLD_CLIENT = change(
    address("clients", "old"),
    Action.DELETE,
    before={"ClientName": "old", "ClientSecret": secret(), "LogoutURLs": ["https://bye.example.com"]},
    source=None,
    reason="not in the manifest, and prune lists clients",
)

SPA = change(
    address("clients", "spa"),
    Action.REPLACE,
    FieldChange(("GenerateSecret",), False, True),
    line=70,
    before={"GenerateSecret": False},
    after={"GenerateSecret": True},
    reason="GenerateSecret cannot be changed; its client id will change",
)

SAME = change(address("groups", "admins"), Action.NONE, before={"Precedence": 1}, after={"Precedence": 1}, line=80)

REFUSAL = Refusal(
    address("user_pool"),
    "immutable",
    ("AliasAttributes",),
    "AliasAttributes is set when a pool is created and never afterwards.",
    "Make a new pool and move the users, or put the live value into the manifest.",
    Position(FILE, 9, 20),
)
GAP = Gap(address("clients", "web"), "DescribeUserPoolClient", "AccessDeniedException: no permission")
NOTICE = Notice("UserPoolTier LITE lacks managed login.", Position(FILE, 8, 5))

FULL = Plan(
    TARGET,
    (USER_POOL, OKTA, WEB, NEW_CLIENT, SPA, SAME, OLD_CLIENT),
    unmanaged=(address("clients", "tmp-test"), address("identity_providers", "Okta2")),
    notices=(NOTICE, Notice("Something without a place.")),
)
UNCHANGED = Plan(TARGET, (SAME,))
REFUSED = Plan(TARGET, (WEB,), refusals=(REFUSAL, replace(REFUSAL, path=(), source=None, advice="")))
INCOMPLETE = Plan(TARGET, (SAME,), gaps=(GAP,))
CREATED = Plan(
    NEW,
    (
        change(
            address("user_pool", pool="staff"),
            Action.CREATE,
            FieldChange(("PoolName",), None, "staff"),
            FieldChange(("Schema", "tenant"), None, {"Name": "tenant", "AttributeDataType": "String"}),
            after={"PoolName": "staff", "Schema": [{"Name": "tenant", "AttributeDataType": "String"}]},
            source=Position("pools/staff.yaml", 3, 1),
        ),
        change(address("groups", "empty", pool="staff"), Action.CREATE, declared={"Description": "d"}, source=None),
    ),
)


def output(
    place: str, action: Action, form: str = "amplify", *parameters: ParameterChange, line: int = 90, awaits: str = ""
) -> OutputChange:
    client, source = address("clients", "web"), Position(FILE, line, 5)
    return OutputChange(address(OUTPUTS, place), action, form, client, source, awaits, parameters)


NEW_FILE = output("src/amplify_outputs.json", Action.CREATE)
OLD_FILE = output(".env.cognito", Action.UPDATE, "env", line=91)
SAME_FILE = output("oidc.json", Action.NONE, "oidc", line=92)
LATER = output("cognito.auto.tfvars.json", Action.UPDATE, "tfvars", line=93, awaits="the id of clients/web")
PARAMETERS = output(
    "ssm:/shop/web",
    Action.UPDATE,
    "ssm",
    ParameterChange("client_id", Action.NONE),
    ParameterChange("issuer", Action.UPDATE),
    ParameterChange("scopes", Action.CREATE),
    line=94,
)
NEW_PARAMETERS = output(
    "ssm:/shop/new", Action.CREATE, "ssm", *(ParameterChange(n, Action.CREATE) for n in ("a", "b")), line=95
)
OUTPUT_CHANGES = (NEW_FILE, OLD_FILE, SAME_FILE, LATER, PARAMETERS, NEW_PARAMETERS)

PLANS: dict[str, list[Plan]] = {
    "full": [FULL],
    "unchanged": [UNCHANGED],
    "refused": [REFUSED],
    "incomplete": [INCOMPLETE],
    "several": [CREATED, UNCHANGED, REFUSED],
    "outputs": [Plan(TARGET, (WEB, SAME), outputs=OUTPUT_CHANGES)],
    "only-outputs": [Plan(TARGET, (SAME,), outputs=(OLD_FILE, SAME_FILE))],
    "nothing": [],
}

CALLS = {
    WEB.address.full: [Call("cognito-idp", "UpdateUserPoolClient", {"UserPoolId": "p", "ClientSecret": secret()})],
    OKTA.address.full: [
        Call(
            "cognito-idp", "UpdateIdentityProvider", {"ProviderDetails": {"private_key": LITERAL, "n": 1}, "x": LITERAL}
        )
    ],
}


@dataclass(frozen=True)
class Applied:
    plans: tuple[Plan, ...]
    events: tuple[Event, ...]
    given: tuple[str, ...] = ()


_WORK = Plan(TARGET, (NEW_CLIENT, WEB, OLD_CLIENT, SPA, SAME))

APPLIED: dict[str, Applied] = {
    "complete": Applied(
        (_WORK, UNCHANGED),
        (*(Done(c, 2.6, "3n4b5") for c in _WORK.pending), Verified(())),
    ),
    "stopped": Applied(
        (_WORK,),
        (
            Started(WEB),
            Sent(WEB.address, Call("cognito-idp", "UpdateUserPoolClient", {}), 0.5),
            Done(WEB, 1),
            Sent(NEW_CLIENT.address, Call("cognito-idp", "CreateUserPoolClient", {}), 0.5),
            Failed(NEW_CLIENT, "CreateUserPoolClient: LimitExceededException: too many", written=1),
            Skipped(SPA, "clients/mobile failed"),
        ),
    ),
    "stale": Applied((_WORK, CREATED), (Failed(WEB, "changed since it was planned", stale=True),)),
    "left": Applied((Plan(TARGET, (WEB,)),), (Done(WEB, 1), Verified((WEB,)))),
    "unproven": Applied(
        (Plan(TARGET, (WEB,)),),
        (Done(WEB, 1), Verified((), TARGET, ("groups: cognito-idp:ListGroups: AccessDeniedException: no",))),
    ),
    "unverified": Applied((Plan(TARGET, (WEB,)),), (Done(WEB, 1),)),
    "idle": Applied((UNCHANGED,), ()),
    "outputs": Applied(
        (Plan(TARGET, (WEB,), outputs=OUTPUT_CHANGES),),
        (Done(WEB, 1), Verified(()), *(OutputDone(o) for o in OUTPUT_CHANGES if o is not SAME_FILE)),
    ),
    "outputs-failed": Applied(
        (Plan(TARGET, (WEB,), outputs=OUTPUT_CHANGES),),
        (
            Done(WEB, 1),
            Verified(()),
            OutputDone(NEW_FILE),
            OutputDone(OLD_FILE, "src: the directory could not be made: Permission denied."),
            OutputDone(PARAMETERS, "interrupted", started=False),
        ),
    ),
}
