"""What the members of an app client change at sign-in."""

from __future__ import annotations

from typing import Any

from tests.local.pages.support import CALLBACK
from tests.local.signin.served import claims
from tests.local.signin.settings_support import WEB, Case, Settings, Site

HOUR, DAY = 3600.0, 24 * 3600.0
SECRET, OTHER_SECRET = "a" * 30, "b" * 30
MISSING, NOT_ALLOWED = "NotAuthorizedException", "InvalidParameterException"
RENEW, PASSWORD_FLOW = "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_PASSWORD_AUTH"
OTHER_PAGE = "http://localhost:3000/other"


def _case(member: str, one: Settings, other: Settings, observe: Any, *seen: Any, **more: Any) -> Case:
    return Case(member, one, other, observe, (seen[0], seen[1]), of="client", **more)


# --- API -------------------------------------------------------------------------------------------------------------


def _hashed(site: Site) -> str:
    return site.add().initiates(SECRET_HASH=site.secret_hash(SECRET))[0]


def _life(token: str) -> Any:
    def observe(site: Site) -> int:
        found = claims(site.add().tokens()[token])
        return int(found["exp"] - found["iat"])

    return observe


def _refreshed_after(seconds: float) -> Any:
    def observe(site: Site) -> str:
        token = site.add().tokens()["RefreshToken"]
        return site.later(seconds).refreshes(token)

    return observe


def _started(flow: str, **more: str) -> Any:
    return lambda site: site.add().initiates(flow, **more)[0]


def _refreshed(site: Site) -> str:
    token = site.add().initiates("ADMIN_USER_PASSWORD_AUTH")[1]["AuthenticationResult"]["RefreshToken"]
    return site.refreshes(token)


def _writes_name(site: Site) -> str:
    token = site.add().tokens()["AccessToken"]
    return site.code_of(
        "UpdateUserAttributes", AccessToken=token, UserAttributes=[{"Name": "nickname", "Value": "Annie"}]
    )


def _reads(site: Site) -> tuple[bool, bool]:
    found = site.add().tokens()
    shown = site.api.ask("GetUser", AccessToken=found["AccessToken"])["UserAttributes"]
    return "email" in claims(found["IdToken"]), any(a["Name"] == "email" for a in shown)


def _late_answer(site: Site) -> str:
    asked = site.add().initiates("USER_AUTH")[1]
    return site.later(4 * 60).answers(asked, ANSWER="PASSWORD", PASSWORD="Correct-Horse-9")[0]


def _rotated(site: Site) -> tuple[str, bool]:
    token = site.add().tokens()["RefreshToken"]
    answer = site.renews(token)[1]["AuthenticationResult"]
    return site.later(30).renews(token)[0], "RefreshToken" in answer


def _revoked(site: Site) -> tuple[str, bool]:
    found = site.add().tokens()
    code = site.code_of("RevokeToken", ClientId=site.client_id, Token=found["RefreshToken"])
    return code, "jti" in claims(found["AccessToken"])


def _address(site: Site) -> str:
    """Observe the address in the event of a sign-in for which the client says one."""
    given = {"USERNAME": "ann", "PASSWORD": "Correct-Horse-9", "SECRET_HASH": site.secret_hash(SECRET)}
    said = {"AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": given, "UserContextData": {"IpAddress": "192.0.2.7"}}
    site.add().api.ask("InitiateAuth", ClientId=site.client_id, **said)
    events = site.api.ask("AdminListUserAuthEvents", UserPoolId=site.pool_id, Username="ann")["AuthEvents"]
    return str(events[0]["EventContextData"]["IpAddress"])


# --- pages -----------------------------------------------------------------------------------------------------------


def _authorized(**query: Any) -> Any:
    """Observe where the authorize endpoint leads: to the page, or with an error to the client or the error page."""

    def observe(site: Site) -> str:
        response = site.open("/oauth2/authorize", **query)
        target = response.headers["Location"]
        if "/login?" in target:
            return "page"
        return target.partition("error=")[2].partition("&")[0]

    return observe


def _signs_in_at(**query: Any) -> Any:
    def observe(site: Site) -> bool:
        return 'name="password"' in site.open("/login", **query).get_data(as_text=True)

    return observe


def _signed_out(site: Site) -> int:
    return site.browser.get_page(f"/_domain/shop/logout?client_id={site.client_id}&logout_uri={OTHER_PAGE}").status_code


def _scopes_of_token(site: Site) -> str:
    site.add()
    answer = site.exchange(site.code(scope=None)).get_json()
    return str(claims(answer["access_token"])["scope"])


FLOWS = [
    ("ADMIN_USER_PASSWORD_AUTH", {}),
    ("USER_PASSWORD_AUTH", {}),
    ("USER_SRP_AUTH", {"SRP_A": "2f"}),
    ("USER_AUTH", {}),
]

