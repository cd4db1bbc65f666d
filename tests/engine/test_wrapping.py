"""Every member that the schemas call secret is wrapped where it is read, wherever it is in an object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.kinds import KINDS
from reconciler.model import Path, Secret
from reconciler.observing.observer import wrap
from schemas.base import ApiModel, SecretKeys, Sensitive, members
from tests.trees import leaves

TEXT = "only-for-the-service"


def secret_places(model: type[ApiModel], path: Path = ()) -> Iterator[Path]:
    """Yield the paths of all secret texts of a structure: found by a walk that shares nothing with what is tested."""
    for name, member in members(model).items():
        if member.has(Sensitive):
            yield (*path, name)
        keys = member.mark(SecretKeys)
        yield from ((*path, name, key) for key in (keys.names if keys else ()))
        if member.shape == "structure" and member.model:
            yield from secret_places(member.model, (*path, name))


CASES = [(kind.section, path) for kind in KINDS.values() for path in sorted(secret_places(kind.model))]


def test_there_are_secrets_to_wrap() -> None:
    assert ("clients", ("ClientSecret",)) in CASES
    assert ("identity_providers", ("ProviderDetails", "client_secret")) in CASES


@pytest.mark.parametrize(("section", "path"), CASES, ids=lambda part: part if isinstance(part, str) else ".".join(part))
def test_a_secret_is_wrapped_and_what_is_beside_it_is_not(section: str, path: Path) -> None:
    tree: Any = {path[-1]: TEXT, "Beside": "open"}
    for step in reversed(path[:-1]):
        tree = {step: tree, "Beside": "open"}
    found = list(leaves(wrap(KINDS[section].model, tree)))
    assert [type(leaf) for leaf in found if leaf != "open"] == [Secret]
    assert len(found) == len(path) + 1
