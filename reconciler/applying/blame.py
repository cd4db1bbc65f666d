"""A change that failed → the place in the manifest that it is about.

AWS responds to a request and knows nothing about manifests. Where its message names one member that the change
declares, or the call writes one member only (tags), the error points to that member; otherwise it points to the object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from reconciler.errors import AT_FAULT, CloudError
from reconciler.kinds import KINDS
from reconciler.model import Path, Position, ResourceChange, dotted

AT = re.compile(r"\bat '([\w.]+)'")
"""The member that a validation error of AWS names, in lower camel case: `at 'passwordPolicy.minimumLength'`."""

WORD = re.compile(r"\b[A-Z]\w+")
"""A possible member name."""


class Blame(NamedTuple):
    """The part of a change that an error is about."""

    path: Path
    """Within the object; empty for the whole object."""
    source: Position | None
    """Where the manifest declares it; None for an object that it does not declare."""


def located(error: CloudError, change: ResourceChange, manifest: str) -> CloudError:
    """Return an error that names manifest, line, member and pool, and what to do.

    Args:
        error: The refused call.
        change: The change that the call belongs to.
        manifest: The file of the document, for an object that the manifest does not declare.
    """
    return error.located(place(change, manifest, fault(error, change)), "apply")


def place(change: ResourceChange, manifest: str, at: Blame | None = None) -> str:
    """Return file, line, column, path and pool: `pools/a.yaml:12:5 clients.web.CallbackURLs (pool a)`.

    Args:
        change: The change that failed.
        manifest: The file of the document, for an object that the manifest does not declare.
        at: The member at fault; None for the whole object.
    """
    found = at or Blame((), change.source)
    path = dotted((*change.address.steps, *found.path)) if found.path else str(change.address)
    return f"{found.source or manifest} {path} (pool {change.address.pool})"


def fault(error: CloudError, change: ResourceChange) -> Blame:
    """Return the member that an error is about if exactly one qualifies, otherwise the object."""
    whole = Blame((), change.source)
    if type(error) is not CloudError:  # permission, quota, a lost response: no value is at fault
        return whole
    named = _innermost({p for word in _named(error.message) for p in _with(word, change)}) or _written(error, change)
    if not named and error.code in AT_FAULT and len(change.fields) == 1 and change.before is not None:
        named = change.fields[0].path  # the only change to an object that AWS had accepted
    if not named:
        return whole
    sources = (f.source for f in change.fields if f.path[: len(named)] == named and f.source)
    return Blame(named, next(sources, change.source))


def _written(error: CloudError, change: ResourceChange) -> Path:
    """Return the one changed member that the refused operation writes, if it writes only one; else an empty path."""
    kind = KINDS[change.address.section]
    operation = error.operation.rpartition(":")[2]
    if operation in (kind.create, kind.update, kind.delete):
        return ()
    members = {f.path[:1] for f in change.fields if operation in kind.elsewhere.get(str(f.path[0]), ())}
    return members.pop() if len(members) == 1 else ()


def _named(message: str) -> Iterator[str]:
    for path in AT.findall(message):
        yield from (step[:1].upper() + step[1:] for step in path.split("."))
    yield from WORD.findall(message)


def _with(word: str, change: ResourceChange) -> Iterator[Path]:
    """Yield the paths of the change that contain a word, each truncated after it."""
    for field in change.fields:
        if word in field.path:
            yield field.path[: field.path.index(word) + 1]


def _innermost(paths: set[Path]) -> Path:
    """Return the longest path if all others are prefixes of it, otherwise an empty path."""
    longest = max(paths, key=len, default=())
    return longest if all(longest[: len(p)] == p for p in paths) else ()
