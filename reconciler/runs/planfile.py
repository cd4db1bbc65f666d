"""Plan ↔ JSON: what a reviewer approves, so that apply makes exactly those changes or none (decision 8).

A saved plan holds the plan as it was shown and a digest of what identifies it: the changes, the live state that they
start from, account, Region and pool, and the options. It holds no secret and no hash of one, which could be guessed
offline: of a secret only the origin and whether it changes are recorded. A saved plan is never executed; apply plans
again and compares. The digest covers what `show` prints, but for times and the places of files, so that the same input
has the same digest on every machine. What follows from other parts of a file is computed again when it is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path as FilePath
from typing import Any

from reconciler import __version__
from reconciler.errors import InvalidInput, Stale, printable
from reconciler.kinds import KINDS
from reconciler.model import (
    Action,
    Address,
    Allowance,
    Danger,
    Notice,
    OutputChange,
    ParameterChange,
    PartFile,
    Position,
    RowPosition,
    Target,
    Tree,
    Undeclared,
)
from reconciler.render import redact
from reconciler.render.json_parts import ACTIONS, dump, revived_effect
from reconciler.render.machine import plan_json
from reconciler.render.shown import ShownChange, ShownField, ShownPlan
from reconciler.render.spelling import text
from reconciler.runs import planfile_shape
from reconciler.runs.plan_digest import MATTER, PLACE, basis, hashed, options_of
from reconciler.terminal.options import Options
from reconciler.terminal.regular_files import UnfitFileError, read_regular
from reconciler.values.shortening import around

KIND = "poolctl-plan"
"""The `kind` of a plan file; manifests have another."""

FORMAT = "1.0"
"""Version of the format: a minor version adds, a major version breaks."""

LIFETIME = 24 * 60 * 60
"""Seconds for which a plan may be applied, unless `--expires` says otherwise."""

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
"""The form of a digest."""

LARGEST = 100_000_000
"""Most bytes of a plan file."""

MOST = 120
"""Longest value that a difference shows, in characters."""

VERBS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "destroy",
    ("delete", "create"): "replace",
}
"""The verb for each list of actions in the JSON."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A plan file that was read and whose digest matches."""

    file: str
    """As the user named it."""
    tree: Tree
    """Its content."""

    @property
    def digest(self) -> str:
        """The digest of the plan."""
        return str(self.tree["digest"])

    @property
    def paths(self) -> tuple[str, ...]:
        """The manifests that were planned, as the command line named them."""
        return tuple(self.tree["paths"])

    @property
    def expires(self) -> datetime:
        """When it can no longer be applied."""
        return datetime.fromisoformat(self.tree["expires"])


# --- writing -------------------------------------------------------------------------------------------------------


def document(plans: Iterable[ShownPlan], origins: Iterable[list[Tree]], options: Options, now: datetime) -> Tree:
    """Return the content of a plan file.

    Args:
        plans: All plans of the run, each with the calls that apply would send.
        origins: `plan_digest.origins_of` each plan.
        options: The command line; its `expires` is in seconds.
        now: The time, with its zone.
    """
    bare = [replace(p, weaknesses=(), connections=None) for p in plans]  # weaknesses change when a waiver expires
    shown = json.loads(plan_json.plan(bare))
    lifetime = LIFETIME if options.expires is None else options.expires
    tree: Tree = {
        "kind": KIND,
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "digest": "",
        "created": _time(now),
        "expires": _time(now + timedelta(seconds=lifetime)),
        "paths": list(options.paths),
        "options": options_of(options),
        "origins": [one for found in origins for one in found],
        "notice_counts": [len(p.notices) for p in bare],
    }
    tree["digest"] = hashed(basis({**tree, "plan": shown}))
    head = {k: shown[k] for k in ("format_version", "poolctl_version")}
    tree["plan"] = {**head, "digest": tree["digest"], **shown}
    return {**tree, "checksum": hashed(tree)}


