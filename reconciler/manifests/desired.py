"""From files to what should be: manifests with one spec per object, or everything that is wrong with them.

The stages behind it know nothing of YAML, references or schemas; a manifest that leaves here is valid as far as that
can be told without AWS. What only AWS can tell (`$ssm`, `$secret`, `$ref`) is put in by `resolve`, and validated again.

What stands inside a client (its branding, its terms) is an object of its own to Cognito, so it becomes a spec of its
own here, and the client is left without it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from reconciler.cloud.port import Cloud
from reconciler.errors import InvalidManifest, Problem
from reconciler.kinds import KINDS
from reconciler.manifests import links, overlays, reader
from reconciler.manifests.documents import FAILED, Document, nearest
from reconciler.manifests.reference_kinds.ref import Link
from reconciler.manifests.references.filling import RefLookup, fill, fill_key, fill_tree, has_links
from reconciler.manifests.references.local_references import resolve_local
from reconciler.manifests.references.origin import origin_of
from reconciler.manifests.references.remote_references import Remote, references, resolve_remote
from reconciler.manifests.references.variables import Variables
from reconciler.manifests.validation import checking
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.manifests.validation.shown_values import shown
from reconciler.manifests.validation.unknown_keys import suggest_key, suggest_word
from reconciler.model import Address, Notice, Path, Position, Reference, Spec, Tree, dotted
from reconciler.terminal.suggestions import suggest
from schemas.base import ApiModel, Keyed, KeyName, Member, Pin, members
from schemas.documents import DEFAULT, DOCUMENTS, DocumentKind

ENVELOPE = ("version", "kind", "target", "id", "prune", "protect", "ignore", "locked")
"""Keys of a document that are not sections."""

VERSION = 1
"""The only version of the format."""


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
    """`UserPool` or `IdentityPool`: a key of `schemas.documents.DOCUMENTS`."""
    name: str
    """Name of the pool, or its id where the manifest does not name it."""
    account: str
    """Account number that it is meant for; empty when it does not say."""
    region: str
    """Region that it is meant for; empty when it does not say."""
    pool_id: str
    """Id of the pool; empty when it is found by its name."""
    sections: frozenset[str]
    """Sections that are managed: those that are present, even if empty; `clients.branding` if any client has one."""
    specs: tuple[Spec, ...]
    """The declared objects, the pool first, then in the order of the schema; what stands inside others comes last."""
    prune: tuple[str, ...] = ()
    """Sections that apply may delete from."""
    protect: tuple[str, ...] = ()
    """Addresses that are never deleted or replaced; may hold `*`."""
    ignore: tuple[Ignore, ...] = ()
    """What is not reported."""
    owners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Who declares what stands inside: `clients.terms` → keys of the clients that have `terms`, even if empty. What
    other clients have is not managed."""
    links: tuple[Link, ...] = ()
    """Its references to other documents, and to itself, in the order of the text."""
    positions: Mapping[Path, Position] = field(default_factory=dict, compare=False, repr=False)
    """Where each value of the document stands."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the documents that it refers to; itself is not among them."""
        own = DOCUMENTS[self.kind].sections
        return tuple(
            dict.fromkeys(i.document for i in self.links if not (i.document == self.name and i.section in own))
        )

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


def load(
    paths: Sequence[str],
    *,
    variables: Variables,
    environ: Mapping[str, str],
    stdin: Callable[[], str],
    environment: str = "",
) -> Loaded:
    """Read and validate manifests. AWS is not contacted.

    Args:
        paths: Files, directories, or `-` for standard input.
        variables: From `references.variables`.
        environ: Environment of the process, for `$env`.
        stdin: Gives the whole of standard input.
        environment: Name of the overlays that are laid over the manifests; empty for none.

    Raises:
        InvalidManifest: With every problem of every document, sorted by place.
    """
    report = ProblemReport()
    documents, problems = reader.read(paths, stdin)
    report.problems += problems
    if environment:
        broken = {p.position.file for p in problems}
        layers, wrong = reader.overlays(paths, environment)
        documents, clashes = overlays.merge(documents, {k: v for k, v in layers.items() if k not in broken})
        report.problems += [*wrong, *clashes]
    if not documents and not problems:
        where = Position(str(paths[0]) if paths else ".", 1, 1)
        report.problems.append(Problem(where, "", "there is no document in it.", "Begin one with `version: 1`."))
    manifests = []
    for raw in documents:
        document, wrong = resolve_local(raw, variables, environ)
        report.problems += wrong
        manifests.append(_Document(document, report).manifest())
    report.problems += _same_pool(manifests)
    report.problems += links.wrong_links(manifests)
    if report.problems:
        raise InvalidManifest(_distinct(report.problems))
    notices = {(n.source, n.message): n for n in report.notices}
    return Loaded(tuple(manifests), tuple(notices[k] for k in sorted(notices, key=_order)))


