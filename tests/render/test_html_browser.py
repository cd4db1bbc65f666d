"""The report in a real browser: its policy lets its own script run, filters filter, and nothing overflows a phone.

Runs where a Chromium is installed. Nothing is fetched: all pages are files.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from reconciler.render import html
from tests.render.found import REPORTS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")

HARNESS = """<!DOCTYPE html><body><iframe id="page" src="report.html" style="width:WIDTHpx;height:900px"></iframe>
<output id="found"></output><script>
document.getElementById("page").addEventListener("load", (event) => {
  const page = event.target.contentDocument, get = (id) => page.getElementById(id);
  const shown = () => [...page.querySelectorAll("[data-action]")].filter((c) => !c.hidden).length;
  const say = (id, name) => get(id).dispatchEvent(new page.defaultView.Event(name));
  const type = (text) => { get("search").value = text; say("search", "input"); };
  const found = { bar: !get("bar").hidden, all: shown() };
  type("deletionprotection"); found.search = shown(); found.count = get("count").textContent;
  type("no such words"); found.none = shown(); found.said = !get("none").hidden;
  get("reset").click(); found.reset = shown();
  page.querySelector('.chip[value="delete"]').click(); found.chip = shown(); get("reset").click();
  get("kind").value = "clients"; say("kind", "change"); found.kind = shown();
  get("reset").click(); get("close").click(); found.open = page.querySelectorAll("details.card[open]").length;
  page.querySelector(".danger a").click();
  const root = page.documentElement;
  found.overflow = root.scrollWidth - root.clientWidth;
  found.back = page.defaultView.getComputedStyle(page.body).backgroundColor;
  document.getElementById("found").textContent = Object.entries(found).map((e) => e.join("=")).join("\\n");
});</script>"""


def look(folder: Path, *, width: int, dark: bool = False) -> dict[str, str]:
    (folder / "report.html").write_text(html.render(REPORTS["plan-full"]), encoding="utf-8")
    (folder / "harness.html").write_text(HARNESS.replace("WIDTH", str(width)), encoding="utf-8")
    words = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--allow-file-access-from-files"),
        *(f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"--user-data-dir={folder / 'profile'}"),
        *("--virtual-time-budget=2000", "--dump-dom", (folder / "harness.html").as_uri()),
    ]
    dom = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    output = re.search(r'<output id="found">(.*?)</output>', dom, re.DOTALL)[1]
    return dict(line.split("=", 1) for line in output.splitlines())


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
