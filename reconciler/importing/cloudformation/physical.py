"""What `Ref` and `Fn::GetAtt` make of a resource.

`Ref` is the physical id, which the list of the stack's resources has. Where it is a name that the template writes, it
is known without the list. Attributes that are made of ids, the Region and the account are put together; everything
else only AWS knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.importing.cloudformation.leaves import NotKnown, as_text, unknown_in
from reconciler.importing.cloudformation.resource_types import ATTRIBUTES, NAMES, ROWS, short
from reconciler.importing.cloudformation.stack_listing import Whereabouts

_LISTING = "the list of the stack's resources has it"

ARNS: Mapping[str, str] = {
    "AWS::Cognito::UserPool": "arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}",
    "AWS::Cognito::IdentityPool": "arn:{partition}:cognito-identity:{region}:{account}:identitypool/{id}",
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::Serverless::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role/{id}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{id}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{id}:*",
    "AWS::KinesisFirehose::DeliveryStream": "arn:{partition}:firehose:{region}:{account}:deliverystream/{id}",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{id}",
    "AWS::Pinpoint::App": "arn:{partition}:mobiletargeting:{region}:{account}:apps/{id}",
}
"""The attribute Arn of types whose physical id is the last part of it."""


@dataclass(frozen=True, slots=True)
class Referent:
    """A resource that something refers to."""

    logical_id: str
    """Its name in the template."""
    type: str
    """Its type."""
    physical_id: str
    """Its id; empty if unknown."""
    where: Whereabouts
    """Where the stack is."""
    written: Callable[[str], Any]
    """Returns one of its properties, evaluated; None if it is not written."""

    @property
    def short(self) -> str:
        """The type within Cognito: `UserPoolClient`; empty for another service's."""
        return short(self.type)


def reference(referent: Referent) -> Any:
    """Return what `Ref` is."""
    if referent.physical_id:
        return referent.physical_id
    row = ROWS.get(referent.short)
    if row is not None and row.is_name and (found := referent.written(row.key)) is not None:
        return found
    return NotKnown(f"the id of {referent.logical_id} is not in the template; {_LISTING}")


def attribute(referent: Referent, name: str) -> Any:
    """Return what `Fn::GetAtt` is."""
    form = ARNS.get(referent.type) if name == "Arn" else ATTRIBUTES.get((referent.short, name))
    if form is not None and not (referent.type == "AWS::IAM::Role" and _has_path(referent)):
        return _filled(form, referent, name)
    if name == "Arn" and referent.physical_id.startswith("arn:"):
        return referent.physical_id
    if (referent.short, name) in NAMES:
        found = referent.written(NAMES[referent.short, name])
        if found is not None:
            return found
    return NotKnown(f"{referent.logical_id}.{name} is known to AWS alone{_kind(referent, name)}")


def _kind(referent: Referent, name: str) -> str:
    if referent.type == "AWS::CloudFormation::Stack":
        return f": it is an output of a nested stack; give it with --export {referent.logical_id}.{name}=VALUE"
    if referent.type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return ": a custom resource returns it"
    return ""


def _has_path(referent: Referent) -> bool:
    """Whether a role may have a path, which is in its ARN and not in its physical id."""
    path = referent.written("Path")
    return path is not None and (unknown_in(path) is not None or as_text(path) != "/")


def _filled(form: str, referent: Referent, name: str) -> Any:
    where = referent.where
    parts = {
        "id": referent.physical_id,
        "last": referent.physical_id.rpartition("|")[2],
        "partition": where.partition,
        "region": where.region,
        "account": where.account,
        "url_suffix": where.url_suffix,
    }
    if referent.physical_id.startswith("arn:") and name == "Arn":
        return referent.physical_id
    if any(not value for key, value in parts.items() if f"{{{key}}}" in form):
        return NotKnown(f"{referent.logical_id}.{name} is made of ids that are not in the template; {_LISTING}")
    return form.format(**parts)
