"""Which formats there are, and what writes each: the one table behind `-o FORMAT`.

A command names its formats when its options are set up, long before there is a result, so nothing here imports a
renderer until one is called.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a command that only parses its options needs none of them
    from reconciler.errors import Problem
    from reconciler.model import Call, Drift, Notice, Plan
    from reconciler.render.metrics import RunStats
    from reconciler.render.places import Locate
    from reconciler.render.report import Report
    from reconciler.render.tally import Applied

NAMES = ("human", "json", "jsonl", "markdown", "html", "junit", "sarif", "github")
"""Every format, for `plan`, `apply`, `drift` and `validate` alike."""

WATCHING = (*NAMES, "prometheus")
"""Formats of `drift`, which a scheduler runs and a monitor reads."""

Renderers = dict[str, Callable[[bool], str]]
"""By format: returns the text; the argument says whether to use colour."""


def plan(
    plans: Sequence[Plan],
    *,
    width: int = 100,
    calls: Mapping[str, Sequence[Call]] | None = None,
    digest: Callable[[], str] = str,
    locate: Locate | None = None,
    origins: bool = False,
    limit: int | None = None,
) -> Renderers:
    """Return what writes plans in each format.

    Args:
        plans: One for each document.
        width: Columns, for people.
        calls: By full address, the calls that apply would send, for programs.
        digest: Returns the digest of the plans, which costs too much to be made for people; empty when there is none.
        locate: Turns names of files into paths within the repository.
        origins: Whether people are told the file and line of every member.
        limit: Longest Markdown, in bytes; None takes the usual.
    """
    from reconciler.render import human, jsonl, machine, report

    return {
        "human": lambda color: human.plan(plans, color=color, width=width, origins=origins),
        "json": lambda _: machine.plan(plans, calls=calls, digest=digest()),
        "jsonl": lambda _: jsonl.plan(plans),
        **_reported(lambda: report.plan(plans), digest, locate, limit),
    }


def apply(applied: Applied, *, locate: Locate | None = None, limit: int | None = None) -> Renderers:
    """Return what writes the result of an apply in each format; the arguments are those of `plan`."""
    from reconciler.render import human, jsonl, machine, report

    return {
        "human": lambda color: human.apply_summary(applied, color=color),
        "json": lambda _: machine.apply(applied),
        "jsonl": lambda _: jsonl.apply(applied),
        **_reported(lambda: report.apply(applied), str, locate, limit),
    }


def validate(
    problems: Sequence[Problem],
    notices: Sequence[Notice],
    files: Sequence[str],
    *,
    locate: Locate | None = None,
    limit: int | None = None,
) -> Renderers:
    """Return what writes a validation in each format.

    For people, problems are no result but an error: the command writes them to standard error.

    Args:
        problems: What is wrong.
        notices: What should be said besides.
        files: The file of each manifest that could be read.
        locate: Turns names of files into paths within the repository.
        limit: Longest Markdown, in bytes; None takes the usual.
    """
    from reconciler.render import human, jsonl, machine, report

    return {
        "human": lambda color: "" if problems else human.valid(files, color=color),
        "json": lambda _: machine.validate(problems, notices, len(files)),
        "jsonl": lambda _: jsonl.validate(problems, notices, files),
        **_reported(lambda: report.validate(problems, notices, files), str, locate, limit),
    }


def drift(
    drifts: Sequence[Drift],
    *,
    run_stats: RunStats | None = None,
    undelivered: Iterable[str] = (),
    width: int = 100,
    locate: Locate | None = None,
    limit: int | None = None,
) -> Renderers:
    """Return what writes drift in each format.

    Args:
        drifts: One for each document.
        run_stats: What the run cost, for monitors; None when nobody measured it.
        undelivered: Ids of what nobody could be told, for the next run.
        width: Columns, for people.
        locate: Turns names of files into paths within the repository.
        limit: Longest Markdown, in bytes; None takes the usual.
    """
    from reconciler.render import drift_text, jsonl, metrics, redact, report

    shown = redact.drifts(drifts)
    return {
        "human": lambda color: drift_text.human(shown, color=color, width=width),
        "json": lambda _: drift_text.machine(shown, undelivered),
        "jsonl": lambda _: jsonl.drift(drifts),
        "prometheus": lambda _: metrics.drift(drifts, run_stats or metrics.UNKNOWN),
        **_reported(lambda: report.drift(drifts), str, locate, limit),
    }


def _reported(
    made: Callable[[], Report], digest: Callable[[], str], locate: Locate | None, limit: int | None
) -> Renderers:
    from reconciler.render import github, html, junit, markdown, places, sarif

    where = locate or places.as_given
    return {
        "markdown": lambda _: markdown.render(made(), digest=digest(), max_bytes=limit or markdown.MAX_BYTES),
        "html": lambda _: html.render(made(), digest=digest()),
        "junit": lambda _: junit.render(made()),
        "sarif": lambda _: sarif.render(made(), where),
        "github": lambda _: github.render(made(), where),
    }


def repository(environ: Mapping[str, str]) -> Locate:
    """Return how files are named within the repository that the process works in.

    Args:
        environ: GITHUB_WORKSPACE says where the repository is; without it, it is the working directory.
    """
    from pathlib import Path

    from reconciler.render.places import within

    here = str(Path.cwd())
    return within(environ.get("GITHUB_WORKSPACE") or here, here)
