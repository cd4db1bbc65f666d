"""The steps of a conversion: read the definition of another tool, ask the live pools, write manifests and a report.

The definition says what is owned and the live pool the values, so the result is an export that is limited to what was
owned, and proven like one: its plan is empty. Without AWS, the values are those of the definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from reconciler.cloud.port import Cloud, Identity
from reconciler.errors import Defect, ExitCode, InvalidInput, PoolctlError, Refused, expected_errors
from reconciler.export.exporter import Promise, Style, keyed
from reconciler.export.owned_part import OwnedPart, part_of
from reconciler.importing import as_live
from reconciler.importing.owned import Definition, Leftover, OwnedObject, Unmapped, document_of, valued
from reconciler.kinds import KINDS, root_of
from reconciler.model import Observed, Path
from reconciler.observing.observer import LiveState
from reconciler.render.subjects import ImportedDocument, ImportedObject, ImportedOverlay, ImportReport, NeededSecret
from reconciler.runs import export_run
from reconciler.runs.case_overlays import BasePart, OverlayWriter
from reconciler.runs.export_run import ExportedOverlay, ExportFailure, ExportOutcome, Found, Read
from reconciler.runs.import_sources import ForeignDefinition
from reconciler.runs.runtime import Runtime

# --- reading -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadPart:
    """One pool of a definition, with what is live of it."""

    pool: Read
    """The pool that was read."""
    objects: tuple[OwnedObject, ...]
    """What is owned of it."""
    identity: Identity
    """Its account and Region."""

    @property
    def part(self) -> OwnedPart:
        """What to export of it."""
        return part_of(self.objects)


def read_live(
    runtime: Runtime, definition: Definition, say: Callable[[str], None]
) -> tuple[list[ReadPart], list[ExportFailure]]:
    """Read the pools that a definition owns something of, and continue when one cannot be read.

    Args:
        runtime: Makes the connections.
        definition: What is owned.
        say: Shows the pool that is being read.
    """
    read_ones, failures = [], []
    for pool_id, objects in definition.pools().items():
        cloud = runtime.reader_in(export_run.region_of(pool_id))
        say(f"Reading {pool_id}…")
        found = Found(document_of(objects), pool_id, "")
        try:
            with expected_errors():
                _check_account(cloud, definition.account_of(pool_id))
                pool = export_run.read(cloud, found, parallelism=runtime.options.parallelism, part=part_of(objects))
                read_ones.append(ReadPart(_limited(pool, objects), tuple(objects), cloud.identity()))
        except PoolctlError as error:
            failures.append(ExportFailure(found, error, ExitCode.INCOMPLETE))
    say("")
    return read_ones, failures


def _check_account(cloud: Cloud, account: str) -> None:
    here = cloud.identity().account
    if account and account != here:
        raise Refused(
            f"The pool is in account {account}, and the session is in {here}; nothing of it was read. Use its "
            "credentials, or --no-live."
        )


def _limited(pool: Read, objects: Sequence[OwnedObject]) -> Read:
    """Return what was read without the gaps of sections of which nothing is owned."""
    sections = part_of(objects).sections
    gaps = tuple(gap for gap in pool.live_state.gaps if gap.address.section in sections)
    return replace(pool, live_state=replace(pool.live_state, gaps=gaps))


def read_definition(definition: Definition) -> list[ReadPart]:
    """Return the pools of a definition as it has them itself, without objects of which it knows no value.

    Raises:
        InvalidInput: It knows no value at all.
    """
    found = []
    for pool_id, every in definition.pools().items():
        objects = valued(every)
        if not objects:
            continue
        document = document_of(objects)
        live_state = as_live.live_state(objects)
        root = root_of(document)
        name = str(live_state.root.data.get(root.name_member, "")) if live_state.root else ""
        pool = Read(Found(document, pool_id, name or pool_id), live_state, "")
        identity = Identity(definition.account_of(pool_id), export_run.region_of(pool_id))
        found.append(ReadPart(pool, tuple(objects), identity))
    if not found:
        listed = "".join(f"\n  {one.source} {one.reason}" for one in _without_values(definition))
        here = "There is no value in the definition that a manifest could have"
        raise InvalidInput(f"{here}; without --no-live, the live pools have them.{listed}")
    return found


def _without_values(definition: Definition) -> list[Unmapped]:
    there = {id(one) for one in valued(definition.objects)}
    left = (one for one in definition.objects if id(one) not in there)
    return [Unmapped(one.source, VALUELESS, Leftover.MEMBER) for one in left]


VALUELESS = "sets members, and their values are not in the definition, or those of an unset one, so no manifest has it."


# --- writing -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class WholeImport:
    """How the pools of a definition are written."""

    definition: Definition
    """The definition."""
    style: Style
    """How to write."""
    live: bool
    """Whether the values come from the live pools."""
    conditions: list[Unmapped] = field(default_factory=list)
    """What became of the definition's conditions, once they are written."""


def export_parts(
    parts: Sequence[ReadPart], failures: Sequence[ExportFailure], conversion: WholeImport, directory: FilePath
) -> ExportOutcome:
    """Write the manifests of the pools with their overlays, and continue when the verification of one fails.

    Args:
        parts: The pools that were read.
        failures: The pools that could not be read; they count in the choice of names.
        conversion: How to write, and what is noted on the way.
        directory: Where to write.
    """
    style, owned = conversion.style, conversion.definition.pools()
    overlays = OverlayWriter(conversion.definition.cases, style, directory, live=conversion.live)
    results: list[export_run.ExportResult] = []
    failed = list(failures)
    names = export_run.slugs([*(p.pool.found for p in parts), *(f.found for f in failures)])
    for one, name in zip(parts, names, strict=False):
        taken = [promise.target for result in results for promise in result.exported.promises]
        try:
            with expected_errors():
                made = export_run.export(one.pool, name, one.identity, style, directory, taken=taken, part=one.part)
                results.append(overlays.written(BasePart(made, owned[made.found.id], one.identity), taken))
        except Defect as error:
            failed.append(ExportFailure(one.pool.found, error, ExitCode.INCOMPLETE))
        except PoolctlError as error:
            failed.append(ExportFailure(one.pool.found, error, ExitCode.PARTIAL))
    conversion.conditions[:] = overlays.unmapped
    return ExportOutcome(tuple(results), tuple(failed))


