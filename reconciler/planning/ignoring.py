"""The `ignore` rules of a manifest, applied in the same way by plan, apply and drift.

A rule names an object or a member, and covers all that is inside of it. A declared member that is ignored is taken
out of what is declared, so it is neither compared nor written: an update of its object sends the live value. A rule
never prevents the creation of a declared object, because others may depend on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from reconciler.model import Address, Path, Spec, Tree
from schemas import globs
from schemas.base import ApiModel, Keyed, members


class IgnoreRule(Protocol):
    """What is needed of a rule: `reconciler.manifests.manifest.Ignore`."""

    @property
    def path(self) -> str:
        """A pattern over addresses and members: `clients/amplify-*`, `clients/web.CallbackURLs`."""
        ...

    @property
    def expires(self) -> str:
        """YYYY-MM-DD, the last day on which it holds; empty for ever."""
        ...


R = TypeVar("R", bound=IgnoreRule)


def in_force(rules: Iterable[R], today: str) -> tuple[R, ...]:
    """Return the rules that hold on a day.

    Args:
        rules: All of them.
        today: YYYY-MM-DD; empty takes none for expired.
    """
    return tuple(r for r in rules if not is_expired(r, today))


def is_expired(rule: IgnoreRule, today: str) -> bool:
    """Return whether the last day of a rule has passed."""
    return bool(rule.expires and today) and rule.expires < today


def is_about(pattern: str, section: str) -> bool:
    """Return whether a pattern is about a section; the key of a section is written out."""
    return globs.STEP.split(pattern, maxsplit=1)[0] == section


class IgnoreRules(Generic[R]):
    """Rules by what they mean, so that a thousand of them cost no more for each object than a few.

    Args of the constructor:
        rules: Those that hold.
    """

    def __init__(self, rules: Iterable[R]) -> None:
        self._rules = tuple(rules)
        self._patterns = globs.Patterns(r.path for r in self._rules)

    def covers(self, address: Address, path: Path = ()) -> bool:
        """Return whether any of the rules means an object or a member, or something around it.

        Args:
            address: The object.
            path: The member within the object; empty for the object itself.
        """
        return bool(self._patterns.covering((*address.steps, *path)))

    def about(self, address: Address, path: Path = ()) -> list[R]:
        """Return all rules that do, in their order."""
        return [self._rules[i] for i in self._patterns.covering((*address.steps, *path))]


def nothing(_address: Address, _path: Path = ()) -> bool:
    """Return whether an object or a member is ignored where there are no rules."""
    return False


def left(model: type[ApiModel], spec: Spec, ignored: Callable[[Address, Path], bool]) -> Tree:
    """Return what a spec declares without ignored members, which are neither compared nor written."""
    if ignored is nothing:
        return spec.declared
    return without(model, spec.declared, lambda path: ignored(spec.address, path))


def without(model: type[ApiModel], declared: Tree, ignored: Callable[[Path], bool]) -> Tree:
    """Return what is declared of an object without the members that are ignored.

    Args:
        model: Schema of the object; gives the key of lists whose items have one.
        declared: What the manifest says; it is not changed.
        ignored: Returns whether a member is.
    """
    known = members(model)
    result: Tree = {}
    for name, value in _kept(declared, (), ignored):
        member = known.get(name)
        keyed = member.mark(Keyed) if member else None
        if keyed and isinstance(value, list):
            left = [item for item in value if not ignored((name, item[keyed.member]))]
            if left or not value:
                result[name] = left
        else:
            result[name] = value
    return result


def _kept(tree: Mapping[str, Any], path: Path, ignored: Callable[[Path], bool]) -> Iterable[tuple[str, Any]]:
    """Yield what is left of a structure; one that loses all it has is gone as a whole."""
    for name, value in tree.items():
        here = (*path, name)
        if ignored(here):
            continue
        if isinstance(value, dict) and value:
            left = dict(_kept(value, here, ignored))
            if left:
                yield name, left
        else:
            yield name, value
