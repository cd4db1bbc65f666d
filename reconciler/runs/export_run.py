"""The steps of an export: find the pools, read them, write them down, prove the text, save it.

A manifest that does not plan to nothing would change the pool that it was taken from, so no text leaves here before it
was loaded and planned against what was read. Files are made aside and put in place together. Of many pools, one that
fails costs the others nothing: it is left out as a whole, and named.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from reconciler.cloud.port import Cloud, Identity, pages
from reconciler.errors import ExitCode, InvalidManifest, Partial, PoolctlError, Refused, flow, worst
from reconciler.export import exporter
from reconciler.export.exporter import Exported, Promise, Style
from reconciler.kinds import root_of
from reconciler.manifests.loading import load
from reconciler.manifests.references.variables import variables
from reconciler.manifests.resolving import resolve
from reconciler.model import Gap, Plan, Secret, Target, Tree, dotted
from reconciler.observing import observer
from reconciler.observing.observer import LiveState, ReadScope
from reconciler.planning import guard, planner
from reconciler.planning.planner import PlanOptions
from reconciler.terminal.suggestions import suggest
from schemas.documents import DOCUMENTS

STACK = "aws:cloudformation:stack-name"
"""The tag by which CloudFormation marks what it made."""


@dataclass(frozen=True, slots=True)
class Found:
    """A pool to export."""

    document: str
    """Kind of its document."""
    id: str
    """Its id."""
    name: str
    """Its name; empty where only the id is known."""


@dataclass(frozen=True, slots=True)
class ExportResult:
    """A pool that was exported, and proved."""

    found: Found
    """The pool."""
    exported: Exported
    """Its manifest."""
    gaps: tuple[Gap, ...]
    """What could not be read, and is missing in the manifest."""
    stack: str
    """The CloudFormation stack that made the pool, or empty."""


@dataclass(frozen=True, slots=True)
class ExportFailure:
    """A pool of which nothing is written."""

    found: Found
    """The pool."""
    error: PoolctlError
    """Why not."""
    exit_code: ExitCode
    """What a run ends with that goes on without it: 7 where it could not be read, 6 where the proof failed."""


@dataclass(frozen=True, slots=True)
class ExportOutcome:
    """What became of an export."""

    results: tuple[ExportResult, ...]
    """The pools that were exported."""
    failures: tuple[ExportFailure, ...] = ()
    """Those that were not."""
    paths: tuple[Path, ...] = ()
    """The files that were put in place."""

    @property
    def exit_code(self) -> ExitCode:
        """What the run ends with: the worst of all pools."""
        return worst(
            [
                *(ExitCode.INCOMPLETE if r.gaps else ExitCode.OK for r in self.results),
                *(f.exit_code for f in self.failures),
            ]
        )


# --- which pools ---------------------------------------------------------------------------------------------------


def document_of(pool: str) -> str:
    """Return the kind of document whose ids look like this one, or nothing for a name."""
    return next((k.name for k in DOCUMENTS.values() if re.fullmatch(k.id_pattern, pool)), "")


def region_of(pool: str) -> str:
    """Return the Region that an id names, or nothing for a name."""
    document = document_of(pool)
    return pool.partition(DOCUMENTS[document].id_separator)[0] if document else ""


def every(cloud: Cloud) -> list[Found]:
    """Return all pools of the account and Region, by kind, name and id.

    Raises:
        CloudError: They could not be listed.
    """
    return [pool for document in DOCUMENTS for pool in sorted(_listed(cloud, document), key=lambda p: (p.name, p.id))]


def one(cloud: Cloud, pool: str) -> Found:
    """Return the pool with an id or a name.

    Raises:
        Refused: There is none, or several have the name.
        CloudError: The pools could not be listed.
    """
    document = document_of(pool)
    if document:
        return Found(document, pool, "")
    known = every(cloud)
    found = [p for p in known if p.name == pool]
    if len(found) == 1:
        return found[0]
    if found:
        listed = "\n".join(f"  {p.id}  ({p.document})" for p in found)
        raise Refused(f"{len(found)} pools have the name {flow(pool)}. Give the id of one of them:\n{listed}")
    hint = suggest(pool, [p.name for p in known], "Check the account and the Region.")
    raise Refused(f"There is no pool with the name {flow(pool)} in this account and Region. {hint}")


def _listed(cloud: Cloud, document: str) -> Iterator[Found]:
    root = root_of(document)
    if root.listing is None:  # pragma: no cover - pools can be listed by definition
        raise LookupError(document)
    size = dict([root.listing.page]) if root.listing.page else {}
    for item in pages(cloud, root.service, root.listing.operation, size, root.listing.items):
        yield Found(document, root.identifier(item), str(item.get(root.listed_name or root.name_member, "")))


def slugs(pools: Sequence[Found]) -> list[str]:
    """Return a name for each pool's files; pools that would share one have their ids in it."""
    plain = [exporter.slug(p.name) for p in pools]
    folded = [s.casefold() for s in plain]
    return [
        s if folded.count(s.casefold()) == 1 else f"{s}-{exporter.slug(p.id)}"
        for s, p in zip(plain, pools, strict=True)
    ]


