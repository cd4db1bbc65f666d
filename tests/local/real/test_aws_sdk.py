"""The AWS SDK for JavaScript reads answers and refusals of the embedded Cognito."""

from __future__ import annotations

import pytest

from tests.local.real.support import PASSWORD, REGION, Library, packages, refused

pytestmark = packages


@pytest.fixture(scope="module")
def library():
    with Library("sdk.mjs") as made:
        yield made


@pytest.fixture
def send(town, library):
    library("connect", endpoint=town.url, region=REGION)
    return lambda operation, **given: library("send", operation=operation, input=given)


def passwords(**more):
    return {"USERNAME": "ann", "PASSWORD": PASSWORD, **more}


def test_a_person_signs_up_and_confirms(town, send):
    client = town.client(town.pool(), ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    mail = [{"Name": "email", "Value": "bea@example.com"}]
    made = send("SignUp", ClientId=client, Username="bea", Password=PASSWORD, UserAttributes=mail)
    assert (made["UserConfirmed"], made["CodeDeliveryDetails"]["DeliveryMedium"]) == (False, "EMAIL")
    assert made["requestId"]
    with refused("UsernameExistsException"):
        send("SignUp", ClientId=client, Username="bea", Password=PASSWORD, UserAttributes=mail)
    send("ConfirmSignUp", ClientId=client, Username="bea", ConfirmationCode=town.code("bea"))
    asked = {"USERNAME": "bea", "PASSWORD": PASSWORD}
    done = send("InitiateAuth", ClientId=client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=asked)
    assert done["AuthenticationResult"]["ExpiresIn"] == 3600
    found = send("GetUser", AccessToken=done["AuthenticationResult"]["AccessToken"])
    assert found["Username"] == "bea"


def test_a_password_is_taken_only_where_the_client_allows_it(town, send):
    pool = town.pool()
    town.user(pool)
    allows = town.client(pool, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    done = send("InitiateAuth", ClientId=allows, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=passwords())
    assert done["AuthenticationResult"]["TokenType"] == "Bearer"
    with refused("NotAuthorizedException", "Incorrect username or password."):
        wrong = passwords(PASSWORD="Correct-Horse-8")
        send("InitiateAuth", ClientId=allows, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=wrong)
    forbids = town.client(pool, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    with refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"):
        send("InitiateAuth", ClientId=forbids, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=passwords())


def test_user_auth_lets_the_user_choose(town, send):
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    identity = f"arn:aws:ses:{REGION}:123456789012:identity/example.com"
    source = {"EmailSendingAccount": "DEVELOPER", "SourceArn": identity}
    pool = town.pool(Policies=factors, EmailConfiguration=source)
    town.user(pool)
    client = town.client(pool, ExplicitAuthFlows=["ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"])
    asked = send("InitiateAuth", ClientId=client, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "ann"})
    assert asked["ChallengeName"] == "SELECT_CHALLENGE"
    assert set(asked["AvailableChallenges"]) == {"PASSWORD", "PASSWORD_SRP", "EMAIL_OTP"}
    chosen = {"USERNAME": "ann", "ANSWER": "EMAIL_OTP"}
    sent = send(
        "RespondToAuthChallenge",
        ClientId=client,
        ChallengeName="SELECT_CHALLENGE",
        Session=asked["Session"],
        ChallengeResponses=chosen,
    )
    assert sent["ChallengeName"] == "EMAIL_OTP"
    code = {"USERNAME": "ann", "EMAIL_OTP_CODE": town.code("ann")}
    done = send(
        "RespondToAuthChallenge",
        ClientId=client,
        ChallengeName="EMAIL_OTP",
        Session=sent["Session"],
        ChallengeResponses=code,
    )
    assert done["AuthenticationResult"]["IdToken"]


def test_an_unknown_client_is_an_error_of_the_sdk(send):
    with refused("ResourceNotFoundException", "User pool client unknown does not exist."):
        send("InitiateAuth", ClientId="unknown", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=passwords())
