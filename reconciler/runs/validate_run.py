"""The steps of `validate`: check every manifest without AWS, on several cores where there are many.

Documents that do not refer to each other are checked some at a time, and of each is kept what must be looked at with
all others: its head, and what was found. So a thousand documents need little more memory than a few, which also is
faster, and many files are shared out to processes (`terminal/workers.py`). Documents with references, outputs or
overlays are checked together, in one process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from reconciler.errors import InvalidManifest, Problem
from reconciler.manifests.loading import Gathered, Loaded, together
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reader import Share, listed
from reconciler.model import Notice, Position, Risk
from reconciler.runs.runtime import Runtime
from reconciler.terminal import workers
from reconciler.terminal.console import Console
from schemas.records import replace
from schemas.tuples import NamedTuple

FEWEST = 300
"""Number of files from which several processes are worth it."""


class DocumentVerdicts(NamedTuple):
    """What was found in documents that could be read."""

    refusals: tuple[Problem, ...] = ()
    """What Cognito would refuse."""
    notices: tuple[Notice, ...] = ()
    """What is worth a warning."""
    risks: tuple[Risk, ...] = ()
    """How bad each security finding is; none where something is refused."""
    findings: tuple[Notice, ...] = ()
    """The security findings as notices; for `--lint` only."""
    failed: bool = False
    """Whether `lint` would fail; for `--lint` only."""


class ValidatedPart(NamedTuple):
    """What one process found."""

    gathered: Gathered
    """The documents of its files."""
    judged: tuple[DocumentVerdicts, ...]
    """What was found in each; nothing if they could not all be read."""


class ValidateResult(NamedTuple):
    """What `validate` found."""

    files: tuple[str, ...] = ()
    """The file of each document; none where they could not all be read."""
    notices: tuple[Notice, ...] = ()
    """What should be said."""
    problems: tuple[Problem, ...] = ()
    """What is wrong."""
    risks: tuple[Risk, ...] = ()
    """How bad each security finding is."""
    findings: tuple[Notice, ...] = ()
    """The security findings as notices; for `--lint` only."""
    failed: bool = False
    """Whether `lint` would fail; for `--lint` only."""


def check(runtime: Runtime, console: Console) -> ValidateResult:
    """Check the manifests that the command line names.

    Args:
        runtime: The run; AWS is not contacted.
        console: Gives standard input.

    Raises:
        InvalidInput: An option is wrong.
    """
    try:
        parts = _in_parts(runtime, console)
        if parts is None:
            loaded = runtime.load(console.read)
            judged = [_judged(runtime, loaded.manifests)]
        else:
            loaded = together([part.gathered for part in parts])
            judged = [verdict for part in parts for verdict in part.judged]
    except InvalidManifest as error:
        return ValidateResult(problems=tuple(error.problems))
    return _joined(loaded, judged)


def _joined(loaded: Loaded, judged: Sequence[DocumentVerdicts]) -> ValidateResult:
    problems = tuple(problem for one in judged for problem in one.refusals)
    return ValidateResult(
        files=tuple(source.file for manifest in loaded.manifests for source in _sources(manifest)),
        notices=(*loaded.notices, *(notice for one in judged for notice in one.notices)),
        problems=problems,
        risks=() if problems else tuple(risk for one in judged for risk in one.risks),
        findings=() if problems else tuple(notice for one in judged for notice in one.findings),
        failed=not problems and any(one.failed for one in judged),
    )


def _sources(manifest: Manifest) -> tuple[Position, ...]:
    """Return where each of its documents begins."""
    return tuple(part.source for part in manifest.parts) or (manifest.source,)


# --- some documents after the others ----------------------------------------------------------------------------------


def _in_parts(runtime: Runtime, console: Console) -> list[ValidatedPart] | None:
    """Check documents some at a time, many of them in several processes; None if they have to be looked at together."""
    options = runtime.options
    if options.env or "-" in (*options.paths, *options.var_files):
        return None
    cores = min(workers.cores(), options.parallelism)
    files = listed(options.paths) if cores > 1 and _may_be_many(options.paths) else 0
    if files < FEWEST:
        cores = 1
    else:
        _load_all()
    parts = workers.spread(lambda number: _part(runtime, console, Share(number, cores, files or sys.maxsize)), cores)
    return parts if parts and not _may_be_rows(parts) else None


def _may_be_rows(parts: Sequence[ValidatedPart]) -> bool:
    """Return whether something that is wrong may be about a file of rows, which is no manifest: then it is not said."""
    return any(part.gathered.problems for part in parts) and any(part.gathered.row_files for part in parts)


def _may_be_many(paths: Sequence[str]) -> bool:
    return len(paths) >= FEWEST or any(map(os.path.isdir, paths))


def _load_all() -> None:
    """Import what every part needs, once before the processes part."""
    from importlib import import_module

    from reconciler.security.catalogue import rules

    for name in ("reconciler.planning.guard", "reconciler.planning.linting", "reconciler.runs.lint_run"):
        import_module(name)
    rules()


def _part(runtime: Runtime, console: Console, share: Share) -> ValidatedPart:
    """Check some of the files, and keep no more of a document than its head.

    Raises:
        workers.Undivided: There is no document, one refers to another one or is a part of a pool, has something that
            is switched off, or writes outputs, which may clash.
    """
    judged: list[DocumentVerdicts] = []

    def heads(manifests: Sequence[Manifest], sound: bool) -> Sequence[Manifest]:
        """Judge documents while they are at hand, and return what is looked at with all others."""
        if any(one.links or one.outputs or one.parts or one.off for one in manifests):
            raise workers.Undivided
        if sound:
            judged.append(_judged(runtime, manifests))
        return [replace(one, specs=(), positions={}, owners={}) for one in manifests]

    gathered = runtime.gather(console.read, share, heads)
    if not gathered.manifests:
        raise workers.Undivided
    return ValidatedPart(gathered, () if gathered.problems else tuple(judged))


# --- documents that could be read ----------------------------------------------------------------------------------


def _judged(runtime: Runtime, manifests: Sequence[Manifest]) -> DocumentVerdicts:
    """Judge documents by the rules of Cognito, and if they keep them by those of security."""
    from reconciler.planning.guard import offline_findings

    found = [(m, offline_findings(m)) for m in manifests]
    refusals = [(m, refusal) for m, (refused, _) in found for refusal in refused]
    if any(m.outputs for m in manifests):
        from reconciler.runs import outputs_checked  # knows all formats, and all that they are made of

        refusals += outputs_checked.offline(runtime, manifests)
    problems = [Problem(r.source or m.source, f"{r.address}", f"{r.message} [{r.rule}]", r.advice) for m, r in refusals]
    warnings = [notice for _, (_, warned) in found for notice in warned]
    if problems or not manifests:
        return DocumentVerdicts(tuple(problems), tuple(warnings))
    return DocumentVerdicts((), tuple(warnings), *_lint(runtime, manifests))


def _lint(runtime: Runtime, manifests: Sequence[Manifest]) -> tuple[tuple[Risk, ...], tuple[Notice, ...], bool]:
    """Return the risk of each security finding, the findings in words if they are asked for, and whether lint fails."""
    from reconciler.runs import lint_run

    if not runtime.options.lint:
        return lint_run.risks(runtime, manifests), (), False
    from reconciler.render.weaknesses import warnings

    linted = lint_run.linted(runtime, manifests)
    risks = tuple(one.risk for document in linted.documents for one in document.weaknesses)
    return risks, tuple(warnings(linted)), linted.failed
