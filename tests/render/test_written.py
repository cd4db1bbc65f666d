"""What is written down for `explain` and `schema` is what the tables say; test_generated holds the files themselves."""

from __future__ import annotations

import json

import pytest

from reconciler.explaining import envelope_facts, facts, rule_facts, written
from reconciler.explaining.explanation import Explanation
from schemas import jsonschema
from schemas.schema_text import manifest_schema


@pytest.mark.parametrize("path", facts.paths())
def test_each_place_is_written_down_as_it_is_derived(path: str) -> None:
    found = written.look_up(path)
    assert found == facts.explain(path)
    assert repr(found) == repr(facts.explain(path))


@pytest.mark.parametrize("path", envelope_facts.paths())
def test_each_key_around_the_sections_is_written_down(path: str) -> None:
    assert repr(written.look_up(path)) == repr(envelope_facts.explain(path))


def test_the_kinds_are_written_down_in_their_order() -> None:
    assert repr(written.kinds()) == repr(facts.kinds())


@pytest.mark.parametrize("topic", [" clients ", "clients[web].CallbackURLs[0]", "clients{}.CallbackURLs", "prune "])
def test_a_topic_is_read_as_ever(topic: str) -> None:
    found = written.look_up(topic)
    assert found is not None
    assert found == rule_facts.look_up(topic)


@pytest.mark.parametrize("topic", ["", "P7", "CG001", "client", "clients.Nothing", "prune[0]", "../written", "kinds"])
def test_anything_else_is_left_to_the_tables(topic: str) -> None:
    assert written.look_up(topic) is None


def test_the_usual_is_left_out() -> None:
    tree = json.loads(written.table("groups", [facts.explain("groups.Precedence")]).text)
    assert "secret" not in tree["groups.Precedence"]["facts"]
    assert isinstance(written.look_up("groups.Precedence"), Explanation)


def test_the_schema_of_manifests_is_written_down() -> None:
    assert manifest_schema() == jsonschema.text()
