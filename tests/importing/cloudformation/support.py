"""Templates in a line or two, and what is made of them as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from reconciler.importing.cloudformation.evaluation import Evaluator, Given
from reconciler.importing.cloudformation.leaves import NotKnown
from reconciler.importing.cloudformation.property_mapping import Converted, MappedObject, mapped
from reconciler.importing.cloudformation.stack import Stack, evaluate_stack, whereabouts
from reconciler.importing.cloudformation.stack_listing import StackItem, StackListing, Whereabouts, read_listing
from reconciler.importing.cloudformation.template import Template, read_template
from reconciler.model import Reference, Secret

FIXTURES = Path(__file__).parent / "fixtures"

HERE = Whereabouts(
    "eu-central-1", "111122223333", "quay", "arn:aws:cloudformation:eu-central-1:111122223333:stack/quay/1"
)


def template(resources: Mapping[str, Any] | None = None, **sections: Any) -> Template:
    tree = {"Resources": resources or {}, **sections}
    return read_template("t.yaml", yaml.safe_dump(tree, sort_keys=False))


def listing(**ids: str) -> StackListing:
    return StackListing({name: StackItem(name, "", physical) for name, physical in ids.items()})


def evaluator(
    resources: Mapping[str, Any] | None = None,
    *,
    given: Mapping[str, str] | None = None,
    exports: Mapping[str, str] | None = None,
    ids: Mapping[str, str] | None = None,
    where: Whereabouts = HERE,
    **sections: Any,
) -> Evaluator:
    said = Given(given or {}, exports or {}, listing(**(ids or {})), where)
    return Evaluator(template(resources, **sections), said)


def value(node: Any, *, problems: int = 0, **context: Any) -> Any:
    """A node's value; with exactly so many mistakes."""
    one = evaluator(**context)
    found = one.value(node, ("Outputs", "X", "Value"))
    assert len(one.problems) == problems, [str(p) for p in one.problems.values()]
    return found


def mistake(node: Any, **context: Any) -> str:
    """What is wrong with a node."""
    one = evaluator(**context)
    assert isinstance(one.value(node, ("Outputs", "X", "Value")), NotKnown)
    (problem,) = one.problems.values()
    return problem.message


def converted(
    resources: Mapping[str, Any],
    ids: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    **more: Any,
) -> Converted:
    said = Given(given or {}, {}, listing(**(ids or {})), HERE)
    return mapped(evaluate_stack(template(resources, **more), said))


def only(found: Converted, section: str) -> MappedObject:
    (one,) = [o for o in found.objects if o.section == section]
    return one


def stack_of(name: str, resources: str = "", **parameters: str) -> Stack:
    """The stack of a fixture."""
    items = read_listing(resources, (FIXTURES / resources).read_text(encoding="utf-8")) if resources else StackListing()
    given = Given(parameters, {}, items, whereabouts(items, "eu-central-1", "111122223333"))
    return evaluate_stack(read_template(name, (FIXTURES / name).read_text(encoding="utf-8")), given)


def plain(value: Any) -> Any:
    """Leaves as a person reads them; a secret without its text."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, NotKnown | Secret):
        return str(value)
    if isinstance(value, Reference):
        return value.written
    return value.decode() if isinstance(value, bytes) else value
