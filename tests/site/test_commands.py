"""Every command line of poolctl in the documents is one that poolctl takes, and those that can be run are run.

A block of shell is run as it is, in a folder with the manifests of `world/` and the example of the walkthrough, on an
embedded Cognito on which they are applied. A block that cannot be run says why in the document, in a comment above it:
`<!-- not run: asks questions -->`. It has to parse all the same.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.cli.support import run
from tests.deploy.support import accepted
from tests.site.blocks import ROOT, Block, blocks, of_shell

WORLD = Path(__file__).parent / "world"
BLOCKS = of_shell()
PAGES = sorted({block.page for block in BLOCKS if not block.not_run})
ELSEWHERE = {"docs/README.md": "tests/site/test_first_page.py"}
"""Pages whose blocks are run by a test of their own."""

POOL_ID = "eu-west-1_AbCdEf123"
"""What the documents write for the id of the pool customers."""

DIGEST = re.compile(r"sha256:\w+…|\$DIGEST")
"""How documents shorten a digest."""

ENVIRON = {"POOLCTL_LOCAL": ".poolctl-local", "SLACK_URL": "https://hooks.slack.example/services/x"}
"""What is there in place of credentials, and of a webhook, which is not called, as there is no drift."""

USERS = "cognito:username,cognito:mfa_enabled,email,email_verified\nbea,false,bea@example.com,true\n"
"""A file of users to import."""

FINDS = {"lint", "drift", "diff"}
"""Commands that end with 2 when they find what they look for."""


def test_there_are_commands() -> None:
    assert len(BLOCKS) > 50
    assert len(PAGES) > 8


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_command_lines_are_accepted(block: Block, tmp_path: Path) -> None:
    for words in block.commands:
        accepted([DIGEST.sub(f"sha256:{'0' * 64}", word) for word in words], tmp_path)


def test_blocks_with_commands_have_a_language() -> None:
    """Otherwise they would not be tested."""
    wrong = [
        str(block)
        for block in blocks()
        if block.language not in {"sh", "console", "dockerfile", "yaml", "json"}
        and any(re.match(r"\s*\$? ?poolctl (--?[a-z]|[a-z-]+\b)", line) for line in block.text.splitlines())
        and not block.text.startswith("usage:")
    ]
    assert wrong == []


def test_a_mark_is_needed() -> None:
    """A mark above a block without a command of poolctl would be left from an earlier text."""
    known = {str(block) for block in BLOCKS}
    assert [str(block) for block in blocks() if block.not_run and str(block) not in known] == []


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the manifests, and an embedded Cognito on which they are applied."""
    folder = tmp_path_factory.mktemp("town") / "town"
    shutil.copytree(WORLD, folder)
    shutil.copy(ROOT / "pools" / "my-first-user-pool.yaml", folder / "pools")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for words in (["apply", "pools/"], ["apply", "--env=staging", "pools/"], ["apply", "--env=prod", "pools/"]):
            ran = run("--local", *words, "--yes", "--quiet")
            assert ran.code == 0, ran.err
        run("--local", "plan", "--quiet", "--out=plan.poolctl.json", "pools/")
    for name in ("old.yaml", "new.yaml"):
        shutil.copy(folder / "pools" / "customers.yaml", folder / name)
    (folder / "src").mkdir()
    (folder / "users.csv").write_text(USERS, encoding="utf-8")
    return folder


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ELSEWHERE])
def test_what_can_be_run_is_run(page: str, town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    shutil.copytree(town, folder)
    monkeypatch.chdir(folder)
    shown = run("--local", "show", "pool", "pools/customers.yaml", "-o", "json")
    pool = re.search(r"us-east-1_\w+", shown.out)
    assert pool, shown.err
    for block in BLOCKS:
        if block.page == page and not block.not_run:
            for line in block.written:
                _run_line(block, line, pool[0])


def _run_line(block: Block, line: str, pool: str) -> None:
    """Run a line as a shell does: words, a redirection, and a comment that may say with which code it ends."""
    command, _, comment = re.sub(r"(?<!\S)#", "\0", line).partition("\0")
    words = shlex.split(command.replace(POOL_ID, pool))
    if not words:
        return
    assert words[0] == "poolctl", f"{block}: {line}: mark the block, as only poolctl is run"
    target = Path(words.pop()) if ">" in words[-2:] else None
    words = [word for word in words[1:] if word != ">"]
    ran = run(*words, environ=ENVIRON)
    assert ran.code in _codes(words, comment), f"{block}: {line}\nexit {ran.code}\n{ran.out}{ran.err}"
    if target:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(ran.out, encoding="utf-8")


def _codes(words: list[str], comment: str) -> set[int]:
    said = re.match(r"\s*(\d):", comment)
    if said:
        return {int(said[1])}
    return {0, 2} if FINDS & {*words} or "--detailed-exitcode" in words else {0}
