"""What surrounds the sections of a document: the target pool, and what may be deleted, ignored and overlaid.

The schema's types decide what is valid. By hand is checked only what a type cannot know: which kind of document it is,
whether a path leads to something that is declared, and whether an id and a Region belong together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from reconciler.errors import Problem
from reconciler.kinds import availability, client, root_of
from reconciler.manifests.documents import FAILED, Document, nearest
from reconciler.manifests.links import switched_off_words
from reconciler.manifests.manifest import Ignore, PoolPart, Waiver, WrittenOutput, nearest_off
from reconciler.manifests.reference_kinds.env import ENV
from reconciler.manifests.references.origin import ROW
from reconciler.manifests.references.remote_references import references
from reconciler.manifests.validation import checking
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.manifests.validation.shown_values import shown
from reconciler.model import Notice, Path, Reference, Spec, dotted
from reconciler.terminal.suggestions import closest, suggest
from schemas.base import members
from schemas.declared_output import PARAMETERS, PREFIXED, STORED
from schemas.documents import DEFAULT, DOCUMENTS, DocumentKind
from schemas.paths import PathForm
from schemas.records import changing, field, record
from schemas.sections import is_single, model_of
from schemas.security import PROFILES, Profile

CLIENTS = client.KIND.section

CLOSED = frozenset({"target", "id"})
"""Keys of the envelope whose values have a form that no secret has, and that say where a run works."""


@record(frozen=True)
class Envelope:
    """What the envelope of a document says; empty where it says nothing, or something that is wrong."""

    kind: DocumentKind
    """Kind of the document; a guess where what it says is wrong."""
    account: str
    """Target account number."""
    region: str
    """Target Region; that of the id where only the id names one."""
    pool_id: str
    """Id of the pool."""
    prune: tuple[str, ...]
    """Sections that apply may delete from."""
    protect: tuple[str, ...]
    """Patterns of objects that are never deleted or replaced."""
    ignore: tuple[Ignore, ...]
    """What is not reported."""
    outputs: tuple[WrittenOutput, ...] = ()
    """Configurations that apply writes for applications."""
    profile: Profile = "consumer"
    """Whom the pool serves."""
    waivers: tuple[Waiver, ...] = ()
    """Weaknesses that are accepted."""
    privileged: tuple[str, ...] = ()
    """Attributes that give rights."""
    hosts: tuple[str, ...] = ()
    """Hosts that clients may send users to."""
    part: PoolPart | None = None
    """Which part of its pool it is, if the document is a part."""
    pool: str = ""
    """Name of the pool, if a part says it outside of the pool itself."""


IsRule = Callable[[str], bool]
"""Returns whether there is a security rule of an id."""


def read(document: Document, report: ProblemReport, is_rule: IsRule | None = None) -> Envelope:
    """Validate the envelope of a document.

    Args:
        document: Its local references are resolved.
        report: Gets what is wrong.
        is_rule: Returns whether there is a security rule that a waiver names; None takes every id for one.
    """
    kind = _kind(document, report)
    reader = _EnvelopeReader(document, kind, report, is_rule)
    report.problems += _unknown_keys(document, kind)
    return reader.read()


def pool_name(document: Document, envelope: Envelope, specs: Sequence[Spec], report: ProblemReport) -> str:
    """Return the name of the pool, or its id where the document does not name it.

    Args:
        document: The document.
        envelope: What its envelope says.
        specs: The objects that it declares.
        report: Gets a problem when neither is known.
    """
    kind = envelope.kind
    path = (kind.root, kind.name_member)
    declared = next((s.declared for s in specs if s.address.section == kind.root), {})
    name = declared.get(kind.name_member)
    if envelope.part and "pool" in document.tree:
        if name is not None:
            fix = "Remove pool in the part that makes the pool, or the name in one that does not."
            message = f"{dotted(path)} names the pool, and so does pool."
            report.problems.append(Problem(document.position(("pool",)), "pool", message, fix))
        return envelope.pool
    if name == FAILED:
        return ""
    if isinstance(name, Reference):
        message, fix = f"{kind.name_member} must be known before AWS is asked.", "Use {$var: NAME}."
        report.problems.append(Problem(document.position(path), dotted(path), message, fix))
        return ""
    if name:
        return str(name)
    written = document.tree.get(kind.root)
    pinned = "id" in document.tree and not envelope.part  # parts of one pool are known by its name
    named = pinned or (isinstance(written, dict) and kind.name_member in written)
    if document.tree.get("kind", DEFAULT) in list(DOCUMENTS) and not named:
        name_it = f"{kind.root}: {{{kind.name_member}: NAME}}"
        fix = f"Add {name_it}, or id: with the id of an existing pool."
        if envelope.part:
            fix = f"Add pool: NAME, or {name_it} if it makes the pool."
        at: Path = (kind.root,) if kind.root in document.tree else ()
        message = "the document does not name its pool."
        report.problems.append(Problem(document.key(at), dotted(at), message, fix))
    return "" if envelope.part else envelope.pool_id


def elsewhere(kind: DocumentKind, key: str, *, but: str) -> str:
    """Return advice when exactly one other place of a document has a key, or the pool itself has.

    Args:
        kind: Kind of the document.
        key: The key that is in the wrong place.
        but: The section that it is in; empty for the document itself.
    """
    found = [s for s, m in kind.all.items() if s != but and key in members(model_of(m))]
    section = kind.root if kind.root in found else found[0] if len(found) == 1 else ""
    if section:
        return f"Write it in {_spelled(kind, section)}."
    other = next((k for k in DOCUMENTS.values() if key in k.sections), None)
    return f"Write it in a document of its own, with kind: {other.name}." if other and not but else ""


def _spelled(kind: DocumentKind, section: str) -> str:
    """Spell where the members of a section's objects are: `clients.NAME.branding`."""
    outer, dot, part = section.partition(".")
    steps = [outer] if is_single(kind.sections[outer]) else [outer, "NAME"]
    if dot:
        steps += [part] if is_single(kind.nested[section]) else [part, "NAME"]
    return ".".join(steps)


