"""A pool that was made by hand, adopted by a minimal export and then weakened by hand, with what CloudTrail says of it.

A minimal export leaves out what equals Cognito's defaults, so nothing of what is weakened here is in the manifest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.local import LocalCognito
from reconciler.model import Tree
from reconciler.security.members.client_members import USUAL_FLOWS
from tests.cli.support import run
from tests.engine.test_drift import FakeTrail, event
from tests.security.weakening import ENVIRON

MALLORY = "arn:aws:sts::123456789012:assumed-role/Dev/mallory"
"""Who weakens it, as the fake CloudTrail says."""
FOREIGN = "arn:aws:lambda:eu-west-1:999999999999:function:passwords"
FLAGS = ("RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols")
WEAKENED = (
    *(f"user_pool Policies.PasswordPolicy.{name}" for name in ("MinimumLength", *FLAGS)),
    "user_pool LambdaConfig.UserMigration",
    "clients/web ExplicitAuthFlows",
    "identity_providers/Rogue",
)
"""All that is weaker afterwards."""
MEMBERS = WEAKENED[:-1]
"""All of it that is in a declared object, so that a plan reads it anyway."""


def adopted(local: LocalCognito, directory: Path) -> str:
    """Make a pool as a person would, export it in minimal mode, and return the manifest."""
    idp = local.client("cognito-idp", "eu-west-1")
    strong = {"MinimumLength": 8, **dict.fromkeys(FLAGS, True)}
    pool = idp.create_user_pool(PoolName="shop", Policies={"PasswordPolicy": strong})["UserPool"]["Id"]
    idp.create_user_pool_client(UserPoolId=pool, ClientName="web", CallbackURLs=["https://shop.example.com/cb"])
    ran = run("export", "--pool", pool, "--mode", "minimal", "--to", str(directory), environ=ENVIRON)
    assert ran.code == 0, ran.err
    (file,) = directory.glob("*.yaml")
    return str(file)


def weaken(local: LocalCognito) -> FakeTrail:
    """Weaken the pool by hand, and return a CloudTrail that has seen it."""
    idp = local.client("cognito-idp", "eu-west-1")
    (pool,) = (p["Id"] for p in idp.list_user_pools(MaxResults=60)["UserPools"])
    (client,) = (c["ClientId"] for c in idp.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"])
    weak = {"MinimumLength": 6, **dict.fromkeys(FLAGS, False)}
    idp.update_user_pool(UserPoolId=pool, Policies={"PasswordPolicy": weak}, LambdaConfig={"UserMigration": FOREIGN})
    web: dict[str, Any] = idp.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"]
    flows = [*sorted(USUAL_FLOWS), "ALLOW_USER_PASSWORD_AUTH"]
    idp.update_user_pool_client(
        UserPoolId=pool, ClientId=client, ExplicitAuthFlows=flows, CallbackURLs=web["CallbackURLs"]
    )
    details = {
        "client_id": "x",
        "client_secret": "rogue-secret-canary",
        "oidc_issuer": "https://id.rogue.example",
        "authorize_scopes": "openid",
        "attributes_request_method": "GET",
    }
    idp.create_identity_provider(UserPoolId=pool, ProviderName="Rogue", ProviderType="OIDC", ProviderDetails=details)
    return trail(pool, client)


def trail(pool: str, client: str) -> FakeTrail:
    """Return a CloudTrail with the three calls that weakened the pool."""
    ids: Tree = {"userPoolId": pool}
    return FakeTrail(
        [
            event("UpdateUserPool", 11, ids, sessionCredentialFromConsole="true"),
            event("UpdateUserPoolClient", 12, {**ids, "clientId": client}),
            event("CreateIdentityProvider", 13, {**ids, "providerName": "Rogue"}),
        ]
    )
