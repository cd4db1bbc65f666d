"""`diff`: compares two manifests, environments or live pools. It runs on a cloud that cannot write."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from reconciler.commands import deliver
from reconciler.errors import ExitCode, flow
from reconciler.render import formats
from reconciler.terminal.console import Console
from reconciler.terminal.operands import LIVE, live_name
from reconciler.terminal.options import Options, add_outputs, is_plain
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from reconciler.cloud.port import Cloud
    from reconciler.export.compare import ComparedSide, Comparison
    from reconciler.manifests.manifest import Manifest
    from reconciler.planning.pipeline import ResolvedRefs
    from reconciler.runs.runtime import Runtime

    Operand = tuple[str, Sequence[Manifest]]
    """What the user wrote, and the manifests that it names; none for a live pool."""

HELP = """\
Compare two sides, A and B. Each is a manifest or a directory of manifests, one of them as an environment (PATH@ENV),
or a live pool (pool:ID, pool:NAME). A name is looked up in the Region of the other side, unless --region names one.
Without a live pool, AWS is not contacted. Exits with 2 when the sides differ and with 0 when they do not.

  poolctl diff pools/@staging pools/@prod
  poolctl diff old.yaml new.yaml
  poolctl diff pools/customers.yaml@prod pool:eu-west-1_AbCdEf123
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("paths", nargs="*", metavar="A B", help="PATH, PATH@ENV, pool:ID or pool:NAME; exactly two")
    add_outputs(parser, formats.names("diff"))


def run(options: Options, console: Console) -> int:
    """Compare, and print the result.

    Raises:
        InvalidInput: There are fewer or more than two operands.
    """
    from reconciler.export import compare
    from reconciler.render import redact
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs.runtime import running

    if len(options.paths) != 2:  # noqa: PLR2004
        raise invalid("diff compares two sides. Name exactly two: PATH, PATH@ENV, pool:ID or pool:NAME.")
    with running(options, console.environ) as runtime:
        one, other = ((o, _loaded(runtime, console, o)) for o in options.paths)
        some, others = (_side(runtime, console, *pair) for pair in ((one, other), (other, one)))
    found = compare.compare(some, others)
    deliver(options, console, formats.diff(redact.comparisons(found), RenderOptions(width=console.width)))
    return _exit(found)


def _exit(found: Sequence[Comparison]) -> ExitCode:
    if not all(c.same for c in found):
        return ExitCode.CHANGES
    return ExitCode.INCOMPLETE if any(c.gaps for c in found) else ExitCode.OK


def _side(runtime: Runtime, console: Console, operand: Operand, beside: Operand) -> list[ComparedSide]:
    text, manifests = operand
    if text.startswith(LIVE):
        return [_live(runtime, console, text, beside)]
    return _declared(runtime, text, manifests)


def _live(runtime: Runtime, console: Console, operand: str, beside: Operand) -> ComparedSide:
    from reconciler.export.compare import live
    from reconciler.runs import export_run

    pool = live_name(operand)
    console.status(f"Reading {pool}…")
    cloud = _where(runtime, operand, beside)
    read = export_run.read(cloud, export_run.one(cloud, pool), parallelism=runtime.options.parallelism)
    console.status("")
    return live(operand, read.found.document, read.found.name, read.live_state)


def _where(runtime: Runtime, operand: str, beside: Operand) -> Cloud:
    """Return the cloud to read a pool from: the Region of its id, or for a name the place of the other side.

    Raises:
        InvalidInput: The other side is in several Regions or accounts.
        Refused: The session is in another account than the other side.
    """
    from reconciler.errors import Refused
    from reconciler.runs.export_run import region_of

    pool, options = operand.removeprefix(LIVE), runtime.options
    if region_of(pool) or options.region:
        return runtime.reader_in(region_of(pool))
    text, manifests = beside
    meant = [m for m in manifests if m.name == pool] or manifests
    accounts, regions = ({getattr(m, what) for m in meant} - {""} for what in ("account", "region"))
    if max(len(accounts), len(regions)) > 1:
        several = ", ".join(sorted(accounts if len(accounts) > 1 else regions))
        raise invalid(f"{operand}: {text} is in several places ({several}). Name the pool by its id, or give --region.")
    cloud = runtime.reader_in(next(iter(regions), region_of(text.removeprefix(LIVE))))
    account = next(iter(accounts), "")
    if account and cloud.identity().account != account:
        raise Refused(
            f"{operand}: {text} is for account {account}, the session is in {cloud.identity().account}; nothing was "
            "read. Use credentials of that account, or name the pool by its id."
        )
    return cloud


def _loaded(runtime: Runtime, console: Console, operand: str) -> Sequence[Manifest]:
    from dataclasses import replace

    if operand.startswith(LIVE):
        return ()
    path, env = environment(operand)
    side = replace(runtime, options=runtime.options._replace(paths=(path,), env=env or runtime.options.env))
    return side.load(console.read).manifests


def _declared(runtime: Runtime, operand: str, manifests: Sequence[Manifest]) -> list[ComparedSide]:
    """Describe one side. Against a live pool, references are resolved first, so that values are compared."""
    from reconciler.export.compare import declared
    from reconciler.manifests.resolving import resolve

    if any(o.startswith(LIVE) for o in runtime.options.paths):
        if runtime.options.local:
            runtime.make_up_secrets(manifests)
        known = _identifiers(runtime, manifests)
        manifests = [resolve(m, runtime.reader(m), known.seen_from(m, own=True)) for m in manifests]
    return [declared(operand, m) for m in manifests]


def _identifiers(runtime: Runtime, manifests: Sequence[Manifest]) -> ResolvedRefs:
    """Return what the references between documents resolve to. Only a plan knows the ids of objects found by name."""
    from reconciler.manifests.links import ordered
    from reconciler.runs.stages import plan_one

    known = runtime.known
    known.about(manifests)
    for manifest in ordered(manifests) if any(m.links for m in manifests) else ():
        plan_one(runtime, manifest)
    return known


def environment(operand: str) -> tuple[str, str]:
    """Split `PATH@ENV`. A path that exists as it is written has no environment in it."""
    path, at, env = operand.rpartition("@")
    if not at or not path or os.path.exists(operand):  # noqa: PTH110 - pathlib costs milliseconds
        return operand, ""
    if not env or not is_plain(env):
        raise invalid(f"{operand}: there is no such file, and {flow(env)} is not the name of an environment.")
    return path, env
