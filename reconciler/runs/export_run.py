"""The steps of an export: find the pools, read them, write manifests, verify the manifests, save the files.

A manifest whose plan has changes would modify the pool that it was exported from. So every manifest is loaded and
planned against the live state that was read before it is saved. Files are written to a temporary directory and moved
into place together. A pool that fails is left out completely and named; the others are exported.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from reconciler.cloud.port import Cloud, Identity, pages
from reconciler.errors import (
    Defect,
    ExitCode,
    InvalidManifest,
    Partial,
    PoolctlError,
    Refused,
    expected_errors,
    flow,
    worst,
)
from reconciler.export import exporter
from reconciler.export.exporter import Exported, Promise, Style
from reconciler.export.owned_part import OwnedPart
from reconciler.kinds import KINDS, availability, root_of
from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.variables import variables
from reconciler.manifests.resolving import resolve
from reconciler.model import Gap, Notice, Observed, Plan, Secret, Tree, dotted
from reconciler.observing import observer
from reconciler.observing.observer import LiveState, ReadScope
from reconciler.observing.ownership import stack_of
from reconciler.planning import guard, planner
from reconciler.planning.planner import PlanOptions
from reconciler.terminal.files import PRIVATE, PUBLIC
from reconciler.terminal.suggestions import suggest
from schemas.documents import DOCUMENTS
from schemas.records import field, record, replace


@record(frozen=True, slots=True)
class Found:
    """A pool to export."""

    document: str
    """Kind of its document."""
    id: str
    """Its id."""
    name: str
    """Its name; empty where only the id is known."""


@record(frozen=True, slots=True)
class ExportedOverlay:
    """An overlay of a manifest that was exported."""

    environment: str
    """Its environment: the name of its directory."""
    condition: str
    """The condition of a definition that it is the other case of."""
    file: str
    """Its path below the directory of the manifest."""
    files: Mapping[str, bytes] = field(repr=False)
    """It, last, and the files that it refers to, by path below that directory."""
    promises: tuple[Promise, ...] = ()
    """Secrets that it refers to, and that the manifest does not."""


@record(frozen=True, slots=True)
class ExportResult:
    """A pool that was exported and verified."""

    found: Found
    """The pool."""
    exported: Exported
    """Its manifest."""
    gaps: tuple[Gap, ...]
    """What could not be read and is missing from the manifest."""
    notices: tuple[Notice, ...]
    """What is missing from the manifest because it is not available here or cannot be declared."""
    stack: str
    """The CloudFormation stack that created the pool, or empty."""
    overlays: tuple[ExportedOverlay, ...] = ()
    """Its overlays."""

    @property
    def names(self) -> tuple[str, ...]:
        """The files of the pool, below the directory."""
        overlays = (name for overlay in self.overlays for name in overlay.files)
        return (*(name for name, _ in contents(self.exported)), *overlays)


@record(frozen=True, slots=True)
class ExportFailure:
    """A pool that was not exported."""

    found: Found
    """The pool."""
    error: PoolctlError
    """The reason."""
    exit_code: ExitCode
    """Exit code of a run that continues without it: 7 if it could not be read or something unexpected happened, 6 if
    verification failed."""


@record(frozen=True, slots=True)
class ExportOutcome:
    """The result of an export."""

    results: tuple[ExportResult, ...]
    """The pools that were exported."""
    failures: tuple[ExportFailure, ...] = ()
    """The pools that were not."""
    paths: tuple[Path, ...] = ()
    """The files that were written."""
    beside: tuple[str, ...] = ()
    """Files that belong to no single pool, relative to the directory."""

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the run: the worst of all pools."""
        return worst(
            [
                *(ExitCode.INCOMPLETE if r.gaps else ExitCode.OK for r in self.results),
                *(f.exit_code for f in self.failures),
            ]
        )


# --- which pools ---------------------------------------------------------------------------------------------------


def document_of(pool: str) -> str:
    """Return the kind of document that an id belongs to, or an empty string for a name."""
    return next((k.name for k in DOCUMENTS.values() if re.fullmatch(k.id_pattern, pool)), "")


def region_of(pool: str) -> str:
    """Return the Region that an id names, or an empty string for a name."""
    document = document_of(pool)
    return pool.partition(DOCUMENTS[document].id_separator)[0] if document else ""


