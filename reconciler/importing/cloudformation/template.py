"""Template text → tree, with the place of everything.

YAML and JSON are read by the reader of manifests, which keeps lines and columns and refuses what is ambiguous. What is
CloudFormation's own is here: the short tags of its functions, the booleans of YAML 1.1, and the sections.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.errors import InvalidManifest, Problem
from reconciler.manifests.documents import RawDocument, nearest
from reconciler.manifests.reader import MAX_BYTES, Dialect, foreign, scalar
from reconciler.model import Path, Position, Tree, dotted

_TAGGED = """
And Base64 Cidr Equals FindInMap GetAtt GetAZs GetStackOutput If ImportValue Join Length Not Or Select Split Sub
ToJsonString Transform Contains EachMemberEquals EachMemberIn Implies RefAll ValueOf ValueOfAll
"""
"""Functions that have a short tag, without `Fn::`; those from Contains on occur in Rules alone."""

TAGS = {"!Ref": "Ref", "!Condition": "Condition", **{f"!{name}": f"Fn::{name}" for name in _TAGGED.split()}}

LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
SERVERLESS = "AWS::Serverless-2016-10-31"

HARMLESS = frozenset({LANGUAGE_EXTENSIONS, SERVERLESS, "AWS::CodeDeployBlueGreen", "AWS::ServiceCatalog"})
"""Transforms of AWS that are evaluated here, or leave Cognito's resources as they are."""

SECTIONS = ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
"""Sections that are maps of named things."""

