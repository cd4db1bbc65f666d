"""What is decided in one pass is decided as by the longer way, which has nothing to say of it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.manifests import duplicates
from reconciler.manifests.reference_places import without_misplaced
from reconciler.manifests.references.origin import Origin
from reconciler.manifests.validation import checking
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.model import Path, Position, Reference, Secret, Tree
from schemas.base import ApiModel, Becomes, Cut, Deprecated, Mirrors, OneOf, SecretKeys, Sensitive, Shown, members
from schemas.client import Client
from schemas.identity_provider import IdentityProvider
from tests.schemas.test_sure import STRUCTURES, _tree, spelled
from tests.schemas.test_values import GOOD

START = Position("m.yaml", 1, 1)


def looked_at(model: type[ApiModel], tree: Tree, origins: dict[Path, Origin]) -> tuple[Tree, list[Any], Tree]:
    """Return what the longer way makes of an object, what it says, and the object without misplaced references."""
    report = ProblemReport()
    kept, places = without_misplaced(model, tree)
    place = Place((), START, {}, origins=origins)
    declared = checking.check(model, kept, place, report)
    twice = [*duplicates.same_item(model, kept, place)]
    return declared, [*places, *report.problems, *report.notices, *twice], kept


def settled(model: type[ApiModel], tree: Tree, origins: dict[Path, Origin]) -> Tree | None:
    return checking.settled(model, tree, Place((), START, {}, origins=origins))


def revealed(value: Any) -> Any:
    """Spell secrets too, which repr does not show."""
    if isinstance(value, dict):
        return {k: revealed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [revealed(v) for v in value]
    return ("secret", value.reveal(), value.origin) if isinstance(value, Secret) else value


def _leaves(value: Any, path: Path = ()) -> list[Path]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for step, one in inner for found in _leaves(one, (*path, step)))]


ORIGINS = [Origin("env", "E"), Origin("inline", "${var}", taints=False), Origin("file", "f", b"raw")]


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([*STRUCTURES, Client, IdentityProvider]), st.data())
def test_what_is_settled_is_what_the_longer_way_says(model: type[ApiModel], data: st.DataObject) -> None:
    tree = _tree(model, data.draw)
    paths = data.draw(st.lists(st.sampled_from(_leaves(tree)), max_size=2))
    origins = {path: data.draw(st.sampled_from(ORIGINS)) for path in paths}
    found = settled(model, tree, origins)
    if found is not None:
        declared, said, _ = looked_at(model, tree, origins)
        assert not said
        assert spelled(revealed(found)) == spelled(revealed(declared))


@pytest.mark.parametrize(("model", "tree"), GOOD, ids=lambda value: getattr(value, "__name__", ""))
def test_a_good_value_is_settled_as_the_longer_way_says(model: type[ApiModel], tree: Tree) -> None:
    found = settled(model, tree, {})
    declared, said, _ = looked_at(model, tree, {})
    assert found is None or (not said and spelled(found) == spelled(declared))


def _told() -> list[Any]:
    marks = (Becomes, Cut, Deprecated, Mirrors, OneOf, SecretKeys, Sensitive, Shown)
    found = [(model, name, member) for model in STRUCTURES for name, member in members(model).items()]
    return [
        pytest.param(model, name, id=f"{model.__name__}.{name}")
        for model, name, member in found
        if any(isinstance(mark, marks) for mark in (*member.marks, *member.item_marks))
    ]


@pytest.mark.parametrize(("model", "name"), _told())
def test_members_with_facts_beside_their_types_are_settled_as_the_longer_way_says(
    model: type[ApiModel], name: str
) -> None:
    member = members(model)[name]
    words = [getattr(m, "values", ()) for m in (*member.marks, *member.item_marks) if isinstance(m, OneOf)]
    marks = {type(m): m for m in (*member.marks, *member.item_marks)}
    keys = [*(marks[SecretKeys].names if SecretKeys in marks else ()), "aws:x", "key"]
    texts = ["other", "X" * 40, *(w for known in words for w in known), *(w.lower() for known in words for w in known)]
    texts += [f"text{marks[Cut].ending}"] if Cut in marks else []
    values: list[Any] = [None, True, False, 0, 1, 30, Reference("ssm", "/p"), *texts]
    values += (
        [[v] for v in texts] + [[None], []] + [{k: v} for k in keys for v in ("text", None, Reference("ssm", "/p"))]
    )
    for value in values:
        for path in ((name,), (name, keys[0]), (name, 0), None):
            tree, origins = {name: value}, {} if path is None else {path: ORIGINS[0]}
            found = settled(model, tree, origins)
            if found is not None:
                declared, said, _ = looked_at(model, tree, origins)
                assert not said, value
                assert spelled(revealed(found)) == spelled(revealed(declared)), value


def test_what_is_usual_is_settled() -> None:
    assert settled(Client, {"ClientName": "web", "RefreshTokenValidity": 30}, {}) is not None
    provider = {
        "ProviderType": "OIDC",
        "ProviderDetails": {"client_id": "a", "client_secret": "from outside", "authorize_scopes": "openid"},
    }
    found = settled(IdentityProvider, provider, {("ProviderDetails", "client_secret"): ORIGINS[0]})
    assert found is not None
    assert found["ProviderDetails"]["client_secret"].reveal() == "from outside"
    assert provider["ProviderDetails"]["client_secret"] == "from outside"
    assert settled(IdentityProvider, provider, {}) is None, "a secret in clear text is reported"
