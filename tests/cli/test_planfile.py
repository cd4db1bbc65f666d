"""Reviewed plans as two jobs of a pipeline use them: one saves a plan, the other applies exactly that or nothing."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from reconciler.local import LocalCognito
from reconciler.runs import apply_run, plan_digest, planfile
from reconciler.terminal.options import Options
from tests.cli.support import run

REGION = "us-east-1"
CANARY = "canary_77c1e6a90d4f4b2c83"
READS = ("Describe", "List", "Get")

TREE = {
    "version": 1,
    "user_pool": {"PoolName": "customers", "Policies": {"PasswordPolicy": {"MinimumLength": 12}}},
    "groups": {"admins": {"Precedence": 1}},
    "clients": {"web": {"CallbackURLs": ["https://a.example/cb"], "GenerateSecret": True}},
    "identity_providers": {
        "okta": {
            "ProviderType": "OIDC",
            "ProviderDetails": {
                "client_id": "poolctl",
                "client_secret": {"$env": "OKTA"},
                "oidc_issuer": "https://okta.example",
                "authorize_scopes": "openid",
                "attributes_request_method": "GET",
            },
        }
    },
}


class Place:
    """A directory with manifests and an embedded Cognito."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.write(TREE)

    def write(self, tree, name="m.yaml") -> None:
        (self.directory / name).write_text(yaml.safe_dump(tree, sort_keys=False))

    def run(self, *argv: str, secret: str = CANARY):
        return run(f"--local={self.directory / 'state'}", *argv, environ={"OKTA": secret})

    def boto(self, act):
        """Do something by hand, with boto3."""
        with LocalCognito(self.directory / "state") as local:
            return act(local.client("cognito-idp", REGION))

    def state(self) -> dict[str, str]:
        return {str(p): p.read_text() for p in (self.directory / "state").rglob("*.json")}

    def text(self, name: str) -> str:
        return (self.directory / name).read_text()

    def age(self, name: str, **by: float) -> None:
        """Make a plan file as old as that, as if it had been written then."""
        tree = json.loads(self.text(name))
        for key in ("created", "expires"):
            when = datetime.fromisoformat(tree[key]) - timedelta(**by)
            tree[key] = when.strftime("%Y-%m-%dT%H:%M:%SZ")
        body = {k: v for k, v in tree.items() if k != "checksum"}
        tree["checksum"] = plan_digest.hashed(body)
        (self.directory / name).write_text(planfile.dumps(tree))


@pytest.fixture
def place(tmp_path, monkeypatch) -> Place:
    monkeypatch.chdir(tmp_path)
    return Place(tmp_path)


@pytest.fixture
def live(place) -> Place:
    assert place.run("apply", "--yes", "m.yaml").code == 0
    return place


def shorter(tree=TREE):
    policies = {"PasswordPolicy": {"MinimumLength": 14}}
    return {**tree, "user_pool": {**tree["user_pool"], "Policies": policies}, "groups": {"admins": {"Precedence": 2}}}


def by_hand(idp):
    pool = idp.list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    idp.update_group(UserPoolId=pool, GroupName="admins", Precedence=9)


@pytest.fixture
def recorded(monkeypatch):
    """The calls that reach the embedded Cognito, whoever starts it."""
    seen = []
    start = LocalCognito.start

    def spy(self):
        seen.append(self.calls)
        return start(self)

    monkeypatch.setattr(LocalCognito, "start", spy)
    return lambda: [c.operation for calls in seen for c in calls if not c.operation.startswith(READS)]


def test_a_reviewed_plan_is_applied_without_a_question(place):
    ran = place.run("plan", "--out", "p.json", "m.yaml")
    assert ran.code == 0
    assert ran.out.endswith("Saved the plan to p.json. Apply it with: poolctl apply p.json\n")
    applied = place.run("apply", "p.json")
    assert applied.code == 0, applied.err
    assert "Apply complete! Resources: 4 added" in applied.out
    assert place.run("plan", "--detailed-exitcode", "m.yaml").code == 0


