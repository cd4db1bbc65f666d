"""The scripts of `completion` complete in the shells themselves. A shell that is not installed is skipped."""

from __future__ import annotations

import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

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
    "export --with sms": {"sms_role", "sms_role_trust"},
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


READY = "\x1b[?2004h"
"""What zsh writes when it begins to read keys: it takes pastes."""


class Zsh:
    """An interactive zsh at a terminal, which completes as it does for a person: with compinit."""

    SETUP = (
        "fpath=($PWD $fpath); autoload -U compinit; compinit -u -D; PS1=; LISTMAX=0; setopt list_rows_first; "
        "zstyle ':completion:*' verbose no; bindkey '^G' list-choices"
    )
    SIZE = (200, 250)
    """Rows and columns: no list is cut."""
    LONGEST = 30.0
    """Seconds to wait for an answer."""

    def __init__(self, directory: Path) -> None:
        import pty
        import termios

        self._terminal, side = pty.openpty()
        termios.tcsetwinsize(side, self.SIZE)
        environ = {"PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        self._shell = subprocess.Popen(
            ["zsh", "-f", "-i", "+m"], cwd=directory, env=environ, stdin=side, stdout=side, stderr=side
        )
        os.close(side)
        self._read_to(READY)

    def __enter__(self) -> Self:
        self._answer(f"{self.SETUP}\n")
        return self

    def __exit__(self, *_error: object) -> None:
        self._shell.kill()
        self._shell.wait()
        os.close(self._terminal)

    def completions(self, line: str) -> set[str]:
        """Return what is listed below a line when it is to be completed; the line is removed again."""
        listed = self._answer(f"{line}\x07\x15").rpartition(f"{line}\r\r\n")[2].partition(f"\r\n{line}")[0]
        return set(re.split(r"\s{2,}|\r\n", listed.strip()))

    def _answer(self, keys: str) -> str:
        """Press keys, then let zsh print a mark; return what is on the terminal before the mark."""
        os.write(self._terminal, f"{keys}print EN''D\n".encode())
        return self._read_to("\nEND\r\n") + self._read_to(READY)

    def _read_to(self, mark: str) -> str:
        seen, end = b"", time.monotonic() + self.LONGEST
        while mark.encode() not in seen:
            assert select.select([self._terminal], [], [], max(0.0, end - time.monotonic()))[0], seen
            seen += os.read(self._terminal, 1)  # no byte of the next answer
        return seen.decode()


@pytest.fixture(scope="module")
def zsh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zsh]:
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed")
    directory = tmp_path_factory.mktemp("zsh")
    (directory / "_poolctl").write_text(run("completion", "zsh").out, encoding="utf-8")
    (directory / "file.yaml").touch()
    with Zsh(directory) as started:
        yield started


@pytest.mark.parametrize("typed", COMPLETED)
def test_zsh_completes(zsh: Zsh, typed: str) -> None:
    assert zsh.completions(f"poolctl {typed}") == COMPLETED[typed]


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
