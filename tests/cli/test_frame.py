from __future__ import annotations

import gc
import logging
import os
import re
import signal
import subprocess
import sys
import types

import pytest

from reconciler.cli import entry
from reconciler.errors import CloudError, ExitCode, Incomplete, Partial, Refused, Stale
from reconciler.terminal import logs, settings
from reconciler.terminal.definition_options import GROUP, DefinitionOptions
from reconciler.terminal.memory import NEW_OBJECTS
from reconciler.terminal.moving_options import MOVING, MovingOptions
from reconciler.terminal.options import RECOVERY, URL, Options, RecoveryOptions, UrlOptions
from reconciler.terminal.settings import GLOBALS
from schemas import manifest
from tests.cli.support import run

HEAVY = re.compile(r"\b(boto3|botocore|pydantic|deepdiff|yaml|moto|asyncio|inspect|dataclasses|typing|argparse)\b")


@pytest.fixture(autouse=True)
def _quiet_root():
    before = logging.getLogger().level
    yield
    root = logging.getLogger()
    for handler in [h for h in root.handlers if isinstance(h, logs.ConsoleHandler)]:
        root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def command(monkeypatch):
    """Puts a command named `probe` in place, whose work is the function that is given."""

    def put(work, *, takes_paths=True, configure=lambda parser: None):
        module = types.ModuleType("tests_probe")
        module.__dict__.update(HELP="Probe.", configure=configure, run=work)
        monkeypatch.setitem(sys.modules, "tests_probe", module)
        monkeypatch.setitem(entry.COMMANDS, "probe", ("tests_probe", "probe", takes_paths))

    return put


@pytest.fixture
def options(command):
    """Returns the options that a command line and an environment come to."""

    def parse(*argv, environ=None, **more):
        seen = []
        command(lambda o, _: seen.append(o) or 0, **more)
        ran = run(*argv, environ=environ)
        assert ran.code == 0, ran.err
        return seen[0]

    return parse


# --- where options stand -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv",
    [
        ("--region", "eu-west-1", "--var", "a=1", "probe", "p", "--var", "b=2"),
        ("probe", "--region=eu-west-1", "p", "--var", "a=1", "--var=b=2"),
        ("probe", "--var=a=1", "p", "--region", "eu-west-1", "--var", "b=2"),
    ],
)
def test_global_options_stand_anywhere(options, argv):
    found = options(*argv)
    assert (found.region, found.vars, found.paths) == ("eu-west-1", ("a=1", "b=2"), ("p",))


def test_defaults(options):
    assert options("probe") == Options(command="probe")
    assert Options("plan").paths == ("pools",)


@pytest.mark.parametrize(
    ("argv", "local", "paths"),
    [
        (("--local", "probe", "pools/"), ".poolctl-local", ("pools/",)),
        (("probe", "--local", "pools/"), ".poolctl-local", ("pools/",)),
        (("probe", "pools/", "--local"), ".poolctl-local", ("pools/",)),
        (("--local=x", "probe"), "x", ("pools",)),
        (("probe", "--local=x", "a", "b"), "x", ("a", "b")),
        (("probe", "a"), None, ("a",)),
    ],
)
def test_local_never_swallows_the_next_word(options, argv, local, paths):
    found = options(*argv)
    assert (found.local, found.paths) == (local, paths)


def test_paths_may_stand_between_options_and_after_the_dashes(options):
    assert options("probe", "a", "--quiet", "-", "--", "--odd").paths == ("a", "-", "--odd")


