"""The part of docs/reliability.md about the laws: how long the last search was, and what it found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

COUNTS = Path(__file__).parent / "counts.json"
"""How the examples of each seed ended."""

TEXT = """\
## Random pools and manifests

The second half of `make test-long` looks for a live pool and a manifest that break a law. Both are drawn at random,
of user pools and of identity pools, with members and whole sections that are null; what a rule refuses is left out
first. hypothesis then makes what it finds as small as it can.

- **An apply converges**, on a new pool and on one that others have set up: no call fails, and the plan after it is
  empty.
- **Nothing undeclared changes**, and each member that does was shown in the plan.
- **An export plans to nothing**, in both styles.
- **Every JSON output fits its schema.**

"""


def stored() -> dict[str, dict[str, int]]:
    """Return the counts of the last search, by seed."""
    found: dict[str, dict[str, int]] = json.loads(COUNTS.read_text(encoding="utf-8"))
    return found


def store(found: dict[str, Any], first: int) -> None:
    """Write counts, and keep those of the seeds before the first one."""
    kept = {seed: counts for seed, counts in stored().items() if int(seed) < first}
    COUNTS.write_text(json.dumps(kept | found, indent=1) + "\n", encoding="utf-8")


def section(counts: dict[str, dict[str, int]]) -> str:
    """Return the section."""
    sums = {key: sum(c.get(key, 0) for c in counts.values()) for key in ("examples", "given up", "broken")}
    hopeless = f"{sums['given up']:,} of them could not be made valid."
    return (
        f"{TEXT}**The last search tried {sums['examples']:,} examples of {len(counts)} seeds; {sums['broken']} seeds "
        f"broke a law.**\n{hopeless}\n\n"
    )