def dumps(tree: Tree) -> str:
    """Serialize a plan file."""
    return json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _time(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _part(text: str) -> tuple[int, int] | None:
    one, _, of = text.partition("/")
    return (int(one), int(of)) if text else None


# --- reading -------------------------------------------------------------------------------------------------------


def read(file: str) -> Saved | None:
    """Read a plan file.

    Returns:
        The plan, or None when the file is not a plan file or cannot be read.

    Raises:
        InvalidInput: The plan file is damaged, was modified, or has an unsupported format version.
    """
    try:
        text = read_regular(FilePath(file), LARGEST).decode("utf-8")
    except (OSError, UnicodeDecodeError, UnfitFileError):  # a pipe may carry the manifests, and is read only once
        return None
    if not text.lstrip().startswith("{") or f'"{KIND}"' not in text:
        return None
    tree = _parsed(file, text)
    if not isinstance(tree, dict) or tree.get("kind") != KIND:
        return None
    if str(tree.get("format_version")).partition(".")[0] != FORMAT.partition(".")[0]:
        raise InvalidInput(f"{file}: the plan file has an unsupported version. Run plan --out again with this poolctl.")
    if not _is_whole(tree):
        raise InvalidInput(
            f"{file}: the plan file was modified after it was written: its digest does not match its content. "
            "Nothing was read or written. Run plan --out again, and find out who modified it."
        )
    return Saved(file, tree)


def _parsed(file: str, text: str) -> Any:
    try:
        return planfile_shape.parse(text)
    except planfile_shape.DamagedError:
        raise InvalidInput(f"{file}: the plan file is damaged. Run plan --out again.") from None


def load(file: str) -> Saved:
    """Read a file that must be a plan file.

    Raises:
        InvalidInput: It does not exist, is not a plan file, or not a valid one.
    """
    found = read(file)
    if found is None and not FilePath(file).exists():
        raise InvalidInput(f"{file}: the file does not exist. Check the path.")
    if found is None:
        raise InvalidInput(f"{file} is not a plan file. Write one with `poolctl plan --out FILE`.")
    return found


def _is_whole(tree: Tree) -> bool:
    """Return whether a tree is one that `document` makes: its shape, its sums, and everything that follows from it."""
    try:
        body = {k: v for k, v in tree.items() if k != "checksum"}
        if tree["checksum"] != hashed(body):
            return False
        planfile_shape.check(tree)
        digests = {tree["digest"], tree["plan"]["digest"], hashed(basis(tree))}
        return len(digests) == 1 and _follows(tree)
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration, planfile_shape.DamagedError):
        return False


def _follows(tree: Tree) -> bool:
    """Return whether a plan is exactly what its parts make again, counts and marks included."""
    plan = tree["plan"]
    if plan["refusals"] or plan["coverage"]["gaps"]:  # such a plan is never saved
        return False
    again = json.loads(dump(plan_json.document(plans(Saved("", tree)), tree["digest"])))
    return _shown(plan) == _shown(again)


def _shown(plan: Tree) -> Tree:
    """Return what of a plan follows from its parts; calls and the names of replaced members do not."""
    changes = [
        {**c, "api_calls": None, "change": {**c["change"], "replace_paths": None}} for c in plan["resource_changes"]
    ]
    return {**plan, "poolctl_version": "", "resource_changes": changes}


def reviewed(options: Options, now: datetime) -> Saved | None:
    """Return the plan file that the command line names in place of manifests, if it names one.

    Raises:
        InvalidInput: The file is invalid, or conflicts with other arguments.
        Stale: It has expired, or is not the plan that `--expect` names.
    """
    found = [s for s in map(read, options.paths) if s]
    if not found:
        return None
    saved = found[0]
    if len(options.paths) > 1:
        raise InvalidInput(f"{saved.file} is a plan file, which names its manifests. Pass it without other paths.")
    _check_options(saved, options)
    if options.expect and options.expect != saved.digest:
        raise Stale(f"{saved.file} holds the plan {saved.digest}, which does not match --expect. Nothing was read.")
    if now >= saved.expires:
        raise Stale(
            f"{saved.file}: the plan expired at {saved.tree['expires']}. Nothing was read or written. "
            "Run plan --out again and have the result reviewed."
        )
    return saved


def _check_options(saved: Saved, options: Options) -> None:
    asked, kept = options_of(_asked(options)), saved.tree["options"]
    for name in (*MATTER, "env", "shard"):
        if asked[name] not in ([], False, None, "", kept[name]):
            raise InvalidInput(f"{saved.file} records the options of its plan. Remove the options that contradict it.")
    given_names = options_of(options)["variables"]
    missing = [v for v in kept["variables"] if v not in given_names]
    if missing:
        given = " ".join(f"--var {name}=…" for name in missing)
        raise InvalidInput(f"{saved.file} does not store the values of the plan's variables. Pass {given} again.")


