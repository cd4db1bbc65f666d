"""`apply`: plans, asks, writes, and verifies that no difference is left."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from reconciler.commands import add_choices, add_gates, add_notes, add_shard, deliver
from reconciler.errors import ExitCode, PoolctlError, flow, worst
from reconciler.render import formats
from reconciler.terminal import outputs
from reconciler.terminal.console import Console
from reconciler.terminal.files import save
from reconciler.terminal.options import STDOUT, Options, add_outputs
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from reconciler.applications.web_checks import WebCheck
    from reconciler.manifests.manifest import Manifest
    from reconciler.model import Plan
    from reconciler.render.jsonl import Stream
    from reconciler.render.shown import ShownConnections
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs.apply_run import ApplyOutcome
    from reconciler.runs.planfile import Saved
    from reconciler.runs.runtime import Runtime
    from reconciler.terminal.signals import Stop

LIVE = formats.streaming()
"""The formats that are written as events happen."""

HELP = """\
Change user pools to match the manifests. Plans first, then asks for 'yes' with the names of pool and account; --yes
applies without asking. After the last write, everything is planned again to verify that no difference is left.

  poolctl apply pools/
  poolctl apply --yes --target clients/web pools/customers.yaml
  poolctl apply plan.poolctl.json                 apply exactly the reviewed plan, or exit with 5
  poolctl apply --expect sha256:4b1d… pools/      the same, by digest
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--yes", action="store_true", default=None, help="apply without asking")
    text = "apply, without asking, only if the plan has this digest"
    parser.add_argument("--expect", metavar="DIGEST", type=_digest, default=None, help=text)
    text = "before the first write, write a manifest that restores what changes"
    parser.add_argument("--rollback-file", metavar="FILE", default=None, help=text)
    text = "write to a pool even while a point-in-time recovery of its users has paused writes"
    parser.add_argument("--during-recovery", action="store_true", default=None, help=text)
    text = "afterwards, read the discovery document, the keys and each client's sign-in page, and compare them"
    parser.add_argument("--check", action="store_true", default=None, help=text)
    add_shard(parser)
    add_choices(parser)
    add_gates(parser)
    add_notes(parser)
    add_outputs(parser, formats.names("apply"))


def run(options: Options, console: Console) -> int:
    """Plan, ask, write and verify.

    Raises:
        Stale: The plan is not the one that was reviewed.
        InvalidInput: The plan file is invalid, the rollback file already exists, or `--non-interactive` was given
            without `--yes`; AWS was not contacted. Or the question cannot be asked, as input is not a terminal.
    """
    from reconciler.render import redact
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import apply_run, gating, outputs_applied, outputs_planned, stages, web_check
    from reconciler.runs.runtime import running
    from reconciler.terminal.signals import Graceful

    options, reviewed = _reviewed(options)
    if options.non_interactive and not options.yes:
        console.require_answers()
    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        plans = stages.plan_all(runtime, console, manifests)
        plans = outputs_planned.planned(runtime, console, manifests, plans)
        _require(options, console, plans, reviewed)
        gate = gating.of_plans(plans, options, runtime.today)
        gating.require(console, gate)
        if not apply_run.confirm(plans, options, console):
            return ExitCode.ERROR
        if options.rollback_file:
            _keep(options, runtime, manifests, plans, console)
        with _live(options, console) as stream, Graceful(console.err) as stop:
            stream.begin(redact.plans(plans))
            watch = apply_run.watcher(console, lambda event: stream.event(redact.event(event)))
            outcome = apply_run.apply_all(runtime, console, manifests, plans, stop=stop, watch=watch)
            outcome = outputs_applied.written(runtime, console, manifests, outcome, stop=stop, watch=watch)
            found, checks = _afterwards(options, console, outcome, stop)
            style = RenderOptions(locate=formats.repository(console.environ), max_bytes=options.max_bytes, gate=gate)
            texts = partial(_texts, outcome, found, checks, style)
            delivered = _report(options, console, outcome, stream, texts)
    checked = web_check.exit_code(checks, wrote=outcome.wrote)
    return worst([outcome.exit_code, delivered, stop.exit_code, checked])


def _require(options: Options, console: Console, plans: Sequence[Plan], reviewed: Saved | None) -> None:
    """Show the plans, and go on only if they are those that were reviewed and can be applied.

    Raises:
        Stale: They are not those that were reviewed.
        Refused: A rule refuses one, or the service has paused writes.
        Incomplete: Something could not be read.
    """
    from reconciler.render import redact
    from reconciler.render.subjects import RenderOptions
    from reconciler.runs import stages

    if reviewed:
        stages.require_reviewed(options, plans, reviewed)
    if ("human", "") in options.outputs:
        shown = formats.plan(redact.plans(plans), RenderOptions(width=console.width, notes=options.notes))
        console.out(shown["human"](console.color))
    if options.expect and not reviewed:
        stages.require_reviewed(options, plans, reviewed)
    stages.require_applicable(plans)
    stages.require_motion(options, plans)


