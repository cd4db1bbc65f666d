"""What the real packages from npm make of the outputs: aws-amplify, oidc-client-ts, and the types of Amplify's tool.

`make packages` installs them, once, in the versions of npm/package-lock.json; nothing is fetched here.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from reconciler.applications.output_format import Wanted, made
from reconciler.applications.output_formats import FORMATS
from reconciler.errors import Refused
from tests.applications.cases import PUBLIC

HERE = Path(__file__).parent / "npm"
MODULES = HERE / "node_modules"
TYPES = MODULES / "@aws-amplify" / "client-config"

pytestmark = [
    pytest.mark.skipif(not shutil.which("node"), reason="no Node.js is installed"),
    pytest.mark.skipif(not TYPES.is_dir(), reason="the packages are not installed: run make packages"),
]


def text(form, known):
    try:
        return made(FORMATS[form], Wanted(known, known.clients[0])).text
    except Refused:
        return None


@pytest.fixture(scope="module")
def read():
    """What the packages read of every case, in one process of Node.js."""
    cases = [
        {"name": name, "amplify": text("amplify", k), "exports": text("exports-js", k), "oidc": text("oidc", k)}
        for name, k in PUBLIC.items()
    ]
    words, given = ["node", "read.mjs"], json.dumps(cases)
    found = subprocess.run(words, cwd=HERE, input=given, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.mark.parametrize("generation", ["amplify", "exports"])
@pytest.mark.parametrize("case", PUBLIC)
def test_amplify_holds_pool_and_client(read, case, generation):
    known, found = PUBLIC[case], read[case][generation]
    assert found["userPoolId"] == known.id
    assert found["userPoolClientId"] == "exampleclient"
    assert found.get("allowGuestAccess", False) is (case == "everything")


HOSTS = {
    "sovereign cloud": "acme.auth.eusc-de-east-1.amazoncognito.eu",
    "GovCloud": "acme.auth-fips.us-gov-west-1.amazoncognito.com",
    "custom domain": "auth.example.com",
}


@pytest.mark.parametrize("generation", ["amplify", "exports"])
@pytest.mark.parametrize("case", PUBLIC)
def test_amplify_holds_domain_scopes_and_redirects(read, case, generation):
    oauth = read[case][generation].get("loginWith", {}).get("oauth")
    if case in ("no domain", "no LogoutURLs", "no OAuth"):
        assert oauth is None
        return
    client = PUBLIC[case].clients[0].tree
    assert oauth["domain"] == HOSTS.get(case, "acme.auth.eu-west-1.amazoncognito.com")
    assert oauth["scopes"] == client["AllowedOAuthScopes"]
    assert sorted(oauth["redirectSignIn"]) == sorted(client["CallbackURLs"])
    assert oauth["redirectSignOut"] == client["LogoutURLs"]
    assert oauth["responseType"] == ("token" if case == "implicit" else "code")


def test_amplify_sends_users_to_the_default_redirect(read):
    oauth = read["everything"]["amplify"]["loginWith"]["oauth"]
    assert oauth["redirectSignIn"][0] == "https://app.example.com/callback"


@pytest.mark.parametrize("generation", ["amplify", "exports"])
def test_amplify_knows_social_providers_by_its_own_names(read, generation):
    providers = read["social and SAML"][generation]["loginWith"]["oauth"]["providers"]
    assert sorted(providers) == ["Amazon", "Facebook", "Google"]


@pytest.mark.parametrize("generation", ["amplify", "exports"])
def test_amplify_signs_up_by_what_the_pool_takes(read, generation):
    by = {case: read[case][generation]["loginWith"] for case in ("aliases", "e-mail as user name")}
    assert (by["aliases"]["username"], by["aliases"]["email"]) == (True, False)
    assert (by["e-mail as user name"]["username"], by["e-mail as user name"]["email"]) == (False, True)
    assert read["e-mail as user name"][generation]["userAttributes"] == {"email": {"required": True}}


def test_amplify_holds_mfa_passwords_groups_and_passkeys(read):
    found = read["everything"]["amplify"]
    assert found["mfa"] == {"status": "on", "smsEnabled": True, "totpEnabled": True}
    assert found["passwordFormat"] == {
        "minLength": 14,
        "requireNumbers": True,
        "requireLowercase": False,
        "requireUppercase": False,
        "requireSpecialCharacters": False,
    }
    assert found["groups"] == [{"admins": {"precedence": 0}}, {"readers": {}}]
    assert found["passwordless"]["webAuthn"]["relyingPartyId"] == "example.com"
    assert read["optional MFA"]["exports"]["mfa"] == {"status": "optional", "totpEnabled": True, "smsEnabled": False}
    assert read["LITE"]["amplify"]["passwordFormat"]["minLength"] == 8


@pytest.mark.parametrize("case", [c for c in PUBLIC if c not in ("no domain", "no OAuth", "implicit")])
def test_an_oidc_library_builds_the_authorize_url(read, case):
    url = urlsplit(read[case]["oidc"]["signIn"])
    client = PUBLIC[case].clients[0].tree
    asked = {k: v[0] for k, v in parse_qs(url.query).items()}
    assert url.netloc == HOSTS.get(case, "acme.auth.eu-west-1.amazoncognito.com")
    assert url.path == "/oauth2/authorize"
    assert (asked["client_id"], asked["response_type"]) == ("exampleclient", "code")
    assert asked["redirect_uri"] == client.get("DefaultRedirectURI", client["CallbackURLs"][0])
    assert asked["scope"] == " ".join(client["AllowedOAuthScopes"])
    assert asked["code_challenge_method"] == "S256"


@pytest.mark.parametrize("request_of", ["signOut", "signOutLater"])
def test_an_oidc_library_builds_the_logout_that_cognito_has(read, request_of):
    """oidc-client-ts 3.5.0 appends to the endpoint; with post_logout_redirect_uri, Cognito shows an error page."""
    asked = parse_qs(urlsplit(read["everything"]["oidc"][request_of]).query)
    assert asked["client_id"] == ["exampleclient"]
    assert asked["logout_uri"] == ["http://localhost:3000/"]
    assert "post_logout_redirect_uri" not in asked
    assert read["no LogoutURLs"]["oidc"][request_of] is None


SCHEMA = "./node_modules/@aws-amplify/client-config/lib/client-config-schema/client_config_v1.5"
HEAD = (
    f'import type {{ AWSAmplifyBackendOutputs as Outputs }} from "{SCHEMA}";\nimport {{ Amplify }} from "aws-amplify";'
)


@pytest.fixture(scope="module")
def complaints(tmp_path_factory):
    """What the compiler says of all cases, and of wrong ones, in one run. Literals with unknown members are refused."""
    folder = tmp_path_factory.mktemp("types")
    (folder / "node_modules").symlink_to(MODULES, target_is_directory=True)
    right = [HEAD]
    for n, (_, known) in enumerate(PUBLIC.items()):
        right += [f"const outputs{n}: Outputs = {text('amplify', known)};", f"Amplify.configure(outputs{n});"]
        right += [text("exports-js", known).partition(";\n")[0].replace("awsmobile", f"exports{n}") + ";"]
        right += [f"Amplify.configure(exports{n});"]
    plain = text("amplify", PUBLIC["plain"])
    providers = plain.replace('"identity_providers": []', '"identity_providers": ["OKTA"]')
    version = plain.replace('"1.5"', "1.5")
    wrong = [HEAD, "Amplify;", *(f"const w{n}: Outputs = {t}; w{n};" for n, t in enumerate((providers, version)))]
    (folder / "right.ts").write_text("\n".join(right))
    (folder / "wrong.ts").write_text("\n".join(wrong))
    flags = ("--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler")
    words = ["node", str(MODULES / "typescript" / "bin" / "tsc"), *flags, "--target", "es2022", "--lib", "es2022,dom"]
    ran = subprocess.run([*words, "right.ts", "wrong.ts"], cwd=folder, capture_output=True, text=True, check=False)
    return (ran.stdout + ran.stderr).splitlines()


def test_the_files_fit_the_types_of_amplify(complaints):
    assert [line for line in complaints if not line.startswith(("wrong.ts", " "))] == []


def test_the_types_refuse_what_they_do_not_know(complaints):
    """So that the test above can fail."""
    assert len([line for line in complaints if line.startswith("wrong.ts")]) == 2
