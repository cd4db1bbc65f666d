from __future__ import annotations

import pytest

from reconciler.github import marker

ODD = ["a b", "a-->b", "a--b", "--", "<!-- x -->", 'q"=\n', "ä/…:,", "", "%2D"]


@pytest.mark.parametrize("value", ODD)
def test_every_value_comes_back(value):
    line = marker.render("poolctl-action", key=value, commit="x")
    assert "\n" not in line
    assert line.removeprefix("<!-- ").removesuffix(" -->").count("--") == 0
    assert marker.read(f"{line}\nrest", "poolctl-action") == [{"key": value, "commit": "x"}]


def test_the_markers_of_the_tool_are_read():
    line = "<!-- poolctl plan targets=1/eu/a%20b,1/eu/c digest=sha256:9f truncated=true -->"
    assert marker.read(line, "poolctl plan") == [
        {"targets": "1/eu/a b,1/eu/c", "digest": "sha256:9f", "truncated": "true"}
    ]


GOOD = "<!-- a x=1 -->\n<!-- b y=2 -->\ntext"


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        f"\n{GOOD}",
        f" {GOOD}",
        f"> {GOOD}",
        f"text\n{GOOD}",
        GOOD.replace("\n", "\n\n", 1),
        GOOD.replace(" -->\n<", " --> <"),
        GOOD.replace("x=1 -->", "x=1 --> text"),
        GOOD.replace("x=1", "x=1 -->"),
        GOOD.replace("x=1", "x=<1"),
        GOOD.replace("<!-- b", "<!-- c"),
        "<!-- a x=1 -->",
    ],
)
def test_a_marker_counts_only_on_the_first_lines(body):
    assert marker.read(GOOD, "a", "b") == [{"x": "1"}, {"y": "2"}]
    assert marker.read(GOOD.replace("\n", "\r\n"), "a", "b") == [{"x": "1"}, {"y": "2"}]
    assert marker.read(body, "a", "b") is None


def test_a_long_key_becomes_a_digest():
    assert marker.short("a" * 400) == "a" * 400
    assert marker.short("a" * 401).startswith("sha256:")
    assert marker.short("a" * 401) != marker.short("a" * 402)
