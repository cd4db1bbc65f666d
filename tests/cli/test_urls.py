"""`urls` as it is typed: previews come and go, and what belongs to others stays."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.errors import iam_action
from reconciler.render.output_schemas import output_schema
from reconciler.runs.runtime import NOW, TIME
from tests.cli.support import Ran, run
from tests.support import Clock

REGION = "eu-west-1"
ENV = {"AWS_REGION": REGION}
START = datetime(2026, 11, 1, 12, tzinfo=UTC).timestamp()
SHOP, PR1, PR2 = ("https://shop.example.com/cb", "https://pr-1.example.com/cb", "https://pr-2.example.com/cb")
MANIFEST = """\
version: 1
user_pool: {PoolName: customers}
clients:
  site:
    ClientName: web
    CallbackURLs: CALLBACKS
"""


class Hours:
    """Both clocks of a run."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.signals: list[int] = []

    def now(self) -> float:
        return START + self.clock.now

    def sleep(self, seconds: float) -> None:
        if self.signals:
            signal.raise_signal(self.signals.pop())
        self.clock.sleep(seconds)

    def pass_days(self, days: float) -> None:
        self.clock.now += days * 86400


@pytest.fixture(autouse=True)
def hours() -> Iterator[Hours]:
    made = Hours()
    tokens = TIME.set((made.clock, made.sleep)), NOW.set(made.now)
    yield made
    TIME.reset(tokens[0])
    NOW.reset(tokens[1])


class World:
    """A pool with a client that has one callback URL of its own."""

    def __init__(self, local: Any, folder: Path) -> None:
        self.local, self.folder = local, folder
        self.idp, self.ssm = (local.client(service, REGION) for service in ("cognito-idp", "ssm"))
        self.pool = self.idp.create_user_pool(PoolName="customers")["UserPool"]["Id"]
        found = self.idp.create_user_pool_client(
            UserPoolId=self.pool,
            ClientName="web",
            CallbackURLs=[SHOP],
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=["openid"],
            AllowedOAuthFlowsUserPoolClient=True,
            AccessTokenValidity=5,
            ReadAttributes=["email"],
        )
        self.ids = {"UserPoolId": self.pool, "ClientId": found["UserPoolClient"]["ClientId"]}
        local.calls.clear()

    def manifest(self, callbacks: str) -> str:
        file = self.folder / "m.yaml"
        file.write_text(MANIFEST.replace("CALLBACKS", callbacks))
        return str(file)

    @property
    def client(self) -> dict[str, Any]:
        found: dict[str, Any] = self.idp.describe_user_pool_client(**self.ids)["UserPoolClient"]
        return found

    def urls(self, member: str = "CallbackURLs") -> list[str]:
        return list(self.client.get(member, []))

    @property
    def records(self) -> list[dict[str, Any]]:
        path = f"/poolctl/urls/{self.pool}/{self.ids['ClientId']}"
        found = self.ssm.get_parameters_by_path(Path=path)["Parameters"]
        return [json.loads(p["Value"]) for p in found]

    def writes(self) -> list[str]:
        return [c.operation for c in self.local.calls if c.operation.startswith(("Update", "Tag", "Create"))]


@pytest.fixture
def world(local: Any, tmp_path: Path) -> World:
    return World(local, tmp_path)


def urls(*argv: str) -> Ran:
    return run("urls", *argv, environ=ENV)


def add(*argv: str) -> Ran:
    return urls("add", "pool:customers", "web", *argv)


def remove(*argv: str) -> Ran:
    return urls("remove", "pool:customers", "web", *argv)


def document(ran: Ran) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ran.out)
    Draft202012Validator(json.loads(output_schema("urls"))).validate(found)
    return found


def test_a_preview_comes_and_goes_and_nothing_else_changes(world):
    before = world.client
    ran = add(PR1, "--until", "14d")
    assert (ran.code, ran.out) == (
        0,
        f"Client web of pool customers ({world.pool})\n  + {PR1}  CallbackURLs: added, until 2026-11-15T12:00:00Z\n",
    )
    assert world.urls() == sorted([SHOP, PR1])
    ran = remove(PR1)
    assert (ran.code, ran.out.splitlines()[1]) == (0, f"  - {PR1}  CallbackURLs: removed")
    gone = ("LastModifiedDate",)
    assert {k: v for k, v in world.client.items() if k not in gone} == {
        k: v for k, v in before.items() if k not in gone
    }
    assert [r["gone"] for r in world.records] == [True]


def test_it_is_repeated_without_a_write(world):
    assert add(PR1).code == 0
    assert remove(PR2).code == 0
    world.local.calls.clear()
    for ran, status in ((add(PR1, "-o", "json"), "present"), (remove(PR2, "-o", "json"), "absent")):
        assert ran.code == 0
        found = document(ran)
        assert [u["status"] for u in found["urls"]] == [status]
        assert not found["written"]
    assert world.writes() == []


