"""Identity pools, users, and what surrounds a pool: roles, permissions and log groups."""

from __future__ import annotations

from reconciler.security.bearing import IDENTITIES, OPERATORS, Bearing, Neutral, Row, Table
from reconciler.security.members.pool_members import FIXED, KEY, TAGS
from reconciler.security.orders import (
    Judged,
    any_change,
    by_rows,
    flag,
    gains_weaken,
    ladder,
    more_is_stronger,
    presence_strengthens,
    presence_weakens,
    rows,
)

# --- identity pools ------------------------------------------------------------------------------------------------


def _providers(change: Judged) -> Judged:
    """Give each trusted client one name: there may be several clients of one pool."""
    sides = [
        [{**row, "key": f"{row.get('ProviderName')} {row.get('ClientId')}"} for row in rows(side)]
        for side in (change.before, change.after)
    ]
    return change._replace(before=sides[0], after=sides[1])


IDENTITY_POOL: Table = {
    "IdentityPoolName": KEY,
    "AllowUnauthenticatedIdentities": Bearing(
        flag(weak=True), "Everyone on the Internet gets AWS credentials.", IDENTITIES, ("CHG18",), "critical"
    ),
    "AllowClassicFlow": Bearing(
        flag(weak=True),
        "Credentials are no longer limited by a scope-down policy, and the caller chooses the role.",
        IDENTITIES,
        ("CHG18",),
    ),
    "SupportedLoginProviders.*": Bearing(
        presence_weakens, "Users of this provider get AWS credentials.", IDENTITIES, ("CHG18",)
    ),
    "DeveloperProviderName": Bearing(
        presence_weakens, "Your own back end can say who a user is.", IDENTITIES, ("CHG18",)
    ),
    "OpenIdConnectProviderARNs": Bearing(
        gains_weaken(), "Users of another provider get AWS credentials.", IDENTITIES, ("CHG18",), "critical"
    ),
    "CognitoIdentityProviders": Bearing(
        lambda change: by_rows("key", {"ServerSideTokenCheck": flag(weak=False)})(_providers(change)),
        "Users of another client get AWS credentials, or those who have signed out keep getting them.",
        IDENTITIES,
        ("CHG18",),
        "critical",
    ),
    "SamlProviderARNs": Bearing(
        gains_weaken(), "Users of another provider get AWS credentials.", IDENTITIES, ("CHG18",), "critical"
    ),
    "IdentityPoolTags": TAGS,
}
ROLES: Table = {
    "Roles.*": Bearing(
        presence_weakens, "They get this role: look at its policies and its trust.", IDENTITIES, ("CHG18",), "critical"
    ),
    "RoleMappings.*.Type": Bearing(any_change, "The role of a user is chosen in another way.", IDENTITIES, ("CHG18",)),
    "RoleMappings.*.AmbiguousRoleResolution": Bearing(
        ladder("AuthenticatedRole", "Deny"),
        "Users to whom no rule applies get the authenticated role.",
        IDENTITIES,
        ("CHG18",),
    ),
    "RoleMappings.*.RulesConfiguration.Rules": Bearing(
        any_change, "Other claims lead to other roles: look at each rule.", IDENTITIES, ("CHG18",), "critical"
    ),
}
PRINCIPAL_TAGS: Table = {
    "IdentityProviderName": KEY,
    "UseDefaults": Bearing(any_change, "Other claims become tags that policies look at.", IDENTITIES, ("CHG18",)),
    "PrincipalTags.*": Bearing(
        any_change, "Another claim becomes a tag that policies look at.", IDENTITIES, ("CHG18",)
    ),
}

# --- users ---------------------------------------------------------------------------------------------------------

ONE_USER = "this user"
ADDRESS = Bearing(
    any_change, "Codes that recover the account go to another address or number.", ONE_USER, ("CHG17",), "medium"
)
USER: Table = {
    "Username": KEY,
    "UserAttributes.email": ADDRESS,
    "UserAttributes.phone_number": ADDRESS,
    "UserAttributes.*": Neutral("what an attribute allows is decided by applications"),
    "groups": Bearing(gains_weaken(), "The user gets what members of the group get.", ONE_USER, ("CHG19",)),
    "Enabled": Bearing(flag(weak=True, absent=True), "The user can sign in.", ONE_USER, (), "medium"),
    "Password": Neutral("it is a secret, which is rotated"),
    "TemporaryPassword": FIXED,
    "MessageAction": FIXED,
    "DesiredDeliveryMediums": FIXED,
}

# --- roles, permissions, log groups --------------------------------------------------------------------------------

POLICY = Bearing(any_change, "The role may do other things: look at each statement.", OPERATORS, ("CHG16",))
SMS_ROLE: Table = {
    "RoleName": KEY,
    "Path": FIXED,
    "PermissionsBoundary": Bearing(
        presence_strengthens, "The role is bounded by other limits, or by none.", OPERATORS, ("CHG16",)
    ),
    "Tags": TAGS,
    "AssumeRolePolicyDocument": Bearing(
        any_change, "Others may assume the role: look at each statement and its conditions.", OPERATORS, ("CHG16",)
    ),
    "PolicyDocument": POLICY,
}
SMS_ROLE_TRUST: Table = {"RoleName": KEY, "PolicyDocument": SMS_ROLE["AssumeRolePolicyDocument"]}
SOURCE = "The function can be called for another pool, or for any."
PERMISSION: Table = {
    "FunctionName": KEY,
    "Action": Bearing(any_change, "Others may do other things with the function.", OPERATORS, ("CHG15",)),
    "Principal": Bearing(any_change, "Others may call the function.", OPERATORS, ("CHG15",), "critical"),
    "SourceArn": Bearing(presence_strengthens, SOURCE, OPERATORS, ("CHG15",)),
    "SourceAccount": Bearing(presence_strengthens, SOURCE, OPERATORS, ("CHG15",)),
}
LOG_GROUP: dict[str, Row] = {
    "logGroupName": KEY,
    "retentionInDays": Bearing(
        more_is_stronger(float("inf")),
        "Events are kept for a shorter time.",
        OPERATORS,
        ("CHG20",),
        "medium",
        undo="Events that are older are deleted.",
    ),
    "kmsKeyId": Bearing(
        presence_strengthens, "Events are no longer encrypted with your key.", OPERATORS, ("CHG23",), "medium"
    ),
    "tags": TAGS,
    "logGroupClass": FIXED,
    "deletionProtectionEnabled": Bearing(
        flag(weak=False), "One call can delete all events.", OPERATORS, ("CHG20",), "medium"
    ),
    "policyDocument": Bearing(
        any_change, "Others may write to the log group: look at each statement.", OPERATORS, ("CHG20",), "medium"
    ),
}
