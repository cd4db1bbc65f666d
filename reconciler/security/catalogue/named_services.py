"""Rules about what a pool names in other services: functions, certificates, keys, names in DNS (`lint --live`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from reconciler.kinds.kind import Breach, Rule
from reconciler.kinds.shared_rules import arn_part
from reconciler.model import Path, Risk
from reconciler.security.rule import RankedBreach, SecurityRule, Seen, dig

POOL, DOMAINS, LOGS, CLIENTS = "user_pool", "domains", "log_delivery", "clients"
KEYS, SECRETS, NAMES = "keys", "client_secrets", "domain_names"
CLOUDFRONT = ".cloudfront.net"
FUNCTIONS, CERTIFICATES, GROUPS = "functions", "certificates", "log_groups"
COGNITO = "cognito-idp.amazonaws.com"
SOURCES = frozenset({"aws:sourcearn", "aws:sourceaccount"})

DEPRECATED: Mapping[str, str] = {
    **dict.fromkeys(("nodejs", "nodejs4.3", "nodejs6.10", "nodejs8.10", "python2.7", "ruby2.5", "go1.x"), "2024-01-08"),
    **dict.fromkeys(("dotnetcore1.0", "dotnetcore2.0", "dotnetcore2.1", "dotnetcore3.1", "dotnet5.0"), "2023-04-03"),
    **dict.fromkeys(("nodejs10.x", "nodejs12.x", "python3.6"), "2023-03-31"),
    **dict.fromkeys(("nodejs14.x", "python3.7", "ruby2.7"), "2023-12-07"),
    **dict.fromkeys(("java8", "provided"), "2024-01-08"),
    "nodejs16.x": "2024-06-12",
    "dotnet7": "2024-05-14",
    "python3.8": "2024-10-14",
    "dotnet6": "2024-12-20",
    "nodejs18.x": "2025-09-01",
    "python3.9": "2025-12-15",
    "ruby3.2": "2026-03-31",
    "nodejs20.x": "2026-04-30",
    "dotnet8": "2026-11-10",
}
"""Runtimes of AWS Lambda, and the day on which each was or will be deprecated, as far as it is published."""


def _read(seen: Seen, reading: str, arn: object) -> Mapping[str, Any] | None:
    """Return what was read of an ARN; None if nothing was."""
    found = dig(seen.outside.get(reading), arn) if isinstance(arn, str) else None
    return found if isinstance(found, Mapping) else None


def _triggers(seen: Seen) -> Iterator[tuple[Path, str]]:
    """Yield each trigger: the path of its ARN, and the ARN."""
    for name, value in (dig(seen.one(POOL), "LambdaConfig") or {}).items():
        nested = isinstance(value, dict)
        arn = value.get("LambdaArn") if nested else value
        if isinstance(arn, str) and arn_part(arn, 2) == "lambda":
            yield ("LambdaConfig", name, *(("LambdaArn",) if nested else ())), arn


def _broken(seen: Seen) -> Iterator[Breach]:
    for path, arn in _triggers(seen):
        found = _read(seen, FUNCTIONS, arn)
        said = _wrong(found, seen.today) if found is not None else ""
        if said:
            yield Breach(POOL, "", path, said)


def _wrong(function: Mapping[str, Any], today: str) -> str:
    if function.get("missing"):
        return "The function does not exist: sign-in fails, until someone makes a function of its name."
    if function.get("State") not in ("", "Active", None):
        return f"The function is {function['State']}, so Cognito cannot invoke it."
    runtime = str(function.get("Runtime", ""))
    end = DEPRECATED.get(runtime, "")
    if end and (not today or end <= today):
        return f"The runtime {runtime} is deprecated since {end}: it gets no more security updates."
    return ""


CG801 = SecurityRule(
    Rule(
        id="CG801",
        title="A trigger that does not work, or whose runtime is deprecated",
        what="A function of LambdaConfig does not exist, is not active, or has a deprecated runtime (with --live).",
        why="Cognito stops what a user does when a trigger fails: no one signs in. The name of a deleted function can "
        "be taken by anyone in the account. A deprecated runtime gets no security updates.",
        source=("AWS Lambda, GetFunctionConfiguration", "AWS documentation, Lambda runtimes"),
        advice="Deploy the function, or remove the trigger; move it to a runtime that is supported.",
    ),
    "high",
    ("user_pool.LambdaConfig",),
    _broken,
    reads=(FUNCTIONS,),
)


def _permissions(seen: Seen) -> Iterator[Breach]:
    for path, arn in _triggers(seen):
        found = _read(seen, FUNCTIONS, arn)
        if found is None or found.get("missing") or seen.all("trigger_permissions"):
            continue  # the section adds the permission, for the pool alone
        own = [s for s in found.get("Statement") or () if _is_for_cognito(s)]
        if not own:
            yield Breach(POOL, "", path, "The function does not let Cognito invoke it, so what needs it fails.")
        elif any(not _is_scoped(s) for s in own):
            said = "The function lets Cognito invoke it for any pool of any account: no condition names the pool."
            yield Breach(POOL, "", path, said)


def _is_for_cognito(statement: Any) -> bool:
    principal = statement.get("Principal") if isinstance(statement, dict) else None
    services = principal.get("Service") if isinstance(principal, dict) else principal
    return statement.get("Effect") == "Allow" and (services in (COGNITO, "*") or COGNITO in (services or ()))


def _is_scoped(statement: Mapping[str, Any]) -> bool:
    conditions = statement.get("Condition") or {}
    keys = {str(key).lower() for operator in conditions.values() for key in operator}
    return bool(keys & SOURCES)


CG802 = SecurityRule(
    Rule(
        id="CG802",
        title="A trigger that Cognito may not invoke, or any pool may",
        what="The policy of a function of LambdaConfig has no statement for Cognito, or one without SourceArn and "
        "SourceAccount (with --live).",
        why="Without the permission, sign-in fails. Without a condition, a pool of any account can invoke the "
        "function with claims of its own: Cognito is the confused deputy.",
        source=("AWS documentation, Lambda triggers", "cognito.md 9.2"),
        advice="Declare the section trigger_permissions: {}.",
    ),
    "high",
    ("user_pool.LambdaConfig", "trigger_permissions"),
    _permissions,
    reads=(FUNCTIONS,),
)

SOON = timedelta(days=30)


def _outdated(seen: Seen) -> Iterator[Breach]:
    for address, domain in seen.all(DOMAINS).items():
        found = _read(seen, CERTIFICATES, dig(domain, "CustomDomainConfig", "CertificateArn"))
        said = _unfit(found, address.name, seen.today) if found is not None else ""
        if said:
            yield Breach(DOMAINS, address.name, ("CustomDomainConfig", "CertificateArn"), said)


def _unfit(certificate: Mapping[str, Any], host: str, today: str) -> str:
    if certificate.get("missing"):
        return "The certificate does not exist."
    if certificate.get("Status") not in ("", "ISSUED", None):
        return f"The certificate is {certificate['Status']}, not ISSUED."
    names = [str(name).lower() for name in certificate.get("names") or ()]
    if names and not any(_matches(name, host.lower()) for name in names):
        return f"The certificate is for {', '.join(dict.fromkeys(names))}, and not for this domain."
    end = str(certificate.get("NotAfter", ""))
    if end and today and date.fromisoformat(end) <= date.fromisoformat(today) + SOON:
        return f"The certificate expires on {end}."
    return ""


def _matches(name: str, host: str) -> bool:
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


CG602 = SecurityRule(
    Rule(
        id="CG602",
        title="A custom domain whose certificate does not fit or expires",
        what="The certificate of a custom domain does not exist, is not issued, is for another name, or expires "
        "within 30 days (with --live).",
        why="Browsers refuse the sign-in pages, so no one signs in.",
        source=("AWS Certificate Manager, DescribeCertificate",),
        advice="Renew the certificate in us-east-1, or let ACM renew it: the DNS record of its validation must stay.",
    ),
    "high",
    ("domains.CustomDomainConfig.CertificateArn",),
    _outdated,
    reads=(CERTIFICATES,),
)


def _lost_logs(seen: Seen) -> Iterator[Breach]:
    for i, config in enumerate(seen.one(LOGS).get("LogConfigurations") or ()):
        arn = dig(config, "CloudWatchLogsConfiguration", "LogGroupArn")
        found = _read(seen, GROUPS, arn)
        declared = isinstance(arn, str) and any(a.name in arn for a in seen.all(GROUPS))
        if found is None or declared:
            continue
        said = _leaky(found)
        if said:
            path = ("LogConfigurations", i, "CloudWatchLogsConfiguration", "LogGroupArn")
            yield Breach(LOGS, "", path, said)


def _leaky(group: Mapping[str, Any]) -> str:
    if group.get("missing"):
        return "The log group does not exist, so logs are lost."
    if not group.get("retentionInDays"):
        return "The log group keeps logs for ever, and they have addresses and names of users."
    if not group.get("kmsKeyId"):
        return "The log group is not encrypted with a key of your own, and logs have addresses and names of users."
    return ""


CG311 = SecurityRule(
    Rule(
        id="CG311",
        title="A log group that loses or leaks logs",
        what="A log group of log_delivery does not exist, keeps logs for ever, or has no key of its own (with --live).",
        why="Logs of sign-ins are the trail after an attack, and personal data.",
        source=("CloudWatch Logs, DescribeLogGroups",),
        advice="Declare the log group in log_groups with retentionInDays and kmsKeyId.",
    ),
    "medium",
    ("log_delivery.LogConfigurations", "log_groups"),
    _lost_logs,
    profiles={"dev": None},
    reads=(GROUPS,),
)

ENDING = {"Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable"}


def _unusable_keys(seen: Seen) -> Iterator[Breach]:
    for path in (("LambdaConfig", "KMSKeyID"), ("KeyConfiguration", "KmsKeyArn")):
        found = _read(seen, KEYS, dig(seen.one(POOL), *path))
        state = str(found.get("KeyState", "")) if found else ""
        if found and found.get("missing"):
            yield Breach(POOL, "", path, "The key does not exist.")
        elif state in ENDING:
            yield Breach(POOL, "", path, f"The key is {state}.")


CG804 = SecurityRule(
    Rule(
        id="CG804",
        title="A key that cannot be used",
        what="The key of custom senders, or of the pool, does not exist, is disabled, or is to be deleted (with "
        "--live).",
        why="Cognito encrypts codes for custom senders with the key of LambdaConfig, so no code arrives without it; "
        "what the key of the pool encrypts cannot be read, and once the key is deleted, never again.",
        source=("AWS Key Management Service, DescribeKey", "cognito.md 9.2"),
        advice="Enable the key or cancel its deletion, or name another one.",
    ),
    "high",
    ("user_pool.LambdaConfig.KMSKeyID", "user_pool.KeyConfiguration.KmsKeyArn"),
    _unusable_keys,
    reads=(KEYS,),
)


def _astray(seen: Seen) -> Iterator[Breach]:
    for address in seen.all(DOMAINS):
        found = dig(seen.outside.get(NAMES), address.name)
        case = _led_astray(found) if isinstance(found, Mapping) else None
        if case:
            yield RankedBreach(DOMAINS, address.name, (), case[0], risk=case[1])


def _led_astray(found: Mapping[str, Any]) -> tuple[str, Risk | None] | None:
    """Return what is wrong with where a name leads, and how bad it is; None if nothing is, or cannot be seen."""
    target, served = str(found.get("target", "")), str(found.get("served", ""))
    away = target.endswith(CLOUDFRONT)
    if found.get("live") and not found.get("resolves"):
        return "The name has no address, so no browser reaches the pages.", "medium"
    if away and not found.get("live"):
        return f"The name leads to {target}, and Cognito has no such domain in this Region and account.", None
    if away and served.endswith(CLOUDFRONT) and target != served.lower():
        return f"The name leads to {target}, and the domain is served by {served}.", None
    return None


CG606 = SecurityRule(
    Rule(
        id="CG606",
        title="A custom domain whose name leads elsewhere",
        what="DNS leads the name of a custom domain to a distribution of CloudFront that does not serve it, or the "
        "domain does not exist; a name without an address is medium (with --live).",
        why="Whoever owns the distribution that a forgotten record names shows pages of their own under your name, and "
        "gets passwords and codes.",
        source=("cognito.md 2.4",),
        advice="Correct the DNS record first: an alias to the CloudFrontDistribution of the domain.",
    ),
    "high",
    ("domains.CustomDomainConfig",),
    _astray,
    reads=(NAMES,),
)

ROTATED = timedelta(days=14)
"""How long the applications of a client may take to change over to its new secret."""


def _two_secrets(seen: Seen) -> Iterator[Breach]:
    for address in seen.all(CLIENTS) if seen.today else ():
        dates = dig(seen.outside.get(SECRETS), address.name) or []
        late = date.fromisoformat(seen.today) - ROTATED
        if len(dates) > 1 and date.fromisoformat(dates[-1]) < late:
            said = f"The client has two secrets, of {dates[0]} and {dates[-1]}: the rotation was not finished."
            yield Breach(CLIENTS, address.name, (), said)


CG415 = SecurityRule(
    Rule(
        id="CG415",
        title="A rotation of a client secret that was not finished",
        what="A client has two secrets, and the newer one is older than 14 days (with --live).",
        why="The old secret works as long as it is there, and it was replaced for a reason.",
        source=("cognito.md 2.3",),
        advice="Finish it with `poolctl rotate-secret`, or delete the secret that no application uses.",
    ),
    "medium",
    ("clients.GenerateSecret",),
    _two_secrets,
    profiles={"dev": "low"},
    reads=(SECRETS,),
)


RULES = (CG311, CG415, CG602, CG606, CG801, CG802, CG804)
