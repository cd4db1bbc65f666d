"""JSON in pieces: the same bytes as `json.dumps` writes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.indented import Listed, indented, pieces

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
KEYS = st.text() | st.integers() | st.none() | st.booleans()
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner) | st.tuples(inner, inner), max_leaves=20
)


def dumped(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)


@given(TREES)
def test_it_writes_what_json_writes(value):
    assert indented(value) == dumped(value)


@given(st.dictionaries(st.text(), st.lists(TREES) | st.dictionaries(st.text(), st.lists(TREES))))
def test_lists_may_be_spelled_before(tree):
    def listed(value: object, depth: int) -> object:
        if isinstance(value, dict):
            return {key: listed(inner, depth + 1) for key, inner in value.items()}
        return Listed([indented(item, depth + 1) for item in value])

    assert "".join(pieces(listed(tree, 0))) == dumped(tree)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_what_is_no_json_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        indented(value)


def test_what_json_cannot_hold_is_refused():
    with pytest.raises(TypeError):
        indented({"a": object()})
