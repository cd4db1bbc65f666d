"""Template and what is known about its deployment → the resources of Cognito that the stack has.

Everything that is in the template and becomes no part of a manifest is named: resources of other services, custom
resources that write to a pool behind a manifest's back, conditions that are false, outputs with a secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import InvalidInput, InvalidManifest, Problem
from reconciler.importing.cloudformation.cross_references import attributes, cognito_among, referred, referrers
from reconciler.importing.cloudformation.dynamic_references import resolved
from reconciler.importing.cloudformation.evaluation import TRANSFORM, Evaluator, Given
from reconciler.importing.cloudformation.generators import generator
from reconciler.importing.cloudformation.leaves import Dependence, NotKnown, Remainder, TemplateMistake, as_text, bare
from reconciler.importing.cloudformation.loops import written_out
from reconciler.importing.cloudformation.other_resources import remainder_of
from reconciler.importing.cloudformation.parameter_values import STORED, is_hidden
from reconciler.importing.cloudformation.resource_types import short
from reconciler.importing.cloudformation.serverless import with_triggers
from reconciler.importing.cloudformation.stack_listing import StackListing, Whereabouts
from reconciler.importing.cloudformation.template import HARMLESS, Template, without_macros
from reconciler.model import Path, Position, Secret, Tree, dotted


@dataclass(frozen=True, slots=True)
class StackResource:
    """A resource of Cognito that a stack has."""

    logical_id: str
    """Its name in the template, after loops were written out."""
    type: str
    """`AWS::Cognito::UserPoolClient`."""
    physical_id: str
    """Its id; empty if unknown."""
    properties: Tree = field(repr=False)
    """Its properties, evaluated. Leaves are scalars, `NotKnown`, `Secret`, and `Reference` for what AWS keeps."""
    refers: Mapping[str, str]
    """Properties that are a reference to a resource of the template and nothing else, with its logical id."""
    uses: Mapping[Path, frozenset[Dependence]] = field(repr=False)
    """What each property depends on, by its path; also of properties that a condition leaves out."""
    position: Position
    """Where it is written."""
    condition: str = ""
    """The condition that it is created under; empty for always."""
    deletion_policy: str = ""
    """`Retain`, `Delete`, ...; empty if not written, which is Delete."""
    update_replace_policy: str = ""
    """As above, for what a replacement leaves behind."""

    @property
    def short(self) -> str:
        """Its type within Cognito: `UserPoolClient`."""
        return short(self.type)

    @property
    def retained(self) -> bool:
        """Whether it survives when it is removed from the template, and when it is replaced."""
        return self.deletion_policy == "Retain" and self.update_replace_policy == "Retain"


@dataclass(frozen=True, slots=True)
class ConditionUse:
    """A condition of the template on which something of Cognito depends."""

    name: str
    """Its name."""
    value: bool | NotKnown
    """Whether it holds in this stack."""
    parameters: tuple[str, ...]
    """The parameters it depends on, sorted."""
    where: tuple[str, ...]
    """What depends on it: `Pool.Policies.PasswordPolicy.RequireSymbols`, or `Partner` for a whole resource."""


@dataclass(frozen=True, slots=True)
class StackOutput:
    """An output of the stack that refers to something of Cognito."""

    name: str
    """Its name."""
    export: str
    """The name under which other stacks import it; empty if it is not exported, `?` if the name is not known."""
    refers: tuple[str, ...]
    """Logical ids that it refers to."""


@dataclass(frozen=True, slots=True)
class Stack:
    """What a template makes, as far as it is Cognito's."""

    template: Template = field(repr=False)
    """The template, loops and triggers written out."""
    resources: tuple[StackResource, ...]
    """The resources of Cognito that the stack has, in the order of the template; users are not among them."""
    people: tuple[StackResource, ...]
    """Users and memberships, without their properties, as these hold personal data and passwords."""
    remainder: tuple[Remainder, ...]
    """Everything that becomes no part of a manifest."""
    conditions: tuple[ConditionUse, ...]
    """Conditions that could become overlays, by name."""
    outputs: tuple[StackOutput, ...]
    """Outputs that refer to a resource of Cognito."""
    referrers: Mapping[str, tuple[str, ...]]
    """Other resources that refer to one of Cognito, with the logical ids that they refer to."""
    generator: str
    """What made the template: `cdk`, `amplify`, `sam`, `serverless`, or `plain` for a person."""
    where: Whereabouts
    """Account, Region and name of the stack, as far as they are known."""
    listing: StackListing = field(default_factory=StackListing, repr=False)
    """The resources that were deployed."""

    def position(self, resource: str, path: Path = ()) -> Position:
        """Return where a property of a resource is written."""
        return self.template.position(("Resources", resource, "Properties", *path) if path else ("Resources", resource))


