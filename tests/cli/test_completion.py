"""The scripts of `completion` complete in the shells themselves. A shell that is not installed is skipped."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from reconciler.cli.completion import SHELLS, tree
from reconciler.cli.entry import COMMANDS
from reconciler.render import formats
from tests.cli.support import run

COMPLETED = {
    "pl": {"plan"},
    "local ": {"serve"},
    "show --out": {"--output"},
    "init m": {"machine-to-machine", "multi-tenant"},
    "init --app ": {"browser", "server", "native"},
    "completion ": set(SHELLS),
    "plan --log-level ": {"debug", "info", "warning", "error"},
    "apply -o json": {"json", "jsonl"},
    "drift --output ": set(formats.names("drift")),
    "--local apply -o jsonl": {"jsonl"},
    "plan fi": {"file.yaml"},
    "apply --rollback-file fi": {"file.yaml"},
}
"""What is typed after `poolctl` → what a shell offers for the last word."""

BASH = 'source ./script; COMP_WORDS=({}); COMP_CWORD={}; _shtab_poolctl; printf "%s\\n" "${{COMPREPLY[@]}}"'


@pytest.fixture
def script(tmp_path, request):
    """The script of a shell, in a directory with one other file."""
    if shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    ran = run("completion", request.param)
    assert (ran.code, ran.err) == (0, "")
    (tmp_path / "script").write_text(ran.out, encoding="utf-8")
    (tmp_path / "file.yaml").touch()
    return tmp_path


def said(directory, *command: str) -> list[str]:
    done = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("script", ["bash"], indirect=True)
@pytest.mark.parametrize("typed", COMPLETED)
def test_bash_completes(script, typed):
    words = ["poolctl", *typed.split(" ")]
    quoted = " ".join(f"'{word}'" for word in words)
    found = said(script, "bash", "--norc", "-c", BASH.format(quoted, len(words) - 1))
    assert set(found) == COMPLETED[typed]


@pytest.mark.parametrize("script", ["fish"], indirect=True)
@pytest.mark.parametrize("typed", COMPLETED)
def test_fish_completes(script, typed):
    found = said(script, "fish", "--no-config", "-c", f"source ./script; complete -C 'poolctl {typed}'")
    assert {line.split("\t")[0] for line in found} == COMPLETED[typed]


@pytest.mark.parametrize("script", ["zsh"], indirect=True)
def test_zsh_knows_every_command_and_reads_the_script(script):
    (script / "_poolctl").write_text((script / "script").read_text(encoding="utf-8"), encoding="utf-8")
    assert said(script, "zsh", "-f", "-n", "_poolctl") == []
    prints = "_arguments() { }; compdef() { }; _describe() { print -l -- ${(P)2} }; source ./_poolctl"
    found = said(script, "zsh", "-f", "-c", f"{prints}; _shtab_poolctl_commands")
    assert {line.split(":")[0] for line in found} == {*COMMANDS}


def test_every_command_and_option_is_in_the_tree():
    commands = tree().commands()
    assert {*commands} == {*COMMANDS}
    for name, command in commands.items():
        shown = run(name, "--help").out
        flags = {flag for action in command.arguments() for flag in action.option_strings if flag.startswith("--")}
        assert [flag for flag in flags if flag not in shown] == []
        assert len(flags) > 15


@pytest.mark.parametrize("words", [[], ["tcsh"], ["bash", "zsh"]])
def test_another_shell_is_refused(words):
    ran = run("completion", *words)
    assert (ran.code, ran.out, ran.last) == (3, "", "exit 3 (invalid)")
