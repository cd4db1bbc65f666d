"""Plan files that were damaged or forged: whatever was done to one, the answer is one message and exit 3."""

from __future__ import annotations

import copy
import json
import os
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.errors import InvalidInput
from reconciler.planning.lowering import lower
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.render import formats
from reconciler.render.human import plan_text
from reconciler.render.subjects import RenderOptions
from reconciler.runs import plan_digest, planfile
from reconciler.security.changes import CHANGES
from reconciler.terminal.options import Options
from tests.cli.support import run
from tests.engine import whole_plans
from tests.support import bench, document, manifest

FILE = "plan.json"

VALUES = [
    None, True, False, 0, -1, 3, 10**40, -(10**40), 1.5, "", "x", "a/b", "no-op", "2026-99-99T00:00:00Z", "\ud800",
    [], ["x"], [[]], {}, {"x": 1}, {"$bytes": 1}, {"$sensitive": False}, {"$unknown": []}, [None] * 3, "0/0", "9/1",
]  # fmt: skip
"""What takes the place of a node: every type of JSON, and what resembles a right value."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A plan that creates, updates, deletes, leaves alone, and takes values from everywhere."""
    directory = tmp_path_factory.mktemp("plans")
    with bench() as local:
        old = document(
            groups={"admins": {"Precedence": 1}, "old": {}, "same": {"Description": "as it is"}},
            clients={"web": {"CallbackURLs": ["https://a.example/cb"], "GenerateSecret": True}},
        )
        local.converge(manifest(directory, old))
        idp = local.boto()
        pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        idp.create_user_pool_domain(Domain="by-hand-1", UserPoolId=pool)
        new = document(
            prune=["groups"],
            groups={"admins": {"Precedence": 2}, "new": {"Description": {"$env": "E"}}, "same": {}},
            clients={"web": {"CallbackURLs": ["https://b.example/cb"]}},
            domains={},
        )
        mine = manifest(directory, new, environ={"E": "from the environment"}, name="new.yaml")
        plan = planned(mine, local.cloud, PlanOptions(prune=True))
        calls = {c.address.full: lower(c, plan) for c in plan.pending}
        options = Options("plan", paths=("new.yaml",), prune=True, vars=("a=b",), env="prod")
        found = whole_plans.document([plan], calls, options, planfile.datetime(2026, 5, 4, tzinfo=planfile.UTC))
    assert {tuple(c["change"]["actions"]) for c in found["plan"]["resource_changes"]} >= {
        ("create",), ("update",), ("delete",), ("no-op",)
    }  # fmt: skip
    assert found["plan"]["unmanaged"]
    return found


def nodes(value, path=()):
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from nodes(inner, (*path, key))


def put(tree, path, value):
    changed = copy.deepcopy(tree)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    if value is Ellipsis:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


def summed(tree, *, digest=False):
    """Compute the sums again, as a forger does."""
    tree = copy.deepcopy(tree)
    try:
        if digest:
            tree["digest"] = tree["plan"]["digest"] = plan_digest.hashed(plan_digest.basis(tree))
        tree["checksum"] = plan_digest.hashed({k: v for k, v in tree.items() if k != "checksum"})
    except (KeyError, TypeError, ValueError, AttributeError):
        pass
    return tree


def read(directory, tree) -> planfile.Saved | None:
    file = directory / FILE
    file.write_text(json.dumps(tree), encoding="utf-8")
    try:
        return planfile.read(str(file))
    except InvalidInput as error:
        said, code = str(error), error.exit_code
    assert (said.partition(": ")[0], said.partition(": ")[2][:14], code) == (str(file), "the plan file ", 3)
    return None


def rendered(saved):
    renderers = formats.plan(planfile.plans(saved), RenderOptions(digest=lambda: saved.digest))
    return {name: renderers[name](False) for name in formats.names("plan")} | {"caption": planfile.caption(saved)}


def test_the_file_itself_is_good(tree, tmp_path):
    assert rendered(read(tmp_path, tree))["human"] == rendered(read(tmp_path, summed(tree, digest=True)))["human"]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("skill", ["none", "checksum", "both sums"])
def test_no_change_of_a_node_ends_in_anything_but_a_message(tree, tmp_path, skill, data):
    path = data.draw(st.sampled_from([p for p in nodes(tree) if p]), label="path")
    value = data.draw(st.sampled_from([..., *VALUES]), label="value")
    changed = put(tree, path, value)
    if changed == tree:
        return
    if skill != "none":
        changed = summed(changed, digest=skill == "both sums")
    saved = read(tmp_path, changed)
    if saved is not None:
        assert skill != "none" or json.dumps(changed) == json.dumps(tree) or changed == tree
        rendered(saved)
        planfile.difference(saved.tree, tree)
        options = Options("apply", paths=(str(tmp_path / FILE),), vars=("a=b", "x=y"))
        planfile.as_reviewed(saved, options)


