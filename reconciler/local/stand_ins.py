"""Placeholder secrets, so newcomers can run examples that reference secrets.

The embedded Cognito needs no real secrets, and its Secrets Manager is empty at every start. The placeholder values
are the same in every run, so a second plan finds nothing to change.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from reconciler.local import stand_in_secret


def make_up(region: str, targets: Iterable[str]) -> None:
    """Store placeholder values in the embedded Secrets Manager.

    Args:
        region: Region of the store.
        targets: Targets of `$secret` in manifests: `name#key` or `name`.
    """
    import boto3

    wanted: dict[str, set[str]] = {}
    for target in targets:
        name, _, key = target.partition("#")
        wanted.setdefault(name, set()).add(key)
    if not wanted:
        return
    manager = boto3.client("secretsmanager", region_name=region)
    for name, keys in sorted(wanted.items()):
        whole = keys == {""}
        text = stand_in_secret(name, "") if whole else json.dumps({k: stand_in_secret(name, k) for k in sorted(keys)})
        manager.create_secret(Name=name, SecretString=text)
