"""What references of a document to itself will look like: so a value that never fits is found before it exists."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import InvalidManifest, Problem
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.resolving import filled
from reconciler.manifests.validation.tree_view import UNLISTED
from reconciler.model import Notice, Position

REGION = "eu-west-1"
"""Stands in for a Region that is not known yet."""

SAMPLES: Mapping[str, str] = {
    "user_pool#Id": "{region}_AbCdEfGhI",
    "user_pool#Arn": "arn:aws:cognito-idp:{region}:123456789012:userpool/{region}_AbCdEfGhI",
    "user_pool#ProviderName": "cognito-idp.{region}.amazonaws.com/{region}_AbCdEfGhI",
    "identity_pool#Id": "{region}:01234567-89ab-cdef-0123-456789abcdef",
    "clients#ClientId": "0123456789abcdefghijklmnop",
    "clients#ClientSecretArn": "arn:aws:secretsmanager:{region}:123456789012:secret:cognito-client-AbCdEf",
}
"""By section and member: a value of the usual form and length. All other members are names, which are known."""


def sample(target: str, manifest: Manifest) -> str | None:
    """Return a value of the form that a reference of a document to itself will have; None for other references.

    Args:
        target: As the author wrote it: `customers/user_pool#Id`.
        manifest: The document.
    """
    address = manifest.own_links.get(target)
    if address is None:
        return None
    found = SAMPLES.get(f"{address.section}#{target.rpartition('#')[2]}", address.name)
    return found.replace("{region}", manifest.region or REGION)


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