PLACES = ("created", "expires", "paths", "poolctl_version", "source", "manifest", "variables", "var_files", "checksum")
"""What the digest leaves out, by decision 8: times, versions, the places of files, and names of variables."""


WORDS = ("sentence", "who", "tokens", "undo", "facts", "risk")
"""What it leaves out of what a change means: words, and how grave it is. They follow from the version and the day."""


def is_covered(tree, path) -> bool:
    steps = list(map(str, path))
    explains = {"effect", "effects", "danger"} & set(steps) and set(WORDS) & set(steps)
    if "rules" in steps:
        effect = _at(tree, path[: steps.index("rules")])
        explains = effect["direction"] == "neutral" or _at(tree, path) not in CHANGES
    return not set(steps) & set(PLACES) and not explains


def test_what_show_prints_cannot_be_forged_below_a_valid_digest(tree, tmp_path):
    """Every leaf, changed to another value of its type, with the checksum computed again."""
    leaves = [p for p in nodes(tree) if p and not isinstance(_at(tree, p), dict | list)]
    forged = [p for p in leaves if is_covered(tree, p)]
    assert len(forged) > 300
    for path in forged:
        old = _at(tree, path)
        other = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old or ''}~"
        assert read(tmp_path, summed(put(tree, path, other))) is None, path


def _at(tree, path):
    for step in path:
        tree = tree[step]
    return tree


def test_a_forged_creation_is_not_shown(tree, tmp_path):
    """The input of the issue's kind: calls and digest as they were, and a harmless text where people look."""
    at = next(i for i, c in enumerate(tree["plan"]["resource_changes"]) if c["change"]["actions"] == ["create"])
    path = ("plan", "resource_changes", at, "change", "after", "GroupName")
    assert read(tmp_path, summed(put(tree, path, "harmless"))) is None


@pytest.mark.parametrize(
    "path", [("plan", "notices"), ("plan", "unmanaged"), ("plan", "resource_changes"), ("origins",)]
)
def test_nothing_can_be_taken_away_or_said_twice(tree, tmp_path, path):
    whole = _at(tree, path)
    for items in ([], [*whole, *whole], whole[1:], [*whole[::-1]]):
        if items != whole:
            saved = read(tmp_path, summed(put(tree, path, items)))
            assert saved is None, items


TEXTS = {
    "cut": lambda t: t[: len(t) // 2],
    "NaN": lambda t: t.replace('"max_deletes": null', '"max_deletes": NaN'),
    "infinity": lambda t: t.replace('"max_deletes": null', '"max_deletes": 1e999'),
    "huge": lambda t: t.replace('"max_deletes": null', '"max_deletes": ' + "9" * 5000),
    "twice": lambda t: t.replace('"max_deletes": null', '"max_deletes": null, "max_deletes": 3'),
    "deep": lambda t: t.replace('"max_deletes": null', '"max_deletes": ' + "[" * 100_000 + "]" * 100_000),
    "half a character": lambda t: t.replace('"new.yaml"', '"\\ud800"', 1),
    "more behind it": lambda t: t + "{}",
}


@pytest.mark.parametrize("how", TEXTS)
@pytest.mark.parametrize("command", [["show"], ["apply", "--var", "a=b"]])
def test_texts_that_are_no_json_or_too_much_of_it(tree, tmp_path, how, command):
    file = tmp_path / FILE
    text = TEXTS[how](json.dumps(tree))
    assert text != json.dumps(tree)
    file.write_text(text, encoding="utf-8")
    ran = run(*command, str(file))
    assert ran.code == 3
    assert "unexpected" not in ran.err
    assert f"{file}: the plan file is damaged. Run plan --out again." in ran.err


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bytes_end_in_anything_but_a_message(tree, tmp_path, data):
    content = bytearray(json.dumps(tree).encode())
    for at in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=5)):
        content[at] = data.draw(st.integers(0, 255))
    file = tmp_path / FILE
    file.write_bytes(bytes(content[: data.draw(st.integers(1, len(content)))]))
    ran = run("show", str(file))
    assert "unexpected" not in ran.err
    assert ran.code in (0, 3)
    assert ran.code == 3 or json.loads(file.read_bytes()) == tree


def test_a_pipe_in_the_place_of_a_plan_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / FILE)
    done = []
    for command in (["show"], ["apply"], ["plan"]):
        thread = threading.Thread(target=lambda: done.append(run(*command, str(tmp_path / FILE))), daemon=True)  # noqa: B023
        thread.start()
        thread.join(20)
    assert [ran.code for ran in done] == [3, 3, 3]
    assert "is not a plan file" in done[0].err
    assert "is a pipe, not a regular file" in done[2].err


def test_people_see_what_was_planned(tree, tmp_path):
    text = plan_text.plan(planfile.plans(read(tmp_path, tree)))
    assert "from the environment" not in json.dumps(tree)
    assert "($env E, digest " in text
    assert Path(tmp_path / FILE).stat().st_size > 1000
