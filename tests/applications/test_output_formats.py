"""Every format of `outputs`, and the traps of each, by hand-written expectations and expected files."""

import json
import re
from contextlib import suppress

import pytest

from reconciler.applications.known_pool import Unsettled, from_manifest
from reconciler.applications.output_format import Output, Wanted, made
from reconciler.applications.output_formats import FORMATS
from reconciler.applications.signing_certificate import pem
from reconciler.commands import client_outputs
from reconciler.errors import Refused
from schemas.user_pool import STANDARD_ATTRIBUTES
from tests.applications.cases import HIDDEN, KEPT, PUBLIC, SECRET
from tests.applications.support import observed, pool
from tests.render.golden import check
from tests.support import document, manifest

BODY = "MIID" + "Ab+/" * 50 + "4w=="
BROWSER = [f.name for f in FORMATS.values() if f.browser]
SERVER = [f.name for f in FORMATS.values() if not f.browser]


def make(form, known, prefix=None) -> Output:
    found = FORMATS[form]
    return made(found, Wanted(known, known.clients[0], found.prefix or "" if prefix is None else prefix))


def auth(known):
    return json.loads(make("amplify", known).text)["auth"]


def exported(known):
    return json.loads(make("exports-js", known).text.removeprefix("const awsmobile = ").partition(";\n\nexport")[0])


# --- all formats ---------------------------------------------------------------------------------------------------


def test_the_command_line_names_the_formats_without_importing_them():
    assert list(FORMATS) == list(client_outputs.FORMATS)


@pytest.mark.parametrize("form", FORMATS.values(), ids=list(FORMATS))
def test_each_format_as_a_file(form):
    output = make(form.name, PUBLIC["everything"])
    check(f"outputs/{form.name}-{form.file}", output.text)
    assert output.text.endswith("\n")
    assert make(form.name, PUBLIC["everything"]) == output


@pytest.mark.parametrize("form", SERVER)
@pytest.mark.parametrize("case", SECRET)
def test_formats_for_servers_with_a_client_that_has_a_secret(form, case):
    name = case.replace(" ", "-")
    check(f"outputs/{name}-{form}-{FORMATS[form].file}", make(form, SECRET[case]).text)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("case", [*PUBLIC, *SECRET])
def test_no_output_holds_a_secret(form, case):
    said = []
    with suppress(Refused):
        output = make(form, {**PUBLIC, **SECRET}[case])
        said = [output.text, *output.notices]
    assert not any(HIDDEN in text for text in said)


@pytest.mark.parametrize("form", BROWSER)
@pytest.mark.parametrize("case", SECRET)
def test_a_client_with_a_secret_is_refused_where_users_could_read_it(form, case):
    with pytest.raises(Refused, match="clients/web has a secret"):
        make(form, SECRET[case])


@pytest.mark.parametrize("prefix", ["VITE_", "NEXT_PUBLIC_", "EXPO_PUBLIC_"])
def test_a_prefix_that_reaches_browsers_counts_as_one(prefix):
    with pytest.raises(Refused, match="clients/web has a secret"):
        make("env", SECRET["secret"], prefix)
    assert f"\n{prefix}COGNITO_CLIENT_ID=exampleclient\n" in make("env", PUBLIC["plain"], prefix).text


@pytest.mark.parametrize("form", ["env", "kubernetes", "ssm", "tfvars"])
def test_a_managed_secret_gives_its_arn_and_another_one_only_a_notice(form):
    managed, own = make(form, SECRET["managed secret"]), make(form, SECRET["secret"])
    assert KEPT in managed.text
    assert "Secrets Manager" in managed.notices[0]
    assert "secret" not in own.text.lower()
    assert "Hand it over yourself." in own.notices[0]


# --- amplify -------------------------------------------------------------------------------------------------------


def test_the_version_is_a_text_of_major_version_1():
    version = json.loads(make("amplify", pool()).text)["version"]
    assert isinstance(version, str)
    assert re.fullmatch(r"1\.\d+", version)


