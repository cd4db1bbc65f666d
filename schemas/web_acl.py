"""The web ACL that protects a pool: what AssociateWebACL of AWS WAF takes (cognito.md 9.6).

Cognito's own API does not include it, so it is read and written with AWS WAF, in the pool's Region. A reset with null
removes the association (DisassociateWebACL); the web ACL itself is kept.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import ApiModel, Arn, Note


class WebAcl(ApiModel):
    """The web ACL that protects a pool; at most one per pool."""

    INPUTS = (("wafv2", "AssociateWebACL"),)

    MOVED: ClassVar[Mapping[str, str]] = {"ResourceArn": "is the pool: remove it"}

    WebACLArn: Annotated[Arn, Note("A regional web ACL in the pool's Region.")] | None = None
    """ARN of the web ACL in AWS WAF."""
