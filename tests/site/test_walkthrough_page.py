"""The manifest lines of docs/walkthrough.md are, taken together, the example that `make demo` applies."""

from __future__ import annotations

from typing import Any

import yaml

from tests.site.blocks import ROOT, blocks

EXAMPLE = ROOT / "pools" / "my-first-user-pool.yaml"


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Both, section by section; no value is said twice."""
    for key, value in over.items():
        if isinstance(value, dict) and key in base:
            base[key] = merged(base[key], value)
        else:
            assert key not in base, f"{key} is on the page twice"
            base[key] = value
    return base


def test_the_lines_are_the_example() -> None:
    found: dict[str, Any] = {}
    for block in blocks():
        if block.page == "docs/walkthrough.md" and block.language == "yaml":
            found = merged(found, yaml.safe_load(block.text))
    assert found == yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))


def test_each_step_has_both_sides() -> None:
    text = (ROOT / "docs" / "walkthrough.md").read_text(encoding="utf-8")
    steps = text.split('<div class="side-by-side">')[1:]
    assert len(steps) > 10
    assert [s for s in steps if s.count("<div>") != 2 or s.count("</div>") != 3] == []
    assert [s for s in steps if "**In the console**" not in s] == []
    assert [s for s in steps if "**In the manifest**" not in s and "**With poolctl**" not in s] == []
