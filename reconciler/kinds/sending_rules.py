"""What the service refuses about what a pool sends and calls: e-mail, SMS and functions (cognito.md 3.1).

A replica has settings of its own for all of them (cognito.md 2.14), and they are held to the same rules, with its
Region in the place of the pool's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from reconciler.kinds.kind import Breach, Rule, State
from reconciler.kinds.shared_rules import arn_part, dig
from reconciler.model import Path, Tree
from schemas.published import PUBLISHED
from schemas.records import record

POOL = "user_pool"
REPLICAS = "replicas"

SNS_ALTERNATES: Mapping[str, Sequence[str]] = PUBLISHED["sms_regions"]
"""Regions that may send SMS for a pool, where that is not just the pool's own (cognito.md 9.1)."""

SES_OLD_POOLS: frozenset[str] = frozenset(PUBLISHED["ses_older_pool_regions"])
SES_COMMON: frozenset[str] = frozenset(PUBLISHED["ses_shared_regions"])
"""Regions whose SES identities the older pool Regions may use besides their own (cognito.md 9.3)."""

TRIGGER_STRUCTURES = ("PreTokenGenerationConfig", "CustomSMSSender", "CustomEmailSender", "InboundFederation")


@record(frozen=True, slots=True)
class Sender:
    """What sends and calls: the pool, or a replica of it."""

    section: str
    """Its section."""
    name: str
    """Its name within the section."""
    tree: Tree
    """Its settings."""
    region: str
    """Its Region; empty if unknown."""

    def at(self, path: Path, message: str, advice: str = "") -> Breach:
        """Return a breach by one of its members."""
        return Breach(self.section, self.name, path, message, advice)


def senders(state: State) -> Sequence[Sender]:
    """Return the pool and its replicas."""
    derived = state.derived
    if senders not in derived:
        replicas = [(a.name, tree) for a, tree in state.all(REPLICAS).items() if tree.get("Role") != "PRIMARY"]
        pool = Sender(POOL, "", state.one(POOL), state.region)
        derived[senders] = (pool, *(Sender(REPLICAS, name, tree, name) for name, tree in replicas))
    found: Sequence[Sender] = derived[senders]
    return found


# --- e-mail --------------------------------------------------------------------------------------------------------

IDENTITY = ("EmailConfiguration", "SourceArn")
ACCOUNT = ("EmailConfiguration", "EmailSendingAccount")
NOTIFICATION = ("AccountTakeoverRiskConfiguration", "NotifyConfiguration", "SourceArn")


def developer_identity(state: State) -> Iterator[Breach]:
    """P14."""
    for sender in senders(state):
        if dig(sender.tree, *ACCOUNT) == "DEVELOPER" and state.lacks(sender.tree, *IDENTITY):
            yield sender.at(IDENTITY, "EmailSendingAccount DEVELOPER requires the ARN of an SES identity.")


P14 = Rule(
    id="P14",
    title="EmailSendingAccount DEVELOPER without an SES identity",
    what="EmailConfiguration has EmailSendingAccount DEVELOPER and no SourceArn.",
    why="Cognito refuses the pool: it would not know which SES identity sends the messages.",
    source=("cognito.md 3.1", "cognito.md 9.3"),
    advice="Add EmailConfiguration.SourceArn.",
    check=developer_identity,
    offline=True,
    needs=("user_pool.EmailConfiguration", "replicas.EmailConfiguration"),
)


def default_identity(state: State) -> Iterator[Breach]:
    """P15."""
    for sender in senders(state):
        if dig(sender.tree, *ACCOUNT) == "COGNITO_DEFAULT" and dig(sender.tree, *IDENTITY):
            message = "With COGNITO_DEFAULT, the SES identity must have a sending policy for Cognito."
            yield sender.at(IDENTITY, message)


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
    needs=("user_pool.EmailConfiguration", "replicas.EmailConfiguration"),
)


def identities(state: State) -> Iterator[tuple[Sender, tuple[str, ...]]]:
    """Yield each place where an SES identity can be written, with who sends through it."""
    for sender in senders(state):
        yield sender, IDENTITY
    for section in ("risk_configuration", "clients.risk_configuration"):
        for address, tree in state.all(section).items():
            yield Sender(section, address.name, tree, state.region), NOTIFICATION


