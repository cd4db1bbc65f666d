"""What `poolctl urls` shows, and the shape of what programs read of it."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from typing_extensions import TypedDict

from reconciler.procedures.shared_urls import UrlReport
from reconciler.procedures.url_lists import UrlStatus
from reconciler.render.output_types import Says, Time, ToolVersion, Version, closed
from reconciler.render.people_types import PoolIdentifier
from schemas.records import record

SaidStatus: TypeAlias = Annotated[
    UrlStatus,
    Says(
        description="added, renewed (recorded before, with another end), present (recorded, and there); other (there, "
        "and of others); removed; absent (was not there); declared (stays, because the manifest declares it); expired; "
        "pending (recorded, and not there)."
    ),
]


@record(frozen=True)
class UrlsResult:
    """What one run has found and done."""

    pool_id: str
    """Id of the pool."""
    client_id: str
    """Id of the client."""
    client: str
    """How messages name the client."""
    action: Literal["add", "remove", "list", "sweep"]
    """What was asked for."""
    dry: bool
    """Whether nothing was to be written."""
    report: UrlReport
    """What became of it."""


@closed
class UrlEntryDocument(TypedDict):
    """One URL of a client."""

    list: Literal["CallbackURLs", "LogoutURLs"]
    url: str
    status: SaidStatus
    until: Time | None
    """When it expires; null for never, and for URLs that are not recorded."""


@closed
class UrlsDocument(TypedDict):
    """What `poolctl urls -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    pool_id: PoolIdentifier
    client_id: Annotated[str, Says(description="Id of the client.")]
    action: Literal["add", "remove", "list", "sweep"]
    dry_run: bool
    """Whether nothing was to be written; the rest says what would be done."""
    written: bool
    """Whether anything was written."""
    urls: list[UrlEntryDocument]
    """Those that were asked for; with `list`, all of them."""
    swept: list[UrlEntryDocument]
    """Others that had expired and were removed."""
    stay: list[UrlEntryDocument]
    """Others that have expired and that the client cannot be without."""