WORDS = {
    **dict.fromkeys(["yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
}
"""Booleans of YAML 1.1; its parsers agree that `y` and `n` are texts."""

_SURROGATES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
"""One character in JSON, which YAML writes otherwise."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it was written."""

    file: str
    """As messages call it."""
    tree: Tree = field(repr=False)
    """Its content: short tags are written out, sections are maps."""
    positions: Mapping[Path, Position] = field(repr=False)
    """Where each value begins."""
    keys: Mapping[Path, Position] = field(repr=False)
    """Where each key begins."""
    moved: Mapping[Path, Path] = field(default_factory=dict, repr=False)
    """For what a transform has made: where it was made from, by its path."""

    def section(self, name: str) -> Tree:
        """Return a section, empty if there is none."""
        return self.tree.get(name) or {}

    @property
    def transforms(self) -> tuple[str, ...]:
        """Names of the macros that process the template, in their order; `?` for one that is not named plainly."""
        found = self.tree.get("Transform") or []
        listed = found if isinstance(found, list) else [found]
        names = (item.get("Name", "?") if isinstance(item, dict) else item for item in listed)
        return tuple(name if isinstance(name, str) else "?" for name in names)

    def position(self, path: Path) -> Position:
        """Return the place of a value, by its key if it has one, or of the nearest thing around it."""
        for end in range(len(path), 0, -1):
            origin = self.moved.get(path[:end])
            if origin is not None:
                return self.position((*origin, *path[end:]))
        found = (self.keys.get(path[:end]) or self.positions.get(path[:end]) for end in range(len(path), -1, -1))
        return next(filter(None, found), Position(self.file, 1, 1))


def template_scalar(text: str) -> Any:
    """Return what an unquoted scalar means to CloudFormation, which reads YAML 1.1.

    A number with a leading zero stays a text: it is an account id or a code whose author forgot the quotes.
    """
    if text in WORDS:
        return WORDS[text]
    return text if re.fullmatch(r"[-+]?0[0-9]+", text) else scalar(text)


DIALECT = Dialect(
    "a template",
    "Begin with `Resources:`, not indented.",
    template_scalar,
    TAGS,
    any_key=True,
)


def read_template(file: str, text: str) -> Template:
    """Read a template, or the answer of `aws cloudformation get-template` that holds one.

    Args:
        file: What messages call it.
        text: YAML or JSON.

    Raises:
        InvalidManifest: It cannot be read, or is no template; with everything that is wrong.
    """
    if len(text) > MAX_BYTES:
        message = f"the template is larger than {MAX_BYTES // 1_000_000} MB."
        raise InvalidManifest([_whole(file, message, "CloudFormation takes 1 MB.")])
    documents, problems = foreign(file, _yaml(text), DIALECT)
    if not problems and len(documents) != 1:
        problems = [_several(file, documents)]
    if problems:
        raise InvalidManifest(problems)
    document = documents[0]
    body = document.tree.get("TemplateBody") if "Resources" not in document.tree else None
    if isinstance(body, str):
        return read_template(file, body)
    if isinstance(body, dict):
        document = _below(document, "TemplateBody")
    if problems := _shape(file, document):
        raise InvalidManifest(problems)
    return Template(file, document.tree, document.positions, document.keys)


def _yaml(text: str) -> str:
    """Return a text as YAML. JSON is YAML but for pairs of surrogates, and tabs between values."""
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return text
    return _SURROGATES.sub(lambda pair: json.loads(f'"{pair[0]}"'), text).replace("\t", " ")


def _several(file: str, documents: list[RawDocument]) -> Problem:
    if not documents:
        return _whole(file, "the template is empty.", "Name the file of a template.")
    return Problem(documents[1].start, "", "a second document begins here.", "A template is one document: split it.")


def _whole(file: str, message: str, fix: str) -> Problem:
    return Problem(Position(file, 1, 1), "", message, fix, whole_file=True)


def _below(document: RawDocument, key: str) -> RawDocument:
    def inner(places: Mapping[Path, Position]) -> dict[Path, Position]:
        return {path[1:]: place for path, place in places.items() if path[:1] == (key,)}

    positions, keys = inner(document.positions), inner(document.keys)
    return replace(document, tree=document.tree[key], positions=positions, keys=keys)


def _shape(file: str, document: RawDocument) -> list[Problem]:
    """Return what is wrong with the sections and the resources."""
    if "Resources" not in document.tree:
        fix = "Name a template of CloudFormation, the CDK (cdk.out/*.template.json), SAM or Amplify."
        return [_whole(file, "the file has no Resources, so it is not a CloudFormation template.", fix)]
    problems: list[Problem] = []
    for section in SECTIONS:
        found = document.tree.get(section)
        if section in document.tree and found is not None and not isinstance(found, dict):
            problems.append(_wrong(document, (section,), "is not a map.", "Write names and what they are."))
        elif found:
            problems += _entries(document, section, found)
    return problems


def _entries(document: RawDocument, section: str, entries: Tree) -> list[Problem]:
    found = (_entry((section, name), entry) for name, entry in entries.items() if not name.startswith("Fn::"))
    return [_wrong(document, *said) for said in found if said]


def _entry(path: Path, entry: Any) -> tuple[Path, str, str] | None:
    """Return what is wrong with an entry of a section, and what to do."""
    if not isinstance(entry, dict):
        return path, "is not a map.", "Check the indentation."
    if path[0] != "Resources":
        return None
    if not isinstance(entry.get("Type"), str):
        return path, "has no Type.", "Write one such as AWS::Cognito::UserPool."
    if not isinstance(entry.get("Properties") or {}, dict):
        return (*path, "Properties"), "is not a map.", "Check the indentation."
    if not isinstance(entry.get("Condition", ""), str):
        return (*path, "Condition"), "is not the name of a condition.", "Write the name, without a function."
    return None


def _wrong(document: RawDocument, path: Path, message: str, fix: str) -> Problem:
    place = nearest(document.keys, path) or document.start
    return Problem(place, dotted(path), f"{path[-1]} {message}", fix)


def without_macros(template: Template) -> tuple[Template, list[str], list[Problem]]:
    """Return a template of which every entry can be read: loops have been written out, and macros are left out.

    Returns:
        The template, the sections that a macro adds to, and what is wrong with entries that loops made.
    """
    sections: Tree = {}
    processed: list[str] = []
    problems: list[Problem] = []
    for section in SECTIONS:
        entries = template.section(section)
        sections[section] = {name: entry for name, entry in entries.items() if not name.startswith("Fn::")}
        processed += [section] if len(sections[section]) < len(entries) else []
        for name, entry in sections[section].items():
            if said := _entry((section, name), entry):
                path, message, fix = said
                problems.append(Problem(template.position(path), dotted(path), f"{path[-1]} {message}", fix))
    return replace(template, tree={**template.tree, **sections}), processed, problems