def test_a_module_may_declare_paths_itself(options):
    found = options("probe", "a", "--quiet", "b", configure=lambda p: p.add_argument("paths", nargs="*"))
    assert found.paths == ("a", "b")


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("plan", "--detailed-exitcod"), "Unknown option --detailed-exitcod. Did you mean --detailed-exitcode?"),
        (("plan", "--reg", "x"), "Unknown option --reg."),
        (("plan", "--region"), "Argument --region: expected one argument."),
        (("paln",), "Unknown command paln. Did you mean plan?"),
        (("help", "paln"), "Unknown command paln. Did you mean plan?"),
        ((), "No command was given."),
        (("--quiet",), "No command was given."),
        (("plan", "--parallelism", "0"), '--parallelism: "0" is not a whole number from 1.'),
        (("plan", "--parallelism", "1.5"), '--parallelism: "1.5" is not a whole number from 1.'),
        (("plan", "--region", "EU"), '--region: "EU" is not a Region code. Write one such as eu-west-1.'),
        (("plan", "--region", "eu-west-1\n"), '--region: "eu-west-1\\n" is not a Region code.'),
        (("plan", "--max-deletes", "-1"), '--max-deletes: "-1" is not a whole number from 0.'),
        (("apply", "--max-deletes", "x"), '--max-deletes: "x" is not a whole number from 0.'),
        (("local", "serve", "--port", "x"), '--port: "x" is not a whole number from 0 to 65535.'),
        (("local", "serve", "--port", "65536"), '--port: "65536" is not a whole number from 0 to 65535.'),
        (("local", "serve", "--port=-1"), '--port: "-1" is not a whole number from 0 to 65535.'),
        (("plan", "--max-rps", "nan"), '--max-rps: "nan" is not a number above 0.'),
        (("plan", "--log-level", "inf"), '--log-level: "inf" is not one of debug, info, warning, error.'),
        (("plan", "--profile="), "--profile: the value is empty."),
        (("plan", "-o", "jsn"), '--output: "jsn" is not one of human, json'),
        (("plan", "-o", "json="), '--output: "json=" has no file after the =.'),
        (("plan", "-o", "json=/no/such/dir/x"), '--output: the directory "/no/such/dir" does not exist.'),
        (("plan", "-o", "json", "-o", "human"), "--output: two results cannot be written to standard output."),
        (("version", "extra"), "Unexpected argument extra."),
        (("local", "run"), "Argument action: invalid choice: 'run'"),
        (("schema", "--output", "x"), "Argument --output: invalid choice: 'x'"),
    ],
)
def test_wrong_use_ends_with_3_and_says_what_was_meant(argv, message):
    ran = run(*argv)
    assert message in ran.err
    assert (ran.code, ran.last, ran.out) == (3, "exit 3 (invalid)", "")


# --- the environment -----------------------------------------------------------------------------------------------

VALUES = {
    "whole": ("3", 3),
    "rate": ("2.5", 2.5),
    "on": ("true", True),
    "off": ("1", False),
    "region": ("eu-west-1", "eu-west-1"),
}


@pytest.mark.parametrize("option", GLOBALS, ids=lambda o: o.name)
def test_every_global_option_has_a_setting_and_a_flag(options, option, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE").touch()  # --config is read at once
    text, value = VALUES.get(option.kind, (option.metavar.split("|")[0], option.metavar.split("|")[0]))
    wanted = (value,) if option.kind == "list" else value
    assert getattr(options("probe", environ={option.setting: text}), option.field) == wanted
    words = [option.flag] if option.kind in ("on", "off") else [f"{option.flag}={text}"]
    assert getattr(options(*words, "probe"), option.field) == wanted
    assert getattr(options("probe", *words, environ={option.setting: ""}), option.field) == wanted


@pytest.mark.parametrize(
    ("environ", "field", "value"),
    [
        ({"POOLCTL_LOCAL": "true"}, "local", ".poolctl-local"),
        ({"POOLCTL_LOCAL": "0"}, "local", None),
        ({"POOLCTL_VAR": "a=1\nb=x y"}, "vars", ("a=1", "b=x y")),
        ({"POOLCTL_NO_COLOR": "false"}, "color", None),
        ({"POOLCTL_REGION": ""}, "region", ""),
    ],
)
def test_settings(options, environ, field, value):
    assert getattr(options("probe", environ=environ), field) == value


def test_a_region_has_the_form_that_it_has_in_a_manifest():
    assert settings.REGION == manifest.REGION


def test_the_command_line_wins_over_settings(options):
    environ = {"POOLCTL_REGION": "eu-west-1", "POOLCTL_VAR": "x=1"}
    found = options("probe", "--region", "us-east-1", "--var", "y=2", environ=environ)
    assert (found.region, found.vars) == ("us-east-1", ("y=2",))


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"POOLCTL_REGOIN": "x"}, "unknown setting POOLCTL_REGOIN. Did you mean POOLCTL_REGION?"),
        ({"POOLCTL_REGION": "EU"}, 'POOLCTL_REGION: "EU" is not a Region code.'),
        ({"POOLCTL_QUIET": "maybe"}, 'POOLCTL_QUIET: "maybe" is neither true nor false.'),
        ({"POOLCTL_PARALLELISM": "x"}, 'POOLCTL_PARALLELISM: "x" is not a whole number from 1.'),
    ],
)
def test_wrong_settings_end_with_3(environ, message):
    ran = run("version", environ=environ)
    assert (ran.code, ran.out) == (3, "")
    assert message in ran.err