def _order(key: tuple[Position | None, str]) -> tuple[Position, str]:
    return key[0] or Position("", 0, 0), key[1]


def _distinct(problems: Sequence[Problem]) -> list[Problem]:
    """Say each thing once: an alias makes one mistake appear in several places."""
    return list({str(p): p for p in problems}.values())


def no_references(target: str) -> str | None:  # noqa: ARG001 - the signature of the hook
    """Know nothing of any object of another document."""
    return None


def resolve(manifest: Manifest, cloud: Cloud, refs: RefLookup = no_references) -> Manifest:
    """Put in what only AWS can tell, and validate it.

    Args:
        manifest: A loaded one.
        cloud: Where to ask; a read-only cloud must allow `references.REMOTE_READS`.
        refs: Gives what a reference to another document stands for, by its target
            (`customers/clients/web#ClientId`), or None while the object does not exist. Such references stay as they
            are, and so do texts and keys that hold one.

    Raises:
        InvalidManifest: A reference cannot be resolved, or its value does not fit. No message holds a value.
        CloudError: AWS could not be asked.
    """
    remote, report = Remote(cloud), ProblemReport()
    kind, targets = DOCUMENTS[manifest.kind], {link.target for link in manifest.links}

    def known(target: str) -> str | None:
        return refs(target) if target in targets else None

    specs = [_resolved(kind, spec, remote, known, report) for spec in manifest.specs]
    report.problems += _colliding_names(specs)
    if report.problems:
        raise InvalidManifest(_distinct(report.problems))
    return replace(manifest, specs=tuple(specs))


def _resolved(kind: DocumentKind, spec: Spec, remote: Remote, known: RefLookup, report: ProblemReport) -> Spec:
    found = dict(references(spec.declared))
    prefix = _prefix(spec.address)
    tree, problems = resolve_remote(spec.declared, remote, spec.position)
    if problems:
        report.problems += [_below(prefix, p) for p in problems]
        return spec
    tree = fill_tree(tree, known)
    report.problems += [_below(prefix, p) for p in _colliding_keys(tree, known, spec, ())]
    if tree == spec.declared:
        return spec
    spec = _filled(spec, known)
    origins = {_filled_path(path, known): origin_of(r) for path, r in found.items()}
    place = Place(_prefix(spec.address), spec.source, spec.positions, origins=origins)
    declared = checking.check(_model(kind.all[spec.address.section]), tree, place, report)
    return replace(spec, declared=declared)


def _filled_path(path: Path, known: RefLookup) -> Path:
    return tuple(fill_key(step, known) if isinstance(step, str) else step for step in path)


def _filled(spec: Spec, known: RefLookup) -> Spec:
    """Return a spec whose name and positions are spelled with what references in keys stand for."""
    address = replace(spec.address, name=fill_key(spec.address.name, known))
    return replace(spec, address=address, positions={_filled_path(p, known): v for p, v in spec.positions.items()})


def _colliding_names(specs: Sequence[Spec]) -> Iterator[Problem]:
    """Find objects whose names became the same one."""
    seen: dict[Address, Spec] = {}
    for spec in specs:
        first = seen.setdefault(spec.address, spec)
        if first is not spec:
            message = f"the key becomes the same as that in line {first.source.line}."
            yield Problem(spec.source, dotted(_prefix(spec.address)), message, "Make the keys differ, or remove one.")


