"""Where outputs of manifests go: one place has one output, and none is a manifest. Known before anything is read.

Two outputs in one place would replace each other in every run. A file that is a manifest would end the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.kinds.engine_rules import OUTPUT
from reconciler.manifests.manifest import Manifest, WrittenOutput
from reconciler.model import Address, Refusal, Target
from reconciler.runs.outputs_made import about, is_stored
from schemas.records import record

STANDARD_INPUT = "-"


@record(frozen=True, slots=True)
class PlacedOutput:
    """An output and where it goes."""

    manifest: Manifest
    """Its document."""
    declared: WrittenOutput
    """What is asked for."""
    address: Address
    """Its address, whose name is the file relative to the manifest, or the path of parameters."""
    target: Target
    """Where its document is applied."""

    @property
    def file(self) -> Path | None:
        """The file, without links; None for parameters."""
        source = self.declared.manifest or self.manifest.file
        return None if is_stored(self.declared) else _resolved(source, self.address.name)

    @property
    def place(self) -> tuple[str, ...]:
        """What is the same for two outputs of one place: a file, or a path in an account and Region."""
        return (str(self.file),) if self.file else (self.target.account, self.target.region, self.address.name)


def clashes(placed: Sequence[PlacedOutput], manifests: Sequence[Manifest]) -> Iterator[tuple[PlacedOutput, Refusal]]:
    """Yield outputs that cannot be where they are to go, and why.

    Args:
        placed: All outputs of a run.
        manifests: All documents of the run.
    """
    taken: dict[tuple[str, ...], PlacedOutput] = {}
    named: dict[tuple[str, str], PlacedOutput] = {}
    sources = {_resolved(f) for m in manifests for f in m.files if f != STANDARD_INPUT}
    for one in placed:
        first = taken.setdefault(one.place, one)
        alike = named.setdefault((one.target.key, str(one.address)), one)
        if first is not one:
            yield one, _refusal(one, f"{_words(first)} to the same place.", "Give one another place.")
        elif alike is not one:  # two parts of a pool, in different directories
            message = f"{_words(alike)} to a file of the same name, and outputs of one pool are known by their names."
            yield one, _refusal(one, message, "Give one another name.")
        elif one.file in sources:
            yield one, _refusal(one, f"{one.address.name} is a manifest.", "Name another file.")
        elif inside := next((o for o in taken.values() if _is_one_below_the_other(o, one)), None):
            message = f"{_words(inside)} to {inside.address.name}: one of the two would be a file and a directory."
            yield one, _refusal(one, message, "Give one another place.")


def _is_one_below_the_other(one: PlacedOutput, other: PlacedOutput) -> bool:
    here, there = one.file, other.file
    return here is not None and there is not None and (here in there.parents or there in here.parents)


def _words(first: PlacedOutput) -> str:
    return f"{first.declared.source} writes {first.declared.format} of {about(first.manifest, first.declared)}"


def _refusal(one: PlacedOutput, message: str, advice: str) -> Refusal:
    return OUTPUT.refusal(one.address, (), message, one.declared.source, advice)


def _resolved(manifest: str, *below: str) -> Path:
    """Return the path of a manifest, or of a file beside it, without links."""
    return (Path(manifest).parent.joinpath(*below) if below else Path(manifest)).resolve()
