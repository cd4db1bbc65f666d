"""What the service refuses about what a pool sends and calls: e-mail, SMS and functions (cognito.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.kinds.kind import Breach, Rule, State
from reconciler.kinds.shared_rules import arn_part, dig, single
from reconciler.model import Path, Tree
from schemas.published import PUBLISHED

POOL = "user_pool"

SNS_ALTERNATES: Mapping[str, Sequence[str]] = PUBLISHED["sms_regions"]
"""Regions that may send SMS for a pool, where that is not just the pool's own (cognito.md 9.1)."""

SES_OLD_POOLS: frozenset[str] = frozenset(PUBLISHED["ses_older_pool_regions"])
SES_COMMON: frozenset[str] = frozenset(PUBLISHED["ses_shared_regions"])
"""Regions whose SES identities the older pool Regions may use besides their own (cognito.md 9.3)."""

TRIGGER_STRUCTURES = ("PreTokenGenerationConfig", "CustomSMSSender", "CustomEmailSender", "InboundFederation")


def _at(path: Path, message: str, advice: str = "") -> Breach:
    return single(POOL, path, message, advice)


# --- e-mail --------------------------------------------------------------------------------------------------------

IDENTITY = ("EmailConfiguration", "SourceArn")


def _email(state: State) -> Tree:
    return state.one(POOL).get("EmailConfiguration") or {}


def developer_identity(state: State) -> Iterator[Breach]:
    """P14."""
    email = _email(state)
    if email.get("EmailSendingAccount") == "DEVELOPER" and not email.get("SourceArn") and not state.offline:
        yield _at(IDENTITY, "EmailSendingAccount DEVELOPER requires the ARN of an SES identity.")


P14 = Rule(
    id="P14",
    title="EmailSendingAccount DEVELOPER without an SES identity",
    what="EmailConfiguration has EmailSendingAccount DEVELOPER and no SourceArn.",
    why="Cognito refuses the pool: it would not know which SES identity sends the messages.",
    source=("cognito.md 3.1", "cognito.md 9.3"),
    advice="Add user_pool.EmailConfiguration.SourceArn.",
    check=developer_identity,
)


def default_identity(state: State) -> Iterator[Breach]:
    """P15."""
    email = _email(state)
    if email.get("EmailSendingAccount") == "COGNITO_DEFAULT" and email.get("SourceArn"):
        yield _at(IDENTITY, "With COGNITO_DEFAULT, the SES identity must have a sending policy for Cognito.")


P15 = Rule(
    id="P15",
    title="COGNITO_DEFAULT with an SES identity",
    what="EmailConfiguration has EmailSendingAccount COGNITO_DEFAULT and a SourceArn.",
    why="Cognito accepts it only if the SES identity has a sending policy for Cognito; whether it has one cannot be "
    "read from Cognito.",
    source=("cognito.md 3.1", "cognito.md 9.3"),
    advice="Make sure that it has one, or set EmailSendingAccount to DEVELOPER.",
    check=default_identity,
    warning=True,
)


def identity_region(state: State) -> Iterator[Breach]:
    """P16."""
    region = arn_part(_email(state).get("SourceArn"), 3)
    allowed = {state.region} | (SES_COMMON if state.region in SES_OLD_POOLS else set())
    if region and state.region and region not in allowed:
        yield _at(
            IDENTITY,
            f"An SES identity in {region} is not known to work for a pool in {state.region}.",
            f"Use an identity in {' or '.join(sorted(allowed))}.",
        )


P16 = Rule(
    id="P16",
    title="An SES identity in a Region that the pool cannot use",
    what="The SES identity of EmailConfiguration is in a Region that is not known to work for the Region of the pool.",
    why="Cognito refuses such pairs. AWS adds pairs without notice, so this is a warning.",
    source=("cognito.md 3.1", "cognito.md 9.3"),
    advice="Use an identity in the Region of the pool; older Regions can also use us-east-1, us-west-2 and eu-west-1.",
    check=identity_region,
    warning=True,
)


# --- SMS -----------------------------------------------------------------------------------------------------------


def _sms(state: State) -> Tree:
    return state.one(POOL).get("SmsConfiguration") or {}


def one_sender(state: State) -> Iterator[Breach]:
    """P18."""
    config = _sms(state)
    if config.get("SnsCallerArn") and config.get("EumsSms"):
        yield _at(("SmsConfiguration", "EumsSms"), "SnsCallerArn conflicts with EumsSms.")


P18 = Rule(
    id="P18",
    title="Two ways to send SMS",
    what="SmsConfiguration has both SnsCallerArn (Amazon SNS) and EumsSms (AWS End User Messaging).",
    why="Cognito refuses the pool.",
    source=("cognito.md 3.1", "cognito.md 9.1"),
    advice="Keep one way to send SMS.",
    check=one_sender,
    offline=True,
)


