"""Warnings of pools that Terraform has too, by the states that the operator names: no object is managed by two tools.

A pool does not show that Terraform manages it, as it shows the tags of CloudFormation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from reconciler.errors import InvalidInput
from reconciler.model import Drift, Notice, Plan

if TYPE_CHECKING:  # few runs name a state
    from reconciler.importing.owned import Definition

ResultT = TypeVar("ResultT", Plan, Drift)

NAMED = 3
"""Most addresses in one warning."""


States: TypeAlias = "Sequence[tuple[str, Definition]]"
"""Files, and what each of them has."""


def read(files: Sequence[str]) -> States:
    """Read states of Terraform.

    Raises:
        InvalidInput: A file is no state that can be read.
    """
    if not files:
        return ()
    from reconciler.importing.terraform import adopting, state_files

    return [(name, adopting.definition(state_files.read_state(_text(name), name))) for name in files]


def warned(results: Sequence[ResultT], states: States) -> list[ResultT]:
    """Return plans or drifts with a warning for each pool of which a state has objects.

    Args:
        results: One for each document.
        states: From `read`.
    """
    return [_warned(one, states) for one in results]


def _warned(one: ResultT, states: States) -> ResultT:
    return replace(one, notices=(*one.notices, *_notices(one.target.pool_id, states)))


def _text(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InvalidInput(f"--terraform-state {name}: {error.strerror}.") from None


def _notices(pool: str, states: States) -> Iterator[Notice]:
    for name, definition in states:
        sources = list(dict.fromkeys(one.source for one in definition.pools().get(pool, ())))
        if sources:
            more = f" and {len(sources) - NAMED} more" if len(sources) > NAMED else ""
            yield Notice(
                f"The Terraform state {name} has {', '.join(sources[:NAMED])}{more} of this pool. Two tools must not "
                "manage one object: let Terraform let go first, as `poolctl import --from terraform` says."
            )
