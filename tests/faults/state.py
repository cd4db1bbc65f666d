"""The state of the embedded Cognito in a form that two runs have in common: names in place of ids, no times."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from reconciler.local.store import Store

TIMES = {
    *("created", "modified", "CreationDate", "LastModifiedDate", "ClientSecretCreateDate", "Version", "pending"),
    *("CSSVersion",),
}
MADE_UP = {"ClientSecret", "ClientSecretValue"}
"""Values that the service makes up."""
ARN_END = re.compile(r"(:secret:.*)-[0-9A-Za-z]{6}$")
"""The end of a secret's ARN, which the service makes up."""
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
NAMES = ("TermsName", "PolicyName", "ClientName", "IdentityPoolName", "name")


def canonical(store: Store) -> Any:
    """Return the state with names for ids."""
    with store.lock:
        text = json.dumps([store.pools, store.account], sort_keys=True)
    pools, account = json.loads(text)
    for old, new in _names(pools, account):
        text = text.replace(old, new)
    return _clean(json.loads(text))


def _names(pools: dict[str, Any], account: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each id and what stands for it; objects of one name are numbered."""
    seen: dict[str, int] = {}

    def numbered(kind: str, name: str) -> str:
        seen[f"{kind}:{name}"] = seen.get(f"{kind}:{name}", 0) + 1
        count = seen[f"{kind}:{name}"]
        return f"<{kind} {name}{f' #{count}' if count > 1 else ''}>"

    for identifier, pool in pools.items():
        yield identifier, numbered("pool", pool["name"])
        for client_id, client in pool["clients"].items():
            yield client_id, numbered("client", client["ClientName"])
        for policy_id, policy in pool["cimd"].items():
            yield policy_id, numbered("policy", policy["PolicyName"])
    for identifier, pool in account["identity_pools"].items():
        yield identifier, numbered("identity pool", pool["IdentityPoolName"])


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {_label(k, v): "(made up)" if k in MADE_UP else _clean(v) for k, v in value.items() if k not in TIMES}
    if isinstance(value, list):
        return [_clean(v) for v in value]
    return ARN_END.sub(r"\1", UUID.sub("<uuid>", value)) if isinstance(value, str) else value


def _label(key: str, value: Any) -> str:
    if UUID.search(key) and isinstance(value, dict):
        return next((f"<{value[name]}>" for name in NAMES if name in value), UUID.sub("<uuid>", key))
    return UUID.sub("<uuid>", key)


def leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield path and value of every leaf; a list is one value, and so is an empty map."""
    if isinstance(tree, list) and not path:
        for part in tree:
            yield from leaves(part, ("",))
    elif isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, json.dumps(tree, sort_keys=True)


def doubled(tree: Any) -> list[str]:
    """Return the names that two objects have."""
    return sorted(set(re.findall(r"<[^<>]+ #\d+>", json.dumps(tree))))