def whereabouts(listing: StackListing, region: str = "", account: str = "", stack_name: str = "") -> Whereabouts:
    """Return where a stack is: as its list of resources says, else as the command line does.

    Raises:
        InvalidInput: The two contradict each other.
    """
    said = {
        "Region": (listing.region, region),
        "account": (listing.account, account),
        "stack": (listing.name, stack_name),
    }
    for what, (listed, option) in said.items():
        if listed and option and listed != option:
            raise InvalidInput(f"the resources are of the {what} {listed}, and not {option}: correct one of the two.")
    found = [listed or option for listed, option in said.values()]
    return Whereabouts(found[0], found[1], found[2], listing.stack_id)


def evaluate_stack(template: Template, given: Given) -> Stack:
    """Evaluate the resources of Cognito in a template.

    Args:
        template: As written.
        given: Parameters, exports, and the list of the stack's resources.

    Raises:
        InvalidManifest: The template has mistakes, a parameter has no value, or the list is of another stack; with
            everything that is wrong.
    """
    stack, problems = evaluated(template, given)
    problems += _contradictions(stack.template, given)
    if problems:
        raise InvalidManifest(list({(p.position, p.message): p for p in problems}.values()))
    return stack


def evaluated(template: Template, given: Given) -> tuple[Stack, list[Problem]]:
    """Return the resources of Cognito in a template, and its mistakes: values that rest on one are `NotKnown`.

    Args:
        template: As written.
        given: Parameters, exports, and the list of the stack's resources, which is not compared with the template.

    Raises:
        InvalidManifest: An entry that a loop makes cannot be read.
    """
    template, before, problems = _prepared(template, given)
    evaluator = Evaluator(template, given)
    made = _Making(template, given, evaluator)
    resources = tuple(made.resources())
    outputs, secret_outputs = _outputs(template, evaluator)
    problems += evaluator.problems.values()
    remainder = (*before, *made.remainder, *secret_outputs, *_parameters(template, resources))
    stack = Stack(
        template,
        resources,
        tuple(made.people),
        remainder,
        tuple(_conditions(evaluator, resources, made.skipped)),
        outputs,
        referrers(template),
        generator(template),
        given.where,
        given.listing,
    )
    return stack, problems


def _prepared(template: Template, given: Given) -> tuple[Template, list[Remainder], list[Problem]]:
    """Return a template as its transforms leave it, what they cannot make, and what is wrong.

    Raises:
        InvalidManifest: An entry that a loop makes cannot be read.
    """
    first = Evaluator(without_macros(template)[0], given)
    template, loops = written_out(template, first.value, first.report)
    template, processed, wrong = without_macros(template)
    strange = _strange_parameters(template, given)
    if wrong:
        raise InvalidManifest([*strange, *first.problems.values(), *wrong])
    template, events = with_triggers(template, Evaluator(template, given).value, first.report)
    return template, [*_macros(template, processed), *loops, *events], [*strange, *first.problems.values()]


