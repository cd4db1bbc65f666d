"""What is in a pool besides its configuration, and how each item reaches another pool: a table, item by item.

Every statement names its source in docs/cognito.md. An item is listed if the pool can have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, TypeAlias

from schemas.records import record

Way: TypeAlias = Literal["stays", "import or trigger", "trigger", "by hand", "manifest"]
"""How an item reaches the new pool: it stays behind; with a user; by the trigger only; by hand; with the manifest."""

HERE = "8.5"


@record(frozen=True, slots=True)
class PoolFacts:
    """What decides which items and steps there are."""

    users: int | None
    """Number of users as Cognito estimates it; None if it is unknown."""
    native: bool
    """Whether users can sign in with a password of the pool."""
    factors: frozenset[str]
    """`TOTP`, `SMS`, `EMAIL`, `PASSKEY`: what users can have set up."""
    devices: bool
    """Whether devices are remembered."""
    memberships: bool
    """Whether it has groups."""
    providers: tuple[str, ...]
    """Names of its identity providers."""
    clients: tuple[str, ...]
    """Keys of its clients."""
    secret_clients: tuple[str, ...]
    """Those with a secret."""
    unready: tuple[str, ...]
    """Clients of the new pool that send no password, and for whose users the trigger does not run."""
    prefix: str
    """Its prefix domain; may be empty."""
    custom: str
    """Its custom domain; may be empty."""
    triggers: bool
    """Whether Lambda functions are called, which have to allow the new pool."""
    plus: bool
    """Whether threat protection keeps a history."""
    verified: bool
    """Whether an attribute is verified automatically, without which no import starts."""


@record(frozen=True, slots=True)
class LeftBehindItem:
    """One item, and how it reaches the new pool."""

    id: str
    """Its name for programs."""
    title: str
    """Its name for people."""
    way: Way
    """How it reaches the new pool."""
    detail: str
    """What that means, in a sentence or two."""
    source: str
    """Where docs/cognito.md says so."""


def _always(_: PoolFacts) -> bool:
    return True


def _factor(name: str) -> Callable[[PoolFacts], bool]:
    return lambda facts: name in facts.factors


ITEMS: tuple[tuple[LeftBehindItem, Callable[[PoolFacts], bool]], ...] = (
    (
        LeftBehindItem(
            "pool_id",
            "Pool id, ARN and issuer",
            "stays",
            "Cognito makes the id. Whatever verifies tokens has to trust the new issuer, beside the old one for a "
            "time.",
            HERE,
        ),
        _always,
    ),
    (
        LeftBehindItem(
            "client_ids", "Client ids", "stays", "Cognito makes them. Applications get the new ones.", "8.1, 8.5"
        ),
        lambda facts: bool(facts.clients),
    ),
    (
        LeftBehindItem(
            "client_secrets",
            "Client secrets",
            "manifest",
            "Cognito generates new ones, unless ClientSecret brings the old one along: 24 to 64 letters, digits, _ and "
            "+.",
            "2.3, 8.5",
        ),
        lambda facts: bool(facts.secret_clients),
    ),
    (
        LeftBehindItem(
            "sub",
            "sub of users",
            "stays",
            "It cannot be given. Data that is keyed by it needs a table of old and new.",
            "2.17, 8.5",
        ),
        _always,
    ),
    (
        LeftBehindItem(
            "attributes",
            "Attributes of users",
            "import or trigger",
            "Also those that are not Mutable, as they are given when the user is made.",
            "2.16, 8.5",
        ),
        _always,
    ),
    (
        LeftBehindItem(
            "passwords",
            "Passwords",
            "trigger",
            "Cognito returns none, and no hashes. The trigger sees the password that a user types; imported users set "
            "a new one, unless you have hashes from elsewhere.",
            "2.16, 2.17, 8.5",
        ),
        lambda facts: facts.native,
    ),
    (
        LeftBehindItem(
            "status",
            "Status of users",
            "import or trigger",
            "Imported users are RESET_REQUIRED, or CONFIRMED where they can sign in without a password. The trigger "
            "says CONFIRMED or RESET_REQUIRED. Disable users again who are disabled.",
            "2.16, 8.5",
        ),
        _always,
    ),
    (
        LeftBehindItem(
            "totp",
            "Authenticator apps (TOTP)",
            "stays",
            "No operation returns or takes the secret. Users set it up again.",
            HERE,
        ),
        _factor("TOTP"),
    ),
    (
        LeftBehindItem(
            "mfa",
            "Second factors by SMS or e-mail",
            "import or trigger",
            "An import says only whether MFA is on (cognito:mfa_enabled), the trigger whether SMS is (enableSMSMFA). "
            "Each user's preference has to be set again.",
            "2.16, 8.5",
        ),
        lambda facts: bool(facts.factors & {"SMS", "EMAIL"}),
    ),
    (
        LeftBehindItem(
            "passkeys", "Passkeys", "stays", "No operation returns or takes them. Users register them again.", HERE
        ),
        _factor("PASSKEY"),
    ),
    (
        LeftBehindItem(
            "tokens",
            "Refresh tokens and sessions",
            "stays",
            "All users sign in again. Tokens of the old pool stay valid for whoever trusts its issuer, until they "
            "expire.",
            HERE,
        ),
        _always,
    ),
    (
        LeftBehindItem(
            "devices", "Remembered devices", "stays", "They are remembered again at the next sign-in.", HERE
        ),
        lambda facts: facts.devices,
    ),
    (
        LeftBehindItem(
            "memberships",
            "Memberships of groups",
            "by hand",
            "The manifest makes the groups. No import or trigger adds users to them: AdminAddUserToGroup does.",
            "2.16, 8.5",
        ),
        lambda facts: facts.memberships,
    ),
    (
        LeftBehindItem(
            "federated",
            "Users of identity providers",
            "stays",
            "They are made again at their next sign-in. A link to a native user is made anew, before that, with "
            "AdminLinkProviderForUser.",
            HERE,
        ),
        lambda facts: bool(facts.providers),
    ),
    (
        LeftBehindItem(
            "history",
            "Sign-in history and risk decisions",
            "stays",
            "Threat protection knows no device and place of the users at first: expect more risk, and decide on AUDIT.",
            HERE,
        ),
        lambda facts: facts.plus,
    ),
    (
        LeftBehindItem(
            "recovery",
            "Points in time to recover users to",
            "stays",
            "Those of the old pool end with it; the new pool has none from before it was made.",
            "2.21",
        ),
        _always,
    ),
)
"""The items in the order in which they are listed, and which pools have each."""


def items(facts: PoolFacts) -> Iterator[LeftBehindItem]:
    """Yield the items of a pool."""
    return (item for item, applies in ITEMS if applies(facts))
