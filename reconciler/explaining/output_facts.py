"""Facts about `outputs`, which is no kind: its calls and permissions, and what each format writes.

All of them derive from the formats themselves, as the facts about kinds derive from their tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.applications import output_calls
from reconciler.applications.output_format import OutputFormat
from reconciler.applications.output_formats import FORMATS, parameter_store
from reconciler.errors import iam_action
from reconciler.explaining.explanation import Calls, Explanation
from reconciler.kinds import identity_pool
from reconciler.model import OUTPUTS


def completed(about: Explanation) -> Explanation:
    """Return the facts about a key of the envelope, with those that only the formats of outputs know."""
    if about.path == OUTPUTS:
        writes = (_named(output_calls.PUT),)
        reads = dict.fromkeys(call for form in FORMATS.values() for call in _reads(form))
        return about._replace(
            calls=Calls(read=tuple(map(_named, reads)), create=writes, update=writes),
            conditional=tuple(_conditional()),
        )
    if about.path == f"{OUTPUTS}.format":
        said = (f"{form.name}: {form.title}. Usual file: {form.file}." for form in FORMATS.values())
        return about._replace(notes=(*about.notes, *said))
    return about


def _conditional() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the IAM actions that each format needs, formats with the same ones together."""
    found: dict[tuple[str, ...], list[str]] = {}
    for form in FORMATS.values():
        calls = [*_reads(form), *([output_calls.PUT] if form is parameter_store.FORMAT else [])]
        if calls:
            actions = tuple(iam_action(_named(call)) for call in calls)
            found.setdefault(actions, []).append(form.name)
    yield from ((f"format {', '.join(names)}", actions) for actions, names in found.items())


def _reads(form: OutputFormat) -> Iterator[tuple[str, str]]:
    """Yield what a format reads beside the sections of a user pool."""
    if form.credentials:
        for reading in (identity_pool.LISTING, identity_pool.READING):
            yield identity_pool.KIND.service, reading.operation
    if form.certificate:
        yield output_calls.CERTIFICATE
    if form is parameter_store.FORMAT:
        yield output_calls.PARAMETERS


def _named(call: tuple[str, str]) -> str:
    return ":".join(call)
