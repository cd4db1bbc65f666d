"""CloudFormation's functions that decide themselves what of their argument is evaluated, and its conditions.

`Fn::If` evaluates one of two values, `Fn::Sub` the names in its text, `Ref` nothing: its argument is a name. Each takes
the evaluator, the argument as written, and its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from reconciler.importing.cloudformation import intrinsics
from reconciler.importing.cloudformation.leaves import ABSENT, NotKnown, TemplateMistake, as_text, bare, unknown_in
from reconciler.model import Path, Tree

if TYPE_CHECKING:  # the two are one recursion
    from reconciler.importing.cloudformation.evaluation import Evaluator

PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
"""What Fn::Sub replaces: `${Name}`, `${Name.Attribute}`, and `${!Literal}`, which loses its `!`."""

MAX_TEXT = 1_000_000
"""Longest text that Fn::Sub makes: as long as a template may be."""


def ref(evaluator: Evaluator, argument: Any, path: Path) -> Any:
    """`Ref`: a parameter, a pseudo parameter, or what identifies a resource. A function may make the name."""
    name = argument
    if isinstance(argument, dict):
        evaluator.extended("a function in Ref")
        name = evaluator.value(argument, path)
    if isinstance(name, NotKnown):
        return name
    if not isinstance(name, str):
        raise TemplateMistake("Ref names no parameter or resource.", "Write Ref: NAME.")
    return evaluator.named(name)


def get_att(evaluator: Evaluator, argument: Any, path: Path) -> Any:
    """`Fn::GetAtt`: an attribute of a resource. Its name may be the result of a function."""
    found = evaluator.value(argument, path)
    if isinstance(found, NotKnown):
        return found
    steps = attribute_steps(found, evaluator.nameable)
    if steps is None and evaluator.is_transformed:
        return NotKnown("an attribute is of a resource that a transform of the template makes")
    if steps is None:
        raise TemplateMistake("Fn::GetAtt names no resource of the template.", "Write RESOURCE.ATTRIBUTE.")
    return evaluator.resource(*steps)


def attribute_steps(argument: Any, resources: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return resource and attribute, or None. Both may contain dots: the shortest name that is a resource counts."""
    if isinstance(argument, list) and all(isinstance(part, str) for part in argument):
        argument = ".".join(argument)
    parts = argument.split(".") if isinstance(argument, str) else []
    for end in range(1, len(parts)):
        if (name := ".".join(parts[:end])) in resources:
            return name, ".".join(parts[end:])
    return None


def substitute(evaluator: Evaluator, argument: Any, path: Path) -> Any:
    """`Fn::Sub`: a text with names in it, or `[text, {name: value}]`."""
    text, names, below = argument, {}, path
    if isinstance(argument, list) and len(argument) == len(("text", "names")):
        (text, names), below = argument, (*path, 1)
    if not isinstance(text, str) or not isinstance(names, dict):
        raise TemplateMistake("Fn::Sub has no text.", "Write Fn::Sub: TEXT, or Fn::Sub: [TEXT, {NAME: VALUE}].")
    parts: list[Any] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        parts += [text[end : found.start()], _placeholder(evaluator, found[1], names, below)]
        end = found.end()
    parts.append(text[end:])
    if sum(len(bare(part)) for part in parts if not isinstance(part, NotKnown) and as_text(bare(part))) > MAX_TEXT:
        raise TemplateMistake(f"Fn::Sub makes a text of more than {MAX_TEXT} characters.", "Write a shorter one.")
    return intrinsics.apply("Fn::Join", ["", parts])


def _placeholder(evaluator: Evaluator, inside: str, names: Tree, path: Path) -> Any:
    if inside.startswith("!"):
        return f"${{{inside[1:]}}}"
    name = inside.strip()
    if name in names:
        value = evaluator.value(names[name], (*path, name))
    elif "." in name:
        value = get_att(evaluator, name, path)
    else:
        value = evaluator.named(name)
    if value is ABSENT or isinstance(value, dict | list):
        raise TemplateMistake(f"Fn::Sub takes {name}, which is no text.", "Write Fn::Join around a list.")
    if isinstance(value, str | int | float):
        return as_text(value)
    return value


def choose(evaluator: Evaluator, argument: Any, path: Path) -> Any:
    """`Fn::If`: one of two values; the other is not evaluated."""
    match argument:
        case [str(name), yes, no]:
            chosen = evaluator.condition(name)
            if isinstance(chosen, NotKnown):
                return NotKnown(f"the condition {name} is not known: {chosen.reason}")
            return evaluator.value(yes if chosen else no, (*path, 1 if chosen else 2))
    raise TemplateMistake("Fn::If has another form than [CONDITION, VALUE, OTHERWISE].", "Name a condition first.")