def identity_region(state: State) -> Iterator[Breach]:
    """P16."""
    for sender, path in identities(state):
        arn = dig(sender.tree, *path)
        region, account = arn_part(arn, 3), arn_part(arn, 4)
        allowed = {sender.region} | (SES_COMMON if sender.region in SES_OLD_POOLS else set())
        if region and sender.region and region not in allowed:
            message = f"An SES identity in {region} is not known to work for a pool in {sender.region}."
            yield sender.at(path, message, f"Use an identity in {' or '.join(sorted(allowed))}.")
        if account and state.account and account != state.account:
            message = f"An SES identity of account {account} is not known to work for a pool of {state.account}."
            yield sender.at(path, message, f"Use an identity of account {state.account}.")


P16 = Rule(
    id="P16",
    title="An SES identity that the pool cannot use",
    what="An SES identity, of EmailConfiguration or of a NotifyConfiguration, is in a Region that is not known to work "
    "for the Region of the pool, or in another account.",
    why="Cognito refuses such pairs. AWS adds pairs without notice, so this is a warning.",
    source=("cognito.md 3.1", "cognito.md 9.3"),
    advice="Use an identity in the account and Region of the pool; older Regions can also use us-east-1, us-west-2 and "
    "eu-west-1.",
    check=identity_region,
    warning=True,
    needs=(
        "user_pool.EmailConfiguration",
        "replicas.EmailConfiguration",
        "risk_configuration.AccountTakeoverRiskConfiguration",
        "clients.risk_configuration.AccountTakeoverRiskConfiguration",
    ),
)


# --- SMS -----------------------------------------------------------------------------------------------------------


def sms_settings(state: State) -> Iterator[tuple[Sender, Path, Tree]]:
    """Yield each place where the way to send SMS can be written: who sends, the path and what is there."""
    mfa = Sender("mfa", "", state.one("mfa"), state.region)
    places = [(sender, ("SmsConfiguration",)) for sender in senders(state)]
    for sender, path in (*places, (mfa, ("SmsMfaConfiguration", "SmsConfiguration"))):
        config = dig(sender.tree, *path)
        if isinstance(config, dict):
            yield sender, path, config


def one_sender(state: State) -> Iterator[Breach]:
    """P18."""
    found = list(sms_settings(state))
    for sender, path, config in found:
        if config.get("SnsCallerArn") and config.get("EumsSms"):
            yield sender.at((*path, "EumsSms"), "SnsCallerArn conflicts with EumsSms.")
    own = [(s, path, config) for s, path, config in found if state.offline and s.section in ("user_pool", "mfa")]
    for (_, _, one), (sender, path, other) in pairwise(own):  # one store, written in two places
        for member, contrary in (("SnsCallerArn", "EumsSms"), ("EumsSms", "SnsCallerArn")):
            if other.get(member) and one.get(contrary) and not other.get(contrary):
                message = f"{member} conflicts with {contrary} in user_pool.SmsConfiguration, the same setting."
                yield sender.at((*path, member), message)


P18 = Rule(
    id="P18",
    title="Two ways to send SMS",
    what="SmsConfiguration has both SnsCallerArn (Amazon SNS) and EumsSms (AWS End User Messaging).",
    why="Cognito refuses the pool.",
    source=("cognito.md 3.1", "cognito.md 9.1"),
    advice="Keep one way to send SMS.",
    check=one_sender,
    offline=True,
    needs=("user_pool.SmsConfiguration", "replicas.SmsConfiguration", "mfa.SmsMfaConfiguration"),
)


def sender_place(state: State) -> Iterator[Breach]:
    """P17."""
    for sender, path, config in sms_settings(state):
        for member, problem in (*_far(config, sender.region), *_foreign(config, state.account)):
            yield sender.at((*path, *member), *problem)


