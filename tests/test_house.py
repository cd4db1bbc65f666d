"""The house of docs/architecture.md: few modules on the ground floor, packages without a circle, no name twice."""

from __future__ import annotations

import ast
from collections import defaultdict
from configparser import ConfigParser
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "reconciler"
FLAT = {"__init__.py", "__main__.py", "aws_lambda.py", "errors.py", "model.py"}
PACKAGES = sorted(p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists())


def test_few_modules_are_flat():
    assert {p.name for p in PACKAGE.glob("*.py")} == FLAT


def test_there_are_at_most_14_layers_and_they_are_exhaustive():
    config = ConfigParser()
    config.read(ROOT / ".importlinter")
    contract = config["importlinter:contract:layers"]
    layers = contract["layers"].split("\n")[1:]
    assert contract.getboolean("exhaustive")
    assert "exhaustive_ignores" not in contract
    assert len(layers) <= 14
    named = {word.strip(" ()") for layer in layers for word in layer.replace(":", "|").split("|")}
    assert named == {*PACKAGES, "__main__", "aws_lambda", "errors", "model"}


def test_the_packages_have_no_circle():
    graph = grimp.build_graph("reconciler", exclude_type_checking_imports=True, cache_dir=None)
    arrows: dict[str, set[str]] = defaultdict(set)
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            here, there = _room(importer), _room(imported)
            if here and there and here != there:
                arrows[here].add(there)
    assert len(arrows) > 10
    open_, done = [], set()

    def visit(room: str) -> None:
        assert room not in open_, f"circle: {' -> '.join([*open_, room])}"
        if room in done:
            return
        open_.append(room)
        for other in sorted(arrows[room]):
            visit(other)
        open_.pop()
        done.add(room)

    for room in sorted(arrows):
        visit(room)


def _room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_says_what_goes_in_and_what_comes_out(package):
    text = ast.get_docstring(ast.parse((PACKAGE / package / "__init__.py").read_text(encoding="utf-8"))) or ""
    _, blank, *rest = text.split("\n")
    assert blank == ""
    assert rest[0].startswith("In: ")
    assert " Out: " in " ".join(rest)


def test_no_two_modules_of_sibling_packages_have_one_name():
    where: dict[str, list[str]] = defaultdict(list)
    for file in PACKAGE.rglob("*.py"):
        if not file.name.startswith("__"):
            where[file.stem].append(str(file.relative_to(PACKAGE)))
    twice = {stem: found for stem, found in where.items() if len(found) > 1}
    assert twice == {}


def test_no_two_classes_have_one_name():
    where: dict[str, list[str]] = defaultdict(list)
    for file in [*PACKAGE.rglob("*.py"), *(ROOT / "schemas").glob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                where[node.name].append(str(file.relative_to(ROOT)))
    assert {name: found for name, found in where.items() if len(found) > 1} == {}


def test_no_class_is_longer_than_200_lines():
    long = [
        (str(file.relative_to(ROOT)), node.name, node.end_lineno - node.lineno + 1)
        for file in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.end_lineno and node.end_lineno - node.lineno >= 200
    ]
    assert long == []