def sender_place(state: State) -> Iterator[Breach]:
    """P17."""
    config = _sms(state)
    eums = config.get("EumsSms") or {}
    allowed = SNS_ALTERNATES.get(state.region, (state.region,))
    region = config.get("SnsRegion")
    if state.region and isinstance(region, str) and region not in allowed:
        yield _at(
            ("SmsConfiguration", "SnsRegion"),
            f"A pool in {state.region} cannot send SMS through {region}.",
            f"Use {' or '.join(allowed)}.",
        )
    roles: dict[Path, Any] = {
        ("SnsCallerArn",): config.get("SnsCallerArn"),
        ("EumsSms", "CallerArn"): eums.get("CallerArn"),
    }
    for path, arn in roles.items():
        if state.account and arn_part(arn, 4) not in ("", state.account):
            yield _at(
                ("SmsConfiguration", *path),
                "The role belongs to another account; Cognito refuses cross-account roles.",
                f"Use a role of account {state.account}.",
            )


P17 = Rule(
    id="P17",
    title="SMS through another Region or account",
    what="SnsRegion is a Region that the pool cannot send SMS through, or the role for SMS belongs to another account.",
    why='Cognito refuses the pool; for the role with "Cross-account pass role is not allowed."',
    source=("cognito.md 3.1", "cognito.md 9.1"),
    advice="Use an SMS Region that Cognito allows for the pool's Region, and a role in the pool's account.",
    check=sender_place,
    offline=True,
)


# --- functions -----------------------------------------------------------------------------------------------------


def _triggers(state: State) -> Tree:
    return state.one(POOL).get("LambdaConfig") or {}


def function_region(state: State) -> Iterator[Breach]:
    """P20."""
    config = _triggers(state)
    arns: dict[Path, Any] = {
        (name,): value for name, value in config.items() if isinstance(value, str) and name != "KMSKeyID"
    }
    arns |= {(name, "LambdaArn"): dig(config, name, "LambdaArn") for name in TRIGGER_STRUCTURES}
    for path, arn in arns.items():
        if state.region and arn_part(arn, 3) not in ("", state.region):
            yield _at(("LambdaConfig", *path), f"The function is in {arn_part(arn, 3)}, the pool in {state.region}.")


P20 = Rule(
    id="P20",
    title="A Lambda trigger in another Region",
    what="A function in LambdaConfig is in another Region than the pool.",
    why="Cognito refuses the pool. A function of another account in the same Region is accepted.",
    source=("cognito.md 3.1", "cognito.md 9.2"),
    advice="Use a function in the pool's Region.",
    check=function_region,
    offline=True,
)


def sender_key(state: State) -> Iterator[Breach]:
    """P21."""
    config = _triggers(state)
    senders = [name for name in ("CustomSMSSender", "CustomEmailSender") if config.get(name)]
    key = config.get("KMSKeyID")
    if senders and not key and not state.offline:
        yield _at(
            ("LambdaConfig", senders[0]),
            f"{senders[0]} requires a KMS key that encrypts the codes.",
            "Add user_pool.LambdaConfig.KMSKeyID.",
        )
    if state.region and arn_part(key, 3) not in ("", state.region):
        yield _at(
            ("LambdaConfig", "KMSKeyID"),
            f"The key is in {arn_part(key, 3)}, the pool in {state.region}.",
            "Use a key in the pool's Region.",
        )


P21 = Rule(
    id="P21",
    title="A custom sender without a KMS key",
    what="LambdaConfig has CustomSMSSender or CustomEmailSender and no KMSKeyID, or the key is in another Region.",
    why="Cognito refuses the pool: it encrypts the codes for the function with that key.",
    source=("cognito.md 3.1", "cognito.md 9.4"),
    advice="Add user_pool.LambdaConfig.KMSKeyID with a key in the pool's Region.",
    check=sender_key,
    offline=True,
)


def token_functions(state: State) -> Iterator[Breach]:
    """P22."""
    config = _triggers(state)
    legacy, new = config.get("PreTokenGeneration"), dig(config, "PreTokenGenerationConfig", "LambdaArn")
    if isinstance(legacy, str) and isinstance(new, str) and legacy != new and state.offline:
        yield _at(
            ("LambdaConfig", "PreTokenGeneration"),
            "PreTokenGeneration and PreTokenGenerationConfig name different functions.",
        )


P22 = Rule(
    id="P22",
    title="Two pre token generation functions",
    what="PreTokenGeneration and PreTokenGenerationConfig.LambdaArn name different functions.",
    why="Cognito refuses the pool: both are one setting, and PreTokenGeneration is its legacy form.",
    source=("cognito.md 3.1", "cognito.md 9.2"),
    advice="Keep PreTokenGenerationConfig and remove PreTokenGeneration.",
    check=token_functions,
    offline=True,
)


RULES = (P14, P15, P16, P18, P17, P20, P21, P22)
