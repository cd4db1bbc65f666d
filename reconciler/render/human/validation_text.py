"""What `validate` found, for people."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import Problem
from reconciler.render.human.pen import GOOD, Pen
from reconciler.render.spelling import printable
from reconciler.render.subjects import USUAL, RenderOptions, Validation
from reconciler.render.tally import plural


def validate(found: Validation, options: RenderOptions = USUAL) -> str:
    """Return that everything is well. Problems are no result but an error; the command writes them to stderr."""
    if found.problems:
        return ""
    pen = Pen(color=options.color)
    are = "is" if len(found.files) == 1 else "are"
    lines = "".join(f"{printable(f)}: valid\n" for f in dict.fromkeys(found.files))
    return f"{lines}{pen.paint(GOOD, plural(len(found.files), 'manifest'))} {are} valid.\n"


def problems(found: Sequence[Problem]) -> str:
    """Return what is wrong, one line each, with the sum."""
    return "".join(f"{printable(str(p))}\n" for p in found) + f"{plural(len(found), 'problem')}.\n"
