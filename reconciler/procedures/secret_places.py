"""Where a new client secret is handed over: Secrets Manager, Parameter Store or a file.

Each place keeps the value and, beside it, the note of the rotation. What else is there is kept: other keys of a JSON
secret, and the key, tier and description of a parameter. A value never reaches a message.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from reconciler.cloud.port import Cloud
from reconciler.errors import InvalidInput, NotFound, Refused, flow
from reconciler.model import Secret, Tree
from reconciler.procedures.rotation_notes import TAG
from reconciler.terminal.files import PRIVATE, save
from reconciler.terminal.regular_files import UnfitFileError, read_regular

Calls = frozenset[tuple[str, str]]
"""Service and operation of each call that a place needs."""

MANAGER, STORE = "secretsmanager", "ssm"
LARGEST = 65_536
"""Most bytes of a file that holds a secret."""
KEPT = ("KeyId", "Description", "Tier", "AllowedPattern", "DataType")
"""What an overwritten parameter keeps: left out, Parameter Store would encrypt it with its default key."""


class HeldSecret(NamedTuple):
    """What is in a place."""

    value: Secret | None = None
    """The value; None if there is none yet."""
    note: str = ""
    """The note beside it; empty for none."""


class SecretPlace(Protocol):
    """A place for a secret."""

    @property
    def calls(self) -> Calls:
        """The calls that it needs."""
        ...

    def read(self, cloud: Cloud, /) -> HeldSecret:
        """Return what is there.

        Raises:
            Refused: It cannot hold the secret.
            CloudError: It could not be read.
        """
        ...

    def write(self, cloud: Cloud, /, value: Secret, note: str) -> None:
        """Write a note and then the value, each unless it is there already.

        Raises:
            PoolctlError: One could not be written.
        """
        ...


class ManagedPlace:
    """A secret in Secrets Manager, or one key of one that holds a JSON map."""

    calls = frozenset(
        (MANAGER, name)
        for name in ("DescribeSecret", "GetSecretValue", "CreateSecret", "PutSecretValue", "TagResource")
    )
    """As in `SecretPlace`."""

    def __init__(self, target: str) -> None:
        self._name, _, self._key = target.partition("#")
        self._tag = f"{TAG}:{self._key}" if self._key else TAG

    def read(self, cloud: Cloud) -> HeldSecret:
        """Return what is there."""
        about = _found(lambda: cloud.call(MANAGER, "DescribeSecret", {"SecretId": self._name}))
        if about is None:
            return HeldSecret()
        return HeldSecret(self._value(self._text(cloud)), _tag(about, self._tag))

    def write(self, cloud: Cloud, value: Secret, note: str) -> None:
        """Write a note as a tag, and then the value as a new version."""
        tags = [{"Key": self._tag, "Value": note}]
        about = _found(lambda: cloud.call(MANAGER, "DescribeSecret", {"SecretId": self._name}))
        if about is None:
            made = {"Name": self._name, "SecretString": self._with("", value), "Tags": tags}
            cloud.call(MANAGER, "CreateSecret", made)
            return
        if _tag(about, self._tag) != note:
            cloud.call(MANAGER, "TagResource", {"SecretId": self._name, "Tags": tags})
        text = self._text(cloud)
        if self._value(text) != value:
            cloud.call(MANAGER, "PutSecretValue", {"SecretId": self._name, "SecretString": self._with(text, value)})

    def _text(self, cloud: Cloud) -> str:
        """Return the text of the secret; empty if it has no version yet."""
        answer = _found(lambda: cloud.call(MANAGER, "GetSecretValue", {"SecretId": self._name}))
        if answer is None:
            return ""
        if answer.get("SecretString") is None:
            raise Refused(f"The secret {flow(self._name)} is binary. Name one that holds text.")
        return str(answer["SecretString"])

    def _value(self, text: str) -> Secret | None:
        found = self._map(text).get(self._key) if self._key else text
        if found is not None and not isinstance(found, str):
            name = f"{self._name}#{self._key}"
            raise Refused(f"The secret {flow(name)} holds something other than a string. Name another key.")
        return Secret(found, "live") if found else None

    def _with(self, text: str, value: Secret) -> Secret:
        """Return the text of the secret with a value; other keys stay."""
        if not self._key:
            return value
        return Secret(json.dumps({**self._map(text), self._key: value.reveal()}), value.origin)

    def _map(self, text: str) -> Mapping[str, Any]:
        try:
            found = json.loads(text or "{}")
        except ValueError:
            found = None
        if not isinstance(found, dict):
            name = flow(self._name)
            raise Refused(f"The secret {name} holds no JSON map, so it has no keys. Name it without #{self._key}.")
        return found


class ParameterPlace:
    """A SecureString in Parameter Store."""

    calls = frozenset(
        (STORE, name)
        for name in ("GetParameter", "DescribeParameters", "ListTagsForResource", "PutParameter", "AddTagsToResource")
    )
    """As in `SecretPlace`."""

    def __init__(self, target: str) -> None:
        self._name = target
        self._resource = {"ResourceType": "Parameter", "ResourceId": target}

    def read(self, cloud: Cloud) -> HeldSecret:
        """Return what is there."""
        value = self._value(cloud)
        return HeldSecret(value, self._note(cloud)) if value else HeldSecret()

    def write(self, cloud: Cloud, value: Secret, note: str) -> None:
        """Write a note as a tag, and then the value as a new version."""
        tags, before = [{"Key": TAG, "Value": note}], self._value(cloud)
        common = {"Name": self._name, "Value": value, "Type": "SecureString"}
        if before is None:
            cloud.call(STORE, "PutParameter", {**common, "Tags": tags})
            return
        if self._note(cloud) != note:
            cloud.call(STORE, "AddTagsToResource", {**self._resource, "Tags": tags})
        if before != value:
            cloud.call(STORE, "PutParameter", {**common, **self._kept(cloud), "Overwrite": True})

    def _value(self, cloud: Cloud) -> Secret | None:
        answer = _found(lambda: cloud.call(STORE, "GetParameter", {"Name": self._name, "WithDecryption": True}))
        if answer is None:
            return None
        if answer["Parameter"]["Type"] != "SecureString":
            raise Refused(f"The parameter {flow(self._name)} is no SecureString. Name another, or delete it first.")
        return Secret(str(answer["Parameter"]["Value"]), "live")

    def _note(self, cloud: Cloud) -> str:
        answer = cloud.call(STORE, "ListTagsForResource", self._resource)
        return _tag({"Tags": answer.get("TagList")}, TAG)

    def _kept(self, cloud: Cloud) -> Tree:
        """Return what the parameter has beside its value, which a write without it would reset."""
        named = [{"Key": "Name", "Option": "Equals", "Values": [self._name]}]
        found = cloud.call(STORE, "DescribeParameters", {"ParameterFilters": named}).get("Parameters") or [{}]
        return {member: found[0][member] for member in KEPT if found[0].get(member)}


class FilePlace:
    """A file that its owner alone may read, with the note in a second one beside it."""

    calls: Calls = frozenset()
    """As in `SecretPlace`."""

    def __init__(self, target: str) -> None:
        self._file = Path(target)
        self._beside = self._file.parent / f".{self._file.name}.poolctl"

    def check(self) -> None:
        """Check that the file can be written, before anything is read from AWS.

        Raises:
            InvalidInput: It cannot.
        """
        if not self._file.parent.is_dir():
            raise InvalidInput(f"--to: the directory {flow(str(self._file.parent))} does not exist.")
        if self._file.exists() and not self._file.is_file():
            raise InvalidInput(f"--to: {flow(str(self._file))} is not a regular file. Name one.")

    def read(self, _cloud: Cloud) -> HeldSecret:
        """Return what is there."""
        text = _content(self._file).strip()
        return HeldSecret(Secret(text, "live") if text else None, _content(self._beside).strip())

    def write(self, _cloud: Cloud, value: Secret, note: str) -> None:
        """Write a note, and then the value."""
        before = self.read(_cloud)
        if before.note != note:
            save(str(self._beside), note + "\n", PRIVATE)
        if before.value != value:
            save(str(self._file), value.reveal(), PRIVATE)


PLACES: Mapping[str, tuple[Callable[[str], SecretPlace], str]] = {
    MANAGER: (ManagedPlace, "secretsmanager:NAME or secretsmanager:NAME#KEY"),
    STORE: (ParameterPlace, "ssm:PATH"),
    "file": (FilePlace, "file:PATH"),
}
"""How a place begins, what makes it, and how it is written."""


def place_at(text: str) -> SecretPlace:
    """Return the place that an option names.

    Raises:
        InvalidInput: It names none.
    """
    kind, colon, target = text.partition(":")
    if not colon or kind not in PLACES:
        ways = ", ".join(how for _, how in PLACES.values())
        raise InvalidInput(f"--to: {flow(text)} is no place for a secret. Write {ways}.")
    if not target or target.startswith("#") or (kind == MANAGER and target.endswith("#")):
        raise InvalidInput(f"--to: {flow(text)} is incomplete. Write {PLACES[kind][1]}.")
    return PLACES[kind][0](target)


def _found(call: Callable[[], Tree]) -> Tree | None:
    """Return the answer to a read, or None if what it names does not exist."""
    try:
        return call()
    except NotFound:
        return None


def _tag(about: Tree, key: str) -> str:
    return next((str(t.get("Value", "")) for t in about.get("Tags") or () if t.get("Key") == key), "")


def _content(file: Path) -> str:
    """Return the text of a file; empty if there is none."""
    try:
        return read_regular(file, LARGEST).decode()
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError:
        raise Refused(f"{file} holds no text, so it is not overwritten. Name another file.") from None
    except UnfitFileError as error:
        raise Refused(f"{file} {error.message} {error.fix}") from None
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None
