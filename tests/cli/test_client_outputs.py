"""`outputs` on the command line: which pool and client, offline and live, and what is refused."""

import json

import pytest

from tests.cli.support import run

MANIFEST = """\
version: 1
target: {region: eu-west-1}
user_pool: {PoolName: customers}
mfa: {MfaConfiguration: OFF}
domains: {acme: {}}
groups: {}
identity_providers: {}
clients:
  web:
    ClientName: Web shop
    AllowedOAuthFlowsUserPoolClient: true
    AllowedOAuthFlows: [code]
    AllowedOAuthScopes: [openid]
    SupportedIdentityProviders: [COGNITO]
    CallbackURLs: ["https://app.example.com/callback"]
    LogoutURLs: ["https://app.example.com/bye"]
  machine: {GenerateSecret: true}
"""


@pytest.fixture
def applied(tmp_path, local):
    file = tmp_path / "m.yaml"
    file.write_text(MANIFEST)
    ran = run("apply", "--yes", str(file))
    assert ran.code == 0, ran.err
    return file


def outputs(*argv):
    return run("outputs", *argv)


@pytest.mark.parametrize("client", ["web", "clients/web"])
def test_from_a_manifest_by_the_key_of_the_client(applied, local, client):
    ran = outputs(str(applied), "--client", client, "--format", "amplify")
    auth = json.loads(ran.out)["auth"]
    idp = local.client("cognito-idp", "eu-west-1")
    (pool,) = idp.list_user_pools(MaxResults=10)["UserPools"]
    names = {
        c["ClientName"]: c["ClientId"] for c in idp.list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]
    }
    assert (ran.code, auth["user_pool_id"], auth["user_pool_client_id"]) == (0, pool["Id"], names["Web shop"])
    assert auth["oauth"]["domain"] == "acme.auth.eu-west-1.amazoncognito.com"


def test_from_a_live_pool_by_name_or_id_and_the_live_name_or_id_of_the_client(applied):
    asked = ("--format", "tfvars", "--region", "eu-west-1")
    by_name = outputs("pool:customers", "--client", "Web shop", *asked)
    found = json.loads(by_name.out)
    by_id = outputs(f"pool:{found['cognito_user_pool_id']}", "--client", found["cognito_client_id"], *asked)
    assert (by_name.code, by_id.code, by_id.out) == (0, 0, by_name.out)


def test_a_file_is_written_whole_and_standard_output_stays_empty(applied, tmp_path):
    file = tmp_path / ".env"
    ran = outputs(str(applied), "--client", "web", "--format", "env", "--prefix", "VITE_", "--out", str(file))
    assert (ran.code, ran.out) == (0, "")
    assert file.read_text().startswith("VITE_COGNITO_REGION=eu-west-1\n")
    again = outputs(str(applied), "--client", "web", "--format", "env", "--prefix", "VITE_")
    assert again.out == file.read_text()


def test_an_identity_pool_that_names_the_client_is_found(applied, local):
    found = json.loads(outputs(str(applied), "--client", "web", "--format", "tfvars").out)
    provider = {
        "ProviderName": f"cognito-idp.eu-west-1.amazonaws.com/{found['cognito_user_pool_id']}",
        "ClientId": found["cognito_client_id"],
    }
    made = local.client("cognito-identity", "eu-west-1").create_identity_pool(
        IdentityPoolName="shop", AllowUnauthenticatedIdentities=True, CognitoIdentityProviders=[provider]
    )
    auth = json.loads(outputs(str(applied), "--client", "web", "--format", "amplify").out)["auth"]
    assert (auth["identity_pool_id"], auth["unauthenticated_identities_enabled"]) == (made["IdentityPoolId"], True)


def test_a_manifest_that_settles_everything_needs_no_aws(tmp_path):
    file = tmp_path / "m.yaml"
    keys = ("ClientId: exampleclient", "GenerateSecret: false", "DefaultRedirectURI: null", "ClientName: Web shop")
    more = "".join(f"    {key}\n" for key in keys)
    text = MANIFEST.replace("    ClientName: Web shop\n", more).replace(
        "version: 1\n", "version: 1\nid: eu-west-1_Example01\n"
    )
    file.write_text(
        text.replace("{PoolName: customers}", "{PoolName: customers, IssuerConfiguration: {Type: ORIGINAL}}")
    )
    ran = outputs(str(file), "--client", "web", "--format", "oidc")
    assert (ran.code, ran.err) == (0, "")
    assert json.loads(ran.out)["client_id"] == "exampleclient"


