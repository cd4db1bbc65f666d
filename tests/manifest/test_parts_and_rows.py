"""Parts of one pool whose objects come from rows, or are switched off in one of them."""

from __future__ import annotations

from tests.cli.support import run

PLATFORM = """
version: 1
part: platform
user_pool: {PoolName: customers}
domains: {customers-acme: {}}
identity_providers:
  Google:
    $when: %s
    ProviderType: Google
    ProviderDetails: {client_id: a, client_secret: {$env: SECRET}, authorize_scopes: openid}
"""
TEAM = """
version: 1
part: team
pool: customers
clients:
  $each: [{id: web}, {id: ios}]
  as: c
  key: "${c.id}"
  value: {SupportedIdentityProviders: [COGNITO, Google]}
"""
OTHER = """
version: 1
part: other
pool: customers
identity_providers:
  Google:
    ProviderType: Google
    ProviderDetails: {client_id: a, client_secret: {$env: SECRET}, authorize_scopes: openid}
"""
ENV = {"SECRET": "not-a-real-secret", "AWS_REGION": "eu-west-1"}


def validated(tmp_path, **texts: str):
    for name, text in texts.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return run("validate", str(tmp_path), environ=ENV)


def test_the_parts_see_what_rows_make(tmp_path):
    ran = validated(tmp_path, platform=PLATFORM % "true", team=TEAM)
    assert ran.code == 0, ran.err
    ran = run("plan", "--local", str(tmp_path), environ=ENV)
    assert ran.code == 0, ran.err
    assert "clients/web" in ran.out
    assert "clients/ios" in ran.out


def test_what_is_off_in_one_part_is_off_for_the_others(tmp_path):
    ran = validated(tmp_path, platform=PLATFORM % "false", team=TEAM)
    assert ran.code == 3
    assert ran.err.count("identity_providers/Google is switched off") == 2
    assert "platform.yaml:8:12" in ran.err.replace(str(tmp_path) + "/", "")


def test_what_is_off_in_one_part_may_be_declared_by_another(tmp_path):
    ran = validated(tmp_path, platform=PLATFORM % "false", team=TEAM, other=OTHER)
    assert ran.code == 0, ran.err


def test_what_is_on_in_two_parts_has_two_owners(tmp_path):
    ran = validated(tmp_path, platform=PLATFORM % "true", team=TEAM, other=OTHER)
    assert ran.code == 3
    assert "other.yaml:6:3" in ran.err.replace(str(tmp_path) + "/", "")