def _colliding_keys(value: Any, known: RefLookup, spec: Spec, path: Path) -> Iterator[Problem]:
    """Find keys that `fill_tree` has left alone because they would become the same one."""
    for key, inner in value.items() if isinstance(value, dict) else ():
        if has_links(key) and fill(key, known) is not None:
            where, fix = spec.position((*path, key)), "Make the keys differ, or remove one."
            yield Problem(where, dotted((*path, key)), "two keys become the same one.", fix)
        yield from _colliding_keys(inner, known, spec, (*path, key))
    for i, item in enumerate(value if isinstance(value, list) else ()):
        yield from _colliding_keys(item, known, spec, (*path, i))


def ordered(manifests: Sequence[Manifest]) -> tuple[Manifest, ...]:
    """Return manifests so that each comes after those that it refers to, and otherwise in the order given."""
    return links.ordered(manifests)


def referred(target: str, manifest: Manifest, manifests: Sequence[Manifest]) -> tuple[Manifest, Spec | None]:
    """Return what a reference leads to.

    Args:
        target: One that stands in the manifest: `customers/clients/web#ClientId`.
        manifest: The document that it stands in.
        manifests: All that were loaded together with it.

    Returns:
        The document, and the object in it; no object when it is a pool that the document names by its id only.

    Raises:
        KeyError: There is no such reference, or the document that it leads to is not among those given.
    """
    link = next((i for i in manifest.links if i.target == target), None)
    found = links.meant(link, manifest, manifests) if link else []
    if link is None or not found:
        raise KeyError(target)
    return found[0], found[0].spec(link.section, link.name)


def _below(prefix: Path, problem: Problem) -> Problem:
    path = dotted(prefix) + ("" if problem.path.startswith("[") else ".") + problem.path
    return Problem(problem.position, path, problem.message, problem.fix)


def _prefix(address: Address) -> Path:
    """Return where an object stands in its document: `clients`, `web`, `terms`, `terms-of-use`."""
    outer, dot, part = address.section.partition(".")
    owner, _, name = address.name.partition("/") if dot else (address.name, "", "")
    return tuple(step for step in (outer, owner, part, name) if step)


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


def _model(section: Member) -> type[ApiModel]:
    if section.model is None:  # pragma: no cover - sections hold structures by definition
        raise TypeError(section.name)
    return section.model


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


# --- one document --------------------------------------------------------------------------------------------------


