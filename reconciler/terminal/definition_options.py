"""The options of a conversion: what they have in common is the definition of another tool, and no other command has it.

They are a group of their own, so that `Options` holds what several commands share.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.terminal.settings import invalid
from schemas.tuples import NamedTuple

GROUP = "definition."
"""What the `dest` of each of these options begins with; `Options.definition` has them."""


class DefinitionOptions(NamedTuple):
    """Which definition of another tool is converted, and what it needs to be read. All of it is of `import`."""

    tool: str = ""
    """The tool whose definition is converted; empty exports live pools."""
    no_live: bool = False
    """Whether the values come from the definition, and AWS is not contacted."""
    stack_resources: str = ""
    """CloudFormation: the file that lists the resources of the stack; empty for none."""
    parameters: tuple[tuple[str, str], ...] = ()
    """CloudFormation: names and values of the stack's parameters; a value may be a secret."""
    exports: tuple[tuple[str, str], ...] = ()
    """CloudFormation: names and values of what other stacks export."""


def pair(flag: str) -> Callable[[str], tuple[str, str]]:
    """Return the converter of an option that takes a name and a value.

    What was typed may be a secret, and is in no message.

    Args:
        flag: The option as the user types it.
    """

    def converted(text: str) -> tuple[str, str]:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise invalid(f"{flag}: write NAME=VALUE.")
        return name, value

    return converted
