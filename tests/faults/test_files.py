"""A process that is killed (SIGKILL) while it writes a file: it is the old or the new one, and as private as before.

The kill is real. An audit hook of Python ends the process before each step of the write: before the new file is made
aside, before it gets its mode, and before it takes the place of the old one.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from reconciler.terminal.files import PRIVATE, PUBLIC, save
from tests.cli.support import run

ROOT = str(Path(__file__).parents[2])
STEPS = ("tempfile.mkstemp", "os.chmod", "os.rename")
"""Events of `save`, in their order; sys.audit documents them."""

KILLER = """
import os, signal, sys
sys.path.insert(0, {root!r})
seen = []
def hook(event, args):
    if event == {step!r} and {name!r} in os.fspath(args[0]):
        seen.append(event)
        if len(seen) == {number}:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
{work}
"""


def killed(step: str, name: str, work: str, number: int = 1) -> None:
    """Do something in a process that ends before the n-th event about a file."""
    text = KILLER.format(root=ROOT, step=step, name=name, number=number, work=work)
    ended = subprocess.run([sys.executable, "-c", text], check=False, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def mode(file: Path) -> int:
    return file.stat().st_mode & 0o777


# --- one file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("before", ["", "old\n"], ids=["new", "replaced"])
def test_a_file_is_the_old_or_the_new_one(tmp_path: Path, step: str, before: str) -> None:
    file = tmp_path / "place"
    if before:
        file.write_text(before)
        file.chmod(PRIVATE)
    killed(step, "place", f"from reconciler.terminal.files import save; save({str(file)!r}, 'new\\n' * 100_000)")
    assert (file.read_text() if file.exists() else "") == before
    assert not before or all(mode(f) == PRIVATE for f in tmp_path.iterdir())  # what was left aside, too
    save(str(file), "new\n")
    assert (file.read_text(), mode(file)) == ("new\n", PRIVATE if before else PUBLIC)


def test_a_private_file_stays_private_and_a_secret_is_made_private(tmp_path: Path) -> None:
    for had, wanted, gets in (
        (0o600, PUBLIC, 0o600),
        (0o640, PUBLIC, 0o640),
        (0o644, PUBLIC, 0o644),
        (0o644, PRIVATE, 0o600),
    ):
        file = tmp_path / f"{had:o}-{wanted:o}"
        file.write_text("old")
        file.chmod(had)
        save(str(file), "new", wanted)
        assert (file.read_text(), mode(file)) == ("new", gets)


def test_what_a_link_is_replaced_by_has_no_mode_of_another_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    save(str(tmp_path / "link"), "new")
    assert mode(tmp_path / "link") == PUBLIC


# --- a secret in a file --------------------------------------------------------------------------------------------

ROTATED = """
from reconciler.model import Secret
from reconciler.procedures.secret_places import place_at
place_at({place!r}).write(None, Secret("new-secret", "test"), "new note")
"""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("number", [1, 2], ids=["the note", "the value"])
def test_a_secret_and_its_note_are_each_whole_and_the_second_run_completes_them(
    tmp_path: Path, step: str, number: int
) -> None:
    file, beside = tmp_path / "web", tmp_path / ".web.poolctl"
    for one, text in ((file, "old-secret"), (beside, "old note\n")):
        one.write_text(text)
        one.chmod(PRIVATE)
    work = ROTATED.format(place=f"file:{file}")
    killed(step, ".web.", work, number)  # both are made aside under names that begin so
    assert file.read_text() == "old-secret"
    assert beside.read_text() == ("old note\n" if number == 1 else "new note\n")  # the note comes first
    assert all(mode(f) == PRIVATE for f in tmp_path.iterdir())
    subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {ROOT!r})\n{work}"], check=True)
    assert (file.read_text(), beside.read_text()) == ("new-secret", "new note\n")
    assert (mode(file), mode(beside)) == (PRIVATE, PRIVATE)


# --- outputs -------------------------------------------------------------------------------------------------------

MANIFEST = """\
version: 1
target: {region: eu-west-1}
user_pool: {PoolName: customers}
mfa: {MfaConfiguration: OFF}
domains: {}
groups: {}
identity_providers: {}
clients: {web: {ClientName: shop, GenerateSecret: false}}
outputs:
  - {client: web, format: env, file: one.env}
  - {client: web, format: env, file: two.env, prefix: VITE_}
"""
WORK = """
import io
from reconciler.cli.entry import main
main({argv!r}, stdin=io.StringIO(), stdout=io.StringIO(), stderr=io.StringIO(), environ={{}})
"""


@pytest.mark.parametrize("at", ["one.env", "two.env"])
def test_outputs_are_each_whole_and_the_second_apply_writes_what_is_left(tmp_path: Path, at: str) -> None:
    file, state = tmp_path / "m.yaml", str(tmp_path / "state")
    file.write_text(MANIFEST)
    one, two = tmp_path / "one.env", tmp_path / "two.env"
    apply: Sequence[str] = ("apply", "--yes", f"--local={state}", str(file))
    assert run(*apply).code == 0
    whole = one.read_text(), two.read_text()
    for env in (one, two):
        env.write_text("X=1\n")
        env.chmod(PRIVATE)
    killed("os.rename", at, WORK.format(argv=list(apply)))
    assert (one.read_text(), two.read_text()) == ("X=1\n" if at == "one.env" else whole[0], "X=1\n")
    assert run(*apply).code == 0
    assert (one.read_text(), two.read_text()) == whole
    assert (mode(one), mode(two)) == (PRIVATE, PRIVATE)
    assert run("plan", "--detailed-exitcode", f"--local={state}", str(file)).code == 0
