"""The report of a plan that weakens, in a real browser: what is dangerous is on the first screen, in any colours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.render import browser
from tests.security import weakening
from tests.security.weakening import ALARMS

pytestmark = browser.needed

SCREENS = {390: 844, 1200: 900}
"""Width and height of a phone and of a laptop, in pixels."""

SCRIPT = """
  const danger = page.querySelector(".danger"), view = page.defaultView.innerHeight;
  const within = (element) => element.getBoundingClientRect().bottom <= view;
  const alarms = [...page.querySelectorAll(".alarm")];
  found.top = Math.round(danger.getBoundingClientRect().top);
  found.heading = within(danger.querySelector("h2")) && danger.querySelector("h2").textContent;
  found.alarms = alarms.length; found.seen = alarms.filter(within).length;
  found.first = alarms[0].querySelector("code").textContent;
  const overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth; found.overflow = overflow;
  found.all = shown();
  for (const by of ["weakens", "mixed"]) { chip(by); found[by] = shown(); get("reset").click(); }
  chip("weakens"); chip("mixed"); found.both = shown(); get("reset").click();
  const back = (selector) => style(page.querySelector(selector)).backgroundColor;
  found.red = back(".diff .weakens"); found.amber = back(".diff .mixed");
  found.text = style(page.querySelector(".diff .weakens ins")).color;
  found.old = style(page.querySelector(".diff .weakens del")).color;
  found.words = [...new Set([...page.querySelectorAll(".alarm .dir")].map((e) => e.textContent))].join("|");
"""


@pytest.fixture
def page(weakened) -> str:
    return weakening.planned("html").out


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("width", SCREENS)
def test_what_is_dangerous_is_on_the_first_screen(tmp_path: Path, page: str, width: int, colours: str):
    found = browser.look(tmp_path, page, SCRIPT, width=width, height=SCREENS[width], dark=colours == "dark")
    assert int(found["top"]) < SCREENS[width] / 4
    assert found["heading"] == "Review these first: 8 weaken, 6 may weaken"
    assert (int(found["alarms"]), found["overflow"]) == (ALARMS, "0")
    assert int(found["seen"]) >= (ALARMS if width > 1000 else 4)
    assert found["first"] == "user_pool AdminCreateUserConfig.AllowAdminCreateUserOnly"
    assert found["words"] == "▼ weakens|◆ may weaken"


def test_filters_find_what_weakens(tmp_path: Path, page: str):
    found = browser.look(tmp_path, page, SCRIPT, width=1200)
    assert [found[key] for key in ("all", "weakens", "mixed", "both")] == ["8", "6", "2", "7"]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_colours_follow_the_direction_and_not_old_and_new(tmp_path: Path, page: str, colours: str):
    found = browser.look(tmp_path, page, SCRIPT, width=1200, dark=colours == "dark")
    red, green, blue = map(int, re.findall(r"\d+", found["red"])[:3])
    assert red > green
    assert red > blue
    assert found["red"] != found["amber"]
    assert found["old"] == found["text"]