def _asked(options: Options) -> Options:
    """Return options without what poolctl.yaml says: it is about new plans, and may have changed since."""
    return options._replace(**{name: Options._field_defaults[name] for name in options.configured})


def as_reviewed(saved: Saved, options: Options) -> Options:
    """Return the options of an apply, completed by those of the saved plan.

    Of poolctl.yaml it takes the values of variables that the plan had, and nothing else that the plan records.
    """
    kept = saved.tree["options"]
    also = kept["variables"] if "vars" in options.configured else None
    return options._replace(
        paths=saved.paths,
        targets=tuple(kept["targets"]),
        prune=kept["prune"],
        max_deletes=kept["max_deletes"],
        replaceable=tuple(kept["replaceable"]),
        vars=tuple(v for v in options.vars if also is None or v.partition("=")[0] in also),
        var_files=_asked(options).var_files or tuple(kept["var_files"]),
        env=kept["env"],
        shard=_part(kept["shard"]),
        allow=tuple(dict.fromkeys((*map(_allowance, kept["allow"]), *options.allow))),
    )


def _allowance(text: str) -> Allowance:
    rule, _, path = text.partition("=")
    return Allowance(rule, path)


def require_same_plan(
    options: Options, saved: Saved | None, plans: Iterable[ShownPlan], origins: Iterable[list[Tree]]
) -> None:
    """Require that today's plans are those that were reviewed.

    Args:
        options: The command line; completed by `as_reviewed` when there is a plan file.
        saved: The plan file; None when only `--expect` identifies the reviewed plan.
        plans: Today's plans.
        origins: `plan_digest.origins_of` each plan.

    Raises:
        Stale: They differ; the message lists the differences if there is a plan file.
    """
    if saved:  # what else passes today does not make it another plan
        options = options._replace(allow=tuple(map(_allowance, saved.tree["options"]["allow"])))
    now = document(plans, origins, options, datetime.fromtimestamp(0, UTC))
    reviewed_digest = saved.digest if saved else options.expect
    if now["digest"] == reviewed_digest:
        return
    lines = ["Today's plan is not the reviewed plan; nothing was written.", f"reviewed {reviewed_digest}"]
    lines += [f"now      {now['digest']}"]
    if saved:
        lines += ["Differences:", *(f"  {line}" for line in difference(saved.tree, now))]
    else:
        lines += ["A digest alone does not show the differences: compare today's plan with the reviewed one."]
    raise Stale("\n".join([*lines, "Run plan again and have the result reviewed."]))


def caption(saved: Saved) -> str:
    """Return the lines that `show` prints below the plans of a file."""
    tree, options = saved.tree, saved.tree["options"]
    given = [
        *([f"--env {options['env']}"] if options["env"] else []),
        *([f"--shard {options['shard']}"] if options["shard"] else []),
        *(f"--target {t}" for t in options["targets"]),
        *(["--prune"] if options["prune"] else []),
        *([] if options["max_deletes"] is None else [f"--max-deletes {options['max_deletes']}"]),
        *(f"--allow-replace {r}" for r in options["replaceable"]),
        *(f"--allow {one}" for one in options["allow"]),
        *(f"--var-file {f}" for f in options["var_files"]),
        *(f"--var {name}=…" for name in options["variables"]),
    ]
    lines = [
        f"Digest {saved.digest}",
        f"Created at {tree['created']} by poolctl {tree['poolctl_version']}, expires at {tree['expires']}.",
        f"Planned with: {' '.join([*given, *saved.paths])}",
    ]
    return "".join(f"{printable(line)}\n" for line in lines)


# --- comparing -----------------------------------------------------------------------------------------------------


