"""`local serve --reload`: manifests are applied at the start and when they change, and users are kept."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from reconciler.local.reloading import Reloading, stamps
from tests.local.signin.processes import Running, running
from tests.local.signin.support import PASSWORD

MANIFEST = """\
version: 1
target: {region: us-east-1}
user_pool:
  PoolName: reloaded
  Policies: {PasswordPolicy: {MinimumLength: %d}}
clients:
  web: {ExplicitAuthFlows: [ALLOW_USER_PASSWORD_AUTH]}
"""


class Applied:
    """Takes the place of an apply, and notes what was asked."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.asked: list[Sequence[str]] = []
        self._answers = list(answers)

    def __call__(self, words: Sequence[str]) -> tuple[int, str]:
        self.asked.append(tuple(words))
        return self._answers.pop(0) if self._answers else (0, "")


def _reloading(path: Path, apply: Applied, said: list[str], region: str = "") -> Reloading:
    return Reloading([str(path)], Path("state"), region, said.append, apply)


def _write(path: Path, text: str) -> None:
    """Write a file whose time differs from what it was, however coarse the clock of the file system is."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_manifests_are_applied_at_the_start_and_when_they_change(tmp_path: Path) -> None:
    apply, said = Applied(), []
    manifest = tmp_path / "pool.yaml"
    _write(manifest, "a")
    reloading = _reloading(tmp_path, apply, said)
    reloading.look()
    reloading.look()
    assert apply.asked == [("--local=state", "apply", "--quiet", "--yes", str(tmp_path))]
    _write(manifest, "b")
    reloading.look()
    reloading.look()
    assert len(apply.asked) == 2
    assert said == ["The manifests are applied."] * 2


def test_a_region_is_handed_on(tmp_path: Path) -> None:
    apply = Applied()
    _write(tmp_path / "pool.yaml", "a")
    _reloading(tmp_path, apply, [], "eu-west-1").look()
    assert apply.asked[0][:3] == ("--local=state", "--region", "eu-west-1")


def test_without_paths_nothing_is_applied() -> None:
    apply = Applied()
    Reloading([], Path("state"), "", print, apply).look()
    assert apply.asked == []


def test_what_went_wrong_is_said_once_and_tried_again_after_a_change(tmp_path: Path) -> None:
    apply, said = Applied((3, "pool.yaml:1:1: wrong\nand more\n")), []
    _write(tmp_path / "pool.yaml", "a")
    reloading = _reloading(tmp_path, apply, said)
    reloading.look()
    reloading.look()
    assert said == ["pool.yaml:1:1: wrong", "and more", "The manifests are not applied (exit 3)."]
    _write(tmp_path / "pool.yaml", "b")
    reloading.look()
    assert said[3:] == ["The manifests are applied."]


@pytest.mark.parametrize("name", ["page.css", "mail.html", "logo.svg", "sub/more.yml", "saml.xml"])
def test_files_that_manifests_name_count(tmp_path: Path, name: str) -> None:
    apply = Applied()
    _write(tmp_path / "pool.yaml", "a")
    reloading = _reloading(tmp_path, apply, [])
    reloading.look()
    (tmp_path / name).parent.mkdir(exist_ok=True)
    _write(tmp_path / name, "new")
    reloading.look()
    (tmp_path / name).unlink()
    reloading.look()
    assert len(apply.asked) == 3


@pytest.mark.parametrize("name", [".git/config.yaml", "notes.md", "pool.yaml.swp", "state.sqlite"])
def test_other_files_do_not_count(tmp_path: Path, name: str) -> None:
    _write(tmp_path / "pool.yaml", "a")
    before = stamps([str(tmp_path)])
    (tmp_path / name).parent.mkdir(exist_ok=True)
    _write(tmp_path / name, "new")
    assert stamps([str(tmp_path)]) == before


def test_a_path_that_does_not_exist_has_no_files(tmp_path: Path) -> None:
    assert stamps([str(tmp_path / "missing")]) == {}
    single = tmp_path / "any.name"
    _write(single, "a")
    assert list(stamps([str(single)])) == [str(single)]


def test_a_file_that_vanishes_meanwhile_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere.yaml")
    assert stamps([str(tmp_path)]) == {}


def test_a_server_reloads_and_keeps_its_users(tmp_path: Path) -> None:
    pools = tmp_path / "pools"
    pools.mkdir()
    _write(pools / "pool.yaml", MANIFEST % 8)
    with running(tmp_path / "state", "--reload", str(pools)) as cognito:
        _wait_for(cognito, "The manifests are applied.")
        pool = cognito.admin.list_user_pools(MaxResults=5)["UserPools"][0]["Id"]
        client = cognito.admin.list_user_pool_clients(UserPoolId=pool, MaxResults=5)["UserPoolClients"][0]["ClientId"]
        cognito.user(pool)
        _write(pools / "pool.yaml", (MANIFEST % 12).replace("version: 1", "version: broken"))
        _wait_for(cognito, "The manifests are not applied")
        assert "pool.yaml:1:10" in cognito.said
        assert _minimum(cognito, pool) == 8
        _write(pools / "pool.yaml", MANIFEST % 12)
        _wait_for(cognito, "The manifests are applied.", times=2)
        assert _minimum(cognito, pool) == 12
        assert cognito.tokens(client, "ann", PASSWORD)["AccessToken"]


def _minimum(cognito: Running, pool: str) -> int:
    found = cognito.admin.describe_user_pool(UserPoolId=pool)["UserPool"]
    return int(found["Policies"]["PasswordPolicy"]["MinimumLength"])


def _wait_for(cognito: Running, line: str, times: int = 1) -> None:
    end = time.monotonic() + 60
    while cognito.said.count(line) < times:
        assert time.monotonic() < end, cognito.said
        assert cognito.process.poll() is None, cognito.said
        time.sleep(0.1)