class _Making:
    """Makes the resources of a stack, and notes what is left over."""

    def __init__(self, template: Template, given: Given, evaluator: Evaluator) -> None:
        self.remainder: list[Remainder] = []
        self.people: list[StackResource] = []
        self.skipped: dict[str, str] = {}
        """Resources of Cognito that are not created, with their condition."""
        self._template = template
        self._given = given
        self._evaluator = evaluator

    def resources(self) -> Iterator[StackResource]:
        """Yield the resources of Cognito that are created."""
        for name, body in self._template.section("Resources").items():
            place = self._template.position(("Resources", name))
            other = remainder_of(name, body, place)
            if other:
                self.remainder.append(other)
                if other.sort == "people" and self._is_created(name, body, place):
                    self.people.append(self._resource(name, {**body, "Properties": {}}, place))
            elif self._is_created(name, body, place):
                yield self._resource(name, body, place)

    def _is_created(self, name: str, body: Tree, place: Position) -> bool:
        condition = body.get("Condition")
        if not isinstance(condition, str):
            return True
        try:
            found = self._evaluator.condition(condition)
        except TemplateMistake as mistake:
            self._evaluator.report(mistake, ("Resources", name, "Condition"))
            return False
        if found is False:
            self.skipped[name] = condition
            self.remainder.append(
                Remainder(name, f"is not created: its condition {condition} is false.", "read", place)
            )
        elif isinstance(found, NotKnown):
            why = f"is created under the condition {condition}, which is not known: {found.reason}."
            self.remainder.append(Remainder(name, why, "alarming", place))
        return found is True

    def _resource(self, name: str, body: Tree, place: Position) -> StackResource:
        path: Path = ("Resources", name, "Properties")
        written = body.get("Properties") or {}
        properties, uses = self._evaluator.members(written, path)
        if not isinstance(properties, dict):  # a function
            why = "has properties that one function makes, which is not evaluated."
            self.remainder.append(Remainder(name, why, "alarming", place))
            properties = {}
        self.remainder += _changed_by_macros(body, ("Resources", name), self._template)
        finished = {key: self._finished(value, name, (key,)) for key, value in properties.items()}
        refers = {k: r for k, v in written.items() if (r := referred(v, self._template))}
        deletion, replacement = (self._policy(body, name, key) for key in ("DeletionPolicy", "UpdateReplacePolicy"))
        condition = body.get("Condition")
        physical = self._given.listing.physical_id(name)
        shown = condition if isinstance(condition, str) else ""
        return StackResource(name, body["Type"], physical, finished, refers, uses, place, shown, deletion, replacement)

    def _policy(self, body: Tree, name: str, key: str) -> str:
        found = self._evaluator.value(body.get(key), ("Resources", name, key))
        return as_text(found) or ("?" if isinstance(found, NotKnown) else "")

    def _finished(self, value: Any, name: str, path: Path) -> Any:
        """Replace dynamic references; a text that comes from a parameter with NoEcho may be one, too."""
        if isinstance(value, dict):
            return {k: self._finished(v, name, (*path, k)) for k, v in value.items()}
        if isinstance(value, list):
            return [self._finished(v, name, (*path, i)) for i, v in enumerate(value)]
        if not isinstance(value, str | Secret):
            return value
        found, said = resolved(bare(value))
        if said:
            where = self._template.position(("Resources", name, "Properties", *path))
            self.remainder.append(Remainder(f"{name}.{dotted(path)}", said, "member", where))
        return value if isinstance(found, str) else found


# --- what is wrong -------------------------------------------------------------------------------------------------


def _strange_parameters(template: Template, given: Given) -> Iterator[Problem]:
    known = template.section("Parameters")
    for name in given.parameters:
        if name not in known:
            listed = f"It has {', '.join(known)}." if known else "It has none."
            place = Position(template.file, 1, 1)
            yield Problem(place, "", f"the template has no parameter {name}.", listed, whole_file=True)


def _contradictions(template: Template, given: Given) -> Iterator[Problem]:
    """Yield where the list of the stack's resources contradicts the template."""
    silent = Evaluator(template, given)
    ours = {n: b for n, b in template.section("Resources").items() if short(str(b["Type"]))}
    listed = {name: given.listing.items[name] for name in ours if name in given.listing.items}
    if given.listing.items and ours and not listed:
        message = "none of the template's resources of Cognito is in the list of the stack's resources."
        fix = "Give the list of this template's stack; a nested stack has a list of its own."
        yield Problem(Position(template.file, 1, 1), "", message, fix, whole_file=True)
    for name, item in listed.items():
        path, body = ("Resources", name), ours[name]
        if item.type and item.type != body["Type"]:
            message = f"{name} is {body['Type']} here, and {item.type} in the stack."
            yield Problem(template.position(path), dotted(path), message, "Give the list of this template's stack.")
        condition = body.get("Condition")
        if isinstance(condition, str) and is_false(silent, condition):
            message = f"{name} is in the stack, although its condition {condition} is false with these parameters."
            fix = "Give the parameters that the stack was deployed with, by --parameter NAME=VALUE."
            yield Problem(template.position(path), dotted(path), message, fix)


# --- what is left over ---------------------------------------------------------------------------------------------


