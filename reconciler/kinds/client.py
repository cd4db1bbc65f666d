"""App clients: the applications that sign users in, and their settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.kinds.client_rules import OIDC_SCOPES, RULES, has_secret, other_application, seconds
from reconciler.kinds.client_secrets import SECRETS
from reconciler.kinds.iam_access import COGNITO, IamAccess, Permission, linked_role
from reconciler.kinds.kind import Consequence, Listing, Need, PendingCall, Reading, ResourceKind, Several
from reconciler.kinds.shared_rules import strings
from reconciler.model import Danger, Path, Tree
from reconciler.values.regions import partition
from schemas.client import Client

COMPUTED = frozenset({"UserPoolId", "CreationDate", "LastModifiedDate", "ClientType", "ClientSecretArn"})
DCR = "DCR"
"""Type of clients that registered themselves."""

MANAGED = "PublishSecretsInAWSSecretsManager"
KEPT_AT = "ClientSecretArn"
UNITS = {"AccessTokenValidity": "AccessToken", "IdTokenValidity": "IdToken", "RefreshTokenValidity": "RefreshToken"}
"""Validities and the members of TokenValidityUnits with their units."""


def from_api(answer: Tree) -> Tree:
    """Convert a description to the spelling of the input.

    The API never returns GenerateSecret; it follows from whether a secret exists. Clients created before mid-2021 lack
    EnableTokenRevocation, which is then off (cognito.md 2.3).
    """
    data = {"EnableTokenRevocation": False, **{k: v for k, v in answer.items() if k not in COMPUTED}}
    if answer.get("ClientType") == DCR:
        data["ClientType"] = DCR  # for `owner` to see
    managed = bool(answer.get("ClientSecretArn"))
    data[MANAGED] = managed
    return {**data, "GenerateSecret": managed or bool(answer.get("ClientSecret"))}


def to_manifest(data: Tree, _pool: Tree) -> Tree:
    """Drop the secret, which can only be set at creation: GenerateSecret records that there is one.

    Analytics by ARN returns a role that must not be declared beside it.
    """
    result = {k: v for k, v in data.items() if k != "ClientSecret"}
    analytics = result.get("AnalyticsConfiguration") or {}
    if "ApplicationArn" in analytics:
        kept = ("ApplicationArn", "UserDataShared")
        result["AnalyticsConfiguration"] = {k: v for k, v in analytics.items() if k in kept}
    return result


def equivalent(declared: Tree, observed: Tree) -> Iterable[Path]:
    """Validities are compared in seconds: 3600 seconds, 60 minutes and 1 hour are equivalent (cognito.md 4.6)."""
    units = declared.get("TokenValidityUnits")
    merged = {**observed, **{k: v for k, v in declared.items() if k in UNITS}}
    if isinstance(units, dict):
        merged["TokenValidityUnits"] = {**(observed.get("TokenValidityUnits") or {}), **units}
    for validity, unit in UNITS.items():
        if seconds(merged, validity) == seconds(observed, validity):
            yield (validity,)
            yield ("TokenValidityUnits", unit)
    brings_own = declared.get("GenerateSecret") is False and "ClientSecret" in declared
    if brings_own and observed.get("GenerateSecret") is True:
        yield ("GenerateSecret",)  # a custom secret: rule C18 forbids declaring both


def computed(after: Tree, declared: Tree) -> Tree:
    """Drop what the service drops by itself: a role of another application, and what is kept of a secret that is gone.

    A client that is made again without a secret has none to keep in Secrets Manager; `prepare` asks for none. With
    ApplicationArn, a role and an ExternalId of before make room for the service's own role; rule C16 finds declared
    ones.
    """
    result = dict(after)
    if after.get(MANAGED) is True and MANAGED not in declared and not has_secret(after):
        del result[MANAGED]
    wanted = declared.get("AnalyticsConfiguration") or {}
    old = set(other_application(after.get("AnalyticsConfiguration") or {})) - wanted.keys()
    if old:
        result["AnalyticsConfiguration"] = {k: v for k, v in after["AnalyticsConfiguration"].items() if k not in old}
    return result


def prepare(pending_call: PendingCall) -> Tree:
    """Build a payload that the service accepts."""
    payload = dict(pending_call.payload)
    if not any(f.path == (MANAGED,) for f in pending_call.change.fields):
        payload.pop(MANAGED, None)  # kept when omitted, and false would delete a managed secret
    analytics = payload.get("AnalyticsConfiguration")
    if isinstance(analytics, dict) and analytics.get("ApplicationArn"):
        # The service adds its own role, and refuses it in an update (rule C16).
        payload["AnalyticsConfiguration"] = {k: v for k, v in analytics.items() if k not in ("RoleArn", "ExternalId")}
    return payload


def needs(tree: Tree) -> Iterable[Need]:
    """A client names identity providers and scopes, which must exist while it does (cognito.md 7.2 and 7.3)."""
    for provider in strings(tree.get("SupportedIdentityProviders")):
        yield Need("identity_providers", provider)
    for scope in strings(tree.get("AllowedOAuthScopes")):
        if scope not in OIDC_SCOPES and "/" in scope:
            server, _, name = scope.rpartition("/")
            yield Need("resource_servers", server, name)


def owner(tree: Tree, _pool_id: str) -> str:
    """OpenSearch and dynamic registration create clients in your pools (decision 13)."""
    name = str(tree.get("ClientName", ""))
    if name.startswith(("AWSElasticsearch-", "AmazonOpenSearchService-")):
        return "created by OpenSearch"
    return "registered by itself (DCR)" if tree.get("ClientType") == DCR else ""


def has_none_registered(pool: Tree) -> bool:
    """A client that registered itself looks like any other in the list; without DcrConfiguration there is none."""
    return "DcrConfiguration" not in pool


def exports(ids: Mapping[str, str], _region: str) -> Mapping[str, str]:
    """Return the id, and the ARN of the secret if it is kept in Secrets Manager."""
    return {member: ids[member] for member in ("ClientId", KEPT_AT) if member in ids}


def sample_ids(region: str) -> Mapping[str, Any]:
    """Return an id and the ARN of a secret as Cognito makes them."""
    kept = f"arn:{partition(region)}:secretsmanager:{region}:123456789012:secret:cognito-client-AbCdEf"
    return {"ClientId": "0123456789abcdefghijklmnop", KEPT_AT: kept}


CONSEQUENCES = (
    Consequence(
        (MANAGED,),
        True,
        False,
        Danger(
            "The secret in Secrets Manager is deleted at once and for good, without a recovery window; what reads it "
            "there fails.",
            reversible=False,
        ),
        ("cognito.md 2.3",),
    ),
    Consequence(
        (MANAGED,),
        False,
        True,
        Danger(
            "The secret is rotated at once and then every 7 days; if the client has two secrets, the older one is "
            "deleted. What uses the present secrets must read the new one from Secrets Manager.",
            reversible=False,
        ),
        ("cognito.md 2.3",),
    ),
)


LINKED_ROLE = f"arn:{{partition}}:iam::{{account}}:role/aws-service-role/{COGNITO}/AWSServiceRoleForAmazonCognitoIdp"
"""The role with which Cognito sends events to Amazon Pinpoint."""

KIND = ResourceKind(
    section="clients",
    resource_type="UserPoolClient",
    title="app client",
    model=Client,
    listing=Listing(
        "ListUserPoolClients",
        "UserPoolClients",
        ("MaxResults", 60),
        tells_owner=has_none_registered,
        judged_with=frozenset(
            {"user_pool", "mfa", "resource_servers", "identity_providers", "domains", "risk_configuration"}
        ),
    ),
    reading=Reading("DescribeUserPoolClient", "UserPoolClient", sometimes=frozenset({KEPT_AT})),
    create="CreateUserPoolClient",
    created="UserPoolClient",
    update="UpdateUserPoolClient",
    delete="DeleteUserPoolClient",
    name_member="ClientName",
    id_param="ClientId",
    namesakes=True,
    extra_ids={KEPT_AT: KEPT_AT},
    read_with=("resource_servers", "identity_providers", "domains"),
    from_api=from_api,
    to_manifest=to_manifest,
    equivalent=equivalent,
    computed=computed,
    prepare=prepare,
    needs=needs,
    owner=owner,
    several={
        "ClientSecret": Several(
            SECRETS,
            "the client has two secrets, of which Cognito shows one, as during a rotation. Finish it with `poolctl "
            "rotate-secret`, or delete the secret that no application uses.",
        )
    },
    exports=exports,
    sample_ids=sample_ids,
    consequences=CONSEQUENCES,
    rules=RULES,
    iam=IamAccess(
        permissions={"AnalyticsConfiguration": (Permission("iam:PutRolePolicy", (LINKED_ROLE,)), linked_role(COGNITO))}
    ),
)
