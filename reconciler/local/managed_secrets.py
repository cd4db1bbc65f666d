"""The secrets of an app client, and those that are kept in Secrets Manager (cognito.md 2.3).

A client has two secrets at most. With PublishSecretsInAWSSecretsManager they are rotated there: switching it on rotates
at once and drops the older of two, switching it off deletes the secret in Secrets Manager without a recovery window.
RotateSecret rotates too, and is refused while a rotation is under way; that DescribeSecret advances it is chosen.
What happens there when the client is deleted is not known; the secret is left.
"""

from __future__ import annotations

import json
from typing import Any

from reconciler.local.store import ACCOUNT, Record, Store

SECRET = 52
"""Length of a generated secret."""
MAX_SECRETS = 2
PUBLISHED = "PublishSecretsInAWSSecretsManager"
ARN = "ClientSecretArn"


def secrets_of(pool: Record, client: Record) -> list[Record]:
    """Return a client's secrets, the oldest first."""
    if "ClientSecret" not in client:
        return []
    known: list[Record] | None = pool["secrets"].get(client["ClientId"])
    return known or [new_secret(client, client["CreationDate"], client["ClientSecret"], [])]


def new_secret(client: Record, date: float, value: str, others: list[Record]) -> Record:
    """Return a secret; its id is the second of its creation, or a later one if that is in use."""
    second, taken = int(date), {s["ClientSecretId"] for s in others}
    while (name := f"{client['ClientId']}--{second}") in taken:
        second += 1
    return {"ClientSecretId": name, "ClientSecretCreateDate": date, "value": value}


def settle(store: Store, pool: Record, client: Record, old: Record) -> None:
    """Do what switching PublishSecretsInAWSSecretsManager on or off does, once the client has been written.

    Args:
        store: The records.
        pool: The client's pool.
        client: The client as it was written.
        old: The client before; empty for a new one.
    """
    wanted, was = bool(client.get(PUBLISHED)) and "ClientSecret" in client, ARN in old
    if was:
        client[ARN] = old[ARN]
    if wanted and not was:
        if old:
            _rotate(store, pool, client)
        client[ARN] = _published(pool, client)
    elif was and not wanted:
        _deleted(pool, client.pop(ARN))


def _rotate(store: Store, pool: Record, client: Record) -> None:
    kept = secrets_of(pool, client)[-(MAX_SECRETS - 1) :]
    client["ClientSecret"] = store.new_id(SECRET)
    made = new_secret(client, store.now(), client["ClientSecret"], kept)
    pool["secrets"][client["ClientId"]] = [*kept, made]


def _published(pool: Record, client: Record) -> str:
    text = _text(pool, client)
    manager = _manager(pool)
    name = f"cognito-idp!{pool['id']}/{client['ClientId']}"
    _deleted(pool, name)  # left by an earlier client of the same id, where a test began anew
    answer = manager.create_secret(
        name=name,
        secret_string=text,
        secret_binary=None,
        description=None,
        tags=None,
        kms_key_id=None,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )
    made = json.loads(answer)
    return str(made["ARN"])


def _text(pool: Record, client: Record) -> str:
    ids = {"userPoolId": pool["id"], "userPoolClientId": client["ClientId"]}
    return json.dumps({**ids, "clientSecretValue": client["ClientSecret"]})


def republish(store: Store) -> None:
    """Put the secrets of clients into Secrets Manager again, under their ARNs: moto forgets it between two runs."""
    for pool in store.pools.values():
        for client in pool["clients"].values():
            if ARN in client:
                manager = _manager(pool)
                manager.secrets[_published(pool, client)].arn = client[ARN]


def begin_rotation(store: Store, secret: Any, token: str) -> bool:
    """Begin to rotate a secret of moto's Secrets Manager. Return whether it is one that Cognito keeps there.

    Args:
        store: The records.
        secret: moto's object.
        token: Id of the new version.

    Raises:
        InvalidRequestException: A rotation is under way.
    """
    if _holder(store, secret) is None:
        return False
    from moto.secretsmanager.exceptions import InvalidRequestException

    if any("AWSPENDING" in v["version_stages"] for v in secret.versions.values()):
        raise InvalidRequestException("A previous rotation isn't complete. That rotation will be reattempted.")
    left = {"left": store.pending_describes, "createdate": int(store.now()), "version_id": token}
    secret.versions[token] = {**left, "version_stages": ["AWSPENDING"]}
    if not store.pending_describes:
        advance(store, secret)
    return True


def advance(store: Store, secret: Any) -> None:
    """Bring a rotation that is under way a step further."""
    held = _holder(store, secret)
    pending = next((v for v in secret.versions.values() if "AWSPENDING" in v["version_stages"]), None)
    if held is None or pending is None:
        return
    if pending["left"]:
        pending["left"] -= 1
        return
    pool, client = held
    _rotate(store, pool, client)
    done = {"secret_string": _text(pool, client), "version_stages": ["AWSCURRENT"]}
    secret.reset_default_version({**pending, **done}, pending["version_id"])
    secret.last_changed_date = secret.last_rotation_date = int(store.now())
    store.touch(pool)
    store.save()


def _holder(store: Store, secret: Any) -> tuple[Record, Record] | None:
    """Return the pool and the client that a secret belongs to."""
    found = ((p, c) for p in store.pools.values() for c in p["clients"].values() if c.get(ARN) == secret.arn)
    return next(found, None)


def _manager(pool: Record) -> Any:
    """Return moto's Secrets Manager of the Region of a pool; moto is imported by the few that need it."""
    from moto.secretsmanager.models import secretsmanager_backends

    return secretsmanager_backends[ACCOUNT][pool["region"]]


def _deleted(pool: Record, secret_id: str) -> None:
    manager = _manager(pool)
    manager.delete_secret(secret_id=secret_id, recovery_window_in_days=None, force_delete_without_recovery=True)
