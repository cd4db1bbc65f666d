"""The web ACL that guards a pool: what AssociateWebACL of AWS WAF takes (cognito.md 9.6).

Cognito's own API does not know it, so it is read and written with AWS WAF, in the pool's Region. Reset to null, the
association is removed (DisassociateWebACL), and the web ACL itself stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from schemas.base import ApiModel, Arn, Note


class WebAcl(ApiModel):
    """The web ACL that guards a pool; a pool has one at most."""

    INPUTS = (("wafv2", "AssociateWebACL"),)

    MOVED: ClassVar[Mapping[str, str]] = {"ResourceArn": "is the pool: remove it"}

    WebACLArn: Annotated[Arn, Note("A regional one, in the pool's Region.")] | None = None
    """The web ACL in AWS WAF."""
