"""A gap in words: the permission is named where it is missing, and nowhere else."""

from __future__ import annotations

import pytest

from reconciler.github.tickets import _gap as ticket
from reconciler.model import Gap
from reconciler.notify.alert_text import _gap as alert
from reconciler.render.json_parts import gap_entry
from reconciler.render.unread import unread
from tests.render.samples import address

NEEDS = "cognito-idp:ListGroups"


def gap(code: str, operation: str = NEEDS) -> Gap:
    return Gap(address("groups"), operation, f"{code}: no", code)


@pytest.mark.parametrize(
    ("code", "denied"),
    [
        ("AccessDeniedException", True),
        ("NotAuthorizedException", True),
        ("ExpiredTokenException", False),
        ("TooManyRequestsException", False),
        ("IncompleteAnswer", False),
        ("503", False),
        ("UnknownOperationException", False),
    ],
)
def test_only_a_denied_read_needs_a_permission(code, denied):
    line = unread(gap(code))
    assert line.startswith(f"Could not read groups: {NEEDS}: {code}: no")
    assert line.endswith(f" (needs the IAM action {NEEDS})") == denied
    entry = {**gap_entry(gap(code)), "id": "poolctl-1"}
    assert entry["iam_action"] == NEEDS  # as data it is always there
    assert ("needs the IAM action" in ticket(entry)) == denied
    assert ("needs" in [one.label for one in alert(entry)]) == denied


def test_what_another_document_could_not_say_names_no_call():
    one = Gap(address("groups"), "", "refers to a/user_pool#Id, which could not be read: no")
    assert unread(one) == "Could not read groups: refers to a/user_pool#Id, which could not be read: no"
    entry = {**gap_entry(one), "id": "poolctl-1"}
    assert entry["iam_action"] == ""
    assert [line.label for line in alert(entry)] == [""]
    assert "``" not in ticket(entry)
