"""A page in a real browser: opened in a frame of some width, in light or dark colours, and asked by a script.

Runs where a Chromium is installed. Nothing is fetched: all pages are files.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")

needed = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")
"""Marks tests that open a page."""

HARNESS = """<!DOCTYPE html><body><iframe id="page" src="report.html" style="width:WIDTHpx;height:HEIGHTpx"></iframe>
<output id="found"></output><script>
document.getElementById("page").addEventListener("load", (event) => {
  const page = event.target.contentDocument, get = (id) => page.getElementById(id), found = {};
  const shown = () => [...page.querySelectorAll("[data-action]")].filter((c) => !c.hidden).length;
  const say = (id, name) => get(id).dispatchEvent(new page.defaultView.Event(name));
  const chip = (value) => page.querySelector(`.chip[value="${value}"]`).click();
  const style = (element) => page.defaultView.getComputedStyle(element);
  SCRIPT
  document.getElementById("found").textContent = Object.entries(found).map((e) => e.join("=")).join("\\n");
});</script>"""


def look(folder: Path, page: str, script: str, *, width: int, height: int = 900, dark: bool = False) -> dict[str, str]:
    """Open a page, run a script that fills `found`, and return what it found.

    Args:
        folder: For files.
        page: The page.
        script: JavaScript; `page`, `get`, `shown`, `say`, `chip` and `style` are at hand.
        width: Of the frame, in pixels.
        height: The same.
        dark: Whether the reader prefers dark colours.
    """
    (folder / "report.html").write_text(page, encoding="utf-8")
    harness = HARNESS.replace("WIDTH", str(width)).replace("HEIGHT", str(height)).replace("SCRIPT", script)
    (folder / "harness.html").write_text(harness, encoding="utf-8")
    words = [
        *(CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
        *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--allow-file-access-from-files"),
        *(f"--blink-settings=preferredColorScheme={0 if dark else 1}", f"--user-data-dir={folder / 'profile'}"),
        *("--virtual-time-budget=2000", "--dump-dom", (folder / "harness.html").as_uri()),
    ]
    dom = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    output = re.search(r'<output id="found">(.*?)</output>', dom, re.DOTALL)[1]
    return dict(line.split("=", 1) for line in output.splitlines())
