"""The steps of `init`: collect the answers, write the text, prove it, and save it without replacing a file.

What a newcomer is given has to work, so the text is loaded and held against the rules before it is saved, as `validate`
would do it.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import PoolctlError, Refused, flow
from reconciler.starters.purposes import EMBEDDED_ACCOUNT, PURPOSES, QUESTIONS, Question, questions, slug
from reconciler.terminal.files import create
from reconciler.terminal.settings import invalid

if TYPE_CHECKING:
    from reconciler.starters.purposes import Answers
    from reconciler.terminal.console import Console
    from reconciler.terminal.options import Options

FOLDER = "pools"
"""Where the manifest goes if no file is named: where every command looks."""

STANDARD_OUTPUT = "-"
"""The file name that means standard output."""


def answered(options: Options, console: Console) -> Answers:
    """Return an answer to each question: from the options, then from the terminal, then the default.

    Args:
        options: The command line.
        console: Asks, if questions can be answered.

    Raises:
        InvalidInput: An option is wrong or does not belong to the purpose; or there is no purpose and no way to ask.
    """
    given = dict(options.answers)
    if options.region:
        given["region"] = options.region
    for name, text in given.items():
        _check(QUESTIONS[name], text)
    purpose = options.purpose or _purpose(console)
    asked = questions(purpose)
    foreign = sorted(given.keys() - {question.name for question in asked})
    if foreign:
        raise invalid(f"--{foreign[0]} does not belong to the purpose {purpose}. Leave it out.")
    answers = {"for": purpose}
    for question in asked:
        default = _default(question, answers, console.environ)
        answers[question.name] = given.get(question.name) or _answer(question, default, console)
    return answers


def _check(question: Question, text: str) -> None:
    problem = question.wrong(text)
    if problem:
        raise invalid(f"--{question.name}: {flow(text)} {problem}")


def _default(question: Question, answers: Answers, environ: Mapping[str, str]) -> str:
    """Return the default of a question; the Region is that of the AWS CLI, if it has one."""
    found = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "" if question.name == "region" else ""
    return found if found and not question.wrong(found) else question.default(answers)


def _purpose(console: Console) -> str:
    names = list(PURPOSES)
    if not console.interactive:
        raise invalid(f"Name the purpose of the pool: one of {', '.join(names)}.")
    listed = "\n".join(f"  {i}  {name:<20}{PURPOSES[name].says}" for i, name in enumerate(names, 1))
    question = f"What is the pool for?\n{listed}\nNumber or name [1]: "
    while True:
        found = console.ask(question) or "1"
        chosen = names[int(found) - 1] if found in map(str, range(1, len(names) + 1)) else found
        if chosen in PURPOSES:
            return chosen
        question = f"{flow(found)} is not one of them. Number or name [1]: "


def _answer(question: Question, default: str, console: Console) -> str:
    """Ask until the answer is right; the end of input, like an empty answer, takes the default."""
    if not console.interactive:
        return default
    asks = f"{question.asks[:1].upper()}{question.asks[1:]} [{default}]: "
    found = console.ask(asks) or default
    while problem := question.wrong(found):
        found = console.ask(f"{flow(found)} {problem}\n{asks}") or default
    return found


def destination(options: Options, answers: Answers) -> str:
    """Return the file to write: the one that was named, or one in `pools/` with the name of the pool."""
    return options.operand or f"{FOLDER}/{slug(answers['name'])}.yaml"


def written(answers: Answers, file: str) -> str:
    """Return the text of the manifest, proven.

    Args:
        answers: To every question.
        file: Where it goes; on standard output, its comments name the file that it would have had.
    """
    from reconciler.starters.manifest_text import text

    named = f"{FOLDER}/{slug(answers['name'])}.yaml" if file == STANDARD_OUTPUT else file
    return proven(text(answers, shlex.quote(named)))


def proven(text: str) -> str:
    """Return a manifest that loads without a problem, a broken rule or a warning.

    Raises:
        InvalidManifest: It has problems.
        InvalidInput: The answers do not fit together.
    """
    from reconciler.manifests.loading import load
    from reconciler.manifests.references.variables import variables
    from reconciler.planning.guard import offline, offline_warnings

    loaded = load(["-"], variables=variables([], []), environ={}, stdin=lambda: text)
    found = [notice.message for notice in loaded.notices]
    for manifest in loaded.manifests:
        found += [r.message for r in offline(manifest)] + [w.message for w in offline_warnings(manifest)]
    if found:
        raise invalid("\n".join(["Cognito would not accept these answers.", *found]))
    return text


def must_be_new(file: str) -> None:
    """Refuse a file that exists, before anything is asked.

    Raises:
        Refused: It exists, even as a broken link.
    """
    if file != STANDARD_OUTPUT and os.path.lexists(file):
        raise Refused(f"--file: {flow(file)} exists, and is not overwritten. Name another file with --file.")


def save(file: str, text: str) -> None:
    """Write a new file, with the directories around it.

    Raises:
        Refused: It exists by now.
        PoolctlError: It could not be written.
    """
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PoolctlError(f"{file}: its directory could not be made: {error.strerror}.") from None
    try:
        create(file, text)
    except FileExistsError:
        must_be_new(file)
        raise


def next_steps(file: str, answers: Answers) -> str:
    """Return what to do with the new manifest, as commands to be typed."""
    name = shlex.quote(file)
    tries = [
        (f"poolctl --local apply {name}", "try it on the embedded Cognito, without an AWS account"),
        (f"poolctl --local show pool {name}", "its ids and addresses"),
    ]
    known = answers["account"] == EMBEDDED_ACCOUNT
    steps = [
        (f"poolctl validate {name}", "check it, offline"),
        *(tries if known else ()),
        (f"poolctl plan {name}", "what would change in AWS" + ("; set target.account first" if known else "")),
        (f"poolctl apply {name}", "make it so, after a confirmation"),
    ]
    width = max(len(command) for command, _ in steps)
    return "\n".join(["Next:", *(f"  {command:<{width}}   {why}" for command, why in steps)])
