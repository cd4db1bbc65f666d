"""`rotate-secret` as it is typed: both worlds, the confirmation, interruptions, and what is refused."""

from __future__ import annotations

import io
import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cli.entry import main
from reconciler.runs.runtime import NOW, TIME
from tests.cli.support import Ran, Terminal, run
from tests.support import Clock

KEYS = {"AWS_REGION": "eu-west-1"}
MANIFEST = {"version": 1, "user_pool": {"PoolName": "customers"}}
PUBLISHED = "PublishSecretsInAWSSecretsManager"


class World:
    """A pool with a client `web`, declared under the key `site`."""

    def __init__(self, local: Any, folder: Path, **client: Any) -> None:
        self.local, self.place = local, f"file:{folder}/secret"
        self.file = folder / "secret"
        self.idp = local.client("cognito-idp", "eu-west-1")
        self.pool = self.idp.create_user_pool(PoolName="customers")["UserPool"]["Id"]
        params = {"UserPoolId": self.pool, "ClientName": "web", "GenerateSecret": True, **client}
        self.client = self.idp.create_user_pool_client(**params)["UserPoolClient"]
        self.manifest = str(folder / "m.yaml")
        tree = {**MANIFEST, "clients": {"site": {"ClientName": "web"}}}
        Path(self.manifest).write_text(yaml.safe_dump(tree))

    @property
    def secrets(self) -> list[str]:
        ids = {"UserPoolId": self.pool, "ClientId": self.client["ClientId"]}
        return [s["ClientSecretId"] for s in self.idp.list_user_pool_client_secrets(**ids)["ClientSecrets"]]

    @property
    def value(self) -> str:
        ids = {"UserPoolId": self.pool, "ClientId": self.client["ClientId"]}
        return str(self.idp.describe_user_pool_client(**ids)["UserPoolClient"]["ClientSecret"])


@pytest.fixture
def world(local: Any, tmp_path: Path) -> World:
    return World(local, tmp_path)


def at_a_terminal(*argv: str, answers: str = "") -> Ran:
    out, err = io.StringIO(), io.StringIO()
    code = main(argv, stdin=Terminal(answers), stdout=out, stderr=err, environ=KEYS)
    return Ran(code, out.getvalue(), err.getvalue())


class Time:
    """Both clocks of a run; the first wait may be interrupted."""

    def __init__(self, start: float, interrupt: bool = False) -> None:
        self.clock, self.start, self.interrupt = Clock(), start, interrupt
        self.waits: list[float] = []

    def now(self) -> float:
        return self.start + self.clock.now

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        if self.interrupt:
            signal.raise_signal(signal.SIGINT)
        self.clock.sleep(seconds)


@pytest.fixture
def timed() -> Iterator[Callable[..., Time]]:
    tokens: list[tuple[Any, Any]] = []

    def made(start: float, *, interrupt: bool = False) -> Time:
        time = Time(start, interrupt)
        tokens.append((TIME, TIME.set((time.clock, time.sleep))))
        tokens.append((NOW, NOW.set(time.now)))
        return time

    yield made
    for variable, token in reversed(tokens):
        variable.reset(token)


def made_at(world: World) -> float:
    ids = {"UserPoolId": world.pool, "ClientId": world.client["ClientId"]}
    dates = [s["ClientSecretCreateDate"] for s in world.idp.list_user_pool_client_secrets(**ids)["ClientSecrets"]]
    return float(max(dates).timestamp())


def test_a_confirmed_rotation_leaves_one_secret_in_the_file(world):
    first, before = world.value, world.secrets
    ran = at_a_terminal("rotate-secret", "pool:customers", "web", "--to", world.place, answers="yes\n")
    assert (ran.code, len(world.secrets)) == (0, 1)
    assert world.secrets != before
    assert world.file.read_text() == world.value != first
    assert world.file.stat().st_mode & 0o777 == 0o600
    assert "Enter 'yes' when every application uses the new one" in ran.err
    for text in (first, world.value):
        assert text not in ran.out + ran.err
        assert text not in world.file.with_name(".secret.poolctl").read_text()


