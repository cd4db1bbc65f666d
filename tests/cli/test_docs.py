"""What the documents say of the command line is what it says of itself."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.entry import COMMANDS
from tests.cli.support import run

ROOT = Path(__file__).parents[2]


def test_the_readme_shows_the_help_as_it_is():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.partition("<!-- help:begin -->")[2].partition("<!-- help:end -->")[0]
    shown = block.strip().removeprefix("```text\n").removeprefix("```\n").removesuffix("```")
    assert shown.strip() == run("--help").out.strip()


def test_every_command_is_documented():
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"\n## {name}" not in text] == []
