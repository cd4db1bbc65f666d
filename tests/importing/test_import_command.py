"""`import --from terraform` as an operator uses it: live and offline, files, refusals, and no secret anywhere."""

from __future__ import annotations

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.local import LocalCognito
from reconciler.render.output_schemas import output_schema
from tests.cli.support import Ran, run
from tests.importing.terraform_form import instance, state

STATES = Path(__file__).with_name("states")
INPUTS = ("lantern.tfstate", "lantern.show.json")
REGION = "eu-west-1"
READERS, STAFF, ELSEWHERE = "eu-west-1_LanternA1", "eu-west-1_LanternB2", "eu-west-1_ElsewhereC"
IDENTITIES = "eu-west-1:00000000-1111-2222-3333-444444444444"
ACCOUNT, HERE = "222233334444", "123456789012"
inputs = pytest.mark.parametrize("name", INPUTS)


def offline(to: Path, name: str, *more: str) -> Ran:
    return run("import", "--from", "terraform", str(STATES / name), "--no-live", "--to", str(to), *more)


def manifests(directory: Path) -> dict[str, Any]:
    return {m["id"]: m for m in (yaml.safe_load(p.read_text()) for p in sorted(directory.glob("*.yaml")))}


class Moved:
    """The pools of the state, live in an embedded Cognito, and the state with their ids."""

    def __init__(self, directory: Path) -> None:
        self.local = directory / "cognito"
        self.to = directory / "pools"
        self.ids: dict[str, str] = {ACCOUNT: HERE}
        self._make(directory / "made")

    def run(self, *argv: str, **more: Any) -> Ran:
        return run(f"--local={self.local}", "--region", REGION, *argv, **more)

    def _make(self, made: Path) -> None:
        assert offline(made, INPUTS[0], "--secrets", "env").code == 0
        found = manifests(made)
        client = found[ELSEWHERE]["clients"].pop("from-elsewhere")
        del found[ELSEWHERE]
        with LocalCognito(self.local) as local:
            idp = local.client("cognito-idp", REGION)
            self.ids[ELSEWHERE] = idp.create_user_pool(PoolName="elsewhere")["UserPool"]["Id"]
            old = client.pop("ClientId")
            made_client = idp.create_user_pool_client(
                UserPoolId=self.ids[ELSEWHERE], ClientName="from-elsewhere", **client
            )
            self.ids[old] = made_client["UserPoolClient"]["ClientId"]
        for document in sorted(found, key=lambda i: i == IDENTITIES):
            self._apply(document, found[document], made)

    def _apply(self, old: str, document: dict[str, Any], made: Path) -> None:
        pins = {key: one.pop("ClientId") for key, one in document.get("clients", {}).items()}
        text = yaml.safe_dump({k: v for k, v in document.items() if k not in ("id", "target")}, sort_keys=False)
        file = made / "one.yml"
        file.write_text(self.moved(text))
        assert self.run("apply", "--yes", str(file), environ=_env(text)).code == 0
        with LocalCognito(self.local) as local:
            if old == IDENTITIES:
                pools = local.client("cognito-identity", REGION).list_identity_pools(MaxResults=9)["IdentityPools"]
                self.ids[old] = pools[0]["IdentityPoolId"]
                return
            idp = local.client("cognito-idp", REGION)
            name = document["user_pool"]["PoolName"]
            pools = idp.list_user_pools(MaxResults=9)["UserPools"]
            self.ids[old] = next(p["Id"] for p in pools if p["Name"] == name)
            clients = idp.list_user_pool_clients(UserPoolId=self.ids[old], MaxResults=9)["UserPoolClients"]
            self.ids |= {pin: c["ClientId"] for key, pin in pins.items() for c in clients if c["ClientName"] == key}

    def moved(self, text: str) -> str:
        for old, new in self.ids.items():
            text = text.replace(old, new)
        return text

    def convert(self, name: str, *more: str, to: Path | None = None) -> Ran:
        text = self.moved((STATES / name).read_text())
        return self.run("import", "--from", "terraform", "-", "--to", str(to or self.to), *more, stdin=text)


def _env(text: str) -> dict[str, str]:
    """The secrets that a manifest asks the environment for."""
    return dict.fromkeys(re.findall(r"\$env: (\w+)", text), "not-a-real-oidc-secret")


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Moved:
    return Moved(tmp_path_factory.mktemp("lantern"))


@pytest.fixture
def live(made, tmp_path) -> Moved:
    """The same, which a test may change: it works on a copy."""
    found = copy.copy(made)
    found.local, found.to = tmp_path / "cognito", tmp_path / "pools"
    shutil.copytree(made.local, found.local)
    return found


