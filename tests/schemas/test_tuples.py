"""A named tuple that costs little is a named tuple: each law is held against those of `typing`."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
import typing
from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.tuples import OFTEN, NamedTuple

VALUES = st.lists(st.sampled_from([0, 1, "x", None]), max_size=5)
NAMED = st.dictionaries(st.sampled_from(["a", "b", "c", "other"]), st.integers(0, 3), max_size=4)


class Pair(NamedTuple):
    """With a default, a method, and a text below a field."""

    first: int
    """The first."""
    second: str = "none"

    @property
    def both(self) -> tuple[int, str]:
        """Return what it holds."""
        return self.first, self.second

    def __repr__(self) -> str:
        return f"<{self.first} {self.second}>"


class Below(Pair):
    """A class below a named tuple."""


def _outcome(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except (TypeError, ValueError, AttributeError) as error:
        return type(error)


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.sampled_from(["a", "b", "c"]), unique=True),
    st.integers(0, 3),
    st.lists(st.tuples(VALUES, NAMED), max_size=4),
)
def test_a_tuple_is_that_of_typing(
    names: list[str], optional: int, calls: list[tuple[list[Any], dict[str, Any]]]
) -> None:
    body = {name: at for at, name in enumerate(names) if at >= len(names) - optional}
    body |= {"__annotations__": dict.fromkeys(names, "Any"), "__doc__": "Doc.", "__module__": __name__}
    ours: Any = type(NamedTuple)("Made", (NamedTuple,), dict(body))  # type: ignore[call-overload]
    theirs: Any = typing.NamedTupleMeta("Made", (typing._NamedTuple,), dict(body))  # type: ignore[attr-defined]
    for name in ("_fields", "_field_defaults", "__match_args__", "__slots__", "__bases__", "__doc__"):
        assert getattr(ours, name) == getattr(theirs, name)
    for values, named in calls:
        their = _outcome(partial(theirs, *values, **named))
        for _ in range(OFTEN + 2):
            assert _outcome(partial(ours, *values, **named)) == their
        assert _outcome(partial(ours._make, values)) == _outcome(partial(theirs._make, values))
        if isinstance(their, tuple):
            our = ours(*values, **named)
            assert repr(our) == repr(their)
            assert our._asdict() == their._asdict()
            assert [getattr(our, name) for name in names] == list(their)
            refused = (TypeError, ValueError)  # by the version of Python
            found, expected = (_outcome(partial(made._replace, **named)) for made in (our, their))
            assert found == expected or (found in refused and expected in refused)


def test_methods_are_kept_and_subclasses_are_of_their_own_class() -> None:
    for cls in (Pair, Below):
        made = [cls(1) for _ in range(OFTEN + 2)]
        assert {type(one) for one in made} == {cls}
        assert (made[-1].both, made[-1]) == ((1, "none"), (1, "none"))
        assert repr(made[0]) == "<1 none>"
        for other in (copy.copy(made[0]), copy.deepcopy(made[0]), pickle.loads(pickle.dumps(made[0]))):  # noqa: S301
            assert (type(other), other) == (cls, made[0])


def test_nothing_is_compiled_until_there_is_much_to_make() -> None:
    code = (
        "import sys\n"
        "from schemas.tuples import OFTEN, NamedTuple\n"
        "compiled = []\n"
        "sys.addaudithook(lambda event, found: compiled.append(found[1]) if event == 'compile' else None)\n"
        "class One(NamedTuple):\n"
        "    name: 'str'\n"
        "    more: 'int' = 3\n"
        "made = [One('a') for _ in range(OFTEN)]\n"
        "print(len(compiled))\n"
        "print(One('a') == made[0], One('a', 3) == made[0], len(compiled))\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "0\nTrue True 1\n"
