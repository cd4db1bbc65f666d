"""A rotation that is killed before or after any of its calls is run again, and ends with one secret, handed over."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from reconciler.cloud.port import Cloud, Identity, Limited
from reconciler.errors import CloudError, Refused, Stale
from reconciler.model import Secret, Tree
from reconciler.procedures import published_rotation
from reconciler.procedures.published_rotation import PublishedRotation
from reconciler.procedures.rotation import CALLS, RotatedClient, Rotation, RotationPhase
from reconciler.procedures.rotation_notes import RotationNote
from reconciler.procedures.secret_places import SecretPlace, place_at
from tests.support import Bench, bench

NOW = 1_800_000_000.0
PLACES = ("secretsmanager:app#web", "secretsmanager:whole", "ssm:/app/web", "file:{}/web")


class Killed(BaseException):
    """The process ended here."""


class Dying:
    """A cloud in which the process is killed before or after one of its calls."""

    def __init__(self, cloud: Cloud, at: int = 0, *, operation: str = "", after: bool = False) -> None:
        self._cloud, self._at, self._operation, self._after = cloud, at, operation, after
        self.calls: list[str] = []

    def identity(self) -> Identity:
        return self._cloud.identity()

    def at(self, region: str) -> Cloud:
        return self._cloud.at(region)

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self.calls.append(operation)
        mine = len(self.calls) == self._at or operation == self._operation
        if mine and not self._after:
            raise Killed
        answer = self._cloud.call(service, operation, params)
        if mine:
            raise Killed
        return answer


class World:
    """A pool with one confidential client."""

    def __init__(self, here: Bench, wall: Wall, place: SecretPlace) -> None:
        self.here, self.wall, self.place = here, wall, place
        pool = here.boto().create_user_pool(PoolName="customers")["UserPool"]["Id"]
        made = here.boto().create_user_pool_client(UserPoolId=pool, ClientName="web", GenerateSecret=True)
        self.ids = {k: made["UserPoolClient"][k] for k in ("UserPoolId", "ClientId")}
        self.first = made["UserPoolClient"]["ClientSecret"]
        self.said: list[str] = []

    def run(self, cloud: Cloud | None = None, *, halted: Any = lambda: False, force: bool = False) -> Rotation:
        client = RotatedClient(self.ids, "client web", "the place")
        allowed = Limited(cloud or self.here.cloud, CALLS | self.place.calls)
        return Rotation(allowed, client, self.place, now=self.wall, say=self.said.append, halted=halted, force=force)

    def whole(self, cloud: Cloud | None = None, **how: Any) -> None:
        work = self.run(cloud, **how)
        work.finished(work.handed_over())

    @property
    def held(self) -> str:
        value = self.place.read(self.here.cloud).value
        return value.reveal() if value else ""

    @property
    def note(self) -> RotationNote:
        note = RotationNote.read(self.place.read(self.here.cloud).note)
        assert note
        return note

    @property
    def secrets(self) -> list[str]:
        """What Cognito really has: the values."""
        pool = self.here.local.records[self.ids["UserPoolId"]]
        kept = pool["secrets"].get(self.ids["ClientId"])
        return [s["value"] for s in kept] if kept else [pool["clients"][self.ids["ClientId"]]["ClientSecret"]]

    def add_by_hand(self) -> str:
        answer = self.here.boto().add_user_pool_client_secret(**self.ids)
        return str(answer["ClientSecretDescriptor"]["ClientSecretValue"])


class Wall:
    """Seconds since 1970, which pass when a test says so."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> float:
        self.time += 1  # so that no two secrets are of one second
        return self.time


