"""What a new kind costs: its schema file, its kind file, and at most 4 lines elsewhere in the engine (CONTRIBUTING.md).

Measured on kinds that are there: every line outside their two files that names them, in any way that Python can.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.kinds import KINDS

ROOT = Path(__file__).parents[2]
MOST = 4
SIMPLE = {
    "groups": ("group", "Group"),
    "domains": ("domain", "Domain"),
    "resource_servers": ("resource_server", "ResourceServer"),
    "replicas": ("replica", "Replica"),
    "web_acl": ("web_acl", "WebAcl"),
    "log_delivery": ("log_delivery", "LogDelivery"),
    "limits": ("provisioned_limit", "ProvisionedLimit"),
    "trigger_permissions": ("trigger_permission", "TriggerPermission"),
}
"""Section → module of its two files, class of its schema."""


def elsewhere(module: str) -> Iterator[Path]:
    own = {ROOT / "reconciler" / "kinds" / f"{module}.py", ROOT / "schemas" / f"{module}.py"}
    local = ROOT / "reconciler" / "local"  # judges the engine, and shares nothing with it
    people = ROOT / "reconciler" / "people"  # users in bulk, which are in groups
    applications = ROOT / "reconciler" / "applications"  # describes pools to other programs, in their words
    starters = ROOT / "reconciler" / "starters"  # writes manifests
    security = ROOT / "reconciler" / "security"  # says what is safe, by a table a section and rules across sections
    importing = ROOT / "reconciler" / "importing"  # holds what other tools call things against what we call them
    apart = (local, people, applications, starters, security, importing)
    for package in ("reconciler", "schemas"):
        yield from (f for f in sorted((ROOT / package).rglob("*.py")) if not _is_apart(f, own, *apart))


def _is_apart(file: Path, own: set[Path], *packages: Path) -> bool:
    # users are in groups; ids and addresses of a pool are those of its domain
    # what security rules ask of other services and of the live pool is named there, and options have names of their own
    of_users = file.stem in ("user", "pool_text", "outside", "pool_facts", "config_keys") or file.stem.startswith(
        ("users", "people")
    )
    return file in own or of_users or any(p in file.parents for p in packages)


VALUES = {"KIND", "POOL", "CLIENT"}
"""What the file of a kind calls its value."""


def words(section: str) -> set[str]:
    """The texts by which code could mean a kind."""
    kind = KINDS[section]
    operations = {kind.create, kind.update, kind.delete, kind.listing.operation if kind.listing else ""}
    return {section, kind.resource_type, kind.title, *operations} - {""}


def names_it(node: ast.AST, section: str, module: str, model: str) -> bool:
    """An import of its module or schema, its value, its schema's class, its key in the document, or its words."""
    match node:
        case ast.ImportFrom(module=str(source)):
            return source == f"schemas.{module}"
        case ast.alias(name=name):
            return name in {module, model}
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            return name == module and attribute in VALUES
        case ast.Name(id=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return name == (section if isinstance(node, ast.AnnAssign) else model)
        case ast.Constant(value=str(text)):
            return text in words(section)
    return False


def places(section: str) -> set[tuple[str, int]]:
    module, model = SIMPLE[section]
    return {
        (file.relative_to(ROOT).as_posix(), node.lineno)
        for file in elsewhere(module)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if names_it(node, section, module, model)
    }


@pytest.mark.parametrize("section", SIMPLE)
def test_a_kind_takes_few_lines_outside_its_two_files(section: str) -> None:
    found = places(section)
    elsewhere_in_tables = {file for file, _ in found}
    assert elsewhere_in_tables >= {"reconciler/kinds/__init__.py", "schemas/manifest.py"}
    assert len({place for place in found if not allowed(place, section)}) <= MOST, sorted(found)


def allowed(place: tuple[str, int], section: str) -> bool:
    """Other kinds may name it in their own files. A new kind needs no entry among the names that other tools use."""
    file, _ = place
    other_kind = file.startswith("reconciler/kinds/") and not file.endswith("__init__.py")
    return other_kind or file == "schemas/foreign_names.py"


@pytest.mark.parametrize("section", SIMPLE)
def test_no_stage_of_the_engine_names_it(section: str) -> None:
    files = {file for file, _ in places(section)}
    assert [f for f in files if not f.startswith(("reconciler/kinds/", "schemas/"))] == []
