"""Rules about threat protection, logs, the web ACL, and sessions: whether an attack is noticed and stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from reconciler.kinds.kind import Breach, Rule
from reconciler.model import Direction, Tree
from reconciler.security.catalogue.client_traits import (
    CUSTOM,
    DIRECT,
    FLOWS,
    POOL,
    SERVER_PASSWORD,
    clients_of_users,
    flows,
    is_confidential,
    items,
    oauth,
)
from reconciler.security.judging import members_of
from reconciler.security.rule import RankedBreach, SecurityRule, Seen, Steps, dig, is_known, text, texts

RISK, RISK_OF_CLIENT = "risk_configuration", "clients.risk_configuration"
LOGS, WEB_ACL, SESSION = "log_delivery", "web_acl", "session"
MODE: Steps = ("UserPoolAddOns", "AdvancedSecurityMode")
CUSTOM_MODE: Steps = ("UserPoolAddOns", "AdvancedSecurityAdditionalFlows", "CustomAuthMode")
LEAKED, TAKEOVER = "CompromisedCredentialsRiskConfiguration", "AccountTakeoverRiskConfiguration"

ENFORCED: Mapping[str, tuple[str, ...]] = {"CG307": ("O14",)}
"""Rules of the catalogue that Cognito enforces by itself, and the rules of `kinds/` that say so."""


def mode(pool: Tree) -> str:
    """Return how threat protection works; empty if it is not known."""
    return "OFF" if dig(pool, *MODE) is None else text(pool, *MODE)


def is_plus(pool: Tree) -> bool:
    """Return whether a pool has threat protection, switched on or not."""
    return text(pool, "UserPoolTier") == "PLUS" or mode(pool) in ("AUDIT", "ENFORCED")


# --- threat protection ---------------------------------------------------------------------------------------------


def _not_enforced(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    plan, found = text(pool, "UserPoolTier"), mode(pool)
    if is_plus(pool) and found in ("OFF", "AUDIT"):
        said = "only records risky sign-ins" if found == "AUDIT" else "is switched off, though the plan includes it"
        yield Breach(POOL, "", MODE, f"Threat protection {said}.")
    elif plan and found == "OFF" and _goes_by_passwords(seen):
        said = f"The plan {plan} has no threat protection, and a password alone opens an account."
        yield RankedBreach(POOL, "", ("UserPoolTier",), said, WITHOUT, risk="low")


WITHOUT = (
    "Set mfa.MfaConfiguration to ON, or UserPoolTier to PLUS with AdvancedSecurityMode, which costs more for each user."
)


def _goes_by_passwords(seen: Seen) -> bool:
    """Return whether a password alone opens an account, except in a pool for developers."""
    alone = seen.one("mfa").get("MfaConfiguration") in (None, "OFF", "OPTIONAL")
    return alone and seen.profile != "dev" and any(_takes_passwords(client) for _, client in clients_of_users(seen))


def _takes_passwords(client: Tree) -> bool:
    pages = "COGNITO" in texts(client, "SupportedIdentityProviders") and bool(oauth(client))
    return pages or bool(flows(client) & (DIRECT | SERVER_PASSWORD))


CG301 = SecurityRule(
    Rule(
        id="CG301",
        title="Threat protection that does not act",
        what="A pool on the plan PLUS has AdvancedSecurityMode OFF or AUDIT. It is low where the plan has no threat "
        "protection, users sign in with passwords, and MFA is not ON.",
        why="Risky sign-ins and leaked passwords are let through: AUDIT only writes them down, and OFF does not look.",
        source=("Security Hub Cognito.1", "Prowler", "cognito.md 2.19"),
        advice="Set user_pool.UserPoolAddOns.AdvancedSecurityMode to ENFORCED, after a time with AUDIT.",
    ),
    "high",
    (
        "user_pool.UserPoolAddOns.AdvancedSecurityMode",
        "user_pool.UserPoolTier",
        "mfa.MfaConfiguration",
        "clients.ExplicitAuthFlows",
    ),
    _not_enforced,
    profiles={"machine": None, "dev": "low"},
    same={
        "prowler": ("cognito_user_pool_advanced_security_enabled",),
        "security-hub": ("Cognito.1",),
        "aws-config": ("cognito-user-pool-advanced-security-enabled",),
        "cdk-nag": ("AwsSolutions-COG8",),
    },
)


def _custom_unscored(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(POOL)
    works = bool(dig(pool, "LambdaConfig", "DefineAuthChallenge"))
    used = works and any(flows(client) & CUSTOM for _, client in clients_of_users(seen))
    if used and is_plus(pool) and text(pool, *CUSTOM_MODE) != "ENFORCED":
        yield Breach(POOL, "", CUSTOM_MODE, "Sign-ins with custom challenges pass without threat protection.")


CG302 = SecurityRule(
    Rule(
        id="CG302",
        title="Custom sign-in without threat protection",
        what="A pool on the plan PLUS has functions for custom challenges and a client that allows them, and "
        "CustomAuthMode is not ENFORCED.",
        why="AdvancedSecurityMode covers passwords only; custom challenges have a mode of their own.",
        source=("Security Hub Cognito.4", "cognito.md 2.1"),
        advice="Set user_pool.UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode to ENFORCED.",
    ),
    "high",
    (
        "user_pool.UserPoolAddOns.AdvancedSecurityAdditionalFlows.CustomAuthMode",
        "user_pool.LambdaConfig.DefineAuthChallenge",
        "clients.ExplicitAuthFlows",
    ),
    _custom_unscored,
    profiles={"machine": None, "dev": "low"},
    same={"security-hub": ("Cognito.4",), "aws-config": ("cognito-userpool-cust-auth-threat-full-check",)},
)


# --- what it does about a risk -------------------------------------------------------------------------------------


def _configurations(seen: Seen) -> Iterator[tuple[str, str, Tree]]:
    """Yield the configurations that users meet: that of the pool, or without one those of its clients.

    An empty one of the pool is yielded where threat protection is meant to act, and a client goes by none.
    """
    own = seen.one(RISK)
    of_clients = {a.name: tree for a, tree in seen.all(RISK_OF_CLIENT).items()}
    if not own:
        yield from ((RISK_OF_CLIENT, name, tree) for name, tree in of_clients.items())
    acts = mode(seen.one(POOL)) == "ENFORCED" and seen.knows(RISK)
    without = [name for name, _ in clients_of_users(seen) if name not in of_clients]
    if own or (acts and (without or not of_clients)):
        yield RISK, "", own


def _leaked_passwords(seen: Seen) -> Iterator[Breach]:
    for section, name, tree in _configurations(seen):
        action = dig(tree, LEAKED, "Actions", "EventAction")
        events = dig(tree, LEAKED, "EventFilter")
        if LEAKED not in tree:
            yield Breach(section, name, (LEAKED,), "No action is set for passwords that have leaked.")
        elif action != "BLOCK" and is_known(action):
            yield Breach(section, name, (LEAKED, "Actions", "EventAction"), "Leaked passwords are not blocked.")
        elif isinstance(events, list) and events and "SIGN_IN" not in events:
            yield Breach(section, name, (LEAKED, "EventFilter"), "Leaked passwords are not looked for at sign-in.")


CG303 = SecurityRule(
    Rule(
        id="CG303",
        title="Leaked passwords that are not blocked",
        what="The risk configuration does not BLOCK compromised credentials, or leaves SIGN_IN out of EventFilter.",
        why="Users take one password for several services; when one of those leaks, it opens this pool too.",
        source=("Prowler", "cognito.md 2.8"),
        advice="Set CompromisedCredentialsRiskConfiguration.Actions.EventAction to BLOCK, and leave EventFilter out to "
        "cover all events.",
    ),
    "high",
    ("risk_configuration.CompromisedCredentialsRiskConfiguration", "clients.risk_configuration"),
    _leaked_passwords,
    profiles={"machine": None, "dev": "low"},
    same={"prowler": ("cognito_user_pool_blocks_compromised_credentials_sign_in_attempts",)},
)


WEAK_ACTIONS = {
    "High": {
        "NO_ACTION": "Sign-ins of high risk are allowed.",
        "MFA_IF_CONFIGURED": "Users without a second factor can sign in at high risk.",
    },
    "Medium": {"NO_ACTION": "Sign-ins of medium risk are allowed."},
}
"""Actions that do too little, by the level of risk."""


def _risky_sign_ins(seen: Seen) -> Iterator[Breach]:
    for section, name, tree in _configurations(seen):
        if TAKEOVER not in tree:
            yield Breach(section, name, (TAKEOVER,), "No action is set for risky sign-ins.")
            continue
        for level, weak in WEAK_ACTIONS.items():
            action = dig(tree, TAKEOVER, "Actions", f"{level}Action", "EventAction") or "NO_ACTION"
            if is_known(action) and action in weak:
                yield Breach(section, name, (TAKEOVER, "Actions", f"{level}Action", "EventAction"), weak[action])


CG304 = SecurityRule(
    Rule(
        id="CG304",
        title="Risky sign-ins that are allowed",
        what="The action at high risk is neither BLOCK nor MFA_REQUIRED, or there is none at medium risk.",
        why="Threat protection has found that the sign-in is probably not by the user, and lets it pass.",
        source=("Prowler", "cognito.md 2.8"),
        advice="Set AccountTakeoverRiskConfiguration.Actions.HighAction.EventAction to BLOCK or MFA_REQUIRED, and "
        "that of MediumAction to MFA_IF_CONFIGURED or more.",
    ),
    "medium",
    ("risk_configuration.AccountTakeoverRiskConfiguration", "clients.risk_configuration"),
    _risky_sign_ins,
    profiles={"machine": None, "dev": "low"},
    same={"prowler": ("cognito_user_pool_blocks_potential_malicious_sign_in_attempts",)},
)


def _weaker_clients(seen: Seen) -> Iterator[Breach]:
    pool = seen.one(RISK)
    for address, tree in seen.all(RISK_OF_CLIENT).items() if pool else ():
        for effect in members_of(RISK_OF_CLIENT, pool, tree):
            mixed = effect.direction is Direction.MIXED and effect.path[0] == "RiskExceptionConfiguration"
            if mixed or effect.direction is Direction.WEAKENS:
                message = f"This client replaces what the pool does by less: {effect.sentence}"
                yield Breach(RISK_OF_CLIENT, address.name, effect.path, message)


CG305 = SecurityRule(
    Rule(
        id="CG305",
        title="A client with a weaker risk configuration",
        what="A client has a risk configuration of its own, and in some member it does less than that of the pool.",
        why="It replaces the configuration of the pool as a whole, so an attacker chooses the weakest client.",
        source=("cognito.md 2.8",),
        advice="Remove risk_configuration from the client, or make it as strong as that of the pool.",
    ),
    "high",
    ("clients.risk_configuration", "risk_configuration"),
    _weaker_clients,
    profiles={"machine": None, "dev": "low"},
    needs=("clients.risk_configuration",),
)


WIDEST = {4: 24, 6: 48}
"""The shortest prefix of a range that an office may have, by version of IP."""


def _wide(value: object) -> bool:
    """Return whether a range has more addresses than an office; those that are not of the Internet do not count."""
    try:
        found = ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return False
    if found is None or found.prefixlen >= WIDEST[found.version]:
        return False
    return found.prefixlen == 0 or not found.is_private


def _skipped(seen: Seen) -> Iterator[Breach]:
    every = [(RISK, "", seen.one(RISK)), *((RISK_OF_CLIENT, a.name, t) for a, t in seen.all(RISK_OF_CLIENT).items())]
    for section, name, tree in every:
        for index, value in items(tree, "RiskExceptionConfiguration", "SkippedIPRangeList"):
            if _wide(value):
                path = ("RiskExceptionConfiguration", "SkippedIPRangeList", index)
                yield Breach(section, name, path, f"Sign-ins from {ip_network(value, strict=False)} are never scored.")


CG306 = SecurityRule(
    Rule(
        id="CG306",
        title="A wide range of addresses that is never scored",
        what="SkippedIPRangeList has a range of the Internet that is wider than /24, or /48 of IPv6.",
        why="Threat protection does not look at sign-ins from there, and such a range holds more than one office: "
        "attackers rent addresses in it.",
        source=("Prowler", "cognito.md 2.8"),
        advice="List only the addresses that you own, as narrow as they are.",
    ),
    "high",
    (
        "risk_configuration.RiskExceptionConfiguration.SkippedIPRangeList",
        "clients.risk_configuration.RiskExceptionConfiguration.SkippedIPRangeList",
    ),
    _skipped,
    profiles={"dev": "low"},
)


def _wrong_addresses(seen: Seen) -> Iterator[Breach]:
    member = "EnablePropagateAdditionalUserContextData"
    for name, client in clients_of_users(seen) if mode(seen.one(POOL)) == "ENFORCED" else ():
        direct = bool(client.get(FLOWS)) and bool(flows(client) & (DIRECT | CUSTOM))
        if direct and is_confidential(client) and client.get(member) in (None, False):
            yield Breach("clients", name, (member,), "Threat protection scores the address of your server.")


CG308 = SecurityRule(
    Rule(
        id="CG308",
        title="A server that hides the addresses of its users",
        what="A client with a secret signs users in through the API on a pool that enforces threat protection, and "
        "EnablePropagateAdditionalUserContextData is false.",
        why="Every sign-in then comes from the same server, so an attack is not seen among them, and one attacker can "
        "have all users blocked.",
        source=("cognito.md 2.3",),
        advice="Set EnablePropagateAdditionalUserContextData to true, and send the address of the user with "
        "UserContextData.",
    ),
    "medium",
    (
        "clients.EnablePropagateAdditionalUserContextData",
        "clients.ExplicitAuthFlows",
        "user_pool.UserPoolAddOns.AdvancedSecurityMode",
    ),
    _wrong_addresses,
    profiles={"dev": "low"},
)


# --- logs ----------------------------------------------------------------------------------------------------------


def _delivers(seen: Seen, event: str) -> bool:
    """Return whether an event is delivered, or may be."""
    found = seen.one(LOGS).get("LogConfigurations")
    if not seen.knows(LOGS) or not is_known(found):
        return True
    rows = found if isinstance(found, list) else []
    return any(
        not is_known(row) or dig(row, "EventSource") == event or not is_known(dig(row, "EventSource")) for row in rows
    )


def _no_events(seen: Seen) -> Iterator[Breach]:
    if mode(seen.one(POOL)) in ("AUDIT", "ENFORCED") and not _delivers(seen, "userAuthEvents"):
        yield Breach(LOGS, "", ("LogConfigurations",), "The events of threat protection are not delivered anywhere.")


CG309 = SecurityRule(
    Rule(
        id="CG309",
        title="No log of sign-ins and their risk",
        what="Threat protection is on, and LogConfigurations has no entry for userAuthEvents.",
        why="Which accounts an attack reached can be looked up user by user only, and no alarm can be set.",
        source=("cognito.md 2.11",),
        advice="Deliver userAuthEvents with LogLevel INFO to a log group, a bucket or a stream.",
    ),
    "medium",
    ("log_delivery.LogConfigurations", "user_pool.UserPoolAddOns.AdvancedSecurityMode"),
    _no_events,
    profiles={"machine": None, "dev": None},
)


def _sends_messages(seen: Seen) -> bool:
    pool, mfa = seen.one(POOL), seen.one("mfa")
    factors = texts(pool, "Policies", "SignInPolicy", "AllowedFirstAuthFactors")
    second = any(member in mfa for member in ("SmsMfaConfiguration", "EmailMfaConfiguration"))
    return second or bool(texts(pool, "AutoVerifiedAttributes")) or bool({"EMAIL_OTP", "SMS_OTP"} & set(factors))


def _no_failures(seen: Seen) -> Iterator[Breach]:
    if _sends_messages(seen) and not _delivers(seen, "userNotification"):
        yield Breach(LOGS, "", ("LogConfigurations",), "Messages to users that cannot be sent leave no trace.")


CG310 = SecurityRule(
    Rule(
        id="CG310",
        title="No log of messages that fail",
        what="The pool sends codes to users, and LogConfigurations has no entry for userNotification.",
        why="Users who get no code can neither sign up nor sign in, and Cognito reports it nowhere else.",
        source=("cognito.md 2.11",),
        advice="Deliver userNotification with LogLevel ERROR to a log group.",
    ),
    "low",
    ("log_delivery.LogConfigurations", "user_pool.AutoVerifiedAttributes"),
    _no_failures,
    profiles={"machine": None, "dev": None},
)


# --- web ACL and sessions ------------------------------------------------------------------------------------------


def _no_web_acl(seen: Seen) -> Iterator[Breach]:
    declared = any(address.section == WEB_ACL for address in seen.declared)
    looked_at = WEB_ACL in seen.outside or (seen.knows(WEB_ACL) and (declared or not seen.fresh))
    there = seen.outside.get(WEB_ACL) or seen.one(WEB_ACL).get("WebACLArn")
    if seen.one(POOL) and looked_at and not there:
        yield Breach(WEB_ACL, "", ("WebACLArn",), "No web ACL of AWS WAF filters the requests to this pool.")


CG312 = SecurityRule(
    Rule(
        id="CG312",
        title="No web ACL",
        what="No web ACL of AWS WAF is associated with the pool. Of a manifest alone it is judged only if it has the "
        "section web_acl, as another tool may associate one.",
        why="The API of a pool is open to the Internet: passwords can be tried and accounts guessed from one address "
        "as fast as Cognito allows. A web ACL is also the only way to stop sign-in with the SDK.",
        source=("Prowler", "cognito.md 9.6"),
        advice="Declare web_acl.WebACLArn with a rule that limits the rate.",
    ),
    "medium",
    ("web_acl.WebACLArn",),
    _no_web_acl,
    profiles={"workforce": "low", "machine": "low", "dev": None},
    same={"prowler": ("cognito_user_pool_waf_acl_attached",)},
    uses=(WEB_ACL,),
)


MOST_SESSIONS = 10


def _untracked(seen: Seen) -> Iterator[Breach]:
    session = seen.one(SESSION)
    most = dig(session, "TokenSession", "MaxPerUser")
    if not session or text(seen.one(POOL), "UserPoolTier") in ("", "LITE"):
        return
    if text(session, "UserSessionTracking") == "DISABLED":
        yield Breach(SESSION, "", ("UserSessionTracking",), "The sessions of a user can neither be listed nor ended.")
    elif isinstance(most, int) and most > MOST_SESSIONS:
        yield Breach(SESSION, "", ("TokenSession", "MaxPerUser"), f"A user can have {most} sessions at the same time.")


CG313 = SecurityRule(
    Rule(
        id="CG313",
        title="Sessions that cannot be ended one by one",
        what="UserSessionTracking is DISABLED, or MaxPerUser is more than 10, on a pool for employees or partners.",
        why="After a device is lost, all sessions of its user have to be ended, and a stolen session goes unnoticed "
        "among many.",
        source=("cognito.md 2.13",),
        advice="Set session.UserSessionTracking to ENABLED and session.TokenSession.MaxPerUser to 10 or less.",
    ),
    "low",
    ("session.UserSessionTracking", "session.TokenSession.MaxPerUser"),
    _untracked,
    profiles={"consumer": None, "machine": None, "dev": None},
)

RULES = (CG301, CG302, CG303, CG304, CG305, CG306, CG308, CG309, CG310, CG312, CG313)