# --- help ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [("--help",), ("-h",), ("help",), ("--quiet", "--help")])
def test_help(argv):
    ran = run(*argv)
    assert (ran.code, ran.err) == (0, "")
    for word in [*entry.COMMANDS, *(o.usage for o in GLOBALS), *(str(int(code)) for code in ExitCode), "examples:"]:
        assert word in ran.out


OPERANDS = {
    **dict.fromkeys(("validate", "lint", "plan", "apply", "drift", "iam-policy", "doctor"), "[PATH ...]"),
    "init": "[PURPOSE]",
    "show": "FILE|pool POOL",
    "rotate-secret": "POOL CLIENT",
    "recover": "POOL",
    "copy": "POOL",
    "replace": "POOL",
    "users": "ACTION POOL [USER|FILE]",
    "outputs": "POOL",
    "import": "[FILE]",
    "diff": "A B",
    "explain": "[KIND[.MEMBER]|RULE]",
    "local": "serve",
    "completion": "bash|zsh|fish",
    "urls": "ACTION POOL CLIENT [URL...]",
}
"""What the usage of a command names; the others have options only."""


@pytest.mark.parametrize("name", entry.COMMANDS)
def test_every_command_has_help(name):
    ran = run(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    operands = OPERANDS.get(name, "")
    assert ran.out.splitlines()[0] == f"usage: poolctl {name} [options] {operands}".rstrip()
    assert "--local[=DIR]" in ran.out
    assert run("help", name).out == ran.out


@pytest.mark.parametrize("name", entry.COMMANDS)
def test_every_option_of_a_command_is_a_field(name):
    from reconciler.cli.parsing import parser

    made = parser(name, entry.load(name), takes_paths=entry.COMMANDS[name][2])
    own = {f"{GROUP}{field}" for field in DefinitionOptions._fields}
    own |= {f"{MOVING}{field}" for field in MovingOptions._fields}
    own |= {f"{URL}{field}" for field in UrlOptions._fields}
    own |= {f"{RECOVERY}{field}" for field in RecoveryOptions._fields}
    unknown = {a.dest for a in made._actions} - set(Options._fields) - own - {"help"}
    assert not unknown


# --- how it ends ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (Refused("no"), 4, "refused"),
        (Stale("no"), 5, "stale"),
        (Partial("no"), 6, "partial"),
        (Incomplete("no"), 7, "incomplete"),
        (CloudError("cognito-idp:X", "Y", "no"), 1, "error"),
    ],
)
def test_expected_errors(command, error, code, word):
    def fail(options, console):
        raise error

    command(fail)
    ran = run("probe")
    assert ran.code == code
    assert ran.err.splitlines()[-2:] == [f"Error: {error}", f"exit {code} ({word})"]


@pytest.mark.parametrize("level", ["warning", "debug"])
def test_defects_show_the_way_but_no_values(command, level):
    def fail(options, console):
        password = "hunter2"
        raise ValueError(password)

    command(fail)
    ran = run("probe", "--log-level", level)
    assert (ran.code, ran.last) == (1, "exit 1 (error)")
    assert "unexpected ValueError at test_frame.py:" in ran.err
    assert "bug in poolctl" in ran.err
    assert ("in fail" in ran.err) == (level == "debug")
    assert "raise ValueError(password)" in ran.err or level != "debug"
    assert '"hunter2"' not in ran.err.replace('password = "hunter2"', "")


@pytest.mark.parametrize("code", ExitCode)
def test_the_last_line_names_the_exit_code(command, code):
    command(lambda options, console: code)
    ran = run("probe")
    assert (ran.code, ran.last) == (code, f"exit {int(code)} ({code.word})" if code else "")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals(command, number, code):
    def wait(options, console):
        os.kill(os.getpid(), number)
        raise AssertionError

    command(wait)
    ran = run("probe")
    assert (ran.code, ran.err.splitlines()[0]) == (code, "Interrupted.")


def test_keyboard_interrupt(monkeypatch):
    def interrupt(name):
        raise KeyboardInterrupt

    monkeypatch.setattr(entry, "load", interrupt)
    assert run("plan").code == 130