def test_the_oauth_block_has_all_six_keys():
    wanted = {
        "identity_providers",
        "domain",
        "scopes",
        "redirect_sign_in_uri",
        "redirect_sign_out_uri",
        "response_type",
    }
    assert auth(pool())["oauth"].keys() == wanted


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"LogoutURLs": []}, "has no LogoutURLs"),
        ({"AllowedOAuthScopes": []}, "has no AllowedOAuthScopes"),
        ({"CallbackURLs": [], "LogoutURLs": []}, "has no CallbackURLs and no LogoutURLs"),
    ],
)
@pytest.mark.parametrize("form", ["amplify", "amplify-dart", "exports-js"])
def test_the_oauth_block_is_left_out_with_a_notice_if_part_of_it_is_missing(form, change, said):
    output = make(form, pool(client=change))
    assert "oauth" not in output.text
    assert [said in notice for notice in output.notices] == [True]


def test_without_a_domain_there_is_no_oauth_block():
    output = make("amplify", PUBLIC["no domain"])
    assert "oauth" not in output.text
    assert "no domain" in output.notices[0]


def test_a_client_that_does_not_use_oauth_needs_no_notice():
    output = make("amplify", PUBLIC["no OAuth"])
    assert ("oauth" in output.text, output.notices) == (False, ())


def test_only_social_providers_have_names_in_the_block_and_others_are_below_custom():
    found = json.loads(make("amplify", PUBLIC["everything"]).text)
    assert found["auth"]["oauth"]["identity_providers"] == ["GOOGLE", "SIGN_IN_WITH_APPLE"]
    assert found["custom"]["auth"]["identity_providers"] == ["entra", "okta"]
    assert exported(PUBLIC["everything"])["aws_cognito_social_providers"] == ["GOOGLE", "APPLE"]


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        ({}, ["username"]),
        ({"AliasAttributes": ["email", "phone_number"]}, ["username"]),
        ({"UsernameAttributes": ["email"]}, ["email"]),
        ({"UsernameAttributes": ["phone_number", "email"]}, ["phone_number", "email"]),
    ],
)
def test_a_pool_with_aliases_signs_up_by_user_name(settings, wanted):
    assert auth(pool(settings=settings))["username_attributes"] == wanted


def test_required_attributes_are_standard_ones_without_sub():
    schema = [{"Name": n, "Required": True} for n in ("sub", "email", "phone_number")]
    known = pool(settings={"Schema": [*schema, {"Name": "tenant", "Required": False}]})
    assert auth(known)["standard_required_attributes"] == ["email", "phone_number"]


@pytest.mark.parametrize(
    ("policy", "length", "flags"),
    [
        (None, 8, {"numbers", "lowercase", "uppercase", "symbols"}),
        ({"MinimumLength": 20}, 20, set()),
        ({"MinimumLength": 6, "RequireSymbols": True}, 6, {"symbols"}),
    ],
)
def test_a_password_policy_that_is_absent_asks_for_everything_and_a_partial_one_for_what_it_says(policy, length, flags):
    found = auth(pool(settings={"Policies": {"PasswordPolicy": policy}} if policy else {}))["password_policy"]
    assert found.pop("min_length") == length
    assert {key.removeprefix("require_") for key, on in found.items() if on} == flags


def test_guests_are_always_decided():
    assert auth(pool())["unauthenticated_identities_enabled"] is False
    found = auth(PUBLIC["everything"])
    assert found["unauthenticated_identities_enabled"] is True
    assert found["identity_pool_id"].endswith("3")  # the one that names this client
    assert exported(pool())["aws_mandatory_sign_in"] == "enable"
    assert "aws_mandatory_sign_in" not in exported(PUBLIC["everything"])


def test_groups_are_those_that_people_made():
    assert auth(PUBLIC["everything"])["groups"] == [{"admins": {"precedence": 0}}, {"readers": {}}]


def test_mfa_by_email_has_no_word_in_the_older_format():
    assert auth(PUBLIC["e-mail MFA"])["mfa_methods"] == ["EMAIL"]
    output = make("exports-js", PUBLIC["e-mail MFA"])
    assert "EMAIL" not in output.text
    assert "MFA by e-mail is left out" in output.notices[0]


def test_passkeys_belong_to_the_domain_unless_the_pool_names_another_party():
    party = {"relying_party_id": "acme.auth.eu-west-1.amazoncognito.com", "user_verification": "preferred"}
    assert auth(PUBLIC["passkeys"])["passwordless"]["web_authn"] == party
    assert auth(PUBLIC["everything"])["passwordless"]["web_authn"]["relying_party_id"] == "example.com"