def difference(before: Tree, now: Tree) -> list[str]:
    """Return the differences between two plans, one line each.

    Args:
        before: Content of the reviewed plan.
        now: Content of today's plan.
    """
    old, new = basis(before), basis(now)
    lines = [*_places(old["pools"], new["pools"]), *_values(old["options"], new["options"], "option ")]
    one, other = ({c["address"]: c for c in side["changes"]} for side in (old, new))
    for address in dict.fromkeys([*one, *other]):
        lines += _of_change(address, one.get(address), other.get(address), _moved(address, old, new))
    lines += _of_undeclared(old["undeclared"], new["undeclared"])
    lines += _of_outputs(old["outputs"], new["outputs"])
    lines += [f"! {r['address']}: refused now [{r['rule']}]" for r in new["refusals"] if r not in old["refusals"]]
    lines += [f"! {g['address']}: cannot be read now: {g['operation']}" for g in new["gaps"] if g not in old["gaps"]]
    for sign, some, others, when in (("-", old, new, "reviewed"), ("+", new, old, "now")):
        only = sorted({a for a in some["unmanaged"] if a not in others["unmanaged"]})
        lines += [f"{sign} {address}: not in the manifest, only {when}" for address in only]
        lines += [f"{sign} only {when}: {said}" for said in _notices(some) if said not in _notices(others)]
    due, left = ((*side.values(), *basis["outputs"]) for side, basis in ((one, old), (other, new)))
    if any(map(_is_due, due)) and not any(map(_is_due, left)):
        lines.append("Today's plan has no changes: the reviewed plan may have been applied already.")
    return [printable(line) for line in lines or ["The same objects change, in a different order."]]


def _of_outputs(old: list[Tree], new: list[Tree]) -> Iterator[str]:
    """Say which outputs differ: what would be written, and what is there."""
    one, other = ({o["address"]: o for o in side} for side in (old, new))
    for address in dict.fromkeys([*one, *other]):
        before, now = one.get(address), other.get(address)
        if before != now:
            yield f"~ {address}: reviewed {_of_output(before)}, now {_of_output(now)}"


def _of_output(output: Tree | None) -> str:
    if output is None:
        return "(nothing)"
    due = [name for name, actions in output["parameters"].items() if actions != ["no-op"]]
    said = {"create": "to write", "update": "to update", "no-op": "as it should be"}[output["actions"][0]]
    rest = ", ".join([*due, *([output["awaits"]] if output["awaits"] else [])])
    return f"{output['format']} of {output['client']} {said}{f' ({rest})' if rest else ''}"


def _notices(basis: Tree) -> list[str]:
    return [said for pool in basis["pools"] for said in pool["notices"]]


def _is_due(change: Tree | None) -> bool:
    return change is not None and change["actions"] != ["no-op"]


def _places(old: list[Tree], new: list[Tree]) -> Iterator[str]:
    for sign, some, others, when in (("-", old, new, "reviewed"), ("+", new, old, "now")):
        for pool in some:
            if _place(pool) not in map(_place, others):
                where = f"{pool['id'] or 'to be created'}, account {pool['account']}, {pool['region']}"
                yield f"{sign} pool {pool['name']} ({where}) only {when}"


def _place(pool: Tree) -> tuple[str, ...]:
    return tuple(pool[k] for k in PLACE)


def _of_change(address: str, old: Tree | None, new: Tree | None, origins: Sequence[str]) -> Iterator[str]:
    if not _is_due(old) and not _is_due(new):
        yield from _of_unchanged(address, old, new)
    elif not _is_due(old) and new is not None:
        yield f"+ {address}: today's plan would {_verb(new)} it; the reviewed plan left it unchanged"
        yield from (f"    {f['path']}: {_step(f)}" for f in new["fields"])
    elif not _is_due(new) and old is not None:
        yield f"- {address}: the reviewed plan would {_verb(old)} it; today's plan leaves it unchanged"
    elif old is not None and new is not None and (old != new or origins):
        yield f"~ {address}: " + (
            f"today's plan would {_verb(new)} it; the reviewed plan would {_verb(old)} it"
            if old["actions"] != new["actions"]
            else "differs from the reviewed plan"
        )
        details = [*_of_fields(old, new), *_of_meanings("the object as a whole", old, new), *origins]
        yield from details or [f"    {_rest(old, new)}"]


def _rest(old: Tree, new: Tree) -> str:
    """Return what differs between two changes whose members, values and effects are the same."""
    names = {"reason": "why it changes", "replaced": "what makes a replacement necessary", "calls": "the calls"}
    found = [said for name, said in names.items() if old[name] != new[name]]
    return f"{' and '.join(found)} differ" if found else "what the object becomes differs"


