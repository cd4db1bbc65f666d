"""A live pool as a manifest for any account and Region: without ids, and with variables for what is of one place.

It is an export as any other until its values are written: what a member is does not decide, what it holds does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from reconciler.applications import parts, urls
from reconciler.cloud.port import Identity
from reconciler.errors import InvalidInput
from reconciler.export.exporter import Exported, PoolExport, Style, slug
from reconciler.export.placed_variables import PlacedVariables, word
from reconciler.export.portable_arns import Home
from reconciler.export.portable_text import PoolPlace, PortableText, escaped
from reconciler.export.unpinned import without_ids
from reconciler.kinds import KINDS
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.writer import Flow, LiveText, blocks
from reconciler.model import Observed, Path, Secret, Tree, dotted
from reconciler.observing.observer import LiveState
from reconciler.values.regions import partition, suffix
from schemas.base import ApiModel, Bound, members

LONGEST_NAME = 8
"""Ids that Cognito makes are longer than this, so that no word is taken for one."""


class PortableExport(PoolExport):
    """Builds one portable manifest, and collects its variables."""

    def __init__(
        self,
        document: str,
        live_state: LiveState,
        identity: Identity,
        style: Style,
        name: str,
        *,
        taken: Collection[str],
        variables: PlacedVariables,
    ) -> None:
        super().__init__(document, live_state, identity, style, name, taken=taken, part=None)
        self._variables = variables
        self._text = PortableText(pool_place(live_state, identity, variables.targets), variables)
        self._slug = slug(self._text.neutral(name))

    def result(self) -> Exported:
        """Return the manifest with its variables, and what others can refer to."""
        envelope = self._envelope()
        sections = self._portable(self._sections())
        tree = {**envelope, **sections}
        for name in ("account", "region"):
            self._text.variable(name, "target")
        text = "\n".join((*self._comments(), *blocks(tree, len(envelope))))
        more = frozenset(tree) & self._style.sections
        aside, promises = self._left_aside(), tuple(self._promises)
        targets = dict(self._targets(tree))
        variables = self._variables.named(self._text.used)
        return Exported(self._slug, text, sections, self._files, promises, aside, more, variables, targets)

    def _envelope(self) -> Tree:
        kind = {k: v for k, v in super()._envelope().items() if k in ("version", "kind")}
        return {**kind, "target": Flow({"account": "${var.account}", "region": "${var.region}"})}

    def _comments(self) -> Iterator[str]:
        yield from (self._text.neutral(line) for line in super()._comments())

    def _child(self, kind: ResourceKind, key: str, observed: Observed) -> Tree:
        return without_ids(kind, super()._child(kind, key, observed))

    def _goes_beside(self, text: str, path: Path) -> bool:
        """Keep a text with variables in the manifest: nothing is replaced inside of a file."""
        return super()._goes_beside(text, path) and not self._text.is_bound(text)

    def _promise(self, value: Secret, address: str, path: Path) -> Any:
        return super()._promise(value, self._text.neutral(address), path)

    def _file(self, value: bytes, address: str, path: Path) -> Any:
        steps = tuple(self._text.neutral(step) if isinstance(step, str) else step for step in path)
        return super()._file(value, self._text.neutral(address), steps)

    def _targets(self, tree: Tree) -> Iterator[tuple[str, str]]:
        """Yield what Cognito made for the pool, with the targets of references to it from other documents."""
        document = str(tree.get(self._kind.root, {}).get(self._root.name_member, ""))
        found = every(self._live_state)
        names = [str(o.address) for o in found]
        for observed in (o for o in found if names.count(str(o.address)) == 1 and not o.address.owner and document):
            kind = KINDS[observed.address.section]
            known = self._kind.targets(kind.section) if kind.section in self._kind.sections else ()
            key = "" if kind.root else f"/{self._text.leaf(observed.address.name, '', '', bound=False)}"
            for member, value in kind.exports(observed.ids, self._identity.region).items():
                if member in known and value:
                    yield value, f"{document}/{kind.section}{key}#{member}"

    # --- variables

    def _portable(self, sections: Tree) -> Tree:
        found: Tree = {}
        for section, tree in sections.items():
            kind = KINDS[section]
            if kind.single:
                found[section] = self._members(tree, kind.model, section, ())
            else:
                found[section] = {
                    self._key(section, key): self._object_in(section, key, inner) for key, inner in tree.items()
                }
        return found

    def _key(self, section: str, key: str) -> str:
        at = f"{section}/{key}"
        if section == parts.DOMAINS:
            return self._text.domain(key, at)
        return self._placed(key, at, section, bound=False)

    def _object_in(self, section: str, key: str, tree: Tree) -> Tree:
        """Return an object with what is inside of it, each part by its own schema."""
        inner = {s.partition(".")[2]: KINDS[s] for s in self._kind.nested if s.startswith(f"{section}.")}
        own = {name: value for name, value in tree.items() if name not in inner}
        found: Tree = self._members(own, KINDS[section].model, f"{section}/{key}", ())
        for name in (n for n in tree if n in inner):
            kind, at = inner[name], f"{section}/{key}/{name}"
            if kind.single:
                found[name] = self._members(tree[name], kind.model, at, ())
            else:
                found[name] = {
                    self._placed(k, at, name, bound=False): self._members(v, kind.model, f"{at}/{k}", ())
                    for k, v in tree[name].items()
                }
        return found

    def _members(self, value: Any, model: type[ApiModel] | None, at: str, path: Path, *, bound: bool = False) -> Any:
        if isinstance(value, Flow):  # a reference to a secret or a file
            return value
        if isinstance(value, dict):
            known = members(model) if model else {}
            keyed = not set(value) <= known.keys()
            return {
                (self._placed(k, f"{at}.{dotted((*path, k))}", str(k), bound=False) if keyed else k): self._members(
                    v, known[k].model if k in known else model, at, (*path, k), bound=k in known and known[k].has(Bound)
                )
                for k, v in value.items()
            }
        if isinstance(value, list):
            return [self._members(v, model, at, (*path, i), bound=bound) for i, v in enumerate(value)]
        if isinstance(value, str) and isinstance(value, LiveText):
            last = next((step for step in reversed(path) if isinstance(step, str)), at)
            return self._placed(value, f"{at}.{dotted(path)}" if path else at, last, bound=bound)
        return value

    def _placed(self, text: str, at: str, member: str, *, bound: bool) -> str:
        """Return a live text as it is, or one with variables."""
        found = self._text.leaf(text, at, member, bound=bound)
        return LiveText(text) if found == escaped(text) else found


def home(identity: Identity) -> Home:
    """Return partition, Region and account."""
    return Home(partition(identity.region), identity.region, identity.account)


def places(identity: Identity) -> dict[str, str]:
    """Return the values of the variables that say where a pool is."""
    region = identity.region
    try:
        login = urls.prefix_host("", region).removeprefix(".")
    except InvalidInput:  # a partition without sign-in pages
        login = ""
    return {
        "account": identity.account,
        "region": region,
        "partition": partition(region),
        "dns_suffix": suffix(region),
        "login_suffix": login,
    }


def pool_place(live_state: LiveState, identity: Identity, targets: Mapping[str, str]) -> PoolPlace:
    """Return what identifies a pool and its place.

    Args:
        live_state: The pool.
        identity: Its account and Region.
        targets: What Cognito made for other documents, with targets of references to it.
    """
    found = places(identity)
    domains = [o.address.name for o in live_state.section(parts.DOMAINS)]
    return PoolPlace(
        home(identity),
        found["dns_suffix"],
        found["login_suffix"],
        dict(_ids(live_state)),
        frozenset(d for d in domains if "." not in d),
        frozenset(d for d in domains if "." in d),
        targets,
    )


def every(live_state: LiveState) -> list[Observed]:
    """Return the live objects of a pool, itself first."""
    root = live_state.root
    return [*([root] if root else []), *(o for o in live_state.objects if root is None or o.address != root.address)]


def _ids(live_state: LiveState) -> Iterator[tuple[str, str]]:
    """Yield ids that Cognito made, each with a name for a variable."""
    for observed in every(live_state):
        kind, name = KINDS[observed.address.section], observed.address.name
        own = observed.ids.get(kind.id_param, "")
        if kind.id_param != kind.name_member and len(own) > LONGEST_NAME and own not in name:
            yield own, word(kind.id_param, "" if kind.root else name)