def every(cloud: Cloud, kinds: Iterable[str] = DOCUMENTS) -> list[Found]:
    """Return all pools of the account and Region, by kind, name and id; only kinds that exist in the Region are listed.

    Args:
        cloud: The account and Region.
        kinds: The kinds of documents to list.

    Raises:
        CloudError: They could not be listed.
    """
    region = cloud.identity().region
    there = [document for document in kinds if not availability.lacks(root_of(document), region)]
    return [pool for document in there for pool in sorted(_listed(cloud, document), key=lambda p: (p.name, p.id))]


def one(cloud: Cloud, pool: str, kinds: Iterable[str] = DOCUMENTS) -> Found:
    """Return the pool with an id or a name.

    Args:
        cloud: The account and Region.
        pool: Its id or name.
        kinds: The kinds of documents that are looked at for a name.

    Raises:
        Refused: No pool or several pools have the name.
        CloudError: The pools could not be listed.
    """
    document = document_of(pool)
    if document:
        return Found(document, pool, "")
    known = every(cloud, kinds)
    found = [p for p in known if p.name == pool]
    if len(found) == 1:
        return found[0]
    if found:
        listed = "\n".join(f"  {p.id}  ({p.document})" for p in found)
        raise Refused(f"{len(found)} pools have the name {flow(pool)}. Pass the id of one of them:\n{listed}")
    where = cloud.identity()
    elsewhere = f"If it is in another Region than {where.region}, give --region, or name the pool by its id."
    hint = suggest(pool, [p.name for p in known], elsewhere)
    raise Refused(f"There is no pool with the name {flow(pool)} in {_place(where)}. {hint}")


def _place(where: Identity) -> str:
    return f"account {where.account}, Region {where.region}"


def _listed(cloud: Cloud, document: str) -> Iterator[Found]:
    root = root_of(document)
    if root.listing is None:  # pragma: no cover - pools can be listed by definition
        raise LookupError(document)
    size = dict([root.listing.page]) if root.listing.page else {}
    for item in pages(cloud, root.service, root.listing.operation, size, root.listing.items):
        yield Found(document, root.identifier(item), str(item.get(root.listed_name or root.name_member, "")))


def slugs(pools: Sequence[Found]) -> list[str]:
    """Return a file name for each pool; names that would collide contain the id."""
    return exporter.slugs([(p.name, p.id) for p in pools])


# --- one pool ------------------------------------------------------------------------------------------------------


@record(frozen=True, slots=True)
class Read:
    """The live state of one pool."""

    found: Found
    """The pool, with its name."""
    live_state: LiveState
    """The pool and everything in it."""
    stack: str
    """The CloudFormation stack that created it, or empty."""
    answer: Tree = field(default_factory=dict, repr=False)
    """The pool's own answer."""


def read(cloud: Cloud, pool: Found, *, parallelism: int, part: OwnedPart | None = None) -> Read:
    """Read a pool with everything in it.

    Args:
        cloud: The account and Region of the pool.
        pool: The pool.
        parallelism: Calls in flight at once.
        part: What is going to be exported of it, and so needs to be read; None for everything.

    Raises:
        Refused: It does not exist.
        CloudError: The pool itself could not be read.
    """
    scope = ReadScope(pool.name, pool.name, pool.id, exporter.sections(pool.document), {}, document=pool.document)
    answer, refusal = observer.find(cloud, scope)
    if refusal or answer is None:
        raise Refused(f"There is no pool with the id {pool.id} in {_place(cloud.identity())}. {_why(cloud, pool)}")
    name = str(answer.get(root_of(pool.document).listed_name or root_of(pool.document).name_member, pool.id))
    scope = ReadScope(
        name,
        name,
        pool.id,
        part.sections if part else exporter.sections(pool.document),
        {},
        document=pool.document,
        select_owners=exporter.owners,
    )
    live_state = observer.around(cloud, scope, answer, parallelism=parallelism)
    return Read(Found(pool.document, pool.id, name), live_state, stack_of(answer), answer)


More = Callable[[Read], Read]
"""Adds to what was read of a pool."""


