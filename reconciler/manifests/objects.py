"""One document → one spec for each object that it declares.

What is inside a client (its branding, its terms) is an object of its own to Cognito, so it becomes a spec of its own
here, and the client is left without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.errors import Problem
from reconciler.kinds import KINDS
from reconciler.manifests import duplicates
from reconciler.manifests.documents import FAILED, Document
from reconciler.manifests.envelope import elsewhere
from reconciler.manifests.item_lists import around_items
from reconciler.manifests.object_places import ObjectPlaces
from reconciler.manifests.reference_kinds.env import ENV
from reconciler.manifests.reference_places import without_misplaced, without_misplaced_forms
from reconciler.manifests.references.filling import has_links
from reconciler.manifests.validation import checking
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.manifests.validation.shown_values import shown
from reconciler.model import Address, Notice, Path, Reference, Spec, Tree, dotted
from schemas.base import EXCLUDE, INCLUDE, ApiModel, Member
from schemas.documents import DocumentKind
from schemas.records import record
from schemas.sections import is_resettable, is_single, key_member, model_of, pin_member


@record(frozen=True)
class Declared:
    """The objects of a document."""

    specs: tuple[Spec, ...]
    """The pool first, then in the order of the schema; what is inside others comes last."""
    owners: Mapping[str, frozenset[str]]
    """Who declares what is inside: `clients.terms` → keys of the clients that have `terms`, even if empty."""


class ObjectReader:
    """Checks the objects of one document and makes their specs, which have the name of the pool if it is known."""

    def __init__(self, document: Document, kind: DocumentKind, report: ProblemReport, pool: str = "") -> None:
        self._document = document
        self._pool = pool
        self._kind = kind
        self._report = report
        self._places = ObjectPlaces(document, kind)
        self._inner: dict[str, dict[str, Any]] = {section: {} for section in kind.nested}
        """What was taken out of the objects that it is inside of: `clients.branding` → client → tree."""
        self._owners: dict[str, list[str]] = {}
        """Sections of things inside others that are managed, with the names of those others."""

    def read(self) -> Declared:
        """Return the objects; their content means nothing when problems were reported."""
        specs = (*self._specs(), *self._inner_specs())
        return Declared(specs, {section: frozenset(names) for section, names in self._owners.items()})

    def _say(self, path: Path, message: str, fix: str, *, key: bool = False) -> None:
        where = self._document.key(path) if key else self._document.position(path)
        self._report.problems.append(Problem(where, dotted(path), message, fix))

    def _specs(self) -> Iterator[Spec]:
        for name, section in self._kind.sections.items():
            if name in self._document.tree:
                yield from self._of_section(section, Address(self._pool, name), self._document.tree[name])

    def _inner_specs(self) -> Iterator[Spec]:
        """Make specs of the objects nested inside others; those have been made before, and precede them."""
        for name, section in self._kind.nested.items():
            for owner, value in self._inner[name].items():
                if value is not None or is_resettable(section):
                    self._owners.setdefault(name, []).append(owner)
                yield from self._of_section(section, Address(self._pool, name, owner), value)

    def _of_section(self, section: Member, address: Address, value: Any) -> Iterator[Spec]:
        """Make the specs of one section, or of one kind of thing inside an object."""
        if value is None and is_resettable(section) and (prefix := address.steps) not in self._document.blanks:
            yield Spec(address, {}, self._document.key(prefix), {(): self._document.position(prefix)}, reset=True)
        elif value is None:
            self._empty(section, address)
        elif is_single(section):
            yield self._spec(section, address, "", value)
        elif isinstance(value, dict):
            yield from self._children(section, address, value)
        elif value != FAILED:
            self._say(address.steps, "the section is not a map.", "Write NAME: {...} for each object.")

    def _empty(self, section: Member, address: Address) -> None:
        """Refuse a section without a value; null has a meaning only where there is something to go back to."""
        path = address.steps
        said = path not in self._document.blanks
        fix = "Write {} to manage the section without declaring anything, or remove the key."
        message = "the section is empty."
        if is_resettable(section):
            fix = "Write null to reset all of it, {} to manage it without declaring anything, or remove the key."
        elif said and is_single(section):
            message = "null cannot reset it: the pool itself has no defaults to go back to."
            fix = "Write null for single members of it, {} to manage it without declaring anything, or remove the key."
        if said and is_single(section) and KINDS[address.section].surrounding:
            message = "null cannot reset it: it surrounds the pool, and poolctl never deletes it."
            fix = "Remove the key to leave it as it is, or delete it yourself once no pool uses it."
        if said and model_of(section).WATCHED:
            message, fix = "null cannot reset it: it is only observed, and nothing of it is set.", "Remove the key."
        self._say(path, message, fix, key=True)

    def _children(self, section: Member, address: Address, value: Tree) -> Iterator[Spec]:
        found: list[Spec] = []
        around = address.steps
        for name, tree in value.items():
            own = Address(address.pool, address.section, f"{address.name}/{name}" if address.name else name)
            path = (*around, name)
            if not name:
                self._say(path, "the name is empty.", "Write a name before the colon.", key=True)
            elif tree is None:
                self._say(path, "nothing is declared.", "Write {} to declare the object without members.", key=True)
            else:
                found.append(self._spec(section, own, name, tree))
        self._report.problems += duplicates.same_object(section, value, found, self._document)
        return iter(found)

    def _spec(self, section: Member, address: Address, name: str, tree: Any) -> Spec:
        model, prefix = model_of(section), address.steps
        place = self._places.place(prefix)
        if isinstance(tree, dict):
            tree = self._prepared(section, address, name, tree, place)
        elif isinstance(tree, Reference) and tree != FAILED:
            self._say(prefix, "a reference cannot replace a whole object.", "Use references for its members.")
        declared = checking.settled(model, tree, place)
        if declared is None:
            tree = self._without_misplaced(model, tree, place) if isinstance(tree, dict) else tree
            declared = self._checked(model, address, tree, place)
        for omitted in KINDS[address.section].omissions(tree) if isinstance(tree, dict) else ():
            at = omitted.path
            self._report.problems.append(Problem(place.value(at), place.name(at), omitted.message, omitted.advice))
        pin = declared.pop(pin_member(model), None)
        self._shown_names(model, address, place)
        from_env = _from_env(place) if place.origins else {}
        return Spec(address, declared, place.start, place.values, pin if isinstance(pin, str) else "", from_env)

    def _checked(self, model: type[ApiModel], address: Address, tree: Any, place: Place) -> Tree:
        """Return an object as it is declared, with everything that is to be said of it."""
        others = lambda key: elsewhere(self._kind, key, but=address.section)  # noqa: E731 - it names what it belongs to
        declared = checking.check(model, tree, place, self._report, others=others)
        self._report.problems += duplicates.same_item(model, tree, place)
        return declared

    def _without_misplaced(self, model: type[ApiModel], tree: Tree, place: Place) -> Tree:
        """Refuse references where only a structure can be, and items where no list is, and leave them out."""
        kept, places = without_misplaced_forms(model, tree)
        for path in places:
            message = f"{INCLUDE} and {EXCLUDE} declare items of certain lists, and this is none of them."
            problem = Problem(place.value(path), place.name(path), message, "Write the whole value.")
            self._report.problems.append(problem)
        kept, places = without_misplaced(model, kept)
        message = "a reference leads to a text or a list of texts, which cannot be this value."
        for path in places:
            problem = Problem(place.value(path), place.name(path), message, "Use references for its members.")
            self._report.problems.append(problem)
        return kept

    def _shown_names(self, model: type[ApiModel], address: Address, place: Place) -> None:
        """Refuse names and identifiers from the environment: every output shows them, and no value may be shown."""
        if not place.origins:
            return
        key = key_member(model)
        root = self._kind.name_member if address.section == self._kind.root else ""
        for member in (root, key[0] if key and not key[1] else "", pin_member(model)):
            origin = place.origins.get((member,)) if member else None
            if origin and origin.kind == ENV.key:
                message = f"{member} is shown in every output, so it cannot come from the environment."
                self._say((*address.steps, member), message, "Write it out, or use {$var: NAME} with --var.")

    def _prepared(self, section: Member, address: Address, name: str, tree: Tree, place: Place) -> Tree:
        """Add what the key of the section says, take out nested objects, refuse what must be known early."""
        tree = KINDS[address.section].from_manifest(self._spelled(section, address, tree, place))
        for inner, part in self._kind.nested_in.get(address.section, ()):
            if part in tree:
                self._inner[inner][address.name] = tree.pop(part)
        model = model_of(section)
        key = key_member(model)
        if key and name:
            self._keyed(section, key, name, tree, place)
        elif name:
            checking.check_key(section, name, place, self._report)
        for member in (key[0] if key and key[1] else "", pin_member(model)):
            if member in tree:
                self._known_early(member, tree, place)
        return tree

    def _spelled(self, section: Member, address: Address, tree: Tree, place: Place) -> Tree:
        """Return an object with the spelling of the input where an answer has another one."""
        known = model_of(section).SPELLED
        spelled = {a: b for a, b in known.items() if a in tree and b not in tree} if known else known
        if not spelled:
            return dict(tree)
        for theirs, ours in spelled.items():
            self._places.rename(address.steps, theirs, ours)
            message = f"{theirs} is what answers call {ours}: it is read as {ours}."
            notice = Notice(f"{place.name((theirs,))}: {message}", place.key((theirs,)), lasting=True)
            self._report.notices.append(notice)
        return {spelled.get(name, name): value for name, value in tree.items()}

    def _keyed(self, section: Member, key: tuple[str, bool], name: str, tree: Tree, place: Place) -> None:
        """Add the member whose value is the key, or compare it with the key."""
        member, renameable = key
        said: Any = Reference("text", name) if has_links(name) else name
        if member not in tree:
            tree[member] = said
            self._places.add(place.prefix, member, place.start)
        elif tree[member] != said and not renameable:
            self._known_early(member, tree, place)
        if renameable and said is not name:
            message = "this key must be known before AWS is asked."
            self._report.problems.append(Problem(place.start, place.name(()), message, "Use ${var.NAME}."))
            del tree[member]
        elif tree.get(member, FAILED) in (said, FAILED):
            pass
        elif not renameable:
            message = f"{member} is {shown(tree[member], place.origin((member,)))}, but the key says {name}."
            fix = f"Remove {member}; the key is the name."
            self._report.problems.append(Problem(place.value((member,)), place.name((member,)), message, fix))
        else:
            self._nickname(section, member, name, place)

    def _known_early(self, member: str, tree: Tree, place: Place) -> None:
        """Refuse a name or an identifier that only AWS knows, and leave it out."""
        if isinstance(tree.get(member), Reference) and tree[member] != FAILED:
            fix = "Write it out, or use {$var: NAME}."
            message = f"{member} must be known before AWS is asked."
            self._report.problems.append(Problem(place.value((member,)), place.name((member,)), message, fix))
            del tree[member]

    def _nickname(self, section: Member, member: str, name: str, place: Place) -> None:
        """Check a key that is not the name itself: it is part of addresses, and must look like a name all the same."""
        found = ProblemReport()
        checking.check(model_of(section), {member: name}, Place(place.prefix, place.start, {}), found)
        for problem in found.problems:
            self._report.problems.append(Problem(place.start, dotted(place.prefix), problem.message, problem.fix))


def _from_env(place: Place) -> dict[Path, str]:
    """Return the names of the variables that values of an object came from, by the paths of these."""
    return {around_items(path): o.name for path, o in place.origins.items() if path and o.kind == ENV.key}
