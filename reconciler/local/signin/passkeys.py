"""Passkeys of a user: registration, list and deletion; the proof at sign-in is in passkey_proofs.py."""

from __future__ import annotations

from typing import Any

from reconciler.local.ledger import hashed
from reconciler.local.operation import Context, Operation, page
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.signin import tokens
from reconciler.local.signin.choice import PASSKEY, allowed
from reconciler.local.signin.parties import put
from reconciler.local.signin.passkey_proofs import (
    CHALLENGE,
    TIMEOUT,
    client_data,
    decoded,
    encoded,
    is_origin,
    package,
    relying_party,
    verification,
)
from reconciler.local.store import Record

KIND = "passkey"
LIFE = 300.0
"""Seconds that a registration may take."""
MOST = 20
"""Limit of passkeys of a user."""
ALGORITHMS = (-7, -257)
"""ES256 and RS256."""
NOT_VALID = "Credential data is not valid"


def start(ctx: Context, pool: Record, client_id: str, user: Record, *, host: str = "") -> Record:
    """Return CredentialCreationOptions for a new passkey of a user; the hosted pages call it too.

    Args:
        ctx: The context.
        pool: The pool.
        client_id: Id of the client.
        user: The user.
        host: Host of the hosted page that registers it; empty for an SDK.

    Raises:
        ServiceError: WebAuthnNotEnabledException, WebAuthnConfigurationMissingException, LimitExceededException.
    """
    _check_enabled(pool)
    party = relying_party(ctx, pool, host)
    if not party:
        said = "The user pool has neither a domain nor a relying party id."
        raise ServiceError("WebAuthnConfigurationMissingException", said)
    _check_number(user)
    challenge = encoded(ctx.desk.random(CHALLENGE))
    entry = {"client": client_id, "rp": party}
    owner = user["username"]
    ctx.ledger.put(KIND, hashed(challenge), entry, pool=pool["id"], owner=owner, expires=ctx.now() + LIFE)
    shown = user["attributes"].get("email") or owner
    return {
        "rp": {"id": party, "name": party},
        "user": {"id": encoded(user["attributes"]["sub"].encode()), "name": shown, "displayName": shown},
        "challenge": challenge,
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in ALGORITHMS],
        "timeout": TIMEOUT,
        "excludeCredentials": [
            {"type": "public-key", "id": p["id"], "transports": p["transports"]} for p in user["passkeys"]
        ],
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": verification(pool),
        },
    }


def _check_enabled(pool: Record) -> None:
    if PASSKEY not in allowed(pool):
        raise ServiceError("WebAuthnNotEnabledException", "Passkeys are not enabled for the user pool.")


def _check_number(user: Record) -> None:
    if len(user["passkeys"]) >= MOST:
        raise ServiceError("LimitExceededException", f"A user can have at most {MOST} passkeys.")


def complete(ctx: Context, pool: Record, client_id: str, user: Record, credential: Any) -> None:
    """Register a passkey, given a RegistrationResponseJSON.

    Raises:
        ServiceError: Those of CompleteWebAuthnRegistration.
    """
    _check_enabled(pool)
    try:
        data = client_data(credential)
    except ValueError:
        refuse(NOT_VALID)
    challenge = str(data.get("challenge"))
    entry = _expected(ctx, pool, user, challenge)
    if entry["client"] != client_id:
        raise ServiceError("WebAuthnClientMismatchException", "The registration was started by another client.")
    if not is_origin(str(data.get("origin")), entry["rp"]):
        raise ServiceError(
            "WebAuthnOriginNotAllowedException", f"The origin does not belong to the relying party {entry['rp']}."
        )
    made = _verified(pool, entry, credential, data)
    _check_number(user)
    if any(p["id"] == made["id"] for p in user["passkeys"]):
        refuse("The passkey is registered already.")
    named = {"name": f"Passkey {len(user['passkeys']) + 1}", "rp": entry["rp"], "created": ctx.now()}
    user["passkeys"].append({**made, **named})
    put(ctx, pool, user)
    ctx.ledger.drop(KIND, hashed(challenge))


def _expected(ctx: Context, pool: Record, user: Record, challenge: str) -> Record:
    """Return the state of a registration that this user has started and that has not expired."""
    known = dict(ctx.ledger.of(KIND, pool["id"], user["username"]))
    entry = known.get(hashed(challenge))
    if entry is None or entry["expires"] <= ctx.now():
        raise ServiceError("WebAuthnChallengeNotFoundException", "No registration with this challenge is under way.")
    return entry


