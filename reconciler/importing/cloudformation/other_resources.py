"""Resources of a template that become no part of a manifest, and why.

Some of them matter all the same: a custom resource may write to a pool behind the manifest's back, or put a secret
where everyone can read it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.importing.cloudformation.leaves import Remainder, Sort
from reconciler.importing.cloudformation.resource_types import PEOPLE, PREFIX, ROWS, short
from reconciler.model import Position, Tree

_SECOND_WRITER = (
    "is a custom resource of the Serverless Framework (existing: true): with each deployment it writes the triggers of "
    "a pool that it finds by name. Remove it, or leave LambdaConfig out of the manifest: both would write."
)
_DESCRIBES_CLIENT = (
    "is a custom resource of the CDK that reads the secret of a client. What uses it has the secret in clear: let it "
    "read the secret from Secrets Manager."
)
_FETCHES = (
    "is a custom resource of Amplify that reads secrets when it deploys. Put them into Secrets Manager, where a "
    "manifest finds them."
)

CUSTOM: Mapping[str, tuple[str, Sort]] = {
    "Custom::CognitoUserPool": (_SECOND_WRITER, "alarming"),
    "Custom::DescribeCognitoUserPoolClient": (_DESCRIBES_CLIENT, "alarming"),
    "Custom::UserPoolCloudFrontDomainName": (
        "is a custom resource of the CDK that reads the host of a domain.",
        "service",
    ),
    "Custom::AmplifySecretFetcherResource": (_FETCHES, "alarming"),
}
"""Types of custom resources that are known, with what to do about them."""

_NESTED = "is a nested stack, whose resources are not in this template. Convert its own template, with its own list."
_CUSTOM = "is a custom resource: what it does is in its function. See whether it writes to a pool."
_MODULE = "is a module, whose resources are not in this template. Give the processed template."
_NEWER = "is a type of Cognito that this poolctl does not know."


def remainder_of(name: str, body: Tree, place: Position) -> Remainder | None:
    """Return why a resource becomes no part of a manifest, or None if it does.

    Args:
        name: Its logical id.
        body: As written.
        place: Where it is written.
    """
    kind = str(body["Type"])
    if short(kind) in ROWS:
        return None
    if short(kind) in PEOPLE:
        return Remainder(name, PEOPLE[short(kind)], "people", place)
    found = CUSTOM.get(kind) or next((said for is_such, said in _FAMILIES if is_such(kind)), None)
    why, sort = found or (f"is {kind}, of another service, and stays in the stack.", _SERVICE)
    return Remainder(name, why, sort, place)


_SERVICE: Sort = "service"

_FAMILIES: tuple[tuple[Callable[[str], bool], tuple[str, Sort]], ...] = (
    (lambda kind: kind.startswith("Custom::") or kind == "AWS::CloudFormation::CustomResource", (_CUSTOM, "service")),
    (lambda kind: kind == "AWS::CloudFormation::Stack", (_NESTED, "alarming")),
    (lambda kind: kind.endswith("::MODULE"), (_MODULE, "alarming")),
    (lambda kind: kind.startswith(PREFIX), (_NEWER, "alarming")),
)
"""Kinds of types, with what to say about all of them."""
