"""What the Serverless Application Model adds to a user pool: the triggers of functions with events of type Cognito.

SAM leaves the types of Cognito as they are, and its Globals do not reach them. But each such event writes a member of
LambdaConfig, so the template in Git lacks the triggers that the deployed one has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from reconciler.importing.cloudformation.leaves import NotKnown, Remainder, TemplateMistake, as_text
from reconciler.importing.cloudformation.resource_types import POOL_PROPERTY, POOL_TYPE
from reconciler.importing.cloudformation.template import SERVERLESS, Template
from reconciler.model import Path, Tree

FUNCTION = "AWS::Serverless::Function"
ALIAS = "AWS::Lambda::Alias"

Evaluate = Callable[[Any, Path], Any]
"""Evaluates a node at a place."""


def with_triggers(
    template: Template, evaluate: Evaluate, report: Callable[[TemplateMistake, Path], NotKnown]
) -> tuple[Template, list[Remainder]]:
    """Return a template in which the events of SAM's functions are triggers of its pools.

    Args:
        template: As written, without loops.
        evaluate: Evaluates names of aliases and triggers.
        report: Takes every mistake.

    Returns:
        The template, and the events whose pool or trigger is not known.
    """
    if SERVERLESS not in template.transforms:
        return template, []
    triggers = _Triggers(template, evaluate)
    remainder: list[Remainder] = []
    for function, event, path in _events(template):
        try:
            said = triggers.add(function, event, path)
        except TemplateMistake as mistake:
            report(mistake, path)
            continue
        if said:
            remainder.append(Remainder(f"{function}.{path[-1]}", said, "alarming", template.position(path)))
    return triggers.template(), remainder


def _events(template: Template) -> Iterator[tuple[str, Tree, Path]]:
    for name, body in template.section("Resources").items():
        events = (body.get("Properties") or {}).get("Events")
        if body.get("Type") != FUNCTION or not isinstance(events, dict):
            continue
        for key, event in events.items():
            if isinstance(event, dict) and event.get("Type") == "Cognito":
                yield name, event, ("Resources", name, "Properties", "Events", key)


class _Triggers:
    """Adds triggers to the pools of a copy of a template."""

    def __init__(self, template: Template, evaluate: Evaluate) -> None:
        self._old = template
        self._evaluate = evaluate
        self._resources = {name: dict(body) for name, body in template.section("Resources").items()}
        self._moved: dict[Path, Path] = dict(template.moved)

    def template(self) -> Template:
        """Return the copy."""
        return replace(self._old, tree={**self._old.tree, "Resources": self._resources}, moved=self._moved)

    def add(self, function: str, event: Tree, path: Path) -> str:
        """Add the triggers of one event to its pool; say why not if they are not known.

        Raises:
            TemplateMistake: SAM would refuse the event.
        """
        wanted = event.get("Properties") if isinstance(event.get("Properties"), dict) else {}
        pool = self._pool((wanted or {}).get(POOL_PROPERTY))
        triggers = self._evaluate((wanted or {}).get("Trigger"), (*path, "Properties", "Trigger"))
        names = triggers if isinstance(triggers, list) else [triggers]
        if not all(isinstance(name, str) for name in names):
            return "is an event of Cognito whose trigger is not known; take it from the live pool."
        target = self._target(function)
        if target is None:
            return "calls an alias whose name is not known; take the trigger from the live pool."
        config = self._config(pool)
        if config is None:
            return "is a trigger that SAM adds to a LambdaConfig which is a function itself; take the live one."
        for name in names:
            if name in config:
                raise TemplateMistake(f"the trigger {name} is defined twice, which SAM refuses.", "Remove one.")
            config[name] = target
            self._moved["Resources", pool, "Properties", "LambdaConfig", name] = path
        return ""

    def _pool(self, node: Any) -> str:
        pool = node.get("Ref") if isinstance(node, dict) else None
        if not isinstance(pool, str) or self._resources.get(pool, {}).get("Type") != POOL_TYPE:
            fix = "Write UserPool: {Ref: POOL}, with a pool of the same template."
            raise TemplateMistake("the event names no user pool of the template, which SAM refuses.", fix)
        return pool

    def _config(self, pool: str) -> Tree | None:
        """Return a copy of the LambdaConfig of a pool that may be written to, or None if it is no plain map."""
        properties = dict(self._resources[pool].get("Properties") or {})
        config = properties.get("LambdaConfig") or {}
        if not isinstance(config, dict) or any(key == "Ref" or key.startswith("Fn::") for key in config):
            return None
        copy = dict(config)
        self._resources[pool]["Properties"] = {**properties, "LambdaConfig": copy}
        return copy

    def _target(self, function: str) -> Any:
        """Return what a trigger calls: the function, or the alias that SAM makes for it; None if that is not known."""
        body = self._resources[function]
        target: Any = {"Fn::GetAtt": [function, "Arn"]}
        alias = (body.get("Properties") or {}).get("AutoPublishAlias")
        if alias is not None:
            name = as_text(self._evaluate(alias, ("Resources", function, "Properties", "AutoPublishAlias")))
            if name is None:
                return None
            logical_id = f"{function}Alias{''.join(filter(str.isalnum, name))}"
            if logical_id not in self._resources:
                self._resources[logical_id] = {"Type": ALIAS, **{k: body[k] for k in ("Condition",) if k in body}}
                self._moved["Resources", logical_id] = ("Resources", function)
            target = {"Ref": logical_id}
        condition = body.get("Condition")
        if isinstance(condition, str):
            return {"Fn::If": [condition, target, {"Ref": "AWS::NoValue"}]}
        return target
