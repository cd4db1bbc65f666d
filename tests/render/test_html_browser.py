"""The report in a real browser: its policy lets its own script run, filters filter, and nothing overflows a phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.render import html
from tests.render import browser
from tests.render.found import REPORTS

pytestmark = browser.needed

SCRIPT = """
  const type = (text) => { get("search").value = text; say("search", "input"); };
  found.bar = !get("bar").hidden; found.all = shown();
  type("deletionprotection"); found.search = shown(); found.count = get("count").textContent;
  type("no such words"); found.none = shown(); found.said = !get("none").hidden;
  get("reset").click(); found.reset = shown();
  chip("delete"); found.chip = shown(); get("reset").click();
  get("kind").value = "clients"; say("kind", "change"); found.kind = shown();
  get("reset").click(); get("close").click(); found.open = page.querySelectorAll("details.card[open]").length;
  page.querySelector(".danger a").click();
  const root = page.documentElement;
  found.overflow = root.scrollWidth - root.clientWidth;
  found.back = style(page.body).backgroundColor;
"""


def look(folder: Path, *, width: int, dark: bool = False) -> dict[str, str]:
    return browser.look(folder, html.render(REPORTS["plan-full"]), SCRIPT, width=width, dark=dark)


@pytest.mark.parametrize("width", [390, 1200])
def test_filters_work_and_nothing_overflows(tmp_path, width):
    found = look(tmp_path, width=width)
    total = str(len(REPORTS["plan-full"].rows))
    assert found | {"back": ""} == {
        "bar": "true", "all": total, "search": "1", "count": f"1 of {total} shown", "none": "0", "said": "true",
        "reset": total, "chip": "1", "kind": "5", "open": "0", "overflow": "0", "back": "",
    }  # fmt: skip


def test_light_and_dark_follow_the_reader(tmp_path):
    light, dark = (
        sum(map(int, re.findall(r"\d+", look(tmp_path, width=900, dark=dark)["back"]))) for dark in (False, True)
    )
    assert light > 600
    assert dark < 150
