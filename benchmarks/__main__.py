"""Prints what poolctl costs, beside an earlier build and its peers; docs/performance.md says what the rows mean.

    python -m benchmarks setup --against CHECKOUT     once, with a network: environments of both builds, and the peers
    python -m benchmarks --against CHECKOUT           measures; nothing leaves this machine
    python -m benchmarks --only plan-calls startup    some rows
    python -m benchmarks --quick                      small sizes, to see that everything runs
    python -m benchmarks profile --against CHECKOUT   which functions take the most time of both builds

The table is Markdown on standard output, progress goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import rows_calls, rows_growth, rows_quotas, rows_serving, rows_startup
from benchmarks.builds import ROOT, Build, Unmeasured
from benchmarks.context import Context
from benchmarks.peers import Peers
from benchmarks.profiles import profile
from benchmarks.table import Row, as_tree, cells, markdown

ROWS: Mapping[str, Callable[[Context], Iterable[Row]]] = {
    "plan-calls": rows_calls.plan_calls,
    "drift-calls": rows_calls.drift_calls,
    "100-pools": rows_quotas.plan_of_many,
    "drift-10": rows_quotas.drift_of_ten,
    "groups": rows_growth.groups,
    "groups-20-of-600": rows_quotas.changed_groups,
    "one-of-60": rows_calls.one_of_sixty,
    "clients-100": rows_quotas.new_clients,
    "new-20": rows_quotas.new_pools,
    "call-cpu": rows_growth.cpu_of_a_call,
    "validate": rows_startup.validate,
    "tenants": rows_startup.tenants,
    "startup": rows_startup.startup,
    "memory": rows_growth.memory,
    "json": rows_growth.rendering,
    "serve": rows_serving.serve,
}
"""Name for `--only` → what measures it, in the order of the table."""

ACTIONS = ("run", "setup", "profile")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure poolctl.")
    parser.add_argument("action", nargs="?", choices=ACTIONS, default="run", help="run: measure (the default)")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="a checkout of another build")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), metavar="ROW", help=", ".join(ROWS))
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that everything runs, and no more")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers too")
    work = Path(tempfile.gettempdir()) / "poolctl-benchmarks"
    parser.add_argument("--work", type=Path, default=work, metavar="DIR", help=f"where things are installed ({work})")
    options = parser.parse_args(words)
    if options.against and not (options.against / "reconciler").is_dir():
        parser.error(f"{options.against} is not a checkout of poolctl: it has no directory named reconciler.")
    return options


def builds(options: argparse.Namespace) -> tuple[Build, Build | None]:
    """Return this build and the other one."""
    work, against = options.work.resolve(), options.against
    this = Build("this build", ROOT, work / "this")
    return this, Build("other build", against.resolve(), work / "other") if against else None


def setup(options: argparse.Namespace) -> None:
    """Install both builds and the peers."""
    options.work.mkdir(parents=True, exist_ok=True)
    for build in filter(None, builds(options)):
        build.install()
    for failure in Peers(options.work.resolve() / "peers").setup():
        print(f"Not installed: {failure}", file=sys.stderr)


def machine(context: Context) -> str:
    """Return the line that says where this was measured, and of what."""
    load = "/".join(f"{n:.1f}" for n in os.getloadavg())
    found = [f"{build.name} {build.commit()}" for build in context.builds]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{', '.join(found)}; {cores} cores, Python {platform.python_version()}, load average {load}"


def measured(context: Context, names: Iterable[str]) -> Iterator[Row]:
    """Measure rows; those that were measured before the operator interrupts are kept."""
    try:
        for name in names:
            for row in ROWS[name](context):
                context.say(" | ".join(cells(row)))
                yield row
    except KeyboardInterrupt:
        context.say("interrupted: the rest is not measured")


def main() -> None:
    """Install, or measure and print."""
    options = arguments(sys.argv[1:])
    if options.action == "setup":
        return setup(options)
    this, other = builds(options)
    context = Context(this, other, Peers(options.work.resolve() / "peers"), options.quick)
    try:
        for build in context.builds:
            context.say(f"installing {build.name}")
            build.renew()
    except Unmeasured as why:
        sys.exit(f"{why}.")
    if options.action == "profile":
        print("\n".join(profile(context)), end="")
        return None
    before = machine(context)
    rows = list(measured(context, options.only or ROWS))
    print(f"Before: {before}.\nAfter: {machine(context)}.\n\n{markdown(rows)}", end="")
    if options.json:
        tree = {"before": before, "after": machine(context), "quick": options.quick, "rows": list(map(as_tree, rows))}
        options.json.write_text(json.dumps(tree, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
