"""The hosted pages: sign-in, sign-up, confirmation, recovery, factors, logout; and what keeps them safe."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pyotp
import pytest

from reconciler.local.desk import FunctionFailed
from reconciler.local.pages import rendering
from tests.local.pages.support import CALLBACK, HOST, PASSWORD, Browser, Shop, answered, location, text_of
from tests.local.support import wrong_code, wrong_totp

EMAIL = {"Name": "email", "Required": True, "Mutable": True}
VERIFYING = {"AutoVerifiedAttributes": ["email"], "Schema": [EMAIL]}
WEAK = "weakness-9"
NEW = "Other-Horse-10"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:one"


@pytest.fixture
def shop() -> Shop:
    made = Shop(pool=VERIFYING)
    made.user(email="ann@example.com", email_verified="true")
    return made


def said(response) -> str:
    """The error that a page shows."""
    assert response.status_code == 400, response.get_data(as_text=True)
    return error_in(response)


def error_in(response) -> str:
    found = re.search(r'id="said"[^>]*>(.*?)</div>', response.get_data(as_text=True), re.DOTALL)
    return found[1].strip() if found else text_of(response)


def led_to(response, path: str) -> None:
    assert urlsplit(location(response)).path == f"/_domain/shop{path}"


def brand(shop):
    shop.api.ask(
        "CreateManagedLoginBranding",
        UserPoolId=shop.pool_id,
        ClientId=shop.client_id,
        UseCognitoProvidedValues=True,
    )
    return shop


def on_trigger(shop, name, function):
    shop.record["config"]["LambdaConfig"] = {name: ARN}
    shop.api.engine.desk.functions = {ARN: function}


# --- what keeps the pages safe ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/login", "/signup", "/confirm", "/resendcode", "/forgotPassword", "/confirmforgotPassword", "/mfa"]
)
@pytest.mark.parametrize("guard", ["", "wrong"])
def test_a_form_from_elsewhere_changes_nothing(shop, path, guard):
    shop.open("/login")
    fields = {"_csrf": guard, "username": "ann", "password": PASSWORD}
    answer = shop.browser.post(shop.url(path), base_url=HOST, data=fields)
    assert answer.status_code == 403
    assert not shop.browser.get_cookie("cognito", "127.0.0.1", "/_domain/shop/")


def test_a_guard_without_its_cookie_is_worth_nothing(shop):
    answer = Browser(shop.api).post(shop.url("/login"), base_url=HOST, data={"_csrf": "", "username": "ann"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/login", "/signup", "/forgotPassword", "/error"])
def test_pages_have_headers_by_which_browsers_protect_them(shop, path):
    headers = shop.open(path).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe-inline" not in policy
    assert "http://localhost:3000" in policy.split("form-action")[1].split(";")[0]


def test_each_script_and_style_has_the_nonce_of_its_page(shop):
    first, second = shop.open("/signup"), shop.open("/signup")
    nonces = []
    for page in (first, second):
        nonce = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[1]
        tags = re.findall(r"<(?:script|style)[^>]*>", page.get_data(as_text=True))
        assert tags
        assert all(f'nonce="{nonce}"' in t for t in tags)
        nonces.append(nonce)
    assert nonces[0] != nonces[1]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(shop):
    answer = shop.sign_in()
    cookies = {c.split("=")[0]: c for c in answer.headers.getlist("Set-Cookie")}
    assert "cognito" in cookies
    assert all("HttpOnly" in c and "SameSite=Lax" in c and "Path=/_domain/shop/" in c for c in cookies.values())
    assert "Max-Age=3600" in cookies["cognito"]


@pytest.mark.parametrize(
    "query", [{"state": '"><script>x</script>'}, {"login_hint": '"><script>x</script>'}, {"lang": "<script>x"}]
)
def test_what_a_request_says_runs_nothing(shop, query):
    text = shop.open("/login", **query).get_data(as_text=True)
    assert "<script>x" not in text
    page = shop.browser.get_page("/_domain/shop/error?error=<script>x</script>&client_id=" + shop.client_id)
    assert "<script>x" not in page.get_data(as_text=True)


def test_css_of_the_pool_does_not_break_out_of_its_element(shop):
    css = ".banner-customizable{}</style><script>alert(1)</script>"
    shop.record["looks"]["ALL"] = {"CSS": css}
    assert "alert(1)</script>" not in re.sub(
        r"<style.*?</style>", "", shop.open("/login").get_data(as_text=True), flags=re.DOTALL
    )
    assert "<script>alert" not in shop.open("/login").get_data(as_text=True)


def test_colours_that_are_none_are_left_out():
    shop = brand(Shop(domain={"ManagedLoginVersion": 2}))
    style = next(iter(shop.record["styles"].values()))
    style["Settings"] = {
        "components": {
            "primaryButton": {"lightMode": {"defaults": {"backgroundColor": "aa0022ff", "textColor": "red;}</style>"}}},
            "form": {"borderRadius": 1e9},
            "pageBackground": [],
        },
        "componentClasses": {"buttons": {"borderRadius": 3.0}},
    }
    style["Assets"] = [
        {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": '"><script>alert(1)</script>'},
        {"Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "SVG", "Bytes": "PHN2Zy8+"},
    ]
    text = shop.open("/login").get_data(as_text=True)
    assert "--button:#aa0022ff;" in text
    assert "--round-button:3px;" in text
    assert "red;}" not in text
    assert "1e+09" not in text
    assert "alert(1)" not in text
    assert 'src="data:image/svg+xml;base64,PHN2Zy8+"' in text


# --- sign-in ----------------------------------------------------------------------------------------------------------


def test_the_classic_form_has_the_names_that_scripts_know(shop):
    text = shop.open("/login").get_data(as_text=True)
    for part in (
        'name="cognitoSignInForm"',
        'id="signInFormUsername"',
        'name="username"',
        'name="password"',
        'name="signInSubmitButton"',
        'name="cognitoAsfData"',
        "submitButton-customizable",
        "inputField-customizable",
    ):
        assert part in text


def test_each_field_has_a_label(shop):
    for path in ("/login", "/signup", "/forgotPassword"):
        text = shop.open(path).get_data(as_text=True)
        fields = re.findall(r"<input(?![^>]*hidden)[^>]* id=\"([^\"]+)\"", text)
        assert fields
        assert all(f'for="{f}"' in text for f in fields)
        assert 'role="alert" aria-live="assertive"' in text


@pytest.mark.parametrize(
    ("setting", "text"), [("LEGACY", "User does not exist."), ("ENABLED", "Incorrect username or password.")]
)
def test_an_unknown_user(setting, text):
    shop = Shop(PreventUserExistenceErrors=setting)
    assert said(shop.sign_in("nosuch")) == text


def test_a_wrong_password(shop):
    answer = shop.sign_in(password=WEAK)
    assert said(answer) == "Incorrect username or password."
    assert 'value="ann"' in answer.get_data(as_text=True)
    assert WEAK not in answer.get_data(as_text=True)


def test_nothing_typed(shop):
    assert said(shop.sign_in("", "")) == "Enter your username and password."


def test_too_many_wrong_passwords(shop):
    for _ in range(5):
        shop.sign_in(password=WEAK)
    assert said(shop.sign_in()) == "Password attempts exceeded"


def test_wrong_passwords_of_the_pages_and_of_the_api_count_together(shop):
    for _ in range(5):
        shop.sign_in(password=WEAK)
    status, _, body = shop.api.engine.direct(
        "us-east-1",
        "AdminInitiateAuth",
        (
            f'{{"UserPoolId":"{shop.pool_id}","ClientId":"{shop.client_id}","AuthFlow":"USER_SRP_AUTH",'
            f'"AuthParameters":{{"USERNAME":"ann","SRP_A":"a1"}}}}'
        ).encode(),
    )
    assert status in (200, 400), body
    assert shop.api.engine.people.get(shop.pool_id, "ann")["failures"]["count"] == 5


def test_a_disabled_user(shop):
    shop.api.ask("AdminDisableUser", UserPoolId=shop.pool_id, Username="ann")
    assert said(shop.sign_in()) == "User is disabled."


def test_a_trigger_that_refuses_shows_its_words(shop):
    def fail(_event):
        raise FunctionFailed("not on Mondays")

    on_trigger(shop, "PreAuthentication", fail)
    assert said(shop.sign_in()) == "PreAuthentication failed with error not on Mondays."


def test_the_pages_need_no_flow_of_the_client_and_no_secret_hash():
    shop = Shop(ExplicitAuthFlows=["ALLOW_REFRESH_TOKEN_AUTH"], GenerateSecret=True)
    shop.user()
    assert "code" in answered(shop.sign_in())


def test_a_client_without_cognito_has_no_password_form(shop):
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = ["Google", "Facebook"]
    page = shop.open("/login")
    assert 'name="password"' not in page.get_data(as_text=True)
    assert said(shop.sign_in()).startswith("This app client signs in")


def test_aliases_sign_in_once_they_are_verified():
    shop = Shop(pool={"AliasAttributes": ["email"]})
    shop.user(email="ann@example.com", email_verified="true")
    shop.user("bob", email="bob@example.com")
    assert "Username or email" in text_of(shop.open("/login"))
    assert "code" in answered(shop.sign_in("ann@example.com"))
    assert said(shop.sign_in("bob@example.com")) == "User does not exist."


def test_login_hint_fills_the_name(shop):
    assert 'value="ann@example.com"' in shop.open("/login", login_hint="ann@example.com").get_data(as_text=True)


def test_the_pools_own_users_can_be_asked_for(shop):
    shop.record["clients"][shop.client_id]["SupportedIdentityProviders"] = ["COGNITO", "Google"]
    assert "Continue with Google" in text_of(shop.open("/login"))
    assert "Continue with Google" not in text_of(shop.open("/login", identity_provider="COGNITO"))


def test_a_form_of_too_many_parts_is_refused(shop):
    fields = {f"field{n}": "x" for n in range(1001)}
    answer = shop.browser.post(shop.url("/login"), base_url=HOST, data=fields, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_a_redirect_uri_with_other_letters_is_written_as_bytes():
    uri = "http://localhost:3000/zurück"
    shop = Shop(CallbackURLs=[uri])
    shop.user()
    assert location(shop.sign_in(redirect_uri=uri)).startswith("http://localhost:3000/zur%C3%BCck?code=")


def test_errors_are_in_the_title_too(shop):
    assert "<title>Error: Sign in</title>" in shop.sign_in(password=WEAK).get_data(as_text=True)


def test_custom_authentication_is_not_on_the_pages(shop):
    on_trigger(shop, "DefineAuthChallenge", lambda event: event)
    assert "code" in answered(shop.sign_in())


# --- managed login ----------------------------------------------------------------------------------------------------


def test_managed_login_without_a_style_is_an_error_page():
    shop = Shop(domain={"ManagedLoginVersion": 2})
    for path in ("/login", "/oauth2/authorize", "/signup", "/forgotPassword"):
        page = shop.open(path)
        assert page.status_code == 400
        assert "no managed login branding style" in text_of(page)
    assert shop.open("/login", redirect_uri="http://localhost/no").status_code == 302


def test_managed_login_asks_for_the_name_first_if_there_are_other_factors():
    policy = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}
    shop = Shop(domain={"ManagedLoginVersion": 2}, pool=policy, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    brand(shop)
    assert 'name="password"' not in shop.open("/login").get_data(as_text=True)
    shop.client = shop.add_client(ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
    shop.client_id = shop.client["ClientId"]
    assert 'name="password"' in brand(shop).open("/login").get_data(as_text=True)


@pytest.fixture
def chooser() -> Shop:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    shop = Shop(domain={"ManagedLoginVersion": 2}, pool={"Policies": policy}, ExplicitAuthFlows=["ALLOW_USER_AUTH"])
    shop.record["config"]["EmailConfiguration"] = {"EmailSendingAccount": "DEVELOPER"}
    brand(shop)
    shop.user(email="ann@example.com", email_verified="true")
    shop.open("/login")
    return shop


def test_one_way_to_sign_in_needs_no_choice(chooser):
    chooser.user("bob")
    page = chooser.follow(chooser.send("/login", {"username": "bob"}))
    assert "Enter your password" in text_of(page)
    led_to(chooser.send("/mfa", {"password": WEAK}), "/login")
    chooser.send("/login", {"username": "bob"})
    assert "code" in answered(chooser.send("/mfa", {"password": PASSWORD}))


def test_a_code_by_email_can_be_chosen(chooser):
    page = chooser.follow(chooser.send("/login", {"username": "ann"}))
    assert "Code by email" in text_of(page)
    assert "Password" in text_of(page)
    led_to(chooser.send("/mfa", {"answer": "EMAIL_OTP"}), "/mfa")
    code = chooser.api.last_code()
    assert len(code) == 8
    assert "Invalid code" in said(chooser.send("/mfa", {"code": wrong_code(code)}))
    assert "code" in answered(chooser.send("/mfa", {"code": f" {code[:4]} {code[4:]} "}))


def test_a_way_that_is_not_offered_is_refused(chooser):
    chooser.send("/login", {"username": "ann"})
    assert chooser.send("/mfa", {"answer": "WEB_AUTHN"}).status_code == 400


def test_an_unknown_name_looks_like_a_known_one(chooser):
    chooser.record["clients"][chooser.client_id]["PreventUserExistenceErrors"] = "ENABLED"
    led_to(chooser.send("/login", {"username": "nosuch"}), "/mfa")


def test_a_sign_up_without_password_signs_in_with_the_code(chooser):
    chooser.record["config"]["AutoVerifiedAttributes"] = ["email"]
    next(a for a in chooser.record["schema"] if a["Name"] == "email")["Required"] = True
    assert "Password (optional)" in text_of(chooser.open("/signup"))
    fields = {"username": "bob", "password": "", "requiredAttributes[email]": "bob@example.com"}
    led_to(chooser.send("/signup", fields), "/confirm")
    assert "code" in answered(chooser.send("/confirm", {"code": chooser.api.last_code()}))
    assert chooser.api.engine.people.get(chooser.pool_id, "bob")["password"] is None


# --- sign-up ----------------------------------------------------------------------------------------------------------


FIELDS = {"username": "bob", "password": PASSWORD, "requiredAttributes[email]": "bob@example.com"}


def test_sign_up_can_be_closed():
    shop = Shop(pool={"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}})
    assert "SignUp is not permitted" in said(shop.open("/signup"))
    assert "Create an account" not in text_of(shop.open("/login"))
    assert "SignUp is not permitted" in said(shop.send("/signup", FIELDS))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password": "Sh0rt!"}, "Password not long enough"),
        ({"password": "lower-case-9"}, "Password must have uppercase characters"),
        ({"password": "x"}, "Password did not conform with policy: Password not long enough"),
        ({"confirm_password": "Another-Horse-9"}, "The passwords do not match."),
        ({"username": "ann"}, "User already exists"),
        ({"username": ""}, "Fill in all fields."),
        ({"requiredAttributes[email]": ""}, "email: The attribute is required"),
        ({"requiredAttributes[email]": "nonsense"}, "Invalid email address format."),
        ({"requiredAttributes[email_verified]": "true"}, "unauthorized attribute"),
        ({"requiredAttributes[custom:no]": "x"}, "custom:no"),
    ],
)
def test_a_sign_up_that_is_refused_keeps_what_was_typed(shop, change, words):
    shop.open("/signup")
    fields = {**FIELDS, **change}
    answer = shop.send("/signup", fields)
    assert words in error_in(answer).replace("&#39;", "'")
    assert answer.status_code == 400
    assert f'value="{fields["password"]}"' not in answer.get_data(as_text=True)
    assert fields["requiredAttributes[email]"] in answer.get_data(as_text=True)
    assert shop.api.engine.people.get(shop.pool_id, "bob") is None


def test_the_page_shows_the_rules_of_the_password_and_asks_what_is_required(shop):
    page = shop.open("/signup")
    text = text_of(page)
    for words in ("At least 8 characters", "A lower case letter", "A number", "A special character", "Email"):
        assert words in text
    assert "Given name" not in text


def signed_up(shop, **change):
    shop.open("/signup")
    return shop.send("/signup", {**FIELDS, **change})


def test_sign_up_code_and_sign_in(shop):
    answer = signed_up(shop)
    led_to(answer, "/confirm")
    assert "b***@e***" in text_of(shop.follow(answer))
    code = shop.api.last_code()
    assert "Invalid verification code" in said(shop.send("/confirm", {"code": wrong_code(code)}))
    assert said(shop.send("/confirm", {"code": " "})) == "Enter the code."
    answer = shop.send("/confirm", {"code": f"{code[:3]} {code[3:]}"})
    assert shop.exchange(answered(answer)["code"]).status_code == 200
    user = shop.api.engine.people.get(shop.pool_id, "bob")
    assert (user["status"], user["attributes"]["email_verified"]) == ("CONFIRMED", "true")


def test_the_code_does_not_sign_in_another_browser(shop):
    signed_up(shop)
    code = shop.api.last_code()
    shop.browser = Browser(shop.api)
    led_to(shop.sign_in("bob", WEAK), "/confirm")
    answer = shop.send("/confirm", {"code": code})
    led_to(answer, "/login")
    assert "Your account is confirmed" in text_of(shop.follow(answer))
    assert not shop.browser.get_cookie("cognito", "127.0.0.1", "/_domain/shop/")


def test_a_name_that_changed_hands_is_not_signed_in(shop):
    signed_up(shop)
    shop.api.ask("AdminDeleteUser", UserPoolId=shop.pool_id, Username="bob")
    other = Browser(shop.api)
    first, shop.browser = shop.browser, other
    signed_up(shop, password=NEW)
    shop.browser = first
    led_to(shop.send("/confirm", {"code": shop.api.last_code()}), "/login")
    assert not shop.browser.get_cookie("cognito", "127.0.0.1", "/_domain/shop/")


def test_another_code_can_be_asked_for(shop):
    signed_up(shop)
    first = shop.api.last_code()
    page = shop.send("/resendcode", {})
    assert "A new code was sent." in text_of(page)
    assert shop.send("/confirm", {"code": first}).status_code == 400
    assert "code" in answered(shop.send("/confirm", {"code": shop.api.last_code()}))


@pytest.mark.parametrize("path", ["/confirm", "/confirmforgotPassword", "/mfa", "/changePassword"])
def test_a_page_of_a_later_step_leads_back_to_the_start(shop, path):
    answer = shop.open(path)
    led_to(answer, "/login")
    assert "Please start again" in text_of(shop.follow(answer))


def test_a_step_ends_after_a_while(shop):
    signed_up(shop)
    shop.api.time += 901
    led_to(shop.send("/confirm", {"code": shop.api.last_code()}), "/login")


def test_without_a_code_the_user_waits_for_an_administrator():
    shop = Shop()
    shop.open("/signup")
    page = shop.send("/signup", {"username": "bob", "password": PASSWORD})
    assert "confirmed by an administrator" in text_of(page)


def test_a_user_whom_a_trigger_confirms_is_signed_in_at_once(shop):
    def confirm(event):
        event["response"]["autoConfirmUser"] = True
        return event

    on_trigger(shop, "PreSignUp", confirm)
    assert "code" in answered(signed_up(shop))


def test_a_pool_with_addresses_as_names_asks_for_the_address_once():
    shop = Shop(pool={"UsernameAttributes": ["email"], "AutoVerifiedAttributes": ["email"], "Schema": [EMAIL]})
    text = shop.open("/signup").get_data(as_text=True)
    assert 'type="email"' in text
    assert "requiredAttributes[email]" not in text
    led_to(shop.send("/signup", {"username": "bob@example.com", "password": PASSWORD}), "/confirm")
    assert "code" in answered(shop.send("/confirm", {"code": shop.api.last_code()}))


def test_a_pool_that_requires_mfa_asks_for_it_after_sign_up(shop):
    require_totp(shop)
    signed_up(shop)
    answer = shop.send("/confirm", {"code": shop.api.last_code()})
    led_to(answer, "/mfa")
    assert "Set up an authenticator app" in text_of(shop.follow(answer))


def test_terms_are_shown_on_managed_login_if_there_are_both():
    shop = brand(Shop(domain={"ManagedLoginVersion": 2}))
    for name in ("terms-of-use", "privacy-policy"):
        assert "terms of use" not in text_of(shop.open("/signup"))
        shop.api.ask(
            "CreateTerms",
            UserPoolId=shop.pool_id,
            ClientId=shop.client_id,
            TermsName=name,
            TermsSource="LINK",
            Enforcement="NONE",
            Links={"cognito:default": f"https://example.com/{name}"},
        )
    assert "terms of use" in text_of(shop.open("/signup"))


def test_the_link_of_a_message_confirms(shop):
    shop.record["config"]["VerificationMessageTemplate"] = {"DefaultEmailOption": "CONFIRM_WITH_LINK"}
    signed_up(shop)
    link, code = shop.api.messages[-1].link, shop.api.last_code()
    path = urlsplit(link)
    assert f"confirmation_code={code}" in path.query
    assert path.path.endswith("/confirmUser")
    url = f"/_domain/shop/confirmUser?{path.query}"
    wrong = shop.browser.get_page(url.replace(code, wrong_code(code)))
    assert wrong.status_code == 400
    page = shop.browser.get_page(url)
    assert "Your registration has been confirmed!" in text_of(page)
    assert shop.api.engine.people.get(shop.pool_id, "bob")["status"] == "CONFIRMED"
    unknown = shop.browser.get_page(url.replace(shop.client_id, "nosuchclient"))
    assert "does not exist" in text_of(unknown)


# --- a forgotten password ---------------------------------------------------------------------------------------------


def test_why_a_password_cannot_be_reset(shop):
    shop.open("/forgotPassword")
    assert said(shop.send("/forgotPassword", {"username": "nosuch"})) == "Username/client id combination not found."
    shop.user("bob", email="bob@example.com")
    assert "no registered/verified email" in said(shop.send("/forgotPassword", {"username": "bob"}))
    assert said(shop.send("/forgotPassword", {"username": " "})) == "Enter your username."


def test_a_new_password(shop):
    shop.open("/forgotPassword")
    answer = shop.send("/forgotPassword", {"username": "ann"})
    led_to(answer, "/confirmforgotPassword")
    assert "a***@e***" in text_of(shop.follow(answer))
    code = shop.api.last_code()
    fields = {"code": code, "new_password": NEW, "confirm_password": NEW}
    path = "/confirmforgotPassword"
    wrong = wrong_code(code)
    mistyped = shop.send(path, {**fields, "code": wrong})
    assert "Invalid verification code" in said(mistyped)
    assert f'value="{wrong}"' not in mistyped.get_data(as_text=True)
    assert "do not match" in said(shop.send(path, {**fields, "confirm_password": "x"}))
    weak = {"new_password": WEAK, "confirm_password": WEAK}
    refused = shop.send(path, {**fields, **weak})
    assert "uppercase" in said(refused)
    assert f'value="{code}"' in refused.get_data(as_text=True)
    answer = shop.send(path, fields)
    led_to(answer, "/login")
    assert "Your password was changed" in text_of(shop.follow(answer))
    assert said(shop.sign_in()) == "Incorrect username or password."
    assert "code" in answered(shop.sign_in(password=NEW))


def test_the_step_for_a_new_password_lasts_eight_minutes(shop):
    shop.open("/forgotPassword")
    shop.send("/forgotPassword", {"username": "ann"})
    code = shop.api.last_code()
    shop.api.time += 481
    led_to(shop.send("/confirmforgotPassword", {"code": code, "new_password": NEW}), "/login")


def test_a_reset_by_an_administrator_leads_to_the_code(shop):
    shop.api.ask("AdminResetUserPassword", UserPoolId=shop.pool_id, Username="ann")
    led_to(shop.sign_in(), "/confirmforgotPassword")
    fields = {"code": shop.api.last_code(), "new_password": NEW, "confirm_password": NEW}
    led_to(shop.send("/confirmforgotPassword", fields), "/login")


# --- challenges -------------------------------------------------------------------------------------------------------


def test_a_temporary_password_is_changed():
    shop = Shop(pool={"Schema": [{"Name": "given_name", "Required": True, "Mutable": True}]})
    shop.user(given_name="Ann")
    shop.api.engine.people.put(
        shop.pool_id,
        {**(user := shop.api.engine.people.get(shop.pool_id, "ann")), "attributes": {"sub": user["attributes"]["sub"]}},
        shop.api.time,
    )
    shop.api.ask("AdminSetUserPassword", UserPoolId=shop.pool_id, Username="ann", Password=PASSWORD)
    answer = shop.sign_in()
    led_to(answer, "/changePassword")
    assert "Given name" in text_of(shop.follow(answer))
    fields = {"new_password": NEW, "confirm_password": NEW}
    assert "The attribute is required" in said(shop.send("/changePassword", fields))
    fields["requiredAttributes[given_name]"] = "Ann"
    assert "do not match" in said(shop.send("/changePassword", {**fields, "confirm_password": "x"}))
    weak = {"new_password": WEAK, "confirm_password": WEAK}
    assert "uppercase" in said(shop.send("/changePassword", {**fields, **weak}))
    assert "code" in answered(shop.send("/changePassword", fields))
    assert shop.api.engine.people.get(shop.pool_id, "ann")["attributes"]["given_name"] == "Ann"


def require_totp(shop):
    shop.api.ask(
        "SetUserPoolMfaConfig",
        UserPoolId=shop.pool_id,
        MfaConfiguration="ON",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )


def secret_of(page) -> str:
    return re.search(r'id="secret">([A-Z2-7]+)<', page.get_data(as_text=True))[1]


def totp(shop, secret):
    return pyotp.TOTP(secret).at(int(shop.api.time))


def test_setting_up_an_authenticator_app(shop):
    require_totp(shop)
    answer = shop.sign_in()
    led_to(answer, "/mfa")
    page = shop.follow(answer)
    secret = secret_of(page)
    text = page.get_data(as_text=True)
    assert f"secret={secret}&amp;issuer=Shop" in text
    assert 'src="data:image/svg+xml' in text
    assert secret_of(shop.open("/mfa")) == secret  # a reload keeps it
    assert "six digits" in said(shop.send("/mfa", {"code": "12"}))
    assert "Code mismatch" in said(shop.send("/mfa", {"code": wrong_totp(secret, shop.api.time)}))
    assert "code" in answered(shop.send("/mfa", {"code": totp(shop, secret)}))
    shop.browser = Browser(shop.api)
    answer = shop.sign_in()
    assert "authenticator app" in text_of(shop.follow(answer))
    again = shop.send("/mfa", {"code": totp(shop, secret)})
    led_to(again, "/login")
    assert "already been used" in text_of(shop.follow(again))
    shop.api.time += 30
    shop.sign_in()
    assert "Invalid code" in said(shop.send("/mfa", {"code": wrong_totp(secret, shop.api.time)}))
    assert "code" in answered(shop.send("/mfa", {"code": totp(shop, secret)}))


def test_the_step_of_a_second_factor_ends(shop):
    require_totp(shop)
    shop.sign_in()
    shop.api.time += 301
    led_to(shop.open("/mfa"), "/login")


def test_a_step_belongs_to_its_client(shop):
    require_totp(shop)
    shop.sign_in()
    other = shop.add_client(ClientName="other")
    led_to(shop.open("/mfa", client_id=other["ClientId"]), "/login")


def test_a_user_without_any_way_to_set_up_a_second_step(shop):
    require_totp(shop)
    shop.record["mfa"] = {"MfaConfiguration": "ON", "sms": True, "SmsMfaConfiguration": {}}
    shop.record["config"]["SmsConfiguration"] = {"SnsCallerArn": "arn:aws:iam::123456789012:role/x"}
    answer = shop.sign_in()
    page = shop.follow(answer) if answer.status_code == 302 else answer
    assert page.status_code == 400


def offer_email(shop, *, totp):
    shop.record["config"]["EmailConfiguration"] = {
        "EmailSendingAccount": "DEVELOPER",
        "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/example.com",
    }
    shop.record["config"]["AccountRecoverySetting"] = {
        "RecoveryMechanisms": [{"Name": "verified_phone_number", "Priority": 1}]
    }
    shop.api.ask(
        "SetUserPoolMfaConfig",
        UserPoolId=shop.pool_id,
        MfaConfiguration="ON",
        EmailMfaConfiguration={"Message": "Code {####}", "Subject": "Code"},
        **({"SoftwareTokenMfaConfiguration": {"Enabled": True}} if totp else {}),
    )


@pytest.mark.parametrize("totp", [False, True])
def test_codes_by_email_are_set_up(totp):
    shop = Shop()
    shop.user()
    offer_email(shop, totp=totp)
    page = shop.follow(shop.sign_in())
    if totp:
        assert "Set up a second step" in text_of(page)
        page = shop.follow(shop.send("/mfa", {"answer": "EMAIL_OTP"}))
    assert "Set up codes by email" in text_of(page)
    assert "Invalid email address format." in said(shop.send("/mfa", {"email": "nonsense"}))
    page = shop.follow(shop.send("/mfa", {"email": "ann@example.com"}))
    assert "a***@e***" in text_of(page)
    assert "code" in answered(shop.send("/mfa", {"code": shop.api.last_code()}))
    assert shop.api.engine.people.get(shop.pool_id, "ann")["attributes"]["email_verified"] == "true"


def test_a_choice_of_what_to_set_up_takes_only_what_is_offered():
    shop = Shop()
    shop.user()
    offer_email(shop, totp=True)
    shop.sign_in()
    page = shop.follow(shop.send("/mfa", {"answer": "SMS_MFA"}))
    assert "Set up a second step" in text_of(page)


def test_a_factor_is_chosen(shop):
    shop.api.ask(
        "SetUserPoolMfaConfig",
        UserPoolId=shop.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    user = shop.api.engine.people.get(shop.pool_id, "ann")
    user["attributes"]["phone_number"] = "+14255550100"
    user["mfa"].update(totp=True, sms=True, secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    shop.api.engine.people.put(shop.pool_id, user, shop.api.time)
    shop.record["mfa"]["sms"] = True
    shop.record["config"]["SmsConfiguration"] = {"SnsCallerArn": "arn:aws:iam::123456789012:role/x"}
    answer = shop.sign_in()
    page = text_of(shop.follow(answer))
    if "Choose how to sign in" in page:
        assert "Authenticator app" in page
        assert shop.send("/mfa", {"answer": "EMAIL_OTP"}).status_code == 400
        led_to(shop.send("/mfa", {"answer": "SOFTWARE_TOKEN_MFA"}), "/mfa")
    assert "code" in answered(shop.send("/mfa", {"code": totp(shop, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")}))


# --- logout -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        {"redirect_uri": None},
        {"client_id": None},
        {"logout_uri": "http://localhost:3000"},
        {"logout_uri": "https://evil.example.com/"},
        {"redirect_uri": "https://evil.example.com/"},
    ],
)
def test_a_logout_that_leads_nowhere_ends_nothing(shop, query):
    shop.sign_in()
    assert shop.open("/logout", **query).status_code == 400
    assert "code" in answered(shop.open("/oauth2/authorize"))


def test_logout_ends_the_session_and_no_token(shop):
    code = answered(shop.sign_in())["code"]
    token = shop.exchange(code).get_json()["refresh_token"]
    answer = shop.open("/logout", logout_uri="http://localhost:3000/", state="s", redirect_uri=None)
    assert location(answer) == "http://localhost:3000/"
    led_to(shop.open("/oauth2/authorize"), "/login")
    again = shop.token(grant_type="refresh_token", client_id=shop.client_id, refresh_token=token)
    assert again.status_code == 200


def test_logout_to_another_sign_in(shop):
    shop.sign_in()
    answer = shop.open("/logout")
    led_to(answer, "/login")
    assert CALLBACK.replace(":", "%3A").replace("/", "%2F") in location(answer)
    assert shop.follow(answer).status_code == 200


def test_logout_uri_wins(shop):
    assert location(shop.open("/logout", logout_uri="http://localhost:3000/")) == "http://localhost:3000/"


def test_the_cookie_that_was_ended_is_worth_nothing(shop):
    shop.sign_in()
    cookie = shop.browser.get_cookie("cognito", "127.0.0.1", "/_domain/shop/").value
    shop.open("/logout", logout_uri="http://localhost:3000/")
    shop.browser.set_cookie("cognito", cookie, domain="127.0.0.1", path="/_domain/shop/")
    led_to(shop.open("/oauth2/authorize"), "/login")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://app.example.com/back?x=1", "https://app.example.com"),
        ("http://localhost:3000/back", "http://localhost:3000"),
        ("http://[::1]:3000/back", "http:"),
        ("com.example.app://back", "com.example.app:"),
        ("https://a;script-src *", "https:"),
        ("https://a:99999999/", ""),
        ("no url", ""),
    ],
)
def test_where_a_form_may_lead(url, origin):
    assert rendering.origin_of(url) == origin
