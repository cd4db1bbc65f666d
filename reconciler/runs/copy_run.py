"""A copy of a pool in another Region or account: its portable export, the variables of the goal, and what stops it.

The plan itself is that of any manifest. What is special comes before it: a person has to say what AWS has named in the
source, and nothing at the goal may be taken for the copy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.cloud.port import Identity
from reconciler.errors import InvalidInput, Refused, flow
from reconciler.export.exporter import Exported, Style
from reconciler.export.moved_variables import MovedVariables, lines, moved
from reconciler.export.placed_variables import text_of
from reconciler.export.portable_export import home, places
from reconciler.kinds import KINDS
from reconciler.runs import export_run, pool_operand, portable_run
from reconciler.runs.export_run import ExportOutcome, Found, Read
from reconciler.runs.runtime import Runtime, running
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from schemas.documents import DOCUMENTS

COPIED = (
    "The variables of {} for a copy. What names the source is marked below: give it the values of the",
    "goal. The file holds no secret.",
)
"""The head of the file of variables of a copy."""


@dataclass(frozen=True, slots=True)
class CopySource:
    """The pool to copy."""

    read: Read
    """What is live of it."""
    identity: Identity
    """Its account and Region."""


def source_of(runtime: Runtime, console: Console) -> CopySource:
    """Read the pool that the command line names.

    Raises:
        PoolctlError: It cannot be found or read.
    """
    options = runtime.options
    found = pool_operand.the_one(runtime, console, options.operand, tuple(DOCUMENTS))
    console.status(f"Reading {found.found.name or found.found.id}…")
    read = found.read(parallelism=options.parallelism)
    console.status("")
    if read.live_state.gaps:
        raise Refused(_unread(read))
    return CopySource(read, found.cloud.identity())


def _unread(read: Read) -> str:
    from reconciler.render.unread import unread

    gaps = "\n".join(f"  {unread(gap)}" for gap in read.live_state.gaps)
    return f"Part of {read.found.name} could not be read, and a copy of the rest is none; nothing was written:\n{gaps}"


def goal_options(options: Options) -> Options:
    """Return the options with which the goal is read and written."""
    region, profile = options.moving.goal
    here = options._replace(region=region)
    return here._replace(profile=profile, role_arn="") if profile else here


def check_goal(options: Options, console: Console, source: CopySource) -> Identity:
    """Return account and Region of the goal, which must be free for the pool.

    Raises:
        InvalidInput: Cognito does not exist there.
        Refused: A replica is there, or a pool of the name.
    """
    from reconciler.kinds import availability, root_of

    there, found = goal_options(options), source.read.found
    if availability.lacks(root_of(found.document), there.region):
        raise InvalidInput(f"--to: {' '.join(availability.sentences(root_of(found.document), there.region))}")
    with running(there, console.environ) as runtime:
        cloud = runtime.reader_in(there.region)
        identity = cloud.identity()
        _refuse_replica(source, identity)
        same = [p for p in export_run.every(cloud, (found.document,)) if p.name == found.name]
    if same:
        raise Refused(_namesakes(same, found, identity))
    return identity


def _refuse_replica(source: CopySource, goal: Identity) -> None:
    """A replica is the same pool in another Region, with one id; a copy beside it would share nothing with it."""
    held = {o.address.name for o in source.read.live_state.objects if KINDS[o.address.section].regional_read}
    if goal.account == source.identity.account and goal.region in held - {source.identity.region}:
        raise Refused(
            f"{source.read.found.name} has a replica in {goal.region}; nothing was written. A replica has the users, "
            "ids and clients of its pool, and a copy has none of them. Copy to another Region."
        )


def _namesakes(same: Sequence[Found], found: Found, goal: Identity) -> str:
    ids = ", ".join(p.id for p in same)
    place = f"account {goal.account}, {goal.region}"
    return (
        f"{place} already has a {found.document} with the name {flow(found.name)}: {ids}; nothing was written. Names "
        "are no identities: to give it the settings of the source, export the source with --portable, and apply the "
        "manifest with that id."
    )


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy that can be planned."""

    outcome: ExportOutcome
    """The files that were written."""
    variables: MovedVariables
    """Its variables at the goal."""


def write(source: CopySource, goal: Identity, options: Options, given: Mapping[str, Any], directory: Path) -> Copied:
    """Write the manifest of the copy, and its variables.

    Args:
        source: The pool.
        goal: Account and Region of the copy.
        options: The command line.
        given: Variables of `--var` and `--var-file`.
        directory: Where to write.

    Raises:
        Refused: A file exists.
        PoolctlError: The export could not be verified.
    """
    found: list[MovedVariables] = []

    def make(aside: Path) -> ExportOutcome:
        style = Style(options.mode, beside=True, portable=True)
        outcome = portable_run.export_all([source.read], [], source.identity, style, aside)
        for failure in outcome.failures:
            raise failure.error
        exported = outcome.results[0].exported
        found.append(moved(exported.variables, home(source.identity), places(goal), given))
        (aside / outcome.beside[0]).write_text(_text(exported, found[0], given), encoding="utf-8")
        return outcome

    outcome = export_run.save(make, directory, force=options.force)
    return Copied(outcome, found[0])


def _text(exported: Exported, variables: MovedVariables, given: Mapping[str, Any]) -> str:
    unknown = {v.name for v in variables.missing}
    every = [
        replace(
            v,
            value=str(given.get(v.name, v.value)),
            why=f"The goal needs its own. {v.why}" if v.name in unknown else v.why,
        )
        for v in variables.every
    ]
    return text_of(every, f"{exported.slug}.yaml", COPIED)


def require_values(copied: Copied, *, kept: bool) -> None:
    """Require a value for each variable that cannot have that of the source.

    Args:
        copied: The copy.
        kept: Whether the files stay.

    Raises:
        Refused: Some have none; the message lists them all.
    """
    missing = copied.variables.missing
    if not missing:
        return
    advice = "Give each with --var NAME=VALUE, or all with --var-file FILE. To keep a value, give it too."
    if kept:
        manifest, variables = files(copied)
        advice += f"\nOr change them in {variables}, then: poolctl plan --var-file {variables} {manifest}"
    raise Refused(
        "The goal needs values of its own for these variables, which name the source; nothing was written to AWS:\n"
        + "\n".join(lines(missing))
        + f"\n{advice}"
    )


def files(copied: Copied) -> tuple[str, str]:
    """Return the manifest and the file of variables of a copy."""
    paths, slug = copied.outcome.paths, copied.outcome.results[0].exported.slug
    manifest = next(str(p) for p in paths if p.name == f"{slug}.yaml")
    return manifest, next(str(p) for p in paths if p.name in copied.outcome.beside)


def planned_options(options: Options, copied: Copied) -> Options:
    """Return the options with which the copy is planned or applied."""
    manifest, variables = files(copied)
    command = "apply" if options.moving.execute else "plan"
    there = goal_options(options)
    place = (f"{v.name}={v.value}" for v in copied.variables.every if v.sort == "place")
    return there._replace(
        command=command,
        paths=(manifest,),
        var_files=(variables, *options.var_files),
        vars=(*options.vars, *place),  # where the copy is made is what --to says, whatever a file of variables says
        env="",
        to="",
    )
