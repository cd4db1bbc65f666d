"""The overlays of a conversion: what other environments have otherwise, written beside the manifests and proven.

An overlay is `overlays/CONDITION/MANIFEST` below the directory, where `--env CONDITION` finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.cloud.port import Identity
from reconciler.export import exporter
from reconciler.export.case_overlay import CaseOverlay, keys_of, overlay
from reconciler.export.exporter import Style
from reconciler.importing import as_live
from reconciler.importing.owned import Leftover, OtherCase, OwnedObject, Unmapped, valued
from reconciler.kinds import KINDS
from reconciler.manifests.reader import OVERLAYS
from reconciler.model import dotted
from reconciler.runs import export_run
from reconciler.runs.export_run import ExportedOverlay, ExportResult, Read


@dataclass(frozen=True, slots=True)
class BasePart:
    """A manifest that overlays are laid over."""

    result: ExportResult
    """The manifest."""
    own: Sequence[OwnedObject]
    """What the definition owns of its pool, in the case of the manifest."""
    identity: Identity
    """Account and Region of the pool."""


class OverlayWriter:
    """Writes the overlays of one conversion, and notes what is in none."""

    def __init__(self, cases: Sequence[OtherCase], style: Style, directory: Path, *, live: bool) -> None:
        """Prepare to write.

        Args:
            cases: The other cases of the definition.
            style: How manifests are written.
            directory: Where they are.
            live: Whether the manifests have the values of live pools, so that an overlay is not all that differs.
        """
        self._cases = cases
        self._style = style
        self._directory = directory
        self._live = live
        self._environments = exporter.slugs([(case.condition, case.condition) for case in cases])
        self._notes: dict[str, list[str]] = {case.condition: list(case.notes) for case in cases}
        self._files: dict[str, list[str]] = {case.condition: [] for case in cases}

    def written(self, base: BasePart, taken: Sequence[str]) -> ExportResult:
        """Write the overlays of a manifest, and return it with them.

        Args:
            base: The manifest, which is in its file.
            taken: Targets of references to secrets that other manifests have.
        """
        found = []
        for case, environment in zip(self._cases, self._environments, strict=True):
            made = None if case.within else self._made(base, case, environment, taken)
            if made:
                found.append(made)
                self._files[case.condition].append(made.file)
        return replace(base.result, overlays=tuple(found))

    def _made(self, base: BasePart, case: OtherCase, environment: str, taken: Sequence[str]) -> ExportedOverlay | None:
        other = [one for one in case.objects if one.pool == base.result.found.id]
        if not other and any(KINDS[one.section].root for one in base.own):
            return None  # the case has not this pool, and the definition says so
        content = overlay(base.result.exported, base.own, other, self._style, taken)
        for path, why in content.unknown.items():
            said = f"There, {dotted(path)} has a value that is not in the template ({why}), and the overlay has none."
            self._notes[case.condition].append(said)
        if not content.tree:
            return None
        made = self._overlay(base, case, environment, content)
        export_run.put(made.files.items(), self._directory)
        wrong = self._wrong(base, made, other)
        if wrong:
            for name in made.files:
                (self._directory / name).unlink()
            self._notes[case.condition].append(f"It makes no manifest of {base.result.found.name}: {' '.join(wrong)}")
        return None if wrong else made

    @staticmethod
    def _overlay(base: BasePart, case: OtherCase, environment: str, content: CaseOverlay) -> ExportedOverlay:
        folder = f"{OVERLAYS}/{environment}"
        file = f"{folder}/{base.result.exported.slug}.yaml"
        files = {f"{folder}/{name}": data for name, data in content.files.items()}
        files[file] = content.text(_comments(case)).encode()
        return ExportedOverlay(environment, case.condition, file, files, content.promises)

    def _wrong(self, base: BasePart, made: ExportedOverlay, other: Sequence[OwnedObject]) -> list[str]:
        """Return why an overlay is wrong: it is not valid, or not the other case."""
        exported = base.result.exported
        whole = replace(exported, promises=(*exported.promises, *made.promises))
        wrong = export_run.mistakes(whole, base.identity, self._directory, made.environment)
        known = valued(other)
        if wrong or self._live or not known:
            return wrong
        pool = Read(base.result.found, as_live.live_state(known, keys_of(exported.tree)), "")
        return export_run.prove(whole, pool, base.identity, self._directory, made.environment)

    @property
    def unmapped(self) -> Iterator[Unmapped]:
        """What became of each condition."""
        for case in self._cases:
            reason = " ".join((case.said, self._where(case), *dict.fromkeys(self._notes[case.condition])))
            yield Unmapped(f"condition {case.condition}", reason, Leftover.CONDITION)

    def _where(self, case: OtherCase) -> str:
        if case.within:
            files = ", ".join(self._files[case.within]) or f"the other case of {case.within}"
            return f"It is made of other conditions, and cannot be otherwise alone: see {files}."
        if not self._files[case.condition]:
            same = "The manifests are the same in the other case."
            return "There is no overlay." if self._notes[case.condition] else same
        return f"The other case is in {', '.join(self._files[case.condition])}.{_along(case)}"


def _along(case: OtherCase) -> str:
    if not case.along:
        return ""
    listed = ", ".join(f"{one.condition} is {str(one.value).lower()}" for one in case.along)
    return f" There, {listed} too."


def _comments(case: OtherCase) -> Iterable[str]:
    yield f"The condition {case.condition} is {str(case.value).lower()} here, and not in the manifest.{_along(case)}"
    yield "The manifest has the ids of its stack. For another stack, write `id` and each `ClientId` here."
