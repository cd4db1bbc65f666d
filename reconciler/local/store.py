"""The records of the embedded Cognito, and the file that keeps them between runs.

The records are plain JSON: one object per user pool with all its contents, and one for resources of the
account. They are the source of truth for configuration; moto's objects are copies of them. Plain JSON and no pickle: a
state directory may be untrusted, and reading it must not run code.

Every change is on disk before its answer is sent, so a process killed at any moment leaves either the state before or
the state after a call.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal

from botocore.exceptions import UnknownRegionError
from botocore.regions import EndpointResolver
from botocore.session import Session

from reconciler.errors import InvalidInput
from reconciler.local.refusal import not_found
from reconciler.local.state_file import StateFile

Record = dict[str, Any]
"""JSON-able."""

VERSION = 1
ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
ACCOUNT = os.environ.get("MOTO_ACCOUNT_ID", "123456789012")
"""The account of the embedded Cognito: that of moto, which a variable of the environment sets."""


class Store:
    """All records of one embedded Cognito. Use under `lock`."""

    def __init__(self, directory: Path | None, clock: Callable[[], float] = time.time) -> None:
        self.directory = directory
        self.lock = threading.RLock()
        self.pools: dict[str, Record] = {}
        """By user pool id; see `new_pool` for the shape."""
        self.account: Record = account_parts()
        """Records outside user pools."""
        self.unmeasured: Literal["reset", "kept"] = "reset"
        """The effect of an update on omitted members for which it was not measured (cognito.md 2.1)."""
        self.pending_describes = 0
        """Number of describes for which a new or changed domain or replica is CREATING, UPDATING or DELETING."""
        self.empty_pages = False
        """Whether lists sometimes return empty and short pages (cognito.md 1.1, app client)."""
        self.removed: list[str] = []
        """Ids of pools that were removed since the last save."""
        self.clock = clock
        """Returns the time in seconds as it is, which may be before that of the last change."""
        self._serial = 0
        self._last = 0.0
        self._texts: dict[str, str] = {}
        self._account_text = json.dumps(self.account)
        self._changed: set[str] = set()
        self._account_changed = False
        self._file = StateFile(directory)
        self._depth = 0

    def pool(self, pool_id: str, region: str) -> Record:
        """Return the record of a pool; in the Region of its replica, the replica's view of it, which is a copy.

        Raises:
            Refusal: ResourceNotFoundException, also for a pool of another Region.
        """
        pool = self.pools.get(pool_id)
        if pool is None or not (pool["region"] == region or is_replicated(pool, region)):
            not_found(f"User pool {pool_id} does not exist.")
        return pool if pool["region"] == region else as_replica(pool)

    def of_region(self, region: str) -> list[Record]:
        """Return the pools of a Region in order of creation."""
        return [p for p in self.pools.values() if p["region"] == region]

    def seen_in(self, region: str) -> list[Record]:
        """Return the pools of a Region, including those replicated to it."""
        return self.of_region(region) + [as_replica(p) for p in self.pools.values() if is_replicated(p, region)]

    @property
    def changed(self) -> list[Record]:
        """The pools that were changed since the last save."""
        return [self.pools[i] for i in self._changed if i in self.pools]

    def now(self) -> float:
        """Return the time in seconds; never the same twice, so every change updates LastModifiedDate."""
        self._last = max(round(self.clock(), 3), round(self._last + 0.001, 3))
        return self._last

    def new_id(self, length: int) -> str:
        """Return an id of lower-case letters and digits that this state has not used before."""
        self._serial += 1
        return _letters(f"poolctl-local-{self._serial}", length)

    def new_uuid(self) -> str:
        """Return a UUID of version 4 that this state has not used before."""
        self._serial += 1
        digest = hashlib.sha256(f"poolctl-local-uuid-{self._serial}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def touch(self, pool: Record) -> None:
        """Mark a record as changed, to save it."""
        self._changed.add(pool["id"])

    def touch_account(self) -> None:
        """Mark the records outside user pools as changed, to save them."""
        self._account_changed = True

    def add(self, pool: Record) -> None:
        """Add a new pool."""
        self.pools[pool["id"]] = pool
        self.touch(pool)

    def remove(self, pool: Record) -> None:
        """Remove a pool and everything in it."""
        del self.pools[pool["id"]]
        self.removed.append(pool["id"])
        self._changed.add(pool["id"])

    def open(self) -> None:
        """Make the directory, and read its content.

        Raises:
            InvalidInput: The file in it is not ours.
        """
        self._file.open()
        try:
            with self.turn():
                pass
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release the directory."""
        self._file.close()

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Keep other threads and processes out of the state, which is reloaded first if another process has changed it.

        Raises:
            InvalidInput: The file is not ours.
        """
        with self.lock:
            outermost, self._depth = self._depth == 0, self._depth + 1
            try:
                if outermost:
                    self._enter()
                yield
            finally:
                self._depth -= 1
                if outermost:
                    self._file.unlock()

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Let other threads and processes use the state for a while, in the middle of a turn.

        The caller has saved what it changed, and reads again what it needs.
        """
        depth, self._depth = self._depth, 0
        self._file.unlock()
        for _ in range(depth):
            self.lock.release()
        try:
            yield
        finally:
            for _ in range(depth):
                self.lock.acquire()
            self._depth = depth
            self._enter()

    def _enter(self) -> None:
        self._file.lock()
        text = self._file.news()
        if text is not None:
            self._load(text)

    def save(self) -> None:
        """Write the changes since the last call, if any."""
        self.removed.clear()
        if self.directory is None or not (self._changed or self._account_changed):
            self._changed.clear()
            return
        for pool_id in self._changed - self.pools.keys():
            self._texts.pop(pool_id, None)
        self._texts |= {pool["id"]: json.dumps(pool, separators=(",", ":")) for pool in self.changed}
        if self._account_changed:
            self._account_text = json.dumps(self.account, separators=(",", ":"))
        self._file.replace(self._pieces())
        self._changed.clear()
        self._account_changed = False

    def abandon(self) -> None:
        """Undo the changes since the last save. Without a directory they stay: nothing keeps what was before them."""
        if self.directory is not None:
            self.removed.clear()
            self._changed.clear()
            self._account_changed = False
            self._take(json.loads("".join(self._pieces())))

    def _pieces(self) -> Iterator[str]:
        """Yield the file, a pool at a time: a pool of 100,000 users has 65 MB."""
        yield f'{{"version":{VERSION},"serial":{self._serial},"last":{self._last},"pools":{{\n'
        for number, (pool_id, text) in enumerate(self._texts.items()):
            yield ",\n" if number else ""
            yield f"{json.dumps(pool_id)}:"
            yield text
        yield f'\n}},"account":{self._account_text}}}\n'

    def _load(self, text: str) -> None:
        try:
            self._take(json.loads(text))
        except (ValueError, KeyError, TypeError, AttributeError):
            # no chaining: a decoder's error quotes the text, which contains client secrets
            raise InvalidInput(
                f"{self._file.path} is not a state of this version of the embedded Cognito. Delete the directory to "
                "start anew."
            ) from None

    def _take(self, state: Any) -> None:
        if state["version"] != VERSION:
            raise ValueError(VERSION)
        self._serial, self._last = int(state["serial"]), float(state["last"])
        # a state of an earlier version lacks newer parts
        self.pools = {str(i): {**pool_parts(), **p} for i, p in state["pools"].items()}
        self.account = {**account_parts(), **state.get("account", {})}
        self._account_text = json.dumps(self.account, separators=(",", ":"))
        self._texts = {i: json.dumps(p, separators=(",", ":")) for i, p in self.pools.items()}


