"""Suggestions ("Did you mean X?"): one comparison of names and one wording for all messages.

It covers options, settings, keys, sections, references, addresses and pools. Case, underscores, hyphens and spaces are
ignored, because users bring the spellings of other tools.
"""

from __future__ import annotations

TYPE_CHECKING = False  # imported at start-up: not even `typing`
if TYPE_CHECKING:
    from collections.abc import Iterable

CUTOFF = 0.7
"""How similar two names must be, from 0 to 1 (difflib's ratio)."""

AT_A_GLANCE = 12
"""Most names that a message lists."""


def folded(name: str) -> str:
    """Normalize a name: `callback_urls` and `CallbackURLs` become equal."""
    return name.replace("_", "").replace("-", "").replace(" ", "").lower()


def same(name: str, known: Iterable[str]) -> str:
    """Return the known name that differs only in spelling, or an empty text."""
    wanted = folded(name)
    return next((other for other in known if folded(other) == wanted), "")


def closest(name: str, known: Iterable[str], *, cutoff: float = CUTOFF) -> str:
    """Return the known name that is most similar, or an empty text if none is similar enough.

    Args:
        name: What was written.
        known: Known names; of two equally similar ones, the first is taken.
        cutoff: How similar it must be, from 0 to 1.
    """
    import difflib

    by_form: dict[str, str] = {}
    for other in known:
        by_form.setdefault(folded(other), other)
    wanted = folded(name)
    if wanted in by_form:
        return by_form[wanted]
    found = difflib.get_close_matches(wanted, by_form, n=1, cutoff=cutoff)
    return by_form[found[0]] if found else ""


def did_you_mean(name: str) -> str:
    """Return the sentence that proposes a name."""
    return f"Did you mean {name}?"


def suggest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return `Did you mean X?` for the most similar known name, or another sentence if there is none.

    Args:
        name: What was written.
        known: Known names.
        otherwise: The sentence when no name is similar.
    """
    near = closest(name, known)
    return did_you_mean(near) if near else otherwise


def suggest_or_list(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return `Did you mean X?`, or the known names if they are few, or else another sentence."""
    names = list(known)
    few = f"Known are {', '.join(names)}." if names and len(names) <= AT_A_GLANCE else otherwise
    return suggest(name, names, few)


def sentences(*parts: str) -> str:
    """Join sentences, some of which may be empty."""
    return " ".join(part for part in parts if part)
