"""CloudFormation's functions that need nothing but their arguments.

Each takes its argument as the template has it, evaluated, and returns a value, or `NotKnown` if it rests on one. They
know neither parameters nor resources: `evaluation` does. Semantics are those of AWS' reference of intrinsic functions.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from reconciler.importing.cloudformation.leaves import (
    NotKnown,
    TemplateMistake,
    as_text,
    bare,
    secret_in,
    unknown_in,
    wrapped,
)

MAX_SUBNETS = 256
"""Most blocks that Fn::Cidr makes."""


def join(argument: Any) -> Any:
    """`[separator, [text, ...]]`: the texts with the separator between them."""
    separator, items = _pair(argument, "Fn::Join", "[SEPARATOR, [TEXT, ...]]")
    if not isinstance(separator, str) or not isinstance(items, list):
        raise _shape("Fn::Join", "[SEPARATOR, [TEXT, ...]]")
    return separator.join(_texts(items, "Fn::Join"))


def split(argument: Any) -> Any:
    """`[separator, text]`: the parts of the text, of which there is at least one."""
    separator, text = _pair(argument, "Fn::Split", "[SEPARATOR, TEXT]")
    found = as_text(text)
    if not isinstance(separator, str) or not separator or found is None:
        raise _shape("Fn::Split", "[SEPARATOR, TEXT]")
    return found.split(separator)


def select(argument: Any) -> Any:
    """`[index, list]`: one item; the index counts from 0 and may be a text."""
    index, items = _pair(argument, "Fn::Select", "[INDEX, [ITEM, ...]]")
    place = as_text(index)
    if isinstance(index, bool) or place is None or not place.isdecimal() or not isinstance(items, list):
        raise _shape("Fn::Select", "[INDEX, [ITEM, ...]]")
    if int(place) >= len(items):
        message = f"Fn::Select takes item {place} of a list of {len(items)}."
        raise TemplateMistake(message, "Items count from 0: correct the index, or the parameter that the list is from.")
    return items[int(place)]


def encode(argument: Any) -> Any:
    """A text as Base64."""
    text = as_text(argument)
    if text is None:
        raise _shape("Fn::Base64", "TEXT")
    return base64.b64encode(text.encode()).decode()


def length(argument: Any) -> Any:
    """The number of items in a list."""
    if not isinstance(argument, list):
        raise _shape("Fn::Length", "[ITEM, ...]")
    return len(argument)


def to_json(argument: Any) -> Any:
    """A map or list as JSON."""
    if not isinstance(argument, dict | list):
        raise _shape("Fn::ToJsonString", "a map or a list")
    return json.dumps(argument, separators=(",", ":"), ensure_ascii=False)


def cidr(argument: Any) -> Any:
    """`[block, count, bits]`: the first blocks of that size in a block; without bits there are 8."""
    form = "[BLOCK, COUNT, BITS]"
    if not isinstance(argument, list) or len(argument) not in (2, 3):
        raise _shape("Fn::Cidr", form)
    numbers = [as_text(part) for part in (*argument[1:], 8)][:2]
    if not all(number is not None and number.isdecimal() for number in numbers):
        raise _shape("Fn::Cidr", form)
    count, bits = (int(number or 0) for number in numbers)
    return _blocks(str(argument[0]), count, bits)


def _blocks(text: str, count: int, bits: int) -> list[str]:
    try:
        block: IPv4Network | IPv6Network = ip_network(text, strict=False)
    except ValueError:
        raise TemplateMistake(
            "Fn::Cidr divides something that is no block of addresses.", "Write 10.0.0.0/16."
        ) from None
    prefix = block.max_prefixlen - bits
    if not block.prefixlen <= prefix or not 1 <= count <= min(MAX_SUBNETS, 2 ** (prefix - block.prefixlen)):
        raise TemplateMistake(f"Fn::Cidr finds no {count} blocks of that size.", "Take fewer or smaller blocks.")
    first, step = int(block.network_address), 2**bits
    return [f"{type(block.network_address)(first + n * step)}/{prefix}" for n in range(count)]


PURE: Mapping[str, Callable[[Any], Any]] = {
    "Fn::Join": join,
    "Fn::Split": split,
    "Fn::Select": select,
    "Fn::Base64": encode,
    "Fn::Length": length,
    "Fn::ToJsonString": to_json,
    "Fn::Cidr": cidr,
}
"""The functions by name."""

_ITEMS_MAY_BE_UNKNOWN = {"Fn::Select": 2, "Fn::Length": 1}
"""Functions that know their result although an item is not known, with how deep in the argument the items are."""


def apply(name: str, argument: Any) -> Any:
    """Return the result of a function.

    Args:
        name: One of `PURE`.
        argument: Evaluated. What is `NotKnown` in it makes the result not known, unless the function does not look at
            it; what is secret makes the result a secret.

    Raises:
        TemplateMistake: CloudFormation would refuse the argument.
    """
    missing = _shallow(argument, _ITEMS_MAY_BE_UNKNOWN.get(name))
    if missing:
        return missing
    hidden = secret_in(argument)
    if name == "Fn::Select" or hidden is None:
        return PURE[name](argument)
    return wrapped(PURE[name](bare(argument)), hidden)


def _shallow(argument: Any, depth: int | None) -> NotKnown | None:
    """Return what is not known in an argument, down to a depth; None for all of it."""
    if depth is None:
        return unknown_in(argument)
    if not isinstance(argument, list):
        return unknown_in(argument)
    return next((f for item in argument if (f := _shallow(item, depth - 1))), None) if depth > 1 else None


def _texts(items: list[Any], name: str) -> list[str]:
    found = [as_text(item) for item in items]
    if any(text is None for text in found):
        raise TemplateMistake(f"{name} is given a list or map where a text belongs.", "Give it texts.")
    return [text for text in found if text is not None]


def _pair(argument: Any, name: str, form: str) -> tuple[Any, Any]:
    match argument:
        case [first, second]:
            return first, second
        case _:
            raise _shape(name, form)


def _shape(name: str, form: str) -> TemplateMistake:
    return TemplateMistake(f"{name} has arguments of another form than {form}.", f"Write {name}: {form}.")
