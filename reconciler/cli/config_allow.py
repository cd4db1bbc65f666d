"""`allow` of poolctl.yaml: what passes although `fail_on` asks for it, with why, who answers for it, and until when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from reconciler.cli.config_keys import ALLOW
from reconciler.cli.config_problems import ConfigProblems
from reconciler.errors import flow
from reconciler.model import Allowance, Path

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

KEYS = ("rule", "path", "reason", "owner", "expires")
"""Keys of an entry."""

OPTIONAL = frozenset({"owner", "expires"})
"""Those that may be left out."""


class AllowReader:
    """Reads the entries of one document."""

    def __init__(self, problems: ConfigProblems) -> None:
        """Take the document, with what is wrong with it."""
        self._problems = problems

    def read(self) -> Iterator[Allowance]:
        """Yield the entries that are right."""
        entries = self._problems.document.tree.get(ALLOW)
        if entries is None:
            return
        if not isinstance(entries, list):
            self._problems.wrong((ALLOW,), "it is not a list.", "Write entries with rule, path and reason.")
            return
        for at, entry in enumerate(entries):
            before = len(self._problems.found)
            found = self._entry((ALLOW, at), entry)
            if found and len(self._problems.found) == before:
                yield found

    def _entry(self, path: Path, entry: Any) -> Allowance | None:
        if not isinstance(entry, dict):
            self._problems.wrong(path, "it is not a map.", "Write rule, path and reason.")
            return None
        self._problems.unknown_keys(path, KEYS)
        texts = {name: self._text((*path, name), entry.get(name)) for name in KEYS}
        self._check(path, texts)
        return Allowance(**texts, source=self._problems.at(path))

    def _text(self, path: Path, value: Any) -> str:
        if value is None and path[-1] in OPTIONAL:
            return ""
        if isinstance(value, str) and value.strip():
            return value
        wrong = "it is missing or empty." if value in (None, "") else "it is not a text."
        self._problems.wrong(path, wrong, "Each entry has a rule, a path and a reason.")
        return ""

    def _check(self, path: Path, texts: dict[str, str]) -> None:
        from reconciler.security.criteria import path_problem
        from reconciler.security.gates import rule_problem

        rule, day = texts["rule"], texts["expires"]
        if rule and (problem := rule_problem(rule)):
            self._problems.wrong((*path, "rule"), problem)
        if texts["path"] and (problem := path_problem(texts["path"])):
            self._problems.wrong((*path, "path"), problem)
        if day and not _is_day(day):
            self._problems.wrong((*path, "expires"), f"{flow(day)} is not a day.", "Write one such as 2027-06-30.")


def _is_day(text: str) -> bool:
    try:
        return bool(DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
