from __future__ import annotations

import re

import pytest

from reconciler.model import Action, FieldChange, Plan, Position
from reconciler.render import markdown, redact, report
from reconciler.render.report import Report
from reconciler.render.subjects import RenderOptions
from tests.render.found import MARKUP, REPORTS
from tests.render.golden import check
from tests.render.samples import NEW_CLIENT, OLD_CLIENT, REFUSAL, SPA, TARGET, address, change

DIGEST = "sha256:" + "9f" * 32


def rendered(found: Report, *, digest: str = "", max_bytes: int | None = None) -> str:
    return markdown.render(found, RenderOptions(digest=lambda: digest, max_bytes=max_bytes))


@pytest.mark.parametrize("name", REPORTS)
def test_letter_by_letter(name):
    check(f"markdown/{name}.md", rendered(REPORTS[name], digest=DIGEST))


def test_the_marker_is_the_first_line_and_finds_the_comment_again():
    first = rendered(REPORTS["plan-several"], digest=DIGEST).splitlines()[0]
    targets = "123456789012/eu-west-1/staff,123456789012/eu-west-1/customers-prod"
    assert first == f"<!-- poolctl plan targets={targets} digest={DIGEST} truncated=false -->"


def test_danger_stands_before_the_sum_and_the_sum_before_details():
    text = rendered(report.plan(redact.plans([Plan(TARGET, (NEW_CLIENT, OLD_CLIENT, SPA), refusals=(REFUSAL,))])))
    places = [text.index(w) for w in ("is refused", "`clients/old` **will", "**Plan: 2 to add", "<details>")]
    assert places == sorted(places)


def test_symbols_stand_first_on_their_line():
    text = rendered(REPORTS["plan-full"])
    for block in re.findall(r"```diff\n(.*?)```", text, re.DOTALL):
        assert all(line[0] in "+-! " for line in block.splitlines())
    assert '\n- DeletionProtection = "INACTIVE"\n+ DeletionProtection = "ACTIVE"\n' in text
    assert '\n- EmailVerificationSubject = "Hi"\n' in text


def large(objects: int = 400) -> report.Report:
    made = [
        change(address("groups", f"g{i:04}"), Action.CREATE, FieldChange(("Description",), None, "ä" * 100))
        for i in range(objects)
    ]
    return report.plan(redact.plans([Plan(TARGET, (*made, OLD_CLIENT), refusals=(REFUSAL,))]))


@pytest.mark.parametrize("most", [2_000, 5_000, 65_000])
def test_what_is_too_long_loses_details_and_says_so(most):
    text = rendered(large(), digest=DIGEST, max_bytes=most)
    assert len(text.encode()) <= most
    assert text.splitlines()[0].endswith(f" digest={DIGEST} truncated=true -->")
    assert "**Truncated:** " in text
    assert "of 402 objects shown. Do not approve" in text
    for kept in ("is refused for AliasAttributes", "`clients/old` **will be destroyed**", "to add, 0 to change"):
        assert kept in text
    assert text.count("<details>") == text.count("</details>") == int(re.search(r"Truncated:\*\* (\d+)", text)[1])


def test_a_limit_that_fits_changes_nothing():
    whole = rendered(large(3), max_bytes=10**9)
    assert rendered(large(3), max_bytes=len(whole.encode())) == whole
    assert "truncated=true" in rendered(large(3), max_bytes=len(whole.encode()) - 1).splitlines()[0]


def test_more_danger_than_fits_is_counted():
    deletes = [change(address("groups", f"g{i:04}"), Action.DELETE, before={"GroupName": "g"}) for i in range(500)]
    text = rendered(report.plan(redact.plans([Plan(TARGET, tuple(deletes))])), max_bytes=4_000)
    shown = text.count("** will") + text.count("**will be destroyed**")
    assert len(text.encode()) <= 4_000
    assert f"> … and {500 - shown} more." in text
    assert "500 to destroy" in text


def test_many_pools_do_not_fill_the_marker():
    many = [Plan(TARGET.__class__("1", "eu-west-1", f"pool-{i:05}", "", "m.yaml"), ()) for i in range(500)]
    first = rendered(report.plan(redact.plans(many)), max_bytes=3_000).splitlines()[0]
    assert re.fullmatch(r"<!-- poolctl plan targets=sha256:[0-9a-f]{64} digest= truncated=true -->", first)


def test_markup_is_shown_and_not_obeyed():
    text = rendered(REPORTS["plan-hostile"])
    fence = re.search(r"^(`{3,})diff$", text, re.MULTILINE)[1]
    outside = re.sub(rf"{fence}diff\n.*?\n{fence}\n", "", text, flags=re.DOTALL)
    spoken = re.sub(r"(`+) .*? \1(?!`)", "", outside)
    assert len(fence) > 4
    assert "<script>" not in spoken
    assert "@everyone" not in re.sub(r"<code>.*?</code>", "", spoken)
    assert MARKUP not in spoken
    assert text.splitlines()[0].count("-->") == 1


@pytest.mark.parametrize("words", ["a", "`", "a``b", "```"])
def test_code_survives_backticks(words):
    found = markdown.code(words)
    fence = re.match("`+", found)[0]
    assert words in found
    assert fence not in words


def test_places_are_named():
    made = change(address("groups", "x"), Action.CREATE, source=Position("f.yaml", 7, 1))
    assert "`f.yaml:7`" in rendered(report.plan(redact.plans([Plan(TARGET, (made,))])))
