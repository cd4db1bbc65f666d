"""`$var`: a variable of `--var` or `--var-file`, as a whole value of any type or as `${var.NAME}` within a text."""

from __future__ import annotations

import re

from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceKind, ReferenceMistake, Surroundings
from reconciler.terminal.suggestions import sentences, suggest
from schemas import reference_kinds

NAME = re.compile(rf"{reference_kinds.VAR.inline}\Z")
"""How a variable may be called."""


def _variable(target: str, around: Surroundings) -> Followed:
    name = target.removeprefix("var.")
    if name in around.variables:
        return Followed(around.variables[name])
    message = sentences(f"the variable {name} has no value.", suggest(name, around.variables))
    raise ReferenceMistake(message, f"Give it a value: --var {name}=VALUE, or a line in a --var-file.")


VAR = ReferenceKind(reference_kinds.VAR, local=_variable, taints=False)