@pytest.mark.parametrize("client", ["site", "clients/site"])
def test_a_manifest_names_the_client_by_its_key(world, client):
    ran = run("rotate-secret", world.manifest, client, "--to", world.place, "--after", "0m", environ=KEYS)
    assert (ran.code, world.file.read_text()) == (0, world.value)
    assert f"Client site of {world.manifest}:1:1 (pool customers, {world.pool}): rotated." in ran.out


def test_the_id_of_the_client_names_it_too(world):
    client = world.client["ClientId"]
    ran = run("rotate-secret", f"pool:{world.pool}", client, "--to", world.place, "--after", "0m", environ=KEYS)
    assert (ran.code, world.file.read_text()) == (0, world.value)


def test_without_a_confirmation_both_secrets_stay_and_the_next_run_goes_on(world):
    words = ("rotate-secret", "pool:customers", "web", "--to", world.place)
    ran = at_a_terminal(*words, answers="no\n")
    assert (ran.code, ran.last) == (6, "exit 6 (partial)")
    assert f"To go on: poolctl rotate-secret --to {world.place} pool:customers web" in ran.err
    both = world.secrets
    assert len(both) == 2
    assert at_a_terminal(*words, answers="\n").code == 1
    assert world.secrets == both
    ran = at_a_terminal(*words, answers="yes\n")
    assert (ran.code, world.secrets) == (0, both[1:])
    assert "Made a new secret" not in ran.err


def test_after_a_time_the_old_secret_is_deleted_without_asking(world, timed):
    time = timed(made_at(world))
    ran = run("rotate-secret", "pool:customers", "web", "--to", world.place, "--after", "1h", environ=KEYS)
    assert (ran.code, len(world.secrets)) == (0, 1)
    assert 3500 < sum(time.waits) < 3700
    assert "Both secrets work; the old one is deleted at" in ran.err


def test_the_time_counts_from_the_new_secret_and_not_from_the_run(world, timed):
    words = ("rotate-secret", "pool:customers", "web", "--to", world.place)
    assert at_a_terminal(*words, answers="no\n").code == 6
    time = timed(made_at(world) + 7200)
    assert run(*words, "--after", "1h", environ=KEYS).code == 0
    assert (time.waits, len(world.secrets)) == ([], 1)


def test_an_interrupted_wait_says_what_is_and_what_to_run(world, timed):
    timed(made_at(world), interrupt=True)
    ran = run("rotate-secret", "pool:customers", "web", "--to", world.place, "--after", "1h", environ=KEYS)
    assert (ran.code, ran.last) == (130, "exit 130 (interrupted)")
    assert "Both secrets work: the new one (" in ran.err
    assert f"To go on: poolctl rotate-secret --to {world.place} --after 60m pool:customers web" in ran.err
    assert len(world.secrets) == 2


class Interrupting(Terminal):
    """A terminal at which Ctrl-C is pressed in place of an answer."""

    def readline(self, *_: Any) -> str:
        signal.raise_signal(signal.SIGINT)
        return "yes\n"


def test_an_interrupted_question_deletes_nothing(world):
    out, err = io.StringIO(), io.StringIO()
    words = ("rotate-secret", "pool:customers", "web", "--to", world.place)
    assert main(words, stdin=Interrupting(), stdout=out, stderr=err, environ=KEYS) == 130
    assert "Both secrets work: the new one (" in err.getvalue()
    assert len(world.secrets) == 2


@pytest.mark.parametrize("more", [[], ["--non-interactive"]])
def test_a_run_that_cannot_ask_needs_a_time(world, more):
    world.local.calls.clear()
    ran = run("rotate-secret", "pool:customers", "web", "--to", world.place, *more, environ=KEYS)
    assert ran.code == 3
    assert "--after" in ran.err
    assert world.local.calls == []


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("vault:x", "is no place for a secret. Write secretsmanager:NAME"),
        ("ssm", "is no place for a secret"),
        ("ssm:", "is incomplete. Write ssm:PATH"),
        ("secretsmanager:#key", "is incomplete"),
        ("secretsmanager:name#", "is incomplete"),
        ("file:/no/such/directory/x", "does not exist"),
        ("file:/", "is not a regular file"),
    ],
)
def test_a_wrong_place_is_found_before_anything_is_read(world, place, said):
    world.local.calls.clear()
    ran = run("rotate-secret", "pool:customers", "web", "--to", place, "--after", "0m", environ=KEYS)
    assert ran.code == 3
    assert said in ran.err
    assert world.local.calls == []


