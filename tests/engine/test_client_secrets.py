"""The age of a client's secrets is reported when a manifest asks for it."""

from __future__ import annotations

from datetime import date

import pytest

from reconciler.kinds.client_secrets import age_on
from reconciler.kinds.kind import State
from reconciler.model import Address
from tests.support import bench, document, manifest


@pytest.mark.parametrize(("limit", "days", "said"), [(90, 90, False), (90, 91, True), (1, 2, True)])
def test_only_a_secret_that_is_older_than_allowed_is_reported(limit, days, said):
    made = date(2026, 1, 1)
    today = date.fromordinal(made.toordinal() + days)
    tree = {"max_age_days": limit, "NewestSecret": made.isoformat()}
    state = State({Address("p", "clients.secrets", "web"): tree}, frozenset())
    found = list(age_on(lambda: today).violations(state))
    assert [v.rule.warning for v in found] == ([True] if said else [])


def test_it_is_read_only_when_it_is_asked_for_and_changes_nothing(tmp_path):
    with bench() as here:
        plain = document(clients={"web": {"GenerateSecret": True}})
        here.converge(manifest(tmp_path, plain))
        here.local.calls.clear()
        here.plan(manifest(tmp_path, plain))
        assert "ListUserPoolClientSecrets" not in [c.operation for c in here.local.calls]
        asked = document(clients={"web": {"GenerateSecret": True, "secrets": {"max_age_days": 90}}})
        found = here.plan(manifest(tmp_path, asked))
        assert "ListUserPoolClientSecrets" in [c.operation for c in here.local.calls]
        assert found.pending == ()
        assert found.notices == ()
        look = next(c for c in found.changes if c.address.section == "clients.secrets")
        assert "NewestSecret" in look.after


def test_a_client_that_is_still_to_be_made_has_no_old_secret(tmp_path):
    with bench() as here:
        asked = document(clients={"web": {"GenerateSecret": True, "secrets": {"max_age_days": 1}}})
        here.converge(manifest(tmp_path, asked))