@inputs
def test_a_state_becomes_manifests_that_plan_to_nothing(made, tmp_path, name):
    ran = made.convert(name, "--secrets", "env", to=tmp_path)
    assert ran.code == 0, ran.err
    found = manifests(tmp_path)
    assert set(found) == {made.ids[i] for i in (READERS, STAFF, ELSEWHERE, IDENTITIES)}
    text = "".join(p.read_text() for p in tmp_path.glob("*.yaml"))
    environ = _env(text)
    assert made.run("plan", "--detailed-exitcode", str(tmp_path), environ=environ).code == 0
    assert made.run("drift", str(tmp_path), environ=environ).code == 0
    readers = found[made.ids[READERS]]
    assert {key: c["ClientId"] for key, c in readers["clients"].items()} == {
        "kiosk": made.ids["1lanternkio0client000003"],
        "mobile": made.ids["1lanternmob0client000002"],
        "web": made.ids["1lanternweb0client000001"],
    }
    assert found[made.ids[ELSEWHERE]].keys() == {"version", "target", "id", "clients"}


def test_the_live_pool_says_the_values(live):
    """The state is older than the change, and so is wrong."""
    with LocalCognito(live.local) as local:
        idp = local.client("cognito-idp", REGION)
        idp.update_user_pool(UserPoolId=live.ids[STAFF], Policies={"PasswordPolicy": {"MinimumLength": 23}})
        clients = {"UserPoolId": live.ids[READERS], "ClientId": live.ids["1lanternweb0client000001"]}
        before = idp.describe_user_pool_client(**clients)["UserPoolClient"]
        kept = {k: v for k, v in before.items() if not k.endswith(("Date", "Type", "ClientSecret"))}
        idp.update_user_pool_client(**{**kept, "ClientName": "the web"})
    assert live.convert(INPUTS[0]).code == 0
    found = manifests(live.to)
    assert found[live.ids[STAFF]]["user_pool"]["Policies"]["PasswordPolicy"]["MinimumLength"] == 23
    assert found[live.ids[READERS]]["clients"]["the web"]["ClientId"] == live.ids["1lanternweb0client000001"]
    assert "web" not in found[live.ids[READERS]]["clients"]  # matched by its id, not by its name


def test_a_client_of_the_same_name_is_not_taken_over(live):
    with LocalCognito(live.local) as local:
        idp = local.client("cognito-idp", REGION)
        idp.delete_user_pool_client(UserPoolId=live.ids[READERS], ClientId=live.ids["1lanternmob0client000002"])
        idp.create_user_pool_client(UserPoolId=live.ids[READERS], ClientName="mobile")
        idp.create_group(UserPoolId=live.ids[READERS], GroupName="of-another-team")
    ran = live.convert(INPUTS[0], "-o", "json")
    assert ran.code == 0, ran.err
    readers = manifests(live.to)[live.ids[READERS]]
    assert set(readers["clients"]) == {"kiosk", "web"}
    assert set(readers["groups"]) == {"librarians", "readers"}
    gone = [u["source"] for u in json.loads(ran.out)["not_mapped"] if u["category"] == "gone"]
    assert gone == ['module.accounts["eu.west"].aws_cognito_user_pool_client.app["mobile"]']


def test_a_client_that_aws_made_is_taken_over_if_terraform_owns_it(live):
    """An export leaves it out; it may have come into the state by `terraform import`."""
    name = "AmazonOpenSearchService-books"
    with LocalCognito(live.local) as local:
        idp = local.client("cognito-idp", REGION)
        made = idp.create_user_pool_client(UserPoolId=live.ids[READERS], ClientName=name)["UserPoolClient"]
    attributes = {"id": made["ClientId"], "user_pool_id": live.ids[READERS], "name": name, "client_secret": ""}
    text = state(instance("aws_cognito_user_pool_client", attributes))
    ran = live.run("import", "--from", "terraform", "-", "--to", str(live.to), stdin=text)
    assert ran.code == 0, ran.err
    assert set(manifests(live.to)[live.ids[READERS]]["clients"]) == {name}


def test_a_pool_that_is_gone_is_a_failure_and_the_others_are_converted(live):
    with LocalCognito(live.local) as local:
        idp = local.client("cognito-idp", REGION)
        idp.update_user_pool(UserPoolId=live.ids[STAFF], DeletionProtection="INACTIVE")
        idp.delete_user_pool(UserPoolId=live.ids[STAFF])
    ran = live.convert(INPUTS[0])
    assert ran.code == 7
    assert f"Not converted:\n  {live.ids[STAFF]}: There is no pool with the id {live.ids[STAFF]}" in ran.out
    assert set(manifests(live.to)) == {live.ids[i] for i in (READERS, ELSEWHERE, IDENTITIES)}
    assert "from = aws_cognito_user_pool.staff" not in ran.out  # what was not converted is not let go of
    assert f"state rm {'aws_cognito_user_pool.staff'}" not in ran.out


def test_pools_of_another_account_are_refused(made, tmp_path):
    text = made.moved((STATES / INPUTS[0]).read_text()).replace(HERE, "999988887777")
    ran = made.run("import", "--from", "terraform", "-", "--to", str(tmp_path / "x"), stdin=text)
    assert ran.code == 4
    assert ran.err.count("account 999988887777, and the session is in 123456789012; nothing of it was read.") == 1
    assert not (tmp_path / "x").exists()


