"""The pictures of docs/security.md: all there, as large as they say, and described in words."""

from __future__ import annotations

import re
import struct

import pytest

from tests.render import browser
from tests.security import pictures

PAGE = (pictures.ROOT / "docs" / "security.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("what", "width", "colours"), list(pictures.names()))
def test_each_picture_is_kept_and_shown(what: str, width: int, colours: str):
    file = pictures.file(what, width, colours)
    header = file.read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    assert struct.unpack(">II", header[16:]) == (width, pictures.SCREENS[width])
    assert PAGE.count(f"images/{file.name}") == 1


def test_each_picture_is_described():
    shown = re.findall(r'<img src="images/weakening-[^"]*" width="\d+" alt="([^"]*)">', PAGE)
    assert len(shown) == len(list(pictures.names())) / 2
    assert all(len(words.split()) > 10 for words in shown)


@browser.needed
def test_they_can_be_made_again(tmp_path):
    comment, report = pictures.outputs()
    assert '<p class="alert">Caution</p>' in comment
    assert "[!CAUTION]" not in comment
    assert "not shown" not in comment + report
    target = tmp_path / "picture.png"
    pictures.take(report, 390, "dark", target)
    assert struct.unpack(">II", target.read_bytes()[16:24]) == (390, pictures.SCREENS[390])
