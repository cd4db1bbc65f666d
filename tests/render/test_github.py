from __future__ import annotations

import re

import pytest

from reconciler.errors import Problem
from reconciler.model import Position
from reconciler.render import github, report
from reconciler.render.places import within
from reconciler.render.subjects import RenderOptions, Validation
from tests.render.found import REPORTS
from tests.render.golden import check


@pytest.mark.parametrize("name", REPORTS)
def test_letter_by_letter(name):
    text = github.render(REPORTS[name])
    check(f"github/{name}.txt", text)
    for line in text.splitlines():
        properties = re.fullmatch(r"::(?:error|warning|notice) ([^:]*)::.+", line)[1]
        assert [p.partition("=")[0] for p in properties.split(",")] in (
            ["file", "line", "col", "title"],
            ["file", "title"],
            ["title"],
        )


def test_what_the_runner_would_obey_is_escaped():
    lines = github.render(REPORTS["validate-wrong"]).splitlines()
    assert "::error file=pools/a b.yaml,line=4,col=2,title=poolctl manifest/invalid::" in lines[2]
    assert "100%25: Foo.\\nSecond line%0AFix it." in lines[2]
    odd = report.validate(Validation([Problem(Position("a,b:c%\n.yaml", 1, 1), "", "x")], [], []))
    assert github.render(odd).startswith("::error file=a%2Cb%3Ac%25%0A.yaml,line=1,col=1,title=")
    commands = [line.partition(" ")[0] for line in github.render(REPORTS["plan-hostile"]).splitlines()]
    assert commands == ["::error", "::warning"]


def test_planned_changes_are_silent_unless_something_goes():
    assert github.render(REPORTS["plan-unchanged"]) == ""
    found = github.render(REPORTS["plan-full"])
    assert [w for w in ("plan/delete", "plan/replace", "plan/update", "plan/create") if w in found] == [
        "plan/delete",
        "plan/replace",
    ]


def test_levels_follow_severity():
    found = [line.split()[0] for line in github.render(REPORTS["drift-full"]).splitlines()]
    assert found == ["::error", "::error", "::error", "::warning", "::notice", "::warning"]


def test_paths_are_relative_to_the_repository():
    assert "file=infra/pools/c.yaml," in github.render(
        REPORTS["validate-wrong"], RenderOptions(locate=within("/repo", "/repo/infra"))
    )
