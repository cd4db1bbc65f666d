"""Did you mean: one comparison and one wording for everything that has a name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.terminal.suggestions import closest, folded, same, sentences, suggest, suggest_or_list

PACKAGE = Path(__file__).parents[2] / "reconciler"


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("paln", ["plan", "apply"], "plan"),
        ("callback_urls", ["CallbackURLs"], "CallbackURLs"),
        ("--detailed-exitcod", ["--detailed-exitcode", "--target"], "--detailed-exitcode"),
        ("POOLCTL_REGOIN", ["POOLCTL_REGION"], "POOLCTL_REGION"),
        ("$vra", ["$var", "$env"], "$var"),
        ("frobnicate", ["plan", "apply"], ""),
        ("", ["plan"], ""),
        ("plan", [], ""),
        ("A_B", ["ab", "a-b"], "ab"),
    ],
)
def test_closest(name, known, near):
    assert closest(name, iter(known)) == near


def test_suggest_has_another_sentence_where_nothing_is_near():
    assert suggest("paln", ["plan"], "Check it.") == "Did you mean plan?"
    assert suggest("frobnicate", ["plan"], "Check it.") == "Check it."
    assert suggest("frobnicate", ["plan"]) == ""


def test_a_few_names_are_listed_and_many_are_not():
    many = [str(i) for i in range(13)]
    assert suggest_or_list("x", many[:12], "Check it.") == f"Known are {', '.join(many[:12])}."
    assert suggest_or_list("x", many, "Check it.") == "Check it."
    assert suggest_or_list("x", [], "Check it.") == "Check it."


def test_only_spelling_may_differ():
    assert same("callback_urls", ["CallbackURLs"]) == "CallbackURLs"
    assert same("callback_url", ["CallbackURLs"]) == ""
    assert folded("Web-Authn Relying_PartyID") == "webauthnrelyingpartyid"


def test_empty_sentences_leave_no_gap():
    assert sentences("a.", "", "b.") == "a. b."


def test_nothing_else_compares_names_or_words_the_question():
    asking = {
        str(file.relative_to(PACKAGE))
        for file in PACKAGE.rglob("*.py")
        if any(words in file.read_text(encoding="utf-8") for words in ("get_close_matches", "Did you mean {"))
    }
    assert asking == {"terminal/suggestions.py"}


def test_importing_it_loads_no_difflib():
    code = "import sys, reconciler.terminal.suggestions; sys.exit('difflib' in sys.modules or 'typing' in sys.modules)"
    subprocess.run([sys.executable, "-S", "-c", code], check=True, cwd=PACKAGE.parent)
