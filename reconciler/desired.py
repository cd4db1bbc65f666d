"""From files to what should be: manifests with one spec per object, or everything that is wrong with them.

The stages behind it know nothing of YAML, references or schemas; a manifest that leaves here is valid as far as that
can be told without AWS. What only AWS can tell (`$ssm`, `$secret`) is put in by `resolve`, and validated again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reconciler import manifest as reader
from reconciler import validation
from reconciler.cloud import Cloud
from reconciler.errors import InvalidManifest, Problem
from reconciler.model import Address, Notice, Path, Position, Reference, Spec, Tree, dotted
from reconciler.references import (
    FAILED,
    Document,
    Origin,
    Remote,
    Variables,
    close,
    nearest,
    references,
    resolve_local,
    resolve_remote,
)
from reconciler.validation import Place, Report, shown, suggestion
from schemas.base import ApiModel, Keyed, KeyName, Member, Pin, members
from schemas.manifest import sections
from schemas.user_pool import STANDARD_ATTRIBUTES

ENVELOPE = ("version", "kind", "target", "id", "prune", "protect", "ignore")
"""Keys of a document that are not sections."""

VERSION = 1
"""The only version of the format."""

ROOTS = {"UserPool": ("user_pool", "PoolName")}
"""Kinds of documents: the section that is the pool itself, and the member that names it."""


@dataclass(frozen=True)
class Ignore:
    """Something live that shall not be reported."""

    path: str
    """A pattern over addresses and members: `clients/amplify-*`."""
    reason: str
    """Why."""
    owner: str
    """Who answers for it; may be empty."""
    expires: str
    """YYYY-MM-DD, the last day on which it holds; empty for ever."""
    source: Position
    """Where it stands."""


@dataclass(frozen=True)
class Manifest:
    """One valid document."""

    file: str
    """As the user named it; `-` is standard input."""
    source: Position
    """Where the document begins."""
    kind: str
    """`UserPool`."""
    name: str
    """Name of the pool, or its id where the manifest does not name it."""
    account: str
    """Account number that it is meant for; empty when it does not say."""
    region: str
    """Region that it is meant for; empty when it does not say."""
    pool_id: str
    """Id of the pool; empty when it is found by its name."""
    sections: frozenset[str]
    """Sections that are managed: those that are present, even if empty."""
    specs: tuple[Spec, ...]
    """The declared objects, the pool first, then in the order of the schema."""
    prune: tuple[str, ...] = ()
    """Sections that apply may delete from."""
    protect: tuple[str, ...] = ()
    """Addresses that are never deleted or replaced; may hold `*`."""
    ignore: tuple[Ignore, ...] = ()
    """What is not reported."""
    positions: Mapping[Path, Position] = field(default_factory=dict, compare=False, repr=False)
    """Where each value of the document stands."""

    def spec(self, section: str, name: str = "") -> Spec | None:
        """Return a declared object, or None."""
        return next((s for s in self.specs if (s.address.section, s.address.name) == (section, name)), None)


@dataclass(frozen=True)
class Loaded:
    """Everything that was read."""

    manifests: tuple[Manifest, ...]
    """In the order of the files."""
    notices: tuple[Notice, ...]
    """What should be said, sorted by place."""


def load(paths: Sequence[str], *, variables: Variables, environ: Mapping[str, str], stdin: Callable[[], str]) -> Loaded:
    """Read and validate manifests. AWS is not contacted.

    Args:
        paths: Files, directories, or `-` for standard input.
        variables: From `references.variables`.
        environ: Environment of the process, for `$env`.
        stdin: Gives the whole of standard input.

    Raises:
        InvalidManifest: With every problem of every document, sorted by place.
    """
    report = Report()
    documents, problems = reader.read(paths, stdin)
    report.problems += problems
    if not documents and not problems:
        where = Position(str(paths[0]) if paths else ".", 1, 1)
        report.problems.append(Problem(where, "", "there is no document in it.", "Begin one with `version: 1`."))
    manifests = []
    for raw in documents:
        document, wrong = resolve_local(raw, variables, environ)
        report.problems += wrong
        manifests.append(_Document(document, report).manifest())
    report.problems += _same_pool(manifests)
    if report.problems:
        raise InvalidManifest(_distinct(report.problems))
    notices = {(n.source, n.message): n for n in report.notices}
    return Loaded(tuple(manifests), tuple(notices[k] for k in sorted(notices, key=_order)))


def _order(key: tuple[Position | None, str]) -> tuple[Position, str]:
    return key[0] or Position("", 0, 0), key[1]


def _distinct(problems: Sequence[Problem]) -> list[Problem]:
    """Say each thing once: an alias makes one mistake appear in several places."""
    return list({str(p): p for p in problems}.values())


def resolve(manifest: Manifest, cloud: Cloud) -> Manifest:
    """Put in what only AWS can tell, and validate it.

    Args:
        manifest: A loaded one.
        cloud: Where to ask; a read-only cloud must allow `references.REMOTE_READS`.

    Raises:
        InvalidManifest: A reference cannot be resolved, or its value does not fit. No message holds a value.
        CloudError: AWS could not be asked.
    """
    remote, report = Remote(cloud), Report()
    specs = tuple(_resolved(spec, remote, report) for spec in manifest.specs)
    if report.problems:
        raise InvalidManifest(_distinct(report.problems))
    return replace(manifest, specs=specs)


def _resolved(spec: Spec, remote: Remote, report: Report) -> Spec:
    found = dict(references(spec.declared))
    if not found:
        return spec
    tree, problems = resolve_remote(spec.declared, remote, spec.position)
    prefix = _prefix(spec.address)
    if problems:
        report.problems += [_below(prefix, p) for p in problems]
        return spec
    origins = {path: Origin(r.kind, r.target) for path, r in found.items()}
    place = Place(prefix, spec.source, spec.positions, origins=origins)
    declared = validation.check(_model(spec.address.section), tree, place, report)
    return replace(spec, declared=declared)


def _below(prefix: Path, problem: Problem) -> Problem:
    path = dotted(prefix) + ("" if problem.path.startswith("[") else ".") + problem.path
    return Problem(problem.position, path, problem.message, problem.fix)


def _prefix(address: Address) -> Path:
    return (address.section, address.name) if address.name else (address.section,)


def _same_pool(manifests: Sequence[Manifest]) -> Iterator[Problem]:
    """Find documents that describe one pool: each would undo what the other does."""
    seen: dict[tuple[str, ...], Manifest] = {}
    for manifest in manifests:
        keys = [(manifest.kind, "name", manifest.name, manifest.account, manifest.region)]
        if manifest.pool_id:
            keys.append((manifest.kind, "id", manifest.pool_id, "", ""))
        if not manifest.name:
            continue
        first = next((seen[k] for k in keys if k in seen), None)
        if first and not (manifest.pool_id and first.pool_id and manifest.pool_id != first.pool_id):
            message = f"the pool {manifest.name} is described here a second time; the first is at {first.source}."
            yield Problem(manifest.source, "", message, "Join the two documents, or give them different pools.")
        for key in keys:
            seen.setdefault(key, manifest)


# --- sections ------------------------------------------------------------------------------------------------------


def _model(section: str) -> type[ApiModel]:
    model = sections()[section].model
    if model is None:  # pragma: no cover - sections hold structures by definition
        raise TypeError(section)
    return model


def _single(section: Member) -> bool:
    """Tell whether a section holds one object; others are maps of objects by name."""
    return section.shape == "structure"


def _key_member(model: type[ApiModel]) -> tuple[str, bool] | None:
    """Return the member that the key of a child stands for, and whether it may differ from the key."""
    for member in members(model).values():
        mark = member.mark(KeyName)
        if mark:
            return member.name, mark.renameable
    return None


def _pin_member(model: type[ApiModel]) -> str:
    return next((m.name for m in members(model).values() if m.has(Pin)), "")


def bare_name(name: str) -> str:
    """Return the name of a custom attribute as it is sent, without the prefix that the service puts before it.

    A custom attribute that is called like a standard one keeps its prefix, or the two could not be told apart.
    """
    bare = name.removeprefix("dev:").removeprefix("custom:")
    return name if bare in STANDARD_ATTRIBUTES else bare


def _with_bare_names(tree: Tree) -> Tree:
    """Return a pool whose attributes have the names that are sent, so that what describe prints can be pasted."""
    attributes = tree.get("Schema")
    if not isinstance(attributes, list):
        return dict(tree)

    def bare(item: Any) -> Any:
        name = item.get("Name") if isinstance(item, dict) else None
        return {**item, "Name": bare_name(name)} if isinstance(name, str) else item

    return {**tree, "Schema": [bare(item) for item in attributes]}


# --- one document --------------------------------------------------------------------------------------------------


class _Document:
    """Checks one document and makes its manifest."""

    def __init__(self, document: Document, report: Report) -> None:
        self._document = document
        self._tree = document.tree
        self._report = report
        self._places: dict[Path, dict[str, dict[Path, Any]]] = {}
        """Positions, keys and origins of each object, by its path: split once, as documents can be large."""

    def manifest(self) -> Manifest:
        """Return the manifest; its content means nothing when problems were reported."""
        self._version()
        kind = self._kind()
        self._known_keys()
        account, region = self._target()
        pool_id = self._id(kind, region)
        self._split()
        specs = self._specs()
        root, name_member = ROOTS[kind]
        declared = next((s.declared for s in specs if s.address.section == root), {})
        name = self._name(root, name_member, declared, pool_id)
        return Manifest(
            file=self._document.file,
            source=self._document.start,
            kind=kind,
            name=name,
            account=account,
            region=region,
            pool_id=pool_id,
            sections=frozenset(s for s in sections() if s in self._tree),
            specs=tuple(replace(s, address=replace(s.address, pool=name)) for s in specs),
            prune=tuple(self._prune(kind)),
            protect=tuple(self._protect()),
            ignore=tuple(self._ignore()),
            positions=self._document.positions,
        )

    def _say(self, path: Path, message: str, fix: str, *, key: bool = False) -> None:
        where = self._document.key(path) if key else self._document.position(path)
        self._report.problems.append(Problem(where, dotted(path), message, fix))

    def _shown(self, path: Path, value: Any) -> str:
        return shown(value, nearest(self._document.origins, path))

    # --- envelope

    def _version(self) -> None:
        if "version" not in self._tree:
            self._say((), "version is missing.", "Add `version: 1` as the first line.")
            return
        version = self._tree["version"]
        if version != VERSION or isinstance(version, (bool, float)):
            self._say(
                ("version",),
                f"{self._shown(('version',), version)} is not a version that this poolctl knows.",
                "Write version: 1.",
            )

    def _kind(self) -> str:
        kind = self._tree.get("kind", "UserPool")
        if isinstance(kind, str) and kind in ROOTS:
            return kind
        if kind == FAILED:
            return "UserPool"
        near = close(kind, ROOTS) if isinstance(kind, str) else ""
        known = " or ".join(ROOTS)
        fix = f"Did you mean {near}?" if near else f"Write {known}, or leave kind out."
        self._say(("kind",), f"{self._shown(('kind',), kind)} is no kind of document that this poolctl knows.", fix)
        return "UserPool"

    def _known_keys(self) -> None:
        known = (*ENVELOPE, *sections())
        for key in self._tree:
            if key not in known:
                advice = self._elsewhere(key, but="")
                message = "this key does not belong here." if advice else "this key is not known here."
                self._say((key,), message, advice or suggestion(key, known), key=True)

    def _elsewhere(self, key: str, *, but: str) -> str:
        """Return advice when exactly one other section has a member of this name."""
        found = [s for s in sections().values() if s.name != but and key in members(_model(s.name))]
        if len(found) != 1:
            return ""
        return f"Write it in {found[0].name}{'' if _single(found[0]) else '.NAME'}."

    def _target(self) -> tuple[str, str]:
        target = self._plain(("target",))
        if target is None:
            if "target" in self._tree:
                self._say(("target",), "target is empty.", 'Write {account: "123456789012", region: eu-west-1}.')
            return "", ""
        if not isinstance(target, dict):
            self._say(("target",), "target is not a map.", 'Write {account: "123456789012", region: eu-west-1}.')
            return "", ""
        for key in target:
            if key not in ("account", "region"):
                fix = suggestion(key, ("account", "region"))
                self._say(("target", key), "this key is not known here.", fix, key=True)
        return self._account(target), self._region(target)

    def _account(self, target: Tree) -> str:
        if "account" not in target:
            return ""
        account, path = self._plain(("target", "account")), ("target", "account")
        if isinstance(account, int) and not isinstance(account, bool):
            self._say(path, f"{self._shown(path, account)} is a number, not a text.", "Put its 12 digits in quotes.")
        elif isinstance(account, str) and re.fullmatch(r"[0-9]{12}", account):
            return account
        elif account is not _REPORTED:
            self._say(path, f"{self._shown(path, account)} is not an account number.", "Write 12 digits, in quotes.")
        return ""

    def _region(self, target: Tree) -> str:
        if "region" not in target:
            return ""
        region = self._plain(("target", "region"))
        if isinstance(region, str) and re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9]+", region):
            return region
        if region is not _REPORTED:
            message = f"{self._shown(('target', 'region'), region)} is not a Region code."
            self._say(("target", "region"), message, "Write one such as eu-west-1.")
        return ""

    def _id(self, kind: str, region: str) -> str:
        if "id" not in self._tree:
            return ""
        value = self._plain(("id",))
        pattern, example = IDS[kind]
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            if value is not _REPORTED:
                fix = f"Write one such as {example}, or leave id out to find the pool by its name."
                self._say(("id",), f"{self._shown(('id',), value)} is not the id of a pool.", fix)
            return ""
        own = value.partition("_")[0]
        if region and own != region:
            message = f"the pool {value} is in {own}, but target.region is {region}."
            self._say(("id",), message, "Correct one of the two.")
        return value

    def _name(self, root: str, member: str, declared: Tree, pool_id: str) -> str:
        name = declared.get(member)
        path = (root, member)
        if name == FAILED:
            return ""
        if isinstance(name, Reference):
            self._say(path, f"{member} must be known before AWS is asked.", "Use {$var: NAME} or {$env: NAME}.")
            return ""
        if name:
            return str(name)
        written = self._tree.get(root)
        if (
            self._tree.get("kind", "UserPool") in list(ROOTS)
            and not pool_id
            and not (isinstance(written, dict) and member in written)
        ):
            fix = f"Add {root}: {{{member}: NAME}}, or id: with the id of a pool that exists."
            at: Path = (root,) if root in self._tree else ()
            self._say(at, "the document does not say which pool it describes.", fix, key=True)
        return pool_id

    def _plain(self, path: Path) -> Any:
        """Return a value of the envelope, which must be known before AWS is asked."""
        value: Any = self._tree
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value if self._early(path, value) else _REPORTED

    def _early(self, path: Path, value: Any) -> bool:
        """Tell whether a value is known now; one that only AWS knows is reported."""
        if isinstance(value, Reference) and value != FAILED:
            self._say(path, "this must be known before AWS is asked.", "Write it out, or use {$var: NAME}.")
        return not isinstance(value, Reference)

    # --- prune, protect, ignore

    def _list(self, key: str, example: str) -> Iterator[tuple[Path, Any]]:
        value = self._plain((key,))
        if key not in self._tree or value is _REPORTED:
            return
        if not isinstance(value, list):
            self._say((key,), "this is not a list.", f"Write {key}: [{example}].")
            return
        for i, item in enumerate(value):
            if self._early((key, i), item):
                yield (key, i), item

    def _prune(self, kind: str) -> Iterator[str]:
        root = ROOTS[kind][0]
        for path, item in self._list("prune", "clients"):
            if item == root:
                self._say(path, "a pool is never deleted.", f"Remove {root} from prune.")
            elif self._section_named(path, item):
                if _single(sections()[item]):
                    self._say(path, f"{item} holds one object, which is never deleted.", f"Remove {item} from prune.")
                yield item

    def _protect(self) -> Iterator[str]:
        for path, item in self._list("protect", "clients/web"):
            if not isinstance(item, str) or not item:
                self._say(path, f"{self._shown(path, item)} is not an address.", "Write one such as clients/web.")
            elif self._section_named(path, item.partition("/")[0]):
                yield item

    def _section_named(self, path: Path, name: Any) -> bool:
        if isinstance(name, str) and name in sections():
            return True
        fix = suggestion(name if isinstance(name, str) else "", list(sections()))
        self._say(path, f"{self._shown(path, name)} is not a section.", fix)
        return False

    def _ignore(self) -> Iterator[Ignore]:
        for path, item in self._list("ignore", "{path: clients/amplify-*, reason: made by Amplify}"):
            if not isinstance(item, dict):
                self._say(path, "an entry of ignore is a map.", "Write {path: ..., reason: ...}.")
                continue
            before = len(self._report.problems)
            self._ignore_entry(path, item)
            if len(self._report.problems) == before:
                texts = {k: str(v) for k, v in item.items()}
                where = self._document.position(path)
                owner, expires = texts.get("owner", ""), texts.get("expires", "")
                yield Ignore(texts["path"], texts["reason"], owner, expires, where)

    def _ignore_entry(self, path: Path, item: Tree) -> None:
        known = ("path", "reason", "owner", "expires")
        for key, value in item.items():
            if key not in known:
                self._say((*path, key), "this key is not known here.", suggestion(key, known), key=True)
            elif not self._early((*path, key), value):
                continue
            elif not isinstance(value, str) or not value.strip():
                self._say(
                    (*path, key), f"{self._shown((*path, key), value)} is not a text.", f"Write a text for {key}."
                )
        for key, why in (("path", "what to ignore"), ("reason", "why")):
            if key not in item:
                self._say(path, f"{key} is missing.", f"Add {key}: {why}.")
        self._ignore_path((*path, "path"), item.get("path"))
        self._expires((*path, "expires"), item.get("expires"))

    def _ignore_path(self, path: Path, value: Any) -> None:
        if not isinstance(value, str) or not value.strip():
            return
        if not re.sub(r"[*?/.\[\]]", "", value):
            self._say(path, f"{self._shown(path, value)} would ignore everything.", "Name what is to be ignored.")
            return
        head = re.split(r"[/.]", value)[0]
        self._section_named(path, head)

    def _expires(self, path: Path, value: Any) -> None:
        if not isinstance(value, str):
            return
        try:
            valid = bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and bool(date.fromisoformat(value))
        except ValueError:
            valid = False
        if not valid:
            self._say(path, f"{self._shown(path, value)} is not a date.", "Write it as YYYY-MM-DD.")

    # --- objects

    def _split(self) -> None:
        """Sort positions, keys and origins by the object that they belong to, in one pass."""
        depth = {s.name: 1 if _single(s) else 2 for s in sections().values()}
        parts = (
            ("values", self._document.positions),
            ("keys", self._document.keys),
            ("origins", self._document.origins),
        )
        for what, places in parts:
            for path, found in places.items():
                at = depth.get(str(path[0]), 0) if path else 0
                if at and len(path) >= at:
                    own = self._places.setdefault(path[:at], {"values": {}, "keys": {}, "origins": {}})
                    own[what][path[at:]] = found

    def _specs(self) -> list[Spec]:
        specs: list[Spec] = []
        for section in sections().values():
            if section.name not in self._tree:
                continue
            value = self._tree[section.name]
            if value is None:
                fix = "Write {} to manage the section and want nothing in it, or leave the key out."
                self._say((section.name,), "the section is empty.", fix, key=True)
            elif _single(section):
                specs.append(self._spec(section, "", value))
            elif isinstance(value, dict):
                specs += self._children(section, value)
            elif value != FAILED:
                self._say((section.name,), "the section is not a map.", "Write NAME: {...} for each object.")
        return specs

    def _children(self, section: Member, value: Tree) -> Iterator[Spec]:
        found: list[Spec] = []
        for name, tree in value.items():
            path = (section.name, name)
            if not name:
                self._say(path, "the name is empty.", "Write a name before the colon.", key=True)
            elif tree is None:
                self._say(path, "nothing is declared.", "Write {} to declare it and nothing about it.", key=True)
            else:
                found.append(self._spec(section, name, tree))
        self._same_object(section, found)
        return iter(found)

    def _spec(self, section: Member, name: str, tree: Any) -> Spec:
        address = Address("", section.name, name)
        prefix = _prefix(address)
        place = self._place(prefix)
        if isinstance(tree, dict):
            tree = self._prepared(section, name, tree, place)
        elif isinstance(tree, Reference) and tree != FAILED:
            self._say(prefix, "a whole object cannot come from AWS.", "Use references for its members.")
        declared = validation.check(
            _model(section.name),
            tree,
            place,
            self._report,
            others=lambda key: self._elsewhere(key, but=section.name),
        )
        self._repeated(_model(section.name), tree, place, ())
        if section.name == "user_pool":
            self._undecided(tree, place)
        pin = declared.pop(_pin_member(_model(section.name)), None)
        return Spec(address, declared, place.start, place.values, pin if isinstance(pin, str) else "")

    def _place(self, prefix: Path) -> Place:
        own = self._places.get(prefix, {"values": {}, "keys": {}, "origins": {}})
        return Place(prefix, self._document.key(prefix), own["values"], own["keys"], own["origins"])

    def _prepared(self, section: Member, name: str, tree: Tree, place: Place) -> Tree:
        """Add what the key of the section says, and refuse what must be known before AWS is asked."""
        tree = _with_bare_names(tree) if section.name == "user_pool" else dict(tree)
        key = _key_member(_model(section.name))
        if key and name:
            member, renameable = key
            if member not in tree:
                tree[member] = name
                self._places[place.prefix]["values"][(member,)] = place.start
            elif tree[member] != name and not renameable:
                message = f"{member} is {shown(tree[member], place.origin((member,)))}, but the key says {name}."
                fix = f"Remove {member}; the key is the name."
                self._report.problems.append(Problem(place.value((member,)), place.name((member,)), message, fix))
            elif tree[member] != name:
                self._nickname(section, member, name, place)
        for member in (key[0] if key else "", _pin_member(_model(section.name))):
            if isinstance(tree.get(member), Reference) and tree[member] != FAILED:
                fix = "Write it out, or use {$var: NAME}."
                message = f"{member} must be known before AWS is asked."
                self._report.problems.append(Problem(place.value((member,)), place.name((member,)), message, fix))
                del tree[member]
        return tree

    def _nickname(self, section: Member, member: str, name: str, place: Place) -> None:
        """Check a key that is not the name itself: it is part of addresses, and must look like a name all the same."""
        found = Report()
        validation.check(_model(section.name), {member: name}, Place(place.prefix, place.start, {}), found)
        for problem in found.problems:
            self._report.problems.append(Problem(place.start, dotted(place.prefix), problem.message, problem.fix))

    def _same_object(self, section: Member, specs: Sequence[Spec]) -> None:
        """Find two declarations that would be matched with the same live object."""
        key = _key_member(_model(section.name))
        seen: dict[tuple[str, str], Spec] = {}
        for spec in specs:
            written = self._tree[section.name][spec.address.name]
            name = written.get(key[0], spec.address.name) if key and isinstance(written, dict) else spec.address.name
            if not isinstance(name, str):
                continue
            identity = ("id", spec.pin) if spec.pin else ("name", name)
            first = seen.setdefault(identity, spec)
            if first is spec:
                continue
            pinned = f"the same {_pin_member(_model(section.name))}"
            what = pinned if spec.pin else "the same name"
            path = _prefix(spec.address)
            message = f"{dotted(_prefix(first.address))} (line {first.source.line}) has {what}."
            pin = _pin_member(_model(section.name))
            fix = f"Give each a {pin} of its own, or another name." if pin else "Give each a name of its own."
            self._say(path, message, fix, key=True)

    def _undecided(self, tree: Any, place: Place) -> None:
        """Insist on Mutable for custom attributes: nobody documents what the service assumes (cognito-facts 2.1)."""
        attributes = tree.get("Schema") if isinstance(tree, dict) else None
        for i, item in enumerate(attributes if isinstance(attributes, list) else ()):
            name = item.get("Name") if isinstance(item, dict) else None
            if isinstance(name, str) and name not in STANDARD_ATTRIBUTES and item.get("Mutable") is None:
                at: Path = ("Schema", i)
                message = f"the attribute {name} does not say Mutable; Cognito's default is not documented."
                fix = "Write Mutable: true or false; it can never be changed."
                self._report.problems.append(Problem(place.value(at), place.name(at), message, fix))

    def _repeated(self, model: type[ApiModel], tree: Any, place: Place, path: Path) -> None:
        """Find lists told apart by a member (Schema by Name) in which two items have the same one."""
        if not isinstance(tree, dict):
            return
        for name, member in members(model).items():
            value, here = tree.get(name), (*path, name)
            if isinstance(value, list) and (mark := member.mark(Keyed)):
                self._repeated_items(mark.member, value, place, here)
            if member.model and isinstance(value, dict) and member.shape == "structure":
                self._repeated(member.model, value, place, here)

    def _repeated_items(self, key: str, items: list[Any], place: Place, path: Path) -> None:
        first: dict[Any, int] = {}
        for i, item in enumerate(items):
            value = item.get(key) if isinstance(item, dict) else None
            if not isinstance(value, str):
                continue
            if value in first:
                line = place.value((*path, first[value])).line
                text = shown(value, place.origin((*path, i, key)))
                message = f"{key} {text} stands here a second time; the first is in line {line}."
                at = (*path, i, key)
                self._report.problems.append(
                    Problem(place.value(at), place.name(at), message, "Remove one of the two.")
                )
            first.setdefault(value, i)


_REPORTED: Any = object()
"""Stands for a value whose problem has been reported."""

IDS = {"UserPool": (r"[a-z]{2}(-[a-z]+)+-[0-9]+_[0-9A-Za-z]+", "eu-west-1_AbCdEf123")}
"""How ids look (cognito-facts 1.1), with an example; their first part is the Region."""
