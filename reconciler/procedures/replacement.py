"""A new pool in place of one that cannot be changed: what forces it, the steps, and what does not come along.

Nothing here is executed, and no step deletes users: each names the command to run, what it interrupts, and whether it
can be taken back.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model import Target
from reconciler.procedures.left_behind import LeftBehindItem, PoolFacts, items
from schemas.records import record

LIVE, OLD = "pool:", "OLD.yaml"
"""How an operand names a live pool, and what stands for the manifest of one that has none on the command line."""


@record(frozen=True, slots=True)
class FrozenChange:
    """A declared change that Cognito cannot make."""

    member: str
    """Its address and path: `user_pool.UsernameAttributes`."""
    before: str
    """The live value, as text; empty if it must not be shown."""
    after: str
    """The declared value."""
    place: str
    """Where it is declared; may be empty."""
    needs_pool: bool
    """Whether another pool has to take the place of the live one."""
    meaning: str
    """What it means for users, or what to do instead."""
    source: str
    """Where docs/cognito.md says so."""


@record(frozen=True, slots=True)
class ReplacementStep:
    """One step of a replacement."""

    title: str
    """What is done."""
    detail: str
    """How, and what to know before."""
    commands: tuple[str, ...] = ()
    """Commands, to be adapted."""
    interrupts: str = ""
    """What does not work meanwhile; empty for nothing."""
    undo: str = ""
    """How it is taken back."""


@record(frozen=True, slots=True)
class Replacement:
    """How a pool can be replaced."""

    target: Target
    """The live pool."""
    name: str
    """Name of the new pool."""
    changes: tuple[FrozenChange, ...]
    """What cannot be changed in place; empty if only a live pool was named."""
    needed: bool
    """Whether a new pool is needed."""
    steps: tuple[ReplacementStep, ...]
    """What to do, in order; empty if no new pool is needed."""
    items: tuple[LeftBehindItem, ...]
    """What is in the pool, and how it reaches the new one."""
    manifest: str = ""
    """The manifest of the new pool that was written; may be empty."""
    notices: tuple[str, ...] = ()
    """What could not be known."""


def replacement(
    target: Target, name: str, changes: tuple[FrozenChange, ...], facts: PoolFacts, *, manifest: str, operand: str
) -> Replacement:
    """Return how a pool can be replaced.

    Args:
        target: The live pool.
        name: Name of the new one.
        changes: What cannot be changed in place.
        facts: What the pool has.
        manifest: The manifest of the new pool; empty if none was written.
        operand: How the live pool is named on a command line.
    """
    needed = not changes or any(change.needs_pool for change in changes)
    if not needed:
        return Replacement(target, name, changes, False, (), ())
    plan = _Plan(facts, manifest or f"DIR/{name}.yaml", operand, name)
    steps = tuple(step for make in STEPS for step in make(plan))
    return Replacement(target, name, changes, True, steps, tuple(items(facts)), manifest)


@record(frozen=True, slots=True)
class _Plan:
    """What the steps need to know."""

    facts: PoolFacts
    file: str
    operand: str
    name: str


def _make(plan: _Plan) -> tuple[ReplacementStep, ...]:
    detail = (
        "Review the manifest first: it is the old pool with the changes, without its ids and domains. Keep it in Git."
    )
    if not plan.operand.startswith(LIVE):
        detail += f" Take the changes back in {plan.operand}, which stays the manifest of the old pool."
    commands = (f"poolctl plan {plan.file}", f"poolctl apply {plan.file}")
    undo = "Delete the new pool by hand; poolctl never deletes a pool."
    return (ReplacementStep("Make the new pool beside the old one", detail, commands, undo=undo),)


def _allow(plan: _Plan) -> tuple[ReplacementStep, ...]:
    if not plan.facts.triggers:
        return ()
    detail = (
        "A function is called only if its policy names the new pool (cognito.md 9.2). trigger_permissions: {} in the "
        "manifest adds that; the permission of the old pool stays."
    )
    return (ReplacementStep("Let the functions be called by the new pool", detail),)


def _register(plan: _Plan) -> tuple[ReplacementStep, ...]:
    if not plan.facts.providers:
        return ()
    detail = (
        "Each provider knows a pool by its domain, SAML also by its id: urn:amazon:cognito:sp:POOL_ID. Add the new one "
        f"at {_listed(plan.facts.providers)}, beside the old (cognito.md 8.5)."
    )
    return (ReplacementStep("Register the new pool at the identity providers", detail),)


def _migrate(plan: _Plan) -> tuple[ReplacementStep, ...]:
    if not plan.facts.native:
        return ()
    unready = plan.facts.unready
    flows = (
        " These clients send no password, so add ALLOW_USER_PASSWORD_AUTH to their ExplicitAuthFlows for this time, "
        f"or let their users sign in on the pages of the domain: {_listed(unready)}."
        if unready
        else ""
    )
    detail = (
        "With the trigger, users keep their passwords and notice nothing but a sign-in. Write a function that signs "
        "the user in at the old pool (AdminInitiateAuth with ADMIN_USER_PASSWORD_AUTH, which a client of the old pool "
        "must allow), and answers with the attributes and CONFIRMED; declare it as "
        "user_pool.LambdaConfig.UserMigration of the new pool, with its permission. It runs for USER_PASSWORD_AUTH, "
        "ADMIN_USER_PASSWORD_AUTH, the sign-in pages and a forgotten password, and not for SRP, passkeys and one-time "
        "passwords (cognito.md 8.5)." + flows
    )
    undo = "Remove the trigger; users who have moved stay in both pools."
    return (ReplacementStep("Move users who sign in, by a UserMigration trigger", detail, undo=undo),)


def _import(plan: _Plan) -> tuple[ReplacementStep, ...]:
    count = f" Cognito estimates {plan.facts.users} users." if plan.facts.users is not None else ""
    unverified = " No attribute is verified automatically, and without one no import starts: declare one."
    detail = (
        "The others are imported: after the trigger has run for a time, or in its place. Close sign-up in the old pool "
        "before the export (AllowAdminCreateUserOnly: true), or users are lost who come after it. Rows of users who "
        "exist are skipped. Imported users are RESET_REQUIRED: they set a new password with a code, so each needs a "
        "verified address (cognito.md 2.16)." + count + ("" if plan.facts.verified else unverified)
    )
    commands = (
        f"poolctl users export {plan.operand} users.csv",
        f"poolctl users import {plan.file} users.csv --dry-run",
        f"poolctl users import {plan.file} users.csv",
    )
    interrupts = "Sign-up is closed between the export and the switch of the applications."
    return (ReplacementStep("Import the users who are left", detail, commands, interrupts),)


def _memberships(plan: _Plan) -> tuple[ReplacementStep, ...]:
    if not plan.facts.memberships:
        return ()
    detail = "List the members of each group of the old pool, and add the users to the group of the new pool."
    commands = (f"poolctl users list {plan.operand} --group GROUP -o json",)
    return (ReplacementStep("Add the users to their groups", detail, commands),)


def _applications(plan: _Plan) -> tuple[ReplacementStep, ...]:
    detail = (
        "They need the new pool id, issuer and client ids; services that verify tokens trust both issuers until the "
        "last token of the old pool has expired. Identity pools name a pool and its clients: add the new ones beside "
        "the old (CognitoIdentityProviders, RoleMappings, principal tags)."
    )
    commands = tuple(f"poolctl outputs {plan.file} --client {client} --format env" for client in plan.facts.clients[:1])
    undo = "Switch them back: the old pool is as it was, without the users who came since."
    return (ReplacementStep("Switch the applications", detail, commands, "All users sign in again.", undo),)


def _prefix(plan: _Plan) -> tuple[ReplacementStep, ...]:
    if not plan.facts.prefix:
        return ()
    detail = (
        f"Either give the new pool another prefix, at once and without an interruption. Or move {plan.facts.prefix}: "
        "delete it at the old pool, then add it to the new one. Between the two, any account may take it, as prefixes "
        "are unique in a Region over all accounts (cognito.md 8.1)."
    )
    interrupts = (
        f"If {plan.facts.prefix} moves: the sign-in pages and tokens by OAuth, for about a minute (cognito.md 2.4)."
    )
    return (_domain(plan, plan.facts.prefix, "Cut over the prefix domain", detail, interrupts),)


def _custom(plan: _Plan) -> tuple[ReplacementStep, ...]:
    if not plan.facts.custom:
        return ()
    detail = (
        f"A custom domain can be of one pool only, in all of AWS. Lower the lifetime of the DNS record of "
        f"{plan.facts.custom} first. Delete the domain at the old pool, add it to the new one, and point the record to "
        "its new target (CloudFrontDomain). Or take a new name for the new pool, without an interruption."
    )
    interrupts = (
        f"If {plan.facts.custom} moves: the sign-in pages and tokens by OAuth, for five minutes to an hour, and until "
        "DNS answers with the new target (cognito.md 2.4, 7.3)."
    )
    return (_domain(plan, plan.facts.custom, "Cut over the custom domain", detail, interrupts),)


def _domain(plan: _Plan, name: str, title: str, detail: str, interrupts: str) -> ReplacementStep:
    old = OLD if plan.operand.startswith(LIVE) else plan.operand
    commands = (
        f"poolctl apply {old} --prune    # with prune: [domains], and without domains/{name}",
        f"poolctl apply {plan.file}    # with domains/{name}",
    )
    return ReplacementStep(title, detail, commands, interrupts, "The same the other way, with the same interruption.")


def _keep(plan: _Plan) -> tuple[ReplacementStep, ...]:
    detail = (
        "Leave sign-up closed and DeletionProtection ACTIVE. While it exists, the trigger can move users, and you can "
        "go back. poolctl never deletes a pool: do that by hand, once the last user has moved. It cannot be "
        "undone."
    )
    return (ReplacementStep("Keep the old pool", detail, (f"poolctl show pool {plan.operand}",)),)


STEPS: tuple[Callable[[_Plan], tuple[ReplacementStep, ...]], ...] = (
    *(_make, _allow, _register, _migrate, _import, _memberships, _prefix, _custom, _applications, _keep),
)
"""What makes the steps, in their order: domains before applications, which are sent to them."""


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names)
