"""The functions of a template that rest on its parameters, mappings, conditions and resources.

`Evaluator` evaluates one node at a time, and only what is asked for: a mistake in a resource that is not Cognito's does
not stop an import. Every mistake is collected with its place, and the value becomes `NotKnown`, so that one run reports
all of them. For each member it is remembered which parameters and conditions it depends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import Problem
from reconciler.importing.cloudformation import intrinsics, selective
from reconciler.importing.cloudformation.leaves import ABSENT, Dependence, NotKnown, TemplateMistake
from reconciler.importing.cloudformation.parameter_values import parameter_value
from reconciler.importing.cloudformation.physical import Referent, attribute, reference
from reconciler.importing.cloudformation.stack_listing import StackListing, Whereabouts
from reconciler.importing.cloudformation.template import LANGUAGE_EXTENSIONS, Template
from reconciler.model import Path, Position, Tree, dotted

EXTENDED = frozenset({"Fn::Length", "Fn::ToJsonString"})
"""Functions that exist only with AWS::LanguageExtensions."""

MAX_CHAIN = 40
"""Most things that depend on each other in a row; more has no use."""

TRANSFORM = "Fn::Transform"
"""The function that lets a macro make a value, or change the map that it is in."""

NOT_OFFLINE = {
    "Fn::GetAZs": "availability zones are known to AWS alone",
    TRANSFORM: (
        "a macro makes it; give the processed template: `aws cloudformation get-template --template-stage Processed`"
    ),
}
"""Functions that are not evaluated, and why."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is known about a deployment beside its template."""

    parameters: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Values of parameters by name."""
    exports: Mapping[str, str] = field(default_factory=dict)
    """Values of other stacks' exports by name; those of Fn::GetStackOutput as `STACK.OUTPUT`."""
    listing: StackListing = field(default_factory=StackListing)
    """The resources of the deployed stack; empty if there is no list."""
    where: Whereabouts = field(default_factory=Whereabouts)
    """Account, Region and name of the stack, as far as they are known."""
    assumed: Mapping[str, bool] = field(default_factory=dict)
    """Conditions that hold or not whatever the parameters say, by name: another case of the template."""


