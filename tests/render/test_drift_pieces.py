"""A drift run is written as JSON entry by entry, with the same bytes as the whole document."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from reconciler.render import redact
from reconciler.render.indented import indented
from reconciler.render.json_parts import gate_entry
from reconciler.render.machine import PIECES, drift_json
from reconciler.render.shown import ShownDrift
from reconciler.render.subjects import DriftResult, RenderOptions
from reconciler.security.gates import Verdict
from tests.render.found import DRIFTS

GATE = Verdict(("weakens",))
LOST = frozenset({"poolctl-2", "poolctl-1"})


@pytest.mark.parametrize("drifts", [*DRIFTS.values(), list(itertools.chain(*DRIFTS.values())), []])
@pytest.mark.parametrize("gate", [None, GATE])
def test_the_pieces_are_the_document(drifts, gate):
    found = DriftResult(redact.drifts(drifts), LOST)
    whole: dict[str, Any] = dict(drift_json.document(found))
    if gate:
        assert gate.asked
        whole["gate"] = gate_entry(gate)
    options = RenderOptions(gate=gate)
    assert "".join(PIECES["drift"](found, options)) == indented(whole) + "\n"
    assert drift_json.drift(found, options) == indented(whole) + "\n"


class Watched(Sequence[ShownDrift]):
    """Drifts that count how many were asked for."""

    def __init__(self, drifts: Sequence[ShownDrift]) -> None:
        self._drifts = drifts
        self.asked = 0

    def __len__(self) -> int:
        return len(self._drifts)

    def __getitem__(self, index: Any) -> Any:
        return self._drifts[index]

    def __iter__(self) -> Iterator[ShownDrift]:
        for drift in self._drifts:
            self.asked += 1
            yield drift


def test_an_entry_is_spelled_when_its_turn_comes():
    drifts = Watched(redact.drifts(DRIFTS["full"] * 20))
    pieces = drift_json.drift_pieces(DriftResult(drifts), RenderOptions())
    sizes, asked, pools = [], set(), 0
    for piece in pieces:
        sizes.append(len(piece))
        pools += '"complete": true,' in piece and '"key":' in piece
        asked.add(drifts.asked)
    assert pools == 20
    assert len(sizes) > 20 * len(DRIFTS["full"][0].findings)
    assert max(sizes) < sum(sizes) / 50
    assert len(asked) >= 40  # once a pool for its entry, and once for its findings
