"""The options of a run, from the command line and from `POOLCTL_*` settings.

`Options` is a named tuple and not a dataclass, because `dataclasses` costs as much as starting Python does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.errors import flow
from reconciler.terminal.definition_options import GROUP, DefinitionOptions
from reconciler.terminal.moving_options import MOVING, MovingOptions
from reconciler.terminal.settings import GLOBALS, LOCAL_DIRECTORY, PREFIX, REGION, SWITCHES, Option, invalid
from reconciler.terminal.suggestions import sentences, suggest
from schemas.tuples import NamedTuple

if TYPE_CHECKING:  # argparse costs milliseconds, and --help does not need it
    import argparse

    from reconciler.model import Allowance

STDOUT = ""
"""The file name that means standard output."""


NO_NAME = "none"
"""The value of --allow-env that names no variable; none can be called so by mistake, as it allows nothing."""


URL = "url."
"""What the `dest` of each option of `urls` begins with; `Options.url` has them."""


class UrlOptions(NamedTuple):
    """The options of `urls`, which no other command has."""

    until: str = ""
    """When the URLs expire; empty for never."""
    signs_out: bool = False
    """Whether the list is LogoutURLs, not CallbackURLs."""


RECOVERY = "recovery."
"""What the `dest` of each option of `recover` begins with; `Options.recovery` has them."""


class RecoveryOptions(NamedTuple):
    """The options of `recover`, which no other command has."""

    point: str = ""
    """The time to which users are recovered; empty for none."""
    start: str = ""
    """Id of the recovery to start."""
    cancel: str = ""
    """Id of the recovery to cancel."""
    lists: bool = False
    """Whether to list recoveries."""


class Options(NamedTuple):
    """The options of a run, immutable."""

    command: str
    """Name of the command."""
    paths: tuple[str, ...] = ("pools",)
    """Files and directories with manifests; `-` is standard input."""
    region: str = ""
    """Region to work in; empty means that of the session or the manifest."""
    profile: str = ""
    """Named profile of the AWS configuration."""
    role_arn: str = ""
    """Role to assume before anything is read."""
    endpoint_url: str = ""
    """Where to send calls instead of to AWS."""
    local: str | None = None
    """Directory of the embedded Cognito; None means AWS."""
    vars: tuple[str, ...] = ()
    """Variables as `NAME=VALUE`."""
    var_files: tuple[str, ...] = ()
    """Files with variables."""
    env: str = ""
    """Name of the directory of overlays to merge into the manifests; empty for none."""
    env_names: tuple[str, ...] = ()
    """Variables that `$env` may read, `none` for no one; empty means every one."""
    file_roots: tuple[str, ...] = ()
    """Directories that `$file` and links may read from, besides the trees of the manifests."""
    targets: tuple[str, ...] = ()
    """Addresses (`clients/web`, `user_pool`) that the run is limited to."""
    parallelism: int = 32
    """How many calls may be in flight at once."""
    max_rps: float | None = None
    """Most calls per second; None leaves it to the known quotas."""
    quotas: str = "auto"
    """Whether Cognito's quotas are kept: `on`, `off`, or `auto`, which is off for an emulator on this machine."""
    log_level: str = "warning"
    """Lowest level that is logged."""
    log_format: str = "text"
    """`text` or `json`."""
    quiet: bool = False
    """Whether progress and notices are left out."""
    color: bool | None = None
    """Whether to use colour; None lets the terminal decide."""
    config: str = ""
    """The file with options of the repository; empty for the nearest one."""
    use_config: bool = True
    """Whether that file is read."""
    configured: frozenset[str] = frozenset()
    """Fields that this file filled: whoever started the run did not ask for them."""
    non_interactive: bool = False
    """Whether asking a question is an error."""
    outputs: tuple[tuple[str, str], ...] = (("human", STDOUT),)
    """Formats to write and the file each goes to."""
    max_bytes: int | None = None
    """Longest Markdown, in bytes; None takes the usual."""
    shard: tuple[int, int] | None = None
    """`plan`, `apply`, `drift`: the part of the documents, from 1, and the number of parts; None means all."""
    detailed_exitcode: bool = False
    """`plan`: whether changes end with exit code 2."""
    show_origin: bool = False
    """`plan`: whether each value shows the file and line that it comes from."""
    notes: bool = False
    """`plan`, `apply`, `drift`: whether notes that every run repeats are shown one by one."""
    prune: bool = False
    """`plan`, `apply`: whether undeclared objects are deleted where the manifest allows it."""
    max_deletes: int | None = None
    """`plan`, `apply`: how many objects of a kind may be deleted."""
    replaceable: tuple[str, ...] = ()
    """`plan`, `apply`: objects that may be deleted and created again."""
    fail_on: tuple[str, ...] = ()
    """`plan`, `apply`, `drift`: what the run refuses: `weakens`, `irreversible`, or a risk."""
    allow: tuple[Allowance, ...] = ()
    """`plan`, `apply`, `drift`: what passes all the same; that of poolctl.yaml comes last."""
    gates_from: str = ""
    """`plan`, `apply`, `drift`: the file to take `fail_on` and `allow` from instead of poolctl.yaml; empty for that."""
    yes: bool = False
    """`apply`: whether to apply without asking."""
    during_recovery: bool = False
    """`apply`: whether to write to a pool whose users are being recovered."""
    check: bool = False
    """`apply`: whether to read what the pools publish, and to hold it against the manifests."""
    out: str = ""
    """`plan`: file to save the plan to, to be reviewed and applied; `outputs`: file to write; empty for none."""
    expires: int | None = None
    """`plan`: seconds for which the saved plan may be applied; None takes the usual."""
    expect: str = ""
    """`apply`: digest that the plan must have; empty accepts any."""
    rollback_file: str = ""
    """`apply`: file for a manifest that restores the current state; empty for none."""
    plan_file: str = ""
    """`show`: the plan file to show, once it is known that it is one."""
    pool: str = ""
    """`export`: id or name of the pool."""
    client: str = ""
    """`outputs`, `rotate-secret`: the client, by its key, name or id."""
    format: str = ""
    """`outputs`: what to write."""
    prefix: str = ""
    """`outputs`: what each name begins with; empty takes that of the format."""
    all_pools: bool = False
    """`export`: whether to export all pools."""
    mode: str = "guarded"
    """`export`: `minimal`, `guarded` or `full`."""
    to: str = ""
    """`export`: directory to write into; empty means standard output."""
    force: bool = False
    """`export`: whether files are replaced; `urls remove`: whether URLs of others are removed."""
    secrets: str = "secret"
    """`export`: what replaces a secret: `secret` or `env`."""
    sections: tuple[str, ...] = ()
    """`export`: sections that are exported too, each item one or several with commas."""
    strict: bool = False
    """`drift`: whether undeclared members count."""
    pools: bool = False
    """`drift`: whether pools that no manifest declares are reported."""
    ignore_pools: tuple[str, ...] = ()
    """`drift`: patterns of names or ids of undeclared pools that are not reported."""
    exit_zero: bool = False
    """`drift`: whether to exit with 0 even if there is drift."""
    only_new: str = ""
    """`drift`: an earlier report, whose findings are left out; empty for none."""
    baseline: str = ""
    """`drift`: a report of accepted findings, which are left out; empty for none."""
    remember: str = ""
    """`drift`: where the earlier report is and the new one is kept, a file or `s3://BUCKET/KEY`; empty for nowhere."""
    notify: tuple[str, ...] = ()
    """`drift`: receivers of notifications, as `CHANNEL=WHERE`."""
    attribute: bool = False
    """`drift`: whether to look up in CloudTrail who made each change."""
    pool_profile: str = ""
    """`lint`: whom the pools serve, whatever the manifests say; empty leaves it to them."""
    severity: str = "low"
    """`lint`: lowest severity that is shown."""
    fail_level: str = "high"
    """`lint`: lowest severity that fails the run; `never` for none."""
    live: bool = False
    """`lint`: whether other services are read."""
    lint: bool = False
    """`validate`: whether security findings are listed, and fail the run as in `lint`."""
    run_for: str = ""
    """`iam-policy`, `doctor`: the command that is meant: `plan`, `drift`, `export` or `apply`."""
    shell: str = ""
    """`completion`: the shell to complete for."""
    purpose: str = ""
    """`init`: what the pool is for; empty asks."""
    answers: tuple[tuple[str, str], ...] = ()
    """`init`: answers that were given as options, by the name of the question."""
    operand: str = ""
    """The pool, as a PATH, `pool:ID` or `pool:NAME`; `import`: the file to convert; `init`: the file to write."""
    definition: DefinitionOptions = DefinitionOptions()
    """`import`: the definition of another tool."""
    moving: MovingOptions = MovingOptions()
    """`export`, `copy`, `replace`: how a pool is moved."""
    url: UrlOptions = UrlOptions()
    """`urls`: which list, and for how long."""
    terraform_states: tuple[str, ...] = ()
    """`plan`, `drift`: states of Terraform whose objects are warned of."""
    hand_to: str = ""
    """`rotate-secret`: where the new secret goes; empty if Secrets Manager rotates it."""
    after: int | None = None
    """`rotate-secret`: seconds from the new secret to the deletion of the old one; None asks."""
    max_secret_age: int | None = None
    """`drift`: days after which a client secret counts as drift; None leaves it to the manifests."""
    recovery: RecoveryOptions = RecoveryOptions()
    """`recover`: what to do."""
    action: str = ""
    """`local`: what to do."""
    topic: str = ""
    """`explain`: what to explain; empty means all kinds."""
    schema_output: str = ""
    """`schema`: the output to describe; empty means the manifest."""
    condition: str = ""
    """`users list`, `users export`, `export`: filter of ListUsers; empty for all users."""
    user_status: str = ""
    """`users list`, `users export`, `export`: status of the users; empty for any."""
    group: str = ""
    """`users list`, `users export`, `export`: members of this group only; empty for all users."""
    limit: int | None = None
    """`users list`: most users; None for all."""
    logs_role: str = ""
    """`users import`: role with which the job writes its log; empty takes that of the newest job."""
    hashing: str = ""
    """`users import`: algorithm of the hashes of passwords; empty for none."""
    skip_invalid: str = ""
    """`users import`: file for wrong rows, while the others are imported; empty refuses the import."""
    dry_run: bool = False
    """`users import`, `urls`: whether to check only, and send nothing."""
    host: str = "127.0.0.1"
    """`local serve`: address to listen on."""
    port: int = 4566
    """`local serve`: port to listen on; 0 takes a free one."""
    reload: Sequence[str] = ()
    """`local serve`: manifests that are applied whenever they change."""
    trigger: Sequence[str] = ()
    """`local serve`: what runs in place of Lambda functions, as `ARN=TARGET`."""


