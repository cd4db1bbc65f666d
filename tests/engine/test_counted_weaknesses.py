"""A run that only counts weaknesses finds the same ones, and does not look for the places of members."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.manifests.late_places import LatePlaces
from reconciler.manifests.manifest import Manifest
from reconciler.model import Plan, Position, Weakness
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions
from reconciler.render import formats, redact
from reconciler.render.formats import FORMATS
from reconciler.render.subjects import RenderOptions
from reconciler.runs.runtime import Runtime
from reconciler.terminal.options import Options
from tests.render.samples import UNCHANGED, address
from tests.support import Clock, bench, manifest

TEXT = """
version: 1
user_pool:
  PoolName: customers
  DeletionProtection: INACTIVE
clients:
  web:
    ClientName: web
    CallbackURLs: ["https://example.com/a"]
    PreventUserExistenceErrors: LEGACY
"""


def never() -> dict[Any, Any]:
    raise AssertionError("all places were looked for")


def without_places(found: Manifest) -> Manifest:
    """Return a manifest of which no further place can be found."""
    specs = []
    for spec in found.specs:
        assert isinstance(spec.positions, LatePlaces)
        specs.append(replace(spec, positions=spec.positions.found_by(never)))
    return replace(found, specs=tuple(specs))


def plans(tmp_path: Path, text: str) -> tuple[Manifest, Plan, Plan]:
    """Return a manifest, and two plans of it over the live pool of TEXT: with all places, and with those of objects."""
    with bench() as here:
        here.converge(manifest(tmp_path, TEXT))
        placed = planned(manifest(tmp_path, text), here.cloud)
        found = without_places(manifest(tmp_path, text)) if text == TEXT else manifest(tmp_path, text)
        return found, placed, planned(found, here.cloud, PlanOptions(places=False))


def bare(found: Plan) -> Counter[str]:
    nowhere = Position("", 0, 0)
    return Counter(repr(replace(one, source=nowhere)) for one in found.weaknesses)


def test_the_same_weaknesses_are_counted_without_a_search_for_places(tmp_path: Path) -> None:
    found, placed, counted = plans(tmp_path, TEXT)
    assert bare(counted) == bare(placed)
    lines = {one.source.line for one in placed.weaknesses if one.declared}
    assert 5 in lines
    assert {one.source for one in counted.weaknesses} <= {found.source, *(spec.source for spec in found.specs)}


def test_where_something_changes_they_are_in_the_order_of_their_places(tmp_path: Path) -> None:
    _, placed, counted = plans(tmp_path, TEXT.replace("/a", "/b"))
    assert placed.pending
    assert counted.weaknesses == placed.weaknesses
    assert counted.changes == placed.changes


@pytest.mark.parametrize("name", [form.name for form in FORMATS if "plan" in form.subjects and not form.places])
def test_a_format_that_shows_no_places_is_the_same_without_them(name: str) -> None:
    weakness = Weakness(
        "CG001", "Title", "high", address("user_pool"), (), "Message.", "Advice.", Position("a.yaml", 1, 1)
    )
    texts = []
    for where in (weakness.source, Position("a.yaml", 77, 7)):
        plan = replace(UNCHANGED, weaknesses=(replace(weakness, source=where),))
        texts.append(formats.plan(redact.plans([plan]), RenderOptions())[name](False))
    assert texts[0] == texts[1]
    assert "77" not in texts[1]


@pytest.mark.parametrize(
    ("command", "names", "wanted"),
    [
        ("plan", ("human",), False),
        ("plan", ("markdown", "json"), True),
        ("plan", ("json",), True),
        ("apply", ("human",), True),
    ],
)
def test_places_are_looked_for_where_a_format_shows_them(command: str, names: tuple[str, ...], wanted: bool) -> None:
    options = Options(command=command, outputs=tuple((name, "-") for name in names))
    clock = Clock()
    assert Runtime(options, {}, clock, clock.sleep).plan_options.places is wanted
