"""The age of a client's secrets: read if a manifest declares it, and never written.

Cognito keeps up to two secrets of a client and returns only the id and the creation date of each
(cognito.md 2.3). GenerateSecret of the client declares whether it has a secret at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime

from reconciler.kinds.kind import Breach, Listing, ResourceKind, Rule, State
from reconciler.model import FieldChange, Tree
from schemas.client_secret import ClientSecrets

SECRETS = "clients.secrets"
ADD, DELETE = "AddUserPoolClientSecret", "DeleteUserPoolClientSecret"
"""What `poolctl rotate-secret` calls; no manifest declares them."""
DESCRIPTOR, ID, CREATED = "ClientSecretDescriptor", "ClientSecretId", "ClientSecretCreateDate"
VALUE = "ClientSecretValue"
"""Members of their answers; the value is shown once."""
NEWEST = "NewestSecret"


def gather(items: Iterable[Tree]) -> Tree:
    """Keep the date of the newest secret; authors have no use for the ids."""
    made = [i[CREATED] for i in items if isinstance(i.get(CREATED), datetime)]
    return {NEWEST: max(made).astimezone(UTC).date().isoformat()} if made else {}


S1 = Rule(
    id="S1",
    title="A client secret that is older than allowed",
    what="The newest secret of a client is older than the max_age_days that the manifest gives it.",
    why="Cognito never expires client secrets.",
    source=("cognito.md 3.3", "cognito.md 2.3"),
    advice="Rotate it with `poolctl rotate-secret`.",
    warning=True,
)
"""The rule without a calendar; see `age_on`."""


LIMIT = "max_age_days"
"""The member that declares the maximum age."""


def overdue(tree: Tree, today: str) -> Iterator[FieldChange]:
    """Return that the newest secret is older than declared, with its age in days."""
    limit, made = tree.get(LIMIT), tree.get(NEWEST)
    age = (date.fromisoformat(today) - date.fromisoformat(made)).days if made else 0
    if isinstance(limit, int) and age > limit:
        yield FieldChange((LIMIT,), age, limit)


def age_on(today: Callable[[], date]) -> Rule:
    """Return the rule that reports old secrets, as of a given date."""

    def age(state: State) -> Iterator[Breach]:
        for address, tree in state.all(SECRETS).items():
            limit, made = tree.get("max_age_days"), tree.get(NEWEST)
            if isinstance(limit, int) and made and (today() - date.fromisoformat(made)).days > limit:
                message = f"The newest secret of the client was created on {made}, more than {limit} days ago."
                yield Breach(SECRETS, address.name, ("max_age_days",), message)

    return S1.checked_by(age, SECRETS)


def in_owner(client: Tree) -> bool:
    """Return whether a live client has secrets: a public one has none, and GenerateSecret says so."""
    return client.get("GenerateSecret") is not False


KIND = ResourceKind(
    section=SECRETS,
    resource_type="UserPoolClientSecrets",
    title="client secrets",
    model=ClientSecrets,
    listing=Listing("ListUserPoolClientSecrets", "ClientSecrets", None),
    gather=gather,
    in_owner=in_owner,
    overdue=overdue,
    rules=(age_on(lambda: datetime.now(UTC).date()),),
)