def test_what_somebody_else_changed_stops_it_and_is_shown(live, recorded):
    live.write(shorter())
    assert live.run("plan", "--out", "p.json", "m.yaml").code == 0
    live.boto(by_hand)
    before, writes = live.state(), recorded()
    ran = live.run("apply", "p.json")
    assert (ran.code, ran.last) == (5, "exit 5 (stale)")
    assert writes == recorded() == ["UpdateGroup"]
    assert live.state() == before
    assert "~ customers/groups/admins: differs from the reviewed plan" in ran.err
    assert "Precedence: reviewed 1 -> 2; now 9 -> 2" in ran.err
    assert "user_pool" not in ran.err
    assert "nothing was written" in ran.err
    assert ran.out == ""


def test_the_difference_tells_what_came_and_went(live):
    live.write(shorter())
    live.run("plan", "--out", "p.json", "m.yaml")
    live.write({**TREE, "groups": {"admins": {"Precedence": 1}, "new": {"Precedence": 5}}})
    ran = live.run("apply", "p.json")
    assert ran.code == 5
    assert "- customers/user_pool: the reviewed plan would update it; today's plan leaves it unchanged" in ran.err
    assert "- customers/groups/admins: the reviewed plan would update it" in ran.err
    assert "+ customers/groups/new: today's plan would create it; the reviewed plan left it unchanged" in ran.err
    assert "Precedence: null -> 5" in ran.err


def test_a_plan_is_applied_but_once(place):
    place.run("plan", "--out", "p.json", "m.yaml")
    assert place.run("apply", "p.json").code == 0
    again = place.run("apply", "p.json")
    assert again.code == 5
    assert "the reviewed plan may have been applied already" in again.err


def test_the_digest_alone_will_do(live, recorded):
    live.write(shorter())
    digest = json.loads(live.run("plan", "-o", "json", "m.yaml").out)["digest"]
    live.run("plan", "--out", "p.json", "m.yaml")
    assert json.loads(live.text("p.json"))["digest"] == digest
    wrong = live.run("apply", "--expect", "sha256:" + "0" * 64, "m.yaml")
    assert (wrong.code, recorded()) == (5, [])
    assert "MinimumLength = 12 -> 14" in wrong.out
    assert "A digest alone does not show" in wrong.err
    assert live.run("apply", "--expect", "sha256:" + "0" * 64, "p.json").code == 5
    other_options = live.run("apply", "--prune", "--expect", digest, "m.yaml")
    assert (other_options.code, recorded()) == (5, [])
    assert live.run("apply", "--expect", digest, "m.yaml").code == 0
    assert set(recorded()) == {"UpdateUserPool", "UpdateGroup"}
    for bad in ("sha256:abc", "0" * 64, digest.upper()):
        assert live.run("apply", "--expect", bad, "m.yaml").code == 3


def test_an_expired_plan_is_not_applied(live, recorded):
    live.write(shorter())
    live.run("plan", "--out", "p.json", "--expires", "30m", "m.yaml")
    tree = json.loads(live.text("p.json"))
    created, expires = (datetime.fromisoformat(tree[k]) for k in ("created", "expires"))
    assert expires - created == timedelta(minutes=30)
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=5)
    live.age("p.json", minutes=31)
    ran = live.run("apply", "p.json")
    assert (ran.code, recorded()) == (5, [])
    assert "expired at" in ran.err
    assert "Run plan --out again" in ran.err
    shown = live.run("show", "p.json")
    assert shown.code == 0


def test_a_plan_file_that_was_changed_is_refused(live, recorded):
    live.write(shorter())
    live.run("plan", "--out", "p.json", "m.yaml")
    text = live.text("p.json")
    for old, new in (('"after": 14', '"after": 6'), ('"paths": [\n    "m.yaml"', '"paths": [\n    "evil.yaml"')):
        assert old in text
        (live.directory / "p.json").write_text(text.replace(old, new))
        for command in ("apply", "show"):
            ran = live.run(command, "p.json")
            assert (ran.code, ran.out, recorded()) == (3, "", [])
            assert "was modified after it was written" in ran.err