class Evaluator:
    """Evaluates the nodes of one template."""

    def __init__(self, template: Template, given: Given) -> None:
        self.template = template
        self.given = given
        self.problems: dict[tuple[Position, str], Problem] = {}
        """Every mistake that was met, once."""
        self.conditions: dict[str, bool | NotKnown] = {}
        """The conditions that were evaluated."""
        self._uses: set[Dependence] = set()
        self._members: dict[Path, frozenset[Dependence]] = {}
        self._open: list[tuple[str, str]] = []
        self._known: dict[tuple[str, str], tuple[Any, frozenset[Dependence]]] = {}

    def value(self, node: Any, path: Path) -> Any:
        """Return what a node means; ABSENT for `AWS::NoValue`.

        Args:
            node: A part of the template.
            path: Its place.
        """
        return self._walk(node, path, None)

    def members(self, node: Any, path: Path) -> tuple[Any, Mapping[Path, frozenset[Dependence]]]:
        """Return what a node means, and what its members depend on, by their paths within the node."""
        self._members = {}
        found = self._walk(node, path, ())
        return found, self._members

    @contextmanager
    def noting(self) -> Iterator[set[Dependence]]:
        """While it is open, note which parameters and conditions are used."""
        outer, self._uses = self._uses, set()
        try:
            yield self._uses
        finally:
            outer |= self._uses
            self._uses = outer

    def _walk(self, node: Any, path: Path, within: Path | None) -> Any:
        """Evaluate maps and lists; `within` is the path in what was asked for, None inside a function."""
        if isinstance(node, list):
            items = [self._walk(n, (*path, i), None if within is None else (*within, i)) for i, n in enumerate(node)]
            return [item for item in items if item is not ABSENT]
        if not isinstance(node, dict):
            return node
        name = function_name(node)
        if name is None or (name == TRANSFORM and len(node) > 1):  # a macro changes what is beside it, which is said
            node = {k: v for k, v in node.items() if k != TRANSFORM}
            inner = {k: self._walk(v, (*path, k), None if within is None else (*within, k)) for k, v in node.items()}
            return {k: v for k, v in inner.items() if v is not ABSENT and v is not None}
        with self.noting() as uses:
            found = self._call(name, node, path)
        if within is not None and uses:
            self._members[within] = frozenset(uses)
        return found

    def _call(self, name: str, node: Tree, path: Path) -> Any:
        if len(node) > 1:
            return self.report(
                TemplateMistake(f"{name} has other keys beside it.", "Write one function in a map."), path
            )
        try:
            return self._function(name, node[name], (*path, name))
        except TemplateMistake as mistake:
            return self.report(mistake, path)

    def report(self, mistake: TemplateMistake, path: Path) -> NotKnown:
        """Note a mistake, and return what takes the place of the value."""
        place = self.template.position(path)
        self.problems.setdefault((place, mistake.message), mistake.problem(place, dotted(path[:2])))
        return NotKnown("the template is not correct there")

    def _function(self, name: str, argument: Any, path: Path) -> Any:
        if name in EXTENDED:
            self.extended(name)
        lazy = selective.FUNCTIONS.get(name)
        if lazy is not None:
            return lazy(self, argument, path)
        if name in intrinsics.PURE:
            return intrinsics.apply(name, self.value(argument, path))
        return NotKnown(NOT_OFFLINE.get(name) or f"{name} is a function that this poolctl does not know")

    def extended(self, what: str) -> None:
        """Refuse what exists only with AWS::LanguageExtensions, if the template does not have it.

        Raises:
            TemplateMistake: It does not.
        """
        if LANGUAGE_EXTENSIONS not in self.template.transforms:
            fix = f"Add `Transform: {LANGUAGE_EXTENSIONS}`."
            raise TemplateMistake(f"{what} needs the transform {LANGUAGE_EXTENSIONS}.", fix)

    def named(self, name: str) -> Any:
        """Return what `Ref` makes of a name.

        Raises:
            TemplateMistake: Nothing has the name.
        """
        if name.startswith("AWS::"):
            return pseudo_parameter(self.given.where, name)
        if name in self.template.section("Parameters"):
            self._uses.add(Dependence("parameter", name))
            return parameter_value(self.template, self.given.parameters, name)
        if name in self.nameable:
            return self.resource(name, "")
        if self.is_transformed:
            return NotKnown(f"{name} is made by a transform of the template")
        raise TemplateMistake(f"{name} is neither a parameter nor a resource.", "Correct the name, or the Transform.")

    @property
    def is_transformed(self) -> bool:
        """Whether a macro may add resources that the template does not have: SAM makes roles and aliases."""
        return any(name != LANGUAGE_EXTENSIONS for name in self.template.transforms)

    @property
    def nameable(self) -> Mapping[str, Any]:
        """The resources that can be referred to, by name."""
        made = self.given.listing.items if self.is_transformed else {}
        return {**made, **self.template.section("Resources")}

    def resource(self, name: str, member: str) -> Any:
        """Return what `Ref`, or `Fn::GetAtt` with a member, makes of a resource of the template."""
        item = self.given.listing.items.get(name)
        body = self.template.section("Resources").get(name) or {"Type": item.type if item else ""}
        condition = body.get("Condition")
        listed = self.given.listing.physical_id(name)
        if isinstance(condition, str) and not listed and self.condition(condition) is False:
            return NotKnown(f"{name} is not created: its condition {condition} is false")
        properties = body.get("Properties") or {}

        def of(key: str) -> Any:
            if key not in properties:
                return None
            at = ("Resources", name, "Properties", key)
            return self._once("property", f"{name}.{key}", lambda: self.value(properties[key], at))

        output = f"{name}.{member}"
        if body["Type"] == "AWS::CloudFormation::Stack" and output in self.given.exports:
            return self.given.exports[output]
        referent = Referent(name, str(body["Type"]), listed, self.given.where, of)
        return attribute(referent, member) if member else reference(referent)

    def condition(self, name: str) -> bool | NotKnown:
        """Return whether a condition holds.

        One that cannot be known holds if the stack has a resource that is created only then.

        Raises:
            TemplateMistake: There is no such condition, or it is written wrongly.
        """
        written = self.template.section("Conditions")
        if name not in written:
            raise TemplateMistake(f"there is no condition {name}.", "Correct the name.")
        at = ("Conditions", name)
        found: bool | NotKnown | None = self.given.assumed.get(name)
        if found is None:
            found = self._once("condition", name, lambda: selective.holds(self, written[name], at))
        if isinstance(found, NotKnown) and self._proves(name):
            found = True
        self._uses.add(Dependence("condition", name))
        self.conditions[name] = found
        return found

    def _proves(self, condition: str) -> bool:
        resources = self.template.section("Resources").items()
        return any(b.get("Condition") == condition and self.given.listing.physical_id(name) for name, b in resources)

    def _once(self, kind: str, name: str, get: Callable[[], Any]) -> Any:
        """Find a value once; of one that is asked for while it is being found, say that it leads in a circle."""
        key = (kind, name)
        if key not in self._known:
            if key in self._open or len(self._open) > MAX_CHAIN:
                how = "itself" if key in self._open else f"more than {MAX_CHAIN} others in a row"
                raise TemplateMistake(f"the {kind} {name} depends on {how}.", "Write the value out.")
            self._open.append(key)
            try:
                with self.noting() as uses:
                    found = get()
            finally:
                self._open.pop()
            self._known[key] = (found, frozenset(uses))
        found, noted = self._known[key]
        self._uses |= noted
        return found


def pseudo_parameter(where: Whereabouts, name: str) -> Any:
    """Return a pseudo parameter; ABSENT for `AWS::NoValue`.

    Args:
        where: Where the stack is.
        name: `AWS::Region`.

    Raises:
        TemplateMistake: There is none of the name.
    """
    known = {
        "AWS::Region": where.region,
        "AWS::AccountId": where.account,
        "AWS::Partition": where.partition,
        "AWS::URLSuffix": where.url_suffix,
        "AWS::StackName": where.stack_name,
        "AWS::StackId": where.stack_id,
        "AWS::NotificationARNs": "",
    }
    if name == "AWS::NoValue":
        return ABSENT
    if name not in known:
        raise TemplateMistake(f"{name} is no pseudo parameter.", "Write one such as AWS::Region.")
    return known[name] or NotKnown(f"{name} is not in the template; the stack has it")


def function_name(node: Tree) -> str | None:
    """Return the function that a map is, or None if it is a plain one."""
    return next((key for key in node if key == "Ref" or key.startswith("Fn::")), None)