def with_named(cloud: Cloud, pool: Read, names: Mapping[str, tuple[str, ...]], *, parallelism: int) -> Read:
    """Read further sections of a pool, whose objects are found by their names.

    Args:
        cloud: The account and Region of the pool.
        pool: What was read of it.
        names: By section, the names; what the pool itself names comes along.
        parallelism: Calls in flight at once.
    """
    found, sections = pool.found, frozenset(names)
    scope = ReadScope(found.name, found.name, found.id, sections, names, document=found.document, alone=True)
    more, live = observer.around(cloud, scope, pool.answer, parallelism=parallelism), pool.live_state
    state = replace(
        live,
        objects=(*live.objects, *(o for o in more.objects if o.address.section in sections)),
        known=live.known | (more.known & sections),
        gaps=(*live.gaps, *(g for g in more.gaps if g.address.section in sections)),
        unavailable=(*live.unavailable, *(g for g in more.unavailable if g.address.section in sections)),
    )
    return replace(pool, live_state=state)


def with_gap(pool: Read, gap: Gap) -> Read:
    """Return a pool of which something further could not be read."""
    return replace(pool, live_state=replace(pool.live_state, gaps=(*pool.live_state.gaps, gap)))


def with_notes(pool: Read, *notes: str) -> Read:
    """Return a pool about which there is more to know, in sentences."""
    notices = (*pool.live_state.notices, *map(Notice, notes))
    return replace(pool, live_state=replace(pool.live_state, notices=notices))


def _why(cloud: Cloud, pool: Found) -> str:
    region, here = region_of(pool.id), cloud.identity().region
    if region != here:
        return f"The id is of a pool in {region}: use --region {region}."
    return "Check the id and the account; the Region is that of the id."


def _nothing_more(pool: Read) -> Read:
    return pool


def read_all(
    cloud: Cloud,
    pools: Iterable[Found],
    *,
    parallelism: int,
    say: Callable[[str], None],
    more: More = _nothing_more,
) -> tuple[list[Read], list[ExportFailure]]:
    """Read pools, and continue when one of them cannot be read.

    Args:
        cloud: The account and Region of the pools.
        pools: The pools.
        parallelism: Calls in flight at once.
        say: Shows the pool that is being read.
        more: Reads what else was asked for of a pool.
    """
    read_ones, failures = [], []
    for pool in pools:
        say(f"Reading {pool.name or pool.id}…")
        try:
            with expected_errors():
                read_ones.append(more(read(cloud, pool, parallelism=parallelism)))
        except PoolctlError as error:
            failures.append(ExportFailure(pool, error, ExitCode.INCOMPLETE))
    say("")
    return read_ones, failures


Then = Callable[[Read, ExportResult, Sequence[ExportResult]], ExportResult]
"""Makes something else out of a verified export; takes the pool, its export, and what was made of others before it."""


def _as_verified(_pool: Read, proven: ExportResult, _others: Sequence[ExportResult]) -> ExportResult:
    return proven


def export_all(
    pools: Sequence[Read],
    failures: Sequence[ExportFailure],
    identity: Identity,
    style: Style,
    directory: Path | None,
    *,
    then: Then = _as_verified,
) -> ExportOutcome:
    """Export pools to manifests, and continue when the verification of one fails.

    Args:
        pools: The pools that were read.
        failures: The pools that could not be read; they count in the choice of names, which stay the same next time.
        identity: Account and Region.
        style: How to write.
        directory: Directory for manifests and the files beside them; None to write no files.
        then: What to make of each verified export.
    """
    results: list[ExportResult] = []
    failed = list(failures)
    names = slugs([*(r.found for r in pools), *(f.found for f in failures)])
    for pool, name in zip(pools, names, strict=False):
        taken = [promise.target for result in results for promise in result.exported.promises]
        try:
            with expected_errors():
                proven = export(pool, name, identity, style, directory, taken=taken)
                results.append(then(pool, proven, results))
        except Defect as error:
            failed.append(ExportFailure(pool.found, error, ExitCode.INCOMPLETE))
        except PoolctlError as error:
            failed.append(ExportFailure(pool.found, error, ExitCode.PARTIAL))
    return ExportOutcome(tuple(_with_shared(results, pools)), tuple(failed))


def _with_shared(results: Iterable[ExportResult], pools: Iterable[Read]) -> Iterator[ExportResult]:
    """Note objects of the account that several manifests declare: each of them would change the object for all."""
    states = {pool.found: pool.live_state for pool in pools}
    first: dict[str, Found] = {}
    for result in results:
        kinds = [k for s in result.exported.sections if (k := KINDS[s]).account_wide and not k.single]
        objects = [str(o.address) for kind in kinds for o in states[result.found].section(kind.section)]
        twice = [a for a in objects if first.setdefault(a, result.found) != result.found]
        notes = (f"{a} is in the manifest of {first[a].name} too: keep it in one of them." for a in twice)
        yield replace(result, notices=(*result.notices, *map(Notice, notes)))