# --- one pool ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Read:
    """What is live of one pool."""

    found: Found
    """The pool, with its name."""
    live_state: LiveState
    """Everything in it."""
    stack: str
    """The CloudFormation stack that made it, or empty."""


def read(cloud: Cloud, pool: Found, *, parallelism: int) -> Read:
    """Read a pool with everything in it.

    Raises:
        Refused: It does not exist.
        CloudError: The pool itself could not be read.
    """
    scope = ReadScope(pool.name, pool.name, pool.id, exporter.sections(pool.document), {}, document=pool.document)
    answer, refusal = observer.find(cloud, scope)
    if refusal or answer is None:
        raise Refused(f"There is no pool with the id {pool.id} in this account and Region.")
    name = str(answer.get(root_of(pool.document).listed_name or root_of(pool.document).name_member, pool.id))
    scope = ReadScope(
        name,
        name,
        pool.id,
        exporter.sections(pool.document),
        {},
        document=pool.document,
        everybody=exporter.owners,
    )
    live_state = observer.around(cloud, scope, answer, parallelism=parallelism)
    return Read(Found(pool.document, pool.id, name), live_state, _stack(answer))


def _stack(answer: Tree) -> str:
    tags = next((v for k, v in answer.items() if k.endswith("PoolTags") and isinstance(v, dict)), {})
    marked = next((k for k in sorted(tags) if k.startswith("aws:cloudformation:")), "")
    return str(tags.get(STACK, tags[marked])) if marked else ""


def read_all(
    cloud: Cloud, pools: Iterable[Found], *, parallelism: int, say: Callable[[str], None]
) -> tuple[list[Read], list[ExportFailure]]:
    """Read pools, and go on when one of them cannot be read.

    Args:
        cloud: Where they are.
        pools: Which.
        parallelism: Calls in flight at once.
        say: Shows which one is read.
    """
    read_ones, failures = [], []
    for pool in pools:
        say(f"Reading {pool.name or pool.id}…")
        try:
            read_ones.append(read(cloud, pool, parallelism=parallelism))
        except PoolctlError as error:
            failures.append(ExportFailure(pool, error, ExitCode.INCOMPLETE))
    say("")
    return read_ones, failures


def export_all(
    pools: Sequence[Read], failures: Sequence[ExportFailure], identity: Identity, style: Style, directory: Path | None
) -> ExportOutcome:
    """Write pools down, and go on when the text of one cannot be proved.

    Args:
        pools: What was read.
        failures: What could not be read; it takes part in the choice of names, so that these are the same next time.
        identity: Where they are.
        style: How to write.
        directory: Where to put manifests and the files beside them; None where there are none.
    """
    results, failed = [], list(failures)
    names = slugs([*(r.found for r in pools), *(f.found for f in failures)])
    for pool, name in zip(pools, names, strict=False):
        try:
            results.append(export(pool, name, identity, style, directory))
        except PoolctlError as error:
            failed.append(ExportFailure(pool.found, error, ExitCode.PARTIAL))
    return ExportOutcome(tuple(results), tuple(failed))


