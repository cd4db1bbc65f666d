"""Every member of every schema says which way it leads, and each order obeys its law."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.kinds import KINDS
from reconciler.model import Direction, FieldChange
from reconciler.security import judging
from reconciler.security.bearing import Bearing, Neutral
from reconciler.security.members import tables
from reconciler.security.whole_objects import OBJECTS, appeared, vanished
from schemas.base import OneOf, members
from tests.laws.strategies import bank

INSIDE = {s.partition(".")[2] for s in KINDS if "." in s}
"""Members of a client's schema that are kinds of their own."""


def leaves(model: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, member in members(model).items():
        if not path and name in INSIDE and model is KINDS["clients"].model:
            continue
        step = (*path, name, "x") if member.shape == "map" else (*path, name)
        if member.model and member.shape in ("structure", "map"):
            yield from leaves(member.model, step)
        else:
            yield step, member


MEMBERS = [(section, path, member) for section, kind in KINDS.items() for path, member in leaves(kind.model)]


@pytest.mark.parametrize(
    ("section", "path", "member"), MEMBERS, ids=lambda v: ".".join(v) if type(v) is tuple else None
)
def test_every_member_has_a_direction_or_is_neutral_for_a_reason(section, path, member):
    row, _ = judging.row_of(tables()[section], path)
    assert row is not None, f"{section} {path}: add a row to reconciler/security/members/"
    assert row.reason if isinstance(row, Neutral) else row.who


def test_no_row_is_about_a_member_that_does_not_exist():
    for section, table in tables().items():
        known = [path for s, path, _ in MEMBERS if s == section]
        for key in table:
            steps = key.split(".")
            free = any(len(p) >= len(steps) and all(k in ("*", s) or s == "x" for k, s in zip(steps, p)) for p in known)  # noqa: B905
            assert free, f"{section}: {key}"


def values_of(section: str, path: tuple[str, ...], member: Any) -> list[Any]:
    """Values of a member: its words, those that tests know, and what is around them."""
    words = next((list(m.values) for m in (*member.marks, *member.item_marks) if isinstance(m, OneOf)), [])
    known = list(bank().get((section, *path), [])) + list(bank().get((section, *path[:-1]), []))
    if member.shape == "list":
        flat = [w for v in known if isinstance(v, list) for w in v if isinstance(w, str)]
        items = [*words, *dict.fromkeys(flat), "https://a.example.com/1", "https://a.example.com/2"]
        return [
            None,
            [],
            *([w] for w in items),
            items[:2],
            items[1:3],
            items,
            *(v for v in known if isinstance(v, list)),
        ]
    if member.scalar is bool:
        return [None, True, False]
    if member.scalar is int:
        return [None, 0, 1, 5, 60]
    text = ["https://a.example.com", "https://b.example.com", "arn:aws:x:eu-west-1:1:y", "arn:aws:x:eu-west-1:2:y"]
    return [None, *words, *(words or text), "true", "false"]


CASES = [
    (section, path, member)
    for section, path, member in MEMBERS
    if isinstance(judging.row_of(tables()[section], path)[0], Bearing)
]


@pytest.mark.parametrize(("section", "path", "member"), CASES, ids=lambda v: ".".join(v) if type(v) is tuple else None)
def test_the_direction_back_is_the_opposite(section, path, member):
    row, _ = judging.row_of(tables()[section], path)
    for one in values_of(section, path, member):
        for other in values_of(section, path, member):
            old, new = (judging.placed({}, path, v) for v in (one, other))
            there = row.order(judging.Judged(one, other, old, new))
            back = row.order(judging.Judged(other, one, new, old))
            assert back is there.opposite, (one, other)
            assert one != other or there is Direction.NEUTRAL


@pytest.mark.parametrize("section", list(OBJECTS))
@given(data=st.data())
def test_an_object_that_goes_is_the_opposite_of_one_that_comes(section, data):
    tree = data.draw(st.sampled_from([{}, {"RoleArn": "arn:aws:iam::1:role/x"}, {"Name": "x"}]))
    assert vanished(section, tree).direction is appeared(section, tree).direction.opposite


def test_every_kind_of_several_objects_says_what_it_means_that_one_appears():
    several = {s for s, k in KINDS.items() if not k.single and not k.root and (k.create or k.update)}
    assert several <= set(OBJECTS)


def lead(section: str, path: str, before: Any, after: Any, *around: Any) -> str:
    change = FieldChange(tuple(path.split(".")), before, after)
    old, new = around or ({}, {})
    trees = [judging.placed(o, change.path, v) for o, v in ((old, before), (new, after))]
    return judging.direction(judging.effects(section, change, *trees)).value


ARN = "arn:aws:lambda:eu-west-1:{}:function:f"


@pytest.mark.parametrize(
    ("section", "path", "before", "after", "expected"),
    [
        ("mfa", "MfaConfiguration", "ON", "OPTIONAL", "weakens"),
        ("mfa", "MfaConfiguration", "OFF", "OPTIONAL", "strengthens"),
        ("mfa", "WebAuthnConfiguration.RelyingPartyId", "a.example.com", "b.example.com", "mixed"),
        ("user_pool", "Policies.PasswordPolicy.MinimumLength", 14, 8, "weakens"),
        ("user_pool", "Policies.PasswordPolicy.TemporaryPasswordValidityDays", 0, 7, "neutral"),
        ("user_pool", "DeletionProtection", "ACTIVE", "INACTIVE", "weakens"),
        ("user_pool", "AdminCreateUserConfig.AllowAdminCreateUserOnly", True, False, "weakens"),
        ("user_pool", "LambdaConfig.UserMigration", None, ARN.format(1), "weakens"),
        ("user_pool", "LambdaConfig.UserMigration", ARN.format(1), ARN.format(2), "mixed"),
        ("user_pool", "LambdaConfig.PreSignUp", ARN.format(1), None, "mixed"),
        ("user_pool", "UserPoolTags.team", "one", "other", "neutral"),
        ("user_pool", "UserPoolTier", "PLUS", "ESSENTIALS", "weakens"),
        ("user_pool", "AutoVerifiedAttributes", ["email"], [], "weakens"),
        ("clients", "ExplicitAuthFlows", ["ALLOW_USER_SRP_AUTH"], ["ALLOW_USER_PASSWORD_AUTH"], "mixed"),
        ("clients", "ExplicitAuthFlows", None, ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], "strengthens"),
        ("clients", "AllowedOAuthFlows", ["code"], ["code", "implicit"], "weakens"),
        ("clients", "CallbackURLs", ["https://a.example.com/x"], ["https://a.example.com/y"], "neutral"),
        ("clients", "CallbackURLs", ["https://a.example.com/x"], ["https://b.example.com/x"], "mixed"),
        ("clients", "CallbackURLs", ["https://a.example.com/x"], ["https://a.example.com/x", "app://cb"], "weakens"),
        ("clients", "WriteAttributes", ["name"], None, "weakens"),
        ("clients", "WriteAttributes", ["name"], ["name", "custom:role"], "weakens"),
        ("clients", "PublishSecretsInAWSSecretsManager", True, False, "weakens"),
        (
            "identity_providers",
            "ProviderDetails.oidc_issuer",
            "https://a.example.com",
            "https://b.example.com",
            "mixed",
        ),
        ("identity_providers", "ProviderDetails.IDPInit", "false", "true", "weakens"),
        ("identity_providers", "AttributeMapping.email_verified", "email_verified", None, "weakens"),
        ("identity_providers", "AttributeMapping.custom:role", None, "role", "weakens"),
        ("groups", "RoleArn", None, "arn:aws:iam::123456789012:role/admin", "weakens"),
        ("groups", "RoleArn", "arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b", "mixed"),
        ("groups", "Precedence", 10, 1, "weakens"),
        ("log_delivery", "LogConfigurations", [{"EventSource": "userAuthEvents"}], [], "weakens"),
        ("roles", "Roles.unauthenticated", None, "arn:aws:iam::1:role/a", "weakens"),
        ("roles", "RoleMappings.p:c.AmbiguousRoleResolution", "Deny", "AuthenticatedRole", "weakens"),
        ("identity_pool", "AllowUnauthenticatedIdentities", False, True, "weakens"),
        ("domains", "CustomDomainConfig.SecurityPolicy", "TLS_V1_2_2021", None, "weakens"),
    ],
)
def test_what_is_weaker(section, path, before, after, expected):
    assert lead(section, path, before, after) == expected


