"""A lower feature plan is refused while planning, also for what the manifest does not declare.

Cognito refuses UpdateUserPool as long as any part of the pool uses a feature of the higher plan (cognito.md 2.19), and
most of these parts are read only if they are declared.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.support import bench, manifest

ROTATING = {"RefreshTokenRotation": {"Feature": "ENABLED"}, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}
CHOOSING = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}

USES = {
    "sessions": ({"session": {"UserSessionTracking": "ENABLED"}}, "Session tracking"),
    "managed login": ({"domains": {"customers": {"ManagedLoginVersion": 2}}}, "Managed login"),
    "rotation": ({"clients": {"web": ROTATING}}, "Refresh-token rotation"),
    "choice": ({"clients": {"web": CHOOSING}}, "ALLOW_USER_AUTH"),
}


def pool(tier: str | None, members: Mapping[str, object] | None = None, **sections: object) -> dict[str, object]:
    return {"version": 1, "user_pool": {"PoolName": "customers", "UserPoolTier": tier, **(members or {})}, **sections}


@pytest.mark.parametrize(("sections", "feature"), USES.values(), ids=USES)
def test_a_lower_plan_is_refused_for_what_is_live_and_not_declared(tmp_path, sections, feature):
    with bench() as here:
        here.converge(manifest(tmp_path, pool("ESSENTIALS", **sections)))
        plan = here.plan(manifest(tmp_path, pool("LITE")))
        assert [r.message for r in plan.refusals] == [f"{feature} requires the feature plan ESSENTIALS or higher."]


def test_log_delivery_that_needs_plus_is_found_too(tmp_path):
    logs = {"EventSource": "userAuthEvents", "LogLevel": "INFO"}
    logs["CloudWatchLogsConfiguration"] = {
        "LogGroupArn": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/vendedlogs/cognito"
    }
    with bench() as here:
        watched = {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}
        here.converge(manifest(tmp_path, pool("PLUS", watched, log_delivery={"LogConfigurations": [logs]})))
        for lower in ("ESSENTIALS", None):
            plan = here.plan(manifest(tmp_path, pool(lower, {"UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}})))
            assert [r.message for r in plan.refusals] == [
                "Delivery of userAuthEvents requires the feature plan PLUS or higher."
            ]


def test_only_a_lower_plan_reads_more(tmp_path):
    with bench() as here:
        here.converge(manifest(tmp_path, pool("ESSENTIALS")))
        for tier, more in (("ESSENTIALS", False), ("PLUS", False), ("LITE", True)):
            before = len(here.local.calls)
            here.plan(manifest(tmp_path, pool(tier)))
            asked = {call.operation for call in here.local.calls[before:]}
            assert ("GetUserPoolSessionConfiguration" in asked) == more
