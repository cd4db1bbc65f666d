"""The shapes of what programs read about a replacement: `poolctl replace -o json`."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from typing_extensions import TypedDict

from reconciler.procedures.left_behind import Way
from reconciler.render.output_types import PoolEntry, Says, ToolVersion, Version, closed

Facts: TypeAlias = Annotated[str, Says(description="Sections of docs/cognito.md that say so, such as 2.1, 2.17.")]


@closed
class FrozenEntry(TypedDict):
    """A declared change that Cognito cannot make."""

    member: str
    """Its address and path: `user_pool.UsernameAttributes`."""
    before: str | None
    """The live value as JSON, or `unset`; null if it is not shown."""
    after: str | None
    """The declared value, in the same form."""
    place: str | None
    """Where it is declared: FILE:LINE:COLUMN."""
    needs_pool: bool
    """Whether another pool has to take the place of the live one."""
    meaning: str
    """What it means for users, or what to do instead."""
    facts: Facts | None


@closed
class StepEntry(TypedDict):
    """One step. poolctl has not made it."""

    title: str
    """What is done."""
    detail: str
    """How, and what to know before."""
    commands: list[str]
    """Commands, to be adapted."""
    interrupts: str | None
    """What does not work meanwhile; null for nothing."""
    undo: str | None
    """How it is taken back; null if that is not described."""


@closed
class LeftBehindEntry(TypedDict):
    """Something that is in the pool, and how it reaches the new one."""

    id: str
    """Its name for programs: `passwords`."""
    title: str
    """Its name for people."""
    way: Way
    """How it reaches the new pool; `stays` if it does not."""
    detail: str
    """What that means."""
    facts: Facts


@closed
class ReplaceDocument(TypedDict):
    """What `poolctl replace -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    pool: PoolEntry
    name: str
    """Name of the new pool."""
    needed: bool
    """Whether a new pool is needed; otherwise there are no steps and items."""
    changes: list[FrozenEntry]
    """What cannot be changed in place; empty if only a live pool was named."""
    steps: list[StepEntry]
    """What to do, in order."""
    items: list[LeftBehindEntry]
    """What is in the pool besides its settings."""
    manifest: str | None
    """The manifest of the new pool that was written; null without --to."""
    notices: list[str]
    """What could not be read, and secrets to store."""