GROUPS = {GROUP: DefinitionOptions, MOVING: MovingOptions, URL: UrlOptions, RECOVERY: RecoveryOptions}
"""The groups of options by what each `dest` in them begins with, which is the name of a field of `Options`."""

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


# --- one value -----------------------------------------------------------------------------------------------------


def convert(option: Option, text: str, name: str) -> Any:
    """Turn the text of an option that takes a value into that value.

    Args:
        option: The option.
        text: What the user gave.
        name: How the user spelled the option, for messages.

    Raises:
        InvalidInput: The text does not fit the kind.
    """
    if option.kind == "whole":
        return whole(name, 1)(text)
    if option.kind == "rate":
        return _number(text, name, float, "a number above 0")
    if option.kind == "choice" and text not in option.metavar.split("|"):
        choices = option.metavar.replace("|", ", ")
        hint = suggest(text, option.metavar.split("|"))
        raise invalid(sentences(f"{name}: {flow(text)} is not one of {choices}.", hint))
    if not text:
        raise invalid(f"{name}: the value is empty.")
    if option.kind == "region" and not is_region(text):
        raise invalid(f"{name}: {flow(text)} is not a Region code. Write one such as eu-west-1.")
    if option.kind == "name" and not is_plain(text):
        raise invalid(f"{name}: {flow(text)} is not the name of a directory: letters, digits, `-`, `_` and `.`.")
    return text


