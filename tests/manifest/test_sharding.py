"""Every document is in exactly one part, and the parts do not depend on which other documents there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reference_kinds.ref import Link
from reconciler.manifests.sharding import part
from reconciler.model import Position, Spec

NAMES = st.lists(st.text("abcdefgh-", min_size=1, max_size=8), unique=True, max_size=20)


def document(name: str, *refers: str, kind: str = "UserPool", region: str = "eu-west-1") -> Manifest:
    links = tuple(link(name) for name in refers)
    specs: tuple[Spec, ...] = ()
    file = f"{name}.yaml"
    return Manifest(file, Position(file, 1, 1), kind, name, "", region, "", frozenset(), specs, links=links)


def link(name: str) -> Link:
    return Link(name, "user_pool", "", "UserPoolId", Position("x", 1, 1), ())


@given(NAMES, st.integers(1, 9))
def test_every_document_is_in_exactly_one_part(names, count):
    documents = [document(n) for n in names]
    found = [d.name for i in range(1, count + 1) for d in part(documents, (i, count))]
    assert sorted(found) == sorted(names)


@given(NAMES.filter(bool), st.integers(1, 9), st.data())
def test_a_document_that_is_added_moves_no_other(names, count, data):
    documents = [document(n) for n in names]
    late = data.draw(st.sampled_from(documents))
    before = [d for d in documents if d is not late]
    for i in range(1, count + 1):
        assert [d for d in part(documents, (i, count)) if d is not late] == list(part(before, (i, count)))


@given(st.permutations([document(n) for n in "abcdefghij"]), st.integers(1, 9))
def test_the_order_of_the_files_makes_no_difference(documents, count):
    for i in range(1, count + 1):
        assert {d.name for d in part(documents, (i, count))} == {
            d.name for d in part(sorted(documents, key=lambda d: d.name), (i, count))
        }


@pytest.mark.parametrize("count", range(2, 10))
def test_what_refers_to_each_other_stays_together(count):
    chain = [document("a", "b"), document("b", "c"), document("c"), document("d", "c"), document("e")]
    places = {d.name: i for i in range(1, count + 1) for d in part(chain, (i, count))}
    assert len({places[n] for n in "abcd"}) == 1


def test_many_documents_are_spread():
    documents = [document(f"pool-{i}") for i in range(1000)]
    sizes = [len(part(documents, (i, 4))) for i in range(1, 5)]
    assert sum(sizes) == 1000
    assert min(sizes) > 200


def test_pools_of_one_name_in_two_regions_are_told_apart():
    documents = [document("a", region=f"r-{i}") for i in range(50)]
    assert all(part(documents, (i, 2)) for i in (1, 2))
