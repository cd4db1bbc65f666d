"""A reference in the place of any member of any kind is refused with its line, or can be judged: it never crashes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from reconciler.errors import InvalidManifest
from reconciler.manifests.loading import load
from reconciler.manifests.references.variables import variables
from reconciler.planning.guard import offline, offline_warnings
from tests.engine.full import full, identities
from tests.engine.test_one_member import as_document

ONE = {"user": full("one"), "identity": identities("one")}
for styled in ONE["user"]["clients.branding"].values():
    styled.pop("Assets", None)  # their content comes from files
PLACES = [
    (which, section, name, path)
    for which, sections in ONE.items()
    for section, objects in sections.items()
    for name, tree in objects.items()
    for path in [(k,) for k in tree] + [(k, i) for k, v in tree.items() if isinstance(v, dict) for i in v]
]


def replaced(tree: Any, path: tuple[str, ...]) -> Any:
    head, *rest = path
    return {**tree, head: replaced(tree[head], tuple(rest)) if rest else {"$ssm": "/some/parameter"}}


def manifests(file):
    """The document, or none if it is refused with a line for each problem."""
    try:
        return load([str(file)], variables=variables([], []), environ={}, stdin=lambda: "").manifests
    except InvalidManifest as error:
        if any(p.position.line < 2 for p in error.problems):
            raise
        return ()


@pytest.mark.parametrize(
    ("which", "section", "name", "path"), PLACES, ids=lambda v: v if isinstance(v, str) else ".".join(v)
)
def test_a_reference_is_refused_or_judged(tmp_path, which, section, name, path):
    sections = {s: dict(objects) for s, objects in ONE[which].items()}
    sections[section][name] = replaced(sections[section][name], path)
    file = tmp_path / "m.yaml"
    head = {"version": 1, **({"kind": "IdentityPool"} if which == "identity" else {})}
    file.write_text(yaml.safe_dump({**head, **as_document(sections)}, sort_keys=False))
    for one in manifests(file):
        list(offline(one))
        offline_warnings(one)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("log_delivery: {LogConfigurations: {$ssm: /x}}", "3:35"),
        ("log_delivery: {LogConfigurations: [{$ssm: /x}]}", "3:36"),
        ("user_pool: {PoolName: customers, LambdaConfig: {$ssm: /x}}", "2:48"),
        ("user_pool: {PoolName: customers, UserPoolTags: {$secret: /x}}", "2:48"),
        ("user_pool: {PoolName: customers, AcrConfiguration: {Level1: {$ssm: /x}}}", "2:61"),
    ],
)
def test_where_only_a_structure_can_be_a_reference_is_refused(tmp_path, text, place):
    pool = "" if text.startswith("user_pool") else "user_pool: {PoolName: customers}\n"
    file = tmp_path / "m.yaml"
    file.write_text(f"version: 1\n{pool}{text}\n")
    with pytest.raises(InvalidManifest) as caught:
        load([str(file)], variables=variables([], []), environ={}, stdin=lambda: "")
    (problem,) = caught.value.problems
    assert f"{problem.position.line}:{problem.position.column}" == place
    assert problem.message == "a reference leads to a text or a list of texts, which cannot be this value."
