"""The search for a pool and a manifest that break a law, with shrinking."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from tests.laws.laws import Broken, hold
from tests.laws.open import is_open
from tests.laws.strategies import pairs
from tests.laws.world import Hopeless, World


def law(counts: Counter[str], directory: Path, **chosen: Any) -> Callable[[], None]:
    """Return a search.

    Args:
        counts: Receives how the examples ended.
        directory: For manifests.
        chosen: Settings of hypothesis, and `seed`.
    """
    number = chosen.pop("seed", None)

    def example(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
        before, document = pair
        counts["examples"] += 1
        try:
            hold(World(directory), before, document)
        except Hopeless:
            counts["given up"] += 1
        except Broken as broken:
            if not is_open(str(broken)):
                raise
            counts["known"] += 1

    found = given(pairs())(example)
    found = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck), print_blob=False, **chosen)(
        found
    )
    return found if number is None else seeded(number)(found)


PHASES = (Phase.explicit, Phase.generate, Phase.shrink)


def run(seed: int, examples: int) -> tuple[Counter[str], str]:
    """Search with a seed; return how the examples ended, and the smallest that breaks a law."""
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as directory:
        try:
            law(counts, Path(directory), seed=seed, max_examples=examples, phases=PHASES)()
        except Broken as broken:
            return counts, str(broken)
    return counts, ""