@pytest.mark.parametrize(
    ("pool", "client", "said"),
    [
        ("pool:customers", "wbe", "there is no client"),
        ("pool:customer", "web", "There is no pool with the name"),
        ("pool:eu-west-1_000000000", "web", "There is no pool with the id"),
    ],
)
def test_what_does_not_exist_is_refused(world, pool, client, said):
    ran = run("rotate-secret", pool, client, "--to", world.place, "--after", "0m", environ=KEYS)
    assert ran.code == 4
    assert said in ran.err


def test_two_clients_of_one_name_are_named_by_id(world):
    world.idp.create_user_pool_client(UserPoolId=world.pool, ClientName="web", GenerateSecret=True)
    ran = run("rotate-secret", "pool:customers", "web", "--to", world.place, "--after", "0m", environ=KEYS)
    assert ran.code == 4
    assert "2 clients are called" in ran.err


def test_a_place_is_needed_where_secrets_manager_does_not_rotate(world):
    ran = run("rotate-secret", "pool:customers", "web", environ=KEYS)
    assert ran.code == 4
    assert "Add --to secretsmanager:NAME" in ran.err


def test_a_denied_call_names_pool_operation_and_permission(world):
    world.local.faults.add("AddUserPoolClientSecret", "AccessDeniedException", times=9)
    ran = run("rotate-secret", "pool:customers", "web", "--to", world.place, "--after", "0m", environ=KEYS)
    assert ran.code == 6  # the file holds the old secret now
    assert f"pool customers ({world.pool}): cognito-idp:AddUserPoolClientSecret: AccessDeniedException" in ran.err
    assert "needs the IAM action cognito-idp:AddUserPoolClientSecret" in ran.err
    assert "To go on from there: poolctl rotate-secret" in ran.err


def test_a_parameter_keeps_its_key_and_its_description(world):
    ssm = world.local.client("ssm", "eu-west-1")
    before = {"Name": "/web", "Type": "SecureString", "KeyId": "alias/mine", "Description": "Ours"}
    ssm.put_parameter(**before, Value=world.value)
    ran = run("rotate-secret", "pool:customers", "web", "--to", "ssm:/web", "--after", "0m", environ=KEYS)
    assert ran.code == 0
    found = ssm.describe_parameters()["Parameters"][0]
    assert (found["KeyId"], found["Description"], found["Type"]) == ("alias/mine", "Ours", "SecureString")
    assert ssm.get_parameter(Name="/web", WithDecryption=True)["Parameter"]["Value"] == world.value


def test_a_parameter_in_clear_is_refused(world):
    world.local.client("ssm", "eu-west-1").put_parameter(Name="/web", Type="String", Value="x")
    ran = run("rotate-secret", "pool:customers", "web", "--to", "ssm:/web", "--after", "0m", environ=KEYS)
    assert ran.code == 4
    assert "is no SecureString" in ran.err
    assert len(world.secrets) == 1


@pytest.mark.parametrize("text", ["plain", "[1]", '{"key": {"a": 1}}'])
def test_a_secret_that_cannot_hold_the_key_is_refused(world, text):
    world.local.client("secretsmanager", "eu-west-1").create_secret(Name="app", SecretString=text)
    words = ("rotate-secret", "pool:customers", "web", "--to", "secretsmanager:app#key", "--after", "0m")
    ran = run(*words, environ=KEYS)
    assert ran.code == 4
    assert len(world.secrets) == 1


# --- a manifest that declares the secret ---------------------------------------------------------------------------

