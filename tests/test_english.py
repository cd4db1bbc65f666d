"""Documents, messages and descriptions use the words of Terraform and kubectl, without those of WORDS."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.base import ApiModel
from schemas.docstrings import described
from schemas.jsonschema import text as manifest_schema

ROOT = Path(__file__).parent.parent
WORDS = re.compile(r"\b(tell|tells|telling|told|stand|stands|standing|stood|nobody|somebody)\b", re.IGNORECASE)

NOT_FOR_USERS = {"local"}
"""Packages whose strings are not messages of poolctl: the embedded Cognito speaks as the service does."""


def documents() -> Iterator[Path]:
    names = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "action.yml", "Dockerfile")
    yield from (ROOT / name for name in names)
    for folder in ("docs", "deploy", "pools", "findings", ".github"):
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix != ".png")


def of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a document; CONTRIBUTING lists pairs of an old and a new wording in a table, which are left out."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not (path.name == "CONTRIBUTING.md" and line.startswith("|")):
            yield number, line


@pytest.mark.parametrize("path", list(documents()), ids=of)
def test_documents(path: Path) -> None:
    assert [f"{of(path)}:{number}: {line}" for number, line in lines(path) if WORDS.search(line)] == []


def modules() -> Iterator[Path]:
    for path in sorted((ROOT / "reconciler").rglob("*.py")):
        top = path.relative_to(ROOT / "reconciler").parts[0].removesuffix(".py")
        if top not in NOT_FOR_USERS:
            yield path


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """String constants with a space, the parts of f-strings among them; docstrings, also those of members, are not."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        if is_text and " " in node.value:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", list(modules()), ids=of)
def test_messages(path: Path) -> None:
    assert [f"{of(path)}:{number}: {text}" for number, text in messages(path) if WORDS.search(text)] == []


def test_messages_are_found_in_f_strings_and_not_in_docstrings(tmp_path: Path) -> None:
    source = '"""Told here."""\nX = "stands"\n"""Below X."""\nY = (f"{X} is told to {X:>3} nobody", "a b")\n'
    (tmp_path / "module.py").write_text(source, encoding="utf-8")
    assert [text for _, text in messages(tmp_path / "module.py")] == ["a b", " is told to ", " nobody"]


def models(base: type[ApiModel]) -> Iterator[type[ApiModel]]:
    for model in base.__subclasses__():
        yield model
        yield from models(model)


def test_descriptions_of_models_and_members() -> None:
    assert manifest_schema()  # imports all models
    found = {model: {"": model.__doc__ or "", **described(model)} for model in models(ApiModel)}
    ours = {model: texts for model, texts in found.items() if model.__module__.startswith("schemas.")}
    assert len(ours) > 50
    assert [(m.__name__, name, t) for m, texts in ours.items() for name, t in texts.items() if WORDS.search(t)] == []


def test_allowances_are_needed() -> None:
    assert {p.name for p in (ROOT / "reconciler").iterdir()} >= NOT_FOR_USERS
