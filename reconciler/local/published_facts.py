"""Published facts that the engine needs too: tables, read as data from the one file that holds them.

The embedded Cognito imports no schema. It opens the data file of that package and takes tables out of it, never a
judgement; what it concludes from them is its own.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

PUBLISHED: dict[str, Any] = json.loads(files("schemas").joinpath("published.json").read_text(encoding="utf-8"))
"""See `schemas/published.py`. Copy what is changed or answered."""
