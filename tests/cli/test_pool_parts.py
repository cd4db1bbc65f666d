"""Several documents of one pool on the command line: what they print, write, save, select and refuse."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.local import LocalCognito
from tests.cli.support import Ran, run

REGION = "eu-west-1"
PLATFORM = f"""\
version: 1
part: platform
parts: [platform, web, orders]
target: {{account: "123456789012", region: {REGION}}}
prune: [clients]
user_pool:
  PoolName: customers
  Policies: {{PasswordPolicy: {{MinimumLength: 14}}}}
"""
WEB = f"""\
version: 1
part: web
pool: customers
target: {{account: "123456789012", region: {REGION}}}
user_pool: {{AutoVerifiedAttributes: [email]}}
clients:
  web:
    AllowedOAuthFlowsUserPoolClient: true
    AllowedOAuthFlows: [code]
    AllowedOAuthScopes: [openid, orders/read]
    SupportedIdentityProviders: [COGNITO]
    CallbackURLs: ["https://web.example.com/cb"]
outputs:
  - {{client: web, format: env, file: web.env}}
"""
ORDERS = f"""\
version: 1
part: orders
pool: customers
target: {{account: "123456789012", region: {REGION}}}
resource_servers:
  orders: {{Name: Orders, Scopes: [{{ScopeName: read, ScopeDescription: Read}}]}}
clients: {{backend: {{}}}}
outputs:
  - {{client: backend, format: env, file: backend.env}}
