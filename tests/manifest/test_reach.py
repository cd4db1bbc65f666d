"""How far a manifest reaches: files of its tree, and the variables that the run allows (decision 18)."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from reconciler.errors import InvalidManifest
from reconciler.manifests.loading import load
from reconciler.terminal.regular_files import UnfitFileError, read_regular
from tests.cli.support import run

SECRET = "canary_file_77aa"


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    (tmp_path / "repo/pools/team").mkdir(parents=True)
    (tmp_path / "repo/pools/texts").mkdir()
    (tmp_path / "repo/pools/texts/mail.html").write_text("Hello")
    (tmp_path / "repo/shared").mkdir()
    (tmp_path / "repo/shared/mail.html").write_text("Shared")
    (tmp_path / "outside").write_text(SECRET)
    monkeypatch.chdir(tmp_path / "repo")
    return tmp_path


def manifest(target: str) -> str:
    return f'version: 1\nuser_pool: {{PoolName: x, EmailVerificationSubject: {{$file: "{target}"}}}}\n'


def loaded(path: str, **more) -> str:
    found = load([path], variables={}, environ={"SECRET": SECRET}, stdin=lambda: manifest("shared/mail.html"), **more)
    return found.manifests[0].specs[0].declared["EmailVerificationSubject"]


def problem(path: str, **more) -> str:
    with pytest.raises(InvalidManifest) as error:
        loaded(path, **more)
    assert SECRET not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("given", "file", "target"),
    [
        ("pools", "pools/team/m.yaml", "../texts/mail.html"),
        ("pools/m.yaml", "pools/m.yaml", "texts/mail.html"),
        ("pools", "pools/m.yaml", "./team/../texts/mail.html"),
        (".", "pools/m.yaml", "../shared/mail.html"),
        ("-", "pools/m.yaml", "shared/mail.html"),
    ],
)
def test_files_of_the_tree_are_read(place, given, file, target):
    Path(file).write_text(manifest(target))
    assert loaded(given) in ("Hello", "Shared")


def test_links_within_the_tree_are_read(place):
    Path("pools/link").symlink_to("texts")
    Path("pools/m.yaml").write_text(manifest("link/mail.html"))
    assert loaded("pools") == "Hello"


@pytest.mark.parametrize(
    ("given", "file", "target"),
    [
        ("pools", "pools/m.yaml", "/proc/self/environ"),
        ("pools", "pools/m.yaml", "../../outside"),
        ("pools", "pools/m.yaml", "../shared/mail.html"),
        ("pools/team/m.yaml", "pools/team/m.yaml", "../texts/mail.html"),
        ("pools", "pools/m.yaml", "away"),
        ("pools", "pools/m.yaml", "around/outside"),
        ("pools", "pools/m.yaml", "../../not there"),
        ("-", "pools/m.yaml", "../outside"),
    ],
)
def test_files_out_of_the_tree_are_not_even_looked_for(place, given, file, target):
    Path("pools/away").symlink_to(place / "outside")
    Path("pools/around").symlink_to("../..")
    Path(file).write_text(manifest(target))
    if given == "-":
        text = manifest(target)
        with pytest.raises(InvalidManifest, match="leads out of"):
            load(["-"], variables={}, environ={}, stdin=lambda: text)
        return
    assert "leads out of" in problem(given)
    assert "--file-root DIR" in problem(given)


def test_a_root_widens_the_tree(place):
    Path("pools/m.yaml").write_text(manifest("../shared/mail.html"))
    assert loaded("pools", file_roots=("shared",)) == "Shared"
    ran = run("validate", "--file-root", "shared", "pools")
    assert ran.code == 0, ran.err
    assert run("validate", "--file-root", "pools/team", "pools").code == 3


def test_an_overlay_reaches_as_far_as_its_manifest(place):
    Path("pools/overlays/prod").mkdir(parents=True)
    Path("pools/m.yaml").write_text("version: 1\nuser_pool: {PoolName: x}\n")
    overlay = Path("pools/overlays/prod/m.yaml")
    overlay.write_text('user_pool: {EmailVerificationSubject: {$file: "../../texts/mail.html"}}\n')
    assert loaded("pools", environment="prod") == "Hello"
    assert loaded("pools/m.yaml", environment="prod") == "Hello"
    overlay.write_text('user_pool: {EmailVerificationSubject: {$file: "../../../shared/mail.html"}}\n')
    assert "leads out of pools, the tree of the overlay" in problem("pools", environment="prod")


# --- what is no regular file -----------------------------------------------------------------------------------------


def pipe(path: Path) -> None:
    os.mkfifo(path)


def pipe_by_link(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def device_by_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


ODD = [pipe, pipe_by_link, listening, device_by_link, circle]


@pytest.mark.parametrize("make", ODD)
@pytest.mark.parametrize("role", ["file", "manifest", "searched", "overlay", "variables"])
def test_what_is_no_regular_file_is_an_error_and_never_waited_for(place, monkeypatch, make, role):
    monkeypatch.chdir(place / "repo/pools")  # names of sockets are short
    Path("overlays/prod").mkdir(parents=True)
    Path("m.yaml").write_text(manifest("odd") if role == "file" else "version: 1\nuser_pool: {PoolName: x}\n")
    name = {"file": "odd", "overlay": "overlays/prod/m.yaml", "variables": "odd"}.get(role, "odd.yaml")
    make(Path(name))
    words = {
        "manifest": ["odd.yaml"],
        "searched": ["."],
        "overlay": ["--env", "prod", "m.yaml"],
        "variables": ["--var-file", "odd", "m.yaml"],
    }.get(role, ["m.yaml"])
    ran = run("validate", *words)
    if make is circle and role in ("manifest", "variables", "overlay"):  # a broken link is a file that is not there
        assert (ran.code, "unexpected" in ran.err) in ((3, False), (0, False))
        return
    assert ran.code == 3, ran.err
    assert "unexpected" not in ran.err
    said = ["not a regular file", "leads out of", "circle", "does not lead to a file", "cannot be read"]
    assert any(words in ran.err for words in said), ran.err


@pytest.mark.parametrize("option", ["--baseline", "--only-new"])
def test_an_earlier_report_is_not_waited_for_either(place, option):
    os.mkfifo("pipe")
    Path("m.yaml").write_text("version: 1\ntarget: {region: eu-west-1}\nuser_pool: {PoolName: x}\n")
    ran = run("drift", f"--local={place / 'state'}", option, "pipe", "m.yaml")
    assert (ran.code, "it is a pipe, not a regular file" in ran.err) == (3, True), ran.err


def test_a_manifest_cannot_be_a_link_to_a_file_elsewhere(place):
    (place / "outside").write_text(f"version: 1\n{SECRET}: 1\n")
    Path("pools/m.yaml").symlink_to(place / "outside")
    for words in (["pools"], ["pools/m.yaml"]):
        ran = run("validate", *words)
        assert (ran.code, SECRET in ran.err) == (3, False)
        assert "the file is a link that leads out of pools" in ran.err
    assert SECRET in run("validate", "--file-root", str(place), "pools").err


class TestSizes:
    """A size is bounded while it is read: what a file says of itself may be wrong, or change."""

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux has such a file")
    def test_a_file_that_says_it_is_empty(self):
        assert Path("/proc/self/status").stat().st_size == 0
        with pytest.raises(UnfitFileError, match="is larger than 10 bytes"):
            read_regular(Path("/proc/self/status"), 10)

    def test_a_large_one(self, tmp_path):
        (tmp_path / "f").write_bytes(b"x" * 11)
        assert len(read_regular(tmp_path / "f", 11)) == 11
        with pytest.raises(UnfitFileError, match="is larger than"):
            read_regular(tmp_path / "f", 10)

    def test_standard_input(self):
        ran = run("validate", "-", stdin="a" * 6_000_000)
        assert (ran.code, "-: standard input is larger than 5 MB." in ran.err) == (3, True)


# --- the environment -------------------------------------------------------------------------------------------------


def test_the_run_says_which_variables_may_be_read(tmp_path):
    file = tmp_path / "m.yaml"
    file.write_text("version: 1\nuser_pool: {PoolName: x, EmailVerificationSubject: {$env: STAGE}}\n")
    environ = {"STAGE": "{####} prod", "STAGING": "x"}
    assert run("validate", str(file), environ=environ).code == 0
    assert run("validate", "--allow-env", "STAGE", str(file), environ=environ).code == 0
    assert run("validate", "--allow-env", "none", "--allow-env", "STAGE", str(file), environ=environ).code == 0
    for allowed in (["none"], ["OTHER"]):
        ran = run("validate", *(f"--allow-env={name}" for name in allowed), str(file), environ=environ)
        assert ran.code == 3
        assert "the environment variable STAGE may not be read in this run." in ran.err
        assert "STAGING" not in ran.err  # not even which variables there are
    assert run("validate", str(file), environ={**environ, "POOLCTL_ALLOW_ENV": "none"}).code == 3


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("user_pool: {PoolName: {$env: E}}", "user_pool.PoolName"),
        ("user_pool: {PoolName: x}\nignore: [{path: mfa, reason: {$env: E}}]", "ignore[0].reason"),
        ("user_pool: {PoolName: x}\nclients: {web: {ClientId: {$env: E}}}", "clients.web.ClientId"),
        ("user_pool: {PoolName: x}\ngroups: {admins: {GroupName: {$env: E}}}", "groups.admins.GroupName"),
    ],
)
def test_what_every_output_shows_cannot_come_from_the_environment(tmp_path, text, place):
    file = tmp_path / "m.yaml"
    file.write_text(f"version: 1\n{text}\n")
    ran = run("validate", str(file), environ={"E": "admins"})
    assert ran.code == 3
    assert f"{place}: " in ran.err
    assert "cannot come from the environment" in ran.err