def test_show_prints_what_plan_printed(live):
    live.write(shorter())
    planned = live.run("plan", "--out", "p.json", "m.yaml")
    shown = live.run("show", "p.json")
    assert shown.code == 0
    body = planned.out.removesuffix("Saved the plan to p.json. Apply it with: poolctl apply p.json\n")
    (judged,) = (line for line in body.splitlines(keepends=True) if line.startswith("Security:"))
    assert shown.out.startswith(body.replace(f"{judged}\n", ""))  # it changes with time, and was not reviewed
    digest = json.loads(live.text("p.json"))["digest"]
    assert f"\nDigest {digest}\n" in shown.out
    assert shown.out.endswith("Planned with: m.yaml\n")
    planned = json.loads(live.run("plan", "-o", "json", "m.yaml").out)
    assert planned.pop("connections")  # what is live, and not what was reviewed
    assert planned.pop("security")
    assert json.loads(live.run("show", "-o", "json", "p.json").out) == planned
    assert live.run("show", "--", "p.json").out == shown.out
    for wrong in ("m.yaml", "nothing.json"):
        assert live.run("show", wrong).code == 3
    assert live.run("show").code == 3


def test_a_canary_is_in_none_of_the_files_and_outputs(live):
    tree = shorter()
    tree["identity_providers"]["okta"] = json.loads(json.dumps(TREE["identity_providers"]["okta"]))
    live.write(tree)
    rotated = f"{CANARY}_rotated"
    ran = [
        live.run("plan", "--out", "p.json", "m.yaml", secret=rotated),
        live.run("show", "p.json"),
        live.run("apply", "p.json", "--rollback-file", "rb.yaml", "-o", "json", "-o", "human=h.txt", secret=rotated),
    ]
    assert [r.code for r in ran] == [0, 0, 0], ran[-1].err
    assert "(sensitive value)" in ran[0].out
    texts = [t for r in ran for t in (r.out, r.err)] + [live.text(n) for n in ("p.json", "rb.yaml", "h.txt")]
    assert all(CANARY not in text for text in texts)
    assert "$secret: poolctl-rollback/customers/identity_providers/okta#ProviderDetails.client_secret" in texts[-2]
    assert "$env OKTA" in live.text("p.json")


def test_a_secret_that_no_longer_changes_is_another_plan(live):
    live.run("plan", "--out", "p.json", "m.yaml", secret="rotated")
    ran = live.run("apply", "p.json")
    assert ran.code == 5
    assert "customers/identity_providers/okta" in ran.err


def test_options_and_several_pools_are_kept(place):
    place.write({"version": 1, "user_pool": {"PoolName": "${var.stage}-b"}, "groups": {"g": {}, "h": {}}}, "b.yaml")
    given = ("--target", "groups/g", "--var", "stage=prod", "--out", "p.json", "m.yaml", "b.yaml")
    assert place.run("plan", *given).code == 0
    tree = json.loads(place.text("p.json"))
    assert tree["paths"] == ["m.yaml", "b.yaml"]
    assert (tree["options"]["targets"], tree["options"]["variables"]) == (["groups/g"], ["stage"])
    assert "Planned with: --target groups/g --var stage=… m.yaml b.yaml" in place.run("show", "p.json").out
    assert place.run("apply", "p.json").code == 3
    other = place.run("apply", "--var", "stage=dev", "p.json")
    assert other.code == 5
    assert "pool prod-b" in other.err
    assert "pool dev-b" in other.err
    applied = place.run("apply", "--var", "stage=prod", "p.json")
    assert applied.code == 0, applied.err
    found = place.boto(lambda idp: sorted(p["Name"] for p in idp.list_user_pools(MaxResults=9)["UserPools"]))
    assert found == ["prod-b"]


