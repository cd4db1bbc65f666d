"""How another tool lets go of objects without deleting them: steps for people, in the order in which they are safe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class HandOverStep:
    """One step."""

    text: str
    """What to do, and what must come of it, as sentences."""
    code: str = ""
    """What to write or run, in whole lines; empty for none."""
    language: Literal["", "hcl", "shell", "yaml", "typescript"] = ""
    """Of the code."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The way from another tool to manifests."""

    tool: str
    """The tool and its version, for people: `Terraform 1.11.4`."""
    steps: tuple[HandOverStep, ...]
    """In order; nothing may be left out."""
