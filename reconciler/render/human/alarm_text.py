"""The lines about what weakens, with which plans and drift begin: two or three for each alarm, the first with `!!`."""

from __future__ import annotations

from reconciler.model import Position, short_place
from reconciler.render.alarms import Alarm
from reconciler.render.drift_words import attributed
from reconciler.render.human.pen import DANGER, Pen


def entry(alarm: Alarm, pen: Pen) -> str:
    """Return place, step and line of the manifest; then what follows; then, if it is known, who did it."""
    found = [f"{pen.paint(DANGER, f'!! {alarm.title}')}{source(alarm.source)}", f"   {' '.join(alarm.sentences)}"]
    if alarm.attribution:
        found.append(f"   by {attributed(alarm.attribution)}")
    return "".join(f"{line}\n" for line in found)


def source(position: Position | None) -> str:
    """Return file and line of a manifest, as they follow a line."""
    return f"    {short_place(position)}" if position else ""
