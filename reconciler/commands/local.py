"""`local serve`: the embedded Cognito over HTTP, for any SDK in any language, and for a browser."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reconciler.errors import InvalidInput, printable
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, whole
from reconciler.terminal.settings import LOCAL_DIRECTORY

if TYPE_CHECKING:
    import argparse

HELP = """\
Serve the embedded Cognito over HTTP until interrupted. Point any AWS SDK or the AWS CLI at the address it prints; any
credentials are accepted. State is kept in the directory of --local (.poolctl-local). Codes and links that Cognito would
send are printed here. In a browser, ADDRESS/_poolctl lists the pools, their sign-in pages and what was sent.

It is no security boundary: whoever reaches the address administers the pools and sees the codes. It listens on
loopback addresses only.

  poolctl local serve --port 4566
  aws --endpoint-url http://127.0.0.1:4566 cognito-idp list-user-pools --max-results 10
  poolctl local serve --reload pools/             apply the manifests now and whenever they change
  poolctl local serve --trigger arn:aws:lambda:eu-west-1:123456789012:function:claims=http://127.0.0.1:9000/
"""


NO_BOUNDARY = "No security boundary: whoever reaches this address administers the pools and sees the codes."
MOST_PORT = 65_535
"""The highest port of TCP."""
LOOK = 0.5
"""Seconds between two looks at the manifests."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("action", choices=("serve",), help="what to do")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument(
        "--port", type=whole("--port", 0, MOST_PORT), help="port to listen on; 0 takes a free one (4566)"
    )
    text = "apply these manifests at the start and when they change; users are kept"
    parser.add_argument("--reload", metavar="PATH", action="append", default=None, help=text)
    text = "what runs in place of a Lambda function: ARN=URL gets the event by POST, ARN=module:function is Python"
    parser.add_argument("--trigger", metavar="ARN=TARGET", action="append", default=None, help=text)


def run(options: Options, console: Console) -> int:
    """Serve until a signal comes.

    Raises:
        InvalidInput: The address is no loopback address or in use, or a trigger is malformed.
    """
    from pathlib import Path

    from reconciler.local import serve
    from reconciler.local.reloading import Reloading
    from reconciler.local.signin.trigger_functions import parse

    directory = Path(options.local or LOCAL_DIRECTORY)
    server = serve(directory, options.host, options.port)
    server.engine.desk.functions = parse(options.trigger)
    server.engine.desk.say = lambda line: console.err(printable(line))
    try:
        server.start()
    except OSError as error:
        said = f"Cannot listen on {options.host}, port {options.port}: {error.strerror or error}."
        raise InvalidInput(f"{said} Choose another with --port and --host.") from None
    try:
        console.out(server.url)
        console.err(f"Pools, sign-in pages and messages: {server.url}/_poolctl")
        console.err(NO_BOUNDARY)
        reloading = Reloading(options.reload, directory, options.region, lambda line: console.err(printable(line)))
        while True:
            reloading.look()
            time.sleep(LOOK)
    finally:
        server.stop()
