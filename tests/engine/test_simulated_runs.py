"""How long whole runs take under Cognito's quotas, in virtual seconds, as a multiple of what the quotas allow.

The service counts in one of three ways, as its own is unknown; nothing may be throttled by any of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.model import Done, Event, Plan, Verified
from reconciler.runs import drift_run, stages
from reconciler.runs.apply_run import ApplyOutcome, apply_all
from reconciler.terminal.signals import Stop
from tests.cloud.simulated_service import MEASURES, SimulatedService, floor
from tests.engine.simulated_run import SimulatedRuntime, World, options, world

CLIENT = {"CallbackURLs": ["https://example.com"], "SupportedIdentityProviders": ["COGNITO"]}


CLIENTS = ("web", "app", "job")


def small(i: int, clients: tuple[str, ...] = CLIENTS) -> dict[str, Any]:
    servers = {k: {"Name": k} for k in ("orders", "items")}
    return {
        "version": 1,
        "user_pool": {"PoolName": f"pool{i}"},
        "resource_servers": servers,
        "clients": {k: {} for k in clients},
    }


def whole(i: int) -> dict[str, Any]:
    """A pool with something in most sections."""
    scopes = [{"ScopeName": "read", "ScopeDescription": "Read"}]
    return {
        **small(i),
        "mfa": {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
        "domains": {f"domain-{i}": {}},
        "resource_servers": {k: {"Name": k, "Scopes": scopes} for k in ("orders", "items")},
        "groups": {k: {} for k in "abcd"},
        "clients": dict.fromkeys(CLIENTS, CLIENT),
    }


def written(folder: Path, trees: list[dict[str, Any]]) -> list[str]:
    files = [folder / f"{i:03}.yaml" for i in range(len(trees))]
    for file, tree in zip(files, trees, strict=True):
        file.write_text(yaml.safe_dump(tree, sort_keys=False))
    return [str(f) for f in files]


def is_write(operation: str) -> bool:
    return not operation.startswith(("List", "Get", "Describe"))


def span(service: SimulatedService) -> float:
    """The seconds from the first write to the last one."""
    found = [t for t, operation, _ in service.times if is_write(operation)]
    return found[-1] - found[0]


@pytest.fixture(params=MEASURES)
def here(request) -> Iterator[World]:
    with world(request.param) as found:
        yield found


def made(here: World, number: int, clients: tuple[str, ...] = CLIENTS) -> None:
    """Make small pools that are live."""
    idp = here.local.client("cognito-idp", "eu-west-1")
    for i in range(number):
        pool = idp.create_user_pool(PoolName=f"pool{i}")["UserPool"]["Id"]
        for name in ("orders", "items"):
            idp.create_resource_server(UserPoolId=pool, Identifier=name, Name=name)
        for name in clients:
            idp.create_user_pool_client(UserPoolId=pool, ClientName=name)


def plan(here: World, runtime: SimulatedRuntime) -> tuple[Any, list[Plan]]:
    manifests = stages.load(runtime, here.console)
    return manifests, stages.plan_all(runtime, here.console, manifests)


def apply(here: World, runtime: SimulatedRuntime) -> ApplyOutcome:
    manifests, plans = plan(here, runtime)
    return apply_all(runtime, here.console, manifests, plans, stop=Stop())


@pytest.mark.parametrize("here", ["any second"], indirect=True)
def test_a_plan_of_a_hundred_pools_takes_as_long_as_the_quotas_ask_for(here, tmp_path):
    clients = (*CLIENTS, "site", "tool")
    made(here, 100, clients)
    files = written(tmp_path, [small(i, clients) for i in range(100)])
    service, seconds, (_, plans) = here.run(options("plan", files), lambda r: plan(here, r))
    assert not any(p.gaps or p.refusals for p in plans)
    assert service.throttled == 0
    assert seconds <= 1.08 * service.floor


def test_a_drift_run_takes_as_long_as_half_of_the_quotas_asks_for(here, tmp_path):
    made(here, 10)
    files = written(tmp_path, [small(i) for i in range(10)])

    def drift(runtime: SimulatedRuntime) -> Any:
        earlier = drift_run.Earlier(frozenset(), frozenset())
        return drift_run.drift_all(runtime, here.console, stages.load(runtime, here.console), earlier)

    service, seconds, drifts = here.run(options("drift", files), drift)
    assert not any(d.gaps for d in drifts)
    assert service.throttled == 0
    assert seconds <= 1.25 * service.floor / 0.5
    assert seconds >= service.floor / 0.5  # it takes no more than its half


def test_twenty_new_pools_are_made_side_by_side(here, tmp_path):
    files = written(tmp_path, [whole(i) for i in range(20)])
    service, _, outcome = here.run(options("apply", files), lambda r: apply(here, r))
    assert outcome.exit_code == 0
    assert service.throttled == 0
    assert span(service) <= 1.2 * floor(service.sent, only=is_write)
    assert in_order(outcome.events, 20)


def test_one_after_the_other_takes_longer_and_tells_the_same(here, tmp_path):
    files = written(tmp_path, [whole(i) for i in range(4)])
    serial, _, outcome = here.run(options("apply", files, parallelism=1), lambda r: apply(here, r))
    assert in_order(outcome.events, 4)
    writes = [pool for _, operation, pool in serial.times if is_write(operation) and pool]
    assert len([a for a, b in itertools.pairwise(writes) if a != b]) == 3  # each pool in one go


def in_order(events: tuple[Event, ...], number: int) -> bool:
    """Whether the events are those of pool after pool, and each pool is proven."""
    names = [e.change.address.pool for e in events if isinstance(e, Done)]
    assert sum(isinstance(e, Verified) for e in events) == number
    return [*dict.fromkeys(names)] == [f"pool{i}" for i in range(number)] and names == sorted(
        names, key=lambda n: int(n.removeprefix("pool"))
    )


def test_a_hundred_clients_are_written_as_fast_as_one_pool_takes_them(here, tmp_path):
    tree = {"version": 1, "user_pool": {"PoolName": "big"}, "clients": {f"c{i}": {} for i in range(100)}}
    files = written(tmp_path, [tree])
    service, _, outcome = here.run(options("apply", files), lambda r: apply(here, r))
    assert outcome.exit_code == 0
    assert service.throttled == 0
    clients = [t for t, operation, _ in service.times if operation == "CreateUserPoolClient"]
    assert clients[-1] - clients[0] <= 1.1 * 100 / 5


def test_writes_to_one_pool_come_one_after_the_other(here, tmp_path):
    """While pools are side by side, no pool has two writes in flight: each takes the latency of a call at least."""
    files = written(tmp_path, [whole(i) for i in range(6)])
    service, _, _ = here.run(options("apply", files), lambda r: apply(here, r))
    by_pool: dict[str, list[float]] = {}
    for at, operation, pool in service.times:
        if is_write(operation) and pool:
            by_pool.setdefault(pool, []).append(at)
    assert len(by_pool) == 6
    for found in by_pool.values():
        assert all(later - earlier > 0.099 for earlier, later in itertools.pairwise(found))
