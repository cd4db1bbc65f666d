"""Whole templates, as a person, the CDK, SAM and Amplify write them: everything that is made of them, letter by letter.

`UPDATE_GOLDEN=1` writes the expected texts anew; read the difference.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reconciler.importing.cloudformation.hand_over import hand_over
from reconciler.importing.cloudformation.property_mapping import mapped
from reconciler.importing.cloudformation.resource_types import ROWS
from reconciler.importing.cloudformation.stack import Stack
from reconciler.importing.cloudformation.taking_over import owned_by
from reconciler.importing.cloudformation.template import TAGS
from reconciler.kinds import KINDS
from schemas.base import members

from .support import FIXTURES, plain, stack_of

GOLDEN = Path(__file__).parent / "golden"

CASES = {
    "harbour": ("harbour.yaml", "harbour.resources.json", {}),
    "harbour-live": ("harbour.yaml", "", {"Stage": "live"}),
    "lodge": ("lodge.cdk.json", "lodge.resources.json", {}),
    "choir": ("choir.sam.yaml", "", {}),
    "quill": ("quill.amplify.json", "quill.resources.json", {}),
}


UNUSED = {
    *("!GetAZs", "!GetStackOutput", "!Transform"),
    *("!Contains", "!EachMemberEquals", "!EachMemberIn", "!Implies", "!RefAll", "!ValueOf", "!ValueOfAll"),
}
"""Functions that only AWS evaluates, and those of Rules."""


def stack(case: str) -> Stack:
    name, resources, parameters = CASES[case]
    return stack_of(name, resources, **parameters)


def shown(one: Stack) -> str:
    """Everything that becomes of a stack, as JSON."""
    converted = mapped(one)
    definition = owned_by(converted, one.where.account)
    steps = hand_over(one, definition, "pools")
    objects = [
        {
            "object": o.section,
            "name": plain(o.name),
            "from": f"{o.source} {o.position}",
            "ids": o.ids,
            "pool": o.pool,
            "client": o.client,
            "members": plain(o.members),
            "depends": {".".join(map(str, path)): sorted(map(str, uses)) for path, uses in o.uses.items()},
        }
        for o in converted.objects
    ]
    tree = {
        "generator": one.generator,
        "objects": objects,
        "owned": [o.source for o in definition.objects],
        "remainder": [f"{r.position} {r.what} {r.why} ({r.sort})" for r in converted.remainder],
        "conditions": [
            f"{c.name} is {c.value} by {', '.join(c.parameters)}: {', '.join(c.where)}" for c in one.conditions
        ],
        "outputs": [f"{o.name} {o.export or '-'}: {', '.join(o.refers)}" for o in one.outputs],
        "hand over": [steps.tool, *(f"{s.text}\n{s.code}".rstrip() for s in steps.steps)],
    }
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_what_is_made_of_a_template(case):
    text, file = shown(stack(case)), GOLDEN / f"{case}.json"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8", newline="\n")
    assert text == file.read_text(encoding="utf-8"), f"{case} differs; UPDATE_GOLDEN=1 if this is wanted"


@pytest.mark.parametrize("case", CASES)
def test_no_secret_of_a_template_is_in_anything_that_is_made_of_it(case):
    one = stack(case)
    converted = mapped(one)
    every = shown(one) + repr(one) + repr(converted) + repr(owned_by(converted))
    assert "not-a-real" not in every
    assert any("not-a-real" in file.read_text(encoding="utf-8") for file in FIXTURES.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_everything_in_a_template_is_converted_or_named(case):
    one = stack(case)
    converted = mapped(one)
    named = {r.what.split(".")[0] for r in converted.remainder} | {o.source for o in converted.objects}
    assert set(one.template.section("Resources")) == named & set(one.template.section("Resources"))


@pytest.mark.parametrize("case", CASES)
def test_members_are_those_of_a_manifest(case):
    for one in mapped(stack(case)).objects:
        assert set(one.members) <= set(members(KINDS[one.section].model)), one.source


def test_every_object_of_a_deployed_stack_is_owned_by_its_ids():
    for case in ("harbour", "quill"):
        converted = mapped(stack(case))
        assert len(owned_by(converted).objects) == len(converted.objects)


def test_the_sample_of_a_person_has_every_type_and_function():
    text = (FIXTURES / "harbour.yaml").read_text(encoding="utf-8") + (FIXTURES / "choir.sam.yaml").read_text(
        encoding="utf-8"
    )
    kinds = {one.short for case in ("harbour", "harbour-live") for one in stack(case).resources}
    assert kinds == set(ROWS)
    for function in TAGS:
        assert f"{function} " in text or function in UNUSED, function