def _afterwards(
    options: Options, console: Console, outcome: ApplyOutcome, stop: Stop
) -> tuple[Sequence[ShownConnections], Sequence[WebCheck]]:
    """Return ids and addresses, and what the web says of them. Neither an error nor a signal loses the report."""
    from reconciler.errors import expected_errors
    from reconciler.render import connections
    from reconciler.runs import web_check
    from reconciler.terminal.signals import Interrupted

    found: Sequence[ShownConnections] = ()
    try:
        with expected_errors():
            found = [connections.of_plan(plan) for plan in outcome.after]
            if options.check:
                with stop.while_reading():
                    return found, web_check.checked(options, console, found, outcome, web_check.get)
    except PoolctlError as error:
        console.err(f"Warning: ids and addresses are missing or unchecked: {error}")
    except Interrupted:  # the exit code is that of the signal
        console.err("Warning: the pools were not checked.")
    return found, ()


def _texts(
    outcome: ApplyOutcome, found: Sequence[ShownConnections], checks: Sequence[WebCheck], style: RenderOptions
) -> formats.Written:
    """Return what writes the result in each format."""
    from reconciler.render import connections

    return formats.apply(connections.applied(outcome, found, checks), style)


def _report(
    options: Options, console: Console, outcome: ApplyOutcome, stream: Stream, texts: Callable[[], formats.Written]
) -> ExitCode:
    """Write the result in every format; one that fails leaves the others. Return 6 if one fails after a write.

    A signal does not stop it: the pools are changed, and the operator needs the result.
    """
    from reconciler.errors import expected_errors
    from reconciler.render import redact

    code = ExitCode.OK
    for output in options.outputs:
        try:
            with expected_errors():
                if output[0] in LIVE:
                    stream.end(redact.applied(outcome))
                else:
                    one = options._replace(outputs=(output,))
                    deliver(one, console, texts())
        except PoolctlError as error:
            console.err(f"Error: the result as {output[0]} is missing or incomplete: {error}")
            code = worst([code, ExitCode.PARTIAL if outcome.wrote else error.exit_code])
    return code


@contextmanager
def _live(options: Options, console: Console) -> Iterator[Stream]:
    """Yield the stream that writes events to the destination of `-o jsonl`, or nowhere.

    A full disk does not stop an apply: the rest of the stream is lost, with a warning.

    Raises:
        PoolctlError: The file cannot be opened. Nothing was written to any pool.
    """
    from datetime import UTC, datetime

    from reconciler.render.jsonl import Stream
    from reconciler.terminal.files import Growing

    def now() -> str:
        return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    places = [file for form, file in options.outputs if form in LIVE]
    if not places:
        yield Stream(lambda _: None)
    elif places[0] == STDOUT:
        yield Stream(console.data, now)
    else:
        with Growing(places[0], console.err) as file:
            yield Stream(file.write, now)


def _reviewed(options: Options) -> tuple[Options, Saved | None]:
    """Apply the options of the plan file, if one is named. A reviewed plan needs no confirmation."""
    from datetime import UTC, datetime

    from reconciler.runs import planfile

    if options.rollback_file:
        _must_be_new(options.rollback_file, *_images(options.rollback_file))
    found = planfile.reviewed(options, datetime.now(UTC))
    if found:
        options = planfile.as_reviewed(found, options)
        outputs.check(options)  # now the manifests are known
    return options._replace(yes=options.yes or bool(found or options.expect)), found


def _images(file: str) -> list[str]:
    """Return existing files with names that the images of the rollback file may get."""
    import re
    from pathlib import Path

    target = Path(file)
    if not target.parent.is_dir():
        return []
    return [
        str(p) for p in sorted(target.parent.iterdir()) if re.fullmatch(rf"{re.escape(target.name)}\.\d+\.bin", p.name)
    ]


def _must_be_new(*files: str) -> None:
    """Refuse to overwrite a file or a link, even a broken one."""
    import os

    for file in files:
        if os.path.lexists(file):
            raise invalid(f"--rollback-file: {file} already exists and is not overwritten. Name another file.")


def _keep(
    options: Options, runtime: Runtime, manifests: Sequence[Manifest], plans: Sequence[Plan], console: Console
) -> None:
    """Write the rollback file; if that fails, nothing is written to a pool."""
    from pathlib import Path

    from reconciler.export.rollback import inside, rollback
    from reconciler.render.unread import unread

    if not any(p.pending for p in plans):
        return
    file, calls = options.rollback_file, options.parallelism
    worlds = [inside(runtime.reader(m), p, parallelism=calls) for m, p in zip(manifests, plans, strict=True)]
    found = rollback(plans, Path(file).name, worlds)
    beside = {str(Path(file).with_name(name)): content for name, content in found.files.items()}
    _must_be_new(*beside, file)
    for name, content in beside.items():
        save(name, content)
    save(file, found.text)
    console.progress(f"Wrote a manifest that restores the current state to {file}.")
    for gap in (g for w in worlds for g in w.gaps):
        console.err(f"Missing in {file}: {unread(gap, full=True)}")


def _digest(text: str) -> str:
    from reconciler.runs.planfile import DIGEST

    if not DIGEST.fullmatch(text):
        raise invalid(
            f"--expect: {flow(text)} is not a digest. Write sha256: and 64 hexadecimal digits, as plan shows it."
        )
    return text
