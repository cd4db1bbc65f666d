"""The laws, for one random pool and one random manifest.

converges    plan, apply, plan again: nothing is left, on a new pool and on one that others have set up
undeclared   what the manifest does not declare is live as before, and what changes was shown in the plan
exported     an export of the pool plans to nothing
schema       every JSON output fits its schema
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from reconciler.drift import findings
from reconciler.errors import ExitCode, PoolctlError
from reconciler.export.exporter import Style
from reconciler.kinds import KINDS, principal_tags, root_of
from reconciler.manifests.manifest import Manifest
from reconciler.model import Action, Event, Failed, Plan, ResourceChange, Skipped, Verified
from reconciler.observing.observer import VOLATILE, observe
from reconciler.planning.lowering import lower
from reconciler.render import formats, redact
from reconciler.render.subjects import DriftResult, RenderOptions
from reconciler.runs import export_run
from reconciler.runs.apply_run import ApplyOutcome
from schemas.base import Default, members
from tests.engine.test_one_member import flat, follows
from tests.laws.world import World, shown

SCHEMAS = Path(__file__).parents[2] / "docs" / "schema"
Objects = Mapping[tuple[str, str], Any]


class Broken(AssertionError):
    """A law that does not hold, with the documents that show it."""


def hold(world: World, before: dict[str, Any], document: dict[str, Any]) -> None:
    """Try every law.

    Args:
        world: An empty account.
        before: How others have set up the pool; refused parts are left out.
        document: The manifest that is applied then.

    Raises:
        Broken: A law does not hold.
        Hopeless: A document cannot be made valid.
    """
    made, manifest, plan = world.mended(world.neighbour(before))
    story = f"live:\n{shown(made)}"
    _converges(world, manifest, plan, story)
    declared, manifest, plan = world.mended(world.neighbour(document))
    story += f"\nmanifest:\n{shown(declared)}"
    was = everything(world)
    drift = _drift(world, manifest)
    events = _converges(world, manifest, plan, story)
    _undeclared(was, everything(world), plan, story)
    _exported(world, story)
    for name, text in _outputs(plan, events, drift):
        _fits(name, text, story)


def _demand(holds: object, law: str, story: str) -> None:
    if not holds:
        raise Broken(f"{law}\n\n{story}")


# --- converges


def _converges(world: World, manifest: Manifest, plan: Plan, story: str) -> list[Event]:
    events = world.apply(manifest, plan)
    failed = [f"{e.change.address}: {getattr(e, 'error', '')}" for e in events if isinstance(e, Failed | Skipped)]
    _demand(not failed, f"converges: an apply fails: {failed[:1]}", story)
    left = next(e for e in events if isinstance(e, Verified))
    paths = [f"{c.address}.{'.'.join(map(str, f.path))}" for c in left.left for f in c.fields]
    _demand(not left.left and not left.unproven, f"converges: left {paths or left.unproven}", story)
    again = world.plan(manifest)
    _demand(not again.pending and not again.refusals, f"converges: plans again {again.pending}", story)
    return events


# --- undeclared


def everything(world: World) -> Objects:
    """Return all objects of the pool as the service tells them."""
    found = export_run.one(world.cloud, "customers")
    objects = export_run.read(world.cloud, found, parallelism=1).live_state.objects
    return {(o.address.section, o.address.name): o.data for o in objects}


def _undeclared(was: Objects, now: Objects, plan: Plan, story: str) -> None:
    made = {_key(c) for c in plan.pending if c.action is Action.CREATE}
    gone = {k for k in was.keys() - now.keys() - {_key(c) for c in plan.pending} if not _is_hidden(k, now)}
    _demand(not gone, f"undeclared: {gone} is gone", story)
    shown_ = {leaf for c in plan.pending for path in _paths(c) for leaf in follows((*_key(c), *path))}
    for key in sorted((now.keys() | was.keys()) - made):
        seen = key in was or _comes_by_itself(key, now[key], made) or _is_hidden(key, was)
        _demand(seen, f"undeclared: {key} appeared", story)
        if key not in now and _is_hidden(key, now):
            continue
        one, other = flat(was.get(key, {})), flat(now.get(key, {}))
        changed = {p for p in one.keys() | other.keys() if one.get(p) != other.get(p) and p[:1] not in COMPUTED}
        changed -= {p for p in changed if _is_default(key[0], p, one, other)}
        if key not in now:  # a setting that was switched off: its name goes with it, and what is as it was never set
            usual = flat(KINDS[key[0]].initial())
            changed -= {p for p in changed if p == (KINDS[key[0]].name_member,) or usual.get(p, ...) == one.get(p)}
        allowed = {leaf[2 if key[1] else 1 :] for leaf in shown_ if leaf[: 2 if key[1] else 1] == _place(key)}
        wrong = [
            p for p in sorted(changed) if key in was and not _is_shown(p, allowed) and not _completes(one, p, allowed)
        ]
        _demand(not wrong, f"undeclared: {key} {wrong} changed, and the plan did not show it", story)


COMPUTED = {(name,) for name in (*VOLATILE, "Version", "CSSVersion", "ManagedLoginBrandingId")}


BY_ITSELF = {
    ("mfa", "WebAuthnConfiguration", "FactorConfiguration"): "SINGLE_FACTOR",
    ("mfa", "SoftwareTokenMfaConfiguration", "Enabled"): False,
    ("clients", "AccessTokenValidity"): 1,
    ("clients", "IdTokenValidity"): 1,
    ("clients", "RefreshTokenRotation", "RetryGracePeriodSeconds"): 0,
}
"""Members that an answer has once they or others are set, at their default: an hour, for a token (cognito.md 2.3), and
no period of grace (15.8)."""


def _is_default(section: str, path: tuple[str, ...], one: Any, other: Any) -> bool:
    """Whether a member is there now, or no longer, with the value that it has anyway."""
    if path in one and path in other:
        return False
    value = other.get(path, one.get(path))
    model, found = KINDS[section].model, None
    for step in path:
        found = members(model).get(step) if model else None
        model = found.model if found and found.shape == "structure" else None
    usual = found.mark(Default) if found else None
    return value in ({}, [], BY_ITSELF.get((section, *path))) or (usual is not None and usual.value == value)


def _place(key: tuple[str, str]) -> tuple[str, ...]:
    section, name = key
    return (section, name) if name else (section,)


def _key(change: ResourceChange) -> tuple[str, str]:
    return change.address.section, change.address.name


def _paths(change: ResourceChange) -> Iterator[tuple[str, ...]]:
    """Yield the members that a change shows."""
    yield from (tuple(map(str, f.path)) for f in change.fields)


def _is_shown(path: tuple[str, ...], allowed: set[tuple[str, ...]]) -> bool:
    return any(path[: len(a)] == a or a[: len(path)] == path for a in allowed)


def _completes(before: Mapping[tuple[str, ...], Any], path: tuple[str, ...], allowed: set[tuple[str, ...]]) -> bool:
    """Whether the service adds a member to a structure that did not exist before, and of which a member was shown."""
    new = next((path[:n] for n in range(1, len(path)) if not any(b[:n] == path[:n] for b in before)), None)
    new = new or (path[:-1] if before.get(path[:-1], 0) == {} else None)
    return new is not None and any(a[: len(new)] == new for a in allowed)


def _is_hidden(key: tuple[str, str], objects: Objects) -> bool:
    """Whether nobody can find an object: no operation lists the tags of a provider that an identity pool lacks.

    Nor is asked for what the feature plan of a pool does not have.
    """
    kind = KINDS[key[0]]
    pool = objects[root_of(kind.document).section, ""]
    return not kind.in_pool(pool) or (kind is principal_tags.KIND and key[1] not in principal_tags.names(pool))


def _comes_by_itself(key: tuple[str, str], data: Any, made: set[tuple[str, str]]) -> bool:
    """Whether the service makes an object: the group of a provider; the sessions of a client, once they are tracked."""
    section, name = key
    provider = name.split("_", 2)[-1]
    return (section == "groups" and ("identity_providers", provider) in made) or (
        section == "clients.session" and set(flat(data).values()) <= {60, None}
    )


# --- exported


def _exported(world: World, story: str) -> None:
    found = export_run.one(world.cloud, "customers")
    read = export_run.read(world.cloud, found, parallelism=1)
    for mode in ("minimal", "guarded", "full"):
        try:
            result = export_run.export(read, "m", world.cloud.identity(), Style(mode, "env", beside=False), None)
        except PoolctlError as error:
            raise Broken(f"exported: {mode}: {error}\n\n{story}") from None
        (world.directory / "exported.yaml").write_text(result.exported.text)
        secrets = {p.target: p.value.reveal() for p in result.exported.promises}
        plan = world.plan(world.load_file("exported.yaml", secrets))
        _demand(not plan.refusals, f"exported: {mode}: refused {plan.refusals[:1]}", story)
        paths = [f"{c.address}.{'.'.join(map(str, f.path))}" for c in plan.pending for f in c.fields]
        _demand(not plan.pending, f"exported: {mode}: plans {paths}", story)


# --- outputs


def _drift(world: World, manifest: Manifest) -> Any:
    live = observe(world.cloud, findings.read_scope(manifest), parallelism=1)
    target = world.plan(manifest).target
    return findings.compare(manifest, live, target, findings.Criteria()).drift


def _outputs(plan: Plan, events: list[Event], drift: Any) -> Iterator[tuple[str, str]]:
    style = RenderOptions()
    calls = {c.address.full: lower(c, plan) for c in plan.pending}
    yield "plan", formats.plan(redact.plans([plan], calls), style)["json"](False)
    outcome = ApplyOutcome((plan,), tuple(events), ExitCode.OK)
    yield "apply", formats.apply(redact.applied(outcome), style)["json"](False)
    yield "drift", formats.drift(DriftResult(redact.drifts([drift])), style)["json"](False)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.v1.json").read_text()))


def _fits(name: str, text: str, story: str) -> None:
    error = next(_validator(name).iter_errors(json.loads(text)), None)
    _demand(error is None, f"schema: {name}: {error.message[:200] if error else ''}", story)
