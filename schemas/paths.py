"""Where a pattern of `protect`, `locked`, `ignore` and `waivers` can lead in a document.

A pattern that can match nothing protects, locks, ignores or waives nothing, which is noticed too late. So the section
must be written out, and members must be known as far as the schema goes. Names of objects are free: only the document
and the live pool define them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Literal

from schemas.base import ApiModel, FreeDocument, Keyed, Member, OneOf, members, pattern_of
from schemas.forms import unfit
from schemas.globs import STEP, meets
from schemas.limits import Checked, Unfit
from schemas.records import record
from schemas.sections import is_single, model_of, objects
from schemas.sure import is_key

Purpose = Literal["protect", "ignore", "lock", "waive"]

Similar = Callable[[str, Iterable[str]], str]
"""Returns the name that is most similar to a word, or an empty text if none is."""

DOES: Mapping[Purpose, str] = {"protect": "protects", "ignore": "ignores", "lock": "locks", "waive": "waives"}
"""What a pattern does to what it matches."""

WRITTEN = "outputs"
"""Key of what is written for applications. It has no objects of Cognito, but places that can be ignored."""

EVERYTHING = "*"
"""The pattern that protects all objects of a document."""

_ANY_GLOB = r"[^./]*[*?\[].*"
_ANY_REST = r"(?:[./].+)?"


@record(frozen=True)
class PathForm(Checked):
    """A pattern over the objects and members of a document."""

    purpose: Purpose
    """What it is for: objects only are protected, keys of the envelope can be locked but not ignored or waived."""
    document: Callable[[], type[ApiModel]]
    """Returns the model of the document; asked when it is there."""
    example: str
    """A pattern that is right."""

    @property
    def message(self) -> str:
        """What an editor says of a pattern that is wrong."""
        what = "a key of the document" if self.purpose == "lock" else "a section"
        return f"It {DOES[self.purpose]} nothing: begin with {what} and go on with what is in it, as in {self.example}."

    @property
    def _one(self) -> str:
        return f"Write one such as {self.example}."

    # --- what is wrong with one

    def check(self, value: object) -> object:
        """Return the value, or raise `unfit`."""
        if not isinstance(value, str) or not value.strip():
            raise unfit(f"is not {'an address' if self.purpose == 'protect' else 'a path'}", self._one)
        head, rest = _parted(value)
        if self.purpose == "protect" and value == EVERYTHING:
            return value
        if self.purpose in ("ignore", "waive") and not re.sub(r"[*?!/.\[\]]", "", value):
            fix = "Name what is to be ignored." if self.purpose == "ignore" else "Name one object or member, or none."
            raise unfit(f"would {self.purpose} everything", fix)
        if head not in self._heads:
            what = "key of the document" if self.purpose == "lock" else "section"
            raise unfit(f"begins with {{step}}, which is not a {what}", step=head, known=self._heads)
        if rest == "":
            raise unfit("ends with a separator", "Remove it, or write a name behind it.")
        found = self._wrong_after(self._heads[head], rest) if rest else None
        if found:
            raise found
        return value

    def check_known(self, value: str, names: Mapping[str, Iterable[str]], similar: Similar) -> Unfit | None:
        """Return what is wrong behind the name of an object that is declared.

        Args:
            value: A pattern without other mistakes.
            names: The names that are declared, by section.
            similar: Proposes a member for what may be one with a typing error.
        """
        head, rest = _parted(value)
        if not rest:
            return None
        for name in sorted(names.get(head, ()), key=len, reverse=True):
            if rest == name:
                return None
            if rest.startswith((f"{name}.", f"{name}/")):
                model, steps = model_of(self._heads[head]), STEP.split(rest[len(name) + 1 :])
                return self._wrong_in_object(model, steps) if self._means_member(model, steps[0], similar) else None
        return None

    def _means_member(self, model: type[ApiModel], step: str, similar: Similar) -> bool:
        """Return whether a step after a declared name denotes a member; a live object may have a longer name.

        Overlays are laid over what is declared, so for a lock there is nothing else that it could mean.
        """
        return self.purpose == "lock" or bool(similar(step, members(model)))

    @cached_property
    def _heads(self) -> Mapping[str, Member]:
        model = self.document()
        found = members(model) if self.purpose == "lock" else objects(model)
        written = {WRITTEN: members(model)[WRITTEN]} if self.purpose == "ignore" and WRITTEN in members(model) else {}
        return {**found, **written}

    def _wrong_after(self, section: Member, rest: str) -> Unfit | None:
        """Return what is wrong behind the key of a section, or of the envelope."""
        if self._has_places(section):
            return None
        if section.shape == "map":
            if not _can_be_named(section, rest):
                wrong = f"{DOES[self.purpose]} nothing: no key of {section.name} can be {{step}}"
                known = _known(section)
                return unfit(wrong, "" if known else _key_advice(section), step=rest, known=known)
            _, slash, inner = rest.partition("/")
            named = slash and objects(model_of(section))  # whose names hold no slash
            return self._wrong_in_object(model_of(section), STEP.split(inner)) if named else None
        if self.purpose == "protect":
            wrong = f"protects nothing: {section.name} is one object, which has no name"
            return unfit(wrong, f"Write {section.name}.")
        return self._wrong_in_member(section, STEP.split(rest))

    def _wrong_in_object(self, model: type[ApiModel], steps: Sequence[str]) -> Unfit | None:
        """Return what is wrong behind the name of an object."""
        if self.purpose != "protect":
            return self._wrong_among(members(model), steps)
        if steps[0] in members(model) and steps[0] not in objects(model):
            wrong = "protects nothing: only whole objects are protected, and {step} is a member"
            return unfit(wrong, "End with the object.", step=steps[0])
        return self._wrong_among(objects(model), steps)

    def _wrong_among(self, known: Mapping[str, Member], steps: Sequence[str]) -> Unfit | None:
        step, rest = steps[0], steps[1:]
        met = [member for name, member in known.items() if meets(step, (name,))]
        if not met:
            return unfit(f"{DOES[self.purpose]} nothing: {{step}} is unknown", step=step, known=known)
        errors = [self._wrong_in_member(member, rest) if rest else None for member in met]
        return None if None in errors else errors[0]

    def _wrong_in_member(self, member: Member, steps: Sequence[str]) -> Unfit | None:
        if member.shape == "map" or self._has_free_keys(member):
            return None
        if member.shape == "structure" and self.purpose == "protect":
            return unfit(f"protects nothing: {member.name} is one object, which has no name", "End with it.")
        if member.shape == "structure":
            return self._wrong_among(members(model_of(member)), steps)
        what = "a list, which is one value" if member.shape == "list" else "one value"
        return unfit(f"{DOES[self.purpose]} nothing: {member.name} is {what}", f"End with {member.name}.")

    def _has_places(self, section: Member) -> bool:
        """Return whether what is ignored are places: of what is written for applications."""
        return self.purpose == "ignore" and section.name == WRITTEN

    def _has_free_keys(self, member: Member) -> bool:
        """Return whether any key is valid inside: of a free document, or of a list that is compared item by item."""
        free = self.purpose == "lock" and member.has(FreeDocument)
        return free or (self.purpose in ("ignore", "waive") and member.has(Keyed))

    # --- the same for an editor

    @cached_property
    def pattern(self) -> str:
        """The valid patterns without `*`, `?` and `[`, and all others, which an editor cannot judge."""
        alternatives = [name + self._after(member) for name, member in self._heads.items()]
        alternatives += [r"\*"] if self.purpose == "protect" else []
        return f"^(?:{'|'.join(alternatives)})$"

    def _after(self, section: Member) -> str:
        if section.shape == "map" and objects(model_of(section)):
            return f"(?:[./](?:[^/]+|[^/]+/{self._object(model_of(section))}))?"
        if section.shape == "map" or self._has_places(section):
            return _ANY_REST
        return "" if self.purpose == "protect" else self._member(section)

    def _object(self, model: type[ApiModel]) -> str:
        return self._among(objects(model) if self.purpose == "protect" else members(model))

    def _among(self, known: Mapping[str, Member]) -> str:
        alternatives = [name + self._member(member) for name, member in known.items()]
        return f"(?:{'|'.join([*alternatives, _ANY_GLOB])})"

    def _member(self, member: Member) -> str:
        if member.shape == "map" or self._has_free_keys(member):
            return _ANY_REST
        if is_single(member) and self.purpose != "protect":
            return f"(?:[./]{self._among(members(model_of(member)))})?"
        return ""


def _can_be_named(section: Member, rest: str) -> bool:
    """Return whether a text begins with a possible key of a section; one with a glob in it may meet any.

    Names can contain separators, so every part of the text that ends at one is tried.
    """
    starts = [rest[: m.start()] for m in STEP.finditer(rest)] + [rest]
    known = _known(section)
    if re.search(r"[*?\[]", rest):
        return True
    return any(is_key(section.key_marks, name) and (not known or name in known) for name in starts)


def _known(section: Member) -> tuple[str, ...]:
    """Return the keys that a section is known to have; empty if any of the right form will do."""
    return next((mark.values for mark in section.key_marks if isinstance(mark, OneOf)), ())


def _key_advice(section: Member) -> str:
    found = pattern_of(section.key_marks)
    return found.fix if found else ""


def _parted(text: str) -> tuple[str, str | None]:
    """Return the part before the first separator, and the part after it: None without one."""
    head, *rest = STEP.split(text, maxsplit=1)
    return head, rest[0] if rest else None