def test_an_identity_pool_whose_references_are_known_after_apply(place):
    place.write(
        {
            "version": 1,
            "kind": "IdentityPool",
            "identity_pool": {
                "IdentityPoolName": "app",
                "AllowUnauthenticatedIdentities": False,
                "CognitoIdentityProviders": [
                    {
                        "ProviderName": {"$ref": "customers/user_pool#ProviderName"},
                        "ClientId": {"$ref": "customers/clients/web#ClientId"},
                    }
                ],
            },
        },
        "id.yaml",
    )
    ran = place.run("plan", "--out", "p.json", ".")
    assert ran.code == 0, ran.err
    assert "(known after apply)" in place.run("show", "p.json").out
    origins = [o["origin"] for o in json.loads(place.text("p.json"))["origins"]]
    assert "$ref customers/clients/web#ClientId" in origins
    applied = place.run("apply", "p.json")
    assert applied.code == 0, applied.err
    assert place.run("plan", "--detailed-exitcode", ".").code == 0


def test_a_plan_that_cannot_be_applied_is_not_saved(live):
    live.write({**TREE, "user_pool": {**TREE["user_pool"], "UsernameAttributes": ["email"]}})
    ran = live.run("plan", "--out", "p.json", "m.yaml")
    assert ran.code == 4
    assert "was not saved" in ran.err
    assert not (live.directory / "p.json").exists()


def test_what_stands_against_a_plan_by_now_is_told(live):
    live.write(shorter())
    live.run("plan", "--out", "p.json", "m.yaml")
    live.write({**shorter(), "user_pool": {**TREE["user_pool"], "UsernameAttributes": ["email"]}})
    ran = live.run("apply", "p.json")
    assert ran.code == 5
    assert "! customers/user_pool: refused now [immutable]" in ran.err


def test_a_rollback_file_restores_what_was(live):
    before = live.run("plan", "-o", "json", "m.yaml").out
    live.write(shorter(), "new.yaml")
    ran = live.run("apply", "--yes", "--rollback-file", "rb.yaml", "new.yaml")
    assert ran.code == 0, ran.err
    assert "to rb.yaml" in ran.err
    assert live.run("plan", "--detailed-exitcode", "m.yaml").code == 2
    assert live.run("validate", "rb.yaml").code == 0
    assert live.run("apply", "--yes", "rb.yaml").code == 0
    assert live.run("plan", "-o", "json", "m.yaml").out == before


def test_a_rollback_file_is_there_before_the_first_write_or_nothing_is_written(live, recorded):
    live.write(shorter())
    (live.directory / "old.yaml").write_text("precious")
    for file, code in (("old.yaml", 3), ("no/such/directory.yaml", 3)):
        ran = live.run("apply", "--yes", "--rollback-file", file, "m.yaml")
        assert (ran.code, recorded()) == (code, [])
    assert live.text("old.yaml") == "precious"
    live.write(TREE)
    assert live.run("apply", "--yes", "--rollback-file", "rb.yaml", "m.yaml").code == 0
    assert not (live.directory / "rb.yaml").exists()


BROKEN = {"branding": {"Settings": {"unknown": 1}}}
"""What only Cognito refuses."""


def test_after_a_failure_the_next_command_is_complete(place):
    place.write({**TREE, "user_pool": {"PoolName": "p-${var.stage}"}, "clients": {"web": BROKEN}, "prune": ["groups"]})
    (place.directory / "overlays" / "prod").mkdir(parents=True)
    (place.directory / "my vars.yaml").write_text("other: x\n")
    asked = ["--env", "prod", "--max-deletes", "3", "--var-file", "my vars.yaml", "--target", "clients/web/branding"]
    ran = place.run("apply", "--yes", *asked, "--prune", "--var", f"stage={CANARY}", "m.yaml")
    assert ran.code == 6
    shown = ran.out.splitlines()[-1]
    words = (
        f"--local={place.directory / 'state'} --env prod --max-deletes 3 --var-file 'my vars.yaml' "
        "--target clients/web/branding --var stage=… --prune m.yaml"
    )
    assert shown == f"Run `poolctl plan {words}` to see what is left, then `poolctl apply {words}`."
    again = run("plan", *shlex.split(words.replace("…", CANARY)), environ={"OKTA": "x"})
    assert again.code == 0, again.err
    assert "1 to add" in again.out


