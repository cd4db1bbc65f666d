"""`diff`: compares two manifests, environments or live pools. It runs on a cloud that cannot write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.console import Console
from reconciler.options import Options, add_outputs, is_plain
from reconciler.settings import invalid

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from reconciler.compare import Comparison, Described
    from reconciler.runtime import Runtime

HELP = """\
Compare two sides, A and B. Each is a manifest or a directory of manifests, one of them as an environment (PATH@ENV),
or a live pool (pool:ID, pool:NAME). Without a live pool, AWS is not contacted. Ends with 2 when the sides differ and
with 0 when they do not.

  poolctl diff pools/@staging pools/@prod
  poolctl diff old.yaml new.yaml
  poolctl diff pools/customers.yaml@prod pool:eu-west-1_AbCdEf123
"""

LIVE = "pool:"
"""What begins an operand that names a live pool."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("paths", nargs="*", metavar="A|B", help="PATH, PATH@ENV, pool:ID or pool:NAME; exactly two")
    add_outputs(parser, ("human", "json"))


def run(options: Options, console: Console) -> int:
    """Compare, and show what was found.

    Raises:
        InvalidInput: There are not two operands.
    """
    from reconciler import compare
    from reconciler.render import differences
    from reconciler.runtime import running

    if len(options.paths) != 2:  # noqa: PLR2004
        raise invalid("diff compares two sides; name exactly two: PATH, PATH@ENV, pool:ID or pool:NAME.")
    with running(options, console.environ) as runtime:
        some, others = (_side(runtime, console, operand) for operand in options.paths)
    found = compare.compare(some, others)
    renderers = {
        "human": lambda color: differences.human(found, color=color, width=console.width),
        "json": lambda _: differences.machine(found),
    }
    deliver(options, console, renderers)
    return _exit(found)


def _exit(found: Sequence[Comparison]) -> int:
    if not all(c.same for c in found):
        return 2
    return 7 if any(c.gaps for c in found) else 0


def _side(runtime: Runtime, console: Console, operand: str) -> list[Described]:
    if operand.startswith(LIVE):
        return [_live(runtime, console, operand)]
    return _declared(runtime, console, operand)


def _live(runtime: Runtime, console: Console, operand: str) -> Described:
    from reconciler import exporting
    from reconciler.compare import live

    pool = operand.removeprefix(LIVE)
    if not pool:
        raise invalid("pool: needs the id or the name of a pool behind it.")
    console.status(f"Reading {pool}…")
    cloud = runtime.reader_in(exporting.region_of(pool))
    read = exporting.read(cloud, exporting.one(cloud, pool), parallelism=runtime.options.parallelism)
    console.status("")
    return live(operand, read.found.document, read.found.name, read.world)


def _declared(runtime: Runtime, console: Console, operand: str) -> list[Described]:
    """Load one side; beside a live pool, what AWS knows is put in, so that values are compared and not references."""
    from dataclasses import replace

    from reconciler.compare import declared
    from reconciler.desired import resolve

    options = runtime.options
    path, env = environment(operand)
    side = replace(runtime, options=options._replace(paths=(path,), env=env or options.env))
    loaded = side.load(console.stdin.read)
    manifests = loaded.manifests
    if any(o.startswith(LIVE) for o in options.paths):
        if options.local:
            runtime.make_up_secrets(manifests)
        manifests = tuple(resolve(m, runtime.reader(m)) for m in manifests)
    return [declared(operand, m) for m in manifests]


def environment(operand: str) -> tuple[str, str]:
    """Split `PATH@ENV`. A path that exists as it is written has no environment in it."""
    path, at, env = operand.rpartition("@")
    if not at or not path or os.path.exists(operand):  # noqa: PTH110 - pathlib costs milliseconds
        return operand, ""
    if not env or not is_plain(env):
        raise invalid(f"{operand}: there is no such file, and {env!r} is not the name of an environment.")
    return path, env