def export(
    pool: Read,
    name: str,
    identity: Identity,
    style: Style,
    directory: Path | None,
    *,
    taken: Collection[str] = (),
    part: OwnedPart | None = None,
) -> ExportResult:
    """Export a pool to a manifest and verify it.

    Args:
        pool: The pool that was read.
        name: Slug for its files.
        identity: Account and Region.
        style: How to write.
        directory: Directory for the manifest and the files beside it; None to write no files.
        taken: Targets of references to secrets that other pools of the same export have.
        part: What to write of the pool; None writes all of it.

    Raises:
        Partial: The plan of the manifest has changes; the message lists them.
        Refused: A value cannot be represented in a manifest.
    """
    exported = exporter.export(pool.found.document, pool.live_state, identity, style, name, taken=taken, part=part)
    if directory:
        place(exported, directory)
    left = prove(exported, pool, identity, directory)
    if left:
        raise Partial(
            "The exported manifest does not match the live pool, so it was not written. A plan of it would show:\n"
            + "\n".join(f"  {line}" for line in left)
        )
    lacking = observer.not_here(pool.live_state.unavailable)
    notices = (*lacking, *pool.live_state.notices, *map(Notice, exported.left_aside))
    return ExportResult(pool.found, exported, pool.live_state.gaps, notices, pool.stack)


def place(exported: Exported, directory: Path) -> None:
    """Write a manifest and its files to a directory."""
    put(contents(exported), directory, PRIVATE if exported.personal else PUBLIC)


def put(files: Iterable[tuple[str, bytes]], directory: Path, mode: int = PUBLIC) -> None:
    """Write files below a directory.

    Args:
        files: Name and content of each.
        directory: The directory.
        mode: Who may read them.
    """
    for name, content in files:
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode)
        target.write_bytes(content)


