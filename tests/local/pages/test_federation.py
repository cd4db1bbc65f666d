"""Sign-in with an identity provider: the test provider, the way back, profiles, triggers."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from reconciler.local.desk import FunctionFailed
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import linking
from tests.local.pages.support import CALLBACK, HOST, Browser, Shop, answered, claims, location, text_of

OIDC = {
    "ProviderName": "Okta",
    "ProviderType": "OIDC",
    "ProviderDetails": {
        "client_id": "x",
        "client_secret": "y",
        "attributes_request_method": "GET",
        "authorize_scopes": "openid email",
        "oidc_issuer": "https://okta.example.com",
    },
    "AttributeMapping": {"email": "email", "name": "display", "custom:groups": "groups"},
    "IdpIdentifiers": ["example.com"],
}
SAML = {
    "ProviderName": "Corp",
    "ProviderType": "SAML",
    "ProviderDetails": {"MetadataURL": "https://corp.example.com/metadata"},
    "AttributeMapping": {"email": "http://schemas.example.com/mail"},
}
GOOGLE = {
    "ProviderName": "Google",
    "ProviderType": "Google",
    "ProviderDetails": {"client_id": "x", "client_secret": "y", "authorize_scopes": "openid email"},
    "AttributeMapping": {"email": "email", "email_verified": "email_verified"},
}
ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
GROUPS = {"Name": "groups", "AttributeDataType": "String", "Mutable": True}


def federated(*, schema=(GROUPS,), providers=(OIDC, SAML, GOOGLE), **client) -> Shop:
    shop = Shop(pool={"Schema": list(schema)}, **client)
    for provider in providers:
        shop.api.ask("CreateIdentityProvider", UserPoolId=shop.pool_id, **provider)
    names = ["COGNITO", *(p["ProviderName"] for p in providers)]
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = names
    return shop


@pytest.fixture
def shop() -> Shop:
    return federated()


def away(shop, provider="Okta", **query) -> str:
    """Go to a provider; return the ticket."""
    target = location(shop.open("/oauth2/authorize", identity_provider=provider, **query))
    path, _, ticket = target.removeprefix(HOST).partition("?ticket=")
    assert path == "/_poolctl/idp", target
    return ticket


def pick(shop, ticket, subject="alice", **claims_):
    fields = {f"claim:{k}": v for k, v in claims_.items()}
    return post(shop, ticket=ticket, subject=subject, action="sign-in", **fields)


def post(shop, **fields):
    return shop.browser.post("/_poolctl/idp", base_url=HOST, data=fields)


def come(shop, provider="Okta", subject="alice", **claims_):
    """Sign in with a provider; return the answer to the client."""
    return shop.follow(pick(shop, away(shop, provider), subject, **claims_))


def user(shop, name):
    return shop.api.engine.people.get(shop.pool_id, name)


def on(shop, **functions):
    """Map triggers to functions."""
    shop.record["config"]["LambdaConfig"] = {n: ARN + n for n in functions}
    shop.api.engine.desk.functions = {ARN + n: f for n, f in functions.items()}


def fail(_event):
    raise FunctionFailed("no strangers")


# --- on the way -------------------------------------------------------------------------------------------------------


def test_a_provider_that_the_client_does_not_have(shop):
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = ["COGNITO"]
    assert answered(shop.open("/oauth2/authorize", identity_provider="Okta"))["error"] == "invalid_request"
    assert answered(shop.open("/login", identity_provider="Okta"))["error"] == "invalid_request"


def test_a_provider_that_was_deleted(shop):
    del shop.record["providers"]["Okta"]
    assert answered(shop.open("/oauth2/authorize", identity_provider="Okta"))["error"] == "invalid_request"


@pytest.mark.parametrize("ticket", ["", "nonsense"])
def test_the_test_provider_needs_a_ticket(shop, ticket):
    assert shop.browser.get_page(f"/_poolctl/idp?ticket={ticket}").status_code == 400
    assert post(shop, ticket=ticket, subject="alice", action="sign-in").status_code == 400


def test_a_ticket_ends(shop):
    ticket = away(shop)
    shop.api.time += 301
    assert pick(shop, ticket).status_code == 400


def test_a_ticket_is_good_once(shop):
    ticket = away(shop)
    assert pick(shop, ticket).status_code == 302
    assert pick(shop, ticket).status_code == 400


@pytest.mark.parametrize(
    ("fields", "words"), [({"subject": " "}, "Enter a subject."), ({"subject": "a", "more": "[1]"}, "a JSON object")]
)
def test_what_the_test_provider_refuses(shop, fields, words):
    answer = post(shop, ticket=away(shop), action="sign-in", **fields)
    assert answer.status_code == 400
    assert words in text_of(answer)


def test_the_only_provider_is_gone_to_at_once():
    shop = federated(providers=(OIDC,))
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = ["Okta"]
    for path in ("/oauth2/authorize", "/login"):
        assert "/_poolctl/idp?ticket=" in location(shop.open(path))


def test_an_identifier_names_a_provider(shop):
    where = location(shop.open("/oauth2/authorize", idp_identifier="example.com"))
    assert "/_poolctl/idp?ticket=" in where
    assert "Okta" in text_of(shop.browser.get_page(where.removeprefix(HOST)))


def test_the_sign_in_page_has_a_button_for_each_provider(shop):
    page = shop.open("/login")
    for words in ("Continue with Okta", "Continue with Corp", "Continue with Google"):
        assert words in text_of(page)
    text = page.get_data(as_text=True)
    assert "identity_provider=Okta" in text
    assert "socialButton-customizable" in text


def test_the_test_provider_asks_for_the_mapped_claims_and_shows_attributes(shop):
    ticket = away(shop, login_hint="zoe@example.com")
    page = shop.browser.get_page(f"/_poolctl/idp?ticket={ticket}")
    assert "Mapped to custom:groups" in text_of(page)
    assert 'value="zoe@example.com"' in page.get_data(as_text=True)
    fields = {"claim:display": "Zoe <b>", "more": '{"groups": ["a", "b"], "other": 1}'}
    page = post(shop, ticket=ticket, subject="zoe", action="preview", **fields)
    table = re.search(r'<table id="mapped">.*?</table>', page.get_data(as_text=True), re.DOTALL)[0]
    assert "<b>" not in table
    assert re.sub(r"<[^>]+>", " ", table).split() == [
        *("Attribute", "Value", "custom:groups", "[a,", "b]", "name", "Zoe", "&lt;b&gt;")
    ]
    assert page.headers["X-Frame-Options"] == "DENY"


def test_the_login_hint_is_no_markup(shop):
    ticket = away(shop, login_hint='"><script>x')
    assert "<script>x" not in shop.browser.get_page(f"/_poolctl/idp?ticket={ticket}").get_data(as_text=True)


# --- on the way back --------------------------------------------------------------------------------------------------


def test_a_sign_in_that_is_cancelled_comes_back_as_an_error(shop):
    said = answered(shop.follow(post(shop, ticket=away(shop), action="deny")))
    assert said["error"] == "invalid_request"
    assert "cancelled" in said["error_description"]
    assert said["state"] == "s 1&"


def test_an_answer_for_another_browser_is_refused(shop):
    back = location(pick(shop, away(shop))).removeprefix(HOST)
    shop.browser = Browser(shop.api)
    assert answered(shop.browser.get_page(back))["error"] == "invalid_request"
    assert user(shop, "Okta_alice") is None


def test_an_answer_is_good_once_and_for_a_while(shop):
    back = location(pick(shop, away(shop))).removeprefix(HOST)
    shop.api.time += 301
    assert answered(shop.browser.get_page(back))["error"] == "invalid_request"
    back = location(pick(shop, away(shop))).removeprefix(HOST)
    assert "code" in answered(shop.browser.get_page(back))
    assert answered(shop.browser.get_page(back))["error"] == "invalid_request"


def test_an_answer_is_for_its_provider(shop):
    back = location(pick(shop, away(shop))).removeprefix(HOST)
    other = back.replace("identity_provider=Okta", "identity_provider=Google")
    assert answered(shop.browser.get_page(other))["error"] == "invalid_request"


@pytest.mark.parametrize(
    ("provider", "path"),
    [("Okta", "/oauth2/idpresponse"), ("Google", "/oauth2/idpresponse"), ("Corp", "/saml2/idpresponse")],
)
def test_where_a_provider_answers(shop, provider, path):
    where = location(pick(shop, away(shop, provider)))
    assert urlsplit(where).path == f"/_domain/shop{path}"


# --- profiles ---------------------------------------------------------------------------------------------------------


def test_the_first_sign_in_makes_a_profile(shop):
    answer = come(shop, email="alice@example.com", display="Alice", unmapped="x")
    made = user(shop, "Okta_alice")
    assert made["status"] == "EXTERNAL_PROVIDER"
    kept = {k: v for k, v in made["attributes"].items() if k != "sub"}
    assert kept == {"email": "alice@example.com", "email_verified": "false", "name": "Alice"}
    assert made["groups"] == [f"{shop.pool_id}_Okta"]
    identity = made["identities"][0]
    assert (identity["userId"], identity["providerName"], identity["providerType"]) == ("alice", "Okta", "OIDC")
    issued = shop.exchange(answered(answer)["code"]).get_json()
    found = claims(issued["id_token"])
    assert found["cognito:username"] == "Okta_alice"
    assert found["identities"][0]["userId"] == "alice"
    assert claims(issued["access_token"])["cognito:groups"] == [f"{shop.pool_id}_Okta"]


def test_a_federated_user_has_no_password_here(shop):
    come(shop, email="alice@example.com")
    shop.browser = Browser(shop.api)
    assert "Incorrect username or password." in text_of(shop.sign_in("Okta_alice"))


def test_a_saml_profile_is_named_by_its_subject(shop):
    come(shop, "Corp", "alice@corp", **{"http://schemas.example.com/mail": "alice@corp.example.com"})
    made = user(shop, "Corp_alice@corp")
    assert made["attributes"]["email"] == "alice@corp.example.com"
    assert made["identities"][0]["issuer"] == "https://corp.example.com/sso/saml"


def test_a_mapping_can_say_that_an_address_is_verified(shop):
    come(shop, "Google", email="a@example.com", email_verified="true")
    assert user(shop, "Google_alice")["attributes"]["email_verified"] == "true"


def test_later_sign_ins_renew_what_is_mapped(shop):
    come(shop, email="alice@example.com", display="Alice")
    shop.api.ask(
        "AdminUpdateUserAttributes",
        UserPoolId=shop.pool_id,
        Username="Okta_alice",
        UserAttributes=[{"Name": "nickname", "Value": "al"}, {"Name": "name", "Value": "by hand"}],
    )
    shop.browser = Browser(shop.api)
    come(shop, email="new@example.com", display="Alice B")
    kept = user(shop, "Okta_alice")["attributes"]
    assert (kept["email"], kept["name"], kept["nickname"]) == ("new@example.com", "Alice B", "al")


def test_a_missing_required_attribute_fails_the_sign_in():
    shop = federated(schema=(GROUPS, {"Name": "email", "Required": True, "Mutable": True}))
    said = answered(come(shop, display="Alice"))
    assert said["error"] == "invalid_request"
    assert said["error_description"] == "attributes required: [email]"
    assert user(shop, "Okta_alice") is None


def test_a_client_that_may_not_write_a_mapped_attribute(shop):
    shop.record["clients"][shop.client_id]["WriteAttributes"] = ["email"]
    said = answered(come(shop, email="alice@example.com", display="Alice"))
    assert "unauthorized attribute" in said["error_description"]


@pytest.mark.parametrize("later", ["Other", "Alice"])
def test_an_immutable_attribute_breaks_sign_ins_once_it_has_a_value(shop, later):
    next(a for a in shop.record["schema"] if a["Name"] == "name")["Mutable"] = (
        False  # CreateIdentityProvider refuses it
    )
    for display in ("", "Alice"):
        assert "code" in answered(come(shop, display=display))
        shop.browser = Browser(shop.api)
    said = answered(come(shop, display=later))
    assert said["error"] == "invalid_request"
    assert said["error_description"] == (
        "Invalid user attributes: user.name: Attribute cannot be updated. (changing an immutable attribute)"
    )
    shop.browser = Browser(shop.api)
    assert "code" in answered(come(shop))


LEVEL = {"Name": "level", "AttributeDataType": "Number", "Mutable": True}
LIMITED = {**LEVEL, "NumberAttributeConstraints": {"MinValue": "1", "MaxValue": "9"}}
STAFF = {"Name": "staff", "AttributeDataType": "Boolean", "Mutable": True}
CODE = {"Name": "code", "AttributeDataType": "String", "Mutable": True}
SHORT = {**CODE, "StringAttributeConstraints": {"MinLength": "2", "MaxLength": "3"}}


@pytest.mark.parametrize(
    ("definition", "wrong", "right"),
    [
        (LEVEL, "high", "7"),
        (LIMITED, "10", "9"),
        (LIMITED, "0", "1"),
        (STAFF, "yes", "true"),
        (SHORT, "a", "ab"),
        (SHORT, "abcd", "abc"),
        (CODE, "x" * 2049, "x" * 2048),
    ],
)
def test_a_claim_that_does_not_conform_to_the_schema_fails_the_sign_in(definition, wrong, right):
    name = f"custom:{definition['Name']}"
    shop = federated(schema=(definition,), providers=({**OIDC, "AttributeMapping": {name: "said"}},))
    for known in (False, True):
        said = answered(come(shop, said=wrong))
        assert said["error"] == "invalid_request"
        assert said["error_description"].startswith(f"Attributes did not conform to the schema: {name}: ")
        assert (user(shop, "Okta_alice") is not None) is known
        assert "code" in answered(come(shop, said=right))
        assert user(shop, "Okta_alice")["attributes"][name] == right
        shop.browser = Browser(shop.api)


@pytest.mark.parametrize(("attribute", "wrong"), [("email", "nowhere"), ("phone_number", "0123"), ("birthdate", "May")])
def test_a_claim_that_is_no_value_of_a_standard_attribute_fails_the_sign_in(attribute, wrong):
    shop = federated(providers=({**OIDC, "AttributeMapping": {attribute: "said"}},))
    said = answered(come(shop, said=wrong))
    assert said["error_description"].startswith(f"Attributes did not conform to the schema: {attribute}: ")
    assert user(shop, "Okta_alice") is None


def test_a_disabled_profile_does_not_sign_in(shop):
    come(shop, display="Alice")
    shop.api.ask("AdminDisableUser", UserPoolId=shop.pool_id, Username="Okta_alice")
    shop.browser = Browser(shop.api)
    assert answered(come(shop))["error_description"] == "User is disabled."


def test_names_are_lower_case_where_case_does_not_matter():
    shop = Shop(pool={"UsernameConfiguration": {"CaseSensitive": False}})
    shop.api.ask("CreateIdentityProvider", UserPoolId=shop.pool_id, **GOOGLE)
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = ["COGNITO", "Google"]
    come(shop, "Google", "Alice", email="a@example.com")
    assert user(shop, "google_alice") is not None


def test_a_closed_sign_up_does_not_concern_federated_users(shop):
    shop.record["config"]["AdminCreateUserConfig"] = {"AllowAdminCreateUserOnly": True}
    assert "code" in answered(come(shop, display="Alice"))


def link(shop, *, provider="Okta", claim="Cognito_Subject", value="alice", to="ann", operation=None):
    run = linking.OPERATIONS[operation or "AdminLinkProviderForUser"]
    source = {"ProviderName": provider, "ProviderAttributeName": claim, "ProviderAttributeValue": value}
    users = {"DestinationUser": {"ProviderName": "Cognito", "ProviderAttributeValue": to}, "SourceUser": source}
    with shop.api.engine.turn():
        return run(shop.api.engine.context("us-east-1"), {"UserPoolId": shop.pool_id, "User": source, **users})


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"provider": "NoSuch"}, "InvalidParameterException", "does not exist"),
        ({"value": ""}, "InvalidParameterException", "SourceUser needs"),
        ({"provider": "Google", "claim": "email"}, "InvalidParameterException", "must be Cognito_Subject"),
        ({"to": "nosuch"}, "UserNotFoundException", "User does not exist."),
    ],
)
def test_links_that_are_refused(shop, change, code, words):
    shop.user("ann")
    with pytest.raises(ServiceError) as refused:
        link(shop, **change)
    assert refused.value.code == code
    assert words in refused.value.message


def test_an_identity_is_linked_once_and_before_it_signs_in(shop):
    shop.user("ann")
    come(shop, subject="early")
    with pytest.raises(ServiceError, match="Merging is not currently supported"):
        link(shop, value="early")
    link(shop)
    with pytest.raises(ServiceError, match="already linked"):
        link(shop)
    for number in range(4):
        link(shop, value=f"other{number}")
    with pytest.raises(ServiceError, match="LimitExceededException"):
        link(shop, value="sixth")


def test_a_user_with_immutable_attributes_cannot_be_linked():
    shop = federated(schema=(GROUPS, {"Name": "fixed", "AttributeDataType": "String", "Mutable": False}))
    shop.user("ann", **{"custom:fixed": "x"})
    with pytest.raises(ServiceError, match="immutable"):
        link(shop)


@pytest.mark.parametrize("claim", ["Cognito_Subject", "display", "name"])
def test_an_identity_that_is_linked_signs_in_as_the_local_user(shop, claim):
    shop.user("ann", email="ann@example.com")
    link(shop, claim=claim, value="alice" if claim == "Cognito_Subject" else "Ann A")
    code = answered(come(shop, display="Ann A"))["code"]
    assert user(shop, "Okta_alice") is None
    assert user(shop, "ann")["attributes"]["name"] == "Ann A"
    issued = shop.exchange(code).get_json()
    assert claims(issued["id_token"])["cognito:username"] == "ann"


def test_a_link_that_was_removed_leads_to_a_profile(shop):
    shop.user("ann")
    link(shop)
    link(shop, operation="AdminDisableProviderForUser")
    with pytest.raises(ServiceError, match="UserNotFoundException"):
        link(shop, operation="AdminDisableProviderForUser")
    come(shop, display="Alice")
    assert user(shop, "Okta_alice") is not None
    assert user(shop, "ann")["identities"] == []


def test_a_local_user_can_lose_the_password(shop):
    shop.user("ann")
    link(shop, provider="Cognito", value="ann", operation="AdminDisableProviderForUser")
    assert "Incorrect username or password." in text_of(shop.sign_in())


def test_a_session_of_a_federated_user_answers_at_once(shop):
    come(shop, display="Alice")
    assert "code" in answered(shop.open("/oauth2/authorize", identity_provider="Okta"))


# --- triggers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", ["PreSignUp", "PostConfirmation", "PostAuthentication"])
def test_a_failing_trigger_comes_back_as_an_error(shop, trigger):
    if trigger == "PostAuthentication":
        come(shop, display="Alice")
        shop.browser = Browser(shop.api)
    on(shop, **{trigger: fail})
    said = answered(come(shop, display="Alice"))
    assert said["error"] == "invalid_request"
    assert said["error_description"] == f"{trigger} failed with error no strangers."
    known = user(shop, "Okta_alice") is not None
    assert known is (trigger != "PreSignUp")


def test_the_triggers_of_the_first_and_of_later_sign_ins(shop):
    seen = []

    def note(event):
        seen.append(event)
        return event

    on(shop, PreSignUp=note, PostConfirmation=note, PostAuthentication=note, PreAuthentication=note)
    come(shop, email="a@example.com")
    shop.browser = Browser(shop.api)
    come(shop, email="a@example.com")
    assert [e["triggerSource"] for e in seen] == [
        "PreSignUp_ExternalProvider",
        "PostConfirmation_ConfirmSignUp",
        "PostAuthentication_Authentication",
    ]
    assert {e["userName"] for e in seen} == {"Okta_alice"}
    assert seen[0]["request"]["userAttributes"]["email"] == "a@example.com"


def test_pre_sign_up_can_verify_the_address(shop):
    def verify(event):
        event["response"]["autoVerifyEmail"] = True
        return event

    on(shop, PreSignUp=verify)
    come(shop, email="a@example.com")
    assert user(shop, "Okta_alice")["attributes"]["email_verified"] == "true"


def test_linking_in_pre_sign_up_fails_the_first_sign_in_and_works_with_the_second(shop):
    shop.user("ann", email="ann@example.com")

    def adopt(event):
        link(shop)
        return event

    on(shop, PreSignUp=adopt)
    said = answered(come(shop, display="Alice"))
    assert said["error_description"] == "Already found an entry for username Okta_alice"
    assert "code" in answered(come(shop, display="Alice"))
    assert user(shop, "Okta_alice") is None


def test_inbound_federation_decides_what_is_mapped(shop):
    seen = []

    def keep_email(event):
        seen.append(event)
        event["response"]["userAttributesToMap"] = {"email": "changed@example.com"}
        return event

    shop.record["config"]["LambdaConfig"] = {"InboundFederation": {"LambdaArn": ARN + "in", "LambdaVersion": "V1_0"}}
    shop.api.engine.desk.functions = {ARN + "in": keep_email}
    come(shop, email="a@example.com", display="Alice")
    made = user(shop, "Okta_alice")["attributes"]
    assert made["email"] == "changed@example.com"
    assert "name" not in made
    request = seen[0]["request"]
    assert (request["providerName"], request["providerType"]) == ("Okta", "OIDC")
    assert request["attributes"]["idToken"]["display"] == "Alice"
    assert seen[0]["triggerSource"] == "InboundFederation_ExternalProvider"


def test_the_callback_is_the_clients(shop):
    assert location(come(shop, display="Alice")).startswith(CALLBACK)