# --- the report ----------------------------------------------------------------------------------------------------


def report(
    source: ForeignDefinition,
    parts: Sequence[ReadPart],
    outcome: ExportOutcome,
    conversion: WholeImport,
    directory: str,
) -> ImportReport:
    """Return what became of a definition.

    Args:
        source: The definition.
        parts: The pools as they were read.
        outcome: The manifests that were written.
        conversion: How they were written.
        directory: Where the manifests are.
    """
    live = conversion.live
    by_pool = {one.pool.found: one for one in parts}
    documents, gone = [], []
    for result in outcome.results:
        one = by_pool[result.found]
        there = _addresses(one)
        gone += [o for o in one.objects if o.identity not in there and not _unread(o, one.pool.live_state)]
        documents.append(_document(result, one, there))
    converted = [o for result in outcome.results for o in by_pool[result.found].objects if o not in gone]
    missing = tuple(Unmapped(o.source, GONE, Leftover.GONE) for o in gone)
    definition = replace(source.definition, objects=(*converted, *gone))
    unvalued = () if live else (*_without_values(source.definition), *source.definition.unvalued)
    return ImportReport(
        tuple(documents),
        (*source.definition.unmapped, *conversion.conditions, *unvalued, *missing, *_drifted(by_pool, outcome, live)),
        tuple((failure.found.id, str(failure.error)) for failure in outcome.failures),
        source.hand_over(definition, directory),
        live,
    )


DRIFTED = "has another value live. The tool writes it and never compares it; the manifest has the live value."


def _drifted(by_pool: Mapping[Found, ReadPart], outcome: ExportOutcome, live: bool) -> Iterator[Unmapped]:
    """Yield members that the other tool never compares, and that are otherwise live."""
    for one in (by_pool[result.found] for result in outcome.results if live):
        for observed in one.pool.live_state.objects:
            owned = one.part.of(observed)
            compared = owned.never_compared if owned else {}
            names = {
                n for path, n in compared.items() if owned and _said(owned.members, path) != _said(observed.data, path)
            }
            yield from (Unmapped(f"{owned.source}.{name}", DRIFTED, Leftover.MEMBER) for name in sorted(names) if owned)


def _said(tree: Mapping[str, Any], path: Path) -> Any:
    """Return a scalar, or whether there is a structure, and it is on."""
    value = tree.get(str(path[0]))
    return value.get("Enabled", True) if isinstance(value, Mapping) else value or False


GONE = "is in the definition, and not in the live pool: it was deleted elsewhere."


def _addresses(one: ReadPart) -> dict[tuple[str, str, str], str]:
    """Return the addresses in the manifest of the owned objects that are live, by what they are known by."""
    state, part = one.pool.live_state, one.part
    found = {}
    for section in {o.address.section for o in state.objects}:
        kind = KINDS[section]
        named = keyed(state.section(section)) if not kind.single else [("", o) for o in state.section(section)]
        for key, observed in named:
            owned = part.of(observed)
            if owned:
                found[owned.identity] = _address(observed, key)
    return found


def _address(observed: Observed, key: str) -> str:
    address = replace(observed.address, name=key) if key else observed.address
    return str(replace(address, name="") if KINDS[address.section].root else address)


def _unread(one: OwnedObject, state: LiveState) -> bool:
    """Return whether the section of an object could not be read, so that nothing is known of it."""
    return any(gap.address.section == one.section for gap in (*state.gaps, *state.unavailable))


def _document(
    result: export_run.ExportResult, one: ReadPart, there: Mapping[tuple[str, str, str], str]
) -> ImportedDocument:
    found, root = result.found, root_of(result.found.document)
    objects = [ImportedObject(there[o.identity], o.source) for o in one.objects if o.identity in there]
    return ImportedDocument(
        found.name,
        found.document,
        found.id,
        one.identity.account,
        one.identity.region,
        f"{result.exported.slug}.yaml",
        tuple(objects),
        tuple(_needed(promise) for promise in result.exported.promises),
        (*(str(n.message) for n in result.notices), *_stack(result.stack, root.title)),
        tuple(result.gaps),
        tuple(_overlay(overlay) for overlay in result.overlays),
    )


def _overlay(one: ExportedOverlay) -> ImportedOverlay:
    return ImportedOverlay(one.condition, one.environment, one.file, tuple(map(_needed, one.promises)))


def _needed(promise: Promise) -> NeededSecret:
    return NeededSecret(f"${promise.kind} {promise.target}", promise.address, promise.shown)


def _stack(stack: str, title: str) -> tuple[str, ...]:
    if not stack:
        return ()
    return (f"The {title} carries the tags of the CloudFormation stack {stack}, which may manage it too.",)


def raise_all(outcome: ExportOutcome) -> None:
    """Raise the error of a conversion of which nothing came: there is nothing to report.

    Raises:
        PoolctlError: The error of the only pool, or that all pools were refused.
    """
    errors = [failure.error for failure in outcome.failures]
    if outcome.results or not errors:
        return
    if len(errors) == 1:
        raise errors[0]
    if all(isinstance(error, Refused) for error in errors):
        raise Refused("\n".join(dict.fromkeys(map(str, errors))))
