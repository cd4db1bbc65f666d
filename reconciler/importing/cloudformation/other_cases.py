"""A template whose conditions are otherwise → what other environments own, for overlays.

The stack is evaluated once more for each condition that something of Cognito depends on, with that condition's other
value and all parameters as they are. So an overlay says what the condition decides, and not what a parameter decides by
itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from reconciler.errors import InvalidManifest, Problem
from reconciler.importing.cloudformation.evaluation import Evaluator, Given
from reconciler.importing.cloudformation.leaves import NotKnown, TemplateMistake, as_text
from reconciler.importing.cloudformation.property_mapping import Converted, MappedObject, mapped
from reconciler.importing.cloudformation.resource_types import ROWS
from reconciler.importing.cloudformation.stack import ConditionUse, Stack, StackResource, evaluated
from reconciler.importing.cloudformation.stack_listing import StackListing
from reconciler.importing.cloudformation.taking_over import is_identified, owned_by, secret_leaves
from reconciler.importing.cloudformation.template import Template
from reconciler.importing.owned import MADE_UP, CaseValue, OtherCase
from reconciler.kinds import KINDS, root_of
from reconciler.model import Reference, Secret, dotted


def other_cases(template: Template, given: Given, stack: Stack, own: Converted) -> tuple[OtherCase, ...]:
    """Return what the stack would have where one of its conditions is otherwise, by the condition's name.

    A condition that is made of others alone cannot be otherwise without one of them. Where that one has a case of its
    own, it is the same case.

    Args:
        template: As written.
        given: What is known about the deployment.
        stack: What the template makes of it.
        own: What the stack owns.
    """
    uses = [use for use in stack.conditions if not isinstance(use.value, NotKnown)]
    deciding = [use for use in uses if not _is_made_of_others(stack.template.section("Conditions").get(use.name))]
    changes = {use.name: _changes(stack, given, use, uses) for use in deciding}
    found = []
    for use in uses:
        within = next((name for name, changed in changes.items() if use.name in changed), "")
        if within and use not in deciding:
            found.append(OtherCase(use.name, not use.value, said(use), within=within))
        else:
            along = changes[use.name] if use in deciding else _changes(stack, given, use, uses)
            found.append(_Evaluation(template, given, stack, own).case(use, along))
    return tuple(found)


def said(use: ConditionUse) -> str:
    """Return how a condition is decided, and about what, as sentences that follow its name."""
    several = "parameters" if len(use.parameters) > 1 else "parameter"
    by = f" ({several} {', '.join(use.parameters)})" if use.parameters else ""
    if isinstance(use.value, NotKnown):
        here = f"is not known{by}: {use.value.reason}."
    else:
        here = f"is {'true' if use.value else 'false'} in this stack{by}, and the manifest has that case alone."
    return f"{here} It decides about {', '.join(dict.fromkeys(use.where))}."


def _is_made_of_others(node: Any) -> bool:
    """Return whether a condition compares nothing itself."""
    match node:
        case {"Condition": str()}:
            return True
        case {"Fn::Not": list(parts)} | {"Fn::And": list(parts)} | {"Fn::Or": list(parts)}:
            return all(_is_made_of_others(part) for part in parts)
    return False


def _changes(stack: Stack, given: Given, use: ConditionUse, uses: Iterable[ConditionUse]) -> dict[str, CaseValue]:
    """Return the other conditions that change with one, by name."""
    evaluator = Evaluator(stack.template, replace(given, assumed={use.name: not use.value}))
    values = {other.name: _value(evaluator, other.name) for other in uses if other.name != use.name}
    before = {other.name: other.value for other in uses}
    return {name: CaseValue(name, v) for name, v in values.items() if isinstance(v, bool) and v is not before[name]}


def _value(evaluator: Evaluator, name: str) -> bool | NotKnown | None:
    try:
        return evaluator.condition(name)
    except TemplateMistake:
        return None


class _Evaluation:
    """Evaluates other cases of one stack."""

    def __init__(self, template: Template, given: Given, stack: Stack, own: Converted) -> None:
        self._template = template
        self._given = given
        self._stack = stack
        self._own = own

    def case(self, use: ConditionUse, along: Mapping[str, CaseValue]) -> OtherCase:
        """Return the case in which a condition is otherwise."""
        found = OtherCase(use.name, not use.value, said(use), along=tuple(along.values()))
        try:
            stack, problems = self._evaluated(use)
        except InvalidManifest as error:
            return replace(found, notes=tuple(_mistakes(error.problems)))
        converted = mapped(stack)
        twins = _twins(converted.objects)
        placed = [self._placed(one, twins) for one in converted.objects]
        objects = tuple(one for one in placed if isinstance(one, MappedObject))
        notes = (
            *_mistakes(problems),
            *dict.fromkeys(one for one in placed if isinstance(one, str) and one),
            *self._lost(objects),
            *self._other_secrets(objects),
            *self._others_of(use, along),
        )
        definition = owned_by(Converted(objects, ()), stack.where.account)
        return replace(found, objects=definition.objects, notes=notes)

    def _evaluated(self, use: ConditionUse) -> tuple[Stack, list[Problem]]:
        """Evaluate without the ids of what the other case does not have, or has under another name."""
        given = replace(self._given, assumed={use.name: not use.value})
        evaluator = Evaluator(self._stack.template, given)
        bodies = self._stack.template.section("Resources").items()
        leaving = {name for name, b in bodies if "Condition" in b and _value(evaluator, str(b["Condition"])) is False}
        given = replace(given, listing=_without(given.listing, leaving))
        stack, problems = evaluated(self._template, given)
        renamed = set(self._renamed(stack))
        if not renamed:
            return stack, problems
        return evaluated(self._template, replace(given, listing=_without(given.listing, renamed)))

    def _renamed(self, other: Stack) -> Iterator[str]:
        before = {resource.logical_id: resource for resource in self._stack.resources}
        for resource in other.resources:
            own = before.get(resource.logical_id)
            if own and ROWS[own.short].is_name and _key(own) != _key(resource):
                yield resource.logical_id

    # --- what only one of the cases has

    def _placed(self, one: MappedObject, twins: Collection[str]) -> MappedObject | str:
        """Return an object with ids, made up where only the other case has it, or why it is in no overlay."""
        if is_identified(one) or one.source in {resource.logical_id for resource in self._stack.resources}:
            return one if is_identified(one) else ""
        kind = KINDS[one.section]
        if not one.ids.get(root_of(kind.document).id_param):
            return "It has a pool that this stack does not have: convert a stack that has it."
        if isinstance(one.name, NotKnown):
            return f"{one.source} is only in that case, and its name is not known: {one.name.reason}."
        if one.source in twins or one.client in twins:
            return f"{one.source} is only in that case, and its client has the name of another one, so it needs an id."
        ids = dict(one.ids)
        if kind.outer:
            ids.setdefault(KINDS[kind.outer].id_param, f"{MADE_UP}{one.client}")
        if not kind.single or kind.id_param not in ids:
            ids.setdefault(kind.id_param, f"{MADE_UP}{one.source}")
        return replace(one, ids=ids)

    def _lost(self, objects: Iterable[MappedObject]) -> Iterator[str]:
        there = {one.source for one in objects}
        for one in self._own.objects:
            if KINDS[one.section].root and is_identified(one) and one.source not in there:
                yield f"It does not have the pool of {one.source}, which an overlay cannot remove."

    def _other_secrets(self, objects: Iterable[MappedObject]) -> Iterator[str]:
        before = {(one.section, one.source): dict(secret_leaves(one)) for one in self._own.objects}
        for one in objects:
            own = before.get((one.section, one.source), {})
            for path, value in secret_leaves(one):
                if path in own and not _is_same_secret(value, own[path]):
                    there = value.written if isinstance(value, Reference) else "another one"
                    yield f"The secret {one.source}.{dotted(path)} is {there} in that case: write it into the overlay."

    def _others_of(self, use: ConditionUse, along: Mapping[str, CaseValue]) -> Iterator[str]:
        """Say which conditions a stack with other parameters may have otherwise as well."""
        for other in self._stack.conditions:
            shared = [name for name in other.parameters if name in use.parameters]
            derived = _is_made_of_others(self._stack.template.section("Conditions").get(other.name))
            if shared and not derived and other.name != use.name and other.name not in along:
                many = "decide" if len(shared) > 1 else "decides"
                yield f"{' and '.join(shared)} {many} about {other.name} too, which keeps its value in that case."


def _twins(objects: Iterable[MappedObject]) -> frozenset[str]:
    """Return the clients whose name another client of their pool has."""
    clients = [one for one in objects if one.section == "clients"]
    names = [(one.pool, one.name) for one in clients]
    return frozenset(one.source for one in clients if names.count((one.pool, one.name)) > 1)


def _key(resource: StackResource) -> Any:
    return as_text(resource.properties.get(ROWS[resource.short].key))


def _is_same_secret(one: Any, other: Any) -> bool:
    if isinstance(one, Secret) and isinstance(other, Secret):
        return one.reveal() == other.reveal()
    return bool(one == other)


def _without(listing: StackListing, names: set[str]) -> StackListing:
    return replace(listing, items={name: item for name, item in listing.items.items() if name not in names})


def _mistakes(problems: Iterable[Problem]) -> Iterator[str]:
    for text in dict.fromkeys(f"{problem.position}: {problem.message} {problem.fix}" for problem in problems):
        yield f"That case cannot be evaluated as a whole: {text}"