def test_a_client_that_cannot_sign_in_by_choice_has_no_passwordless_block():
    output = make("amplify", PUBLIC["passkeys without choice"])
    assert "passwordless" not in output.text
    assert "lacks ALLOW_USER_AUTH" in output.notices[0]


def test_amplify_looks_for_other_partitions_in_the_wrong_place_and_the_notice_says_what_to_do():
    """Amplify's core 6.19.2 knows the suffixes of `aws` and `aws-cn`, and takes the first for every other Region."""
    (notice,) = make("amplify", PUBLIC["sovereign cloud"]).notices
    assert "https://cognito-idp.eusc-de-east-1.amazonaws.eu/" in notice
    assert make("amplify", PUBLIC["GovCloud"]).notices == ()


def test_dart_keeps_dollars_and_quotes():
    awkward = ["https://app.example.com/$callback?q='''", "myapp://$/"]
    text = make("amplify-dart", pool(client={"CallbackURLs": awkward})).text
    inner = re.fullmatch(r"const amplifyConfig = r'''(.*)''';\n", text, re.DOTALL)
    assert inner is not None
    assert "'" not in inner[1]
    assert json.loads(inner[1])["auth"]["oauth"]["redirect_sign_in_uri"] == awkward


def test_the_older_format_splits_at_commas_so_a_url_with_one_is_no_part_of_it():
    output = make("exports-js", pool(client={"CallbackURLs": ["https://app.example.com/a,b"]}))
    assert "oauth" not in output.text
    assert "https://app.example.com/a,b" in output.notices[0]


def test_javascript_takes_verified_attributes_for_required_ones():
    known = pool(settings={"AutoVerifiedAttributes": ["email"], "Schema": [{"Name": "email", "Required": False}]})
    assert exported(known)["aws_cognito_verification_mechanisms"] == []


# --- others --------------------------------------------------------------------------------------------------------


def test_logout_is_the_one_that_cognito_has():
    found = json.loads(make("oidc", pool()).text)
    assert "post_logout_redirect_uri" not in found
    end = found["metadata"]["end_session_endpoint"]
    assert end.endswith("/logout?client_id=exampleclient&logout_uri=https%3A%2F%2Fapp.example.com%2Fbye")
    without = make("oidc", PUBLIC["no LogoutURLs"])
    assert "end_session_endpoint" not in without.text
    assert "cannot be ended" in without.notices[0]


@pytest.mark.parametrize("case", ["no domain", "no OAuth"])
def test_oidc_needs_pages(case):
    with pytest.raises(Refused, match="the pool's pages"):
        make("oidc", PUBLIC[case])


@pytest.mark.parametrize("value", ["it's", "a b", "#", "$HOME", 'say "hi"', "back\\slash"])
def test_a_shell_reads_each_variable_as_it_is(value, tmp_path):
    import subprocess

    known = pool(client={"CallbackURLs": [f"https://app.example.com/{value}"]})
    (tmp_path / "env").write_text(make("env", known).text)
    script = '. ./env; printf %s "$COGNITO_REDIRECT_URIS"'
    ran = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True, env={"HOME": "x"}
    )
    assert ran.stdout == f"https://app.example.com/{value}"


def test_a_config_map_holds_texts_and_its_name_is_one_of_kubernetes():
    import yaml

    known = pool(client={"AllowedOAuthScopes": ["true"], "CallbackURLs": ["app://${HOME}"]}, key="Web_Shop (EU)")
    found = yaml.safe_load(make("kubernetes", known).text)
    assert found["metadata"]["name"] == "cognito-customers-web-shop-eu"
    assert found["data"]["COGNITO_SCOPES"] == "true"
    assert found["data"]["COGNITO_REDIRECT_URIS"] == "app://${HOME}"
    assert all(isinstance(v, str) for v in found["data"].values())


def test_a_parameter_above_4_kib_is_of_the_advanced_tier():
    urls = [f"https://app.example.com/{n:04}/" + "x" * 80 for n in range(60)]
    found = {p["Name"]: p for p in json.loads(make("ssm", pool(client={"CallbackURLs": urls}), "/my/app/").text)}
    assert found["/my/app/redirect_uris"]["Tier"] == "Advanced"
    assert "Tier" not in found["/my/app/client_id"]
    assert all(p["Type"] == "String" for p in found.values())


