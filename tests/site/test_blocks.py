"""Blocks of code and command lines are found wherever a document has them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.site.blocks import Block, blocks_of

TEXT = """# Page

```sh
poolctl plan pools/   # 0: nothing
```

1. Step

   <!-- not run: needs a webhook -->
   ```sh
   poolctl drift \\
       pools/
   ```

<!-- a comment -->
```yaml
PoolName: poolctl
```
"""


def block(text: str, language: str = "sh") -> Block:
    return Block("page.md", 1, language, text, "")


def test_blocks_have_a_place_a_language_and_a_reason() -> None:
    found: list[Any] = [(b.line, b.language, b.not_run, b.commands) for b in blocks_of("page.md", TEXT)]
    assert found == [
        (3, "sh", "", [["plan", "pools/"]]),
        (10, "sh", "needs a webhook", [["drift", "pools/"]]),
        (16, "yaml", "", []),
    ]


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("poolctl explain", [["explain"]]),
        ("poolctl schema > v1.json", [["schema"]]),
        ("terraform state pull | poolctl import - --to p/", [["import", "-", "--to", "p/"]]),
        ("poolctl plan a && poolctl apply a || exit 1", [["plan", "a"], ["apply", "a"]]),
        ("poolctl plan -o json=p.json pools/ > plan.txt || code=$?", [["plan", "-o", "json=p.json", "pools/"]]),
        (
            "poolctl users list pool:x --filter 'a ^= \"b\"' # why",
            [["users", "list", "pool:x", "--filter", 'a ^= "b"']],
        ),
        ("poolctl rotate-secret p web --to s:a#b", [["rotate-secret", "p", "web", "--to", "s:a#b"]]),
        ("17 * * * * poolctl cd x && flock -n l poolctl drift p >l 2>&1", [["drift", "p"]]),
        ("docker run --rm image poolctl validate p/", [["validate", "p/"]]),
        ("poolctl --local plan p", [["--local", "plan", "p"]]),
        ("docker build -t poolctl .", []),
        ("# poolctl plan", []),
    ],
)
def test_commands_of_a_line(line: str, commands: list[list[str]]) -> None:
    found = [[word for word in words if not word.isdigit()] for words in block(line).commands]
    assert found == commands


def test_a_wrong_command_is_not_overlooked() -> None:
    assert block("poolctl plna pools/").commands == [["plna", "pools/"]]


def test_in_a_session_what_is_printed_is_no_command() -> None:
    assert block("$ poolctl version\npoolctl 0.1.0\n", "console").commands == [["version"]]