def _far(config: Tree, own: str) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Yield what sends from a Region that it cannot send from."""
    allowed = SNS_ALTERNATES.get(own, (own,))
    region, eums = config.get("SnsRegion"), dig(config, "EumsSms", "Region")
    if own and isinstance(region, str) and region not in allowed:
        yield ("SnsRegion",), (f"A pool in {own} cannot send SMS through {region}.", f"Use {' or '.join(allowed)}.")
    if own and isinstance(eums, str) and eums != own:
        message = f"A pool in {own} cannot send SMS with AWS End User Messaging in {eums}."
        yield ("EumsSms", "Region"), (message, f"Use {own}, or remove Region.")


def _foreign(config: Tree, account: str) -> Iterator[tuple[Path, tuple[str, str]]]:
    """Yield the roles of another account."""
    paths: tuple[Path, ...] = (("SnsCallerArn",), ("EumsSms", "CallerArn"))
    for path in paths:
        if account and arn_part(dig(config, *map(str, path)), 4) not in ("", account):
            message = "The role belongs to another account; Cognito refuses cross-account roles."
            yield path, (message, f"Use a role of account {account}.")


P17 = Rule(
    id="P17",
    title="SMS through another Region or account",
    what="SnsRegion is a Region that the pool cannot send SMS through, or the role for SMS belongs to another account.",
    why='Cognito refuses the pool; for the role with "Cross-account pass role is not allowed."',
    source=("cognito.md 3.1", "cognito.md 9.1"),
    advice="Use an SMS Region that Cognito allows for the pool's Region, and a role in the pool's account.",
    check=sender_place,
    offline=True,
    needs=("user_pool.SmsConfiguration", "replicas.SmsConfiguration", "mfa.SmsMfaConfiguration"),
)


# --- functions -----------------------------------------------------------------------------------------------------


def function_region(state: State) -> Iterator[Breach]:
    """P20."""
    for sender in senders(state):
        for path, arn in _functions(sender.tree.get("LambdaConfig") or {}).items():
            if sender.region and arn_part(arn, 3) not in ("", sender.region):
                message = f"The function is in {arn_part(arn, 3)}, the pool in {sender.region}."
                yield sender.at(("LambdaConfig", *path), message)


def _functions(config: Tree) -> Mapping[Path, Any]:
    arns: dict[Path, Any] = {
        (name,): value for name, value in config.items() if isinstance(value, str) and name != "KMSKeyID"
    }
    return arns | {(name, "LambdaArn"): dig(config, name, "LambdaArn") for name in TRIGGER_STRUCTURES}


P20 = Rule(
    id="P20",
    title="A Lambda trigger in another Region",
    what="A function in LambdaConfig is in another Region than the pool.",
    why="Cognito refuses the pool. A function of another account in the same Region is accepted.",
    source=("cognito.md 3.1", "cognito.md 9.2"),
    advice="Use a function in the pool's Region.",
    check=function_region,
    offline=True,
    needs=("user_pool.LambdaConfig", "replicas.LambdaConfig"),
)


def sender_key(state: State) -> Iterator[Breach]:
    """P21."""
    for sender in senders(state):
        config = sender.tree.get("LambdaConfig") or {}
        custom = [name for name in ("CustomSMSSender", "CustomEmailSender") if config.get(name)]
        if custom and state.lacks(sender.tree, "LambdaConfig", "KMSKeyID"):
            message = f"{custom[0]} requires a KMS key that encrypts the codes."
            yield sender.at(("LambdaConfig", custom[0]), message, "Add LambdaConfig.KMSKeyID.")
        region = arn_part(config.get("KMSKeyID"), 3)
        if sender.region and region not in ("", sender.region):
            message = f"The key is in {region}, the pool in {sender.region}."
            yield sender.at(("LambdaConfig", "KMSKeyID"), message, f"Use a key in {sender.region}.")


P21 = Rule(
    id="P21",
    title="A custom sender without a KMS key",
    what="LambdaConfig has CustomSMSSender or CustomEmailSender and no KMSKeyID, or the key is in another Region.",
    why="Cognito refuses the pool: it encrypts the codes for the function with that key.",
    source=("cognito.md 3.1", "cognito.md 9.4"),
    advice="Add LambdaConfig.KMSKeyID with a key in the pool's Region.",
    check=sender_key,
    offline=True,
    needs=("user_pool.LambdaConfig", "replicas.LambdaConfig"),
)


def token_functions(state: State) -> Iterator[Breach]:
    """P22."""
    for sender in senders(state) if state.offline else ():
        config = sender.tree.get("LambdaConfig") or {}
        legacy, new = config.get("PreTokenGeneration"), dig(config, "PreTokenGenerationConfig", "LambdaArn")
        if isinstance(legacy, str) and isinstance(new, str) and legacy != new:
            message = "PreTokenGeneration and PreTokenGenerationConfig name different functions."
            yield sender.at(("LambdaConfig", "PreTokenGeneration"), message)


P22 = Rule(
    id="P22",
    title="Two pre token generation functions",
    what="PreTokenGeneration and PreTokenGenerationConfig.LambdaArn name different functions.",
    why="Cognito refuses the pool: both are one setting, and PreTokenGeneration is its legacy form.",
    source=("cognito.md 3.1", "cognito.md 9.2"),
    advice="Keep PreTokenGenerationConfig and remove PreTokenGeneration.",
    check=token_functions,
    offline=True,
    needs=("user_pool.LambdaConfig", "replicas.LambdaConfig"),
)


RULES = (P14, P15, P16, P18, P17, P20, P21, P22)