"""
ROLES = f"""\
version: 1
kind: IdentityPool
part: roles
pool: customers
target: {{account: "123456789012", region: {REGION}}}
roles: {{Roles: {{authenticated: "arn:aws:iam::123456789012:role/customers"}}}}
---
version: 1
kind: IdentityPool
part: pool
target: {{account: "123456789012", region: {REGION}}}
identity_pool:
  IdentityPoolName: customers
  AllowUnauthenticatedIdentities: false
  CognitoIdentityProviders:
    - ProviderName: {{$ref: customers/user_pool#ProviderName}}
      ClientId: {{$ref: customers/clients/backend#ClientId}}
"""
FILES = {"platform/pool.yaml": PLATFORM, "team-a/web.yaml": WEB, "team-b/orders.yaml": ORDERS}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        put(tmp_path, name, text)
    return tmp_path


def put(folder: Path, name: str, text: str) -> None:
    (folder / "pools" / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / "pools" / name).write_text(text)


def command(*words: str, paths: tuple[str, ...] = ("pools",)) -> Ran:
    return run(*words, "--local=state", *paths)


def applied() -> None:
    ran = command("apply", "--yes")
    assert ran.code == 0, ran.err


def by_hand(**change: object) -> None:
    with LocalCognito(Path("state")) as local:
        idp = local.client("cognito-idp", REGION)
        pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        server = {"Identifier": "orders", "Scopes": [{"ScopeName": "read", "ScopeDescription": "Read"}]}
        idp.update_resource_server(UserPoolId=pool, Name="Changed", **server)
        idp.create_user_pool_client(UserPoolId=pool, ClientName="by-hand")


HEAD = "parts platform (pools/platform/pool.yaml), web (pools/team-a/web.yaml), orders (pools/team-b/orders.yaml)"


def test_one_apply_makes_the_pool_of_three_teams(folder):
    plan = command("plan", "--detailed-exitcode")
    assert plan.code == 2
    assert f"eu-west-1) — {HEAD}" in plan.out
    assert "# user_pool will be created    pools/platform/pool.yaml:6 (parts platform, web)" in plan.out
    assert "# clients/web will be created    pools/team-a/web.yaml:7 (part web)" in plan.out
    applied()
    again = command("plan", "--detailed-exitcode")
    assert (again.code, "No changes." in again.out) == (0, True)
    assert (folder / "pools/team-a/web.env").is_file()
    assert (folder / "pools/team-b/backend.env").is_file()
    for name in FILES:
        alone = command("plan", "--detailed-exitcode", paths=(f"pools/{name}",))
        assert (alone.code, alone.err) == (0, alone.err)


def test_validate_counts_documents_and_names_each(folder):
    ran = run("validate", "pools")
    assert ran.code == 0
    assert ran.out.splitlines()[:4] == [
        "pools/platform/pool.yaml: valid",
        "pools/team-a/web.yaml: valid",
        "pools/team-b/orders.yaml: valid",
        "3 manifests are valid.",
    ]


def test_two_claims_end_with_3_and_both_places(folder):
    put(folder, "team-b/orders.yaml", ORDERS + "user_pool: {AutoVerifiedAttributes: [email]}\n")
    ran = run("validate", "pools")
    assert ran.code == 3
    place = "pools/team-b/orders.yaml:10:37 user_pool.AutoVerifiedAttributes"
    assert f"{place}: the part web declares user_pool.AutoVerifiedAttributes, at pools/team-a/web.yaml:5:37." in ran.err
    assert command("apply", "--yes").code == 3
    assert not (folder / "state").exists() or not any((folder / "state").rglob("*.json"))


def test_an_output_of_two_parts_is_refused_with_both_places(folder):
    same = ORDERS.replace("team-b", "team-a").replace("file: backend.env", "file: web.env")
    put(folder, "team-a/orders.yaml", same)
    (folder / "pools/team-b/orders.yaml").unlink()
    ran = run("validate", "pools")
    assert ran.code == 3
    assert "pools/team-a/web.yaml:14:5 writes env of clients/web to the same place." in ran.err or (
        "pools/team-a/orders.yaml:9:5 writes env of clients/backend to the same place." in ran.err
    )
    (folder / "pools/team-a/orders.yaml").unlink()
    put(folder, "team-b/orders.yaml", same)
    ran = run("validate", "pools")
    assert ran.code == 3
    assert (
        "pools/team-b/orders.yaml:9:5 outputs/web.env: pools/team-a/web.yaml:14:5 writes env of clients/web" in ran.err
    )
    assert "to a file of the same name, and outputs of one pool are known by their names." in ran.err


def test_a_part_alone_is_refused_while_there_is_no_pool(folder):
    ran = command("apply", "--yes", paths=("pools/team-b/orders.yaml",))
    assert ran.code == 4
    assert "no part that is loaded makes it" in ran.err
    assert "Apply the part that makes the pool first, or load it together with this one." in ran.err


def test_prune_without_all_parts_is_refused(folder):
    applied()
    by_hand()
    files = ("pools/platform/pool.yaml", "pools/team-a/web.yaml")
    ran = command("apply", "--yes", "--prune", paths=files)
    assert ran.code == 4
    assert "the part orders of customers is not loaded, and they may declare what --prune would delete" in ran.err
    ran = command("apply", "--yes", "--prune")
    assert ran.code == 0
    assert "clients/by-hand" in ran.out
    assert command("plan", "--detailed-exitcode").code == 0


def test_json_names_the_parts(folder):
    found = json.loads(command("plan", "-o", "json").out)
    parts = [
        {"name": "platform", "manifest": "pools/platform/pool.yaml"},
        {"name": "web", "manifest": "pools/team-a/web.yaml"},
        {"name": "orders", "manifest": "pools/team-b/orders.yaml"},
    ]
    assert found["pools"][0]["parts"] == parts
    of = {change["address"]: change["parts"] for change in found["resource_changes"]}
    assert of["customers/user_pool"] == ["platform", "web"]
    assert of["customers/resource_servers/orders"] == ["orders"]
    applied()
    by_hand()
    ran = command("drift", "-o", "json")
    assert ran.code == 2
    drifted = json.loads(ran.out)
    assert drifted["pools"][0]["parts"] == parts
    parts_of = {f["address"]: f.get("part") for f in drifted["findings"]}
    assert parts_of["customers/resource_servers/orders"] == "orders"
    assert parts_of["customers/clients/by-hand"] is None
    lone = json.loads(command("drift", "-o", "json", paths=("pools/team-b/orders.yaml",)).out)
    ids = {f["id"] for f in drifted["findings"] if f.get("part") == "orders"}
    assert {f["id"] for f in lone["findings"]} == ids


@pytest.mark.parametrize("form", ["human", "markdown", "html", "junit", "sarif", "jsonl", "github", "json"])
@pytest.mark.parametrize("name", ["plan", "drift"])
def test_every_format_has_a_pool_in_parts(folder, form, name):
    if name == "drift":
        applied()
        by_hand()
    ran = command(name, "-o", form)
    assert ran.code in (0, 2), ran.err
    assert "customers" in ran.out or "pools/team-" in ran.out
    if form in ("human", "markdown", "html", "junit"):
        assert "pools/team-b/orders.yaml" in ran.out


def test_drift_in_words_names_the_part(folder):
    applied()
    by_hand()
    ran = command("drift")
    assert HEAD in ran.out
    [line] = [line for line in ran.out.splitlines() if "resource_servers/orders" in line]
    assert line.endswith("pools/team-b/orders.yaml:6 (part orders)")


def test_a_reviewed_plan_of_parts_is_applied(folder):
    assert command("plan", "--out", "plan.json").code == 0
    shown = run("show", "plan.json")
    assert (shown.code, HEAD in shown.out) == (0, True)
    assert "(parts platform, web)" in shown.out
    ran = run("apply", "--yes", "--local=state", "plan.json")
    assert ran.code == 0, ran.err
    assert command("plan", "--detailed-exitcode").code == 0
    assert command("plan", "--out", "plan.json").code == 0
    put(folder, "team-b/orders.yaml", ORDERS.replace("Name: Orders", "Name: Other"))
    assert run("apply", "--yes", "--local=state", "plan.json").code == 5


def test_a_target_needs_no_part(folder):
    ran = command("plan", "--target", "resource_servers/orders", "--target", "user_pool", "-o", "json")
    named = [c["address"] for c in json.loads(ran.out)["resource_changes"]]
    assert "customers/resource_servers/orders" in named
    assert "customers/clients/web" not in named


def test_overlays_work_on_each_part(folder):
    put(folder, "platform/pool.yaml", PLATFORM.replace("prune:", "locked: [user_pool.Policies]\nprune:"))
    put(folder, "overlays/prod/team-b/orders.yaml", "resource_servers: {orders: {Name: Orders of prod}}\n")
    ran = command("plan", "--env", "prod", "-o", "json")
    assert ran.code == 0, ran.err
    [server] = [c for c in json.loads(ran.out)["resource_changes"] if c["address"].endswith("resource_servers/orders")]
    assert server["change"]["after"]["Name"] == "Orders of prod"
    assert server["source"]["file"].endswith("pools/team-b/orders.yaml")
    put(folder, "overlays/prod/platform/pool.yaml", "user_pool: {Policies: {PasswordPolicy: {MinimumLength: 8}}}\n")
    assert command("plan", "--env", "prod").code == 3
    put(folder, "overlays/prod/platform/pool.yaml", "resource_servers: {orders: {}}\n")
    ran = command("plan", "--env", "prod")
    assert ran.code == 3
    assert (
        "the part platform declares resource_servers.orders, at pools/overlays/prod/platform/pool.yaml:1:20" in ran.err
    )


@pytest.mark.parametrize("count", range(1, 5))
def test_parts_of_one_pool_are_in_one_shard(folder, count):
    found = [command("plan", "-o", "json", "--shard", f"{i}/{count}") for i in range(1, count + 1)]
    pools = [pool for ran in found for pool in json.loads(ran.out)["pools"]]
    assert [len(pool["parts"]) for pool in pools] == [3]


def test_parts_of_identity_pools_and_references_between_documents(folder):
    put(folder, "identities.yaml", ROLES)
    applied()
    assert command("plan", "--detailed-exitcode").code == 0
    ran = command("plan", paths=("pools/identities.yaml",))
    assert ran.code == 3  # what it refers to is in another document
    assert "customers has no section clients. Its kind is IdentityPool." in ran.err
    ran = command("plan", paths=("pools/identities.yaml", "pools/platform/pool.yaml"))
    assert ran.code == 3
    assert "customers declares no clients/backend. Pass the file of the part that declares it, too." in ran.err


def test_lint_names_the_parts(folder):
    ran = run("lint", "pools")
    assert HEAD in ran.out
    alone = run("lint", "pools/team-b/orders.yaml", "-o", "json")
    addresses = {f["address"] for f in json.loads(alone.out)["findings"]}
    assert addresses <= {"customers/clients/backend", "customers/resource_servers/orders"}


def test_many_files_are_validated_together_if_one_is_a_part(folder):
    for i in range(300):
        put(folder, f"many/{i}.yaml", f"version: 1\nuser_pool: {{PoolName: pool-{i}}}\n")
    put(folder, "team-b/orders.yaml", ORDERS.replace("backend", "web"))
    ran = run("validate", "pools")
    assert ran.code == 3
    assert "clients.web: the part web declares clients.web, at pools/team-a/web.yaml:7:3." in ran.err


GUIDE = (Path(__file__).parents[2] / "docs" / "several-teams.md").read_text(encoding="utf-8")


def test_the_guide_is_right(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for text in re.findall(r"```yaml\n(# (?:platform|shop|orders)/pool\.yaml\n.*?)```", GUIDE, re.DOTALL):
        file = Path(text.splitlines()[0].removeprefix("# "))
        file.parent.mkdir()
        file.write_text(text)
    folders = ("platform", "shop", "orders")
    plan = command("plan", paths=folders)
    example = GUIDE.partition("$ poolctl plan platform shop orders\n")[2].partition("```")[0]
    assert [line for line in example.splitlines() if line.strip() not in ("...", "") and line not in plan.out] == []
    ran = command("apply", "--yes", paths=folders)
    assert ran.code == 0, ran.err
    assert command("plan", "--detailed-exitcode", paths=folders).code == 0
    orders = Path("orders/pool.yaml")
    orders.write_text(orders.read_text() + "user_pool: {AutoVerifiedAttributes: [email]}\n")
    ran = run("validate", *folders)
    assert " ".join(GUIDE.partition("of both:\n\n```\n")[2].partition("\n```")[0].split()) in ran.err


def test_a_document_that_was_divided_is_the_same(folder):
    whole = folder / "whole.yaml"
    whole.write_text(
        f"version: 1\ntarget: {{account: '123456789012', region: {REGION}}}\n"
        "user_pool: {PoolName: customers, AutoVerifiedAttributes: [email],\n"
        "  Policies: {PasswordPolicy: {MinimumLength: 14}}}\n"
        + ORDERS.partition(f"{REGION}}}\n")[2].partition("outputs")[0].replace("clients: {backend: {}}\n", "")
        + WEB.partition("clients:\n")[1]
        + WEB.partition("clients:\n")[2].partition("outputs")[0]
        + "  backend: {}\n"
    )
    assert run("diff", str(whole), "pools").code == 0
    applied()
    assert run("diff", "--local=state", "pools", "pool:customers").code == 0
    lone = run("diff", "--local=state", "pools/team-b/orders.yaml", "pool:customers")
    assert (lone.code, "No differences." in lone.out) == (0, True)
    by_hand()
    lone = run("diff", "--local=state", "pool:customers", "pools/team-b/orders.yaml")
    assert lone.code == 2
    assert "resource_servers/orders" in lone.out
    assert "by-hand" not in lone.out