def is_region(text: str) -> bool:
    """Return whether a text has the format of a Region code."""
    import re

    return re.fullmatch(REGION, text) is not None


def is_plain(name: str) -> bool:
    """Return whether a name is a plain file name, which cannot escape its directory."""
    return not name.startswith(".") and all(c.isalnum() or c in "-_." for c in name)


def whole(name: str, least: int, most: int | None = None) -> Callable[[str], int]:
    """Return the converter of an option that takes a whole number.

    Args:
        name: The option as the user types it.
        least: The lowest number that is allowed.
        most: The highest; None for no limit.
    """

    def number(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least or (most is not None and value > most):
            limit = "" if most is None else f" to {most}"
            raise invalid(f"{name}: {flow(text)} is not a whole number from {least}{limit}.")
        return value

    return number


def duration(name: str, least: int = 1) -> Callable[[str], int]:
    """Return the converter of an option that takes a time: a whole number followed by m, h or d, into seconds.

    Args:
        name: The option as the user types it.
        least: The lowest number that is allowed.
    """

    def seconds(text: str) -> int:
        number, unit = text[:-1], text[-1:]
        if not (number.isascii() and number.isdigit() and least <= int(number) <= MOST and unit in _UNITS):
            raise invalid(f"{name}: {flow(text)} is not a time. Write 30m, 24h or 7d.")
        return int(number) * _UNITS[unit]

    return seconds


MOST = 9999
"""Largest number of a time, whatever the unit."""

_UNITS = {"m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


def _number(text: str, name: str, make: Callable[[str], float], wanted: str) -> float:
    try:
        value = make(text)
    except ValueError:
        value = 0
    if not 0 < value < float("inf"):
        raise invalid(f"{name}: {flow(text)} is not {wanted}.")
    return value


def _truth(text: str, name: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise invalid(f"{name}: {flow(text)} is neither true nor false.")
    return text.lower() in _TRUE


# --- the environment -----------------------------------------------------------------------------------------------


def from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields that `POOLCTL_*` settings fill. An empty setting counts as none; lists hold one item a line.

    Raises:
        InvalidInput: A setting is unknown or its value does not fit.
    """
    known = {option.setting: option for option in GLOBALS}
    found: dict[str, Any] = {}
    for name in sorted(n for n in environ if n.startswith(PREFIX)):
        if name not in known:
            raise invalid(sentences(f"The environment has an unknown setting {name}.", suggest(name, known)))
        if environ[name]:
            option, text = known[name], environ[name]
            several = [line for line in text.splitlines() if line]
            found.update(from_texts(option, several if option.kind == "list" else [text], name))
    return found


def from_texts(option: Option, texts: Sequence[str], name: str) -> dict[str, Any]:
    """Return the field that a global option fills, from where it is not typed: the environment, or a file.

    Args:
        option: The option.
        texts: Its value; several for a list.
        name: How it is called there, for messages.

    Raises:
        InvalidInput: A value does not fit, or there are several where one is taken.
    """
    if option.kind == "list":
        return {option.field: tuple(texts)}
    if len(texts) > 1:
        raise invalid(f"{name}: it takes one value.")
    (text,) = texts
    if option.kind in SWITCHES:
        given = _truth(text, name)
        if option.field == "color" and not given:
            return {}  # POOLCTL_NO_COLOR=false changes nothing
        return {option.field: given == (option.kind == "on")}
    if option.kind == "directory" and text.lower() in _TRUE | _FALSE:
        return {option.field: LOCAL_DIRECTORY} if _truth(text, name) else {}
    return {option.field: convert(option, text, name)}


# --- the command line ----------------------------------------------------------------------------------------------


def add_globals(parser: argparse.ArgumentParser) -> None:
    """Give a parser every global option. Options that are not given leave no trace, so that settings can show."""
    from argparse import SUPPRESS

    group = parser.add_argument_group("global options")
    for option in GLOBALS:
        if option.kind in SWITCHES:
            const = option.kind == "on"
            group.add_argument(
                option.flag, dest=option.field, action="store_const", const=const, default=SUPPRESS, help=option.help
            )
        else:
            action = "append" if option.kind == "list" else "store"
            group.add_argument(
                option.flag,
                dest=option.field,
                action=action,
                type=_converter(option),
                metavar=option.metavar,
                default=SUPPRESS,
                help=option.help,
            )


def _converter(option: Option) -> Callable[[str], Any]:
    return lambda text: convert(option, text, option.flag)


def add_outputs(
    parser: argparse.ArgumentParser, formats: Sequence[str], *, usual: str = "human", alias: str = ""
) -> None:
    """Give a command's parser `-o FORMAT[=FILE]`, repeatable, for the formats that the command can write.

    Args:
        parser: The parser.
        formats: Names of the formats.
        usual: The format without the option.
        alias: Another spelling of the option.
    """
    getattr(parser, "offered", {})["--output"] = formats
    parser.add_argument(
        "-o",
        *filter(None, [alias]),
        "--output",
        dest="outputs",
        action="append",
        metavar="FORMAT[=FILE]",
        type=lambda text: _output(text, formats),
        help=f"write the result as {', '.join(formats)}; may be repeated ({usual})",
    )
    if "markdown" in formats:
        text = "maximum size of the Markdown in bytes; details are cut, and the text says so (65000)"
        parser.add_argument("--max-bytes", metavar="N", type=_bytes, default=None, help=text)


def _output(text: str, formats: Sequence[str]) -> tuple[str, str]:
    form, equals, file = text.partition("=")
    if form not in formats:
        message = f"--output: {flow(form)} is not one of {', '.join(formats)}."
        raise invalid(sentences(message, suggest(form, formats)))
    if equals and not file:
        raise invalid(f"--output: {flow(text)} has no file after the =.")
    directory = os.path.dirname(file)  # noqa: PTH120 - pathlib costs milliseconds
    if directory and not os.path.isdir(directory):  # noqa: PTH112
        raise invalid(f"--output: the directory {flow(directory)} does not exist.")
    return form, STDOUT if file == "-" else file


def _bytes(text: str) -> int:
    count = int(_number(text, "--max-bytes", int, "a whole number"))
    if count < LEAST_BYTES:
        raise invalid(
            f"--max-bytes: {count} is too small for the summary and the warnings; give at least {LEAST_BYTES}."
        )
    return count


LEAST_BYTES = 4_000
"""Least `--max-bytes`: what cannot be cut needs room."""


def build(
    command: str,
    given: Mapping[str, Any],
    environ: Mapping[str, str],
    configured: Mapping[str, Any] | None = None,
    allow: Sequence[Allowance] = (),
) -> Options:
    """Return the options of a run: the command line wins over settings, settings over poolctl.yaml.

    Args:
        command: Name of the command.
        given: What the parser found, by field; None counts as not given.
        environ: The environment.
        configured: What poolctl.yaml says, by field.
        allow: What passes by poolctl.yaml, besides what passes by the command line.

    Raises:
        InvalidInput: A setting is wrong, or two results would go to one place.
    """
    said = from_environment(environ)
    typed = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items() if v is not None}
    said.update({k: v for k, v in typed.items() if not k.startswith(tuple(GROUPS))})
    fields = {**_fitting(configured or {}, said), **said}
    fields["allow"] = (*fields.get("allow", ()), *allow)
    configured_fields = frozenset(fields.keys() - said.keys() - {"allow"})
    groups = {prefix.removesuffix("."): kind(**_grouped(typed, prefix)) for prefix, kind in GROUPS.items()}
    options = Options(command=command, configured=configured_fields, **fields, **groups)
    files = [file for _, file in options.outputs]
    for file in files:
        if files.count(file) > 1:
            raise invalid(
                f"--output: two results cannot be written to {file or 'standard output'}. Give one another file."
            )
    return options


def _grouped(typed: Mapping[str, Any], group: str) -> dict[str, Any]:
    """Return the options of a group, by the names that they have in it."""
    return {k.removeprefix(group): v for k, v in typed.items() if k.startswith(group)}


INSTEAD = {"pools": "targets"}
"""Fields that poolctl.yaml may fill, by the field that rules each out if it is asked for."""


def _fitting(configured: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what poolctl.yaml says, without what cannot be together with what a run is asked for."""
    return {k: v for k, v in configured.items() if INSTEAD.get(k) not in said}
