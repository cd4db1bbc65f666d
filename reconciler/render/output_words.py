"""Outputs of manifests in words and lines, which all formats for people share. No value of one is part of a plan."""

from __future__ import annotations

from reconciler.errors import printable
from reconciler.model import Action, OutputChange, OutputDone
from reconciler.render.change_lines import ChangeLine
from reconciler.render.tally import plural

HEADS = {
    Action.CREATE: "will be written",
    Action.UPDATE: "will be updated",
    Action.NONE: "is as it should be",
}
"""The planned change of an output, in words; none is ever deleted."""

DONE = {Action.CREATE: "was written", Action.UPDATE: "was updated", Action.NONE: "is as it should be"}
"""The result, where there is no error."""


def output_title(output: OutputChange) -> str:
    """Return what is written where: `outputs/src/amplify_outputs.json (amplify of clients/web)`."""
    return printable(f"{output.address} ({output.format} of {output.about})")


def output_extent(output: OutputChange) -> str:
    """Return how much of an output is new, in a few words; empty for a file that could be compared."""
    if output.awaits:
        return printable(f"known after apply: {output.awaits}")
    differ = sum(p.action is not Action.NONE for p in output.parameters)
    all_ = len(output.parameters)
    of = "" if differ == all_ else f"{differ} of "
    return f"{of}{plural(all_, 'parameter')}" if differ else ""


def output_lines(output: OutputChange) -> tuple[ChangeLine, ...]:
    """Return a line for each parameter that is new or differs beside others; values are not part of a plan."""
    if output.action is not Action.UPDATE:
        return ()
    due = (p for p in output.parameters if p.action is not Action.NONE)
    return tuple(ChangeLine(p.action.value, printable(p.name), "") for p in due)


def output_result(done: OutputDone) -> str:
    """Return the result of an output, in words."""
    if not done.error:
        return DONE[done.output.action]
    return printable(f"was not written: {done.error}")