def export(pool: Read, name: str, identity: Identity, style: Style, directory: Path | None) -> ExportResult:
    """Write a pool down and prove the text.

    Args:
        pool: What was read.
        name: Slug for its files.
        identity: Where it is.
        style: How to write.
        directory: Where to put the manifest and the files beside it; None where there are none.

    Raises:
        Partial: The manifest would not plan to nothing; the message says what would be left.
        Refused: A value cannot be part of the text.
    """
    exported = exporter.export(pool.found.document, pool.live_state, identity, style, name)
    if directory:
        place(exported, directory)
    left = prove(exported, pool, identity, directory)
    if left:
        raise Partial(
            "The export does not describe what is live, so nothing of it was written. What a plan would say:\n"
            + "\n".join(f"  {line}" for line in left)
        )
    return ExportResult(pool.found, exported, pool.live_state.gaps, pool.stack)


def place(exported: Exported, directory: Path) -> None:
    """Put a manifest and its files into a directory."""
    for name, content in contents(exported):
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def contents(exported: Exported) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of all files of a pool, the manifest last: it is complete once it is there."""
    yield from exported.files.items()
    yield f"{exported.slug}.yaml", exported.text.encode()


# --- proof ---------------------------------------------------------------------------------------------------------


def prove(exported: Exported, pool: Read, identity: Identity, directory: Path | None) -> list[str]:
    """Load a manifest and plan it against what it was taken from.

    Returns:
        What the plan says, in lines without values; nothing when the manifest describes what is live.
    """
    path = str(directory / f"{exported.slug}.yaml") if directory else "-"
    try:
        plan = _planned(path, exported, pool, identity)
    except InvalidManifest as error:
        shown = str(error).replace(f"{directory}/", "") if directory else str(error)
        return shown.splitlines()
    return [*(f"{r.address}: {r.rule}: {r.message}" for r in plan.refusals), *_left(plan)]


def _planned(path: str, exported: Exported, pool: Read, identity: Identity) -> Plan:
    environ = {p.target: p.value.reveal() for p in exported.promises if p.kind == "env"}
    loaded = load([path], variables=variables([], []), environ=environ, stdin=lambda: exported.text)
    manifest = resolve(loaded.manifests[0], _Promised(identity, exported.promises))
    # What could not be read is missing on both sides; everything else is compared.
    live_state = LiveState(
        pool.live_state.root, pool.live_state.objects, pool.live_state.known, pool.live_state.foreign
    )
    target = Target(identity.account, identity.region, manifest.name, manifest.pool_id, manifest.file)
    return guard.check(planner.plan(manifest, live_state, target, PlanOptions()), manifest, live_state)


def _left(plan: Plan) -> Iterator[str]:
    for change in plan.pending:
        paths = ", ".join(dotted(f.path) for f in change.fields)
        yield f"{change.address}: {change.action.name.lower()} {paths}".rstrip()


class _Promised:
    """A cloud that knows the secrets to which an exported manifest refers, and nothing else."""

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
        msg = f"a proof asks AWS for nothing, but it asked for {what}"
        raise LookupError(msg)


# --- files ---------------------------------------------------------------------------------------------------------


def save(make: Callable[[Path], ExportOutcome], directory: Path, *, force: bool) -> ExportOutcome:
    """Make all files aside, and put those of the pools that are right in place.

    Args:
        make: Writes the files into a directory.
        directory: Where they go; it is made.
        force: Whether files that are there are replaced.

    Raises:
        Refused: Files are there already; the message lists them.
        PoolctlError: A file could not be written; the message lists those that were put in place before it.
    """
    new = next((p for p in (directory, *directory.parents) if p.exists() or not p.name), directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(dir=directory, prefix=".poolctl-"))
    except OSError as error:
        raise PoolctlError(f"--to {directory}: the directory is not writable: {error.strerror}.") from None
    try:
        outcome = make(aside)
        names = [name for result in outcome.results for name, _ in contents(result.exported)]
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
    """Take directories away again that were made for nothing."""
    for made in (directory, *directory.parents):
        if made == existing:
            return
        with contextlib.suppress(OSError):  # it holds what was written
            made.rmdir()
