"""Template text → what its stack owns, in this case of its conditions and in the others: all steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from reconciler.importing.cloudformation.evaluation import Given
from reconciler.importing.cloudformation.leaves import NotKnown
from reconciler.importing.cloudformation.other_cases import other_cases, said
from reconciler.importing.cloudformation.property_mapping import mapped
from reconciler.importing.cloudformation.stack import Stack, evaluate_stack, whereabouts
from reconciler.importing.cloudformation.stack_listing import StackListing, read_listing
from reconciler.importing.cloudformation.taking_over import owned_by
from reconciler.importing.cloudformation.template import read_template
from reconciler.importing.owned import Definition, Leftover, Unmapped


class TemplateFile(NamedTuple):
    """A text, and what messages call it."""

    name: str
    """Name of the file; `-` is standard input."""
    text: str
    """Its content."""


def taken_over(
    template: TemplateFile,
    resources: TemplateFile | None = None,
    *,
    parameters: Mapping[str, str] | None = None,
    exports: Mapping[str, str] | None = None,
    region: str = "",
    account: str = "",
) -> tuple[Stack, Definition]:
    """Return a stack, and what it owns: all steps from text to definition.

    Args:
        template: The template.
        resources: The list of the stack's resources; without it no object has an id unless the template writes it.
        parameters: Values of parameters by name.
        exports: Values of other stacks' exports by name.
        region: Region of the stack, if the list does not say.
        account: Account of the stack, if the list does not say.

    Raises:
        InvalidInput: One of the two is no such file, they contradict each other, or the template has mistakes.
    """
    listing = read_listing(*resources) if resources else StackListing()
    given = Given(parameters or {}, exports or {}, listing, whereabouts(listing, region, account))
    written = read_template(*template)
    stack = evaluate_stack(written, given)
    converted = mapped(stack)
    found = owned_by(converted, stack.where.account)
    cases = other_cases(written, given, stack, converted)
    return stack, replace(found, unmapped=(*found.unmapped, *_undecided(stack)), cases=cases)


def _undecided(stack: Stack) -> Iterator[Unmapped]:
    """Yield the conditions that nothing here decides, so that there is neither this case nor another one."""
    for use in stack.conditions:
        if isinstance(use.value, NotKnown):
            why = f"{said(use)} Without its value there is no overlay: give what it rests on."
            yield Unmapped(f"condition {use.name}", why, Leftover.CONDITION)
