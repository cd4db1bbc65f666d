"""The words of what a document makes of itself: `$each` makes objects and items of rows, `$when` leaves parts out.

What they do is the engine's business (`reconciler/manifests/generated/`); how they are written belongs to the format,
and the published JSON Schema is made from it. This module needs no pydantic.
"""

from __future__ import annotations

EACH = "$each"
"""The key of a map, or of an item of a list, that is made once for each row."""

WHEN = "$when"
"""The key of a map that is there only when a condition is true."""

FORMS = (EACH, WHEN)
"""Both."""

AS, KEY, VALUE = "as", "key", "value"
"""What goes with `$each`: what a row is called, the key of what is made of it, and what is made of it. `value` goes
with `$when`, too, where the value is no map."""

ROW_NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
"""How a row may be called."""
