"""The facts as they were written down when poolctl was built, so `explain` derives nothing.

To derive them takes all kinds, all schemas and the service model of botocore; to read them takes the file of one
section. `make docs` writes the files, and a test holds them against the tables. What is not in them, a rule or a topic
that does not exist, is looked up in the tables (`rule_facts`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from reconciler.explaining.explanation import Calls, Change, Explanation, FactLine, Facts, Omission, Type, Value

TABLES = Path(__file__).parent / "tables"
"""Where the files are."""

KINDS, ENVELOPE, FORMS = "kinds", "envelope", "forms"
"""Files beside those of the sections: all kinds, the keys around the sections, and the forms of values."""

_VALUE = Value("any")
_TYPE = Type("scalar", _VALUE)
_CHANGE = Change("changeable", removable=False, advice=())
_OMISSION = Omission("", "", "")

BLANK: Mapping[type[Any], Any] = {
    Value: _VALUE,
    Type: _TYPE,
    Change: _CHANGE,
    Omission: _OMISSION,
    Calls: Calls(),
    Facts: Facts(False, (), _CHANGE, _OMISSION, "", "", (), False, (), False, (), False, None),
    FactLine: FactLine("", "", _TYPE, ""),
    Explanation: Explanation(
        *("", "", "", "", ""), (), _TYPE, "", "", True, None, Calls(), *((), (), ()), reset="", not_here=()
    ),
}
"""What is not written down, as every other place has it."""

HELD: Mapping[str, type[Any]] = {
    "value": Value,
    "key": Value,
    "type": Type,
    "change": Change,
    "omission": Omission,
    "calls": Calls,
    "facts": Facts,
    "members": FactLine,
}
"""What a field holds, or each of its items."""


class TableFile(NamedTuple):
    """One file."""

    name: str
    """Its name, without the ending: a section."""
    text: str
    """Its content."""


def table(name: str, found: Iterable[Explanation]) -> TableFile:
    """Write facts down.

    Args:
        name: Name of the file.
        found: The facts, in their order.
    """
    tree = {about.path: _tree(about) for about in found}
    return TableFile(name, json.dumps(tree, indent=1, ensure_ascii=False) + "\n")


def look_up(topic: str) -> Explanation | None:
    """Return the facts about a kind, a member, a key around the sections or a form; None for anything else.

    Args:
        topic: As it was asked for; names of objects and positions in lists do not count.
    """
    wanted = topic.strip()
    plain = re.sub(r"\[[^\]]*\]|\{\}", "", wanted)
    section = plain.partition(".")[0]
    known = _read(section) if re.fullmatch(r"[a-z_]+", section) else {}
    found = known.get(plain) or _read(FORMS if wanted.startswith("$") else ENVELOPE).get(wanted)
    return None if found is None else _made(Explanation, found)


def kinds() -> tuple[Explanation, ...]:
    """Return every kind of object, in the order of the manifests; a kind inside another follows it."""
    return tuple(_made(Explanation, found) for found in _read(KINDS).values())


def _read(name: str) -> Mapping[str, Any]:
    file = TABLES / f"{name}.json"
    tree: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return tree


def _tree(value: Any) -> Any:
    """Return what is written down of a value: of a tuple with names, the fields that differ from the usual."""
    usual = BLANK.get(type(value))
    if usual is None:
        return [_tree(item) for item in value] if isinstance(value, tuple) else value
    fields = ((name, inner, getattr(usual, name)) for name, inner in value._asdict().items())
    return {name: _tree(inner) for name, inner, other in fields if inner != other}


def _made(kind: type[Any], tree: Mapping[str, Any]) -> Any:
    return BLANK[kind]._replace(**{name: _field(name, value) for name, value in tree.items()})


def _field(name: str, value: Any) -> Any:
    held = HELD.get(name)
    if held is None:
        return tuple(value) if name == "default" else _tuple(value)
    if isinstance(value, list):
        return tuple(_made(held, item) for item in value)
    return _made(held, value) if isinstance(value, dict) else value


def _tuple(value: Any) -> Any:
    return tuple(map(_tuple, value)) if isinstance(value, list) else value
