"""Each member of a client and of a pool that governs sign-in changes what happens when it is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.local.checks import service_model
from tests.local.signin import client_cases, pool_cases
from tests.local.signin.settings_support import Case

CASES = [*client_cases.CASES, *pool_cases.CASES]


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.of} {c.member} {c.about}".strip())
def test_changing_a_setting_changes_what_happens(case: Case) -> None:
    assert case.seen[0] != case.seen[1]
    assert tuple(case.observe(site) for site in case.sites()) == case.seen


def members(operation: str) -> list[str]:
    """Paths of what can be set; a list or a map is one member."""
    return sorted(_walked(service_model().operation_model(operation).input_shape, ""))


def _walked(shape: Any, path: str) -> Iterator[str]:
    for name, inner in shape.members.items():
        if inner.type_name == "structure":
            yield from _walked(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"


TABLES = [
    ("CreateUserPoolClient", "client", client_cases.UNRELATED),
    ("CreateUserPool", "pool", pool_cases.UNRELATED),
    ("SetUserPoolMfaConfig", "mfa", pool_cases.UNRELATED_TO_MFA),
]


@pytest.mark.parametrize(("operation", "of", "unrelated"), TABLES, ids=[t[0] for t in TABLES])
def test_every_member_has_a_case_or_a_reason(operation: str, of: str, unrelated: dict[str, str]) -> None:
    tried = {c.member for c in CASES if c.of == of}
    known = members(operation)
    explained = {m for m in known for prefix in unrelated if m == prefix or m.startswith(f"{prefix}.")}
    assert set(known) - tried - explained == set()
    assert tried - set(known) == set()  # no case about something that does not exist
    assert tried & explained == set()
    assert [p for p in unrelated if not any(m == p or m.startswith(f"{p}.") for m in known)] == []
    assert all(len(reason.split()) > 2 for reason in unrelated.values())