def test_a_life_is_judged_in_seconds_and_said_once():
    minutes, hours = ({"TokenValidityUnits": {"AccessToken": u}} for u in ("minutes", "hours"))
    assert lead("clients", "AccessTokenValidity", 60, 1, minutes, hours) == "neutral"
    assert lead("clients", "AccessTokenValidity", 60, 2, minutes, hours) == "weakens"
    unit, same = "TokenValidityUnits.AccessToken", {"AccessTokenValidity": 60}
    assert lead("clients", unit, "minutes", "hours", same, same) == "weakens"
    assert lead("clients", unit, "minutes", "hours", same, {"AccessTokenValidity": 2}) == "neutral"


def test_a_structure_is_judged_by_its_members():
    change = FieldChange(("SmsConfiguration",), None, {"SnsCallerArn": "arn:aws:iam::1:role/x", "ExternalId": "y"})
    found = judging.effects("user_pool", change, {}, {"SmsConfiguration": change.after})
    assert [(e.path[-1], e.direction.value) for e in found] == [
        ("SnsCallerArn", "mixed"),
        ("ExternalId", "strengthens"),
    ]


def test_no_sentence_holds_a_value():
    secret = "arn:aws:lambda:eu-west-1:123456789012:function:hush"
    other = "arn:aws:lambda:eu-west-1:210987654321:function:hush"
    for section, path, _ in CASES:
        for one, two in ((secret, other), ([secret], [other]), (None, secret)):
            for effect in judging.effects(section, FieldChange(path, one, two), {}, {}):
                words = " ".join((effect.sentence, effect.tokens, effect.undo, *effect.facts))
                assert "hush" not in words
                assert "210987654321" not in words


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("PLUS", "ESSENTIALS", "more than a day back"),
        ("PLUS", "LITE", "every recovery of users"),
        ("ESSENTIALS", "PLUS", ""),
    ],
)
def test_a_lower_plan_names_what_ends_and_each_what_it_costs(before, after, said):
    (found,) = judging.effects("user_pool", FieldChange(("UserPoolTier",), before, after), {}, {})
    assert said in found.sentence
    assert found.facts == ("The price for each active user changes with the plan.",)
