"""The blocks of code in the documents, and the command lines of poolctl in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

from reconciler.cli.entry import COMMANDS
from tools.site.navigation import pages

ROOT = Path(__file__).parents[2]
SHELL = ("sh", "console")
MARK = re.compile(r"<!-- not run: (\S.*?) -->")
"""Says in a document why the block below it is not run by a test."""

ENDS_A_COMMAND = re.compile(r"[|&;<>()]+|\d?>+")


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        page: Path of the document from the root of the repository.
        line: Where it begins, from 1.
        language: As the document says, or empty.
        text: The code.
        not_run: Why it is not run, empty if it is.
    """

    page: str
    line: int
    language: str
    text: str
    not_run: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def written(self) -> list[str]:
        """The lines of shell, continued ones joined; in a session of a console, those behind a prompt."""
        lines = re.sub(r"\\\n\s*", " ", self.text).splitlines()
        return lines if self.language != "console" else [line[2:] for line in lines if line.startswith("$ ")]

    @property
    def lines(self) -> list[str]:
        """The lines without comments and empty lines."""
        bare = [re.sub(r"(^|\s)#.*", "", line).strip() for line in self.written]
        return [line for line in bare if line]

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command line of poolctl, without `poolctl`."""
        return [words for line in self.lines for words in _commands(line)]


def _commands(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>()")
    lexer.whitespace_split, lexer.commenters = True, ""
    words = [*lexer]
    for at, word in enumerate(words):
        after = words[at + 1 : at + 2]
        if word == "poolctl" and (at == 0 or (after and (after[0] in COMMANDS or after[0].startswith("--")))):
            ends = (i for i, w in enumerate(words[at:], at) if ENDS_A_COMMAND.fullmatch(w))
            yield words[at + 1 : next(ends, len(words))]


def blocks() -> list[Block]:
    """All blocks of all pages of the site."""
    return [
        block for page in pages(ROOT) for block in blocks_of(f"{page}.md", (ROOT / f"{page}.md").read_text("utf-8"))
    ]


def blocks_of(page: str, text: str) -> Iterator[Block]:
    """The blocks of a document."""
    before = ""
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        if token.type == "fence":
            mark = MARK.search(before)
            line = token.map[0] + 1 if token.map else 0
            yield Block(page, line, token.info.strip(), token.content, mark[1] if mark else "")
        before = token.content if token.type == "html_block" else ""


def of_shell() -> list[Block]:
    """The blocks of shell that have a command line of poolctl."""
    return [block for block in blocks() if block.language in SHELL and block.commands]
