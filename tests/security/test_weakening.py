"""A manifest that weakens a pool in fourteen ways is seen for what it is, first, in every format for people."""

from __future__ import annotations

import json

from tests.security import weakening


def test_only_directions_say_how_bad_it_is(weakened):
    ran = weakening.planned("json")
    tree = json.loads(ran.out)
    assert ran.code == 0
    actions = [c["change"]["actions"] for c in tree["resource_changes"]]
    assert [a for a in actions if a != ["no-op"]] == [["update"]] * 7
