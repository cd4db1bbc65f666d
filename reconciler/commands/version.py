"""`version`: the version of poolctl and of its libraries. It imports as little as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.commands import deliver
from reconciler.errors import ExitCode
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = "Print the version. With -o json, also the versions of Python and of the libraries that poolctl depends on."

LIBRARIES = ("boto3", "botocore", "pydantic", "PyYAML", "deepdiff", "moto")
"""Distributions that a bug report should name."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add_outputs(parser, ("human", "json"))


def run(options: Options, console: Console) -> int:
    """Print it."""
    deliver(options, console, {"human": lambda _: f"poolctl {__version__}\n", "json": lambda _: _versions()})
    return ExitCode.OK


def _versions() -> str:
    import json
    import platform
    from importlib.metadata import PackageNotFoundError, version

    found = {"poolctl": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return json.dumps(found, indent=2) + "\n"
