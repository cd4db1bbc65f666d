"""The steps behind `replace`: what is live, what is declared and cannot be changed, and the manifest of a new pool."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reconciler.applications import parts
from reconciler.cloud.port import Identity
from reconciler.errors import InvalidManifest, Partial, Refused, flow
from reconciler.export.exporter import Exported, Style
from reconciler.export.renewed_export import RenewedExport
from reconciler.kinds import KINDS
from reconciler.kinds.engine_rules import IMMUTABLE
from reconciler.manifests.loading import load
from reconciler.model import Action, Observed, Plan, Refusal, ResourceChange, Target, Tree, Unknown, dotted
from reconciler.observing.observer import LiveState
from reconciler.observing.ownership import split
from reconciler.procedures.immutable_members import row_of
from reconciler.procedures.left_behind import PoolFacts
from reconciler.procedures.replacement import FrozenChange, Replacement, replacement
from reconciler.runs import export_run, pool_operand
from reconciler.runs.export_run import ExportOutcome, ExportResult, Read
from reconciler.runs.pool_operand import NamedPool
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.values.shortening import around
from schemas.base import Keyed, members

LONGEST = 60
"""Longest value that is shown whole, in characters."""

PASSWORD_FLOWS = frozenset(
    ("ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH")
)
"""Flows that send the password, for which a UserMigration trigger runs (cognito.md 8.5)."""

OTHER_FLOWS = frozenset(("ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"))
"""Flows that sign users of the pool in without sending it. They are open where none is declared (cognito.md 2.3)."""


@dataclass(frozen=True, slots=True)
class ReplacedPool:
    """A pool to replace."""

    named: NamedPool
    """As the command line names it."""
    read: Read
    """What is live of it."""
    identity: Identity
    """Its account and Region."""
    changes: tuple[FrozenChange, ...]
    """What is declared and cannot be changed."""
    wanted: LiveState
    """The pool as the new one shall be."""

    @property
    def target(self) -> Target:
        """The live pool."""
        where, found = self.identity, self.read.found
        file = self.named.manifest.file if self.named.manifest else ""
        return Target(where.account, where.region, found.name, found.id, file)


def replaced(runtime: Runtime, console: Console) -> ReplacedPool:
    """Read the pool that the command line names, and plan its manifest if it names one.

    Raises:
        PoolctlError: It cannot be found, read or planned, or a pool has the new name already.
    """
    options = runtime.options
    named = pool_operand.the_one(runtime, console, options.operand)
    console.status(f"Reading {named.found.name or named.found.id}…")
    read = named.read(parallelism=options.parallelism)
    _refuse_namesake(named, options.moving.name)
    plan = _plan(runtime, named)
    console.status("")
    changes = tuple(_changes(plan)) if plan else ()
    wanted = _wanted(read.live_state, plan) if plan else read.live_state
    return ReplacedPool(named, read, named.cloud.identity(), changes, wanted)


def _refuse_namesake(named: NamedPool, name: str) -> None:
    same = [p.id for p in export_run.every(named.cloud, (named.found.document,)) if p.name == name]
    if same:
        raise Refused(f"--as: the pool {', '.join(same)} is called {flow(name)} already; choose another name.")


def _plan(runtime: Runtime, named: NamedPool) -> Plan | None:
    from reconciler.runs.stages import plan_one

    return plan_one(runtime, named.manifest) if named.manifest else None


# --- what cannot be changed ----------------------------------------------------------------------------------------


def _changes(plan: Plan) -> Iterator[FrozenChange]:
    for refusal in plan.refusals:
        if refusal.rule == IMMUTABLE.id:
            yield _frozen(refusal, plan)


def _frozen(refusal: Refusal, plan: Plan) -> FrozenChange:
    row = row_of(refusal.address.section, refusal.path)
    change = plan.change_of(refusal.address)
    before, after = _values(change, refusal) if change else ("", "")
    return FrozenChange(
        member=f"{refusal.address}.{dotted(refusal.path)}",
        before=before,
        after=after,
        place=str(refusal.source) if refusal.source else "",
        needs_pool=bool(row and row.needs_pool),
        meaning=row.meaning if row else refusal.advice,
        source=row.source if row else "",
    )


def _values(change: ResourceChange, refusal: Refusal) -> tuple[str, str]:
    """Return the live and the declared value; empty where they are secret or from the environment."""
    found = next((f for f in change.fields if f.path == refusal.path), None)
    if found is None or found.sensitive or any(path[: len(found.path)] == found.path for path in change.from_env):
        return "", ""
    return around(_text(found.before), _text(found.after), LONGEST)


def _text(value: Any) -> str:
    return "unset" if value is None else json.dumps(value, ensure_ascii=False, default=str)


# --- the new pool --------------------------------------------------------------------------------------------------


def _wanted(live_state: LiveState, plan: Plan) -> LiveState:
    """Return the live pool with what the manifest declares, also what cannot be changed in place."""
    objects = list(live_state.objects)
    for change in plan.changes:
        if change.after is None or change.action is Action.NONE or _has_unknown(change.after):
            continue
        data = _without_voided(change)
        made = Observed(change.address, {}, data)
        at = next((i for i, one in enumerate(objects) if _is_one(one, change)), None)
        if at is None:
            objects.append(made)
        else:
            objects[at] = replace(objects[at], data=data)
    root = next((o for o in objects if KINDS[o.address.section].root), live_state.root)
    return replace(live_state, root=root, objects=tuple(objects))


def _without_voided(change: ResourceChange) -> Tree:
    """Return an object as it shall be; items with a member that voids the rest of them are as they are declared."""
    data = dict(change.after or {})
    for member, *inner in ([str(step) for step in f.path] for f in change.fields):
        row = row_of(change.address.section, (member,))
        if row and row.voids and inner[1:] == [row.voids]:
            data[member] = [_declared_item(change, member, inner[0], live) for live in data[member]]
    return data


def _declared_item(change: ResourceChange, member: str, name: str, live: Tree) -> Tree:
    """Return an item of a keyed list as it is declared, if it has the name."""
    mark = members(KINDS[change.address.section].model)[member].mark(Keyed)
    key = mark.member if mark else ""
    if live.get(key) != name:
        return live
    return next((item for item in change.declared.get(member) or () if item.get(key) == name), live)


def _is_one(observed: Observed, change: ResourceChange) -> bool:
    kind = KINDS[observed.address.section]
    if observed.address.section != change.address.section:
        return False
    if kind.root or kind.id_param not in observed.ids:
        return kind.root or observed.address.name == change.address.name
    return observed.ids[kind.id_param] == change.ids.get(kind.id_param)


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_unknown, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Unknown)


def write(pool: ReplacedPool, name: str, directory: Path, *, force: bool) -> ExportOutcome:
    """Write the manifest of the new pool.

    Args:
        pool: The pool to replace.
        name: Name of the new one.
        directory: Where to write.
        force: Whether existing files are replaced.

    Raises:
        Refused: A file exists.
        Partial: The manifest would be invalid.
    """

    def make(aside: Path) -> ExportOutcome:
        style, document = Style("guarded", beside=True), pool.read.found.document
        made = RenewedExport(document, pool.wanted, pool.identity, style, name=name).result()
        export_run.place(made, aside)
        _check(made, aside)
        return ExportOutcome((ExportResult(pool.read.found, made, (), (), pool.read.stack),))

    return export_run.save(make, directory, force=force)


def _check(made: Exported, directory: Path) -> None:
    try:
        load([str(directory / f"{made.slug}.yaml")], variables={}, environ={}, stdin=str)
    except InvalidManifest as error:
        shown = str(error).replace(f"{directory}/", "")
        raise Partial(f"The manifest of the new pool is invalid, so it was not written:\n{shown}") from None


def report(pool: ReplacedPool, name: str, outcome: ExportOutcome | None) -> Replacement:
    """Return how the pool can be replaced.

    Args:
        pool: The pool.
        name: Name of the new one.
        outcome: The manifest that was written; None if there is none.
    """
    from reconciler.render.unread import unread

    file = next((str(p) for p in outcome.paths if p.suffix == ".yaml"), "") if outcome else ""
    made = replacement(pool.target, name, pool.changes, facts(pool), manifest=file, operand=pool.named.operand)
    notices = [unread(gap) for gap in pool.read.live_state.gaps]
    promises = (p for result in (outcome.results if outcome else ()) for p in result.exported.promises)
    notices += [f"Store ${p.kind} {p.target}, for {p.address}." for p in promises]
    return replace(made, notices=tuple(notices))


# --- what is in the pool -------------------------------------------------------------------------------------------


def facts(pool: ReplacedPool) -> PoolFacts:
    """Return what decides the steps and the items."""
    state = pool.wanted
    root = state.root.data if state.root else {}
    clients = {o.address.name: o.data for o in state.section(parts.CLIENTS)}
    domains = [o.address.name for o in pool.read.live_state.section(parts.DOMAINS)]
    ours, _ = split(state.section(parts.GROUPS), pool.read.found.id)
    users = pool.read.answer.get("EstimatedNumberOfUsers")
    return PoolFacts(
        users=users if isinstance(users, int) else None,
        native=not clients or any(map(_is_native, clients.values())),
        factors=frozenset(_factors(root, state)),
        devices=bool(root.get("DeviceConfiguration")),
        memberships=bool(ours),
        providers=tuple(sorted(o.address.name for o in state.section(parts.PROVIDERS))),
        clients=tuple(sorted(clients)),
        secret_clients=tuple(sorted(k for k, d in clients.items() if {"ClientSecret", "ClientSecretArn"} & d.keys())),
        unready=tuple(sorted(k for k, d in clients.items() if _is_native(d) and not _flows(d) & PASSWORD_FLOWS)),
        prefix=next((d for d in domains if "." not in d), ""),
        custom=next((d for d in domains if "." in d), ""),
        triggers=bool(root.get("LambdaConfig")),
        plus=root.get("UserPoolTier") == "PLUS",
        verified=bool(root.get("AutoVerifiedAttributes")),
    )


def _flows(client: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(client.get("ExplicitAuthFlows") or ("ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"))


def _is_native(client: Mapping[str, Any]) -> bool:
    """Whether users of the pool itself, and not only of its providers, sign in with a client."""
    return bool(_flows(client) & (PASSWORD_FLOWS | OTHER_FLOWS)) or "COGNITO" in (
        client.get("SupportedIdentityProviders") or ()
    )


def _factors(root: Tree, state: LiveState) -> Iterator[str]:
    mfa: Tree = next((o.data for o in state.section(parts.MFA)), {})
    if (mfa.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled"):
        yield "TOTP"
    if "SmsMfaConfiguration" in mfa:
        yield "SMS"
    if "EmailMfaConfiguration" in mfa:
        yield "EMAIL"
    first = ((root.get("Policies") or {}).get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or ()
    if "WEB_AUTHN" in first:
        yield "PASSKEY"