@pytest.fixture(params=PLACES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    wall = Wall()
    with bench(clock=wall) as here:
        if "#" in request.param:
            here.boto("secretsmanager").create_secret(Name="app", SecretString=json.dumps({"other": "kept"}))
        yield World(here, wall, place_at(request.param.format(tmp_path)))


def others_are_kept(world: World) -> bool:
    names = [s["Name"] for s in world.here.boto("secretsmanager").list_secrets()["SecretList"]]
    if "app" not in names:
        return True
    text = world.here.boto("secretsmanager").get_secret_value(SecretId="app")["SecretString"]
    return bool(json.loads(text)["other"] == "kept")


def check_rotated(world: World) -> None:
    assert world.secrets == [world.held]
    assert world.held != world.first
    assert world.note.begun == 0
    assert others_are_kept(world)


def test_one_run_makes_hands_over_and_deletes(world):
    world.whole()
    check_rotated(world)
    assert not any(world.held in line or world.first in line for line in world.said)


def test_another_run_rotates_again(world):
    world.whole()
    before = world.held
    world.whole()
    check_rotated(world)
    assert world.held != before


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_and_run_again_it_ends_the_same(world, after):
    """What the place holds works at any point, and the next run ends with one new secret, handed over."""
    killed: list[str] = []
    for at in itertools.count(1):
        before, dying = world.secrets[-1], Dying(world.here.cloud, at, after=after)
        with suppress(Killed):
            world.whole(dying)
            break
        killed.append(dying.calls[-1])
        assert not world.held or world.held in world.secrets, killed
        world.wall.time += 60
        world.whole()
        check_rotated(world)
        assert world.held != before, killed
    assert {"AddUserPoolClientSecret", "DeleteUserPoolClientSecret"} < set(killed)


@pytest.mark.parametrize("lost", ["InternalServerException", None], ids=["an error", "a cut connection"])
def test_a_new_secret_whose_answer_is_lost_is_deleted_and_made_anew(world, lost):
    world.here.local.faults.add("AddUserPoolClientSecret", lost, lost_answer=True)
    world.whole()
    check_rotated(world)
    made = [c.operation for c in world.here.local.calls if c.operation.startswith(("Add", "Delete"))]
    assert made == ["AddUserPoolClientSecret", "DeleteUserPoolClientSecret"] * 2


def test_an_answer_that_is_always_lost_ends_after_three_attempts(world):
    world.here.local.faults.add("AddUserPoolClientSecret", None, lost_answer=True, times=9)
    with pytest.raises(CloudError):
        world.whole()
    world.here.local.faults.clear()
    assert world.held == world.first
    world.whole()
    check_rotated(world)


def test_a_note_without_its_value_proves_nothing(world):
    """Killed between the note about the new secret and its value: the value is lost, and made anew."""
    work = world.run()
    state = work.handed_over()
    delivered = world.note
    value = state.held.value
    assert value
    world.place.write(world.here.cloud, Secret(world.first, "test"), str(delivered))
    assert world.run().look().phase is RotationPhase.LOST
    world.whole()
    check_rotated(world)
    assert world.held != value.reveal()


def test_a_halt_is_heeded_after_the_new_secret_is_handed_over(world):
    state = world.run(halted=lambda: len(world.secrets) == 2).handed_over()
    assert state.phase is RotationPhase.DELIVERED
    assert world.held == world.secrets[-1]
    assert world.first in world.secrets


def test_a_second_secret_made_by_hand_is_refused_and_kept(world):
    by_hand = world.add_by_hand()
    with pytest.raises(Refused, match="has two secrets"):
        world.whole()
    assert by_hand in world.secrets


def test_a_second_secret_made_by_hand_after_a_rotation_that_was_given_up_is_refused(world):
    """The note announces a new secret, but this one is of much later."""
    with pytest.raises(Killed):
        world.whole(Dying(world.here.cloud, operation="AddUserPoolClientSecret"))
    world.wall.time += 3600
    by_hand = world.add_by_hand()
    with pytest.raises(Refused, match="has two secrets"):
        world.whole()
    assert by_hand in world.secrets


def test_a_place_with_something_else_is_not_overwritten_without_force(world):
    world.place.write(world.here.cloud, Secret("a-value-of-another-application", "test"), "x")
    with pytest.raises(Refused, match="something other"):
        world.whole()
    assert len(world.secrets) == 1
    world.whole(force=True)
    check_rotated(world)


def test_a_place_that_was_changed_while_both_secrets_work_stops_the_deletion(world):
    work = world.run()
    state = work.handed_over()
    world.place.write(world.here.cloud, Secret(world.first, "test"), str(world.note))
    with pytest.raises(Stale):
        work.finished(state)
    assert len(world.secrets) == 2
    assert world.first in world.secrets


def test_secrets_that_changed_while_the_operator_was_asked_are_not_deleted(world):
    work = world.run()
    state = work.handed_over()
    with pytest.raises(Stale):
        work.finished(state._replace(secrets=state.secrets[::-1]))
    assert len(world.secrets) == 2


def test_a_public_client_has_nothing_to_rotate(world):
    made = world.here.boto().create_user_pool_client(UserPoolId=world.ids["UserPoolId"], ClientName="spa")
    world.ids["ClientId"] = made["UserPoolClient"]["ClientId"]
    with pytest.raises(Refused, match="public client"):
        world.whole()


# --- Secrets Manager rotates ---------------------------------------------------------------------------------------


class Published:
    """A client whose secret Cognito keeps in Secrets Manager."""

    def __init__(self, here: Bench) -> None:
        self.here = here
        pool = here.boto().create_user_pool(PoolName="customers")["UserPool"]["Id"]
        params = {"UserPoolId": pool, "ClientName": "web", "GenerateSecret": True}
        made = here.boto().create_user_pool_client(**params, PublishSecretsInAWSSecretsManager=True)["UserPoolClient"]
        self.arn, self.pool, self.client = made["ClientSecretArn"], pool, made["ClientId"]

    def run(self, cloud: Cloud | None = None) -> None:
        allowed = Limited(cloud or self.here.cloud, published_rotation.CALLS)
        clock = self.here.clock
        work = PublishedRotation(allowed, self.arn, clock=clock, sleep=clock.sleep, say=lambda _: None)
        before = work.look()
        work.ask(before)
        work.wait(before)

    @property
    def held(self) -> str:
        text = self.here.boto("secretsmanager").get_secret_value(SecretId=self.arn)["SecretString"]
        return str(json.loads(text)["clientSecretValue"])

    @property
    def secrets(self) -> list[str]:
        pool = self.here.local.records[self.pool]
        return [s["value"] for s in pool["secrets"].get(self.client, [])]


@pytest.mark.parametrize("busy", [0, 2])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_where_secrets_manager_rotates_a_killed_run_is_run_again_too(after, busy):
    """The place is Secrets Manager itself: what it holds works at any point, and the secret before the last is gone."""
    with bench() as here:
        world, killed = Published(here), []
        here.local.pending_describes = busy
        for at in itertools.count(1):
            before, dying = world.held, Dying(here.cloud, at, after=after)
            with suppress(Killed):
                world.run(dying)
                break
            killed.append(dying.calls[-1])
            assert world.held == (world.secrets or [before])[-1], killed
            gone = world.secrets[:-1]
            world.run()
            assert world.held == world.secrets[-1] != before, killed
            assert not set(gone) & set(world.secrets), killed
        assert "RotateSecret" in killed
