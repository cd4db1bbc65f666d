"""The age of a client's secrets is reported when a manifest asks for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from reconciler.drift.findings import Criteria
from reconciler.kinds.client_secrets import age_on
from reconciler.kinds.kind import State
from reconciler.model import Address
from reconciler.runs.drift_run import compared, secret_limits, with_secret_age
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


def drift(here, found, today: str):
    return compared(found, here.cloud, Criteria(today)).drift


@pytest.mark.parametrize("published", [False, True])
@pytest.mark.parametrize(("limit", "days", "old"), [(90, 90, False), (90, 91, True)])
def test_drift_reports_an_old_secret_in_both_worlds(tmp_path, published, limit, days, old):
    with bench() as here:
        client = {"GenerateSecret": True, "PublishSecretsInAWSSecretsManager": published}
        tree = document(clients={"web": {**client, "secrets": {"max_age_days": limit}}, "api": client, "spa": {}})
        here.converge(manifest(tmp_path, tree))
        today = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
        found = drift(here, manifest(tmp_path, tree), today)
        words = [(str(f.address), f.path, f.cls.value, f.desired, f.live, f.fails) for f in found.findings]
        assert words == ([("clients/web/secrets", ("max_age_days",), "changed", limit, days, True)] if old else [])
        every = with_secret_age(manifest(tmp_path, tree), 30)
        assert [(f.address.name, f.desired) for f in drift(here, every, today).findings] == [
            ("api", 30),
            *([("web", limit)] if old else []),
        ]


def test_a_plan_of_a_client_with_a_secret_changes_nothing_during_a_rotation(tmp_path):
    """Two secrets while both work, and another one afterwards: neither is a change."""
    with bench() as here:
        tree = document(clients={"web": {"GenerateSecret": True, "secrets": {"max_age_days": 90}}})
        here.converge(manifest(tmp_path, tree))
        pool, client = next((p["id"], next(iter(p["clients"]))) for p in here.local.records.values())
        ids = {"UserPoolId": pool, "ClientId": client}
        here.boto().add_user_pool_client_secret(**ids)
        assert here.plan(manifest(tmp_path, tree)).pending == ()
        old = here.boto().list_user_pool_client_secrets(**ids)["ClientSecrets"][0]["ClientSecretId"]
        here.boto().delete_user_pool_client_secret(**ids, ClientSecretId=old)
        found = here.plan(manifest(tmp_path, tree))
        assert (found.pending, found.refusals) == ((), ())


def unmanaged(here, *names, **more):
    """Clients that the manifest does not declare."""
    pool = next(iter(here.local.records))
    for name in names:
        here.boto().create_user_pool_client(UserPoolId=pool, ClientName=name, GenerateSecret=True, **more)
    here.local.calls.clear()


def listings(here):
    return [c.operation for c in here.local.calls].count("ListUserPoolClientSecrets")


DECLARED = document(clients={"web": {"ClientName": "site", "GenerateSecret": True}, "spa": {}})


@pytest.mark.parametrize(("days", "old"), [(30, False), (31, True)])
def test_a_limit_for_all_covers_clients_that_are_not_declared(tmp_path, days, old):
    with bench() as here:
        found = manifest(tmp_path, DECLARED)
        here.converge(found)
        unmanaged(here, "legacy", "legacy", "web")
        here.boto().create_user_pool_client(UserPoolId=next(iter(here.local.records)), ClientName="public")
        today = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
        criteria = Criteria(today, ceilings=secret_limits(30))
        findings = compared(with_secret_age(found, 30), here.cloud, criteria).drift.findings
        late = [f for f in findings if f.path]
        assert [(str(f.address), f.cls.value, f.desired, f.live) for f in late] == (
            [(f"clients/{name}/secrets", "changed", 30, 31) for name in ("legacy", "legacy", "web", "web")]
            if old
            else []
        )
        assert len({f.id for f in findings}) == len(findings)
        assert listings(here) == 4  # none for the two public clients
        assert len([f for f in findings if not f.path]) == 4  # each is reported as undeclared too


def test_who_does_not_ask_pays_nothing(tmp_path):
    with bench() as here:
        found = manifest(tmp_path, DECLARED)
        here.converge(found)
        unmanaged(here, "legacy")
        compared(found, here.cloud, Criteria("2099-01-01"))
        compared(found, here.cloud, Criteria("2099-01-01", targets=("clients/web",), ceilings=secret_limits(30)))
        assert listings(here) == 0


def test_clients_that_drift_does_not_list_are_not_looked_at(tmp_path):
    with bench() as here:
        ignored = {**DECLARED, "ignore": [{"path": "clients/amplify-*", "reason": "made by Amplify"}]}
        found = manifest(tmp_path, ignored)
        here.converge(found)
        unmanaged(here, "amplify-1", "AWSElasticsearch-x", "legacy")
        criteria = Criteria("2099-01-01", ceilings=secret_limits(30))
        findings = compared(found, here.cloud, criteria).drift.findings
        assert [str(f.address) for f in findings] == ["clients/legacy", "clients/legacy/secrets"]
        assert listings(here) == 1


def test_secrets_that_cannot_be_listed_are_a_gap(tmp_path):
    with bench() as here:
        found = manifest(tmp_path, DECLARED)
        here.converge(found)
        unmanaged(here, "legacy")
        here.local.faults.add("ListUserPoolClientSecrets", "AccessDeniedException", times=9)
        drift = compared(found, here.cloud, Criteria("2099-01-01", ceilings=secret_limits(30))).drift
        assert [(str(g.address), g.operation) for g in drift.gaps] == [
            ("clients/legacy/secrets", "cognito-idp:ListUserPoolClientSecrets")
        ]
        assert [str(f.address) for f in drift.findings] == ["clients/legacy"]
