"""There is one way from what the engine knows into a format, and no secret comes through."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model import Action, Call, Done, Drift, FieldChange, Finding, FindingClass, Plan, ResourceChange, Secret
from reconciler.model import Verified as Check
from reconciler.render import formats, redact
from tests.render.samples import TARGET, Applied, address

ROOT = Path(__file__).parents[2]
RENDERED = {form.name: form.module for form in formats.FORMATS}
TYPES = {"plan": ("Plan", "plans"), "apply": ("Applied", "applied"), "drift": ("Drift", "drifts")}

# --- mypy ----------------------------------------------------------------------------------------------------------

HEAD = """
from collections.abc import Sequence
from reconciler.model import Drift, Plan
from reconciler.render import redact
from reconciler.render.redact import Applied
from reconciler.render.subjects import DriftResult, RenderOptions
"""


def snippets(*, redacted: bool) -> str:
    """Code that hands plans, applies and drift to the renderer of every format, with or without the door."""
    lines = [HEAD, *(f"from {module} import RENDERERS as of_{name}" for name, module in RENDERED.items())]
    for form in formats.FORMATS:
        for subject, given_ in (("plan", "Sequence[Plan]"), ("apply", "Applied"), ("drift", "list[Drift]")):
            if subject not in form.subjects:
                continue
            door = {"plan": "redact.plans", "apply": "redact.applied", "drift": "redact.drifts"}[subject]
            value = f"{door}(found)" if redacted else "found"
            value = f"DriftResult({value})" if subject == "drift" else value
            name = f"of_{form.name}.{subject}"
            lines.append(f"def {form.name}_{subject}(found: {given_}) -> str:\n    assert {name}")
            lines.append(f"    return {name}({value}, RenderOptions())")
    return "\n".join(lines) + "\n"


def checked(folder: Path, text: str) -> list[str]:
    file = folder / "snippet.py"
    file.write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file", "pyproject.toml"]
    done = subprocess.run([*command, str(file)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def test_mypy_refuses_a_renderer_that_is_handed_what_did_not_come_through_the_door(tmp_path):
    assert checked(tmp_path, snippets(redacted=True)) == []
    found = checked(tmp_path, text := snippets(redacted=False))
    calls = [n for n, line in enumerate(text.splitlines(), 1) if line.startswith("    return of_")]
    assert len(calls) == 3 * len(formats.FORMATS) - 2  # metrics are of drift alone
    refused = {int(line.split(":")[1]) for line in found if line.endswith("[arg-type]")}
    assert refused == set(calls)


def test_what_is_shown_is_made_at_the_door_alone():
    """A plan file holds what was shown before; its values come back through the door, and the rest is plain data."""
    made: dict[str, set[str]] = {}
    for file in (ROOT / "reconciler").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("Shown"):
                made.setdefault(file.name, set()).add(node.func.id)
    assert made.pop("redact.py") >= {"ShownPlan", "ShownDrift", "ShownApply", "ShownChange", "ShownComparison"}
    assert made == {
        "planfile.py": {"ShownPlan", "ShownChange", "ShownField"},
        "change_lines.py": {"ShownField"},  # of what is shown already
        "tally.py": {"ShownStep"},
        "connections.py": {"ShownPages", "ShownDomain", "ShownConnections", "ShownId"},  # ids and addresses alone
    }


@pytest.mark.parametrize("module", ["shown", "change_lines", "report", "jsonl", "markdown", "html", "junit", "sarif"])
def test_what_is_shown_knows_no_secret(module):
    names = {
        alias.name
        for node in ast.walk(ast.parse((ROOT / "reconciler" / "render" / f"{module}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert not names & {"Secret", "ResourceChange", "FieldChange", "Plan", "Drift", "Finding", "redact"}


# --- no secret comes through ---------------------------------------------------------------------------------------

CANARY = "canary-"


def texts() -> st.SearchStrategy[str]:
    return st.sampled_from(["a", "b", "openid", ""])


def secrets() -> st.SearchStrategy[Secret]:
    return st.integers(0, 5).map(lambda n: Secret(f"{CANARY}{n}", "live"))


def trees() -> st.SearchStrategy[dict[str, Any]]:
    leaves = st.one_of(texts(), secrets(), st.booleans(), st.none(), st.binary(max_size=3), st.integers(0, 3))
    keys = st.sampled_from(["Name", "key", "client_secret", "list"])
    inner = st.recursive(
        leaves, lambda x: st.one_of(st.lists(x, max_size=3), st.dictionaries(keys, x, max_size=3)), max_leaves=8
    )
    return st.dictionaries(keys, inner, max_size=4)


@st.composite
def marked(draw: st.DrawFn) -> ResourceChange:
    """A change with secrets anywhere, and with a text that the differ marked and that is found elsewhere too."""
    written = f"{CANARY}written"
    before, after, declared = draw(trees()), draw(trees()), draw(trees())
    after = {**after, "copy": [written]} if draw(st.booleans()) else after
    values = st.one_of(trees(), secrets(), texts())
    found = [FieldChange(("copied",), draw(values), written, sensitive=True), FieldChange(("k",), None, draw(values))]
    action = draw(st.sampled_from(list(Action)))
    return ResourceChange(
        address("clients", "x"), "T", action, tuple(found), declared, before, after, {"Secret": Secret(CANARY, "live")}
    )


def leaves(value: Any) -> Iterator[Any]:
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from leaves(getattr(value, field.name))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def assert_clean(shown: Any) -> None:
    for leaf in leaves(shown):
        assert not isinstance(leaf, Secret | ResourceChange)
        assert CANARY not in repr(leaf)
    assert CANARY not in repr(shown)


@given(marked())
@settings(max_examples=60, deadline=None)
def test_no_secret_of_a_plan_or_an_apply_reaches_what_is_shown(change):
    plan = Plan(TARGET, (change,))
    calls = {change.address.full: [Call("s", "Op", {"a": Secret(f"{CANARY}x", "live"), "b": f"{CANARY}written"})]}
    assert_clean(redact.plans([plan], calls))
    assert_clean(redact.applied(Applied((plan,), (Done(change, 1.0), Check((change,))))))


@given(trees(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_no_secret_of_drift_reaches_what_is_shown(live, known):
    written = f"{CANARY}written"
    one = Finding("poolctl-1", FindingClass.CHANGED, address("clients"), ("k",), written, live, "error", True, True)
    other = Finding("poolctl-2", FindingClass.CHANGED, address("clients"), (), {"copy": written}, live, "note", False)
    drift = Drift(TARGET, (other,), 1, known=(one,)) if known else Drift(TARGET, (one, other), 1)
    assert_clean(redact.drifts([drift]))
