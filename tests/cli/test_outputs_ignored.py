"""`ignore` rules about outputs: made once, then neither compared nor written; and who changed what is not ignored."""

import json

import pytest

from tests.cli.support import run
from tests.cli.test_client_outputs import MANIFEST
from tests.cli.test_declared_outputs import AMPLIFY, ENV, OUTPUTS, SSM, actions, drifted, edit, names, planned, ssm

HAND = "X=1\n"


def rules(*paths, expires=""):
    day = f", expires: {expires}" if expires else ""
    return "ignore:\n" + "".join(f'  - {{path: "{path}", reason: by hand{day}}}\n' for path in paths)


@pytest.fixture
def file(tmp_path):
    (tmp_path / "pools").mkdir()
    found = tmp_path / "pools" / "m.yaml"
    found.write_text(MANIFEST + OUTPUTS)
    return found


@pytest.fixture
def applied(file, local):
    ran = run("apply", "--yes", str(file))
    assert ran.code == 0, ran.err
    return file


def ignoring(file, *paths, **more):
    file.write_text(MANIFEST + OUTPUTS + rules(*paths, **more))


def change(local, name="domain", value="other.example.com"):
    ssm(local).put_parameter(Name=f"/shop/web/{name}", Value=value, Type="String", Overwrite=True)


@pytest.mark.parametrize("path", [ENV, "outputs/.env*", "outputs/*", "outputs"])
def test_a_file_that_is_ignored_is_neither_drift_nor_written(applied, local, path):
    ignoring(applied, path)
    (applied.parent / ".env.cognito").write_text(HAND)
    code, tree = drifted(applied)
    assert (code, tree["findings"], tree["summary"]["suppressed"]) == (0, [], 1)
    assert not any("matched nothing" in n["message"] for n in tree["notices"])
    assert run("plan", "--detailed-exitcode", str(applied)).code == 0
    assert run("apply", "--yes", str(applied)).code == 0
    assert (applied.parent / ".env.cognito").read_text() == HAND


def test_one_parameter_that_is_ignored_leaves_the_others(applied, local):
    ignoring(applied, f"{SSM}.domain")
    change(local)
    change(local, "issuer")
    code, tree = drifted(applied)
    assert (code, [f["path"] for f in tree["findings"]], tree["summary"]["suppressed"]) == (2, ["issuer"], 1)
    (found,) = [o for o in planned(applied)["outputs"] if o["address"].endswith(SSM)]
    assert [p["name"] for p in found["parameters"] if p["actions"] == ["update"]] == ["issuer"]
    assert run("apply", "--yes", str(applied)).code == 0
    assert names(local)["domain"] == "other.example.com"
    assert names(local)["issuer"] != "other.example.com"


def test_what_is_ignored_and_not_there_is_made(applied, local):
    """As an object of a pool is: others may depend on it."""
    ignoring(applied, "outputs")
    (applied.parent / ".env.cognito").unlink()
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    code, tree = drifted(applied)
    assert (code, [f["class"] for f in tree["findings"]]) == (2, ["missing"])
    assert actions(planned(applied)) == {AMPLIFY: ["no-op"], ENV: ["create"], SSM: ["update"]}
    assert run("apply", "--yes", str(applied)).code == 0
    assert (applied.parent / ".env.cognito").exists()
    assert "issuer" in names(local)


def test_the_first_run_makes_what_is_ignored(file, local):
    ignoring(file, "outputs")
    assert run("apply", "--yes", str(file)).code == 0
    assert (file.parent / ".env.cognito").exists()
    assert len(names(local)) == 15


def test_what_is_ignored_is_left_when_its_new_content_is_not_known_yet(applied, local):
    edit(applied, "{PoolName: customers}", "{PoolName: patients}")
    edit(applied, "domains: {acme: {}}", "domains: {other: {}}")
    applied.write_text(applied.read_text() + rules("outputs"))
    before = (applied.parent / ".env.cognito").read_text(), names(local)
    assert set(map(tuple, actions(planned(applied)).values())) == {("no-op",)}
    assert run("apply", "--yes", str(applied)).code == 0
    assert ((applied.parent / ".env.cognito").read_text(), names(local)) == before


def test_a_secure_string_that_is_ignored_stops_nothing(applied, local):
    ignoring(applied, f"{SSM}.issuer")
    ssm(local).delete_parameter(Name="/shop/web/issuer")
    ssm(local).put_parameter(Name="/shop/web/issuer", Value="hunter2-canary", Type="SecureString")
    assert run("plan", "--detailed-exitcode", str(applied)).code == 0


def test_a_rule_that_has_expired_ignores_nothing(applied, local):
    ignoring(applied, ENV, expires="2020-01-01")
    (applied.parent / ".env.cognito").write_text(HAND)
    code, tree = drifted(applied)
    assert (code, len(tree["findings"])) == (2, 1)
    assert actions(planned(applied))[ENV] == ["update"]


def test_a_rule_that_matches_nothing_is_named(applied, local):
    ignoring(applied, "outputs/other.env")
    assert any("outputs/other.env matched nothing" in n["message"] for n in drifted(applied)[1]["notices"])
    assert not any("matched" in n["message"] for n in drifted(applied, "--target", "clients/web")[1]["notices"])
    applied.write_text(MANIFEST + rules(ENV))
    assert any(f"{ENV} matched nothing" in n["message"] for n in drifted(applied)[1]["notices"])


@pytest.mark.parametrize("kind", ["protect", "locked"])
def test_only_ignore_takes_places(tmp_path, kind):
    found = tmp_path / "m.yaml"
    found.write_text(MANIFEST + OUTPUTS + f"{kind}: [{ENV}]\n")
    assert run("validate", str(found)).code == 3


def test_an_identity_pool_has_no_outputs_to_ignore(tmp_path):
    found = tmp_path / "m.yaml"
    found.write_text(
        "version: 1\nkind: IdentityPool\nidentity_pool: {IdentityPoolName: x, AllowUnauthenticatedIdentities: false}\n"
        + rules("outputs/x")
    )
    assert "begins with outputs, which is not a section" in run("validate", str(found)).err


# --- attribution ---------------------------------------------------------------------------------------------------


def test_attribution_says_what_cannot_be_known_of_a_file(applied, local):
    (applied.parent / ".env.cognito").write_text(HAND)
    ran = run("drift", "--attribute", "-o", "json", str(applied))
    assert ran.code == 2
    said = [n["message"] for n in json.loads(ran.out)["notices"]]
    assert said == [f"Who changed {ENV} is not known: CloudTrail records nothing about files."]