def _letters(seed: str, length: int) -> str:
    """Return lower-case letters and digits derived from a text."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest() * 2, "big")
    text = ""
    while len(text) < length:
        number, digit = divmod(number, len(ALPHABET))
        text += ALPHABET[digit]
    return text


def new_pool(pool_id: str, region: str, now: float) -> Record:
    """Return an empty record. `config` and `mfa` are filled by pools.py, the maps by the other modules."""
    return {
        "id": pool_id,
        "region": region,
        "arn": f"arn:{partition(region)}:cognito-idp:{region}:{ACCOUNT}:userpool/{pool_id}",
        "created": now,
        "modified": now,
        "config": {},
        "schema": [],
        "mfa": {"MfaConfiguration": "OFF"},
        **pool_parts(),
    }


def pool_parts() -> Record:
    """Return the empty parts of a new pool besides its settings. Each part belongs to one module."""
    return {
        "clients": {},
        "domains": {},
        "providers": {},
        "servers": {},
        "groups": {},
        "risk": {},
        "looks": {},
        "styles": {},
        "terms": {},
        "cimd": {},
        "logs": [],
        "sessions": {},
        "secrets": {},
        "replica": None,
        "recoveries": [],
        "import_jobs": [],
    }


def account_parts() -> Record:
    """Return the empty parts of a new account besides user pools."""
    return {
        "identity_pools": {},
        "limits": {},
        "web_acls": {},
        "roles": {},
        "function_policies": {},
        "log_groups": {},
        "log_policies": {},
        "parameters": {},
    }


REGIONAL = frozenset({"EmailConfiguration", "SmsConfiguration", "LambdaConfig", "UserPoolTags"})
"""The settings specific to a replica (cognito.md 2.14)."""


def is_replicated(pool: Record, region: str) -> bool:
    """Return whether a pool has a replica in a Region that is fully created."""
    replica = pool["replica"]
    return replica is not None and replica["region"] == region and replica["status"] != "CREATING"


def as_replica(pool: Record) -> Record:
    """Return a pool as seen in the Region of its replica: a copy; changes to it are lost."""
    replica = pool["replica"]
    shared = {k: v for k, v in pool["config"].items() if k not in REGIONAL}
    own = {k: replica[k] for k in ("region", "arn", "created", "modified")}
    return {**pool, **own, "config": {**shared, **replica["config"]}}


@cache
def _endpoints() -> EndpointResolver:
    resolver: EndpointResolver = Session().get_component("endpoint_resolver")
    return resolver


@cache
def partition(region: str) -> str:
    """Return the partition of a Region, as botocore itself resolves it."""
    try:
        return str(_endpoints().get_partition_for_region(region))
    except UnknownRegionError:
        return "aws"


@cache
def dns_suffix(region: str) -> str:
    """Return the DNS suffix of a Region's partition."""
    return str(_endpoints().get_partition_dns_suffix(partition(region)))


def hosts_user_pools(region: str) -> bool:
    """Return whether there are user pools in a Region."""
    return region in _endpoints().get_available_endpoints("cognito-idp", partition(region))