def test_a_pool_of_another_account_is_a_failure_and_the_others_are_converted(made, tmp_path):
    text = made.moved((STATES / INPUTS[0]).read_text())
    there = f"{HERE}:userpool/{made.ids[STAFF]}"
    text = text.replace(there, there.replace(HERE, "999988887777"))
    ran = made.run("import", "--from", "terraform", "-", "--to", str(tmp_path), stdin=text)
    assert ran.code == 7
    assert f"{made.ids[STAFF]}: The pool is in account 999988887777" in ran.out
    assert set(manifests(tmp_path)) == {made.ids[i] for i in (READERS, ELSEWHERE, IDENTITIES)}


# --- offline -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["minimal", "guarded", "full"])
def test_a_state_and_what_show_prints_of_it_become_the_same(tmp_path, mode):
    for name in INPUTS:
        assert offline(tmp_path / name, name, "--mode", mode).code == 0
    one, other = ({p.name: p.read_text() for p in (tmp_path / name).iterdir()} for name in INPUTS)
    assert one == other
    assert len(one) == 4


def test_clients_of_a_pool_that_is_not_in_the_state_are_a_document_of_their_own(tmp_path):
    """No account is known then, and no name of the pool."""
    client = {"id": "1client", "user_pool_id": ELSEWHERE, "name": "web", "client_secret": "not-a-real-secret"}
    ran = run(
        *("import", "--from", "terraform", "-", "--no-live", "--to", str(tmp_path)),
        stdin=state(instance("aws_cognito_user_pool_client", client)),
    )
    assert ran.code == 0, ran.err
    assert manifests(tmp_path) == {
        ELSEWHERE: {
            "version": 1,
            "target": {"region": REGION},
            "id": ELSEWHERE,
            "clients": {"web": {"ClientId": "1client", "GenerateSecret": True}},
        }
    }


@inputs
@pytest.mark.parametrize("form", ["human", "json"])
@pytest.mark.parametrize("log", ["warning", "debug"])
def test_no_secret_is_in_any_output(tmp_path, name, form, log):
    ran = offline(tmp_path, name, "-o", form, "--log-level", log)
    assert ran.code == 0
    assert (STATES / name).read_text().count("not-a-real") > 5
    everything = [ran.out, ran.err, *(p.read_text() for p in tmp_path.rglob("*") if p.is_file())]
    assert "not-a-real" not in "".join(everything)


@inputs
def test_everything_of_the_state_is_named(tmp_path, name):
    report = json.loads(offline(tmp_path, name, "-o", "json").out)
    Draft202012Validator(json.loads(output_schema("import"))).validate(report)
    said = {o["source"] for m in report["manifests"] for o in m["objects"]} | {
        u["source"] for u in report["not_mapped"]
    }
    state = json.loads((STATES / INPUTS[0]).read_text())
    for resource in state["resources"]:
        data = "data." if resource["mode"] == "data" else ""
        address = f"{resource.get('module', '')}.{data}{resource['type']}.{resource['name']}".lstrip(".")
        assert any(source.startswith(address) for source in said), address
    alarming = {u["source"] for u in report["not_mapped"] if u["category"] == "alarming"}
    assert alarming == {
        "aws_cognito_user_group.temporary",
        'module.accounts["eu.west"].aws_cognito_user_pool_client.app["web"] (deposed c0ffee01)',
    }


def test_existing_files_are_kept_unless_forced(tmp_path):
    assert offline(tmp_path, INPUTS[0]).code == 0
    (tmp_path / "lantern-staff.yaml").write_text("mine\n")
    again = offline(tmp_path, INPUTS[0])
    assert again.code == 4
    assert "already exist; nothing was written" in again.err
    assert (tmp_path / "lantern-staff.yaml").read_text() == "mine\n"
    assert offline(tmp_path, INPUTS[0], "--force").code == 0
    assert (tmp_path / "lantern-staff.yaml").read_text() != "mine\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "terraform", "--to", "x"], "Name the file to convert"),
        (["--from", "terraform", "a.tfstate"], "Name the directory for the manifests: --to DIR."),
        (["--from", "terraform", "a.tfstate", "--to", "x", "--pool", "p"], "--pool does not go with --from"),
        (["--from", "terraform", "a.tfstate", "--to", "x", "--all"], "--all does not go with --from"),
        (["--from", "pulumi", "a", "--to", "x"], "invalid choice: 'pulumi'"),
        (["--from", "terraform", "none.tfstate", "--to", "x"], "none.tfstate: No such file or directory."),
        (["a.tfstate", "--pool", "p"], "Name the tool that wrote the file: --from terraform or --from cloudformation."),
        (["--no-live", "--pool", "p"], "--no-live needs --from"),
        (["-o", "json", "--pool", "p"], "--output needs --from"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    ran = run("import", *words)
    assert ran.code == 3
    assert said in ran.err
    assert list(tmp_path.iterdir()) == []
