"""The output formats: one value in FORMATS and one file each.

A format's file offers RENDERERS, one function for each subject. Its name, subjects and file are known without importing
it, because a command lists its formats when it sets up its options, before there is a result. `-o`, its errors, and
the table in docs/formats.md come from here. To add a format, write its file and its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from schemas.tuples import NamedTuple

if TYPE_CHECKING:  # parsing options needs none of them
    from reconciler.procedures.replacement import Replacement
    from reconciler.render.places import Locate
    from reconciler.render.shown import ShownApply, ShownComparison, ShownConnections, ShownPlan
    from reconciler.render.subjects import (
        DoctorReport,
        DriftResult,
        Explained,
        ImportReport,
        LintResult,
        RecoveryReport,
        RenderOptions,
        Validation,
    )

RUNS = ("plan", "apply", "validate", "drift")
"""The subjects that most formats render."""

REPORTS = (*RUNS, "lint")
"""The subjects of formats that show findings beside the lines of a manifest."""

ALL = (*REPORTS, "diff", "explain", "pool", "recover", "doctor", "imported", "replace")
"""Every subject."""


class Format(NamedTuple):
    """One output format."""

    name: str
    """As it is given to `-o`."""
    module: str
    """Its file."""
    subjects: tuple[str, ...]
    """What it renders: fields of `subjects.Renderers`."""
    suffix: str
    """Ends the name of a file that holds it."""
    media: str
    """Media type."""
    purpose: str
    """Its use, for the table in docs/formats.md."""
    holds: str
    """Its content, for the same table."""
    streams: bool = False
    """Whether `apply` writes it as events happen."""
    places: bool = False
    """Whether it has the places of the weaknesses that a plan finds; the others only count them."""

    def render(self, subject: str, result: Any, options: RenderOptions) -> str:
        """Return the text of a result.

        Args:
            subject: One of `subjects`.
            result: What `subjects.Renderers` asks for.
            options: How it is to be spelled.
        """
        from importlib import import_module

        renderer = getattr(import_module(self.module).RENDERERS, subject)
        return str(renderer(result, options))

    def pieces(self, subject: str, result: Any, options: RenderOptions) -> Iterator[str]:
        """Yield the text of a result in pieces, the first of them when all is known; takes what `render` does."""
        from importlib import import_module

        in_pieces = getattr(import_module(self.module), "PIECES", {})
        if subject in in_pieces:
            yield from in_pieces[subject](result, options)
        else:
            yield self.render(subject, result, options)


FORMATS: tuple[Format, ...] = (
    Format(
        "human",
        "reconciler.render.human",
        ALL,
        ".txt",
        "text/plain",
        "Terminals. The default",
        "Everything, dangerous changes first",
    ),
    Format(
        "json",
        "reconciler.render.machine",
        ALL,
        ".json",
        "application/json",
        "Programs",
        "Everything; schema: `poolctl schema --output plan`",
        places=True,
    ),
    Format(
        "jsonl",
        "reconciler.render.jsonl",
        RUNS,
        ".jsonl",
        "application/jsonl",
        "Pipelines and logs",
        "One event per line, as in Terraform's stream",
        streams=True,
    ),
    Format(
        "markdown",
        "reconciler.render.markdown",
        REPORTS,
        ".md",
        "text/markdown",
        "Comments on pull requests, step summaries, chats",
        "Dangerous changes, totals, one folded block for each object",
    ),
    Format(
        "html",
        "reconciler.render.html",
        REPORTS,
        ".html",
        "text/html",
        "Reviews, approvals, audits",
        "Everything in one file, with search and filters",
    ),
    Format(
        "junit",
        "reconciler.render.junit",
        REPORTS,
        ".xml",
        "application/xml",
        "The test tab of GitLab, Jenkins and others",
        "A test case for each object, finding or problem",
    ),
    Format(
        "sarif",
        "reconciler.render.sarif",
        REPORTS,
        ".sarif",
        "application/sarif+json",
        "Code scanning",
        "Problems, located at the manifest line",
    ),
    Format(
        "github",
        "reconciler.render.github",
        REPORTS,
        ".txt",
        "text/plain",
        "GitHub jobs",
        "Annotations at the manifest line",
    ),
    Format(
        "prometheus",
        "reconciler.render.metrics",
        ("drift",),
        ".prom",
        "text/plain; version=0.0.4",
        "Monitoring. `drift` only",
        "Counts of the last run, coverage, duration, calls",
    ),
)
"""Every format, in the order in which help and docs name them."""


class Writer:
    """Writes one result in one format.

    Args of the constructor:
        form: The format.
        subject: What the result is.
        result: What `subjects.Renderers` asks for.
        options: How it is to be spelled.
    """

    def __init__(self, form: Format, subject: str, result: Any, options: RenderOptions) -> None:
        self._form = form
        self._subject = subject
        self._result = result
        self._options = options

    def __call__(self, color: bool) -> str:
        """Return the text, with colour or without."""
        return self._form.render(self._subject, self._result, self._colored(color))

    def pieces(self, color: bool) -> Iterator[str]:
        """Yield the text in pieces, with colour or without."""
        return self._form.pieces(self._subject, self._result, self._colored(color))

    def _colored(self, color: bool) -> RenderOptions:
        from schemas.records import replace

        return replace(self._options, color=color)


Written = dict[str, Writer]
"""By format."""


def names(subject: str, formats: Sequence[Format] = FORMATS) -> tuple[str, ...]:
    """Return the names of the formats that render a subject."""
    return tuple(f.name for f in formats if subject in f.subjects)


def streaming(formats: Sequence[Format] = FORMATS) -> tuple[str, ...]:
    """Return the names of the formats that `apply` writes as events happen."""
    return tuple(f.name for f in formats if f.streams)


def plan(plans: Sequence[ShownPlan], options: RenderOptions) -> Written:
    """Return what writes plans in each format."""
    return each("plan", plans, options)


def apply(applied: ShownApply, options: RenderOptions) -> Written:
    """Return what writes the result of an apply in each format."""
    return each("apply", applied, options)


def validate(found: Validation, options: RenderOptions) -> Written:
    """Return what writes a validation in each format."""
    return each("validate", found, options)


def drift(found: DriftResult, options: RenderOptions) -> Written:
    """Return what writes a drift run in each format."""
    return each("drift", found, options)


def diff(found: Sequence[ShownComparison], options: RenderOptions) -> Written:
    """Return what writes comparisons in each format."""
    return each("diff", found, options)


def pool(found: Sequence[ShownConnections], options: RenderOptions) -> Written:
    """Return what writes ids and addresses of pools in each format."""
    return each("pool", found, options)


def explain(found: Explained, options: RenderOptions) -> Written:
    """Return what writes what is known of a kind or member in each format."""
    return each("explain", found, options)


def lint(found: LintResult, options: RenderOptions) -> Written:
    """Return what writes security findings in each format."""
    return each("lint", found, options)


def recover(found: RecoveryReport, options: RenderOptions) -> Written:
    """Return what writes recoveries of users in each format."""
    return each("recover", found, options)


def imported(found: ImportReport, options: RenderOptions) -> Written:
    """Return what writes what became of the definition of another tool in each format."""
    return each("imported", found, options)


def replace(found: Replacement, options: RenderOptions) -> Written:
    """Return what writes how a pool is replaced in each format."""
    return each("replace", found, options)


def doctor(found: DoctorReport, options: RenderOptions) -> Written:
    """Return what writes what is missing before a run in each format."""
    return each("doctor", found, options)


def each(subject: str, result: Any, options: RenderOptions, formats: Sequence[Format] = FORMATS) -> Written:
    """Return what writes a result in each format that renders its subject.

    Args:
        subject: What it is.
        result: What `subjects.Renderers` asks for; the functions above say which type that is.
        options: How it is to be spelled; the caller adds whether to use colour.
        formats: Those to choose from.
    """
    return {f.name: Writer(f, subject, result, options) for f in formats if subject in f.subjects}


def repository(environ: Mapping[str, str]) -> Locate:
    """Return how files are named within the repository that the process works in.

    Args:
        environ: GITHUB_WORKSPACE says where the repository is; without it, it is the working directory.
    """
    from pathlib import Path

    from reconciler.render.places import within

    here = str(Path.cwd())
    return within(environ.get("GITHUB_WORKSPACE") or here, here)
