"""The actions of `poolctl users`, each a short list of stages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeAlias

from reconciler.errors import ExitCode, InvalidInput, flow
from reconciler.model import Tree
from reconciler.people import csv_export, directory
from reconciler.people.directory import Selection
from reconciler.people.import_jobs import ImportOutcome
from reconciler.render.human import users_text
from reconciler.render.machine import users_json
from reconciler.render.people_types import OutcomeWord
from reconciler.runs import users_run
from reconciler.runs.runtime import Runtime
from reconciler.runs.users_run import CheckedImport
from reconciler.terminal.console import Console
from reconciler.terminal.files import PRIVATE, Whole, save
from reconciler.terminal.options import STDOUT
from reconciler.terminal.signals import Graceful

JSON = "json"

Rendering: TypeAlias = Callable[[Iterable[Sequence[Tree]]], Iterator[str]]
"""Returns the text of users piece by piece."""


def users(runtime: Runtime, console: Console, operands: list[str]) -> int:
    """List users, a page at a time."""
    selection = _selection(runtime)
    pool = users_run.live_pool(runtime, console, operands[0])
    renderings: list[Rendering] = []
    with ExitStack() as stack:
        puts = []
        for form, file in runtime.options.outputs:
            renderings.append(_rendering(pool.id, form, file))
            puts.append(_sink(form, file, console, stack))
        for pieces in in_step(directory.pages(pool, selection), renderings):
            for put, piece in zip(puts, pieces, strict=True):
                if piece:
                    put(piece)
    return ExitCode.OK


def in_step(pages: Iterable[Sequence[Tree]], renderings: Sequence[Rendering]) -> Iterator[tuple[str, ...]]:
    """Yield the pieces of several renderings of the same pages side by side, so that no more than a page is kept.

    Args:
        pages: Users, page by page.
        renderings: Each yields a piece for a page, and may yield one before and one after all.
    """
    copies = itertools.tee(pages, len(renderings))
    yield from itertools.zip_longest(*(r(copy) for r, copy in zip(renderings, copies, strict=True)), fillvalue="")


def _rendering(pool_id: str, form: str, file: str) -> Rendering:
    if form != JSON:
        return users_text.table
    if file != STDOUT:
        return lambda pages: users_json.listed(pool_id, pages)
    return lambda pages: _lines(users_json.listed(pool_id, pages))


def _sink(form: str, file: str, console: Console, stack: ExitStack) -> Callable[[str], object]:
    """Return what writes the pieces of a list; a file is for its owner alone, and appears whole."""
    if file == STDOUT:
        return console.data if form == JSON else console.out
    stream, end = stack.enter_context(Whole(file)), "" if form == JSON else "\n"
    return lambda piece: stream.write(f"{piece}{end}".encode())


def _lines(pieces: Iterable[str]) -> Iterator[str]:
    """Cut pieces of a text at ends of lines: the console ends each with one."""
    left = ""
    for piece in pieces:
        text, newline, left = (left + piece).rpartition("\n")
        if newline:
            yield text
    if left:
        yield left


def _selection(runtime: Runtime) -> Selection:
    options = runtime.options
    return directory.check(Selection(options.condition, options.user_status, options.group, options.limit))


def user(runtime: Runtime, console: Console, operands: list[str]) -> int:
    """Show one user."""
    return _one(runtime, console, operands, users_text.card)


def groups(runtime: Runtime, console: Console, operands: list[str]) -> int:
    """Show the groups of one user."""
    return _one(runtime, console, operands, lambda _user, found: users_text.groups_table(found))


def _one(runtime: Runtime, console: Console, operands: list[str], human: Callable[..., str]) -> int:
    pool = users_run.live_pool(runtime, console, operands[0])
    found, member_of = directory.one(pool, operands[1]), list(directory.groups(pool, operands[1]))
    _deliver(runtime, console, human(found, member_of), lambda: users_json.shown(pool.id, found, member_of))
    return ExitCode.OK


def _deliver(runtime: Runtime, console: Console, human: str, machine: Callable[[], str]) -> None:
    """Write a result in every requested format; a file is for its owner alone."""
    for form, file in runtime.options.outputs:
        text = machine() if form == JSON else human
        if not text:  # the wrong rows are on standard error
            continue
        if file == STDOUT:
            (console.data if form == JSON else console.out)(text)
        else:
            save(file, text if form == JSON else f"{text}\n", PRIVATE)


# --- import --------------------------------------------------------------------------------------------------------


def bring(runtime: Runtime, console: Console, operands: list[str]) -> int:
    """Check a CSV, then import it."""
    options, file = runtime.options, operands[1]
    pool = users_run.live_pool(runtime, console, operands[0], writes=True)
    rules = users_run.rules_of(pool, options.hashing)
    work = CheckedImport(pool, file, rules, users_run.checked(file, rules, console.status))
    console.status("")
    if work.found.wrong:
        console.err(users_text.wrong_rows(file, work.found))
    if options.dry_run or (work.found.wrong and not options.skip_invalid):
        return _unsent(runtime, console, work)
    return _sent(runtime, console, work)


def _sent(runtime: Runtime, console: Console, work: CheckedImport) -> int:
    """Import the rows that are right, and say what became of them."""
    users_run.require_motion(runtime, console, work.pool)
    role = users_run.role_of(work.pool, runtime.options.logs_role)
    if work.found.wrong:
        users_run.keep_rest(work, runtime.options.skip_invalid)
        console.progress(f"The wrong rows are in {runtime.options.skip_invalid}.")
    with Graceful(console.err) as stop:
        runtime.stopped = stop
        done = users_run.imported(runtime, console, work, role)
    console.status("")
    for notice in done.notices:
        console.err(notice)
    whole = not done.failed and not done.unfinished
    _report(runtime, console, work, done, "imported" if whole else "partial")
    failed = ExitCode.PARTIAL if done.imported or done.unfinished else ExitCode.ERROR
    return stop.exit_code or (ExitCode.OK if whole else failed)


def _unsent(runtime: Runtime, console: Console, work: CheckedImport) -> int:
    """End before anything is sent."""
    dry, wrong = runtime.options.dry_run, bool(work.found.wrong)
    if wrong and not dry:
        console.err("Nothing was sent. Correct them, or give --skip-invalid FILE to import the others.")
    said = "" if wrong else f"{work.found.rows:,} rows, all of them right. Nothing was sent (--dry-run)."
    word: OutcomeWord = "checked" if dry else "refused"
    _deliver(runtime, console, said, lambda: users_json.imported(work.pool.id, word, work.found, ImportOutcome()))
    return ExitCode.INVALID if wrong else ExitCode.OK


def _report(runtime: Runtime, console: Console, work: CheckedImport, done: ImportOutcome, word: OutcomeWord) -> None:
    human = users_text.imported(work.found, done)
    _deliver(runtime, console, human, lambda: users_json.imported(work.pool.id, word, work.found, done))


# --- export --------------------------------------------------------------------------------------------------------


def out(runtime: Runtime, console: Console, operands: list[str]) -> int:
    """Write users as CSV, a page at a time."""
    file = operands[1]
    _require_place(file)
    selection = _selection(runtime)
    pool = users_run.live_pool(runtime, console, operands[0])
    header = users_run.rules_of(pool).header
    named = pool.description.get("UsernameAttributes") or ()
    with _target(file, console) as put:
        count = csv_export.write(directory.pages(pool, selection), header, named, put)
    said = f"{count.users:,} users"
    if count.federated:
        said += f"; {count.federated:,} of identity providers left out, which come back when they sign in"
    console.progress(f"{said}.")
    for column, values in sorted(count.unwritten.items()):
        console.err(
            f"Warning: {values:,} values of {column} are empty, because Cognito's CSV has no way to write them."
        )
    return ExitCode.INCOMPLETE if count.unwritten else ExitCode.OK


def _require_place(file: str) -> None:
    if file == "-":
        return
    path = Path(file)
    if path.is_dir() or not path.parent.is_dir():
        raise InvalidInput(f"users export: {flow(file)} is not a file that can be written. Name one, or - for stdout.")


@contextmanager
def _target(file: str, console: Console) -> Iterator[Callable[[str], object]]:
    if file == "-":
        yield console.data
        return
    with Whole(file) as stream:
        yield lambda text: stream.write(text.encode())


STAGES = {"list": users, "show": user, "groups": groups, "import": bring, "export": out}
"""Action → what it does."""
