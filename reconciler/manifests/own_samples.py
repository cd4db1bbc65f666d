"""What references of a document to itself will look like: so a value that never fits is found before it exists."""

from __future__ import annotations

from reconciler.errors import InvalidManifest, Problem
from reconciler.kinds import KINDS
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.resolving import filled
from reconciler.manifests.validation.tree_view import UNLISTED
from reconciler.model import Notice, Position

REGION = "eu-west-1"
"""Stands in for a Region that is not known yet."""


def sample(target: str, manifest: Manifest) -> str | None:
    """Return a value of the form that a reference of a document to itself will have; None for other references.

    Args:
        target: As the author wrote it: `customers/user_pool#Id`.
        manifest: The document.
    """
    address = manifest.own_links.get(target)
    if address is None:
        return None
    kind, region = KINDS[address.section], manifest.region or REGION
    known = kind.exports(kind.sample_ids(region), region)
    return known.get(target.rpartition("#")[2], address.name)  # all other members are names, which are known


def misfits(manifest: Manifest) -> list[Problem]:
    """Return where a document refers to itself in a place that no such value fits. No message holds a value."""
    if not manifest.own_links:
        return []
    places = {link.source for link in manifest.links if link.target in manifest.own_links}
    try:
        _, notices = filled(manifest, lambda target: sample(target, manifest))
    except InvalidManifest as error:
        return list(error.problems)
    return [_unlisted(notice) for notice in notices if UNLISTED in notice.message and notice.source in places]


def _unlisted(notice: Notice) -> Problem:
    """Return the problem of a value that no enumeration lists: of an identifier, that is certain."""
    path, _, message = notice.message.partition(": ")
    where = notice.source or Position("", 1, 1)
    return Problem(where, path, message.partition(UNLISTED)[0] + UNLISTED, "Write a value that Cognito knows.")
