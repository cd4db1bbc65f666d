"""What is there of an output, and what would change: files and parameters.

A file is below the directory of its manifest; no link leads out of it. Values stay here: a plan names what differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reconciler.applications.known_pool import Unsettled
from reconciler.applications.output_calls import AT_ONCE, PARAMETERS
from reconciler.applications.output_formats import parameter_store
from reconciler.cloud.port import Cloud
from reconciler.errors import Refused
from reconciler.manifests.manifest import Manifest, WrittenOutput
from reconciler.model import Action, OutputChange, ParameterChange
from reconciler.runs.outputs_made import MadeOutput, OutputMaker, about, file_of, is_stored
from reconciler.terminal.regular_files import UnfitFileError, is_below, read_regular
from schemas.records import record

LARGEST = 1_000_000
"""Most bytes of a file that is compared; a larger one is none of ours."""


@record(frozen=True, slots=True)
class LiveParameter:
    """A parameter as it is."""

    type: str
    """`String`, `StringList` or `SecureString`."""
    value: str
    """Its value; of a SecureString the cipher text."""


@record(frozen=True, slots=True)
class ComparedOutput:
    """An output beside what is there."""

    change: OutputChange
    """What apply would do."""
    made: MadeOutput | None
    """What would be written; None while it is not known."""


def compared(maker: OutputMaker, declared: WrittenOutput) -> ComparedOutput:
    """Return what apply would do about an output.

    Raises:
        Refused: It cannot be made, or not be written where the manifest says.
        InvalidInput: The pages of this partition have no documented host.
        UnreadError: Something that it needs could not be read.
        CloudError: The same.
    """
    try:
        made = maker.made(declared)
    except Unsettled as open_:
        action = _unless_ignored(maker, declared) if _is_any_there(maker, declared) else Action.CREATE
        return ComparedOutput(_change(maker, declared, action, awaits=open_.place), None)
    if is_stored(declared):
        found = tuple(_parameters(maker, declared, made))
        return ComparedOutput(_change(maker, declared, _whole(found), parameters=found), made)
    content = content_of(maker.manifest, declared)
    same = content == made.text.encode()
    action = Action.CREATE if content is None else Action.NONE if same else _unless_ignored(maker, declared)
    return ComparedOutput(_change(maker, declared, action), made)


def _unless_ignored(maker: OutputMaker, declared: WrittenOutput, *parameter: str) -> Action:
    """Return what happens to what is there and differs: what an `ignore` rule covers is made once, and then left."""
    return Action.NONE if maker.is_ignored(maker.address(declared), parameter) else Action.UPDATE


def _change(maker: OutputMaker, declared: WrittenOutput, action: Action, **more: Any) -> OutputChange:
    address, client = maker.address(declared), about(maker.manifest, declared)
    return OutputChange(address, action, declared.format, client, declared.source, **more)


def _whole(parameters: Sequence[ParameterChange]) -> Action:
    """Return what happens to parameters as a whole."""
    actions = {p.action for p in parameters}
    return next(iter(actions)) if len(actions) == 1 else Action.UPDATE


def _parameters(maker: OutputMaker, declared: WrittenOutput, made: MadeOutput) -> list[ParameterChange]:
    path = maker.path(declared)
    live = live_parameters(maker.cloud, path, list(made.parameters))
    kept = {name for name in live if _unless_ignored(maker, declared, name) is Action.NONE}
    managed = {name: p for name, p in live.items() if name not in kept}
    strange = [f"{path}/{name} is a {p.type}" for name, p in managed.items() if p.type != parameter_store.STRING]
    if strange:
        raise Refused(
            f"{'; '.join(strange)}. Parameter Store does not change the type of a parameter: delete it, or write "
            "another prefix."
        )
    return [
        ParameterChange(name, Action.NONE if name in kept else _action(live.get(name), params))
        for name, params in made.parameters.items()
    ]


def _action(live: LiveParameter | None, params: Mapping[str, object]) -> Action:
    if live is None:
        return Action.CREATE
    return Action.NONE if live.value == params["Value"] else Action.UPDATE


def _is_any_there(maker: OutputMaker, declared: WrittenOutput) -> bool:
    """Return whether something would be replaced, while its new contents are not known."""
    if is_stored(declared):
        return bool(live_parameters(maker.cloud, maker.path(declared), parameter_store.ALWAYS))
    return content_of(maker.manifest, declared) is not None


def live_parameters(cloud: Cloud, path: str, names: Sequence[str]) -> dict[str, LiveParameter]:
    """Return the parameters that exist, by their names below a path.

    Args:
        cloud: Where to read.
        path: Without a slash at its end.
        names: Below the path.

    Raises:
        CloudError: They could not be read.
    """
    found: dict[str, LiveParameter] = {}
    for start in range(0, len(names), AT_ONCE):
        asked = [f"{path}/{name}" for name in names[start : start + AT_ONCE]]
        answer = cloud.call(*PARAMETERS, {"Names": asked})
        for item in answer.get("Parameters", ()):
            name = str(item["Name"]).rpartition("/")[2]
            found[name] = LiveParameter(str(item.get("Type", "")), str(item["Value"]))
    return found


def place_of(manifest: Manifest, declared: WrittenOutput) -> Path:
    """Return where a file belongs.

    Raises:
        Refused: A link leads out of the directory of the manifest.
    """
    source = declared.manifest or manifest.file
    folder = Path() if source == "-" else Path(source).parent
    file = folder / file_of(declared)
    if not is_below(file, (folder,)) or file.is_symlink():
        raise Refused(f"{file} is a link or leads out of {folder}. Name a file in the tree.")
    return file


def content_of(manifest: Manifest, declared: WrittenOutput) -> bytes | None:
    """Return the content of a file; None if it does not exist.

    Raises:
        Refused: It is no file that can be read, or is outside of the tree of its manifest.
    """
    file = place_of(manifest, declared)
    try:
        return read_regular(file, LARGEST)
    except FileNotFoundError:
        return None
    except UnfitFileError as error:
        raise Refused(f"{file} {error.message} {error.fix}") from None
    except OSError as error:
        advice = "Name another file, or correct its permissions."
        raise Refused(f"{file} could not be read: {error.strerror}. {advice}") from None
