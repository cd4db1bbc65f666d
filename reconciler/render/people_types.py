"""The shapes of what programs read about users: `poolctl users ... -o json`."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypeAlias

from typing_extensions import TypedDict

from reconciler.render.output_types import Count, Ordinal, Says, Time, ToolVersion, Version, closed

PoolIdentifier: TypeAlias = Annotated[str, Says(description="Id of the user pool.")]

OutcomeWord: TypeAlias = Literal["refused", "checked", "imported", "partial"]


@closed
class UserEntry(TypedDict):
    """One user, with the members and names of the API."""

    Username: str
    UserStatus: str
    Enabled: bool
    UserCreateDate: Time | None
    UserLastModifiedDate: Time | None
    Attributes: dict[str, str]
    """By name; every value is a string."""
    UserMFASettingList: NotRequired[list[str]]
    """`users show` only."""
    PreferredMfaSetting: NotRequired[str]
    """`users show` only."""


@closed
class UserGroupEntry(TypedDict):
    """A group of a user."""

    GroupName: str
    Description: NotRequired[str]
    RoleArn: NotRequired[str]
    Precedence: NotRequired[int]


@closed
class UsersDocument(TypedDict):
    """What `poolctl users list -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    pool_id: PoolIdentifier
    users: list[UserEntry]


@closed
class UserDocument(TypedDict):
    """What `poolctl users show -o json` and `poolctl users groups -o json` write."""

    format_version: Version
    poolctl_version: ToolVersion
    pool_id: PoolIdentifier
    user: UserEntry
    groups: list[UserGroupEntry]


@closed
class RowEntry(TypedDict):
    """Why a row of the CSV was not imported. No value of the row is repeated."""

    line: Ordinal
    """Line of the file."""
    column: str | None
    """The column; null for the row as a whole."""
    reason: str


@closed
class UsersImportDocument(TypedDict):
    """What `poolctl users import -o json` writes."""

    format_version: Version
    poolctl_version: ToolVersion
    pool_id: PoolIdentifier
    outcome: OutcomeWord
    """`refused`: there are wrong rows, and nothing was sent; `checked`: of a dry run; `partial`: some rows failed or
    were not processed."""
    rows: Count
    """Rows of the file."""
    wrong: list[RowEntry]
    """Rows that were found to be wrong before anything was sent."""
    jobs: list[str]
    """Ids of the import jobs."""
    imported: Count
    already_there: Count
    """Rows whose user existed already; they were skipped."""
    failed: Count
    """Rows that Cognito could not import."""
    failures: list[RowEntry]
    """Reasons of them, as far as the log of the job could be read."""
    unfinished: str | None
    """Why not every row was processed."""