CASES = [
    _case("GenerateSecret", {}, {"GenerateSecret": True}, _started("USER_PASSWORD_AUTH"), "", MISSING),
    _case("ClientSecret", {"ClientSecret": SECRET}, {"ClientSecret": OTHER_SECRET}, _hashed, "", MISSING),
    _case("AccessTokenValidity", {}, {"AccessTokenValidity": 2}, _life("AccessToken"), HOUR, 2 * HOUR),
    _case("IdTokenValidity", {}, {"IdTokenValidity": 2}, _life("IdToken"), HOUR, 2 * HOUR),
    _case("RefreshTokenValidity", {}, {"RefreshTokenValidity": 1}, _refreshed_after(2 * DAY), "", MISSING),
    _case(
        "TokenValidityUnits.AccessToken",
        {"TokenValidityUnits": {"AccessToken": "hours"}},
        {"TokenValidityUnits": {"AccessToken": "minutes"}},
        _life("AccessToken"),
        *(10 * HOUR, 600),
        client={"AccessTokenValidity": 10},
    ),
    _case(
        "TokenValidityUnits.IdToken",
        {"TokenValidityUnits": {"IdToken": "hours"}},
        {"TokenValidityUnits": {"IdToken": "minutes"}},
        _life("IdToken"),
        *(10 * HOUR, 600),
        client={"IdTokenValidity": 10},
    ),
    _case(
        "TokenValidityUnits.RefreshToken",
        {"TokenValidityUnits": {"RefreshToken": "days"}},
        {"TokenValidityUnits": {"RefreshToken": "hours"}},
        _refreshed_after(11 * HOUR),
        *("", MISSING),
        client={"RefreshTokenValidity": 10},
    ),
    _case("ReadAttributes", {}, {"ReadAttributes": ["name"]}, _reads, (True, True), (False, False)),
    _case("WriteAttributes", {}, {"WriteAttributes": ["name"]}, _writes_name, "", MISSING),
    *(
        _case(
            "ExplicitAuthFlows",
            {"ExplicitAuthFlows": [f"ALLOW_{flow}", RENEW]},
            {"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH", RENEW]},
            _started(flow, **more),
            *("", NOT_ALLOWED),
            about=flow,
        )
        for flow, more in FLOWS
    ),
    _case(
        "ExplicitAuthFlows",
        {"ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"]},
        {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]},
        lambda site: site.add().initiates("CUSTOM_AUTH")[1],
        "Custom auth lambda trigger is not configured for the user pool.",
        "CUSTOM_AUTH is not enabled for the client.",
        about="CUSTOM_AUTH",
    ),
    _case(
        "ExplicitAuthFlows",
        {"ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", RENEW]},
        {"ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]},
        _refreshed,
        *("", NOT_ALLOWED),
        about="REFRESH_TOKEN_AUTH",
    ),
    _case("AuthSessionValidity", {}, {"AuthSessionValidity": 5}, _late_answer, MISSING, ""),
    _case(
        "RefreshTokenRotation.Feature",
        {},
        {"RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}},
        _rotated,
        *(("", False), ("RefreshTokenReuseException", True)),
        client={"ExplicitAuthFlows": [PASSWORD_FLOW]},
    ),
    _case(
        "RefreshTokenRotation.RetryGracePeriodSeconds",
        {"RefreshTokenRotation": {"RetryGracePeriodSeconds": 10}},
        {"RefreshTokenRotation": {"RetryGracePeriodSeconds": 60}},
        _rotated,
        *(("RefreshTokenReuseException", True), ("", True)),
        client={"ExplicitAuthFlows": [PASSWORD_FLOW], "RefreshTokenRotation": {"Feature": "ENABLED"}},
    ),
    _case(
        "EnableTokenRevocation",
        {},
        {"EnableTokenRevocation": False},
        _revoked,
        *(("", True), ("UnsupportedOperationException", False)),
    ),
    _case(
        "PreventUserExistenceErrors",
        {"PreventUserExistenceErrors": "LEGACY"},
        {"PreventUserExistenceErrors": "ENABLED"},
        lambda site: site.add().initiates(name="unknown")[0],
        *("UserNotFoundException", "NotAuthorizedException"),
    ),
    _case(
        "EnablePropagateAdditionalUserContextData",
        {},
        {"EnablePropagateAdditionalUserContextData": True},
        _address,
        *("127.0.0.1", "192.0.2.7"),
        client={"ClientSecret": SECRET},
        pool={"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}},
    ),
    _case(
        "SupportedIdentityProviders",
        {},
        {"SupportedIdentityProviders": []},
        _signs_in_at(),
        *(True, False),
        client=WEB,
    ),
    _case("CallbackURLs", {}, {"CallbackURLs": [OTHER_PAGE]}, _authorized(), "page", "redirect_mismatch", client=WEB),
    _case("LogoutURLs", {"LogoutURLs": [OTHER_PAGE]}, {"LogoutURLs": [CALLBACK]}, _signed_out, 302, 400, client=WEB),
    _case(
        "DefaultRedirectURI",
        {"DefaultRedirectURI": CALLBACK},
        {},
        _authorized(redirect_uri=None),
        *("page", "invalid_request"),
        client=WEB,
    ),
    _case(
        "AllowedOAuthFlows",
        {"AllowedOAuthFlows": ["implicit"]},
        {},
        _authorized(response_type="token"),
        *("page", "unauthorized_client"),
        client=WEB,
    ),
    _case(
        "AllowedOAuthScopes",
        {"AllowedOAuthScopes": ["openid", "email"]},
        {"AllowedOAuthScopes": ["openid"]},
        _authorized(scope="openid email"),
        *("page", "invalid_scope"),
        client=WEB,
    ),
    _case(
        "AllowedOAuthScopes",
        {"AllowedOAuthScopes": ["openid", "email"]},
        {"AllowedOAuthScopes": ["openid"]},
        _scopes_of_token,
        *("openid email", "openid"),
        client=WEB,
        about="without a scope in the request",
    ),
    _case(
        "AllowedOAuthFlowsUserPoolClient",
        {},
        {"AllowedOAuthFlowsUserPoolClient": False},
        _authorized(),
        *("page", "unauthorized_client"),
        client=WEB,
    ),
]
UNRELATED = {
    "UserPoolId": "names the pool",
    "ClientName": "is for administrators; users never see it",
    "AnalyticsConfiguration": "lets Cognito report to Pinpoint, which nothing here does",
    "PublishSecretsInAWSSecretsManager": "says where an administrator finds the secret, which is the same",
}
