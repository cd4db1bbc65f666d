"""poolctl.yaml: what a repository sets for every run, what it cannot set, and who wins."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.cli import config_keys, entry
from reconciler.cli.config_keys import ALLOW, GLOBAL_KEYS, LEFT_OUT, SECTIONS, SHARED_KEYS, VERSION, key
from reconciler.cli.parsing import Parser, parser
from reconciler.model import Allowance, Position
from reconciler.terminal.options import Options
from reconciler.terminal.settings import GLOBALS
from tests.cli.support import run
from tools.config_schema import schema

DOCS = Path(__file__).parents[2] / "docs"

WHOLE = """\
version: 1
region: eu-west-1
log_level: info
var: {stage: prod, count: 3}
var_file: vars.yaml
parallelism: 4
max_rps: 2.5
quiet: true
no_color: true
fail_on: [weakens, irreversible]
allow:
  - rule: CHG04
    path: mfa.MfaConfiguration
    reason: users move to passkeys
    owner: identity
    expires: 2027-06-30
plan:
  output: [human, json=plan.json]
  detailed_exitcode: true
  expires: 7d
drift:
  strict: true
  max_secret_age: 90
"""


def options(command: str, *words: str, environ: dict[str, str] | None = None) -> Options:
    return entry.parse(command, entry.load(command), words, environ or {})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is the working directory."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def whole(here: Path) -> Path:
    (here / "poolctl.yaml").write_text(WHOLE, encoding="utf-8")
    return here


# --- what it sets --------------------------------------------------------------------------------------------------


def test_every_kind_of_value(whole: Path):
    found = options("plan")
    assert (found.region, found.log_level, found.parallelism, found.max_rps) == ("eu-west-1", "info", 4, 2.5)
    assert (found.vars, found.var_files) == (("stage=prod", "count=3"), ("vars.yaml",))
    assert (found.quiet, found.color) == (True, False)
    assert found.fail_on == ("weakens", "irreversible")
    assert found.outputs == (("human", ""), ("json", "plan.json"))
    assert (found.detailed_exitcode, found.expires) == (True, 7 * 24 * 60 * 60)
    place = Position("poolctl.yaml", 12, 5)
    words = ("CHG04", "mfa.MfaConfiguration", "users move to passkeys", "identity", "2027-06-30")
    assert found.allow == (Allowance(*words, place),)


def test_each_command_takes_its_own(whole: Path):
    drift, show = options("drift"), options("show", "plan.json")
    assert (drift.strict, drift.max_secret_age) == (True, 90)
    assert (drift.outputs, drift.expires) == (Options("drift").outputs, None)
    assert (show.fail_on, show.region) == ((), "eu-west-1")
    assert options("import", "--pool", "x").region == "eu-west-1"


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(whole: Path):
    environ = {"POOLCTL_REGION": "eu-west-2", "POOLCTL_PARALLELISM": "6"}
    found = options("plan", "--parallelism", "7", "--fail-on", "critical", "-o", "junit", environ=environ)
    assert (found.region, found.parallelism, found.log_level) == ("eu-west-2", 7, "info")
    assert (found.fail_on, found.outputs) == (("critical",), (("junit", ""),))


def test_what_passes_for_one_run_is_added(whole: Path):
    found = options("plan", "--allow", "CHG03=user_pool")
    assert [str(one) for one in found.allow] == ["CHG03=user_pool", "CHG04=mfa.MfaConfiguration"]


def test_the_file_is_checked_for_all_commands_and_needs_not_be_full(here: Path):
    (here / "poolctl.yaml").write_text("drift: {max_secret_age: 0}\n", encoding="utf-8")
    ran = run("validate", "pools")
    assert (ran.code, ran.err.splitlines()[0]) == (
        3,
        'Error: poolctl.yaml:1:25 drift.max_secret_age: "0" is not a whole number from 1 to 3650.',
    )
    (here / "poolctl.yaml").write_text("", encoding="utf-8")
    assert options("plan") == Options("plan")


def test_it_is_known_what_the_file_says_and_what_is_asked_for(whole: Path):
    found = options("plan", "--var", "stage=test", environ={"POOLCTL_REGION": "eu-west-2"})
    assert {"parallelism", "var_files", "fail_on"} <= found.configured
    assert not {"vars", "region", "allow", "paths"} & found.configured
    assert options("plan", "--no-config").configured == frozenset()


def test_a_target_takes_back_that_pools_are_listed(here: Path):
    (here / "poolctl.yaml").write_text("drift: {pools: true}\n", encoding="utf-8")
    assert options("drift").pools
    assert not options("drift", "--target", "user_pool").pools
    assert options("drift", "--target", "user_pool", "--pools").pools


def test_the_parser_of_a_command_is_built_once(whole: Path):
    from reconciler.cli.configuration import read

    built: list[str] = []

    def build(command: str) -> Parser:
        built.append(command)
        return entry.parser_of(command)

    read("poolctl.yaml", "plan", build)
    assert sorted(built) == ["drift", "plan"]


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["plan: {output: html=LINK/a.html}", "plan: {output: html=LINK}", "var_file: LINK"])
@pytest.mark.parametrize("to", ["directory", "file", "nothing"])
def test_a_link_does_not_lead_out(here: Path, tmp_path_factory: pytest.TempPathFactory, text: str, to: str):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "file").write_text("stage: prod\n", encoding="utf-8")
    (here / "link").symlink_to({"directory": outside}.get(to, outside / to))
    (here / "poolctl.yaml").write_text(text.replace("LINK", "link"), encoding="utf-8")
    ran = run("plan")
    assert ran.code == 3
    assert "is not, through a link, below the directory of this file. Name another one." in ran.err


def test_a_link_that_stays_inside_is_followed(here: Path):
    (here / "reports").mkdir()
    (here / "newest").symlink_to("reports")
    (here / "poolctl.yaml").write_text("plan: {output: html=newest/plan.html}\n", encoding="utf-8")
    assert options("plan").outputs == (("html", "newest/plan.html"),)


# --- where it is ---------------------------------------------------------------------------------------------------


def test_the_nearest_one_up_to_the_root_of_the_repository(whole: Path, monkeypatch: pytest.MonkeyPatch):
    inner = whole / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    found = options("plan")
    assert (found.region, found.var_files) == ("eu-west-1", ("../../vars.yaml",))
    assert found.outputs[1] == ("json", "../../plan.json")
    (whole / "a" / "poolctl.yml").write_text("region: eu-west-3\n", encoding="utf-8")
    assert options("plan").region == "eu-west-3"


def test_nothing_above_a_repository_counts(whole: Path, monkeypatch: pytest.MonkeyPatch):
    inner = whole / "other"
    (inner / ".git").mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert options("plan").region == ""


def test_outside_a_repository_only_the_working_directory_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "poolctl.yaml").write_text("region: eu-west-1\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert options("plan").region == "eu-west-1"
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert options("plan").region == ""


def test_a_worktree_has_a_file_for_its_root(whole: Path, monkeypatch: pytest.MonkeyPatch):
    (whole / ".git").rmdir()
    (whole / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    (whole / "inner").mkdir()
    monkeypatch.chdir(whole / "inner")
    assert options("plan").region == "eu-west-1"


def test_another_file_or_none(whole: Path):
    (whole / "other.yaml").write_text("region: eu-west-3\n", encoding="utf-8")
    assert options("plan", "--config", "other.yaml").region == "eu-west-3"
    assert options("plan", environ={"POOLCTL_CONFIG": "other.yaml"}).region == "eu-west-3"
    for found in (options("plan", "--no-config"), options("plan", environ={"POOLCTL_NO_CONFIG": "true"})):
        assert (found.region, found.fail_on, found.allow) == ("", (), ())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--config", "missing.yaml"), "--config: missing.yaml is not a file."),
        (("--gates-from", "missing.yaml"), "--gates-from: missing.yaml is not a file."),
        (("--config", "poolctl.yaml", "--no-config"), "Remove one of them."),
    ],
)
def test_wrong_files(whole: Path, words: tuple[str, ...], said: str):
    ran = run("plan", *words)
    assert (ran.code, said in ran.err) == (3, True), ran.err


def test_two_names_in_one_directory(whole: Path):
    (whole / "poolctl.yml").write_text("", encoding="utf-8")
    assert "poolctl.yaml and poolctl.yml are both there. Keep one of them." in run("plan").err


def test_it_is_no_manifest(whole: Path):
    manifest = {"version": 1, "user_pool": {"PoolName": "customers"}}
    (whole / "customers.yaml").write_text(yaml.safe_dump(manifest), encoding="utf-8")
    assert run("validate", ".", "--no-config").code == 0


@pytest.mark.parametrize("command", sorted(entry.UNCONFIGURED - {"local"}))
def test_what_reads_no_manifest_reads_no_file(here: Path, command: str):
    (here / "poolctl.yaml").write_text("wrong: 1\n", encoding="utf-8")
    words = {"init": ("--purpose", "consumer", "--file", "-"), "completion": ("bash",)}.get(command, ())
    assert "poolctl.yaml" not in run(command, *words).err


# --- gates of another branch ---------------------------------------------------------------------------------------


def test_gates_come_from_another_file_and_the_rest_from_its_own(whole: Path):
    (whole / "base.yaml").write_text("fail_on: critical\nregion: us-east-1\n", encoding="utf-8")
    found = options("plan", "--gates-from", "base.yaml", "--allow", "CHG03=user_pool")
    assert (found.fail_on, found.region) == (("critical",), "eu-west-1")
    assert [str(one) for one in found.allow] == ["CHG03=user_pool"]
    (whole / "base.yaml").write_text("", encoding="utf-8")
    assert options("plan", "--gates-from", "base.yaml").fail_on == ()
    assert options("plan", "--gates-from", "base.yaml", "--no-config").region == ""


# --- what is wrong -------------------------------------------------------------------------------------------------

WRONG = [
    ("fail-on: [weakens]", "1:1 fail-on", "Did you mean fail_on?"),
    ("fail_on: [weaken]", "1:11 fail_on[0]", "Did you mean weakens?"),
    ("fail_on: weakens, irreversible x", "1:10 fail_on", '"irreversible x" is not one of'),
    ("fail_on: [high, none]", "1:10 fail_on", "none is given together with others."),
    ("plan: {expires: [3d, 4d]}", "1:17 plan.expires", "it takes one value."),
    ("plan: {notes: [true, false]}", "1:15 plan.notes", "it takes one value."),
    ("plan: {notes: 1}", "1:15 plan.notes", '"1" is neither true nor false.'),
    ("var: [a]", "1:7 var[0]", '"a" is not NAME=VALUE. Write one such as stage=prod.'),
    ("var: a", "1:6 var", '"a" is not NAME=VALUE. Write one such as stage=prod.'),
    ("var: [stage=prod, {a: b}]", "1:19 var[1]", "it is not a text, a number, true or false."),
    ("var: {a: null}", "1:10 var.a", "it is not a text, a number, true or false."),
    ("var: {a: [1]}", "1:10 var.a", "Lists and maps are given in a file of var_file."),
    ("var: {1a: x}", "1:7 var.1a", "invalid variable name."),
    ("plan: {output: [human, jsno]}", "1:24 plan.output[1]", "Did you mean json?"),
    ("plan: {output: json=.git/a}", "1:16 plan.output", "is among the files of Git."),
    ("regoin: x", "1:1 regoin", "Did you mean region?"),
    ("zzz: x", "1:1 zzz", "docs/configuration.md lists the keys."),
    ("expires: 3d", "1:1 expires", "Write it below one, such as plan."),
    ("role_arn: x", "1:1 role_arn", "Pass --role-arn to the command."),
    ("profile: x", "1:1 profile", "Pass --profile to the command."),
    ("max_deletes: 3", "1:1 max_deletes", "deleting and hiding need the word of whoever starts the run"),
    ("plan: {max_deletes: 3}", "1:8 plan.max_deletes", "Pass --max-deletes to the command."),
    ("drift: {ignore_pool: x}", "1:9 drift.ignore_pool", "Pass --ignore-pool to the command."),
    ("plan: {prune: true}", "1:8 plan.prune", "deleting and hiding need the word of whoever starts the run"),
    ("plan: [output]", "1:7 plan", "it is not a map. Write the options of plan below it."),
    ("parallelism: 0", "1:14 parallelism", '"0" is not a whole number from 1.'),
    ("parallelism: [1, 2]", "1:14 parallelism", "it takes one value."),
    ("region: {a: b}", "1:9 region", "it is not a text, a number, true or false, or a list of these."),
    ("quiet: maybe", "1:8 quiet", "neither true nor false"),
    ("plan: {notes: maybe}", "1:15 plan.notes", "neither true nor false"),
    ("plan: {output: jsno}", "1:16 plan.output", "Did you mean json?"),
    ("plan: {output: json=../a}", "1:16 plan.output", "is not below the directory of this file"),
    ("plan: {output: json=/tmp/a}", "1:16 plan.output", "is not below the directory of this file"),
    ("var_file: ../x", "1:11 var_file", "is not below the directory of this file"),
    ("version: 2", "1:10 version", "Write version: 1."),
    ("allow: {rule: x}", "1:8 allow", "it is not a list."),
    ("allow: [x]", "1:9 allow[0]", "it is not a map."),
    ("allow: [{rule: CHG04, path: mfa}]", "1:9 allow[0].reason", "it is missing or empty."),
    ("allow: [{rule: CHG99, path: mfa, reason: x}]", "1:16 allow[0].rule", '"CHG99" is not a rule.'),
    ("allow: [{rule: CHG04, path: mfa, reason: 1}]", "1:42 allow[0].reason", "it is not a text."),
    ("allow: [{rule: CHG04, path: mfa, reason: x, expires: 2027-02-30}]", "1:54 allow[0].expires", "is not a day"),
    ("allow: [{rule: CHG04, path: mfa, reason: x, until: 2027-02-01}]", "1:45 allow[0].until", "is not a key"),
    ("region: a\nregion: b", "2:1 region", "duplicate key"),
    ("- a", "1:1", "the configuration is not a map."),
    ("quiet: true\n---\nquiet: false", "3:1", "a second document begins."),
    ("a: [", "2:1", "not valid YAML"),
]


@pytest.mark.parametrize(("text", "place", "said"), WRONG)
def test_each_mistake_has_its_place_and_what_to_write_instead(here: Path, text: str, place: str, said: str):
    (here / "poolctl.yaml").write_text(f"{text}\n", encoding="utf-8")
    ran = run("plan")
    assert (ran.code, ran.last) == (3, "exit 3 (invalid)")
    assert f"poolctl.yaml:{place}" in ran.err, ran.err
    assert said in ran.err, ran.err


def test_all_mistakes_are_reported_at_once(here: Path):
    (here / "poolctl.yaml").write_text("regoin: x\nparallelism: 0\nplan: {expires: soon}\n", encoding="utf-8")
    assert [line.count("poolctl.yaml:") for line in run("plan").err.splitlines()] == [1, 1, 1, 0]
    text = "var: {a: null, b: [1], c: {d: e}, f: x}\nfail_on: [weaken, high, irreversibel]\n"
    (here / "poolctl.yaml").write_text(text, encoding="utf-8")
    places = [re.findall(r"poolctl.yaml:(\d+:\d+)", line) for line in run("plan").err.splitlines()]
    assert places == [["1:10"], ["1:19"], ["1:27"], ["2:11"], ["2:25"], []]


# --- completeness --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", SECTIONS)
def test_every_option_is_a_key_or_left_out_with_a_reason(command: str):
    made = parser(command, entry.load(command), takes_paths=entry.COMMANDS[command][2])
    names = {flag[2:] for action in made.arguments() for flag in action.option_strings if flag[:2] == "--"} - {"help"}
    keys = {*GLOBAL_KEYS, *SHARED_KEYS, ALLOW, *SECTIONS[command]}
    assert names - keys - set(LEFT_OUT) == set()
    assert set(SECTIONS[command]) <= names
    assert not keys & set(LEFT_OUT)


def test_nothing_is_left_out_that_does_not_exist():
    names = {option.name for option in GLOBALS}
    for command in SECTIONS:
        made = parser(command, entry.load(command), takes_paths=entry.COMMANDS[command][2])
        names |= {flag[2:] for action in made.arguments() for flag in action.option_strings if flag[:2] == "--"}
    assert set(LEFT_OUT) <= names
    assert set(config_keys.PATHS) <= {*GLOBAL_KEYS, *(name for keys in SECTIONS.values() for name in keys)}


REFUSED_BY_SCHEMA = [
    *("fail-on: [weakens]", "fail_on: [weaken]", "zzz: x", "role_arn: x", "plan: {prune: true}", "plan: [output]"),
    *("parallelism: [1, 2]", "region: {a: b}", "quiet: maybe", "version: 2", "allow: {rule: x}", "allow: [x]"),
    *("var: {a: null}", "var: {a: [1]}", "profile: x", "max_deletes: 3", "drift: {ignore_pool: x}", "plan: {notes: 1}"),
    *("allow: [{rule: CHG04, path: mfa}]", "allow: [{rule: CHG04, path: mfa, reason: 1}]"),
]


@pytest.mark.parametrize("text", REFUSED_BY_SCHEMA)
def test_the_schema_refuses_what_is_refused(text: str):
    assert text in [wrong for wrong, _, _ in WRONG]
    assert [*Draft202012Validator(schema()).iter_errors(yaml.safe_load(text))]


def test_the_schema_takes_what_is_read(whole: Path):
    found = schema()
    Draft202012Validator.check_schema(found)
    tree = yaml.safe_load(WHOLE.replace("2027-06-30", '"2027-06-30"'))
    assert [*Draft202012Validator(found).iter_errors(tree)] == []
    assert set(found["properties"]) == {*map(key, (VERSION, *GLOBAL_KEYS, *SHARED_KEYS, ALLOW)), *SECTIONS}


def test_the_page_names_every_key():
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    for name in (*map(key, (*GLOBAL_KEYS, *SHARED_KEYS, ALLOW)), *SECTIONS):
        assert f"`{name}`" in text, name
    for section, names in SECTIONS.items():
        for name in names:
            assert f"`{key(name)}`" in text, (section, name)


def test_the_example_of_the_page_is_read(here: Path):
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    example = text.partition("```yaml\n")[2].partition("```")[0]
    (here / "poolctl.yaml").write_text(example, encoding="utf-8")
    found = options("plan")
    assert found.fail_on
    assert found.allow


def test_without_a_file_no_yaml_is_read_for_options():
    code = "import sys; from reconciler.cli import configured; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
