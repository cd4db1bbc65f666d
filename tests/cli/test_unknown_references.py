"""What could not be read in one document is no change and no drift in another that refers to it (decision 10)."""

from __future__ import annotations

import json

import pytest

from tests.cli.support import run

KEYS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_REGION": "eu-west-1"}
USERS = """\
version: 1
user_pool: {PoolName: customers}
clients:
  web: {CallbackURLs: [https://example.com/cb], SupportedIdentityProviders: [COGNITO]}
"""
GUESTS = """\
version: 1
kind: IdentityPool
ignore: [{path: principal_tags/*, reason: set by the service}]
identity_pool:
  IdentityPoolName: guests
  AllowUnauthenticatedIdentities: false
  CognitoIdentityProviders:
    - ProviderName: {$ref: customers/user_pool#ProviderName}
      ClientId: {$ref: customers/clients/web#ClientId}
      ServerSideTokenCheck: true
"""
ROLES = """\
roles:
  Roles: {authenticated: "arn:aws:iam::123456789012:role/users"}
  RoleMappings:
    "${ref.customers/user_pool#ProviderName}:${ref.customers/clients/web#ClientId}":
      {Type: Token, AmbiguousRoleResolution: Deny}
"""


@pytest.fixture
def pools(tmp_path):
    (tmp_path / "customers.yaml").write_text(USERS)
    (tmp_path / "guests.yaml").write_text(GUESTS)
    return tmp_path


DENIED = [("ListUserPoolClients", "clients"), ("DescribeUserPoolClient", "clients/web")]


@pytest.mark.parametrize("more", ["", ROLES], ids=["a value", "a key"])
@pytest.mark.parametrize(("operation", "address"), DENIED)
def test_a_gap_is_a_gap_where_it_is_referred_to(local, pools, operation, address, more):
    (pools / "guests.yaml").write_text(GUESTS + more)
    assert run("apply", "--yes", str(pools), environ=KEYS).code == 0
    assert run("plan", "--detailed-exitcode", str(pools), environ=KEYS).code == 0
    local.faults.add(operation, "AccessDeniedException", times=99, message="not allowed")
    where = {"customers/" + address, "guests/identity_pool", *(["guests/roles"] if more else [])}
    for command in ("plan", "drift"):
        ran = run(command, "-o", "json", str(pools), environ=KEYS)
        assert (ran.code, ran.last) == (7, "exit 7 (incomplete)")
        tree = json.loads(ran.out)
        gaps = tree["coverage"]["gaps"]
        assert {g["address"] for g in gaps} == where
        assert {g["operation"] for g in gaps} == {f"cognito-idp:{operation}"}
        assert not [c for c in tree.get("resource_changes", ()) if c["change"]["actions"] != ["no-op"]]
        assert not tree.get("findings")
        said = run(command, str(pools), environ=KEYS).out
        assert "refers to customers/clients/web#ClientId, which could not be read: AccessDeniedException" in said
    assert run("plan", "--detailed-exitcode", str(pools), environ=KEYS).code == 7
    ran = run("apply", "--yes", str(pools), environ=KEYS)
    assert ran.code == 7
    assert "guests/identity_pool: " in ran.err


INSIDE = """\
    terms: {privacy-policy: {Enforcement: NONE, TermsSource: LINK, Links: {"cognito:default": "https://example.com/p"}}}
    session: {SSOSession: {MaxValidityMinutes: 90}}
session: {UserSessionTracking: ENABLED}
"""


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException"])
@pytest.mark.parametrize("operation", ["ListUserPoolClients", "DescribeUserPoolClient"])
def test_what_is_inside_of_something_unread_is_not_planned_as_new(local, pools, operation, code):
    users = USERS.replace(
        "web: {CallbackURLs: [https://example.com/cb], SupportedIdentityProviders: [COGNITO]}", "web:"
    )
    (pools / "customers.yaml").write_text(users + INSIDE)
    (pools / "guests.yaml").unlink()
    assert run("apply", "--yes", str(pools), environ=KEYS).code == 0
    assert run("plan", "--detailed-exitcode", str(pools), environ=KEYS).code == 0
    local.faults.add(operation, code, times=99, message="not allowed")
    ran = run("plan", "-o", "json", str(pools), environ=KEYS)
    tree = json.loads(ran.out)
    assert (ran.code, tree["refusals"]) == (7, [])
    assert not [c for c in tree["resource_changes"] if c["change"]["actions"] != ["no-op"]]


NAMED = """\
principal_tags:
  "${ref.customers/user_pool#ProviderName}": {UseDefaults: false, PrincipalTags: {tenant: sub}}
"""


@pytest.mark.parametrize("operation", ["ListUserPools", "DescribeUserPool"])
def test_an_object_whose_name_could_not_be_read_is_not_an_undeclared_one(local, pools, operation):
    guests = GUESTS.replace("ignore: [{path: principal_tags/*, reason: set by the service}]\n", "") + NAMED
    (pools / "guests.yaml").write_text(guests)
    assert run("apply", "--yes", str(pools), environ=KEYS).code == 0
    assert run("drift", str(pools), environ=KEYS).code == 0
    local.faults.add(operation, "InternalErrorException", times=99, message="Internal error.")
    ran = run("drift", "-o", "json", str(pools), environ=KEYS)
    tree = json.loads(ran.out)
    assert (ran.code, tree["findings"]) == (7, [])
    assert "guests/principal_tags" in {g["address"] for g in tree["coverage"]["gaps"]}


def test_a_gap_says_nothing_about_a_document_that_does_not_refer_to_it(local, pools):
    (pools / "guests.yaml").write_text(GUESTS.replace("{$ref: customers/clients/web#ClientId}", "abcdefgh"))
    assert run("apply", "--yes", str(pools), environ=KEYS).code == 0
    local.faults.add("ListUserPoolClients", "AccessDeniedException", times=99)
    gaps = json.loads(run("drift", "-o", "json", str(pools), environ=KEYS).out)["coverage"]["gaps"]
    assert [g["address"] for g in gaps] == ["customers/clients"]


def test_a_pool_that_cannot_be_read_is_a_gap_where_it_is_referred_to(local, pools):
    assert run("apply", "--yes", str(pools), environ=KEYS).code == 0
    local.faults.add("ListUserPools", "AccessDeniedException", times=99)
    ran = run("drift", "-o", "json", str(pools), environ=KEYS)
    tree = json.loads(ran.out)
    assert ran.code == 7
    assert {g["address"] for g in tree["coverage"]["gaps"]} == {"customers/user_pool", "guests/identity_pool"}
    assert tree["findings"] == []


def test_a_document_that_cannot_be_compared_is_a_gap_where_it_is_referred_to(local, pools):
    assert run("apply", "--yes", str(pools), environ=KEYS).code == 0
    (pools / "customers.yaml").write_text(USERS.replace("user_pool:", 'target: {account: "999999999999"}\nuser_pool:'))
    ran = run("drift", "-o", "json", str(pools), environ=KEYS)
    gaps = json.loads(ran.out)["coverage"]["gaps"]
    assert ran.code == 4
    assert [g["address"] for g in gaps] == ["guests/identity_pool"]
    assert "refers to customers/user_pool#ProviderName, which could not be read: " in gaps[0]["reason"]


def test_what_does_not_exist_yet_is_still_planned(local, pools):
    ran = run("plan", "--detailed-exitcode", str(pools), environ=KEYS)
    assert ran.code == 2
    assert "identity_pool" in ran.out
