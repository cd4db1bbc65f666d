"""What is live of a pool itself, as far as security rules ask for more than its objects: `lint --live`.

Secrets of clients have dates that no manifest declares, and the name of a custom domain leads somewhere in DNS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from reconciler.cloud.port import Cloud
from reconciler.kinds import client, client_secrets, domain
from reconciler.kinds.kind import State
from reconciler.model import Spec, Tree
from reconciler.observing.observer import items_of
from reconciler.observing.possible_reads import PossibleRead
from schemas.documents import DOCUMENTS

SECRETS, NAMES = "client_secrets", "domain_names"
"""What rules call the two readings."""


class ResolvedName(NamedTuple):
    """What DNS says of a name."""

    resolves: bool
    """Whether it has an address."""
    target: str = ""
    """The name that it is an alias of; empty if that cannot be seen."""


Lookup = Callable[[str], ResolvedName | None]
"""Asks DNS about a host; None if there was no answer."""


def is_asked_of(document: str) -> bool:
    """Return whether the rules are about a kind of document, as it may declare clients and domains."""
    return {client.KIND.section, domain.KIND.section} <= {*DOCUMENTS[document].all}


def has_secret(spec: Spec) -> bool:
    """Return whether a manifest gives a client a secret."""
    tree = spec.declared
    return spec.address.section == client.KIND.section and bool(tree.get("GenerateSecret") or tree.get("ClientSecret"))


def reads(specs: Iterable[Spec], state: State) -> Iterator[PossibleRead]:
    """Yield the reads of `secrets_of` and `names_of` for the objects of a manifest."""
    if any(has_secret(spec) for spec in specs):
        for kind in (client.KIND, client_secrets.KIND):
            if kind.listing:
                yield PossibleRead(kind, kind.listing.operation)
    if custom_domains(state):
        yield PossibleRead(domain.KIND, domain.READ.operation)


def secrets_of(cloud: Cloud, specs: Iterable[Spec], ids: Mapping[str, str]) -> dict[str, list[str]]:
    """Return when the secrets of declared clients were made, by the key of the client: YYYY-MM-DD, the oldest first.

    A client that is not there yet has none; of clients that share a name, it is not known which is meant.

    Args:
        cloud: Where the pool is; a read-only one will do.
        specs: The objects of the manifest.
        ids: Identifiers of the pool.

    Raises:
        CloudError: They could not be listed.
    """
    wanted = [spec for spec in specs if has_secret(spec)]
    live = list(items_of(cloud, client.KIND, ids)) if wanted else []
    found: dict[str, list[str]] = {}
    for spec in wanted:
        name = spec.declared.get("ClientName", spec.address.name)
        meant = [i for i in live if (i["ClientId"] == spec.pin if spec.pin else i.get("ClientName") == name)]
        if len(meant) == 1:
            owner = {**ids, "ClientId": meant[0]["ClientId"]}
            made = (i.get(client_secrets.CREATED) for i in items_of(cloud, client_secrets.KIND, owner))
            dates = [m.astimezone(UTC).date().isoformat() for m in made if isinstance(m, datetime)]
            found[spec.address.name] = sorted(dates)
    return found


def custom_domains(state: State) -> list[str]:
    """Return the custom domains of a pool."""
    return [a.name for a, tree in state.all(domain.KIND.section).items() if tree.get("CustomDomainConfig")]


def names_of(cloud: Cloud, state: State, lookup: Lookup) -> dict[str, Tree]:
    """Return where the name of each custom domain leads, and what serves the domain.

    Args:
        cloud: Where the pool is; a read-only one will do.
        state: The objects of the manifest.
        lookup: Asks DNS; a name without an answer is left out.

    Raises:
        CloudError: A domain could not be read.
    """
    found: dict[str, Tree] = {}
    for host in custom_domains(state):
        said = lookup(host)
        if said is not None:
            answer = cloud.call(domain.KIND.service, domain.READ.operation, {domain.KIND.name_member: host})
            live = answer.get(domain.READ.result) or {}
            served = str(live.get(domain.SERVED_BY, ""))
            found[host] = {"resolves": said.resolves, "target": said.target, "live": bool(live), "served": served}
    return found
