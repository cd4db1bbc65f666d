"""`--fail-on` and `--allow`: a plan that weakens is refused before anything is written, one allowance at a time."""

from __future__ import annotations

import re

from tests.security import weakening
from tests.security.weakening import ALARMS

LINE = re.compile(r"^  --allow (\S+)$", re.MULTILINE)


def test_a_plan_that_weakens_exits_with_4_and_says_what_would_have_to_be_said(weakened):
    ran = weakening.planned("human", "--fail-on", "weakens")
    assert (ran.code, ran.last) == (4, "exit 4 (refused)")
    assert "14 changes are stopped by --fail-on weakens; nothing was written." in ran.err
    assert len(LINE.findall(ran.err)) == ALARMS
    print(ran.err)