OURS, OTHER = "a_secret_of_our_own_0123456789", "some_other_value_0123456789"
DECLARED = {
    "secretsmanager:app#web": {"$secret": "app#web"},
    "ssm:/web": {"$ssm": "/web"},
}


class Declared(World):
    """A client whose secret the manifest declares, from the place where it is handed over."""

    def __init__(self, local: Any, folder: Path, place: str) -> None:
        secrets = {"secretsmanager:app#web": self.in_secrets_manager, "ssm:/web": self.in_parameter_store}
        self.local = local
        secrets[place]()
        super().__init__(local, folder, GenerateSecret=False, ClientSecret=OURS)
        self.place = place
        tree = {**MANIFEST, "clients": {"site": {"ClientName": "web", "ClientSecret": DECLARED[place]}}}
        Path(self.manifest).write_text(yaml.safe_dump(tree))
        self.local.calls.clear()

    def in_secrets_manager(self) -> None:
        text = json.dumps({"web": OURS})
        self.local.client("secretsmanager", "eu-west-1").create_secret(Name="app", SecretString=text)

    def in_parameter_store(self) -> None:
        self.local.client("ssm", "eu-west-1").put_parameter(Name="/web", Type="SecureString", Value=OURS)

    def run(self, *words: str) -> Ran:
        return run(words[0], self.manifest, *words[1:], environ=KEYS)

    def listings(self) -> int:
        return [c.operation for c in self.local.calls].count("ListUserPoolClientSecrets")

    def rotate(self, after: str) -> Ran:
        words = ("rotate-secret", self.manifest, "site", "--to", self.place)
        if after:
            return run(*words, "--after", after, environ=KEYS)
        return at_a_terminal(*words, answers="no\n")


@pytest.fixture(params=DECLARED)
def declared(request: pytest.FixtureRequest, local: Any, tmp_path: Path) -> Declared:
    return Declared(local, tmp_path, request.param)


NOT_COMPARED = "ClientSecret of clients/site was not compared: the client has two secrets, of which Cognito shows one"


def test_a_declared_secret_is_rotated_and_no_plan_is_in_the_way(declared):
    ran = declared.run("plan", "--detailed-exitcode")
    assert (ran.code, declared.listings()) == (0, 0), ran.out
    assert declared.rotate("").code == 6
    assert len(declared.secrets) == 2
    for words in (("plan", "--detailed-exitcode"), ("drift",)):
        ran = declared.run(*words)
        assert ran.code == 0, ran.out
        assert NOT_COMPARED in ran.out
        assert "poolctl rotate-secret" in ran.out
    assert declared.rotate("0m").code == 0
    assert len(declared.secrets) == 1
    declared.local.calls.clear()
    for words in (("plan", "--detailed-exitcode"), ("drift",)):
        ran = declared.run(*words)
        assert (ran.code, "was not compared" in ran.out) == (0, False), ran.out
    assert declared.listings() == 0


def test_another_change_is_applied_while_both_secrets_work(declared):
    assert declared.rotate("").code == 6
    both = declared.secrets
    tree = yaml.safe_load(Path(declared.manifest).read_text())
    tree["clients"]["site"]["RefreshTokenValidity"] = 7
    Path(declared.manifest).write_text(yaml.safe_dump(tree))
    ran = declared.run("apply", "--yes")
    assert (ran.code, declared.secrets) == (0, both), ran.out
    assert NOT_COMPARED in ran.out
    assert declared.run("plan", "--detailed-exitcode").code == 0


def test_another_value_is_refused_and_the_way_is_named(declared):
    manager, ssm = (declared.local.client(name, "eu-west-1") for name in ("secretsmanager", "ssm"))
    if declared.place.startswith("ssm"):
        ssm.put_parameter(Name="/web", Type="SecureString", Value=OTHER, Overwrite=True)
    else:
        manager.put_secret_value(SecretId="app", SecretString=json.dumps({"web": OTHER}))
    ran = declared.run("plan")
    assert (ran.code, declared.listings()) == (4, 1)
    assert "let ClientSecret name the place that its --to hands it over to, or remove ClientSecret" in ran.out
    assert OTHER not in ran.out + ran.err


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_without_the_permission_to_list_secrets_it_is_unknown_whether_they_differ(declared, command):
    assert declared.rotate("").code == 6
    declared.local.faults.add("ListUserPoolClientSecrets", "AccessDeniedException", times=9)
    ran = declared.run(command)
    assert ran.code == 7
    assert "Could not read clients/site: cognito-idp:ListUserPoolClientSecrets: AccessDeniedException" in ran.out
    assert "needs the IAM action cognito-idp:ListUserPoolClientSecrets" in ran.out
    assert "was not compared" not in ran.out


