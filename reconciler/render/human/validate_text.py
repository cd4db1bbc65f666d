"""The result of `validate`, for people."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import Problem, printable
from reconciler.render.human.pen import GOOD, Pen
from reconciler.render.subjects import USUAL, RenderOptions, Validation
from reconciler.render.tally import plural


def validate(found: Validation, options: RenderOptions = USUAL) -> str:
    """Return the text for valid manifests. Problems are errors, which the command writes to stderr."""
    if found.problems:
        return ""
    pen = Pen(color=options.color)
    are = "is" if len(found.files) == 1 else "are"
    lines = "".join(f"{printable(f)}: valid\n" for f in dict.fromkeys(found.files))
    return f"{lines}{pen.paint(GOOD, plural(len(found.files), 'manifest'))} {are} valid.\n"


def problems(found: Sequence[Problem]) -> str:
    """Return the problems, one line each, and their number."""
    return "".join(f"{printable(str(p))}\n" for p in found) + f"{plural(len(found), 'problem')}.\n"
