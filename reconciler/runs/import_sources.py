"""The tools whose definitions can be converted: what each needs to be read, and how it lets go.

One table, so that all stages of a conversion are shared, and a further tool is one more row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.errors import InvalidInput, flow
from reconciler.importing.cloudformation import hand_over as stack_hand_over
from reconciler.importing.cloudformation.stack_conversion import TemplateFile, taken_over
from reconciler.importing.handing_over import HandOver
from reconciler.importing.owned import Definition, Leftover
from reconciler.importing.terraform import adopting, letting_go, state_files
from reconciler.terminal.definition_options import DefinitionOptions
from reconciler.terminal.options import Options

STDIN = "-"
"""The file name that means standard input."""


@dataclass(frozen=True, slots=True)
class ForeignDefinition:
    """The definition of another tool, read."""

    definition: Definition
    """What it owns."""
    hand_over: Callable[[Definition, str], HandOver]
    """Returns the hand-over of what was converted, to manifests in a directory."""


@dataclass(frozen=True, slots=True)
class ForeignSource:
    """A tool whose definitions can be converted."""

    read: Callable[[Options, Callable[[], str]], ForeignDefinition]
    """Reads the definition that options name; standard input is read by the second argument.

    Raises:
        InvalidInput: It is none, or nothing of it can be converted.
    """
    takes: frozenset[str] = frozenset()
    """Fields of `DefinitionOptions` that only some tools have a use for, and this one has."""
    live_needs: Mapping[str, str] = field(default_factory=dict)
    """Fields without which live pools cannot be found, with what to do."""


def read(options: Options, stdin: Callable[[], str]) -> ForeignDefinition:
    """Read the definition that options name.

    Args:
        options: Of the run.
        stdin: Returns standard input.

    Raises:
        InvalidInput: An option does not go with the tool, the definition is none, or nothing of it can be converted.
    """
    asked = options.definition
    source = SOURCES[asked.tool]
    _check(source, asked)
    return source.read(options, stdin)


def _check(source: ForeignSource, asked: DefinitionOptions) -> None:
    for option, flag in FLAGS.items():
        if getattr(asked, option) and option not in source.takes:
            tool = next(name for name, one in SOURCES.items() if option in one.takes)
            raise InvalidInput(f"{flag} goes with --from {tool} only.")
    for option, advice in source.live_needs.items():
        if not getattr(asked, option) and not asked.no_live:
            raise InvalidInput(advice)


def text_of(file: str, stdin: Callable[[], str]) -> str:
    """Return the content of a file; `-` is standard input.

    Raises:
        InvalidInput: It cannot be read.
    """
    if file == STDIN:
        return stdin()
    try:
        return Path(file).read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InvalidInput(f"{file}: {error.strerror}.") from None


def _named(name: str) -> str:
    return "standard input" if name == STDIN else name


def _something(definition: Definition, name: str) -> Definition:
    """Require that something can be converted.

    Raises:
        InvalidInput: Nothing can; what cannot, and why, is in the message.
    """
    if not definition.objects:
        listed = "".join(f"\n  {u.source} {u.reason}" for u in definition.unmapped if u.why is not Leftover.SERVICE)
        raise InvalidInput(f"{name}: there is no object of Cognito in it that could be taken over.{listed}")
    return definition


# --- the tools -----------------------------------------------------------------------------------------------------


def terraform(options: Options, stdin: Callable[[], str]) -> ForeignDefinition:
    """Read a state of Terraform or OpenTofu."""
    name = options.operand
    state = state_files.read_state(text_of(name, stdin), name)
    found = adopting.definition(state)
    return ForeignDefinition(_something(found, name), lambda converted, to: letting_go.hand_over(state, converted, to))


def cloudformation(options: Options, stdin: Callable[[], str]) -> ForeignDefinition:
    """Read a template, with the list of its stack's resources if there is one."""
    name, asked = options.operand, options.definition
    if name == asked.stack_resources == STDIN:
        raise InvalidInput("Only one of the template and the list of resources can come from standard input.")
    listing = asked.stack_resources
    stack, found = taken_over(
        TemplateFile(_named(name), text_of(name, stdin)),
        TemplateFile(_named(listing), text_of(listing, stdin)) if listing else None,
        parameters=_values("--parameter", asked.parameters),
        exports=_values("--export", asked.exports),
        region=options.region,
    )
    return ForeignDefinition(
        _something(found, _named(name)),
        lambda converted, to: stack_hand_over.hand_over(stack, converted, to),
    )


def _values(flag: str, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise InvalidInput(f"{flag}: {flow(name)} is given twice.")
        found[name] = value
    return found


NO_LISTING = (
    "A template has no ids, and without them nothing says which live objects are of its stack. Save the list of the "
    "stack's resources, and give it with --stack-resources FILE:\n"
    "  aws cloudformation describe-stack-resources --stack-name NAME > resources.json\n"
    "--no-live converts what the template has ids of without AWS."
)

FLAGS: Mapping[str, str] = {
    "stack_resources": "--stack-resources",
    "parameters": "--parameter",
    "exports": "--export",
}
"""Options that go with some tools only, by their field."""

SOURCES: Mapping[str, ForeignSource] = {
    "terraform": ForeignSource(terraform),
    "cloudformation": ForeignSource(cloudformation, frozenset(FLAGS), {"stack_resources": NO_LISTING}),
}
"""By the word after `--from`."""