class _Document:
    """Checks one document and makes its manifest."""

    def __init__(self, document: Document, report: ProblemReport) -> None:
        self._document = document
        self._tree = document.tree
        self._report = report
        self._kind = self._read_kind()
        self._places: dict[Path, dict[str, dict[Path, Any]]] = {}
        """Positions, keys and origins of each object, by its path: split once, as documents can be large."""
        self._inner: dict[str, dict[str, Any]] = {section: {} for section in self._kind.nested}
        """What was taken out of the objects that it stands inside: `clients.branding` → client → tree."""
        self._owners: dict[str, list[str]] = {}
        """Sections of things inside others that are managed, with the names of those others."""

    def manifest(self) -> Manifest:
        """Return the manifest; its content means nothing when problems were reported."""
        self._version()
        self._known_keys()
        account, region = self._target()
        pool_id = self._id(region)
        self._split()
        self._locked()
        specs = [*self._specs(), *self._inner_specs()]
        declared = next((s.declared for s in specs if s.address.section == self._kind.root), {})
        name = self._name(declared, pool_id)
        return Manifest(
            file=self._document.file,
            source=self._document.start,
            kind=self._kind.name,
            name=name,
            account=account,
            region=region,
            pool_id=pool_id,
            sections=frozenset([*(s for s in self._kind.sections if s in self._tree), *self._owners]),
            specs=tuple(replace(s, address=replace(s.address, pool=name)) for s in specs),
            prune=tuple(self._prune()),
            protect=tuple(self._protect()),
            ignore=tuple(self._ignore()),
            owners={section: frozenset(names) for section, names in self._owners.items()},
            links=self._document.links,
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

    def _read_kind(self) -> DocumentKind:
        kind = self._tree.get("kind", DEFAULT)
        if isinstance(kind, str) and kind in DOCUMENTS:
            return DOCUMENTS[kind]
        if kind != FAILED:
            known = f"Write {' or '.join(DOCUMENTS)}, or leave kind out for {DEFAULT}."
            fix = suggest(kind if isinstance(kind, str) else "", DOCUMENTS, known)
            message = f"{self._shown(('kind',), kind)} is no kind of document that this poolctl knows."
            self._say(("kind",), message, fix)
        guess = (k for k in DOCUMENTS.values() if k.root in self._tree)
        return next(guess, DOCUMENTS[DEFAULT])

    def _known_keys(self) -> None:
        known = (*ENVELOPE, *self._kind.sections)
        for key in self._tree:
            if key not in known:
                advice = self._elsewhere(key, but="")
                message = "this key does not belong here." if advice else "this key is not known here."
                self._say((key,), message, advice or suggest_key(key, known), key=True)

    def _elsewhere(self, key: str, *, but: str) -> str:
        """Return advice when exactly one other place has this key, or the pool itself has."""
        found = [s for s, m in self._kind.all.items() if s != but and key in members(_model(m))]
        section = self._kind.root if self._kind.root in found else found[0] if len(found) == 1 else ""
        if section:
            return f"Write it in {self._spelled(section)}."
        other = next((k for k in DOCUMENTS.values() if key in k.sections), None)
        return f"Write it in a document of its own, with kind: {other.name}." if other and not but else ""

    def _spelled(self, section: str) -> str:
        """Spell where the members of a section's objects stand: `clients.NAME.branding`."""
        outer, dot, part = section.partition(".")
        steps = (outer, *([] if _single(self._kind.sections[outer]) else ["NAME"]))
        if dot:
            steps = (*steps, part, *([] if _single(self._kind.nested[section]) else ["NAME"]))
        return ".".join(steps)

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
                fix = suggest_word(key, ("account", "region"))
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

    def _id(self, region: str) -> str:
        if "id" not in self._tree:
            return ""
        value = self._plain(("id",))
        if not isinstance(value, str) or not re.fullmatch(self._kind.id_pattern, value):
            if value is not _REPORTED:
                fix = f"Write one such as {self._kind.id_example}, or leave id out to find the pool by its name."
                self._say(("id",), f"{self._shown(('id',), value)} is not the id of a pool.", fix)
            return ""
        own = value.partition(self._kind.id_separator)[0]
        if region and own != region:
            message = f"the pool {value} is in {own}, but target.region is {region}."
            self._say(("id",), message, "Correct one of the two.")
        return value

    def _name(self, declared: Tree, pool_id: str) -> str:
        root, member = self._kind.root, self._kind.name_member
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
            self._tree.get("kind", DEFAULT) in list(DOCUMENTS)
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

    # --- prune, protect, ignore, locked

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

    def _prune(self) -> Iterator[str]:
        known = self._kind.all
        for path, item in self._list("prune", self._kind.prunable[-1].partition(".")[0]):
            if item == self._kind.root:
                self._say(path, "a pool is never deleted.", f"Remove {item} from prune.")
            elif self._section_named(path, item, (*self._kind.sections, *self._kind.prunable), known):
                if _single(known[item]):
                    self._say(path, f"{item} holds one object, which is never deleted.", f"Remove {item} from prune.")
                yield item

    def _protect(self) -> Iterator[str]:
        for path, item in self._list("protect", self._example):
            if not isinstance(item, str) or not item:
                message = f"{self._shown(path, item)} is not an address."
                self._say(path, message, f"Write one such as {self._example}.")
            elif self._section_named(path, item.partition("/")[0]):
                yield item

    @property
    def _example(self) -> str:
        """An address that this kind of document could have."""
        return self._kind.address_example

    def _section_named(
        self, path: Path, name: Any, proposed: Sequence[str] = (), known: Mapping[str, Member] | None = None
    ) -> bool:
        if isinstance(name, str) and name in (known or self._kind.sections):
            return True
        names = dict.fromkeys(proposed or self._kind.sections)
        fix = suggest_word(name if isinstance(name, str) else "", names)
        self._say(path, f"{self._shown(path, name)} is not a section.", fix)
        return False

    def _locked(self) -> None:
        """Check the paths that overlays may not change; a lock that names nothing would lock nothing."""
        example = f"{self._kind.root}.{self._kind.name_member}"
        for path, item in self._list("locked", example):
            if nearest(self._document.origins, path):
                message = "a locked path must be written out: overlays are merged before references are followed."
                self._say(path, message, "Write the path itself.")
            elif not isinstance(item, str) or not item:
                self._say(path, f"{self._shown(path, item)} is not a path.", f"Write one such as {example}.")
            else:
                self._locked_path(path, item)

    def _locked_path(self, path: Path, text: str) -> None:
        head, _, rest = text.replace("/", ".", 1).partition(".")
        if head in ENVELOPE or not self._section_named(path, head, (*self._kind.sections, *ENVELOPE)):
            return
        section = self._kind.sections[head]
        if not _single(section):
            names = sorted(self._tree[head], key=len, reverse=True) if isinstance(self._tree.get(head), dict) else ()
            name = next((n for n in names if rest.startswith((f"{n}.", f"{n}/"))), None)
            rest = "" if name is None else rest[len(name) + 1 :]
        if rest:
            self._locked_member(path, _model(section), re.split(r"[./]", rest))

    def _locked_member(self, path: Path, model: type[ApiModel], steps: Sequence[str]) -> None:
        """Follow the members of a locked path as far as the schema knows them."""
        for i, step in enumerate(steps):
            member = members(model).get(step)
            if member is None:
                if "*" not in step:
                    known = members(model)
                    self._say(path, f"{step} is not known there, so it locks nothing.", suggest_word(step, known))
                return
            if member.shape == "list" and steps[i + 1 :]:
                self._say(path, f"{step} is a list, which is one value.", "Lock it whole.")
            if member.shape != "structure" or not member.model:
                return
            model = member.model

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
                self._say((*path, key), "this key is not known here.", suggest_word(key, known), key=True)
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
        parts = (
            ("values", self._document.positions),
            ("keys", self._document.keys),
            ("origins", self._document.origins),
        )
        for what, places in parts:
            for path, found in places.items():
                at = self._depth(path)
                if at and len(path) >= at:
                    self._own(path[:at])[what][path[at:]] = found

    def _depth(self, path: Path) -> int:
        """Return how many steps of a path lead to the object that it belongs to; 0 for the envelope."""
        section = self._kind.sections.get(str(path[0])) if path else None
        if section is None:
            return 0
        at = 1 if _single(section) else 2
        inner = self._kind.nested.get(f"{section.name}.{path[at]}") if len(path) > at else None
        return at if inner is None else at + (1 if _single(inner) else 2)

    def _own(self, prefix: Path) -> dict[str, dict[Path, Any]]:
        return self._places.setdefault(prefix, {"values": {}, "keys": {}, "origins": {}})

    def _specs(self) -> Iterator[Spec]:
        for name, section in self._kind.sections.items():
            if name in self._tree:
                yield from self._of_section(section, Address("", name), self._tree[name])

    def _inner_specs(self) -> Iterator[Spec]:
        """Make specs of what stands inside other objects; those have been made before, and stand before it."""
        for name, section in self._kind.nested.items():
            for owner, value in self._inner[name].items():
                if value is not None:
                    self._owners.setdefault(name, []).append(owner)
                yield from self._of_section(section, Address("", name, owner), value)

    def _of_section(self, section: Member, address: Address, value: Any) -> Iterator[Spec]:
        """Make the specs of one section, or of one kind of thing inside an object."""
        prefix = _prefix(address)
        if value is None:
            fix = "Write {} to manage the section and want nothing in it, or leave the key out."
            self._say(prefix, "the section is empty.", fix, key=True)
        elif _single(section):
            yield self._spec(section, address, "", value)
        elif isinstance(value, dict):
            yield from self._children(section, address, value)
        elif value != FAILED:
            self._say(prefix, "the section is not a map.", "Write NAME: {...} for each object.")

    def _children(self, section: Member, address: Address, value: Tree) -> Iterator[Spec]:
        found: list[Spec] = []
        for name, tree in value.items():
            own = replace(address, name=f"{address.name}/{name}" if address.name else name)
            path = (*_prefix(address), name)
            if not name:
                self._say(path, "the name is empty.", "Write a name before the colon.", key=True)
            elif tree is None:
                self._say(path, "nothing is declared.", "Write {} to declare it and nothing about it.", key=True)
            else:
                found.append(self._spec(section, own, name, tree))
        self._same_object(section, value, found)
        return iter(found)

    def _spec(self, section: Member, address: Address, name: str, tree: Any) -> Spec:
        model, prefix = _model(section), _prefix(address)
        place = self._place(prefix)
        if isinstance(tree, dict):
            tree = self._prepared(section, address, name, tree, place)
        elif isinstance(tree, Reference) and tree != FAILED:
            self._say(prefix, "a reference cannot replace a whole object.", "Use references for its members.")
        others = lambda key: self._elsewhere(key, but=address.section)  # noqa: E731 - it names what it belongs to
        declared = checking.check(model, tree, place, self._report, others=others)
        self._repeated(model, tree, place, ())
        for omitted in KINDS[address.section].omissions(tree) if isinstance(tree, dict) else ():
            at = omitted.path
            self._report.problems.append(Problem(place.value(at), place.name(at), omitted.message, omitted.advice))
        pin = declared.pop(_pin_member(model), None)
        return Spec(address, declared, place.start, place.values, pin if isinstance(pin, str) else "")

    def _place(self, prefix: Path) -> Place:
        own = self._own(prefix)
        around = nearest(self._document.origins, prefix)
        if around is not None:
            own["origins"].setdefault((), around)
        return Place(prefix, self._document.key(prefix), own["values"], own["keys"], own["origins"])

    def _prepared(self, section: Member, address: Address, name: str, tree: Tree, place: Place) -> Tree:
        """Add what the key of the section says, take out what stands inside, refuse what must be known early."""
        tree = dict(KINDS[address.section].from_manifest(tree))
        for inner in self._inner:
            outer, _, part = inner.partition(".")
            if outer == address.section and part in tree:
                self._inner[inner][address.name] = tree.pop(part)
        key = _key_member(_model(section))
        if key and name:
            self._keyed(section, key, name, tree, place)
        elif name:
            checking.check_key(section, name, place, self._report)
        for member in (key[0] if key and key[1] else "", _pin_member(_model(section))):
            self._known_early(member, tree, place)
        return tree

    def _keyed(self, section: Member, key: tuple[str, bool], name: str, tree: Tree, place: Place) -> None:
        """Add the member that the key stands for, or compare it with the key."""
        member, renameable = key
        said: Any = Reference("text", name) if has_links(name) else name
        if member not in tree:
            tree[member] = said
            self._own(place.prefix)["values"][(member,)] = place.start
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
        checking.check(_model(section), {member: name}, Place(place.prefix, place.start, {}), found)
        for problem in found.problems:
            self._report.problems.append(Problem(place.start, dotted(place.prefix), problem.message, problem.fix))

    def _same_object(self, section: Member, written: Tree, specs: Sequence[Spec]) -> None:
        """Find two declarations that would be matched with the same live object."""
        key, pin = _key_member(_model(section)), _pin_member(_model(section))
        seen: dict[tuple[str, str], Spec] = {}
        for spec in specs:
            own = str(_prefix(spec.address)[-1])
            tree = written[own]
            name = tree.get(key[0], own) if key and isinstance(tree, dict) else own
            if not isinstance(name, str):
                continue
            identity = ("id", spec.pin) if spec.pin else ("name", name)
            first = seen.setdefault(identity, spec)
            if first is spec:
                continue
            what = f"the same {pin}" if spec.pin else "the same name"
            message = f"{dotted(_prefix(first.address))} (line {first.source.line}) has {what}."
            fix = f"Give each a {pin} of its own, or another name." if pin else "Give each a name of its own."
            self._say(_prefix(spec.address), message, fix, key=True)

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