def _of_unchanged(address: str, old: Tree | None, new: Tree | None) -> Iterator[str]:
    """Say how an object differs that neither plan changes: the reviewer saw it in another state."""
    if old is None or new is None:
        where = "the reviewed plan" if new is None else "today's plan"
        yield f"~ {address}: only in {where}, which leaves it unchanged"
    elif old != new:
        yield f"~ {address}: is live in another state than the reviewed plan shows; both leave it unchanged"
        yield from _of_fields(old, new)


def _of_fields(old: Tree, new: Tree) -> Iterator[str]:
    one, other = ({f["path"]: f for f in side["fields"]} for side in (old, new))
    for path in dict.fromkeys([*one, *other]):
        if one.get(path) != other.get(path):
            yield from _of_field(path, one.get(path), other.get(path))
    listed = {p for p in (*one, *other) if one.get(p) != other.get(p)}
    live = _values(_flat(old["live"]), _flat(new["live"]), "live ")
    yield from (f"    {line[2:]}" for line in live if line[2:].removeprefix("live ").partition(":")[0] not in listed)


def _of_field(path: str, old: Tree | None, new: Tree | None) -> Iterator[str]:
    before, after = _step(old), _step(new)
    if before != after:
        reviewed, now = around(before, after, MOST)
        yield f"    {path}: reviewed {reviewed}; now {now}"
    elif old and new:
        meant = list(_of_meanings(path, old, new))
        yield from meant or [f"    {path}: {before} in both; what is hidden, or what else happens, differs"]


def _of_meanings(what: str, old: Tree, new: Tree) -> Iterator[str]:
    """Say how it differs what a change means."""
    before, now = _meant(old["effects"]), _meant(new["effects"])
    if before != now:
        yield f"    {what}: reviewed as {before}; now {now}"


def _meant(effects: Sequence[Tree]) -> str:
    said = [" ".join(filter(None, (one["direction"], ", ".join(one["rules"]), _UNDO[one["undo"]]))) for one in effects]
    return "; ".join(said) or "neutral"


_UNDO = {True: "(cannot be undone)", False: ""}


def _of_undeclared(old: list[Tree], new: list[Tree]) -> Iterator[str]:
    """Say which live members that no manifest declares came, went, or mean something else now."""
    one, other = ({f"{u['address']}.{u['path']}": u for u in side} for side in (old, new))
    for path in dict.fromkeys([*one, *other]):
        if path not in other:
            yield f"- {path}: not declared and other than the default, only reviewed"
        elif path not in one:
            yield f"+ {path}: not declared and other than the default, only now"
        elif one[path] != other[path]:
            before, now = (_meant(side[path]["effects"]) for side in (one, other))
            yield f"~ {path}: not declared; reviewed as {before}; now {now}"


def _values(old: Tree, new: Tree, label: str) -> Iterator[str]:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            reviewed, now = around(_text(old.get(key)), _text(new.get(key)), MOST)
            yield f"~ {label}{key}: reviewed {reviewed}, now {now}"


def _moved(address: str, old: Tree, new: Tree) -> list[str]:
    one, other = ({o["path"]: o for o in side["origins"] if o["address"] == address} for side in (old, new))
    words = {p: tuple(_source(side.get(p)) for side in (one, other)) for p in sorted({*one, *other})}
    return [f"    {path}: reviewed {a}, now {b}" for path, (a, b) in words.items() if a != b]


def _source(origin: Tree | None) -> str:
    if origin is None:
        return "(nothing)"
    return f"from {origin['origin']}" + (" (changes)" if origin["changes"] else "")


def _verb(change: Tree) -> str:
    return VERBS[tuple(change["actions"])]


def _step(field: Tree | None) -> str:
    if field is None:
        return "(no change)"
    return f"{_text(field['before'])} -> {_text(field['after'])}"


def _flat(value: Any, path: str = "") -> Tree:
    if isinstance(value, dict) and value and not redact.is_mark(value):
        return {k: v for key, inner in value.items() for k, v in _flat(inner, f"{path}.{key}".strip(".")).items()}
    return {path: value} if path else {}