def find_in_map(evaluator: Evaluator, argument: Any, path: Path) -> Any:
    """`Fn::FindInMap`: `[map, key, key]`, and with AWS::LanguageExtensions a default."""
    match evaluator.value(argument, path):
        case [mapping, top, second, *default] if len(default) < len(("default", "more")):
            steps = [mapping, top, second]
        case NotKnown() as found:
            return found
        case _:
            raise TemplateMistake("Fn::FindInMap has another form than [MAP, KEY, KEY].", "Name a map and two keys.")
    if default:
        evaluator.extended("a default in Fn::FindInMap")
    missing = unknown_in(steps)
    if missing:
        return missing
    names = [as_text(bare(step)) or "" for step in steps]
    here: Any = evaluator.template.section("Mappings")
    for name in names:
        here = here.get(name, ABSENT) if isinstance(here, dict) else ABSENT
    if here is not ABSENT:
        return here
    match default:
        case [{"DefaultValue": value}]:
            return value
    shown = names[:1] if any(step != name for step, name in zip(steps, names, strict=True)) else names
    raise TemplateMistake(f"the mappings have no {' / '.join(shown)}.", "Correct the keys, or give the parameter.")


def import_value(evaluator: Evaluator, argument: Any, path: Path) -> Any:
    """`Fn::ImportValue`: an export of another stack, if the command line gives it."""
    name = evaluator.value(argument, path)
    if isinstance(name, NotKnown):
        return name
    text = as_text(name)
    if text is None:
        raise TemplateMistake("Fn::ImportValue names no export.", "Write the name of an export.")
    return _exported(evaluator, text)


def stack_output(evaluator: Evaluator, argument: Any, path: Path) -> Any:
    """`Fn::GetStackOutput`: an output of another stack, if the command line gives it as `STACK.OUTPUT`."""
    match evaluator.value(argument, path):
        case {"StackName": stack, "OutputName": output} | [stack, output, *_]:
            missing = unknown_in([stack, output])
            return missing or _exported(evaluator, f"{as_text(stack)}.{as_text(output)}")
        case NotKnown() as found:
            return found
    raise TemplateMistake("Fn::GetStackOutput names no output.", "Write StackName and OutputName.")


def _exported(evaluator: Evaluator, name: str) -> Any:
    why = f"{name} is an output of another stack; give it with --export {name}=VALUE"
    return evaluator.given.exports.get(name, NotKnown(why))


FUNCTIONS: Mapping[str, Callable[[Evaluator, Any, Path], Any]] = {
    "Ref": ref,
    "Fn::GetAtt": get_att,
    "Fn::Sub": substitute,
    "Fn::If": choose,
    "Fn::FindInMap": find_in_map,
    "Fn::ImportValue": import_value,
    "Fn::GetStackOutput": stack_output,
}
"""The functions by name."""


# --- conditions ----------------------------------------------------------------------------------------------------


def holds(evaluator: Evaluator, node: Any, path: Path) -> bool | NotKnown:
    """Return whether an expression of conditions holds.

    Raises:
        TemplateMistake: It is none.
    """
    if isinstance(node, dict) and len(node) == 1:
        match node:
            case {"Condition": str(name)}:
                return evaluator.condition(name)
            case {"Fn::Equals": [left, right]}:
                return _equal(evaluator.value(left, path), evaluator.value(right, path))
            case {"Fn::Not": [inner]}:
                found = holds(evaluator, inner, path)
                return found if isinstance(found, NotKnown) else not found
            case {"Fn::And": [_, _, *_] as parts}:
                return _several(evaluator, parts, path, decisive=False)
            case {"Fn::Or": [_, _, *_] as parts}:
                return _several(evaluator, parts, path, decisive=True)
    raise TemplateMistake("the condition has another form.", "Write Fn::Equals, Fn::And, Fn::Or or Fn::Not.")


def _several(evaluator: Evaluator, parts: list[Any], path: Path, *, decisive: bool) -> bool | NotKnown:
    """Return what `And` (false decides) or `Or` (true decides) makes of its parts, of which some may not be known."""
    found = [holds(evaluator, part, path) for part in parts]
    if any(f is decisive for f in found):
        return decisive
    return next((f for f in found if isinstance(f, NotKnown)), not decisive)


def _equal(left: Any, right: Any) -> bool | NotKnown:
    missing = unknown_in([left, right])
    return missing or _comparable(left) == _comparable(right)


def _comparable(value: Any) -> Any:
    """CloudFormation compares texts: 1 equals "1", and true equals "true"."""
    plain = bare(value)
    text = as_text(plain)
    return plain if text is None else text
