"""Other services, as far as security rules ask about what a pool names in them: `lint --live`.

Each reading finds the ARNs that a state names, and reads each. What may not be read is a notice and never an answer: a
rule that needs it is then left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, Denied, NotFound
from reconciler.kinds.iam_access import EVERY_KEY, EVERY_ROLE
from reconciler.kinds.kind import State
from reconciler.kinds.shared_rules import arn_part, dig, functions
from reconciler.model import Notice, Tree

MISSING: Tree = {"missing": True}
"""What is read of something that does not exist."""


@dataclass(frozen=True)
class OutsideReading:
    """How one kind of thing in another service is read."""

    name: str
    """What rules call it: `functions`."""
    calls: frozenset[tuple[str, str]]
    """Service and operation of each call."""
    arns: Callable[[State], Iterable[str]]
    """Returns the ARNs that a state names."""
    read: Callable[[Cloud, str], Tree]
    """Reads one, in the Region of the cloud."""
    every: str
    """Pattern of the ARNs that it may be about, as in `reconciler.kinds.iam_access`."""
    places: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Operations that are not limited to the ARN that is named → patterns of what they are limited to."""

    @property
    def services(self) -> frozenset[str]:
        """The services that it calls."""
        return frozenset(service for service, _ in self.calls)


@dataclass
class Outside:
    """What was read."""

    found: dict[str, Any] = field(default_factory=dict)
    """By the name of the reading, and then by ARN."""
    notices: list[Notice] = field(default_factory=list)
    """What could not be read."""


def read(cloud: Cloud, state: State, wanted: Iterable[str], services: frozenset[str] | None = None) -> Outside:
    """Read what a state names in other services.

    Args:
        cloud: Account and Region of the pool; a read-only one will do.
        state: The objects of a document.
        wanted: Names of readings.
        services: Those that there are; None for all of AWS.
    """
    result = Outside()
    for name in wanted:
        reading = READINGS.get(name)
        if reading and (services is None or reading.services <= services):
            _read_all(cloud, reading, state, result)
        elif reading and not any(reading.arns(state)):
            result.found[name] = {}
        elif reading:
            result.notices.append(
                Notice(f"{name} were not read: there is no {' and '.join(sorted(reading.services))}.")
            )
    return result


def _read_all(cloud: Cloud, reading: OutsideReading, state: State, result: Outside) -> None:
    arns = list(dict.fromkeys(reading.arns(state)))
    found: Tree = {}
    for arn in arns:
        region = arn_part(arn, 3)
        here = cloud.at(region) if region not in ("", cloud.identity().region) else cloud
        try:
            found[arn] = reading.read(here, arn)
        except CloudError as error:
            result.notices.append(Notice(f"{arn} could not be read, so it is not judged: {_reason(error)}"))
    if found or not arns:
        result.found[reading.name] = found


def _reason(error: CloudError) -> str:
    return f"{error.missing or error.code}." if isinstance(error, Denied) else f"{error.code}."


def _or_missing(cloud: Cloud, service: str, operation: str, params: Tree) -> Tree:
    try:
        return cloud.call(service, operation, params)
    except NotFound:
        return MISSING


# --- AWS Lambda ----------------------------------------------------------------------------------------------------


def _triggers(state: State) -> Iterable[str]:
    return functions(dig(state.one("user_pool"), "LambdaConfig"))


def _function(cloud: Cloud, arn: str) -> Tree:
    qualifier = arn_part(arn, 7)
    params = {"FunctionName": arn.removesuffix(f":{qualifier}") if qualifier else arn}
    params |= {"Qualifier": qualifier} if qualifier else {}
    found = _or_missing(cloud, "lambda", "GetFunctionConfiguration", params)
    if found is MISSING:
        return MISSING
    policy = _or_missing(cloud, "lambda", "GetPolicy", params)
    statements = document(policy.get("Policy")).get("Statement") or []
    return {"State": found.get("State", ""), "Runtime": found.get("Runtime", ""), "Statement": statements}


def document(value: Any) -> Tree:
    """Return a policy document, which AWS writes as JSON, as JSON in a URL, or as a map."""
    if isinstance(value, str):
        text = value if value.lstrip().startswith("{") else unquote(value)
        try:
            value = json.loads(text)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}


# --- Amazon SES, ACM, CloudWatch Logs, AWS KMS ---------------------------------------------------------------------


def _identities(state: State) -> Iterator[str]:
    found = dig(state.one("user_pool"), "EmailConfiguration", "SourceArn")
    yield from [found] if isinstance(found, str) and found else []


def _identity(cloud: Cloud, arn: str) -> Tree:
    name = arn.partition(":identity/")[2]
    answer = _or_missing(cloud, "sesv2", "GetEmailIdentity", {"EmailIdentity": name})
    if answer is MISSING:
        return MISSING
    return {"verified": answer.get("VerifiedForSendingStatus") is True}


def _certificates(state: State) -> Iterator[str]:
    for domain in state.all("domains").values():
        found = dig(domain, "CustomDomainConfig", "CertificateArn")
        yield from [found] if isinstance(found, str) and found else []


def _certificate(cloud: Cloud, arn: str) -> Tree:
    answer = _or_missing(cloud, "acm", "DescribeCertificate", {"CertificateArn": arn})
    if answer is MISSING:
        return MISSING
    certificate = answer.get("Certificate") or {}
    end = certificate.get("NotAfter")
    names = [certificate.get("DomainName", ""), *(certificate.get("SubjectAlternativeNames") or ())]
    return {"Status": certificate.get("Status", ""), "NotAfter": str(end)[:10] if end else "", "names": names}


