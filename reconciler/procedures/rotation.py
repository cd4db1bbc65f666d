"""Rotation of a client secret where Secrets Manager does not rotate it: add, hand over, wait, delete the old one.

What to do next follows from the client's secrets and from the note in the place where they are handed over, and it is
looked at again after every write. So a run that was killed anywhere is run again: a new secret whose value was lost is
deleted and made anew, and the one in use never is. The place holds the old secret, with a note that proves it, before
a new one is asked for; a second secret that the note does not announce was made by others, and is refused.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from reconciler.cloud.port import Clock, Cloud, pages
from reconciler.errors import Ambiguous, Refused, Stale
from reconciler.kinds.client import KIND as CLIENT
from reconciler.kinds.client_secrets import ADD, CREATED, DELETE, DESCRIPTOR, ID, KIND, VALUE
from reconciler.model import Secret, Tree
from reconciler.procedures.rotation_notes import RotationNote, mark, proof
from reconciler.procedures.secret_places import Calls, HeldSecret, SecretPlace

CALLS: Calls = frozenset((KIND.service, operation) for operation in {ADD, DELETE} | KIND.reads | CLIENT.reads)
"""The calls of a rotation, beside those of the place."""

EARLIER, LATER = 300, 900
"""Seconds before and after the note in which a new secret is the one that it announces: clocks differ, calls wait."""

ATTEMPTS = 3
"""How often a new secret is asked for whose answer is lost."""


class RotationPhase(enum.Enum):
    """How far a rotation is."""

    IDLE = "no rotation is under way"
    BEGUN = "the place holds the old secret, and there is no new one"
    LOST = "the value of the new secret is lost"
    DELIVERED = "the new secret is handed over, and the old one still works"
    ENDING = "the old secret is deleted"


class ClientSecretAge(NamedTuple):
    """One secret of a client."""

    id: str
    """As Cognito calls it."""
    created: datetime
    """When it was made."""

    def __str__(self) -> str:
        return f"{self.id} of {self.created:%Y-%m-%d %H:%M} UTC"


class RotatedClient(NamedTuple):
    """The client whose secret is rotated."""

    ids: Tree
    """The identifiers of pool and client, as parameters of a call."""
    shown: str
    """As messages name it: `clients/web in customers`."""
    place: str
    """The place, as the operator wrote it."""


class RotationState(NamedTuple):
    """How far a rotation is, and with which secrets."""

    phase: RotationPhase
    secrets: tuple[ClientSecretAge, ...]
    """The client's, the oldest first."""
    held: HeldSecret
    """What is in the place."""

    @property
    def old(self) -> ClientSecretAge:
        """The secret that is or was the only one."""
        return self.secrets[0]

    @property
    def new(self) -> ClientSecretAge:
        """The newest secret."""
        return self.secrets[-1]


def state_of(secrets: tuple[ClientSecretAge, ...], held: HeldSecret, client: RotatedClient) -> RotationState:
    """Return how far a rotation is.

    Args:
        secrets: The client's, the oldest first.
        held: What is in the place.
        client: For messages.

    Raises:
        Refused: The client has no secret, or two that the note does not explain.
    """
    if not secrets:
        raise Refused(f"{client.shown} has no secret: it is a public client. There is nothing to rotate.")
    note = RotationNote.read(held.note)
    under_way = note if note and note.begun else None
    if len(secrets) == 1:
        return RotationState(_of_one(secrets[0], held, under_way), secrets, held)
    return RotationState(_of_two(secrets, held, under_way, client), secrets, held)


def _of_one(secret: ClientSecretAge, held: HeldSecret, note: RotationNote | None) -> RotationPhase:
    if note and note.new == mark(secret.id) and _proves(held, secret, note.new_proof):
        return RotationPhase.ENDING
    begun = note and note.old == mark(secret.id) and _proves(held, secret, note.old_proof)
    return RotationPhase.BEGUN if begun else RotationPhase.IDLE


def _of_two(
    secrets: tuple[ClientSecretAge, ...], held: HeldSecret, note: RotationNote | None, client: RotatedClient
) -> RotationPhase:
    old, new = secrets
    if note and note.old == mark(old.id):
        if note.new == mark(new.id) and _proves(held, new, note.new_proof):
            return RotationPhase.DELIVERED
        age = new.created.timestamp() - note.begun
        if -EARLIER <= age <= LATER and _proves(held, old, note.old_proof):
            return RotationPhase.LOST
    raise Refused(
        f"{client.shown} has two secrets, and {client.place} does not say that a rotation made the newer one: "
        f"{old}; {new}. Nothing was written. If a rotation to another place is under way, name that place with --to. "
        "Otherwise delete the secret that no application uses with `aws cognito-idp delete-user-pool-client-secret`, "
        "and run this again."
    )


def _proves(held: HeldSecret, secret: ClientSecretAge, known: str) -> bool:
    """Whether the value that is held is that of a secret."""
    return bool(held.value and known and proof(held.value, secret.id) == known)