def _verified(pool: Record, entry: Record, credential: Record, data: Record) -> Record:
    webauthn = package()
    from webauthn.helpers import parse_attestation_object
    from webauthn.helpers.cose import COSEAlgorithmIdentifier
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        attested = parse_attestation_object(decoded(credential["response"]["attestationObject"]))
        if attested.auth_data.rp_id_hash.hex() != hashed(entry["rp"]):
            raise ServiceError(
                "WebAuthnRelyingPartyMismatchException", f"The credential is not for the relying party {entry['rp']}."
            )
        _check_algorithm(attested.auth_data)
        done = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=decoded(data["challenge"]),
            expected_rp_id=entry["rp"],
            expected_origin=data["origin"],
            require_user_verification=verification(pool) == "required",
            supported_pub_key_algs=[COSEAlgorithmIdentifier(a) for a in ALGORITHMS],
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        refuse(NOT_VALID)
    transports = credential["response"].get("transports") or []
    return {
        "id": encoded(done.credential_id),
        "key": encoded(done.credential_public_key),
        "count": done.sign_count,
        "attachment": credential.get("authenticatorAttachment") or "",
        "transports": [str(t) for t in transports if isinstance(t, str)],
    }


def _check_algorithm(data: Any) -> None:
    """Check the algorithm of a credential, given the authenticator data that webauthn parsed."""
    from webauthn.helpers import decode_credential_public_key
    from webauthn.helpers.exceptions import UnsupportedPublicKey, UnsupportedPublicKeyType

    if data.attested_credential_data is None:
        refuse(NOT_VALID)
    try:
        known = decode_credential_public_key(data.attested_credential_data.credential_public_key).alg in ALGORITHMS
    except (UnsupportedPublicKey, UnsupportedPublicKeyType):
        known = False
    if not known:
        said = "The algorithm of the credential is not supported: ES256 and RS256 are."
        raise ServiceError("WebAuthnCredentialNotSupportedException", said)


def view(passkey: Record) -> Record:
    """Return a passkey as ListWebAuthnCredentials returns it."""
    attachment = {"AuthenticatorAttachment": passkey["attachment"]} if passkey["attachment"] else {}
    return {
        "CredentialId": passkey["id"],
        "FriendlyCredentialName": passkey["name"],
        "RelyingPartyId": passkey["rp"],
        **attachment,
        "AuthenticatorTransports": passkey["transports"],
        "CreatedAt": passkey["created"],
    }


def start_web_authn_registration(ctx: Context, params: Record) -> Record:
    """StartWebAuthnRegistration."""
    who = tokens.bearer(ctx, params["AccessToken"])
    return {"CredentialCreationOptions": start(ctx, who.pool, who.client["ClientId"], who.user)}


def complete_web_authn_registration(ctx: Context, params: Record) -> Record:
    """CompleteWebAuthnRegistration."""
    who = tokens.bearer(ctx, params["AccessToken"])
    complete(ctx, who.pool, who.client["ClientId"], who.user, params["Credential"])
    return {}


def list_web_authn_credentials(ctx: Context, params: Record) -> Record:
    """ListWebAuthnCredentials."""
    who = tokens.bearer(ctx, params["AccessToken"])
    shown = {**params, "MaxResults": params.get("MaxResults") or MOST}
    return page(ctx, [view(p) for p in who.user["passkeys"]], shown, "Credentials")


def delete_web_authn_credential(ctx: Context, params: Record) -> Record:
    """DeleteWebAuthnCredential."""
    who = tokens.bearer(ctx, params["AccessToken"])
    kept = [p for p in who.user["passkeys"] if p["id"] != params["CredentialId"]]
    if len(kept) == len(who.user["passkeys"]):
        not_found("The passkey does not exist.")
    who.user["passkeys"] = kept
    put(ctx, who.pool, who.user)
    return {}


OPERATIONS: dict[str, Operation] = {
    "StartWebAuthnRegistration": start_web_authn_registration,
    "CompleteWebAuthnRegistration": complete_web_authn_registration,
    "ListWebAuthnCredentials": list_web_authn_credentials,
    "DeleteWebAuthnCredential": delete_web_authn_credential,
}