def _log_targets(state: State) -> Iterator[str]:
    for config in state.one("log_delivery").get("LogConfigurations") or ():
        found = dig(config, "CloudWatchLogsConfiguration", "LogGroupArn")
        yield from [found] if isinstance(found, str) and found else []


def _log_group(cloud: Cloud, arn: str) -> Tree:
    name = arn.partition(":log-group:")[2].removesuffix(":*")
    answer = cloud.call("logs", "DescribeLogGroups", {"logGroupNamePrefix": name})
    found = next((g for g in answer.get("logGroups") or () if g.get("logGroupName") == name), None)
    return MISSING if found is None else {k: found[k] for k in ("retentionInDays", "kmsKeyId") if k in found}


def _keys(state: State) -> Iterator[str]:
    pool = state.one("user_pool")
    for path in (("LambdaConfig", "KMSKeyID"), ("KeyConfiguration", "KmsKeyArn")):
        found = dig(pool, *path)
        yield from [found] if isinstance(found, str) and arn_part(found, 2) == "kms" else []


def _key(cloud: Cloud, arn: str) -> Tree:
    answer = _or_missing(cloud, "kms", "DescribeKey", {"KeyId": arn})
    if answer is MISSING:
        return MISSING
    return {"KeyState": str(dig(answer, "KeyMetadata", "KeyState") or "")}


# --- AWS IAM -------------------------------------------------------------------------------------------------------


def _roles(state: State) -> Iterator[str]:
    roles = state.one("roles")
    named = list((roles.get("Roles") or {}).values())
    for mapping in (roles.get("RoleMappings") or {}).values():
        named += [
            rule.get("RoleARN") for rule in dig(mapping, "RulesConfiguration", "Rules") or () if isinstance(rule, dict)
        ]
    named += [group.get("RoleArn") for group in state.all("groups").values()]
    yield from (arn for arn in named if isinstance(arn, str) and arn)


def _role(cloud: Cloud, arn: str) -> Tree:
    name = arn.rpartition("/")[2]
    answer = _or_missing(cloud, "iam", "GetRole", {"RoleName": name})
    if answer is MISSING:
        return MISSING
    role = answer.get("Role") or {}
    inline = cloud.call("iam", "ListRolePolicies", {"RoleName": name}).get("PolicyNames") or ()
    attached = cloud.call("iam", "ListAttachedRolePolicies", {"RoleName": name}).get("AttachedPolicies") or ()
    documents = [
        *(
            cloud.call("iam", "GetRolePolicy", {"RoleName": name, "PolicyName": p}).get("PolicyDocument")
            for p in inline
        ),
        *(_managed(cloud, policy["PolicyArn"]) for policy in attached),
    ]
    return {
        "trust": document(role.get("AssumeRolePolicyDocument")),
        "policies": [document(found) for found in documents],
        "attached": [policy["PolicyArn"] for policy in attached],
        "MaxSessionDuration": role.get("MaxSessionDuration", 3600),
    }


def _managed(cloud: Cloud, arn: str) -> Any:
    version = dig(cloud.call("iam", "GetPolicy", {"PolicyArn": arn}), "Policy", "DefaultVersionId")
    answer = cloud.call("iam", "GetPolicyVersion", {"PolicyArn": arn, "VersionId": version})
    return dig(answer, "PolicyVersion", "Document")


# --- all of them ---------------------------------------------------------------------------------------------------

IAM_READS = (
    "GetRole",
    "ListRolePolicies",
    "ListAttachedRolePolicies",
    "GetRolePolicy",
    "GetPolicy",
    "GetPolicyVersion",
)


OF_POLICIES = ("GetPolicy", "GetPolicyVersion")
POLICIES = ("arn:{partition}:iam::{account}:policy/*", "arn:{partition}:iam::aws:policy/*")
"""Which policies a role has is known only once it has been read."""
LOG_GROUPS = "arn:{partition}:logs:{region}:{account}:log-group:*"


def _calls(service: str, *operations: str) -> frozenset[tuple[str, str]]:
    return frozenset((service, operation) for operation in operations)


_ALL: Sequence[OutsideReading] = (
    OutsideReading(
        "functions",
        _calls("lambda", "GetFunctionConfiguration", "GetPolicy"),
        _triggers,
        _function,
        "arn:{partition}:lambda:{region}:{account}:function:*",
    ),
    OutsideReading(
        "ses_identities",
        _calls("sesv2", "GetEmailIdentity"),
        _identities,
        _identity,
        "arn:{partition}:ses:{region}:{account}:identity/*",
    ),
    OutsideReading(
        "certificates",
        _calls("acm", "DescribeCertificate"),
        _certificates,
        _certificate,
        "arn:{partition}:acm:*:{account}:certificate/*",
    ),
    OutsideReading(
        "log_groups",
        _calls("logs", "DescribeLogGroups"),
        _log_targets,
        _log_group,
        LOG_GROUPS,
        {"DescribeLogGroups": (LOG_GROUPS,)},
    ),
    OutsideReading("keys", _calls("kms", "DescribeKey"), _keys, _key, EVERY_KEY),
    OutsideReading("roles", _calls("iam", *IAM_READS), _roles, _role, EVERY_ROLE, dict.fromkeys(OF_POLICIES, POLICIES)),
)
READINGS: Mapping[str, OutsideReading] = {reading.name: reading for reading in _ALL}
"""Every reading by its name. That of the web ACL of a pool is the kind `web_acl`'s own, and needs the pool's ARN."""

CALLS = frozenset(call for reading in _ALL for call in reading.calls)
"""All operations of the readings; a read-only cloud allows only these."""