def _kind(document: Document, report: ProblemReport) -> DocumentKind:
    kind = document.tree.get("kind", DEFAULT)
    if isinstance(kind, str) and kind in DOCUMENTS:
        return DOCUMENTS[kind]
    if not isinstance(kind, Reference):
        known = f"Write {' or '.join(DOCUMENTS)}, or leave kind out for {DEFAULT}."
        fix = suggest(kind if isinstance(kind, str) else "", DOCUMENTS, known)
        message = f"unknown document kind {shown(kind, nearest(document.origins, ('kind',)))}."
        report.problems.append(Problem(document.position(("kind",)), "kind", message, fix))
    guess = (k for k in DOCUMENTS.values() if k.root in document.tree)
    return next(guess, DOCUMENTS[DEFAULT])


def _unknown_keys(document: Document, kind: DocumentKind) -> Iterator[Problem]:
    known = members(kind.model)
    for key in document.tree:
        if key not in known:
            from reconciler.manifests.validation.unknown_keys import is_listed, suggest_key

            advice = "" if is_listed(key) else elsewhere(kind, key, but="")
            message = "this key does not belong here." if advice else "unknown key."
            yield Problem(document.key((key,)), dotted((key,)), message, advice or suggest_key(key, known))


@changing
class _EnvelopeReader:
    """Validates one envelope with its model, and then what the model cannot know."""

    document: Document
    kind: DocumentKind
    report: ProblemReport
    is_rule: IsRule | None = None
    """Returns whether there is a security rule; None takes every id for one."""
    wrong: set[str] = field(default_factory=set)
    """Paths that have a problem."""

    def read(self) -> Envelope:
        """Return what the envelope says."""
        self._check_locked()
        self._check()
        self._check_names()
        self._check_environment()
        region, pool_id, profile = self._text("target", "region"), self._text("id"), self._text("profile")
        self._check_region(region, pool_id)
        return Envelope(
            kind=self.kind,
            account=self._text("target", "account"),
            region=region or pool_id.partition(self.kind.id_separator)[0],
            pool_id=pool_id,
            prune=tuple(item for _, item in self._texts("prune")),
            protect=tuple(item for _, item in self._texts("protect")),
            ignore=tuple(self._ignore()),
            outputs=tuple(self._outputs()),
            profile=next((p for p in PROFILES if p == profile), "consumer"),
            waivers=tuple(self._waivers()),
            privileged=tuple(item for _, item in self._texts("privileged_attributes")),
            hosts=tuple(item for _, item in self._texts("allowed_redirect_hosts")),
            part=self._part(),
            pool=self._text("pool"),
        )

    def _check(self) -> None:
        tree = {key: self.document.tree[key] for key in members(self.kind.envelope) if key in self.document.tree}
        for path, leaf in references(tree):
            if leaf != FAILED:
                self._say(path, "this must be known before AWS is asked.", "Write it out, or use {$var: NAME}.")
        found = ProblemReport()
        places = (self.document.positions, self.document.keys, self.document.origins)
        place = Place((), self.document.start, *places)
        tree["kind"] = self.kind.name
        written = not any(not path or path[0] in tree for path in self.document.origins)
        if written and checking.settled(self.kind.envelope, tree, Place((), self.document.start, {})) is not None:
            return
        checking.check(self.kind.envelope, tree, place, found)
        self.report.problems += [problem for problem in found.problems if problem.path not in self.wrong]
        self.wrong |= {problem.path for problem in found.problems}

    def _check_environment(self) -> None:
        """Refuse free texts from the environment: they are shown, and no value from there may be (decision 18)."""
        for path, origin in self.document.origins.items():
            ours = path and path[0] in members(self.kind.envelope) and path[0] not in CLOSED
            if ours and origin.kind == ENV.key and dotted(path) not in self.wrong:
                message = "this is shown in outputs, so it cannot come from the environment."
                self._say(path, message, "Write it out, or use {$var: NAME} with --var.")

    def _check_locked(self) -> None:
        """Refuse references in `locked`: overlays are merged before anything is put in."""
        for path, _ in self._texts("locked"):
            origin = nearest(self.document.origins, path)
            if origin and origin.kind != ROW:  # rows are made before overlays are merged
                message = "a locked path cannot contain a reference: overlays are merged before references."
                self._say(path, message, "Write the path itself.")

    def _check_names(self) -> None:
        """Find patterns that go on wrongly behind the name of a declared object."""
        envelope = members(self.kind.envelope)
        rules = members(model_of(envelope["ignore"]))
        waivers = members(model_of(envelope["waivers"]))
        found = [
            (path, item, envelope[key].item_marks) for key in ("protect", "locked") for path, item in self._texts(key)
        ]
        found += [(path, item, rules["path"].marks) for path, item in self._texts("ignore", "path")]
        found += [(path, item, waivers["path"].marks) for path, item in self._texts("waivers", "path")]
        if not found:
            return
        tree = self.document.tree
        names = {s: list(tree[s]) for s in self.kind.sections if isinstance(tree.get(s), dict)}
        for path, item, marks in found:
            form = next(m for m in marks if isinstance(m, PathForm))
            error = form.check_known(item, names, closest)
            if error:
                from reconciler.manifests.validation.error_words import unfit_words

                text = shown(item, nearest(self.document.origins, path))
                self._say(path, *unfit_words(text, error.context or {}))

    def _check_region(self, region: str, pool_id: str) -> None:
        own = pool_id.partition(self.kind.id_separator)[0]
        if region and pool_id and own != region:
            message = f"the pool {pool_id} is in {own}, but target.region is {region}."
            self._say(("id",), message, "Correct one of the two.")
        elif region or own:
            self._check_offer(region or own, ("target", "region") if region else ("id",))

    def _check_offer(self, region: str, path: Path) -> None:
        """Find a Region without the service; one that is newer than botocore may have it."""
        root = root_of(self.kind.name)
        message, fix = availability.advice(root, region)
        if availability.lacks(root, region):
            self._say(path, message, fix)
        elif message:
            notice = Notice(f"{dotted(path)}: {message} {fix}", self.document.position(path), lasting=True)
            self.report.notices.append(notice)

    def _ignore(self) -> Iterator[Ignore]:
        for (*rule, _), pattern in self._texts("ignore", "path"):
            path = tuple(rule)
            texts = {key: self._text(*path, key) for key in ("reason", "owner", "expires")}
            yield Ignore(pattern, **texts, source=self.document.position(path))

    def _waivers(self) -> Iterator[Waiver]:
        """Yield what is accepted; each is about a rule that there is."""
        for (*item, _), rule in self._texts("waivers", "rule"):
            path: Path = tuple(item)
            if self.is_rule and not self.is_rule(rule):
                message = f"there is no security rule {rule}."
                self._say((*path, "rule"), message, "docs/rules/README.md lists the rules.")
            texts = {key: self._text(*path, key) for key in ("path", "reason", "owner", "expires")}
            yield Waiver(rule, **texts, source=self.document.position(path), part=self._text("part"))

    def _outputs(self) -> Iterator[WrittenOutput]:
        """Yield what is to be written; each is about a client that the document declares."""
        declared = self.document.tree.get(CLIENTS)
        known = list(declared) if isinstance(declared, dict) else []
        for (*item, _), key in self._texts("outputs", "client"):
            path = tuple(item)
            own = key.removeprefix(f"{CLIENTS}/")
            if own not in known:
                self._say((*path, "client"), *self._no_client(own, known, path))
            texts = {name: self._text(*path, name) for name in ("format", "file", "prefix")}
            self._check_prefix(path, texts)
            part = self.document.file if "part" in self.document.tree else ""
            yield WrittenOutput(own, **texts, source=self.document.position(path), manifest=part)

    def _part(self) -> PoolPart | None:
        """Return which part the document is; one whose name is wrong is a part all the same."""
        if "part" not in self.document.tree:
            for key in (key for key in ("parts", "pool") if self.document.tree.get(key)):
                message = "only a part of a pool has this key, and the document has no part."
                self._say((key,), message, "Write part: NAME, or remove it.")
            return None
        name = self._text("part")
        listed = tuple(item for _, item in self._texts("parts"))
        if name and listed and name not in listed:
            self._say(("parts",), f"the part {name} itself is not among them.", f"Add {name}.")
        return PoolPart(name, self.document.file, self.document.start, listed)

    def _no_client(self, own: str, known: Sequence[str], output: Path) -> tuple[str, str]:
        off = nearest_off(self.document.off, (CLIENTS, own))
        if off:
            return switched_off_words(f"{CLIENTS}/{own}", off)
        text = shown(own, nearest(self.document.origins, (*output, "client")))
        hint = suggest(own, known, f"Declare it in {CLIENTS}, or correct the key.")
        return f"{CLIENTS} has no client {text}.", hint

    def _check_prefix(self, output: Path, texts: Mapping[str, str]) -> None:
        """Find a prefix that the format has no use for, or that is no path of parameters."""
        path, form, prefix = (*output, "prefix"), texts["format"], texts["prefix"]
        stored = form == STORED and not texts["file"]
        if prefix and form and form not in PREFIXED:
            self._say(path, f"the names in {form} are given.", "Remove prefix.")
        elif prefix and stored and not PARAMETERS.fullmatch(prefix):
            text = shown(prefix, nearest(self.document.origins, path))
            self._say(path, f"{text} is not a path of parameters.", "Write one such as /my/app.")

    # --- what is right

    def _text(self, *path: str | int) -> str:
        """Return a text of the envelope; empty when there is none, or a wrong one."""
        value: Any = self.document.tree
        for end, step in enumerate(path, 1):
            if self.wrong and dotted(path[:end]) in self.wrong:
                return ""
            if isinstance(step, int):
                value = value[step] if isinstance(value, list) else None
            else:
                value = value.get(step) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""

    def _texts(self, key: str, *below: str) -> Iterator[tuple[Path, str]]:
        """Yield the texts of a list, or those at a key of its items, with their paths."""
        items = self.document.tree.get(key)
        for i in range(len(items) if isinstance(items, list) else 0):
            path: Path = (key, i, *below)
            text = self._text(*path)
            if text:
                yield path, text

    def _say(self, path: Path, message: str, fix: str) -> None:
        self.report.problems.append(Problem(self.document.position(path), dotted(path), message, fix))
        self.wrong.add(dotted(path))
