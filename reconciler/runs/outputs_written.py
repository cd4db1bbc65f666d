"""`outputs:` of a manifest: what a plan says about them, and how apply writes them.

They are no objects of Cognito, so the engine does not know them: they are made from the live pool when all else is
done, and written only where they differ. A file is written whole, below the directory of its manifest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from reconciler.applications.known_pool import KnownPool, Unsettled, after
from reconciler.applications.output_format import Output, Wanted, made
from reconciler.applications.output_formats import FORMATS, parameter_store
from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, ExitCode, Incomplete, PoolctlError, Refused, expected_errors, printable, worst
from reconciler.manifests.manifest import Manifest, WrittenOutput
from reconciler.model import Notice, Plan
from reconciler.runs import outputs_run
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.files import save
from reconciler.terminal.regular_files import UnfitFileError, is_below, read_regular

LARGEST = 1_000_000
"""Most bytes of a file that is compared; a larger one is none of ours."""

AT_ONCE = 10
"""Parameters that GetParameters takes."""

READ = ("ssm", "GetParameters")
WRITE = ("ssm", "PutParameter")


@dataclass(frozen=True, slots=True)
class _Made:
    """One output, as it should be."""

    declared: WrittenOutput
    output: Output
    place: str
    """The file relative to its manifest, which is the same on every machine, or the path of the parameters."""
    file: Path
    """Where the file is; not used for parameters."""
    parameters: Mapping[str, Mapping[str, object]] | None = None
    """By name, the inputs of PutParameter; None for a file."""


# --- plan ----------------------------------------------------------------------------------------------------------


def noted(
    runtime: Runtime, console: Console, manifests: Sequence[Manifest], plans: Sequence[Plan]
) -> tuple[list[Plan], bool]:
    """Return the plans with a notice for each output that apply would write, and whether there is one.

    Raises:
        Refused: A format cannot describe a client, or a file is outside of the tree of its manifest.
        Incomplete: Something that an output needs could not be read.
        CloudError: A pool or a parameter could not be read.
    """
    found, changes = [], False
    for manifest, plan in zip(manifests, plans, strict=True):
        notices = [] if plan.refusals or plan.gaps else list(_notices(runtime, console, manifest, plan))
        changes = changes or bool(notices)
        found.append(replace(plan, notices=(*plan.notices, *notices)) if notices else plan)
    return found, changes


def _notices(runtime: Runtime, console: Console, manifest: Manifest, plan: Plan) -> Iterator[Notice]:
    if not manifest.outputs:
        return
    known = _live(runtime, console, manifest) if plan.target.pool_id else None
    later = after(known, plan.changes) if known else None
    for declared in manifest.outputs:
        said = _difference(runtime, manifest, declared, later)
        if said:
            yield Notice(said, declared.source)


def _difference(runtime: Runtime, manifest: Manifest, declared: WrittenOutput, pool: KnownPool | None) -> str:
    """Return what apply would do about an output; empty if nothing."""
    what = f"{declared.format} of clients/{declared.client}"
    if pool is None:
        return f"Apply writes the output {what}, once the pool exists."
    try:
        one = _made(manifest, declared, pool)
    except Unsettled as open_:
        return f"Apply writes the output {what}, once it knows {open_.place}."
    stale = _stale(runtime.reader(manifest), manifest, one)
    return f"Apply writes the output {what} to {one.place}: {stale}." if stale else ""


# --- apply ---------------------------------------------------------------------------------------------------------


def write(runtime: Runtime, console: Console, manifests: Sequence[Manifest]) -> ExitCode:
    """Write every output that differs, and say so. One that fails leaves the others; the pools are as they should be.

    Returns:
        6 if one could not be written, else 0.
    """
    codes = [ExitCode.OK]
    for manifest in (m for m in manifests if m.outputs):
        try:
            with expected_errors():
                known = _live(runtime, console, manifest)
                codes += [
                    _guarded(console, partial(_write, runtime, console, manifest, d, known)) for d in manifest.outputs
                ]
        except PoolctlError as error:
            console.err(f"Error: {manifest.source}: the outputs were not written: {error}")
            codes.append(ExitCode.PARTIAL)
    return worst(codes)


def _guarded(console: Console, work: Callable[[], None]) -> ExitCode:
    try:
        with expected_errors():
            work()
    except PoolctlError as error:
        console.err(f"Error: an output was not written: {error}")
        return ExitCode.PARTIAL
    return ExitCode.OK


def _write(runtime: Runtime, console: Console, manifest: Manifest, declared: WrittenOutput, pool: KnownPool) -> None:
    try:
        one = _made(manifest, declared, pool)
    except Unsettled as open_:
        raise Incomplete(
            f"{declared.source}: {declared.format} needs {open_.place}, which could not be read."
        ) from None
    for notice in one.output.notices:
        console.err(f"Note: {declared.source}: {printable(notice)}")
    if not _stale(runtime.reader(manifest), manifest, one):
        return
    if one.parameters is None:
        one.file.parent.mkdir(parents=True, exist_ok=True)
        save(str(one.file), one.output.text)
    else:
        _put(runtime, manifest, one)
    console.progress(f"Wrote {printable(one.place)} ({declared.format} of clients/{printable(declared.client)}).")


def _put(runtime: Runtime, manifest: Manifest, one: _Made) -> None:
    reader, wanted = runtime.reader(manifest), one.parameters or {}
    live = _parameters(reader, manifest, list(wanted))
    cloud = runtime.only(frozenset({WRITE}), runtime.region_of(manifest))
    for name, params in wanted.items():
        if live.get(name) != params["Value"]:
            try:
                cloud.call(*WRITE, params)
            except CloudError as error:
                raise error.located(f"{one.declared.source} outputs", "apply") from None


# --- what is and what should be ------------------------------------------------------------------------------------


def _live(runtime: Runtime, console: Console, manifest: Manifest) -> KnownPool:
    return outputs_run.live_pool(runtime, console, runtime.reader(manifest), manifest)


def _made(manifest: Manifest, declared: WrittenOutput, pool: KnownPool) -> _Made:
    form = FORMATS[declared.format]
    client = outputs_run.declared_client(manifest, declared.client, pool)
    wanted = Wanted(pool, client, declared.prefix or form.prefix or "")
    output = made(form, wanted)
    if form is parameter_store.FORMAT and not declared.file:
        inputs = {p["Name"]: p for p in parameter_store.parameters(wanted)}
        return _Made(declared, output, next(iter(inputs)).rpartition("/")[0], Path(), inputs)
    name = declared.file or form.file
    return _Made(declared, output, name, _file(manifest, declared, name))


def _file(manifest: Manifest, declared: WrittenOutput, name: str) -> Path:
    """Return where a file belongs.

    Raises:
        Refused: A link leads out of the directory of the manifest.
    """
    folder = Path() if manifest.file == "-" else Path(manifest.file).parent
    file = folder / name
    if not is_below(file, (folder,)) or file.is_symlink():
        raise Refused(f"{declared.source}: {file} is a link or leads out of {folder}. Name a file in the tree.")
    return file


def _stale(cloud: Cloud, manifest: Manifest, one: _Made) -> str:
    """Return how what is there differs from what should be; empty if it does not."""
    if one.parameters is not None:
        live = _parameters(cloud, manifest, list(one.parameters))
        count = sum(live.get(name) != p["Value"] for name, p in one.parameters.items())
        return f"{count} of {len(one.parameters)} parameters differ" if count else ""
    try:
        content = read_regular(one.file, LARGEST)
    except FileNotFoundError:
        return "the file does not exist"
    except UnfitFileError as error:
        raise Refused(f"{one.declared.source}: {one.file} {error.message} {error.fix}") from None
    except OSError as error:
        raise PoolctlError(f"{one.file}: it could not be read: {error.strerror}.") from None
    return "the file differs" if content != one.output.text.encode() else ""


def _parameters(cloud: Cloud, manifest: Manifest, names: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        for start in range(0, len(names), AT_ONCE):
            answer = cloud.call(*READ, {"Names": list(names[start : start + AT_ONCE])})
            found |= {item["Name"]: item["Value"] for item in answer.get("Parameters", ())}
    except CloudError as error:
        raise error.located(f"{manifest.source} outputs", "plan") from None
    return found