class Rotation:
    """One run of a rotation.

    Args of the constructor:
        cloud: Allows `CALLS` and those of the place.
        client: Whose secret it is.
        place: Where the secret is handed over.
        now: Seconds since 1970.
        say: Called with what was done, a sentence each.
        halted: Returns whether to end before the next step.
        force: Whether to replace a value that is not the client's secret.
    """

    def __init__(
        self,
        cloud: Cloud,
        client: RotatedClient,
        place: SecretPlace,
        *,
        now: Clock,
        say: Callable[[str], None],
        halted: Callable[[], bool],
        force: bool,
    ) -> None:
        self._cloud, self._client, self._place = cloud, client, place
        self._now, self._say, self._halted, self._force = now, say, halted, force
        self._asked = 0
        self.wrote = False
        """Whether anything was changed."""

    def look(self) -> RotationState:
        """Return how far the rotation is, from what is live.

        Raises:
            PoolctlError: It could not be read, or is refused.
        """
        return state_of(secrets_of(self._cloud, self._client.ids), self._place.read(self._cloud), self._client)

    def handed_over(self) -> RotationState:
        """Go on until the new secret is handed over, or the rotation is over, or is to be halted.

        Raises:
            PoolctlError: A step failed.
        """
        while True:
            state = self.look()
            if self._halted() or state.phase in (RotationPhase.DELIVERED, RotationPhase.ENDING):
                return state
            self._step(state)

    def finished(self, confirmed: RotationState) -> RotationState:
        """Delete the old secret, if everything is still as it was when that was confirmed.

        Raises:
            Stale: It is not.
            PoolctlError: A step failed.
        """
        state = self.look()
        if state[:2] != confirmed[:2]:
            raise Stale(
                f"The secrets of {self._client.shown}, or what {self._client.place} holds, have changed meanwhile. "
                "Nothing was deleted. Run this again."
            )
        if state.phase is RotationPhase.DELIVERED:
            self._delete(state.old)
            self._say(f"Deleted the old secret {state.old}.")
        note = RotationNote.read(state.held.note)
        if note and state.held.value:
            self._write(state.held.value, note._replace(begun=0))
        return state

    def _step(self, state: RotationState) -> None:
        if state.phase is RotationPhase.IDLE:
            self._begin(state)
        elif state.phase is RotationPhase.LOST:
            self._delete(state.new)
            self._say(f"Deleted the secret {state.new}: an earlier run made it, and its value is lost.")
        elif state.held.value:
            self._add(state.old, state.held.value)

    def _begin(self, state: RotationState) -> None:
        """Let the place hold the secret that is in use, with a note that proves it."""
        value, held = self._in_use(), state.held.value
        if held and held != value and not self._force:
            raise Refused(
                f"{self._client.place} holds something other than the secret of {self._client.shown}, and is not "
                "overwritten. Name another place with --to, or add --force to replace what is there."
            )
        self._write(value, self._note(state.old, value))

    def _note(self, old: ClientSecretAge, value: Secret) -> RotationNote:
        return RotationNote(int(self._now()), mark(old.id), proof(value, old.id))

    def _in_use(self) -> Secret:
        found = client_of(self._cloud, self._client.ids).get(SHOWN)
        if not found:
            raise Refused(f"Cognito does not show the secret of {self._client.shown}, so it cannot be handed over.")
        return Secret(str(found), "live")

    def _add(self, old: ClientSecretAge, value: Secret) -> None:
        """Make a new secret and hand it over at once: its value is never shown again."""
        self._write(value, self._note(old, value))
        self._asked += 1
        try:
            answer = self._cloud.call(KIND.service, ADD, self._client.ids)[DESCRIPTOR]
        except Ambiguous:
            if self._asked >= ATTEMPTS:
                raise
            return  # what became of it is seen in the next look
        self.wrote = True
        made, secret = str(answer[ID]), Secret(str(answer[VALUE]), "live")
        self._write(secret, self._note(old, value)._replace(new=mark(made), new_proof=proof(secret, made)))
        self._say(f"Made a new secret {made}, and handed it over to {self._client.place}.")

    def _write(self, value: Secret, note: RotationNote) -> None:
        self.wrote = True
        self._place.write(self._cloud, value, str(note))

    def _delete(self, secret: ClientSecretAge) -> None:
        self.wrote = True
        self._cloud.call(KIND.service, DELETE, {**self._client.ids, ID: secret.id})


SHOWN = "ClientSecret"
"""The member with which Cognito shows the secret of a client, in clear."""


def client_of(cloud: Cloud, ids: Tree) -> Tree:
    """Return what Cognito answers about a client; it holds the secret in clear.

    Raises:
        CloudError: It could not be read.
    """
    reading = CLIENT.reading
    if reading is None:
        raise LookupError(CLIENT.section)
    found: Tree = cloud.call(CLIENT.service, reading.operation, ids)[reading.result]
    return found


def secrets_of(cloud: Cloud, ids: Tree) -> tuple[ClientSecretAge, ...]:
    """Return the secrets of a client, the oldest first.

    Raises:
        CloudError: They could not be listed.
    """
    listing = KIND.listing
    if listing is None:
        raise LookupError(KIND.section)
    found = pages(cloud, KIND.service, listing.operation, ids, listing.items)
    return tuple(sorted((_age(item) for item in found), key=lambda s: (s.created, s.id)))


def _age(item: Any) -> ClientSecretAge:
    return ClientSecretAge(str(item[ID]), item[CREATED].astimezone(UTC))