def test_a_secret_is_refused_for_browsers_and_never_written_for_servers(applied, local):
    refused = outputs(str(applied), "--client", "machine", "--format", "amplify")
    assert (refused.code, refused.out) == (4, "")
    assert "clients/machine has a secret" in refused.err
    idp = local.client("cognito-idp", "eu-west-1")
    (pool,) = idp.list_user_pools(MaxResults=10)["UserPools"]
    clients = idp.list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]
    own = next(c["ClientId"] for c in clients if c["ClientName"] == "machine")
    secret = idp.describe_user_pool_client(UserPoolId=pool["Id"], ClientId=own)["UserPoolClient"]["ClientSecret"]
    ran = outputs(str(applied), "--client", "machine", "--format", "env")
    assert ran.code == 0
    assert own in ran.out
    assert secret not in ran.out + ran.err
    assert "never written here" in ran.err


@pytest.mark.parametrize(
    ("argv", "code", "said"),
    [
        (("--format", "env"), 3, "needs --client NAME"),
        (("--client", "web"), 3, "needs --format, one of amplify"),
        (("--client", "wep", "--format", "env"), 3, 'declares a client "wep"'),
        (("--client", "web", "--format", "amplify", "--prefix", "X_"), 3, "Leave --prefix out"),
        (("--client", "web", "--format", "oidk"), 3, "--format"),
        (("--client", "web", "--format", "env", "--out", "no/such/folder/x"), 3, "does not exist"),
    ],
)
def test_a_wrong_option_is_said_before_anything_is_read(tmp_path, argv, code, said):
    file = tmp_path / "m.yaml"
    file.write_text(MANIFEST)
    ran = outputs(str(file), *argv)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_the_manifest_is_no_place_for_its_output(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text(MANIFEST)
    ran = outputs(str(file), "--client", "web", "--format", "env", "--out", str(file))
    assert ran.code == 3
    assert file.read_text() == MANIFEST


def test_two_clients_of_one_name_need_an_id(applied, local):
    idp = local.client("cognito-idp", "eu-west-1")
    (pool,) = idp.list_user_pools(MaxResults=10)["UserPools"]
    idp.create_user_pool_client(UserPoolId=pool["Id"], ClientName="Web shop")
    ran = outputs(f"pool:{pool['Id']}", "--client", "Web shop", "--format", "env")
    assert ran.code == 4
    assert "2 clients are named" in ran.err


def test_the_same_client_in_two_manifests_is_ambiguous(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(MANIFEST.replace("customers", name))
    ran = outputs(str(tmp_path), "--client", "web", "--format", "env")
    assert ran.code == 4
    assert "a.yaml" in ran.err
    assert "b.yaml" in ran.err


def test_a_pool_that_does_not_exist_yet(tmp_path, local):
    file = tmp_path / "m.yaml"
    file.write_text(MANIFEST)
    ran = outputs(str(file), "--client", "web", "--format", "env")
    assert ran.code == 4
    assert "apply first" in ran.err


def test_what_could_not_be_read_is_no_default(applied, local):
    local.faults.add("GetUserPoolMfaConfig", "AccessDeniedException", times=99)
    ran = outputs(str(applied), "--client", "web", "--format", "amplify")
    assert (ran.code, ran.out) == (7, "")
    assert "amplify needs mfa, which could not be read" in ran.err
    assert outputs(str(applied), "--client", "web", "--format", "env").code == 0


def test_identity_pools_that_may_not_be_listed_are_left_out_with_a_notice(applied, local):
    local.faults.add("ListIdentityPools", "AccessDeniedException", times=99)
    ran = outputs(str(applied), "--client", "web", "--format", "amplify")
    assert ran.code == 0
    assert "Identity pools are not known" in ran.err


def test_a_partner_gets_the_certificate_of_a_live_pool(applied, local):
    ran = outputs(str(applied), "--client", "web", "--format", "partner")
    assert (ran.code, ran.err.count("Note:")) == (0, 0)
    assert "-----BEGIN CERTIFICATE-----\n" in ran.out
    assert local.calls[-1].operation == "GetSigningCertificate"
    assert "GetSigningCertificate" not in [c.operation for c in local.calls[:-1]]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDeniedException", "(needs the IAM action cognito-idp:GetSigningCertificate)"),
        ("OperationNotEnabledException", ""),
    ],
)
def test_without_the_certificate_a_partner_gets_the_command(applied, local, code, said):
    local.faults.add("GetSigningCertificate", code, times=99)
    ran = outputs(str(applied), "--client", "web", "--format", "partner")
    assert ran.code == 0
    assert "aws cognito-idp get-signing-certificate --user-pool-id" in ran.out
    assert said in ran.err
    assert bool(said) is ("Note: The certificate of the pool is not known" in ran.err)