def contents(exported: Exported) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of all files of a pool, the manifest last: once it exists, all files do."""
    yield from exported.files.items()
    yield f"{exported.slug}.yaml", exported.text.encode()


# --- proof ---------------------------------------------------------------------------------------------------------


def prove(
    exported: Exported, pool: Read, identity: Identity, directory: Path | None, environment: str = ""
) -> list[str]:
    """Load a manifest and plan it against the live state that it was exported from.

    Args:
        exported: The manifest, with all secrets that are needed.
        pool: The pool as it was read.
        identity: Account and Region.
        directory: Where the manifest is; None if it is in no file.
        environment: Of the overlay that is laid over it; empty for none.

    Returns:
        The changes and refusals of the plan, in lines without values; empty when the manifest matches the live pool.
    """
    path = str(directory / f"{exported.slug}.yaml") if directory else "-"
    try:
        plan = _planned(_manifest(path, exported, identity, environment), pool, identity)
    except InvalidManifest as error:
        return _shown(error, directory)
    return [*(f"{r.address}: {r.rule}: {r.message}" for r in plan.refusals), *_left(plan)]


def mistakes(exported: Exported, identity: Identity, directory: Path, environment: str) -> list[str]:
    """Return what is wrong with a manifest that an overlay is laid over, in lines without values.

    Args:
        exported: The manifest, with all secrets that are needed.
        identity: Account and Region.
        directory: Where the manifest is.
        environment: Of the overlay.
    """
    path = str(directory / f"{exported.slug}.yaml")
    try:
        merged = _broken(path, exported, identity, environment)
    except InvalidManifest as error:
        return _shown(error, directory)
    before = set(_broken(path, exported, identity, ""))
    return [line for line in merged if line not in before]


def _broken(path: str, exported: Exported, identity: Identity, environment: str) -> list[str]:
    """Return the rules that a manifest breaks by itself."""
    refusals = guard.offline(_manifest(path, exported, identity, environment))
    return [f"{refusal.address}: {refusal.rule}: {refusal.message}" for refusal in refusals]


def _shown(error: InvalidManifest, directory: Path | None) -> list[str]:
    return (str(error).replace(f"{directory}/", "") if directory else str(error)).splitlines()


def _manifest(path: str, exported: Exported, identity: Identity, environment: str) -> Manifest:
    environ = {p.target: p.value.reveal() for p in exported.promises if p.kind == "env"}
    known = variables([], [])
    loaded = load([path], variables=known, environ=environ, stdin=lambda: exported.text, environment=environment)
    return resolve(loaded.manifests[0], _Promised(identity, exported.promises))


def _planned(manifest: Manifest, pool: Read, identity: Identity) -> Plan:
    # Objects that could not be read are missing on both sides; everything else is compared.
    live_state = _as_read_for(manifest.name, pool.live_state)
    target = replace(manifest.target, account=identity.account, region=identity.region)
    return guard.check(planner.plan(manifest, live_state, target, PlanOptions()), manifest, live_state)


def _as_read_for(name: str, read: LiveState) -> LiveState:
    """Return a live state with the addresses of a document, which has no PoolName if the pool is not exported."""

    def addressed(observed: Observed) -> Observed:
        return replace(observed, address=replace(observed.address, pool=name))

    root = addressed(read.root) if read.root else None
    foreign = {replace(address, pool=name): pool for address, pool in (read.foreign or {}).items()}
    return LiveState(root, tuple(map(addressed, read.objects)), read.known, foreign)


def _left(plan: Plan) -> Iterator[str]:
    for change in plan.pending:
        paths = ", ".join(dotted(f.path) for f in change.fields)
        yield f"{change.address}: {change.action.name.lower()} {paths}".rstrip()


class _Promised:
    """A cloud that returns only the secrets to which an exported manifest refers."""

    def __init__(self, identity: Identity, promises: Iterable[Promise]) -> None:
        self._identity = identity
        self._secrets: dict[str, dict[str, Secret]] = {}
        for promise in promises:
            name, _, key = promise.target.partition("#")
            self._secrets.setdefault(name, {})[key] = promise.value

    def identity(self) -> Identity:
        return self._identity

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        if (service, operation) != ("secretsmanager", "GetSecretValue"):
            self._nothing(operation)
        found = self._secrets[params["SecretId"]]
        return {"SecretString": json.dumps({key: secret.reveal() for key, secret in found.items()})}

    def at(self, region: str) -> Cloud:
        self._nothing(region)

    @staticmethod
    def _nothing(what: str) -> NoReturn:
        msg = f"the verification of an export must not call AWS, but it called {what}"
        raise LookupError(msg)


# --- files ---------------------------------------------------------------------------------------------------------


def save(make: Callable[[Path], ExportOutcome], directory: Path, *, force: bool) -> ExportOutcome:
    """Write all files to a temporary directory, and move those of the verified pools into place.

    Args:
        make: Writes the files to a directory.
        directory: The destination; it is created.
        force: Whether existing files are replaced.

    Raises:
        Refused: Files already exist; the message lists them.
        PoolctlError: A file could not be written; the message lists those that were written before it.
    """
    new = next((p for p in (directory, *directory.parents) if p.exists() or not p.name), directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=directory, prefix=".poolctl-"))
    except OSError as error:
        raise PoolctlError(f"--to {directory}: the directory is not writable: {error.strerror}.") from None
    try:
        outcome = make(aside)
        names = [*outcome.beside, *(name for result in outcome.results for name in result.names)]
        _may_write(directory, names, force=force)
        return replace(outcome, paths=tuple(_move(aside, directory, names)))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        _tidy(directory, new)


def _may_write(directory: Path, names: Iterable[str], *, force: bool) -> None:
    there = [directory / name for name in names if (directory / name).exists()]
    blocked = [p for p in there if p.is_dir()]
    if there and (blocked or not force):
        listed = "\n".join(f"  {path}" for path in blocked or there)
        fix = "Remove the directories." if blocked else "Write elsewhere, or replace them with --force."
        raise Refused(f"These files already exist; nothing was written:\n{listed}\n{fix}")


def _move(aside: Path, directory: Path, names: Iterable[str]) -> list[Path]:
    moved = []
    try:
        for name in names:
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (aside / name).replace(target)
            moved.append(target)
    except OSError as error:
        done = "".join(f"\n  {path}" for path in moved) or " nothing"
        raise PoolctlError(f"{error.filename}: {error.strerror}. Files written before it:{done}") from None
    return moved


def _tidy(directory: Path, existing: Path) -> None:
    """Remove directories that were created and stayed empty."""
    for made in (directory, *directory.parents):
        if made == existing:
            return
        with contextlib.suppress(OSError):  # it is not empty
            made.rmdir()
