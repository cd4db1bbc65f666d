"""The variables of a portable export: each value that is of one account or Region once, with the places that use it.

Their names are shared by all pools of an export, so one file of variables serves a directory of manifests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

from reconciler.errors import printable
from reconciler.manifests.writer import blocks
from schemas.records import record, replace

Sort: TypeAlias = Literal["place", "arn", "own id", "id", "host", "prefix", "custom domain", "region"]
"""What a variable holds: an `own id` is of the pool itself or of something in it, and any other one is an `id`."""

LONGEST = 60
"""Most characters of a name that is made of others."""

PLACES = ("account", "region", "partition", "dns_suffix", "login_suffix")
"""The variables that say where the pool is: they change together."""

DOMAIN_PREFIX = "domain_prefix"
"""The variable of a prefix domain, which can be any word."""

USES = 6
"""Most places that a comment lists."""


@record(frozen=True, slots=True)
class PlacedVariable:
    """A variable of a portable manifest."""

    name: str
    """Its name."""
    value: str
    """Its value where the pool was exported."""
    why: str
    """Why it is a variable, in a sentence or two."""
    uses: tuple[str, ...]
    """The members that use it."""
    sort: Sort
    """What it holds."""


class PlacedVariables:
    """Gives names to values, the same name to the same value."""

    def __init__(self) -> None:
        self._found: dict[str, PlacedVariable] = {}
        self._by_value: dict[str, list[str]] = {}
        self._uses: dict[str, dict[str, None]] = {}
        self.targets: dict[str, str] = {}
        """What Cognito made for pools whose manifests are part of the export: value → target of a reference to it."""

    def name(self, value: str, wanted: str, why: str, at: str, sort: Sort) -> str:
        """Return the name of the variable that holds a value.

        Args:
            value: The value.
            wanted: The name if the value has none yet; a number is added if another value has it.
            why: Why it is a variable.
            at: The member that uses it.
            sort: What it holds.
        """
        name = next((n for n in self._by_value.get(value, ()) if _are_one(n, wanted)), "")
        if not name:
            name = self._free(wanted)
            self._found[name] = PlacedVariable(name, value, why, (), sort)
            self._by_value.setdefault(value, []).append(name)
        self._uses.setdefault(name, {})[at] = None
        return name

    def named(self, names: Iterable[str]) -> tuple[PlacedVariable, ...]:
        """Return variables by name, those of the place first."""
        found = (self._found[n] for n in sorted(set(names), key=_order))
        return tuple(replace(v, uses=tuple(self._uses[v.name])) for v in found)

    def _free(self, wanted: str) -> str:
        if wanted not in self._found:
            return wanted
        return next(n for i in range(2, len(self._found) + 3) if (n := f"{wanted}_{i}") not in self._found)


def _are_one(name: str, wanted: str) -> bool:
    """Whether equal values mean the same thing: not where one of them happens to be called like a domain."""
    base = re.sub(r"_\d+$", "", name)
    return base == wanted or not ({base, wanted} & {*PLACES, DOMAIN_PREFIX})


def _order(name: str) -> tuple[int, str]:
    return PLACES.index(name) if name in PLACES else len(PLACES), name


def word(*texts: str) -> str:
    """Return a name for a variable that is made of texts: `ProviderName`, `eu.example` → `provider_name_eu_example`."""
    parted = (re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text) for text in texts)
    plain = re.sub(r"[^A-Za-z0-9]+", "_", "_".join(parted)).strip("_").lower()[:LONGEST].strip("_")
    return plain if plain[:1].isalpha() else f"v_{plain}".rstrip("_")


EXPORTED = (
    "The variables of {}, with their values where it was exported. For another account",
    "or Region, change them, and give this file with --var-file. It holds no secret.",
)
"""The head of a file of variables."""


def text_of(variables: Iterable[PlacedVariable], manifests: str, head: tuple[str, ...] = EXPORTED) -> str:
    """Return a file of variables as `--var-file` reads it.

    Args:
        variables: The variables, in the order of the file.
        manifests: What the file is for, as one would name it on a command line.
        head: The lines at its top, in which `{}` stands for what it is for.
    """
    return "\n".join(_lines(list(variables), tuple(line.format(printable(manifests)) for line in head)))


def _lines(variables: list[PlacedVariable], head: tuple[str, ...]) -> Iterator[str]:
    yield from (f"# {line}" for line in head)
    yield ""
    if any(v.name in PLACES for v in variables):
        yield "# Where the pool is: change these together."
    for variable in variables:
        if variable.name not in PLACES:
            yield ""
            yield f"# {printable(variable.why)}"
            yield f"# Used by {printable(_used(variable.uses))}"
        yield "\n".join(blocks({variable.name: variable.value}, 1)).removesuffix("\n")
    yield ""


def _used(uses: tuple[str, ...]) -> str:
    more = len(uses) - USES
    return ", ".join(uses[:USES]) + (f" and {more} more" if more > 0 else "")