def test_logout_urls_are_a_list_of_their_own(world):
    assert add("https://pr-1.example.com/", "--logout").code == 0
    assert (world.urls(), world.urls("LogoutURLs")) == ([SHOP], ["https://pr-1.example.com/"])
    assert remove("https://pr-1.example.com/", "--logout").code == 0
    assert world.urls("LogoutURLs") == []


def test_what_has_expired_is_removed_by_the_next_run_and_forgotten_later(world, hours):
    assert add(PR1, "--until", "2026-11-03").code == 0
    hours.pass_days(2.4)
    assert [u["status"] for u in document(urls("list", "pool:customers", "web", "-o", "json"))["urls"]] == [
        "present",
        "other",
    ]
    hours.pass_days(0.2)
    ran = add(PR2)
    assert f"  - {PR1}  CallbackURLs: has expired, and was removed, until 2026-11-04T00:00:00Z\n" in ran.out
    assert world.urls() == sorted([SHOP, PR2])
    hours.pass_days(1)
    assert urls("sweep", "pool:customers", "web").out.endswith("  Nothing has expired.\n")
    assert [r["url"] for r in world.records] == [PR2]


def test_a_dry_run_reads_only(world, hours):
    assert add(PR1, "--until", "1d").code == 0
    hours.pass_days(2)
    records, live = world.records, world.urls()
    world.local.calls.clear()
    for argv in (["add", PR2], ["remove", PR1], ["sweep"]):
        ran = urls(argv[0], "pool:customers", "web", *argv[1:], "--dry-run")
        assert ran.code == 0
        assert ran.out.endswith("Dry run: nothing was written.\n")
    assert (world.records, world.urls(), world.writes()) == (records, live, [])


def test_urls_of_others_stay_unless_they_are_forced_away(world):
    add(PR1)
    ran = remove(PR1, SHOP)
    assert (ran.code, world.urls()) == (4, sorted([SHOP, PR1]))
    assert f"`urls add` has not added {SHOP}, so it belongs to others. Nothing was written." in ran.err
    assert remove(SHOP, "--force").code == 0
    assert world.urls() == [PR1]


def test_a_url_that_is_there_is_not_taken_over(world):
    assert document(add(SHOP, "--until", "1d", "-o", "json"))["urls"] == [
        {"list": "CallbackURLs", "url": SHOP, "status": "other", "until": None}
    ]
    assert world.records == []


def test_what_the_manifest_declares_is_never_removed(world, hours):
    file = world.manifest(f"{{$include: [{SHOP}, {PR1}]}}")
    assert add(PR1, "--until", "1d").code == 0
    assert urls("remove", file, "site", SHOP).code == 4
    assert "the manifest declares" in urls("remove", file, "site", SHOP).err
    hours.pass_days(2)
    assert urls("sweep", file, "clients/site").code == 0
    assert PR1 in world.urls()
    assert run("apply", "--yes", file, environ=ENV).code == 0
    assert world.urls() == sorted([SHOP, PR1])


def test_apply_and_drift_leave_previews_alone(world):
    file = world.manifest(f"{{$include: [{SHOP}]}}")
    assert urls("add", file, "site", PR1, "--until", "1d").err.count("Warning") == 0
    plan = world.folder / "p.json"
    assert run("plan", "--out", str(plan), file, environ=ENV).code == 0
    assert run("drift", file, environ=ENV).code in (0, 2)
    assert "CallbackURLs" not in run("drift", file, environ=ENV).out
    changed = world.manifest(f"{{$include: [{SHOP}]}}\n    AccessTokenValidity: 3")
    assert run("plan", "--out", str(plan), changed, environ=ENV).code == 0
    assert add(PR2).code == 0
    assert run("apply", str(plan), environ=ENV).code == 0
    assert world.client["AccessTokenValidity"] == 3
    assert world.urls() == sorted([SHOP, PR1, PR2])


def test_a_manifest_with_a_whole_list_is_warned_of(world):
    file = world.manifest(f"[{SHOP}]")
    ran = urls("add", file, "site", PR1)
    assert ran.code == 0
    assert f"Warning: {file}:6:19 clients.site.CallbackURLs is declared as a whole list" in ran.err
    assert run("apply", "--yes", file, environ=ENV).code == 0
    assert world.urls() == [SHOP]
    assert "is recorded, and not there: run `poolctl urls sweep`" in urls("list", file, "site").out
    assert urls("sweep", file, "site").code == 0
    assert world.urls() == sorted([SHOP, PR1])


def test_a_hundred_urls_and_no_more(world):
    many = [f"https://pr-{n}.example.com/cb" for n in range(99)]
    assert add(*many).code == 0
    assert len(world.urls()) == 100
    world.local.calls.clear()
    ran = add("https://one-more.example.com/cb")
    assert ran.code == 4
    assert "CallbackURLs would have 101 items, and Cognito takes 100" in ran.err
    assert world.writes() == []
    assert len(world.urls()) == 100


