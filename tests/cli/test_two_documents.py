"""A user pool and the identity pool that refers to it, in one run: re-created, and one of them targeted."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.local import LocalCognito
from tests.cli.support import Ran, run

REGION = "eu-west-1"
USERS = f"""\
version: 1
target: {{account: "123456789012", region: {REGION}}}
user_pool: {{PoolName: customers}}
clients: {{web: {{}}, app: {{}}}}
groups: {{admins: {{}}}}
prune: [groups]
"""
IDENTITIES = f"""\
version: 1
kind: IdentityPool
target: {{account: "123456789012", region: {REGION}}}
identity_pool:
  IdentityPoolName: customers
  AllowUnauthenticatedIdentities: false
  CognitoIdentityProviders:
    - ProviderName: {{$ref: customers/user_pool#ProviderName}}
      ClientId: {{$ref: customers/clients/web#ClientId}}
roles:
  Roles: {{authenticated: "arn:aws:iam::123456789012:role/customers"}}
  RoleMappings:
    ${{ref.customers/user_pool#ProviderName}}:${{ref.customers/clients/web#ClientId}}:
      {{Type: Token, AmbiguousRoleResolution: Deny}}
principal_tags:
  ${{ref.customers/user_pool#ProviderName}}: {{UseDefaults: true}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.yaml").write_text(USERS)
    (tmp_path / "identities.yaml").write_text(IDENTITIES)
    return tmp_path


def command(folder: Path, *words: str) -> Ran:
    files = [str(folder / name) for name in ("users.yaml", "identities.yaml")]
    return run(*words, f"--local={folder / 'state'}", *files)


def lose(folder: Path, what: str) -> None:
    """Somebody deletes the user pool, or its clients."""
    with LocalCognito(folder / "state") as local:
        idp = local.client("cognito-idp", REGION)
        pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        if what == "pool":
            idp.delete_user_pool(UserPoolId=pool)
            return
        for client in idp.list_user_pool_clients(UserPoolId=pool, MaxResults=9)["UserPoolClients"]:
            idp.delete_user_pool_client(UserPoolId=pool, ClientId=client["ClientId"])


@pytest.mark.parametrize("lost", ["pool", "clients"])
def test_what_was_lost_is_made_again_with_one_apply(folder: Path, lost: str):
    assert command(folder, "apply", "--yes").code == 0
    lose(folder, lost)
    ran = command(folder, "apply", "--yes")
    assert ran.code == 0, ran.err
    assert "is not a provider of the identity pool any more" in ran.out  # the mapping of the client that is gone
    assert command(folder, "plan", "--detailed-exitcode").code == 0


def test_a_target_brings_in_what_its_references_lead_to_and_nothing_else(folder: Path):
    ran = command(folder, "apply", "--yes", "--target", "identity_pool")
    assert ran.code == 0, ran.err
    for address in ("user_pool", "clients/web"):
        note = f"--target does not name {address}; it is created all the same: IdentityPool customers refers to it."
        assert note in ran.out
    assert "clients/app" not in ran.out
    with LocalCognito(folder / "state") as local:
        (pool,) = local.records.values()
        assert [c["ClientName"] for c in pool["clients"].values()] == ["web"]
    again = command(folder, "plan", "--detailed-exitcode", "--target", "identity_pool", "--target", "clients/web")
    assert again.code == 0, again.out


def test_references_to_what_is_not_targeted_are_known_all_the_same(folder: Path):
    assert command(folder, "apply", "--yes").code == 0
    (folder / "identities.yaml").write_text(IDENTITIES.replace("role/customers", "role/others"))
    ran = command(folder, "plan", "--target", "roles")
    assert "known after apply" not in ran.out
    assert "role/others" in ran.out


def test_an_undeclared_group_can_be_named_with_prune(folder: Path):
    assert command(folder, "apply", "--yes").code == 0
    (folder / "users.yaml").write_text(USERS.replace("admins: {}", ""))
    assert command(folder, "plan", "--target", "groups/admins").code == 3
    absent = command(folder, "plan", "--prune", "--target", "groups/nobody")
    assert (absent.code, "groups/nobody matches nothing" in absent.err) == (3, True)
    assert command(folder, "apply", "--yes", "--prune", "--target", "groups/admins").code == 0
    with LocalCognito(folder / "state") as local:
        (pool,) = local.records.values()
        assert pool["groups"] == {}


def test_protect_says_where_it_is_written(folder: Path):
    assert command(folder, "apply", "--yes").code == 0
    (folder / "users.yaml").write_text(USERS.replace("admins: {}", "") + "protect: [groups]\n")
    ran = command(folder, "apply", "--yes", "--prune", "--target", "groups/admins")
    assert ran.code == 4
    assert f"protect: groups ({folder}/users.yaml:7:11)" in ran.err
