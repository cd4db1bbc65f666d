"""The secrets of an app client, and those that are kept in Secrets Manager (cognito.md 2.3).

A client has two secrets at most. With PublishSecretsInAWSSecretsManager they are rotated there: switching it on rotates
at once and drops the older of two, switching it off deletes the secret in Secrets Manager without a recovery window.
What happens there when the client is deleted is not known; the secret is left.
"""

from __future__ import annotations

import json

from moto.secretsmanager.models import secretsmanager_backends

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
    ids = {"userPoolId": pool["id"], "userPoolClientId": client["ClientId"]}
    text = json.dumps({**ids, "clientSecretValue": client["ClientSecret"]})
    manager = secretsmanager_backends[ACCOUNT][pool["region"]]
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


def _deleted(pool: Record, secret_id: str) -> None:
    manager = secretsmanager_backends[ACCOUNT][pool["region"]]
    manager.delete_secret(secret_id=secret_id, recovery_window_in_days=None, force_delete_without_recovery=True)
