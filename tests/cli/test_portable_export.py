"""`export --portable` as an operator uses it: the examples, made again in another account and Region."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from reconciler.local import LocalCognito
from tests.cli.support import run

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "pools").glob("*.yaml"))
REGIONS = sorted({yaml.safe_load(p.read_text())["target"]["region"] for p in EXAMPLES})
HOME, AWAY = ("eu-west-1", "123456789012"), ("eu-central-1", "222222222222")


def away(directory: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """Run in another account of the embedded Cognito, which belongs to a process."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "MOTO_ACCOUNT_ID": AWAY[1]}
    command = [sys.executable, "-m", "reconciler", f"--local={directory}", *argv]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=ROOT)


@pytest.fixture(scope="module")
def moved(tmp_path_factory) -> Path:
    """The examples in one account and Region, their portable exports, and both applied elsewhere."""
    place = tmp_path_factory.mktemp("moved")
    made = run(f"--local={place / 'home'}", "apply", "--yes", str(ROOT / "pools"))
    assert made.code == 0, made.err
    for region in REGIONS:
        ran = run(
            f"--local={place / 'home'}",
            "--region",
            region,
            "export",
            "--all",
            "--portable",
            "--to",
            str(place / region),
        )
        assert ran.code == 0, ran.err
        variables = (place / region / next(p.name for p in (place / region).glob("*.vars"))).read_text()
        lines = [
            line if line.startswith("google_client_id") else line.replace(HOME[1], AWAY[1])
            for line in variables.splitlines()
        ]
        (place / f"{region}.vars").write_text("\n".join(lines).replace(region, AWAY[0]))
        applied = away(
            place / "away", "apply", "--yes", "--var-file", str(place / f"{region}.vars"), str(place / region)
        )
        assert applied.returncode == 0, applied.stderr
    return place


def names(place: Path) -> list[str]:
    return sorted(p.stem for r in REGIONS for p in (place / r).glob("*.yaml"))


def test_every_example_was_moved(moved):
    declared = [yaml.safe_load(p.read_text()) for p in EXAMPLES]
    pools = {
        (d.get("user_pool") or d["identity_pool"]).get("PoolName") or d["identity_pool"]["IdentityPoolName"]
        for d in declared
    }
    assert len(EXAMPLES) == 5
    assert len(names(moved)) == len(pools) == 5


@pytest.mark.parametrize("region", REGIONS)
def test_the_values_of_the_variables_are_all_that_was_needed(moved, region):
    ran = away(
        moved / "away", "plan", "--detailed-exitcode", "--var-file", str(moved / f"{region}.vars"), str(moved / region)
    )
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "No changes. Your user pools match the manifests.")


PLACED = re.compile(
    r'"arn:|[a-z]+-[a-z]+-[0-9]|ClientId|RoleMappings|principal_tags/|domains/|PrincipalTags|UseDefaults'
)


@pytest.mark.parametrize("region", REGIONS)
def test_the_pools_differ_in_ids_arns_and_domains_only(moved, region):
    exported = {
        "home": run(
            f"--local={moved / 'home'}", "--region", region, "export", "--all", "--to", str(moved / f"{region}-home")
        )
    }
    assert exported["home"].code == 0
    assert (
        away(moved / "away", "--region", AWAY[0], "export", "--all", "--to", str(moved / f"{region}-away")).returncode
        == 0
    )
    for file in sorted((moved / f"{region}-home").glob("*.yaml")):
        ran = run("diff", str(file), str(moved / f"{region}-away" / file.name))
        changed = [line for line in ran.out.splitlines() if re.match(r"  [~+-] ", line)]
        assert [line for line in changed if not PLACED.search(line)] == [], file.name


@pytest.mark.parametrize("region", REGIONS)
def test_the_values_of_the_source_plan_to_nothing_there(moved, region):
    (variables,) = (moved / region).glob("*.vars")
    ran = run(f"--local={moved / 'home'}", "plan", "--var-file", str(variables), str(moved / region))
    changed = [line for line in ran.out.splitlines() if re.match(r"  [~+-] ", line)]
    assert [line for line in changed if "client_secret" not in line] == []  # --local makes up what has a new name


def test_it_needs_a_directory_for_its_variables(tmp_path):
    ran = run("--local", "export", "--portable", "--pool", "x")
    assert ran.code == 3
    assert "--portable needs --to DIR: the values of its variables are written beside the manifest." in ran.err


def test_the_file_of_variables_is_named_for_the_pool_and_never_overwritten(moved, tmp_path):
    words = (
        f"--local={moved / 'home'}",
        "--region",
        "eu-west-1",
        "export",
        "--pool",
        "orchard-machines",
        "--portable",
        "--to",
        str(tmp_path),
    )
    first, second, forced = run(*words), run(*words), run(*words, "--force")
    assert (first.code, second.code, forced.code) == (0, 4, 0)
    assert first.out.splitlines() == [str(tmp_path / "orchard-machines.vars"), str(tmp_path / "orchard-machines.yaml")]
    assert str(tmp_path / "orchard-machines.vars") in second.err


def test_of_two_pools_with_one_name_one_is_portable(tmp_path):
    with LocalCognito(tmp_path / "state") as local:
        idp = local.client("cognito-idp", "eu-west-1")
        ids = [idp.create_user_pool(PoolName=name)["UserPool"]["Id"] for name in ("customers", "customers", "staff")]
    words = ("--region", "eu-west-1", "export", "--all", "--portable", "--to", str(tmp_path / "out"))
    ran = run(f"--local={tmp_path / 'state'}", *words)
    assert ran.code == 6
    first = min(ids[:2])
    assert f'The pool {first} of this export has the name "customers" too' in ran.err
    assert len(list((tmp_path / "out").glob("*.yaml"))) == 2


def test_it_does_not_go_with_the_definition_of_another_tool(tmp_path):
    ran = run("import", "--from", "terraform", "x.tfstate", "--to", str(tmp_path), "--portable")
    assert ran.code == 3
    assert "--portable does not go with --from" in ran.err