@pytest.mark.parametrize("change", [{"DefaultRedirectURI": SHOP}, {}], ids=["default", "last"])
def test_what_the_client_cannot_be_without_stays(world, change):
    client = {k: v for k, v in world.client.items() if k not in ("ClientType", "CreationDate", "LastModifiedDate")}
    world.idp.update_user_pool_client(**{**client, **change})
    ran = remove(SHOP, "--force")
    assert ran.code == 4
    assert world.urls() == [SHOP]


WRONG = {
    "unknown action": ["ad", "pool:customers", "web", PR1],
    "no URL": ["add", "pool:customers", "web"],
    "URL for list": ["list", "pool:customers", "web", PR1],
    "no https": ["add", "pool:customers", "web", "http://pr.example.com/"],
    "a space": ["add", "pool:customers", "web", "https://a b.example.com/"],
    "too long": ["add", "pool:customers", "web", "https://pr.example.com/" + "x" * 1024],
    "a fragment": ["add", "pool:customers", "web", f"{PR1}#x"],
    "past": ["add", "pool:customers", "web", PR1, "--until", "2026-10-31"],
    "no zone": ["add", "pool:customers", "web", PR1, "--until", "2026-12-31T10:00:00"],
    "no time": ["add", "pool:customers", "web", PR1, "--until", "soon"],
    "until for remove": ["remove", "pool:customers", "web", PR1, "--until", "1d"],
    "force for add": ["add", "pool:customers", "web", PR1, "--force"],
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_words_end_before_aws_is_asked(world, case):
    ran = urls(*WRONG[case])
    assert (ran.code, world.local.calls) == (3, [])
    assert ran.err.startswith(("Error: ", "usage"))


@pytest.mark.parametrize(
    ("operation", "code"), [("DescribeUserPoolClient", 1), ("UpdateUserPoolClient", 6), ("ListUserPoolClients", 1)]
)
def test_a_refused_call_is_named_and_the_next_run_completes_what_is_recorded(world, operation, code):
    world.local.faults.add(operation, "AccessDeniedException", times=9)
    ran = add(PR1)
    assert ran.code == code
    assert iam_action(f"cognito-idp:{operation}") in ran.err
    assert "customers" in ran.err
    if code == 6:
        assert "poolctl urls sweep pool:customers web" in ran.err
        world.local.faults.clear()
        assert urls("sweep", "pool:customers", "web").code == 0
        assert world.urls() == sorted([SHOP, PR1])


def test_a_signal_ends_it_between_two_calls_and_the_next_run_goes_on(world, hours):
    hours.signals = [signal.SIGTERM]
    ran = add(PR1, PR2)
    assert ran.code == 143
    assert "What is recorded is completed by the next run: poolctl urls sweep pool:customers web" in ran.err
    assert urls("sweep", "pool:customers", "web").code == 0
    assert world.urls() == sorted([SHOP, PR1, PR2])


def test_the_policy_allows_what_a_run_calls_and_nothing_else(world):
    printed = json.loads(run("iam-policy", "--for", "urls", f"pool:{world.pool}", environ=ENV).out)
    actions = {
        a for s in printed["Statement"] for a in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])
    }
    world.local.calls.clear()
    assert urls("add", f"pool:{world.pool}", "web", PR1).code == 0
    assert urls("remove", f"pool:{world.pool}", "web", PR1).code == 0
    called = {iam_action(f"{c.service}:{c.operation}") for c in world.local.calls}
    records = {"ssm:GetParametersByPath", "ssm:PutParameter", "ssm:DeleteParameters"}
    assert actions == {a for a in called if a.startswith("cognito-idp:")} | records
    (arn,) = {s["Resource"] for s in printed["Statement"] if "Ssm" in s["Sid"]}
    assert arn == f"arn:aws:ssm:{REGION}:*:parameter/poolctl/urls/{world.pool}/*"


def test_records_of_a_local_directory_outlive_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = f"{{$include: [{SHOP}]}}"
    (tmp_path / "m.yaml").write_text(MANIFEST.replace("CALLBACKS", text))
    assert run("--local", "apply", "--yes", "m.yaml").code == 0
    assert run("--local", "urls", "add", "m.yaml", "site", PR1, "--until", "1d").code == 0
    found = json.loads(run("--local", "urls", "list", "m.yaml", "site", "-o", "json").out)
    assert {u["url"]: u["status"] for u in found["urls"]} == {SHOP: "declared", PR1: "present"}
    assert run("--local", "urls", "remove", "m.yaml", "site", PR1).code == 0
    assert json.loads(run("--local", "urls", "list", "m.yaml", "site", "-o", "json").out)["urls"] == found["urls"][1:]
