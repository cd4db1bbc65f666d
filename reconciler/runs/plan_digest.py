"""The digest of plans: the same for the same changes, live state, place and options, on every machine (decision 8).

It covers what `show` prints, but for times, versions and the places of files. `basis` says what that is of a plan file;
`Digest` computes the same sum one plan at a time, as the plans of a run may not fit into memory together.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from reconciler.kinds import KINDS
from reconciler.manifests.references.filling import targets_of
from reconciler.model import Direction, Path, Plan, Reference, ResourceChange, Secret, Tree, Unknown, dotted
from reconciler.planning.own_items import without_others
from reconciler.security.changes import CHANGES
from reconciler.terminal.options import Options
from reconciler.terminal.spool import Spool
from schemas.base import ApiModel, Keyed, Unordered, members

MATTER = ("targets", "prune", "max_deletes", "replaceable")
"""Options that decide what a plan does."""

_ORIGIN = re.compile(r"(?:\$(?:env|ssm|secret|file|var) .*|live|declared|\$\{var\})", re.DOTALL)
"""Origins that name a source and contain no part of the value."""


def options_of(options: Options) -> Tree:
    """Return the options that determine the plan. Of variables only the names, as values may be confidential."""
    return {
        "targets": sorted(set(options.targets)),
        "prune": options.prune,
        "max_deletes": options.max_deletes,
        "replaceable": sorted(set(options.replaceable)),
        "variables": sorted({v.partition("=")[0] for v in options.vars}),
        "var_files": list(options.var_files),
        "env": options.env,
        "shard": _shard(options.shard),
        "allow": sorted({str(one) for one in options.allow if one.source is None}),
    }


def _shard(shard: tuple[int, int] | None) -> str:
    return "{}/{}".format(*shard) if shard else ""


def origins_of(plan: Plan) -> list[Tree]:
    """Return the origins of the values of a plan that are hidden or not known yet."""
    return [origin for change in plan.pending for origin in _origins(change)]


def _origins(change: ResourceChange) -> list[Tree]:
    """Return the origins of values that are hidden or not known yet; otherwise all of them would look alike."""
    changed = {f.path for f in change.fields if f.sensitive}
    found = {}
    kind = KINDS[change.address.section]
    for tree in (change.after, change.declared):
        for path, leaf in _leaves(without_others(kind, change.item_lists, tree or {}), ()):
            found[dotted(path)] = {
                "address": change.address.full,
                "path": dotted(path),
                "origin": _origin(leaf, hidden=(hidden := any(path[: len(p)] == p for p in changed))),
                "changes": hidden,
            }
    return [found[path] for path in sorted(found)]


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Secret | Reference | Unknown]]:
    if isinstance(value, Secret | Reference | Unknown):
        yield path, value
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))


def _origin(leaf: Secret | Reference | Unknown, *, hidden: bool) -> str:
    if isinstance(leaf, Reference) and leaf.kind == "text" and hidden:
        return f"$text {' '.join(targets_of(leaf))}"  # the rest of a secret text is as secret
    if isinstance(leaf, Reference):
        return f"${leaf.kind} {leaf.target}"
    if isinstance(leaf, Unknown):
        return f"{leaf.address.full}#{leaf.member}"
    return leaf.origin if _ORIGIN.fullmatch(leaf.origin) else "literal"


# --- the digest ----------------------------------------------------------------------------------------------------


class Digest:
    """The digest of plans, of which one at a time is given; the same as `hashed` of `basis` of all of them.

    Args of the constructor:
        options: The command line.
    """

    def __init__(self, options: Options) -> None:
        self._options = options_of(options)
        self._lists: dict[str, list[Tree]] = {name: [] for name in ("pools", "origins", "undeclared", "outputs")}
        self._refusals: list[Tree] = []
        self._gaps: list[Tree] = []
        self._unmanaged: list[str] = []
        self._spool = Spool()
        self._changes: list[tuple[str, int]] = []

    def learn(self, parts: Mapping[str, list[Any]], origins: Iterable[Tree]) -> None:
        """Add a plan, in the order of the plans.

        Args:
            parts: What it adds to the lists of the JSON, from `plan_json.parts`.
            origins: From `origins_of`.
        """
        self._lists["pools"].append(_pool_basis(parts["pools"][0], parts["notices"]))
        self._lists["origins"] += origins
        self._lists["undeclared"] += parts["undeclared"]
        self._lists["outputs"] += parts["outputs"]
        self._refusals += parts["refusals"]
        self._gaps += parts["gaps"]
        self._unmanaged += parts["unmanaged"]
        by_pool: dict[str, list[str]] = {}
        for change in parts["resource_changes"]:
            by_pool.setdefault(change["pool"], []).append(_compact(_change_basis(change)))
        self._changes += [(pool, self._spool.add(",".join(texts).encode())) for pool, texts in by_pool.items()]

    def value(self) -> str:
        """Return the digest of the plans so far."""
        found = hashlib.sha256(b'{"changes":')  # of all keys, it is the first
        lead = b"["
        for _, number in sorted(self._changes, key=lambda one: one[0]):
            found.update(lead + self._spool[number])
            lead = b","
        found.update(b"[]," if lead == b"[" else b"],")
        empty = {"resource_changes": [], "refusals": self._refusals, "unmanaged": self._unmanaged}
        lists = {**empty, **self._lists, "coverage": {"gaps": self._gaps}}
        rest = _basis(self._lists["pools"], self._options, self._lists["origins"], lists)
        del rest["changes"]
        found.update(_compact(rest)[1:].encode())
        return f"sha256:{found.hexdigest()}"


def hashed(tree: Tree) -> str:
    """Return the sum of a tree, in which the order of keys does not count."""
    return "sha256:" + hashlib.sha256(_compact(tree).encode()).hexdigest()


def _compact(tree: Tree) -> str:
    return json.dumps(tree, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def basis(tree: Tree) -> Tree:
    """Return what the digest covers: everything that is shown, but for times, versions, and the places of files.

    It is computed from the file alone, so a file can be verified by itself.
    """
    return _basis(list(_pools(tree)), tree["options"], tree["origins"], tree["plan"])


def _basis(pools: list[Tree], options: Tree, origins: list[Tree], plan: Tree) -> Tree:
    return {
        "pools": sorted(pools, key=lambda p: [p[k] for k in PLACE]),
        "options": _options_basis(options),
        "changes": [_change_basis(c) for c in sorted(plan["resource_changes"], key=lambda c: c["pool"])],
        "origins": sorted(origins, key=lambda o: (o["address"], o["path"])),
        "unmanaged": sorted(plan["unmanaged"]),
        "undeclared": [_judged(u) for u in sorted(plan["undeclared"], key=lambda u: (u["address"], u["path"]))],
        "refusals": [{k: v for k, v in r.items() if k != "source"} for r in plan["refusals"]],
        "gaps": [{k: v for k, v in g.items() if k != "request_id"} for g in plan["coverage"]["gaps"]],
        "outputs": sorted((_output_basis(o) for o in plan["outputs"]), key=lambda o: json.dumps(o, sort_keys=True)),
    }


def _output_basis(output: Tree) -> Tree:
    """Return an output without its place in the manifest; its parameters have no order."""
    rest = {k: v for k, v in output.items() if k != "source"}
    return {**rest, "parameters": {p["name"]: p["actions"] for p in output["parameters"]}}


def _options_basis(options: Tree) -> Tree:
    """Return the options that the digest covers. A plan of which nothing was to pass has the digest of one without."""
    found = {k: options[k] for k in (*MATTER, "env", "shard")}
    return {**found, "allow": options["allow"]} if options["allow"] else found


PLACE = ("name", "id", "account", "region")
"""What identifies a pool."""

_JUDGED = (*(direction.value for direction in Direction), "undeclared_weak")
"""Counts of where changes lead, which may depend on the day."""


def _pools(tree: Tree) -> Iterator[Tree]:
    """Yield where each document belongs, with how much of the plan is about it."""
    notices = iter(tree["plan"]["notices"])
    for pool, count in zip(tree["plan"]["pools"], tree["notice_counts"], strict=True):
        yield _pool_basis(pool, islice(notices, count))


def _pool_basis(pool: Tree, notices: Iterable[Tree]) -> Tree:
    said = sorted(n["message"] for n in notices)
    counts = {k: v for k, v in pool["summary"].items() if k not in _JUDGED}
    return {**{k: pool[k] for k in PLACE}, "summary": counts, "notices": said}


def _change_basis(change: Tree) -> Tree:
    change = _without_kept(change)
    inner = change["change"]
    return {
        "address": change["address"],
        "type": change["type"],
        "actions": inner["actions"],
        "reason": change["action_reason"],
        "replaced": inner["replace_paths"],
        "effects": _meanings([change["effect"]] if change["effect"] else []),
        "live": _sorted(inner["before"]),
        "after": _sorted(inner["after"]),
        "fields": [_field_basis(f) for f in change["fields"]],
        "calls": _sorted(change.get("api_calls", [])),
    }


def _without_kept(change: Tree) -> Tree:
    """Return a change without the items of others that stay in a list: they come and go, and the plan is the same."""
    for path, items in change.get("kept", {}).items():
        steps = tuple(path.split("."))
        inner = {side: _without_items(change["change"][side], steps, items) for side in ("before", "after")}
        calls = [{**c, "params": _without_items(c["params"], steps, items)} for c in change.get("api_calls", ())]
        fields = [_field_without_items(f, path, items) for f in change["fields"]]
        change = {**change, "change": {**change["change"], **inner}, "fields": fields}
        change = {**change, "api_calls": calls} if "api_calls" in change else change
    return change


def _field_without_items(field: Tree, path: str, items: list[Any]) -> Tree:
    if not f"{path}.".startswith(f"{field['path']}."):
        return field
    rest = tuple(filter(None, path[len(field["path"]) :].split(".")))
    before, after = (_without_items(field[side], rest, items) for side in ("before", "after"))
    op = "add" if before is None else "remove" if after is None else "change"
    return {**field, "before": before, "after": after, "op": op}


def _without_items(value: Any, path: tuple[str, ...], items: list[Any]) -> Any:
    """Return a tree without some items of the list at a path; a list that has nothing else is as good as none."""
    if isinstance(value, dict) and path and path[0] in value:
        inner = _without_items(value[path[0]], path[1:], items)
        return {**{k: v for k, v in value.items() if k != path[0]}, **({} if inner is None else {path[0]: inner})}
    if isinstance(value, list) and not path:
        return [item for item in value if item not in items] or None
    return value


def _field_basis(field: Tree) -> Tree:
    name = field["path"].rpartition(".")[2]
    found = {**_judged(field), "before": _sorted(field["before"], name), "after": _sorted(field["after"], name)}
    del found["source"]  # the digest does not cover where a value is written
    if "danger" in field:
        found["danger"] = field["danger"]["reversible"]
    return found


def _judged(entry: Tree) -> Tree:
    """Return an entry with what the digest covers of its effects; its direction follows from them."""
    rest = {k: v for k, v in entry.items() if k != "direction"}
    return {**rest, "effects": _meanings(entry["effects"])}


def _meanings(effects: Sequence[Tree]) -> list[Tree]:
    """Return where changes lead, by which rules about changes, and whether they can be undone: it follows from values.

    The rest is words, or depends on the day: what a plan newly breaks counts once its waiver has expired. The effects
    are sorted by path, as the service returns the keys of a map in any order.
    """
    found = []
    for one in effects:
        rules = sorted(rule for rule in one["rules"] if rule in CHANGES)
        leads = bool(rules) and one["direction"] != Direction.NEUTRAL.value
        undo = not one["impact"]["reversible"]
        if leads or undo:
            where = one["direction"] if leads else None
            found.append({"path": one["path"], "below": one["below"], "direction": where, "rules": rules, "undo": undo})
    return sorted(found, key=lambda one: json.dumps(one, sort_keys=True))


_NESTED = frozenset({dict, list})
"""What JSON nests."""


def _sorted(value: Any, name: str = "") -> Any:
    """Sort lists whose order has no meaning: the service returns them in any order."""
    if isinstance(value, dict):
        return {k: _sorted(v, k) if type(v) in _NESTED else v for k, v in value.items()}
    if isinstance(value, list):
        items = [_sorted(v) if type(v) in _NESTED else v for v in value]
        return sorted(items, key=lambda i: json.dumps(i, sort_keys=True)) if name in _order_free() else items
    return value


@cache
def _order_free() -> frozenset[str]:
    """Return the names of members that are unordered lists in every kind that has them."""
    free: dict[str, bool] = {}
    for kind in KINDS.values():
        for name, is_free in _lists(kind.model):
            free[name] = free.get(name, True) and is_free
    return frozenset(name for name, is_free in free.items() if is_free)


def _lists(model: type[ApiModel]) -> Iterator[tuple[str, bool]]:
    for name, member in members(model).items():
        if member.shape == "list":
            yield name, member.has(Unordered) or member.mark(Keyed) is not None
        if member.model:
            yield from _lists(member.model)