def test_after_a_failure_of_a_reviewed_plan_the_next_command_says_what_the_file_said(place):
    place.write({**TREE, "clients": {"web": BROKEN}})
    assert place.run("plan", "--target", "clients/web/branding", "--out", "p.json", "m.yaml").code == 0
    ran = place.run("apply", "p.json")
    assert ran.code == 6
    words = f"--local={place.directory / 'state'} --target clients/web/branding m.yaml"
    assert f"`poolctl apply {words}`" in ran.out


def test_no_password_of_an_address_is_in_the_next_command():
    options = Options("apply", endpoint_url=f"https://user:{CANARY}@example.com", region="eu-west-1", shard=(2, 3))
    assert list(apply_run.given(options)) == ["--region eu-west-1", "--endpoint-url …", "--shard 2/3"]
    options = Options(
        "apply", endpoint_url="http://localhost:4566", local=".poolctl-local", replaceable=("clients/a b",)
    )
    words = ["--local", "--endpoint-url http://localhost:4566", "--allow-replace 'clients/a b'"]
    assert list(apply_run.given(options)) == words


def looking(place, image: bytes) -> None:
    """Write a manifest whose client has a logo."""
    (place.directory / "logo.png").write_bytes(image)
    asset = {"Category": "FORM_LOGO", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": {"$file": "logo.png"}}
    branding = {"Settings": {"categories": {"form": {"displayGraphics": True}}}, "Assets": [asset]}
    place.write({**TREE, "clients": {"web": {**TREE["clients"]["web"], "branding": branding}}})


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize("link", [False, True])
def test_images_beside_a_rollback_file_overwrite_nothing(place, recorded, link):
    looking(place, PNG + b"old")
    assert place.run("apply", "--yes", "m.yaml").code == 0
    looking(place, PNG + b"new")
    before = len(recorded())
    mine = place.directory / "rb.yaml.0.bin"
    mine.symlink_to("nowhere") if link else mine.write_text("precious")
    ran = place.run("apply", "--yes", "--rollback-file", "rb.yaml", "m.yaml")
    assert (ran.code, len(recorded())) == (3, before)
    assert "rb.yaml.0.bin already exists and is not overwritten" in ran.err
    assert mine.is_symlink() if link else mine.read_text() == "precious"
    assert not (place.directory / "rb.yaml").exists()
    mine.rename(place.directory / "rb.yaml.bin")  # no name that an image gets
    assert place.run("apply", "--yes", "--rollback-file", "rb.yaml", "m.yaml").code == 0
    assert mine.read_bytes() == PNG + b"old"


def test_a_rollback_file_holds_the_look_of_a_client_that_is_deleted(place):
    """It goes with the client, and no plan says so."""
    looking(place, PNG + b"old")
    assert place.run("apply", "--yes", "m.yaml").code == 0
    place.write({**TREE, "clients": {}, "prune": ["clients"]})
    assert place.run("apply", "--yes", "--prune", "--rollback-file", "rb.yaml", "m.yaml").code == 0
    assert "clients/web/branding: is deleted with clients/web; can be undone" in place.text("rb.yaml")
    assert (place.directory / "rb.yaml.0.bin").read_bytes() == PNG + b"old"
    tree = yaml.safe_load(place.text("rb.yaml"))
    del tree["clients"]["web"]["ClientSecret"]
    place.write(tree, "rb.yaml")
    assert place.run("apply", "--yes", "rb.yaml").code == 0
    looking(place, PNG + b"old")
    plan = json.loads(place.run("plan", "-o", "json", "m.yaml").out)
    changed = [c["address"] for c in plan["resource_changes"] if c["change"]["actions"] != ["no-op"]]
    assert changed == ["customers/clients/web"]  # its secret, which was left out


@pytest.mark.parametrize("text", ["", "h", "24", "1w", "-1h", "0h", "1.5h", "99999d", "²h"])
def test_times_are_checked(place, text):
    ran = place.run("plan", "--out", "p.json", f"--expires={text}", "m.yaml")
    assert ran.code == 3
    assert "--expires" in ran.err


def test_what_makes_no_sense_together_is_refused(place):
    assert place.run("plan", "--expires", "24h", "m.yaml").code == 3
    place.run("plan", "--out", "p.json", "m.yaml")
    assert place.run("apply", "p.json", "m.yaml").code == 3
    assert place.run("apply", "--prune", "p.json").code == 3


def test_the_plan_file_is_made_once_for_all_formats(live, monkeypatch):
    live.write(shorter())
    made, document = [], planfile.document

    def spy(*args):
        made.append(document(*args))
        return made[-1]

    monkeypatch.setattr(planfile, "document", spy)
    outputs = [word for form in ("json", "markdown", "html", "jsonl") for word in ("-o", f"{form}=plan.{form}")]
    assert live.run("plan", "--out", "p.json", *outputs, "m.yaml").code == 0
    assert len(made) == 1
    assert json.loads(live.text("plan.json"))["digest"] == json.loads(live.text("p.json"))["digest"]


# --- poolctl.yaml --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "env: prod\n"),
        ("env: prod\n", ""),
        ("var: {size: 14}\n", "var: {size: 14, more: x}\n"),
        ("var_file: a.yaml\n", "var_file: b.yaml\n"),
        ("var_file: a.yaml\n", "var: {size: 20}\n"),
        ("", "var: {size: 20}\nvar_file: b.yaml\n"),
    ],
)
def test_what_the_configuration_says_by_now_does_not_change_a_saved_plan(place, before: str, after: str):
    """It is about new plans; only what is asked for is held against a saved one."""
    with_size = {**TREE, "user_pool": {"PoolName": "customers", "UserPoolTags": {"size": {"$var": "size"}}}}
    (place.directory / "pools" / "overlays" / "prod").mkdir(parents=True)
    place.write(with_size if "var" in before else TREE, "pools/m.yaml")
    longer = {"user_pool": {"Policies": {"PasswordPolicy": {"MinimumLength": 16}}}}
    place.write(longer, "pools/overlays/prod/m.yaml")
    for name, size in (("a", "14"), ("b", "20")):
        (place.directory / f"{name}.yaml").write_text(f"size: '{size}'\n")
    config = place.directory / "poolctl.yaml"
    config.write_text(before)
    assert place.run("plan", "--out", "plan.json", "pools").code == 0
    config.write_text(after)
    ran = place.run("apply", "plan.json")
    assert ran.code == 0, ran.err


