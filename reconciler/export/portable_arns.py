"""Which ARNs exist in another account and Region under the same name, and which do not, with the reason.

What people name (a function, a log group) is there under the same name once somebody has made it, so its ARN is
composed of the variables. What AWS names (a certificate, a key), or what must be unique beyond a Region, is never
there: such an ARN is a variable of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from schemas.records import record

ARN = re.compile(r"arn:aws[\w-]*:[\w-]*:[\w*-]*:(?:[0-9]{12}|aws|\*)?:[\w+=/,.@:*$-]*[\w+=/@*$-]")
"""An ARN within a text; a dot or comma at its end belongs to the sentence around it."""


@record(frozen=True, slots=True)
class NamedResource:
    """A kind of resource whose name people choose, so that it may have the same one elsewhere."""

    service: str
    """As in the ARN."""
    resource: str
    """Pattern of what follows the account."""
    what: str
    """How people call it."""


NAMED = (
    NamedResource("lambda", r"function:[\w*-]+(:(?!\d+$)[\w$*-]+)?", "Lambda functions, with or without an alias"),
    NamedResource("logs", r"log-group:.+", "log groups"),
    NamedResource("firehose", r"deliverystream/.+", "Firehose streams"),
    NamedResource("kms", r"alias/.+", "aliases of KMS keys"),
    NamedResource("sns", r"[^:]+", "SNS topics"),
    NamedResource("sqs", r"[^:]+", "SQS queues"),
    NamedResource("ssm", r"parameter/.+", "parameters of Systems Manager"),
    NamedResource("iam", r"oidc-provider/.+", "OpenID Connect providers in IAM, which are named for their host"),
    NamedResource("cognito-idp", r"userpool/.+", "user pools, of which the id is a variable"),
    NamedResource("cognito-identity", r"identitypool/.+", "identity pools, of which the id is a variable"),
)
"""Their ARNs are composed of `partition`, `region` and `account`. So are those of what AWS itself owns (`AWS`)."""

AWS = "aws"
"""The account of what AWS itself owns."""

OF_ITS_OWN: Mapping[str, str] = {
    "acm": "ACM gives a certificate its id, and another account has its own. Cognito takes one of us-east-1.",
    "iam": "Names in IAM are unique in an account over all its Regions, and often end with random characters.",
    "kms": "KMS gives a key its id; only a multi-Region key has the same one in another Region.",
    "lambda": "It is in another account or Region, or has the number of a version, which counts up for each function.",
    "mobiletargeting": "Pinpoint gives an application its id.",
    "s3": "The name of a bucket is unique over all accounts.",
    "secretsmanager": "Secrets Manager ends the name with random characters.",
    "ses": "An identity is verified in each account and Region.",
    "sms-voice": "AWS gives a phone number or pool its id.",
    "wafv2": "AWS WAF gives a web ACL its id.",
}
"""By service, why an ARN is a variable."""

ELSEWHERE = "It is of one account and Region."
"""Why an ARN of another service is a variable."""


@record(frozen=True, slots=True)
class Home:
    """Where the pool is."""

    partition: str
    """`aws`"""
    region: str
    """`eu-west-1`"""
    account: str
    """12 digits."""


def head_of(arn: str, home: Home) -> str | None:
    """Return the beginning of an ARN, up to its resource, with variables; None if the ARN must be a variable itself.

    Args:
        arn: The ARN.
        home: Account and Region of the pool that it is written in.
    """
    _, _, service, region, account, resource = arn.split(":", 5)
    if region not in ("", "*", home.region) or account not in ("", "*", AWS, home.account):
        return None
    named = any(n.service == service and re.fullmatch(n.resource, resource) for n in NAMED)
    if account != AWS and not named:
        return None
    region = "${var.region}" if region == home.region else region
    account = "${var.account}" if account == home.account else account
    return f"arn:${{var.partition}}:{service}:{region}:{account}:"


def reason(arn: str) -> str:
    """Return why an ARN is a variable."""
    return OF_ITS_OWN.get(arn.split(":", 3)[2], ELSEWHERE)
