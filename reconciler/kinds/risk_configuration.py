"""Threat protection: actions for risky sign-ins, for a pool or, replacing the pool's, for single clients.

SetRiskConfiguration replaces everything; an empty one removes the configuration (cognito.md 2.8).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.kind import PendingCall, Reading, ResourceKind, State, Violation
from reconciler.kinds.shared_rules import below, dig
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


def rules_for(section: str) -> tuple[object, ...]:
    """Return the rules for one section."""

    def protection(state: State) -> Iterator[Violation]:
        """O14."""
        mode = dig(state.one("user_pool"), "UserPoolAddOns", "AdvancedSecurityMode")
        off = mode not in ("AUDIT", "ENFORCED") and not state.offline and bool(state.one("user_pool"))
        for address, tree in state.all(section).items():
            said = any(value is not None for value in tree.values())
            if said and (below(state, "PLUS") or off):
                yield Violation(
                    "O14",
                    section,
                    address.name,
                    (),
                    "A risk configuration needs threat protection, and threat protection needs the plan PLUS.",
                    "Set user_pool.UserPoolTier to PLUS and user_pool.UserPoolAddOns.AdvancedSecurityMode to ENFORCED.",
                )
            yield from _notification(section, address.name, tree, offline=state.offline)

    return (protection,)


def _notification(section: str, name: str, tree: Tree, *, offline: bool) -> Iterator[Violation]:
    takeover = tree.get("AccountTakeoverRiskConfiguration") or {}
    actions = takeover.get("Actions") or {}
    loud = [a for a in ACTIONS if dig(actions, a, "Notify") is True]
    if loud and not takeover.get("NotifyConfiguration") and not offline:
        yield Violation(
            "O14",
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
        reading=Reading("DescribeRiskConfiguration", "RiskConfiguration"),
        update="SetRiskConfiguration",
        stands_on=("user_pool",),
        from_api=from_api,
        prepare=prepare,
        rules=rules_for(section),  # type: ignore[arg-type]
        **inside,  # type: ignore[arg-type]
    )


POOL = _kind("risk_configuration")
CLIENT = _kind("clients.risk_configuration")