def _text(value: Any) -> str:
    return text(redact.revived(value))


# --- back to plans -------------------------------------------------------------------------------------------------


def plans(saved: Saved) -> tuple[ShownPlan, ...]:
    """Return the plans of a file for display. Hidden values stay hidden, so they cannot be applied."""
    shown = saved.tree["plan"]
    parts = ("resource_changes", "unmanaged", "notices", "outputs", "undeclared")
    changes, unmanaged, notices, outputs, undeclared = (iter(shown[k]) for k in parts)
    found = []
    for pool, count in zip(shown["pools"], saved.tree["notice_counts"], strict=True):
        sizes = pool["summary"]
        total = sum(sizes[k] for k in ("create", "update", "delete", "replace", "unchanged"))
        found.append(
            ShownPlan(
                _target(pool),
                tuple(_change(c) for c in islice(changes, total)),
                (),
                tuple(_address(a) for a in islice(unmanaged, sizes["unmanaged"])),
                tuple(Notice(n["message"], _position(n["source"]), n["standstill"]) for n in islice(notices, count)),
                outputs=tuple(_output(o) for o in islice(outputs, sizes["outputs"] + sizes["outputs_unchanged"])),
                undeclared=tuple(_undeclared(u) for u in islice(undeclared, sizes["undeclared"])),
            )
        )
    return tuple(found)


def _target(pool: Tree) -> Target:
    parts = tuple(PartFile(part["name"], part["manifest"]) for part in pool.get("parts", ()))
    return Target(pool["account"], pool["region"], pool["name"], pool["id"], pool["manifest"], parts)


def _change(tree: Tree) -> ShownChange:
    change = tree["change"]
    action = _action(change["actions"])
    after = redact.revived(change["after"])
    return ShownChange(
        _address(tree["address"]),
        tree["type"],
        action,
        tuple(_revived_field(f) for f in tree["fields"]),
        after if action is Action.CREATE else None,
        redact.revived(change["before"]),
        after,
        _position(tree["source"]),
        tree["action_reason"] or "",
        effect=revived_effect(tree["effect"]) if tree["effect"] else None,
        parts=tuple(tree.get("parts", ())),
        kept={path: redact.revived(items) for path, items in tree.get("kept", {}).items()},
    )


def _output(tree: Tree) -> OutputChange:
    section, _, name = tree["client"].partition("/")
    return OutputChange(
        _address(tree["address"]),
        _action(tree["actions"]),
        tree["format"],
        Address(tree["pool"], section, name),
        _written_at(tree["source"]),
        tree["awaits"] or "",
        tuple(ParameterChange(p["name"], _action(p["actions"])) for p in tree["parameters"]),
    )


def _action(words: list[str]) -> Action:
    return next(a for a, spelled in ACTIONS.items() if spelled == words)


def _undeclared(tree: Tree) -> Undeclared:
    path = (tree["path"],)
    return Undeclared(_address(tree["address"]), path, tuple(revived_effect(e, path) for e in tree["effects"]))


def _revived_field(tree: Tree) -> ShownField:
    before, after = redact.revived(tree["before"]), redact.revived(tree["after"])
    danger = Danger(**tree["danger"]) if "danger" in tree else None
    path = (tree["path"],)
    effects = tuple(revived_effect(e, path) for e in tree["effects"])
    source = _position(tree["source"])
    return ShownField(path, before, after, tree["sensitive"], source, danger, effects)


def _address(full: str) -> Address:
    """Parse a full address. Names of pools contain no slash; names of objects may."""
    pool, _, rest = full.partition("/")
    section, _, name = rest.partition("/")
    owner, _, part = name.partition("/")
    inner = next(
        (k for k in KINDS if k.startswith(f"{section}.") and k.partition(".")[2] == part.partition("/")[0]), ""
    )
    if inner:
        local = part.partition("/")[2]
        return Address(pool, inner, f"{owner}/{local}" if local else owner)
    return Address(pool, section, name)


def _position(tree: Tree | None) -> Position | None:
    return _written_at(tree) if tree else None


def _written_at(tree: Tree) -> Position:
    place = Position(tree["file"], tree["line"], tree["column"])
    return RowPosition(place, tree["row"]) if "row" in tree else place
