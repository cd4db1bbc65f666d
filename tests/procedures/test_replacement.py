"""The tables of a replacement: every immutable member has a row, every statement a source, every item its condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.kinds import KINDS
from reconciler.model import Target
from reconciler.procedures.immutable_members import IMMUTABLE_MEMBERS, row_of
from reconciler.procedures.left_behind import ITEMS, PoolFacts, items
from reconciler.procedures.replacement import FrozenChange, replacement
from schemas.base import ApiModel, CreateOnly, OnlyOnce, members

FACTS = (Path(__file__).parents[2] / "docs" / "cognito.md").read_text()
TARGET = Target("123456789012", "eu-west-1", "customers", "eu-west-1_AbCdEf123", "m.yaml")
NOTHING = PoolFacts(
    users=None,
    native=False,
    factors=frozenset(),
    devices=False,
    memberships=False,
    providers=(),
    clients=(),
    secret_clients=(),
    unready=(),
    prefix="",
    custom="",
    triggers=False,
    plus=False,
    verified=True,
)
EVERYTHING = PoolFacts(
    users=1200,
    native=True,
    factors=frozenset({"TOTP", "SMS", "EMAIL", "PASSKEY"}),
    devices=True,
    memberships=True,
    providers=("Google", "okta"),
    clients=("api", "web"),
    secret_clients=("api",),
    unready=("web",),
    prefix="acme",
    custom="login.example.com",
    triggers=True,
    plus=True,
    verified=False,
)


def immutable(model: type[ApiModel], path: str, seen: tuple[type, ...] = ()) -> Iterator[str]:
    for name, member in members(model).items():
        if member.has(CreateOnly) or member.has(OnlyOnce):
            yield f"{path}.{name}"
        elif member.model and member.model not in seen:
            yield from immutable(member.model, f"{path}.{name}", (*seen, member.model))


EVERY = sorted({p for kind in KINDS.values() for p in immutable(kind.model, kind.section)})
BY_RULE = {"users.UserAttributes"}
"""Immutable by what the schema of a pool says, and not by a mark."""


def test_every_immutable_member_has_a_row_and_every_row_a_member():
    assert set(IMMUTABLE_MEMBERS) == {*EVERY, *BY_RULE}


def sections_of(source: str) -> list[str]:
    return source.split(", ")


@pytest.mark.parametrize(
    "source", sorted({r.source for r in IMMUTABLE_MEMBERS.values()} | {i.source for i, _ in ITEMS})
)
def test_every_statement_has_a_source_in_the_facts(source):
    for section in sections_of(source):
        assert re.search(rf"^### {re.escape(section)} ", FACTS, re.MULTILINE), section


def test_a_row_also_holds_for_what_is_inside_of_a_member():
    assert row_of("user_pool", ("Schema", "tenant", "Mutable")) is IMMUTABLE_MEMBERS["user_pool.Schema"]
    assert row_of("user_pool", ("PoolName",)) is None


ALWAYS = ["pool_id", "sub", "attributes", "status", "tokens", "recovery"]
TOGGLES = [
    ({"clients": ("web",)}, ["client_ids"]),
    ({"secret_clients": ("web",)}, ["client_secrets"]),
    ({"native": True}, ["passwords"]),
    ({"factors": frozenset({"TOTP"})}, ["totp"]),
    ({"factors": frozenset({"SMS"})}, ["mfa"]),
    ({"factors": frozenset({"EMAIL"})}, ["mfa"]),
    ({"factors": frozenset({"PASSKEY"})}, ["passkeys"]),
    ({"devices": True}, ["devices"]),
    ({"memberships": True}, ["memberships"]),
    ({"providers": ("okta",)}, ["federated"]),
    ({"plus": True}, ["history"]),
]


@pytest.mark.parametrize(("change", "more"), TOGGLES)
def test_an_item_is_listed_if_the_pool_can_have_it(change, more):
    assert [i.id for i in items(NOTHING)] == ALWAYS
    assert sorted(i.id for i in items(replace(NOTHING, **change))) == sorted([*ALWAYS, *more])


def test_every_item_is_of_one_of_these_pools():
    assert [i.id for i in items(EVERYTHING)] == [i.id for i, _ in ITEMS]
    assert {i for _, more in TOGGLES for i in more} | set(ALWAYS) == {i.id for i, _ in ITEMS}


STEPS = [
    ({"triggers": True}, "Let the functions be called by the new pool"),
    ({"providers": ("okta",)}, "Register the new pool at the identity providers"),
    ({"native": True}, "Move users who sign in, by a UserMigration trigger"),
    ({"memberships": True}, "Add the users to their groups"),
    ({"prefix": "acme"}, "Cut over the prefix domain"),
    ({"custom": "login.example.com"}, "Cut over the custom domain"),
]
USUAL = [
    "Make the new pool beside the old one",
    "Import the users who are left",
    "Switch the applications",
    "Keep the old pool",
]


def titles(facts: PoolFacts) -> list[str]:
    return [s.title for s in replacement(TARGET, "new", (), facts, manifest="", operand="m.yaml").steps]


@pytest.mark.parametrize(("change", "title"), STEPS)
def test_a_step_is_there_if_the_pool_needs_it(change, title):
    assert titles(NOTHING) == USUAL
    assert sorted(titles(replace(NOTHING, **change))) == sorted([*USUAL, title])


def change(*, needs_pool: bool) -> FrozenChange:
    return FrozenChange("user_pool.X", "1", "2", "m.yaml:1:1", needs_pool, "Why.", "2.1")


def test_without_a_change_that_needs_it_there_is_no_new_pool():
    one, other = change(needs_pool=True), change(needs_pool=False)
    for changes, needed in (((), True), ((one,), True), ((other,), False), ((one, other), True)):
        found = replacement(TARGET, "new", changes, EVERYTHING, manifest="", operand="m.yaml")
        assert found.needed is needed
        assert bool(found.steps) is bool(found.items) is needed


def test_no_command_deletes_users_and_every_interruption_is_said():
    found = replacement(TARGET, "new", (), EVERYTHING, manifest="", operand="pool:customers")
    commands = [c for s in found.steps for c in s.commands]
    assert not [c for c in commands if "delete" in c.lower()]
    assert [c.partition("    #")[0] for c in commands if "--prune" in c] == ["poolctl apply OLD.yaml --prune"] * 2
    assert all("prune: [domains]" in c for c in commands if "--prune" in c)
    assert [s.title for s in found.steps if s.interrupts] == [
        "Import the users who are left",
        "Cut over the prefix domain",
        "Cut over the custom domain",
        "Switch the applications",
    ]