def _macros(template: Template, sections: Iterable[str]) -> Iterator[Remainder]:
    fix = "Give what it makes of it: `aws cloudformation get-template --template-stage Processed`."
    for name in template.transforms:
        if name not in HARMLESS:
            why = f"is a macro, which may change anything in the template. {fix}"
            yield Remainder(f"transform {name}", why, "alarming", template.position(("Transform",)))
    for section in sections:
        why = f"is a macro that adds to the template. {fix}"
        yield Remainder(f"{section}.Fn::Transform", why, "alarming", template.position((section,)))


def _changed_by_macros(node: Any, path: Path, template: Template) -> Iterator[Remainder]:
    """Yield the maps of a resource that a macro changes, or adds to."""
    if isinstance(node, dict):
        if TRANSFORM in node and len(node) > 1:
            fix = "Give what it makes of it: `aws cloudformation get-template --template-stage Processed`."
            what = dotted((path[1], *(step for step in path[2:] if step != "Properties")))
            yield Remainder(what, f"is changed by a macro. {fix}", "alarming", template.position(path))
        for key, value in node.items():
            yield from _changed_by_macros(value, (*path, key), template)
    elif isinstance(node, list):
        for index, item in enumerate(node):
            yield from _changed_by_macros(item, (*path, index), template)


def _outputs(template: Template, evaluator: Evaluator) -> tuple[tuple[StackOutput, ...], list[Remainder]]:
    """Return the outputs about Cognito, and those that show a client's secret to everyone who can read the stack."""
    found, secret = [], []
    silent = Evaluator(template, evaluator.given)
    for name, body in template.section("Outputs").items():
        path: Path = ("Outputs", name)
        condition = body.get("Condition")
        if isinstance(condition, str) and is_false(silent, condition):
            continue
        refers = cognito_among(body.get("Value"), template)
        if "ClientSecret" in attributes(body.get("Value"), template):
            why = "shows the secret of a client to everyone who may read the stack. Remove it, then rotate the secret."
            secret.append(Remainder(f"output {name}", why, "alarming", template.position(path)))
        exported = body.get("Export")
        export = exported.get("Name") if isinstance(exported, dict) else None
        if refers:
            text = "" if export is None else as_text(silent.value(export, path)) or "?"
            found.append(StackOutput(name, text, refers))
    return tuple(found), secret


def is_false(evaluator: Evaluator, condition: str) -> bool:
    """Return whether a condition is known not to hold; one that is written wrongly is not."""
    try:
        return evaluator.condition(condition) is False
    except TemplateMistake:
        return False


def _parameters(template: Template, resources: Iterable[StackResource]) -> Iterator[Remainder]:
    """Yield parameters whose value is not in the template and that no object of ours uses, and rules for parameters."""
    used = {use.name for r in resources for uses in r.uses.values() for use in uses if use.kind == "parameter"}
    for name, declared in template.section("Parameters").items():
        kind = as_text(declared.get("Type")) or ""
        place = template.position(("Parameters", name))
        if name not in used and STORED.fullmatch(kind):
            yield Remainder(
                f"parameter {name}", "is read from Systems Manager, and nothing of Cognito uses it.", "read", place
            )
        elif name not in used and is_hidden(declared):
            yield Remainder(f"parameter {name}", "has NoEcho, and nothing of Cognito uses it.", "read", place)
    rules = template.tree.get("Rules")
    for name in rules if isinstance(rules, dict) else ():
        why = "checks parameters when the stack is deployed, and is nothing of Cognito."
        yield Remainder(f"rule {name}", why, "read", template.position(("Rules", name)))


def _conditions(
    evaluator: Evaluator, resources: Iterable[StackResource], skipped: Mapping[str, str]
) -> Iterator[ConditionUse]:
    where: dict[str, list[str]] = {}
    for resource in resources:
        if resource.condition:
            where.setdefault(resource.condition, []).append(resource.logical_id)
        for path, uses in resource.uses.items():
            for use in sorted(uses):
                if use.kind == "condition":
                    where.setdefault(use.name, []).append(f"{resource.logical_id}.{dotted(path)}")
    for name, condition in skipped.items():
        where.setdefault(condition, []).append(name)
    for name, value in sorted(evaluator.conditions.items()):
        if name in where:
            with evaluator.noting() as noted:
                evaluator.condition(name)
            parameters = tuple(sorted(use.name for use in noted if use.kind == "parameter"))
            yield ConditionUse(name, value, parameters, tuple(where[name]))