def test_what_is_asked_for_beside_a_saved_plan_still_has_to_fit(live):
    (live.directory / "overlays" / "prod").mkdir(parents=True)
    live.write(shorter())
    assert live.run("plan", "--out", "plan.json", "m.yaml").code == 0
    (live.directory / "poolctl.yaml").write_text("env: test\n")
    ran = live.run("apply", "plan.json", "--env", "prod")
    assert (ran.code, "Remove the options that contradict it." in ran.err) == (3, True)
    assert run("apply", "plan.json", environ={"POOLCTL_ENV": "prod"}).code == 3


def test_pools_of_one_name_in_two_regions_are_applied_as_they_were_reviewed(tmp_path):
    """Their objects have the same addresses, and other calls."""
    for region, callback in (("eu-west-1", "https://eu.example/cb"), ("us-east-1", "https://us.example/cb")):
        text = (
            f'version: 1\ntarget: {{account: "123456789012", region: {region}}}\nuser_pool: {{PoolName: customers}}\n'
        )
        (tmp_path / f"{region}.yaml").write_text(f"{text}clients: {{web: {{CallbackURLs: [{callback}]}}}}\n")
    where, state = str(tmp_path), f"--local={tmp_path / 'state'}"
    tree = json.loads(run(state, "plan", "-o", "json", where).out)
    found = [c["api_calls"] for c in tree["resource_changes"] if c["address"] == "customers/clients/web"]
    calls = [one[0]["params"]["CallbackURLs"] for one in found]
    assert calls == [["https://eu.example/cb"], ["https://us.example/cb"]]
    assert run(state, "apply", "--yes", "--expect", tree["digest"], where).code == 0
