"""Passkeys: registration, the list, sign-in, and every reason to refuse one."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import Any

import cbor2
import pytest

from reconciler.local.signin import passkeys
from tests.local.signin.authenticator import USER_PRESENT, Authenticator, encoded
from tests.local.signin.flow_support import GENERIC, SMS_ON, TOTP_ON, Scene, refused

PARTY = "login.example.com"
ORIGIN = f"https://{PARTY}"
BOTH = "MULTI_FACTOR_WITH_USER_VERIFICATION"


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    scene.first_factors("WEB_AUTHN")
    scene.pool["mfa"]["WebAuthnConfiguration"] = {"RelyingPartyId": PARTY}
    return scene


def _begin(scene: Scene) -> Any:
    return scene.call("StartWebAuthnRegistration", AccessToken=_token(scene))["CredentialCreationOptions"]


def _token(scene: Scene) -> str:
    token: str = scene.sign_in()["AccessToken"]
    return token


def _finish(scene: Scene, credential: Any) -> None:
    scene.call("CompleteWebAuthnRegistration", AccessToken=_token(scene), Credential=credential)


def _register(scene: Scene, key: Authenticator | None = None) -> Authenticator:
    key = key or Authenticator(ORIGIN)
    _finish(scene, key.register(_begin(scene)))
    return key


def _asked(scene: Scene, name: str = "jane") -> Any:
    return scene.start("USER_AUTH", name, PREFERRED_CHALLENGE="WEB_AUTHN")


def _options(challenge: Any) -> str:
    options: str = challenge["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"]
    return options


# --- registration --------------------------------------------------------------------------------------------------


def test_the_options_of_a_registration(scene: Scene) -> None:
    options = _begin(scene)
    assert len(options.pop("challenge")) == 22
    assert options.pop("user")["name"] == "jane@example.com"
    assert options == {
        "rp": {"id": PARTY, "name": PARTY},
        "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -257}],
        "timeout": 60000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": "preferred",
        },
    }


def test_a_passkey_is_registered_listed_and_deleted(scene: Scene) -> None:
    key = _register(scene)
    (listed,) = scene.call("ListWebAuthnCredentials", AccessToken=_token(scene))["Credentials"]
    assert listed.pop("CreatedAt") > scene.time - 10
    assert listed == {
        "CredentialId": key.id,
        "FriendlyCredentialName": "Passkey 1",
        "RelyingPartyId": PARTY,
        "AuthenticatorAttachment": "platform",
        "AuthenticatorTransports": ["internal"],
    }
    assert _begin(scene)["excludeCredentials"] == [{"type": "public-key", "id": key.id, "transports": ["internal"]}]
    scene.call("DeleteWebAuthnCredential", AccessToken=_token(scene), CredentialId=key.id)
    assert scene.call("ListWebAuthnCredentials", AccessToken=_token(scene)) == {"Credentials": []}
    with refused("ResourceNotFoundException"):
        scene.call("DeleteWebAuthnCredential", AccessToken=_token(scene), CredentialId=key.id)


def test_the_list_has_pages(scene: Scene) -> None:
    for number in range(3):
        _register(scene, Authenticator(ORIGIN, identity=bytes([number]) * 16))
    first = scene.call("ListWebAuthnCredentials", AccessToken=_token(scene), MaxResults=2)
    more = scene.call("ListWebAuthnCredentials", AccessToken=_token(scene), NextToken=first["NextToken"])
    assert [len(a["Credentials"]) for a in (first, more)] == [2, 1]


@pytest.mark.parametrize(
    ("config", "domains", "base", "party"),
    [
        ({"RelyingPartyId": "example.com"}, {"login.example.com": {}}, "", "example.com"),
        ({"RelyingPartyId": "example.com"}, {}, "http://127.0.0.1:9", "example.com"),
        ({}, {"shop": {}, "login.example.com": {}}, "", "login.example.com"),
        ({}, {"shop": {}}, "", "shop.auth.us-east-1.amazoncognito.com"),
        ({}, {"shop": {}}, "http://127.0.0.1:9", "localhost"),
    ],
)
def test_the_relying_party_is_the_configured_one_or_that_of_the_domain(
    scene: Scene, config: Any, domains: Any, base: str, party: str
) -> None:
    scene.pool["mfa"]["WebAuthnConfiguration"] = config
    scene.pool["domains"] = domains
    scene.ctx.desk.base = base
    options = passkeys.start(scene.ctx, scene.pool, scene.client["ClientId"], scene.get())
    assert options["rp"]["id"] == party


def test_the_pages_name_their_host_below_localhost(scene: Scene) -> None:
    client, user = scene.client["ClientId"], scene.get()
    assert passkeys.start(scene.ctx, scene.pool, client, user)["rp"]["id"] == PARTY
    options = passkeys.start(scene.ctx, scene.pool, client, user, host="shop.localhost")
    assert options["rp"]["id"] == "shop.localhost"
    credential = Authenticator("http://shop.localhost:8080").register(options)
    passkeys.complete(scene.ctx, scene.pool, client, user, credential)
    assert json.loads(_options(_asked(scene)))["rpId"] == "shop.localhost"


def test_without_domain_and_relying_party_there_is_no_registration(scene: Scene) -> None:
    scene.pool["mfa"]["WebAuthnConfiguration"] = {}
    with refused("WebAuthnConfigurationMissingException"):
        _begin(scene)


def test_passkeys_have_to_be_among_the_first_factors(scene: Scene) -> None:
    key, options = Authenticator(ORIGIN), _begin(scene)
    scene.first_factors()
    with refused("WebAuthnNotEnabledException"):
        _begin(scene)
    with refused("WebAuthnNotEnabledException"):
        _finish(scene, key.register(options))


def test_a_user_has_at_most_twenty(scene: Scene) -> None:
    options = _begin(scene)
    kept = {"id": "x", "key": "", "count": 0, "rp": PARTY, "transports": [], "created": 0, "name": "", "attachment": ""}
    scene.change(passkeys=[{**kept, "id": f"x{i}"} for i in range(20)])
    with refused("LimitExceededException"):
        _begin(scene)
    with refused("LimitExceededException"):
        _finish(scene, Authenticator(ORIGIN).register(options))


@pytest.mark.parametrize("setting", ["preferred", "required"])
def test_user_verification_is_asked_for_as_configured(scene: Scene, setting: str) -> None:
    scene.pool["mfa"]["WebAuthnConfiguration"]["UserVerification"] = setting
    options = _begin(scene)
    assert options["authenticatorSelection"]["userVerification"] == setting
    credential = Authenticator(ORIGIN, flags=USER_PRESENT).register(options)
    if setting == "preferred":
        _finish(scene, credential)
    else:
        with refused("InvalidParameterException", "Credential data is not valid"):
            _finish(scene, credential)


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"response": {}},
        {"response": {"clientDataJSON": "!"}},
        {"response": 1},
        {"response": {"clientDataJSON": "MQ"}},
    ],
)
def test_a_malformed_credential_is_refused(scene: Scene, credential: Any) -> None:
    _begin(scene)
    with refused("InvalidParameterException", "Credential data is not valid"):
        _finish(scene, credential)


@pytest.mark.parametrize("member", ["attestationObject", "clientDataJSON"])
def test_a_broken_part_of_a_credential_is_refused(scene: Scene, member: str) -> None:
    credential = Authenticator(ORIGIN).register(_begin(scene))
    credential["response"][member] = credential["response"][member][:-30]
    with refused("InvalidParameterException", "Credential data is not valid"):
        _finish(scene, credential)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://login.example.com",
        f"https://{PARTY}.evil.example",
        "https://example.com",
        "x",
        "http://[x",
    ],
)
def test_another_origin_is_refused(scene: Scene, origin: str) -> None:
    with refused("WebAuthnOriginNotAllowedException"):
        _finish(scene, Authenticator(origin).register(_begin(scene)))


@pytest.mark.parametrize("origin", [f"https://www.{PARTY}", f"https://{PARTY}:8443"])
def test_hosts_below_the_relying_party_are_its_origins(scene: Scene, origin: str) -> None:
    assert _register(scene, Authenticator(origin))


def test_another_relying_party_is_refused(scene: Scene) -> None:
    with refused("WebAuthnRelyingPartyMismatchException"):
        _finish(scene, Authenticator(ORIGIN).register(_begin(scene), party="evil.example"))


def test_another_client_cannot_complete_a_registration(scene: Scene) -> None:
    credential = Authenticator(ORIGIN).register(_begin(scene))
    with refused("WebAuthnClientMismatchException"):
        passkeys.complete(scene.ctx, scene.pool, "other", scene.get(), credential)


def test_a_registration_is_completed_once_in_time_and_by_its_user(scene: Scene) -> None:
    options, key = _begin(scene), Authenticator(ORIGIN)
    scene.add("ann")
    gone = "WebAuthnChallengeNotFoundException"
    with refused(gone):
        passkeys.complete(scene.ctx, scene.pool, scene.client["ClientId"], scene.get("ann"), key.register(options))
    _finish(scene, key.register(options))
    with refused(gone):
        _finish(scene, key.register(options))
    late = _begin(scene)
    scene.time += 301
    with refused(gone):
        _finish(scene, key.register(late))


def test_one_passkey_is_not_registered_twice(scene: Scene) -> None:
    key = _register(scene)
    with refused("InvalidParameterException"):
        _register(scene, key)


def test_another_algorithm_is_not_supported(scene: Scene) -> None:
    with refused("WebAuthnCredentialNotSupportedException"):
        _finish(scene, Authenticator(ORIGIN, algorithm=-8).register(_begin(scene)))


def test_a_key_that_cannot_be_read_is_not_supported(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Authenticator, "_cose", lambda _self: cbor2.dumps({1: 9, 3: -7}))
    with refused("WebAuthnCredentialNotSupportedException"):
        _finish(scene, Authenticator(ORIGIN).register(_begin(scene)))


def test_a_registration_without_a_key_is_refused(scene: Scene) -> None:
    credential = Authenticator(ORIGIN).register(_begin(scene))
    data = hashlib.sha256(PARTY.encode()).digest() + bytes([USER_PRESENT, 0, 0, 0, 1])
    attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
    credential["response"]["attestationObject"] = encoded(attestation)
    with refused("InvalidParameterException", "Credential data is not valid"):
        _finish(scene, credential)


def test_without_the_package_it_is_said_what_to_install(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    credential = Authenticator(ORIGIN).register(_begin(scene))
    monkeypatch.setitem(sys.modules, "webauthn", None)
    said = "The embedded Cognito checks passkeys with the package webauthn: pip install 'poolctl[local]'."
    with refused("NotImplementedException", said):
        _finish(scene, credential)


# --- sign-in -------------------------------------------------------------------------------------------------------


def test_a_passkey_signs_in(scene: Scene) -> None:
    key = _register(scene)
    challenge = _asked(scene)
    assert challenge["ChallengeName"] == "WEB_AUTHN"
    assert challenge["AvailableChallenges"] == ["WEB_AUTHN"]
    options = json.loads(_options(challenge))
    assert options == {
        "challenge": options["challenge"],
        "timeout": 60000,
        "rpId": PARTY,
        "allowCredentials": [{"type": "public-key", "id": key.id, "transports": ["internal"]}],
        "userVerification": "preferred",
    }
    assertion = key.sign_in(_options(challenge))
    assert scene.answer(challenge, CREDENTIAL=assertion)["AuthenticationResult"]
    assert scene.get()["passkeys"][0]["count"] == key.count
    with refused("NotAuthorizedException", "Invalid session for the user, session can only be used once."):
        scene.answer(challenge, CREDENTIAL=assertion)


def test_an_assertion_for_another_challenge_is_refused(scene: Scene) -> None:
    key = _register(scene)
    earlier = key.sign_in(_options(_asked(scene)))
    challenge = _asked(scene)
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, CREDENTIAL=earlier)
    with refused("NotAuthorizedException", "Invalid session for the user."):
        scene.answer(challenge, CREDENTIAL=key.sign_in(_options(challenge)))


@pytest.mark.parametrize("credential", ["", "garbage", "[]", "{}", '{"id": 1, "response": {"clientDataJSON": ""}}'])
def test_a_malformed_assertion_is_refused(scene: Scene, credential: str) -> None:
    _register(scene)
    code = "NotAuthorizedException" if credential else "InvalidParameterException"
    with refused(code):
        scene.answer(_asked(scene), CREDENTIAL=credential)


def test_a_passkey_of_somebody_else_is_refused(scene: Scene) -> None:
    _register(scene)
    challenge = _asked(scene)
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, CREDENTIAL=Authenticator(ORIGIN, identity=b"other").sign_in(_options(challenge)))
    challenge = _asked(scene)
    with refused("NotAuthorizedException", GENERIC):  # the same id with another key
        scene.answer(challenge, CREDENTIAL=Authenticator(ORIGIN).sign_in(_options(challenge)))


def test_a_sign_in_at_another_origin_is_refused(scene: Scene) -> None:
    key = _register(scene)
    key.origin = "https://evil.example"
    challenge = _asked(scene)
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, CREDENTIAL=key.sign_in(_options(challenge)))


def test_a_counter_that_goes_back_is_refused(scene: Scene) -> None:
    key = _register(scene)
    key.count = 0
    challenge = _asked(scene)
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, CREDENTIAL=key.sign_in(_options(challenge)))


def test_without_verification_of_the_user_it_does_not_count_as_two_factors(scene: Scene) -> None:
    key = _register(scene)
    scene.pool["mfa"]["WebAuthnConfiguration"]["FactorConfiguration"] = BOTH
    key.flags = USER_PRESENT
    challenge = _asked(scene)
    with refused("NotAuthorizedException", GENERIC):
        scene.answer(challenge, CREDENTIAL=key.sign_in(_options(challenge)))


def test_where_mfa_is_required_only_a_passkey_that_counts_as_both_signs_in(scene: Scene) -> None:
    key = _register(scene)
    config = scene.pool["mfa"]["WebAuthnConfiguration"]
    scene.mfa("ON", TOTP_ON, {"WebAuthnConfiguration": config})
    offered = _asked(scene)
    assert offered["ChallengeName"] == "SELECT_CHALLENGE"
    assert offered["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]
    config["FactorConfiguration"] = BOTH
    challenge = _asked(scene)
    done = scene.answer(challenge, CREDENTIAL=key.sign_in(_options(challenge)))
    assert done["AuthenticationResult"]


def test_a_user_with_mfa_is_not_offered_a_passkey_alone(scene: Scene) -> None:
    _register(scene)
    config = scene.pool["mfa"]["WebAuthnConfiguration"]
    scene.attribute(phone_number="+12065551234")
    scene.turn_on("SMS_MFA")
    scene.mfa("OPTIONAL", SMS_ON, {"WebAuthnConfiguration": config})
    assert _asked(scene)["AvailableChallenges"] == ["PASSWORD", "PASSWORD_SRP"]


def test_without_a_passkey_none_is_asked_for(scene: Scene) -> None:
    assert _asked(scene)["ChallengeName"] == "SELECT_CHALLENGE"


def test_an_unknown_user_may_be_asked_for_a_passkey_and_is_refused(scene: Scene) -> None:
    scene.hide()
    names = [f"nobody{i}" for i in range(20)]
    asked = [c for c in (_asked(scene, name) for name in names) if c["ChallengeName"] == "WEB_AUTHN"]
    assert 0 < len(asked) < 20
    key = Authenticator(ORIGIN)
    with refused("NotAuthorizedException", GENERIC):
        named = asked[0]["ChallengeParameters"]
        name = next(n for n in names if _asked(scene, n)["ChallengeName"] == "WEB_AUTHN")
        scene.answer(asked[0], name, CREDENTIAL=key.sign_in(named["CREDENTIAL_REQUEST_OPTIONS"]))
