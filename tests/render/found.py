"""Drift, and validations, that hold everything a renderer can meet; plans and applies are in `samples`."""

from __future__ import annotations

from dataclasses import replace

from reconciler.errors import Problem
from reconciler.model import (
    OUTPUTS,
    Action,
    Attribution,
    Drift,
    FieldChange,
    Finding,
    FindingClass,
    Gap,
    Notice,
    Plan,
    Position,
)
from reconciler.render import redact, report
from reconciler.render.report import Report
from reconciler.render.subjects import Validation
from tests.render.samples import (
    APPLIED,
    FILE,
    GAP,
    LITERAL,
    NEW,
    NOTICE,
    PLANS,
    REFUSAL,
    TARGET,
    address,
    change,
    secret,
)

MARKUP = "</code><script>alert(1)</script>`*_@everyone|[x](https://x)"
"""A name that no format may obey."""

CHANGED = Finding(
    "poolctl-00000000000000a1",
    FindingClass.CHANGED,
    address("clients", "web"),
    ("CallbackURLs",),
    ["https://www.example.com/cb"],
    ["https://www.example.com/cb", "https://evil.example.com/cb"],
    "error",
    fails=True,
    source=Position(FILE, 47, 5),
    attribution=Attribution(
        "arn:aws:sts::123456789012:assumed-role/Admin/jane",
        "UpdateUserPoolClient",
        "2026-08-20T14:02:11Z",
        "7f0e-1",
        "203.0.113.9",
        console=True,
    ),
)
SECRET_CHANGED = Finding(
    "poolctl-00000000000000a2",
    FindingClass.CHANGED,
    address("identity_providers", "okta"),
    ("ProviderDetails", "client_secret"),
    secret(),
    LITERAL,
    "error",
    fails=True,
    sensitive=True,
    source=Position(FILE, 31, 7),
)
MISSING = Finding(
    "poolctl-00000000000000a3",
    FindingClass.MISSING,
    address("groups", "admins"),
    (),
    {"Precedence": 1},
    None,
    "error",
    fails=True,
    source=Position(FILE, 80, 3),
)
UNMANAGED = Finding(
    "poolctl-00000000000000a4",
    FindingClass.UNMANAGED,
    address("identity_providers", "Okta2"),
    (),
    None,
    {"ProviderType": "OIDC", "ProviderDetails": {"client_secret": secret(), "copy": LITERAL}},
    "warning",
    fails=True,
)
UNDECLARED = Finding(
    "poolctl-00000000000000a5",
    FindingClass.UNDECLARED,
    address("user_pool"),
    ("UserPoolTier",),
    "ESSENTIALS",
    "PLUS",
    "note",
    fails=False,
    source=Position(FILE, 6, 1),
)

STORED_CHANGED = Finding(
    "poolctl-00000000000000a6",
    FindingClass.CHANGED,
    address(OUTPUTS, "ssm:/shop/web"),
    ("issuer",),
    "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf",
    "https://example.com",
    "error",
    fails=True,
    source=Position(FILE, 94, 5),
)
STORED_MISSING = replace(
    STORED_CHANGED,
    id="poolctl-00000000000000a7",
    cls=FindingClass.MISSING,
    path=("scopes",),
    desired="openid",
    live=None,
)
FILE_CHANGED = replace(
    STORED_CHANGED,
    id="poolctl-00000000000000a8",
    address=address(OUTPUTS, ".env.cognito"),
    path=(),
    desired=None,
    live=None,
    source=Position(FILE, 91, 5),
)

NOT_HERE = Gap(address("limits"), "cognito-idp:GetProvisionedLimit", "InvalidAction: no", "InvalidAction")
LACKING = Notice("Not available here, so not read: limits (cognito-idp:GetProvisionedLimit: InvalidAction).")
EXPIRED = Notice("An ignore rule expired.", Position(FILE, 90, 5))

DRIFTS: dict[str, list[Drift]] = {
    "full": [Drift(TARGET, (CHANGED, SECRET_CHANGED, MISSING, UNMANAGED, UNDECLARED), 12, (), (), (NOTICE,), 2)],
    "none": [Drift(TARGET, (), 1)],
    "incomplete": [Drift(TARGET, (), 3, (GAP,)), Drift(NEW, (), 0, (), (replace(REFUSAL, rule="ambiguous"),))],
    "expired": [Drift(TARGET, (), 9, notices=(EXPIRED,), expired=(EXPIRED,))],
    "unavailable": [Drift(TARGET, (), 5, notices=(LACKING,), unavailable=(NOT_HERE,))],
    "outputs": [Drift(TARGET, (STORED_CHANGED, STORED_MISSING, FILE_CHANGED), 7)],
    "nothing": [],
}

PROBLEMS = (
    Problem(Position("-", 1, 1), "", "not YAML"),
    Problem(Position("pools/a b.yaml", 4, 2), "clients.web", "Unknown key, 100%: Foo.\nSecond line", "Fix it."),
    Problem(Position("pools/a b.yaml", 9, 2), "user_pool", "MFA needs SMS. [P7]", "Add SmsConfiguration."),
)
NOTICES = (Notice("old"), Notice("odd", Position("pools/c.yaml", 3, 1)))

VALIDATED = {
    "wrong": Validation(PROBLEMS, NOTICES, ("pools/c.yaml",)),
    "right": Validation((), (), ("pools/c.yaml", "pools/d.yaml")),
}

HOSTILE = Plan(
    replace(TARGET, pool_name=MARKUP),
    (
        change(
            address("groups", MARKUP),
            Action.CREATE,
            FieldChange(("Description",), None, MARKUP),
            FieldChange(("Text",), None, "```\n" + MARKUP + "\n````\n::error::x\x0b\ud800"),
            reason=MARKUP,
            source=Position(f"pools/{MARKUP}.yaml", 1, 1),
        ),
    ),
    refusals=(replace(REFUSAL, message=f"{MARKUP}\r\n::error::run, 50%", advice=MARKUP),),
    notices=(Notice(MARKUP),),
)

REPORTS: dict[str, Report] = {
    **{f"plan-{name}": report.plan(redact.plans(plans)) for name, plans in PLANS.items()},
    **{f"apply-{name}": report.apply(redact.applied(applied)) for name, applied in APPLIED.items()},
    **{f"drift-{name}": report.drift(redact.drifts(drifts)) for name, drifts in DRIFTS.items()},
    **{f"validate-{name}": report.validate(found) for name, found in VALIDATED.items()},
    "plan-hostile": report.plan(redact.plans([HOSTILE])),
}
"""Every report, by command and case."""
