"""What the checks of `doctor` share: each thing is looked at once, and what it needs is known or is an error.

Nothing here can write: the clouds are read-only ones, and a web address is read without credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from reconciler.applications.web_checks import Fetch, NoWebAnswer, WebAnswer
from reconciler.cloud.port import Cloud, SessionSource
from reconciler.errors import CloudError, PoolctlError, Refused, expected_errors
from reconciler.kinds import availability, root_of
from reconciler.manifests.manifest import Manifest
from reconciler.runs import stages
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from schemas.documents import DOCUMENTS

T = TypeVar("T")

STS = "sts"

USUAL_PATHS = Options(command="").paths
"""Where manifests are if no PATH is given."""

USUAL_REGION = "us-east-1"
"""Region in which STS is asked who the caller is if no Region is set: every account has it."""


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a run is, as STS says."""

    account: str
    """Account number."""
    arn: str
    """ARN of the user, or of the session of a role."""


@dataclass(frozen=True, slots=True)
class Knocked:
    """What came of reading an endpoint."""

    url: str
    """The endpoint."""
    answer: WebAnswer | NoWebAnswer
    """Its answer, which may be an error: whatever it says, something answers there."""
    at: float
    """When, by the wall clock of this machine: seconds since 1970."""

    @property
    def ahead(self) -> float | None:
        """Seconds that this machine's clock is ahead of the server's; None if the answer has no time."""
        said = self.answer.headers.get("date", "") if isinstance(self.answer, WebAnswer) else ""
        try:
            return self.at - parsedate_to_datetime(said).timestamp()
        except ValueError:
            return None


@dataclass
class Examination:
    """One run of `doctor`."""

    runtime: Runtime
    console: Console
    run: str
    """The command whose permissions are checked."""
    fetch: Fetch
    """Reads a web address."""

    @property
    def unnamed(self) -> bool:
        """Whether no manifest was named and the usual place does not exist: then the session alone is looked at."""
        paths = self.runtime.options.paths
        return paths == USUAL_PATHS and not any(Path(path).exists() for path in paths)

    @cached_property
    def manifests(self) -> Sequence[Manifest] | PoolctlError:
        """The documents, or why there are none."""
        return () if self.unnamed else _tried(lambda: stages.load(self.runtime, self.console))

    @property
    def documents(self) -> Sequence[Manifest]:
        """The documents, none if they are invalid."""
        return () if isinstance(self.manifests, PoolctlError) else self.manifests

    @cached_property
    def regions(self) -> Mapping[str, Sequence[Manifest]] | PoolctlError:
        """The Regions of the run with their documents, in order; that of the session where nothing names one."""
        return _tried(self._regions)

    @property
    def places(self) -> Sequence[str]:
        """The Regions that are known."""
        return () if isinstance(self.regions, PoolctlError) else [r for r in self.regions if r]

    @cached_property
    def signed_in(self) -> SessionSource | PoolctlError:
        """Where the credentials come from."""
        return _tried(lambda: self.runtime.session(self._first).source())

    @cached_property
    def caller(self) -> Principal | PoolctlError:
        """Who the run is."""
        return _tried(self._caller)

    @cached_property
    def knocked(self) -> Sequence[Knocked] | PoolctlError:
        """What the endpoints of all services and Regions answer to a plain request."""
        return _tried(lambda: [self._knock(url) for url in dict.fromkeys(self._urls())])

    def examiner(self, region: str) -> Cloud:
        """Return a cloud for a Region that cannot write."""
        return self.runtime.session(region).reader

    @property
    def _first(self) -> str:
        """A Region to begin with, that of the session if it is empty."""
        return self.places[0] if self.places else ""

    def _regions(self) -> Mapping[str, Sequence[Manifest]]:
        found: dict[str, list[Manifest]] = {}
        for manifest in self.documents:
            found.setdefault(self.runtime.region_of(manifest) or self.runtime.session_region(), []).append(manifest)
        return found or {self.runtime.session_region(): ()}

    def _caller(self) -> Principal:
        found = self.examiner(self._first or USUAL_REGION).identity()  # a cloud asks once
        return Principal(found.account, found.arn)

    def _urls(self) -> Sequence[str]:
        kinds = [m.kind for m in self.documents] or list(DOCUMENTS)
        roots = [root_of(kind) for kind in dict.fromkeys(kinds)]
        return [
            self.runtime.session(region).endpoint(service)
            for region in self.places
            for service in (STS, *(root.service for root in roots if not availability.lacks(root, region)))
        ]

    def _knock(self, url: str) -> Knocked:
        self.console.status(f"Asking {url}…")
        answer = self.fetch(url)
        self.console.status("")
        return Knocked(url, answer, self.runtime.now())


def _tried(work: Callable[[], T]) -> T | PoolctlError:
    """Return what a step gives, or the error with which it failed: the next check has to run all the same."""
    try:
        with expected_errors():
            return work()
    except PoolctlError as error:
        return error


def said(error: PoolctlError) -> str:
    """Return an error as one sentence, without the advice that a check gives by itself."""
    if isinstance(error, CloudError):
        return f"{error.operation}: {error.code}: {error.message}"
    return " ".join(str(error).splitlines()) if isinstance(error, Refused) else str(error).splitlines()[0]
