"""`outputs:` of manifests in an apply: written last, from what the plan after the last write knows of the pools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler.applications.known_pool import of_plan
from reconciler.applications.output_calls import PUT
from reconciler.errors import CloudError, ExitCode, Incomplete, PoolctlError, expected_errors, printable
from reconciler.manifests.manifest import Manifest, WrittenOutput
from reconciler.model import Action, OutputChange, OutputDone
from reconciler.runs.apply_run import ApplyOutcome
from reconciler.runs.outputs_compared import compared, place_of
from reconciler.runs.outputs_made import MadeOutput, Neighbours, OutputMaker, about, due, is_stored
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.files import save
from reconciler.terminal.signals import Interrupted, Stop

UNSOUND, INTERRUPTED = "the pools are not as they should be", "interrupted"
"""Why outputs are not written."""


def written(
    runtime: Runtime,
    console: Console,
    manifests: Sequence[Manifest],
    outcome: ApplyOutcome,
    *,
    stop: Stop,
    watch: Callable[[OutputDone], None],
) -> ApplyOutcome:
    """Write every output that differs. One that cannot be written leaves the others.

    Args:
        runtime: The run.
        console: Shows notes.
        manifests: One for each plan of the outcome.
        outcome: The apply; while the pools are not as they should be, nothing is written.
        stop: Whether the operator has interrupted the run.
        watch: Receives each result as it happens.

    Returns:
        The outcome with a result for each output that was due; its exit code is 6 if one could not be written.
    """
    writer = _OutputWriter(runtime, console, stop, watch)
    planned = [o for plan in outcome.plans for o in plan.writes]
    try:
        if outcome.exit_code == ExitCode.OK:
            for manifest, after in zip(manifests, outcome.after, strict=True):
                writer.write(OutputMaker(runtime, manifest, of_plan(after), writer.neighbours), planned)
        writer.skip(planned, INTERRUPTED if stop.requested else UNSOUND if outcome.exit_code else "")
    except Interrupted:
        writer.skip(planned, INTERRUPTED)
    failed = any(d.error and d.started for d in writer.done)
    code = ExitCode.PARTIAL if failed else outcome.exit_code
    return replace(outcome, events=(*outcome.events, *writer.done), exit_code=code)


@dataclass
class _OutputWriter:
    """Writes outputs, and keeps what became of each."""

    runtime: Runtime
    console: Console
    stop: Stop
    watch: Callable[[OutputDone], None]
    done: list[OutputDone] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.neighbours = Neighbours(self.runtime)

    def skip(self, planned: Sequence[OutputChange], reason: str) -> None:
        """Report that outputs without a result were not tried; without a reason, they were as they should be."""
        ended = {d.output.source for d in self.done}
        for output in planned if reason else ():
            if output.source not in ended:
                self._report(OutputDone(output, reason, started=False))

    def write(self, maker: OutputMaker, planned: Sequence[OutputChange]) -> None:
        """Write the outputs of one manifest that differ, until the operator interrupts the run."""
        known = {o.source: o for o in planned}
        for declared in due(maker.manifest, self.runtime.options.targets):
            if not self.stop.requested:
                self._one(maker, declared, known.get(declared.source))

    def _one(self, maker: OutputMaker, declared: WrittenOutput, planned: OutputChange | None) -> None:
        change = planned or _unplanned(maker, declared)
        try:
            with expected_errors():
                found = compared(maker, declared)
                change = found.change
                if found.made is None and change.action is not Action.NONE:
                    raise Incomplete(f"{declared.format} needs {change.awaits}, which is not known.")
                if found.made and change.action is not Action.NONE:
                    self._put(maker, declared, change, found.made)
                    self._report(OutputDone(change))
        except PoolctlError as error:
            self._fail(maker, change, str(error))

    def _put(self, maker: OutputMaker, declared: WrittenOutput, change: OutputChange, made: MadeOutput) -> None:
        for notice in made.notices:
            self.console.err(f"Note: {declared.source}: {printable(maker.hide(notice))}")
        if not is_stored(declared):
            file = place_of(maker.manifest, declared)
            _make_folder(file.parent)
            save(str(file), made.text)
            return
        cloud = self.runtime.only(frozenset({PUT}), self.runtime.region_of(maker.manifest))
        for name in (p.name for p in change.parameters if p.action is not Action.NONE):
            try:
                cloud.call(*PUT, made.parameters[name])
            except CloudError as error:
                raise error.located(f"{declared.source} {change.address}", "apply") from None

    def _fail(self, maker: OutputMaker, change: OutputChange, message: str) -> None:
        self._report(OutputDone(change, maker.hide(message)))

    def _report(self, done: OutputDone) -> None:
        self.done.append(done)
        self.watch(done)


def _unplanned(maker: OutputMaker, declared: WrittenOutput) -> OutputChange:
    """Return the change of an output that looked as it should be when it was planned."""
    client = about(maker.manifest, declared)
    return OutputChange(maker.address(declared), Action.UPDATE, declared.format, client, declared.source)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PoolctlError(f"{folder}: the directory could not be made: {error.strerror}.") from None
