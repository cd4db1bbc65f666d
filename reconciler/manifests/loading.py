"""From files to what should be: manifests with one spec per object, or everything that is wrong with them.

The stages behind it know nothing of YAML, references or schemas; a manifest that leaves here is valid as far as that
can be decided without AWS. What only AWS knows (`$ssm`, `$secret`, `$ref`) is put in by `resolving.resolve`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from reconciler.errors import InvalidManifest, Problem
from reconciler.manifests import duplicates, envelope, foreign_files, links, objects, reader
from reconciler.manifests.documents import Document, RawDocument
from reconciler.manifests.generated.making import Makers
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.local_references import resolve_local
from reconciler.manifests.references.variables import Variables
from reconciler.manifests.validation.place import ProblemReport
from reconciler.model import Notice, Position
from schemas.documents import DocumentKind
from schemas.records import record

UNMERGED = (
    "--env is not given, so no overlay is merged into the manifests. Overlays found: {}. "
    "Name one with --env, unless the manifests are meant as they are."
)
"""The notice about overlays that a run leaves out."""


@record(frozen=True)
class Loaded:
    """Everything that was read."""

    manifests: tuple[Manifest, ...]
    """In the order of the files."""
    notices: tuple[Notice, ...]
    """What should be said, sorted by place."""


@record(frozen=True)
class Gathered:
    """Documents one by one, before they are looked at together."""

    manifests: tuple[Manifest, ...]
    """In the order of the files; what they say means nothing when there are problems."""
    problems: tuple[Problem, ...]
    """What is wrong with files and single documents."""
    notices: tuple[Notice, ...]
    """What should be said."""
    row_files: frozenset[str] = frozenset()
    """The files of rows that documents have named: what the reader says of them as manifests does not count."""


Kept = Callable[[Sequence[Manifest], bool], Sequence[Manifest]]
"""Returns what is kept of some manifests; takes whether nothing wrong was found so far, in them or before them."""

AT_ONCE = 16
"""Documents that pass each stage together: read, checked, and looked at by whoever keeps them. The code of one stage
then stays in the caches of the processor, which takes a tenth to a quarter of the CPU time away."""


def whole(manifests: Sequence[Manifest], _sound: bool) -> Sequence[Manifest]:
    """Keep all of each manifest."""
    return manifests


def load(
    paths: Sequence[str],
    *,
    variables: Variables,
    environ: Mapping[str, str],
    stdin: Callable[[], str],
    environment: str = "",
    file_roots: Sequence[str] = (),
    env_names: frozenset[str] | None = None,
    is_rule: envelope.IsRule | None = None,
) -> Loaded:
    """Read and validate manifests. AWS is not contacted.

    Args:
        paths: Files, directories, or `-` for standard input.
        variables: From `references.variables`.
        environ: Environment of the process, for `$env`.
        stdin: Gives the whole of standard input.
        environment: Name of the overlays that are laid over the manifests; empty for none.
        file_roots: Directories that files may be read from, besides the trees that `paths` names.
        env_names: The variables of the environment that `$env` may read; None means every one.
        is_rule: Returns whether there is a security rule that a waiver names; None takes every id for one.

    Raises:
        InvalidManifest: With every problem of every document, sorted by place.
    """
    gathered = gather(
        paths,
        variables=variables,
        environ=environ,
        stdin=stdin,
        environment=environment,
        file_roots=file_roots,
        env_names=env_names,
        is_rule=is_rule,
    )
    return together([gathered])


def gather(
    paths: Sequence[str],
    *,
    variables: Variables,
    environ: Mapping[str, str],
    stdin: Callable[[], str],
    environment: str = "",
    file_roots: Sequence[str] = (),
    env_names: frozenset[str] | None = None,
    is_rule: envelope.IsRule | None = None,
    share: reader.Share = reader.ALL_FILES,
    kept: Kept = whole,
) -> Gathered:
    """Read documents and check each by itself. AWS is not contacted.

    Args:
        paths: As for `load`, and so are all others.
        variables: From `references.variables`.
        environ: Environment of the process.
        stdin: Gives the whole of standard input.
        environment: Name of the overlays.
        file_roots: Directories that files may be read from.
        env_names: The variables that `$env` may read.
        is_rule: Returns whether there is a security rule.
        share: Which of the files are read; overlays are not laid over a part of them.
        kept: Returns what is kept of each manifest, as soon as it is there.
    """
    report = ProblemReport()
    manifests: list[Manifest] = []
    makers = Makers(variables, file_roots)

    def checked(made: RawDocument) -> Manifest:
        raw = makers.without_off(made, report.problems)
        document, wrong = resolve_local(raw, variables, environ, file_roots=file_roots, env_names=env_names)
        report.problems += wrong
        return _checked(document, report, is_rule)

    documents = _documents(reader.files(paths, stdin, file_roots, share), paths, environment, makers, report)
    while some := list(islice(documents, AT_ONCE)):
        manifests += kept(list(map(checked, some)), not report.problems)
    found = (tuple(manifests), tuple(report.problems), tuple(report.notices))
    return Gathered(*found, frozenset(makers.files))


def _checked(document: Document, report: ProblemReport, is_rule: envelope.IsRule | None) -> Manifest:
    """Return the manifest of a document, whose values from elsewhere get the types of their places."""
    if document.origins:
        from reconciler.manifests.generated import given_values

        document, wrong = given_values.typed(document)
        report.problems += wrong
    manifest = _manifest(document, report, is_rule)
    if manifest.links and not report.problems:
        from reconciler.manifests import own_samples

        report.problems += own_samples.misfits(manifest)
    return manifest


def together(parts: Sequence[Gathered]) -> Loaded:
    """Check all documents of a run together.

    Args:
        parts: All documents, in the order of the files.

    Raises:
        InvalidManifest: With every problem of every document, sorted by place.
    """
    manifests, problems = _combined([manifest for part in parts for manifest in part.manifests])
    row_files = frozenset(file for part in parts for file in part.row_files)
    problems += [p for part in parts for p in part.problems if not _is_of_rows(p, row_files)]
    problems += duplicates.same_pool(manifests)
    problems += links.wrong_links(manifests)
    problems += _off_references(manifests)
    if problems:
        raise InvalidManifest(distinct(problems))
    notices = {(n.source, n.message): n for part in parts for n in part.notices}
    return Loaded(tuple(manifests), tuple(notices[k] for k in sorted(notices, key=_order)))


def _combined(manifests: list[Manifest]) -> tuple[list[Manifest], list[Problem]]:
    """Return manifests of which those that are parts of one pool are one."""
    if not any(manifest.parts for manifest in manifests):
        return manifests, []
    from reconciler.manifests.pool_parts import combined

    return combined(manifests)


def _off_references(manifests: Sequence[Manifest]) -> Iterable[Problem]:
    """Return what names something that is switched off."""
    if not any(manifest.off for manifest in manifests):
        return ()
    from reconciler.manifests.generated.off_references import wrong

    return wrong(manifests)


Files = Iterable[tuple[list[RawDocument], list[Problem]]]
"""Documents and problems, file by file."""


def _documents(
    files: Files, paths: Sequence[str], environment: str, makers: Makers, report: ProblemReport
) -> Iterator[RawDocument]:
    """Yield the documents of files, with their rows made and the overlays of an environment laid over them.

    None is held longer than it is needed: together they take as much memory as the manifests.
    """
    read: Iterator[RawDocument] = (makers.with_rows(one, report.problems) for one in _own(files, report))
    readable = True
    if environment:
        from reconciler.manifests import overlays

        documents = list(read)
        readable = not report.problems
        broken = {p.position.file for p in report.problems}
        layers, wrong = reader.overlays(paths, environment, makers.file_roots)
        layers = {k: [makers.with_rows(d, wrong, "overlay") for d in v] for k, v in layers.items() if k not in broken}
        merged, clashes = overlays.merge(documents, layers)
        report.problems += [*wrong, *clashes]
        read = iter(merged)
    elif known := reader.environments(paths):
        report.notices.append(Notice(UNMERGED.format(", ".join(known))))
    first = next(read, None)
    if first is not None:
        yield first
        yield from read
    elif readable if environment else not report.problems:
        where = Position(str(paths[0]) if paths else ".", 1, 1)
        report.problems.append(Problem(where, "", "there is no document in it.", "Begin one with `version: 1`."))


def _own(files: Files, report: ProblemReport) -> Iterator[RawDocument]:
    """Yield the documents that are manifests, and report the files of other tools."""
    for documents, problems in files:
        kept, wrong = foreign_files.refuse(documents, problems)
        report.problems += wrong
        yield from kept


def _manifest(document: Document, report: ProblemReport, is_rule: envelope.IsRule | None) -> Manifest:
    """Return the manifest of a document; its content means nothing when problems were reported."""
    around = envelope.read(document, report, is_rule)
    found = objects.ObjectReader(document, around.kind, report, _written_name(document, around.kind)).read()
    name = envelope.pool_name(document, around, found.specs, report)
    return Manifest(
        file=document.file,
        source=document.start,
        kind=around.kind.name,
        name=name,
        account=around.account,
        region=around.region,
        pool_id=around.pool_id,
        sections=frozenset([*(s for s in around.kind.sections if s in document.tree), *found.owners]),
        specs=tuple([spec if spec.address.pool == name else spec.of_pool(name) for spec in found.specs]),
        prune=around.prune,
        protect=around.protect,
        ignore=around.ignore,
        outputs=around.outputs,
        profile=around.profile,
        waivers=around.waivers,
        privileged_attributes=around.privileged,
        allowed_redirect_hosts=around.hosts,
        owners=found.owners,
        links=document.links,
        positions=document.positions,
        off=document.off,
        parts=(around.part,) if around.part else (),
    )


def _written_name(document: Document, kind: DocumentKind) -> str:
    """Return the name of the pool as it is written, which nearly always is what it is called; empty if none is."""
    root = document.tree.get(kind.root)
    name = root.get(kind.name_member) if isinstance(root, dict) else None
    return name if type(name) is str else ""


def _is_of_rows(problem: Problem, files: frozenset[str]) -> bool:
    """Return whether the reader took a file of rows for a manifest; what is wrong with its rows is said elsewhere."""
    return bool(files) and os.path.normpath(problem.position.file) in files


def _order(key: tuple[Position | None, str]) -> tuple[Position, str]:
    return key[0] or Position("", 0, 0), key[1]


def distinct(problems: Sequence[Problem]) -> list[Problem]:
    """Say each thing once: an alias makes one mistake appear in several places."""
    return list({str(p): p for p in problems}.values())
