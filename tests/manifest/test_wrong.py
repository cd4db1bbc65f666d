"""Wrong manifests, and letter by letter what poolctl says about each.

`UPDATE_GOLDEN=1 pytest tests/manifest/test_wrong.py` rewrites the expected texts; read the difference afterwards.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from reconciler.errors import InvalidManifest
from reconciler.manifests.loading import load
from reconciler.security.catalogue import rules

FOLDER = Path(__file__).parent / "wrong"
NAMES = sorted(p.stem for p in FOLDER.glob("*.yaml"))
ENVIRON = {"SECRET": "hunter2-from-the-environment", "EMPTY": "", "YES": "yes", "SES_ARN": "x"}
SECRETS = re.compile("hunter2|4815162342")


def said(name: str) -> str:
    with pytest.raises(InvalidManifest) as error:
        load([f"{name}.yaml"], variables={"stage": "prod"}, environ=ENVIRON, stdin=str, is_rule=rules().__contains__)
    return f"{error.value}\n"


@pytest.mark.parametrize("name", NAMES)
def test_every_mistake_is_explained(name, monkeypatch):
    monkeypatch.chdir(FOLDER)
    text = said(name)
    golden = FOLDER / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_line_names_a_place_and_ends_a_sentence(name, monkeypatch):
    monkeypatch.chdir(FOLDER)
    for line in said(name).splitlines():
        assert re.match(rf"{re.escape(name)}\.yaml:\d+:\d+( \S[^:]*(:[^ ][^:]*)*)?: \S", line), line
        assert not re.search(r"\.\.$|  |None|<class|pydantic|input_value|Input should", line), line
        assert not SECRETS.search(line), line


def test_there_are_enough_of_them():
    assert len(NAMES) >= 22
    assert {p.stem for p in FOLDER.glob("*.txt")} == set(NAMES)
