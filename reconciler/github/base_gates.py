"""The gates of the branch that a pull request goes to, which judge it: it cannot loosen what judges it unnoticed.

A pull request may change `fail_on` and `allow` of poolctl.yaml together with what they are about. So its plan is judged
by those of the target branch, read through the API, because a checkout has only one commit. The comment names what the
pull request changes about them. After the merge, apply is judged by what was merged.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from reconciler.cli import configured
from reconciler.cli.configuration import Configuration, read
from reconciler.cli.entry import parser_of
from reconciler.errors import InvalidInput, PoolctlError
from reconciler.github.api import GitHub
from reconciler.github.job import Job
from reconciler.render.markdown import code, text
from reconciler.terminal.settings import CONFIG_FILES

FILE = "gates.yaml"
"""Output file with the gates that judge the plan."""

READING = "Read poolctl.yaml of the target branch"


def fetched(job: Job, api: GitHub | None, directory: Path) -> Path | None:
    """Write the file of the target branch, empty if that has none, and return where; None if there is no such branch.

    Args:
        job: The job.
        api: GitHub; None reads nothing.
        directory: Where to write it.

    Raises:
        GitHubError: It could not be read.
        InvalidInput: It is no text.
    """
    if api is None or not job.base:
        return None
    file = directory / FILE
    file.write_text(next(_texts(job, api), ""), encoding="utf-8")
    return file


def _texts(job: Job, api: GitHub) -> Iterator[str]:
    here = configured.places(Path())
    for place in here:
        for name in CONFIG_FILES:
            path = (place / name).relative_to(here[-1]).as_posix()
            found = api.get(READING, f"/repos/{job.repository}/contents/{quote(path)}?ref={quote(job.base)}")
            if found is not None:
                yield _decoded(path, found.get("encoding"), str(found.get("content")))


def _decoded(path: str, encoding: object, content: str) -> str:
    try:
        if encoding == "base64":
            return base64.b64decode(content).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        pass
    raise InvalidInput(f"{path} of the target branch could not be read as a text.")


def changes(job: Job, base: Path | None) -> list[str]:
    """Return the lines of a comment about what a pull request changes of the gates; none if it changes nothing.

    Args:
        job: The job.
        base: The file of the target branch; None if the file of the pull request judges it.
    """
    try:
        mine = configured.find(Path())
        new = read(mine, "plan", parser_of) if mine else Configuration()
        old = read(str(base), "plan", parser_of) if base else new
    except PoolctlError:  # the plan has failed, and says so
        return []
    lines = [*_fail_on(old, new), *_allow(old, new)]
    if not lines:
        return []
    head = "**This pull request changes the gates of poolctl.yaml.** "
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