# --- processes of their own ----------------------------------------------------------------------------------------


def _process(*argv: str, python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, *python, "-m", "reconciler", *argv]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def _imported(*argv: str) -> set[str]:
    """Modules that a run imports after Python's own start."""
    done = _process(*argv, python=("-X", "importtime"))
    assert done.returncode == 0
    lines = done.stderr.splitlines()
    names = [line.rpartition("|")[2].strip() for line in lines if line.startswith("import time:")]
    return set(names[names.index("site") :] if "site" in names else names)


@pytest.mark.parametrize("argv", [("plan", "--help"), ("plan", "--fail-on", "weakens,high", "--help"), ("version",)])
def test_no_rule_is_loaded_for_the_words_of_a_gate(argv):
    found = _imported(*argv)
    assert not {name for name in found if name.startswith(("reconciler.security.catalogue", "reconciler.kinds"))}
    assert not {"reconciler.security.gates", "pydantic", "boto3"} & found


def test_help_imports_next_to_nothing():
    found = _imported("--help")
    assert not {name for name in found if HEAVY.search(name)} - {"_typing"}
    assert {n for n in found if n.startswith("reconciler.")} == {
        "reconciler.cli",
        "reconciler.cli.entry",
        "reconciler.terminal",
        "reconciler.terminal.characters",
        "reconciler.terminal.console",
        "reconciler.terminal.memory",
        "reconciler.terminal.settings",
    }


def test_version_imports_no_library():
    found = _imported("version")
    assert not {name for name in found if HEAVY.search(name)} - {"_typing"}
    assert not {name for name in found if name.startswith("reconciler.commands")}


@pytest.mark.parametrize("argv", [("version", "--quiet"), ("version", "-o", "json")])
def test_version_with_options_imports_no_library(argv):
    light = {"typing", "argparse", "_typing"}
    assert not {name for name in _imported(*argv) if HEAVY.search(name) and "importlib" not in name} - light


BUDGET = 255
"""Most modules that `validate` of a plain manifest imports, after the start of Python. It may fall, and not rise."""

UNUSED = re.compile(
    r"(boto3|botocore|moto|deepdiff|pydantic|logging|importlib\.metadata|hashlib|xml|gzip|pickle)\b"
    r"|reconciler\.(cloud\.aws|observing|export|applications|explaining|planning\.(planner|pipeline))\b"
)
"""What a plain manifest needs nothing of."""


def test_validate_imports_no_more_than_it_needs(tmp_path):
    file = tmp_path / "pool.yaml"
    file.write_text("version: 1\nuser_pool:\n  PoolName: x\n")
    found = _imported("validate", str(file))
    assert not {name for name in found if UNUSED.match(name)}
    assert len(found) <= BUDGET


def test_validate_asks_pydantic_where_there_is_a_doubt(tmp_path):
    file = tmp_path / "pool.yaml"
    file.write_text("version: 1\nuser_pool:\n  PoolName: Größe\n")
    found = _imported("validate", str(file))
    assert "pydantic" in found
    assert not {name for name in found if re.match(r"(boto3|botocore|moto|deepdiff)\b", name)}


def test_the_collector_searches_rarely_in_a_process_that_is_one_run_and_in_no_other():
    code = (
        "import gc, sys\n"
        "from reconciler.cli.entry import main\n"
        "main(['explain', 'prune'])\n"
        "print(gc.get_threshold()[0])\n"
        "sys.argv = ['poolctl', 'explain', 'prune']\n"
        "print(gc.get_freeze_count())\n"
        "main()\n"
        "print(gc.get_threshold()[0], gc.isenabled())\n"
        "print(gc.get_freeze_count() > 10_000)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    usual, searched, rare = (line for line in done.stdout.splitlines() if line[:1].isdigit())
    assert int(usual) == gc.get_threshold()[0]
    assert searched == "0"  # of what is left to the end
    assert rare == f"{NEW_OBJECTS} True"
    assert done.stdout.splitlines()[-1] == "True"


def test_a_process_ends_with_3():
    done = _process("plan", "--nonsense")
    assert done.returncode == 3
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1] == "exit 3 (invalid)"


def test_a_reader_that_goes_away_is_no_error():
    words = f"{sys.executable} -m reconciler --help | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
