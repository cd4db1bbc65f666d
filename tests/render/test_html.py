from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from reconciler.render import html
from reconciler.render.subjects import RenderOptions
from tests.render.found import MARKUP, REPORTS
from tests.render.golden import check

VOID = {"meta", "input", "br", "link", "img"}


class Reader(HTMLParser):
    """Insists that elements nest, and remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(name: str) -> Reader:
    reader = Reader()
    reader.feed(html.render(REPORTS[name]))
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize("name", REPORTS)
def test_letter_by_letter(name):
    text = html.render(REPORTS[name], RenderOptions(digest=lambda: "sha256:9f"))
    body = re.sub(r"<(style|script)>.*?</\1>\n", "", text, flags=re.DOTALL)
    check(f"html/{name}.html", body)


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_well_formed_and_stands_alone(name):
    reader = read(name)
    ids = [a["id"] for _, a in reader.seen if "id" in a]
    links = [a["href"] for _, a in reader.seen if "href" in a]
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in links} <= set(ids)
    assert all(link.startswith("#") for link in links)
    assert not [a for _, a in reader.seen if {"src", "style", "onclick"} & set(a)]
    assert [t for t, _ in reader.seen].count("script") == 1


def test_the_policy_allows_one_script_and_one_style_sheet():
    text = html.render(REPORTS["plan-full"])
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        inner = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)[1]
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


def test_markup_is_shown_and_not_obeyed():
    text = html.render(REPORTS["plan-hostile"])
    assert "alert(1)</script>" not in text
    assert text.count("<script>") == 1
    assert MARKUP in "".join(read("plan-hostile").text)


def test_danger_comes_first_and_links_to_its_object():
    text = html.render(REPORTS["plan-full"])
    danger = text[text.index('<section class="danger"') : text.index("</section>")]
    assert re.findall(r"<code>([^<]*)</code>", danger) == ["clients/spa", "clients/old"]
    assert text.index('class="danger"') < text.index('id="bar"') < text.index("DeletionProtection")
    assert "Review these first" not in html.render(REPORTS["plan-unchanged"])


def test_every_row_can_be_filtered():
    reader = read("drift-full")
    found = [(a["data-action"], a["data-kind"], a["data-severity"]) for _, a in reader.seen if "data-action" in a]
    assert ("changed", "clients", "error") in found
    assert ("undeclared", "user_pool", "note") in found
    assert len(found) == len(REPORTS["drift-full"].rows)
    chips = [a["value"] for t, a in reader.seen if t == "button" and a.get("class") == "chip" and "value" in a]
    assert set(chips) == {action for action, _, _ in found}
