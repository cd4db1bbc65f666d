"""Measures what one pool with many groups costs: seconds of CPU, and how they grow.

    python benchmarks/many_objects.py [--groups 300 1000 3000 10000] [--cases CASE ...] [--repeats N] [--profile]

No call leaves this process and nothing waits, so this is the work of poolctl alone, without that of botocore and of
the renderers. Beside the seconds of each size is their ratio to the smallest. Ratios and exponents compare across
machines; seconds do not. The exponent is the slope of log time over log n: 1 is linear, 2 is quadratic.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import json
import math
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.rows_growth import exponent
from reconciler.applying.applier import Applying
from reconciler.cloud.port import Identity
from reconciler.drift.findings import Criteria
from reconciler.errors import NotFound
from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.variables import variables
from reconciler.model import Done, Tree
from reconciler.planning.pipeline import planned
from reconciler.runs.drift_run import compared

POOL = "eu-west-1_Measured1"
ARN = f"arn:aws:cognito-idp:eu-west-1:123456789012:userpool/{POOL}"
IDENTITY = Identity("123456789012", "eu-west-1")
SIZES = (300, 1000, 3000, 10_000)
PAGE = 60
CHANGED = 50
"""One object in so many is live with another description or another validity of tokens than declared."""
REPEATS = 3
"""Runs of each case; the least counts, as everything else that the machine does only adds to it."""


class OnePool:
    """A cloud in memory with one pool that has groups and clients, or none yet; settings are as in a new pool."""

    def __init__(self, groups: int, clients: int = 0, *, exists: bool = True) -> None:
        self._pool = {"Id": POOL, "Name": "measured", "Arn": ARN, "MfaConfiguration": "OFF", "UserPoolTier": "LITE"}
        self._exists = exists
        self._groups = {name: {**tree, "GroupName": name} for name, tree in many_groups(groups).items()}
        self._clients = {
            f"id{name}": {**tree, "ClientName": name, "ClientId": f"id{name}", "UserPoolId": POOL}
            for name, tree in many_clients(clients).items()
        }
        self._answers: dict[str, Callable[[Mapping[str, Any]], Tree]] = {
            "ListUserPools": self._pools,
            "DescribeUserPool": self._describe_pool,
            "ListGroups": self._list_groups,
            "GetGroup": self._get_group,
            "UpdateGroup": self._update_group,
            "CreateGroup": self._create_group,
            "ListUserPoolClients": self._list_clients,
            "DescribeUserPoolClient": self._describe_client,
        }
        for name in list(self._groups)[::CHANGED]:
            self._groups[name]["Description"] = "by hand"
        for name in list(self._clients)[::CHANGED]:
            self._clients[name]["RefreshTokenValidity"] = 9

    def identity(self) -> Identity:
        """Return where it is."""
        return IDENTITY

    def at(self, _region: str) -> OnePool:
        """Return the same one: it has one Region."""
        return self

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        """Answer one call; a setting that is asked for was never made."""
        if operation in self._answers:
            return self._answers[operation](params)
        if operation in UNSET:
            return {UNSET[operation]: {}}
        if "ByClient" in operation:
            raise NotFound(f"{service}:{operation}", "ResourceNotFoundException", "There is none.")
        return {}

    def _pools(self, _params: Mapping[str, Any]) -> Tree:
        return {"UserPools": [self._pool] if self._exists else []}

    def _describe_pool(self, _params: Mapping[str, Any]) -> Tree:
        return {"UserPool": self._pool}

    def _list_groups(self, params: Mapping[str, Any]) -> Tree:
        return _page("Groups", list(self._groups), self._groups, params)

    def _get_group(self, params: Mapping[str, Any]) -> Tree:
        return {"Group": dict(self._groups[params["GroupName"]])}

    def _update_group(self, params: Mapping[str, Any]) -> Tree:
        self._groups[params["GroupName"]] |= {k: v for k, v in params.items() if k != "UserPoolId"}
        return {"Group": self._groups[params["GroupName"]]}

    def _create_group(self, params: Mapping[str, Any]) -> Tree:
        self._groups[params["GroupName"]] = {k: v for k, v in params.items() if k != "UserPoolId"}
        return {"Group": self._groups[params["GroupName"]]}

    def _list_clients(self, params: Mapping[str, Any]) -> Tree:
        return _page("UserPoolClients", list(self._clients), self._clients, params)

    def _describe_client(self, params: Mapping[str, Any]) -> Tree:
        return {"UserPoolClient": dict(self._clients[params["ClientId"]])}


UNSET = {
    "DescribeRiskConfiguration": "RiskConfiguration",
    "GetUICustomization": "UICustomization",
    "GetLogDeliveryConfiguration": "LogDeliveryConfiguration",
    "ListTerms": "Terms",
}
"""Operations whose answer has a member even if nothing was set; a list is as empty as a structure."""


def _page(name: str, keys: list[str], items: Mapping[str, Tree], params: Mapping[str, Any]) -> Tree:
    begin = int(params.get("NextToken", 0))
    more = {"NextToken": str(begin + PAGE)} if begin + PAGE < len(keys) else {}
    return {name: [dict(items[key]) for key in keys[begin : begin + PAGE]], **more}


def many_groups(count: int) -> dict[str, Tree]:
    """Return declared groups by name."""
    return {f"group-{n:05}": {"Description": f"Members of department {n}", "Precedence": n} for n in range(count)}


def many_clients(count: int) -> dict[str, Tree]:
    """Return declared clients by name."""
    flows = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    return {f"app-{n:05}": {"ExplicitAuthFlows": flows, "RefreshTokenValidity": 30} for n in range(count)}


def read(groups: int, clients: int, directory: Path) -> Manifest:
    """Write the manifest of a pool, and load it."""
    tree: Tree = {"version": 1, "user_pool": {"PoolName": "measured"}, "groups": many_groups(groups)}
    file = directory / f"{groups}-{clients}.json"
    file.write_text(json.dumps({**tree, **({"clients": many_clients(clients)} if clients else {})}), encoding="utf-8")
    return load([str(file)], variables=variables([], []), environ={}, stdin=str).manifests[0]


# --- what is measured ----------------------------------------------------------------------------------------------


def plan_new(manifest: Manifest, groups: int) -> None:
    """Plan a pool that does not exist."""
    _expect(len(planned(manifest, OnePool(0, exists=False)).pending), groups + 1)


def plan_live(manifest: Manifest, groups: int) -> None:
    """Plan a pool that is live."""
    _expect(len(planned(manifest, OnePool(groups)).pending), math.ceil(groups / CHANGED))


def drift(manifest: Manifest, groups: int) -> None:
    """Compare a pool that is live; its tier is a finding too."""
    _expect(len(compared(manifest, OnePool(groups), Criteria()).drift.findings), math.ceil(groups / CHANGED) + 1)


def apply_new(manifest: Manifest, groups: int) -> None:
    """Apply the creation of all groups of a pool that is live."""
    cloud = OnePool(0)
    plan = planned(manifest, cloud)
    events = Applying(
        plan, cloud, lambda: planned(manifest, cloud), clock=lambda: 0.0, sleep=lambda _: None, stop=lambda: False
    ).events()
    _expect(sum(isinstance(event, Done) for event in events), groups)


def plan_clients(manifest: Manifest, groups: int) -> None:
    """Plan a live pool that has a client for each ten groups."""
    clients = groups // 10
    found = len(planned(manifest, OnePool(groups, clients)).pending)
    _expect(found, math.ceil(groups / CHANGED) + math.ceil(clients / CHANGED))


def _expect(found: int, wanted: int) -> None:
    if found != wanted:
        sys.exit(f"This measures nothing: {found} results instead of {wanted}.")


CASES: Mapping[str, tuple[Callable[[Manifest, int], None], int]] = {
    "plan, new pool": (plan_new, 0),
    "plan, live pool": (plan_live, 0),
    "plan, with clients": (plan_clients, 1),
    "drift": (drift, 0),
    "apply, new groups": (apply_new, 0),
}
"""What is measured: name → function, and whether the manifest has a client for each ten groups."""


def seconds(case: str, groups: int, directory: Path, repeats: int) -> float:
    """Return the least CPU time of some runs of a case."""
    work, clients = CASES[case]
    manifest = read(groups, clients * groups // 10, directory)
    least = math.inf
    for _ in range(repeats):
        gc.collect()
        begin = time.process_time()
        work(manifest, groups)
        least = min(least, time.process_time() - begin)
    return least


def profile(case: str, groups: int, directory: Path) -> None:
    """Print the functions that take the most time of a case by themselves."""
    work, clients = CASES[case]
    manifest = read(groups, clients * groups // 10, directory)
    found = cProfile.Profile()
    found.runcall(work, manifest, groups)
    pstats.Stats(found).sort_stats("tottime").print_stats(10)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description="Measure how the CPU time of poolctl grows with the objects of a pool."
    )
    parser.add_argument("--groups", type=int, nargs="+", default=SIZES, metavar="N", help="sizes (300 1000 3000 10000)")
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=CASES, metavar="CASE", help="; ".join(CASES))
    parser.add_argument("--repeats", type=int, default=REPEATS, metavar="N", help=f"runs of each ({REPEATS})")
    parser.add_argument("--profile", action="store_true", help="print the top of the profile at the largest size")
    options = parser.parse_args()
    sizes = sorted(set(options.groups))
    print(f"{'CPU seconds':<20}" + "".join(f"{n:>9} {'':>7}" for n in sizes) + f"{'exponent':>10}")
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        for case in options.cases:
            seconds(case, 10, directory, 1)  # imports what is imported on demand
            times = [seconds(case, n, directory, max(1, options.repeats)) for n in sizes]
            row = "".join(f"{t:9.2f} {t / times[0]:6.1f}x" for t in times)
            print(f"{case:<20}{row}" + (f"{exponent(sizes, times):10.2f}" if len(sizes) > 1 else ""), flush=True)
            if options.profile:
                profile(case, sizes[-1], directory)


if __name__ == "__main__":
    main()
