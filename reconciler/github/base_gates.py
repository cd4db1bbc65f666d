"""The gates of the branch that a pull request goes to, which judge it: it cannot loosen what judges it unnoticed.

A pull request may change `fail_on` and `allow` of poolctl.yaml together with what they are about. So its plan is judged
by those of the target branch, read through the API, because a checkout has only one commit. It is the file that the run
itself reads, also one that `--config` names, as that branch has it now. The comment names what the pull request changes
about them. After the merge, apply is judged by what was merged.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from reconciler.cli import configured
from reconciler.cli.configuration import Configuration, read_gates
from reconciler.cli.configured import FilesRead
from reconciler.cli.entry import parser_of
from reconciler.cli.parsing import given
from reconciler.errors import InvalidInput, PoolctlError, flow
from reconciler.github.api import GitHub
from reconciler.github.job import Job
from reconciler.github.transport import GitHubError
from reconciler.render.markdown import code, text
from reconciler.terminal.settings import CONFIG_FILES

FILE = "gates.yaml"
"""Output file with the gates that judge the plan."""

READING = "Read poolctl.yaml of the target branch"


def reads(job: Job, environ: Mapping[str, str]) -> FilesRead:
    """Return which files the plan reads, by the input `args` and the environment.

    Args:
        job: The job.
        environ: The environment of poolctl.
    """
    try:
        return configured.chosen(given(parser_of("plan"), job.args, takes_paths=True), environ)
    except InvalidInput:  # the plan fails for the same reason, and says so
        return FilesRead()


def fetched(job: Job, api: GitHub | None, directory: Path, found: FilesRead) -> Path | None:
    """Write the file of the target branch, empty if that has none, and return where.

    Args:
        job: The job.
        api: GitHub; None reads nothing.
        directory: Where to write it.
        found: Which files the plan reads.

    Returns:
        The file; None if the plan is judged by what it reads itself: there is no target branch, no file is read, or it
        is one that no pull request can change.

    Raises:
        GitHubError: It could not be read.
        InvalidInput: It is no text, or `args` names other gates.
    """
    if api is None or not job.into:
        return None
    if found.gates_from is not None:
        raise InvalidInput("args: --gates-from is not taken on a pull request, which its target branch judges.")
    paths = list(_paths(job, found))
    if not paths:
        return None
    _check_place(job)
    file = directory / FILE
    file.write_text(next(_texts(job, api, paths), ""), encoding="utf-8")
    return file


def _paths(job: Job, found: FilesRead) -> Iterator[str]:
    """Yield where the file may be in the repository, the nearest first."""
    places, root = configured.places(Path()), _root(job)
    if not found.wanted:
        return
    if not found.named:
        yield from ((place / name).relative_to(root).as_posix() for place in places for name in CONFIG_FILES)
        return
    lexical = Path(os.path.normpath(Path.cwd() / found.named))
    if lexical.is_relative_to(root):
        _check_owner(found.named, lexical, root)
        yield lexical.relative_to(root).as_posix()
    elif not _is_outside(found.named, lexical, root):
        message = (
            f"--config: {flow(found.named)} leads through a link. Name it from the working directory, without links."
        )
        raise InvalidInput(message)


def _check_owner(named: str, file: Path, root: Path) -> None:
    """Refuse a file of a repository inside of this one: the target branch does not have it."""
    if any(os.path.lexists(place / ".git") for place in file.parents if place != root and place.is_relative_to(root)):
        raise InvalidInput(f"--config: {flow(named)} belongs to another repository. Check that out beside this one.")


def _is_outside(named: str, lexical: Path, root: Path) -> bool:
    """Return whether a file is in no case one of the checkout, wherever links lead that a pull request can change."""
    found = os.path.realpath(named)
    return found == os.path.realpath(lexical) and not Path(found).is_relative_to(os.path.realpath(root))


def _root(job: Job) -> Path:
    """Return the directory of the checkout: that with `.git`, or the workspace where none was made."""
    here, last = Path.cwd(), configured.places(Path())[-1]
    workspace = Path(os.path.realpath(job.workspace or "."))
    return last if os.path.lexists(last / ".git") or not here.is_relative_to(workspace) else workspace


def _check_place(job: Job) -> None:
    """Refuse a working directory behind a link: a pull request could lead it to where the target branch has no file."""
    workspace, said = os.path.realpath(job.workspace or "."), job.inputs["INPUT_WORKING_DIRECTORY"]
    place = Path(os.path.normpath(Path(workspace) / said))
    if place.is_relative_to(workspace) and os.path.realpath(place) != str(place):
        raise InvalidInput(f"working-directory: {flow(said)} leads through a link. Name the directory itself.")


def _texts(job: Job, api: GitHub, paths: list[str]) -> Iterator[str]:
    head = _head(job, api)
    for path in paths:
        found = api.get(READING, f"/repos/{job.repository}/contents/{quote(path)}?ref={head}")
        if found is not None:
            yield _decoded(path, found.get("encoding"), str(found.get("content")))


def _head(job: Job, api: GitHub) -> str:
    """Return the newest commit of the target branch; the event has that of when the pull request was last pushed to."""
    found = api.get(READING, f"/repos/{job.repository}/git/ref/heads/{quote(job.into)}")
    commit = str(((found or {}).get("object") or {}).get("sha") or "")
    if not commit:  # of a branch that cannot be seen, every file is missing
        message = f"There is no branch {flow(job.into)}, or the token cannot see it. The job needs `contents: read`."
        raise GitHubError(READING, 0, message)
    return commit


def own(found: FilesRead) -> str:
    """Return the file that the plan reads in the checkout; empty if it reads none.

    Raises:
        InvalidInput: One directory has it under both names.
    """
    return (found.named or configured.find(Path())) if found.wanted else ""


def _decoded(path: str, encoding: object, content: str) -> str:
    try:
        if encoding == "base64":
            return base64.b64decode(content).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        pass
    raise InvalidInput(f"{path} of the target branch could not be read as a text.")


def counts_itself(job: Job, api: GitHub | None, found: FilesRead) -> bool:
    """Return whether a pull request is judged by its own file, because GitHub is not asked for that of its target.

    Raises:
        InvalidInput: One directory has it under both names.
    """
    return bool(api is None and job.into and own(found) and next(_paths(job, found), ""))


def changes(job: Job, base: Path | None, found: FilesRead) -> list[str]:
    """Return the lines of a comment about what a pull request changes of the gates; none if it changes nothing.

    Args:
        job: The job.
        base: The file of the target branch; None if that of the pull request judges it.
        found: Which files the plan reads.
    """
    if base is None:
        return []
    try:
        mine = own(found)
        new = read_gates(mine, parser_of) if mine else Configuration()
        old = read_gates(str(base), parser_of)
    except PoolctlError:  # the plan has failed, and says so
        return []
    lines = [*_fail_on(old, new), *_allow(old, new)]
    if not lines:
        return []
    head = f"**This pull request changes the gates of {code(found.named) if found.named else 'poolctl.yaml'}.** "
    head += f"This plan was judged by those of {code(job.into)}; after the merge, apply is judged by the new ones.\n"
    return [head, *lines, ""]


def _fail_on(old: Configuration, new: Configuration) -> Iterator[str]:
    before, after = (",".join(one.fields.get("fail_on", ())) or "nothing" for one in (old, new))
    if before != after:
        yield f"- {code('fail_on')}: {code(before)} becomes {code(after)}"


def _allow(old: Configuration, new: Configuration) -> Iterator[str]:
    sides = [{one._replace(source=None) for one in side.allow} for side in (old, new)]
    for word, found in (("no longer allowed", sides[0] - sides[1]), ("newly allowed", sides[1] - sides[0])):
        for one in sorted(found):
            until = f", until {one.expires}" if one.expires else ""
            owner = f" (owner: {text(one.owner)})" if one.owner else ""
            yield f"- {word}: {code(str(one))}: {text(one.reason)}{owner}{until}"
