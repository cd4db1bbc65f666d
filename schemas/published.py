"""Published facts that the schemas and the embedded Cognito both need, from the one file that holds them.

`published.json` is data and belongs to neither side: what a new pool has is published, and two copies would only differ
by mistake. What follows from it stays apart: the engine and the embedded Cognito read the
file on their own and share no code, so that one can still contradict the other (`reconciler/local/published_facts.py`).
It lies beside the schemas because they are the lowest layer, and may not import `reconciler`.

Sources: cognito.md 2.1 and 4.2.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PUBLISHED: dict[str, Any] = json.loads(Path(__file__).with_name("published.json").read_text(encoding="utf-8"))
"""`standard_attributes`, in the order in which a pool shows them; `password_policy`, `recovery_mechanisms` and
`acr_levels` of a pool that was created without."""
