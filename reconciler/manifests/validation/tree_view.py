"""What a check has seen of an object: the values that pydantic must not see, and those that no message may show."""

from __future__ import annotations

from typing import Any

from reconciler.errors import Problem
from reconciler.manifests.references.origin import ROW
from reconciler.manifests.validation import closed_words
from reconciler.manifests.validation.conversion import convert
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.manifests.validation.shown_values import shown
from reconciler.model import Notice, Path, Secret, dotted
from reconciler.terminal.suggestions import suggest_or_list


class _Gone:
    """Replaces a value that pydantic shall not see."""


GONE: Any = _Gone()
"""The only instance."""


UNLISTED = "is not a known value."
"""What is said of a value that an enumeration does not list."""


class TreeView:
    """Collects, while an object is walked, what is left out of the copy that pydantic checks."""

    def __init__(self, place: Place, report: ProblemReport) -> None:
        self.place = place
        self.report = report
        self.held: dict[Path, Any] = {}
        """What the result holds in the place of what pydantic saw."""
        self.hidden: set[Path] = set()
        """Values that may not be shown."""
        self.unwanted: list[Path] = []
        """What answers of the API show and no input takes: left out, and noted together."""
        self.gone: set[Path] = set()
        """Values that pydantic does not see, so that it may find them missing."""

    def hold(self, path: Path, value: Any) -> Any:
        """Keep a value for the result and hide it from pydantic."""
        if path:
            self.held[path] = value
        return self.prune(path)

    def prune(self, path: Path) -> Any:
        """Hide a value from pydantic, for good."""
        self.gone.add(path)
        return GONE if path else {}

    def wrap(self, value: Any, path: Path) -> None:
        """Note that a value is a secret, and report one that is written out."""
        self.hidden.add(path)
        if not isinstance(value, str):
            return
        origin = self.place.origin(path)
        literal = origin is None or origin.kind == ROW
        self.held[path] = Secret(value, "literal" if literal else str(origin))
        if literal:
            self.notice(path, "the manifest contains a secret in clear text: use {$secret: NAME#KEY} or {$env: NAME}.")

    def converted(self, scalar: type, value: Any, path: Path) -> Any:
        """Give a value that came from elsewhere the type of its member."""
        origin = self.place.origin(path)
        if origin is None:
            return value
        if scalar is bytes and origin.raw is not None:
            return origin.raw
        if isinstance(value, bytes) and scalar is not bytes:
            self.problem(path, f"the content of {origin} is not UTF-8 text.", "Save the file as UTF-8.")
            return self.prune(path)
        return convert(value, scalar) if isinstance(value, str) and origin.raw is None else value

    def leave_out(self, path: Path) -> Any:
        """Leave out what an answer of the API shows and no input takes."""
        self.unwanted.append(path)
        return self.prune(path)

    def note_unwanted(self) -> None:
        """Say once what of an object was left out."""
        if self.unwanted:
            names = ", ".join(dotted(path) for path in self.unwanted)
            self.notice((), f"left out, as Cognito shows it and takes it nowhere: {names}.", key=True)

    def unlisted(self, value: Any, path: Path, known: tuple[str, ...]) -> None:
        """Report a value that an enumeration does not list; enumerations lag the service, but not by letter case."""
        if value in known:
            return
        said = shown(value, self.place.origin(path))
        if words := closed_words.meant(value, known):
            self.problem(path, f"{said} is not a value that Cognito takes.", closed_words.write(words))
            return
        hint = suggest_or_list(str(value), known, f"Known are {', '.join(known)}.")
        self.notice(path, f"{said} {UNLISTED} {hint} It is passed on as it is.")

    def notice(self, path: Path, message: str, *, key: bool = False) -> None:
        """Report something that is no mistake."""
        where = self.place.key(path) if key else self.place.value(path)
        self.report.notices.append(Notice(f"{self.place.name(path)}: {message}", where, lasting=True))

    def problem(self, path: Path, message: str, fix: str = "", *, key: bool = False) -> None:
        """Report a mistake in a value, or in its key."""
        where = self.place.key(path) if key else self.place.value(path)
        self.report.problems.append(Problem(where, self.place.name(path), message, fix))