@pytest.mark.parametrize("command", ["plan", "drift", "apply"])
def test_the_policy_of_a_run_lets_it_count_the_secrets_that_are_declared(declared, command):
    action = "cognito-idp:ListUserPoolClientSecrets"
    assert action in run("iam-policy", "--for", command, declared.manifest).out
    tree = yaml.safe_load(Path(declared.manifest).read_text())
    del tree["clients"]["site"]["ClientSecret"]
    Path(declared.manifest).write_text(yaml.safe_dump(tree))
    assert action not in run("iam-policy", "--for", command, declared.manifest).out


# --- Secrets Manager rotates ---------------------------------------------------------------------------------------


@pytest.fixture
def published(local: Any, tmp_path: Path) -> World:
    return World(local, tmp_path, **{PUBLISHED: True})


def current(world: World) -> tuple[str, str]:
    """The version that applications get, and its value."""
    manager = world.local.client("secretsmanager", "eu-west-1")
    found = manager.get_secret_value(SecretId=world.client["ClientSecretArn"])
    return found["VersionId"], json.loads(found["SecretString"])["clientSecretValue"]


def stored(world: World) -> list[str]:
    pool = world.local.records[world.pool]
    return [s["value"] for s in pool["secrets"].get(world.client["ClientId"], [])]


def test_secrets_manager_is_asked_and_waited_for(published, timed):
    published.local.pending_describes = 3
    time = timed(0.0)
    before = current(published)
    ran = run("rotate-secret", published.manifest, "site", environ=KEYS)
    assert ran.code == 0
    version, value = current(published)
    assert f"Secrets Manager has rotated the secret. New version: {version}." in ran.out
    assert published.client["ClientSecretArn"] in ran.err
    assert (version, value) != before
    assert stored(published)[-1] == value
    assert len(time.waits) > 1
    assert value not in ran.out + ran.err


def test_an_interrupted_wait_leaves_the_rotation_to_secrets_manager(published, timed):
    published.local.pending_describes = 3
    timed(0.0, interrupt=True)
    ran = run("rotate-secret", "pool:customers", "web", environ=KEYS)
    assert (ran.code, ran.last) == (130, "exit 130 (interrupted)")
    assert "Secrets Manager goes on with the rotation by itself. To go on: poolctl rotate-secret" in ran.err


def test_a_rotation_under_way_is_waited_for_and_not_asked_for_again(published, timed):
    published.local.pending_describes = 5
    manager = published.local.client("secretsmanager", "eu-west-1")
    asked = manager.rotate_secret(SecretId=published.client["ClientSecretArn"])["VersionId"]
    timed(0.0)
    ran = run("rotate-secret", "pool:customers", "web", environ=KEYS)
    assert ran.code == 0
    assert "A rotation is under way already; waiting for it." in ran.err
    assert current(published)[0] == asked


@pytest.mark.parametrize("more", [["--to", "ssm:/x", "--after", "0m"], ["--after", "0m"], ["--force"]])
def test_there_is_nothing_to_hand_over_there(published, more):
    ran = run("rotate-secret", "pool:customers", "web", *more, environ=KEYS)
    assert ran.code == 4
    assert "Remove --to, --after and --force." in ran.err


def test_a_rotation_that_never_ends_is_given_up(published, timed):
    published.local.pending_describes = 100_000
    timed(0.0)
    ran = run("rotate-secret", "pool:customers", "web", environ=KEYS)
    assert ran.code == 6
    assert "has no new version after 60" in ran.err
