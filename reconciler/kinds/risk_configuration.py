"""Threat protection: actions for risky sign-ins, for a pool or, replacing the pool's, for single clients.

SetRiskConfiguration replaces everything; an empty one removes the configuration (cognito.md 2.8).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import Breach, Check, PendingCall, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import below, dig, has_plan
from reconciler.model import Tree
from schemas.risk_configuration import RiskConfiguration

EXCEPTIONS = "RiskExceptionConfiguration"
ACTIONS = ("LowAction", "MediumAction", "HighAction")


def from_api(answer: Tree) -> Tree:
    """Drop the client's id, which follows from the place in the manifest."""
    return {k: v for k, v in answer.items() if k != "ClientId"}


def prepare(pending_call: PendingCall) -> Tree:
    """Drop empty lists of addresses, which the service refuses; an absent list is an empty one."""
    payload = dict(pending_call.payload)
    exceptions = {k: v for k, v in (payload.pop(EXCEPTIONS, None) or {}).items() if v}
    return {**payload, EXCEPTIONS: exceptions} if exceptions else payload


O14 = Rule(
    id="O14",
    title="A risk configuration without threat protection",
    what="A pool or client has a risk configuration while threat protection is off or the plan is below PLUS, or it "
    "notifies users without NotifyConfiguration.",
    why="Cognito refuses the configuration, the former with UserPoolAddOnNotEnabledException.",
    source=("cognito.md 3.3", "cognito.md 2.8"),
    advice="Set user_pool.UserPoolTier to PLUS and user_pool.UserPoolAddOns.AdvancedSecurityMode to ENFORCED, and add "
    "NotifyConfiguration where users are notified.",
    offline=True,
)
"""The rule without a section; see `protection_of`."""


def protection_of(section: str) -> Check:
    """Return the check for the configurations of one section."""

    def protection(state: State) -> Iterator[Breach]:
        mode = dig(state.one("user_pool"), "UserPoolAddOns", "AdvancedSecurityMode")
        pool = state.one("user_pool")
        off = bool(pool) and (mode == "OFF" or state.lacks(pool, "UserPoolAddOns", "AdvancedSecurityMode"))
        for address, tree in state.all(section).items():
            said = any(value is not None for value in tree.values())
            if said and (below(state, "PLUS") or off):
                yield Breach(
                    section,
                    address.name,
                    (),
                    "A risk configuration requires threat protection, and threat protection requires the plan PLUS.",
                    "Set user_pool.UserPoolTier to PLUS and user_pool.UserPoolAddOns.AdvancedSecurityMode to ENFORCED.",
                )
            yield from _notification(section, address.name, tree, state)

    return protection


def _notification(section: str, name: str, tree: Tree, state: State) -> Iterator[Breach]:
    takeover = tree.get("AccountTakeoverRiskConfiguration") or {}
    actions = takeover.get("Actions") or {}
    loud = [a for a in ACTIONS if dig(actions, a, "Notify") is True]
    if loud and state.lacks(tree, "AccountTakeoverRiskConfiguration", "NotifyConfiguration"):
        yield Breach(
            section,
            name,
            ("AccountTakeoverRiskConfiguration", "Actions", loud[0], "Notify"),
            "Users cannot be notified without NotifyConfiguration.",
            "Add NotifyConfiguration with the SourceArn of an SES identity, or set Notify to false.",
        )


def _kind(section: str, **inside: object) -> ResourceKind:
    return ResourceKind(
        section=section,
        resource_type="UserPoolRiskConfigurationAttachment",
        title="risk configuration",
        model=RiskConfiguration,
        reading=Reading("DescribeRiskConfiguration", "RiskConfiguration", never_missing=True),
        in_pool=has_plan("PLUS"),
        update="SetRiskConfiguration",
        read_with=("user_pool",),
        from_api=from_api,
        prepare=prepare,
        rules=(O14.checked_by(protection_of(section), section),),
        **inside,  # type: ignore[arg-type]
    )


POOL = _kind("risk_configuration")
CLIENT = _kind("clients.risk_configuration")