def test_parameters_are_inputs_of_put_parameter():
    import botocore.session

    model = botocore.session.get_session().get_service_model("ssm").operation_model("PutParameter")
    assert all(set(p) <= set(model.input_shape.members) for p in json.loads(make("ssm", PUBLIC["everything"]).text))


def test_a_partner_needs_a_domain_to_come_back_to():
    with pytest.raises(Refused, match="no domain"):
        make("partner", PUBLIC["no domain"])


@pytest.mark.parametrize("answer", [BODY, f"-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----\n"])
def test_a_partner_gets_the_certificate_itself_where_it_is_known(answer):
    known = pool()
    asked: list[str] = []

    def signing() -> str:
        asked.append("once")
        return pem(answer)

    text = FORMATS["partner"].make(Wanted(known, known.clients[0], signing=signing)).text
    assert asked == ["once"]
    block = text.partition("```\n")[2].partition("\n```")[0].splitlines()
    assert (block[0], block[-1]) == ("-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----")
    assert "".join(block[1:-1]) == BODY
    assert max(map(len, block)) == 64
    assert "get-signing-certificate" not in text
    assert "| Certificate of signed requests | at the end of this page |" in text
    assert "get-signing-certificate" in make("partner", known).text


def test_a_partner_with_oidc_alone_has_no_use_for_a_certificate():
    known = pool(
        observed("identity_providers", "okta", {"ProviderType": "OIDC"}),
        client={"SupportedIdentityProviders": ["okta"]},
    )
    FORMATS["partner"].make(Wanted(known, known.clients[0], signing=lambda: pytest.fail("it was read")))


def test_the_page_for_partners_cannot_be_broken_by_a_name():
    known = pool(
        observed("identity_providers", "a|b`c", {"ProviderType": "SAML"}),
        client={"SupportedIdentityProviders": ["a|b`c"]},
    )
    assert "## a\\|b'c (SAML)" in make("partner", known).text


# --- offline -------------------------------------------------------------------------------------------------------


def settled():
    """A manifest that leaves nothing open."""
    schema = [{"Name": n, **d} for n, d in STANDARD_ATTRIBUTES.items()]
    settings = {
        "PoolName": "customers",
        "AliasAttributes": None,
        "UsernameAttributes": None,
        "AutoVerifiedAttributes": ["email"],
        "IssuerConfiguration": {"Type": "ORIGINAL"},
        "Policies": {
            "PasswordPolicy": {
                "MinimumLength": 12,
                **dict.fromkeys(("RequireNumbers", "RequireSymbols", "RequireLowercase", "RequireUppercase"), True),
            },
            "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD"]},
        },
        "Schema": schema,
    }
    web = {
        "ClientId": "exampleclient",
        "GenerateSecret": False,
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "SupportedIdentityProviders": ["COGNITO"],
        "CallbackURLs": ["https://app.example.com/callback"],
        "DefaultRedirectURI": None,
        "LogoutURLs": ["https://app.example.com/bye"],
    }
    rest = {"mfa": {"MfaConfiguration": "OFF"}, "domains": {"acme": {}}, "groups": {}, "identity_providers": {}}
    return document(id="eu-west-1_Example01", **{"user_pool": settings, **rest, "clients": {"web": web}})


@pytest.mark.parametrize("form", FORMATS)
def test_a_manifest_that_settles_everything_is_enough(form, tmp_path):
    assert "eu-west-1_Example01" in make(form, from_manifest(manifest(tmp_path, settled()))).text


@pytest.mark.parametrize(
    ("form", "section", "member", "place"),
    [
        ("env", "user_pool", "IssuerConfiguration", "user_pool.IssuerConfiguration.Type"),
        ("amplify", "user_pool", "Schema", "user_pool.Schema"),
        ("amplify", "mfa", None, "mfa"),
        ("amplify", "groups", None, "groups"),
        ("oidc", "domains", None, "domains"),
        ("env", None, "id", "the id of the pool"),
    ],
)
def test_what_a_manifest_leaves_open_is_asked_of_the_live_pool(form, section, member, place, tmp_path):
    tree = settled()
    if section and member:
        del tree[section][member]
    else:
        del tree[section or member]
    with pytest.raises(Unsettled) as raised:
        make(form, from_manifest(manifest(tmp_path, tree)))
    assert raised.value.place == place
