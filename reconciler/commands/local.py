"""`local serve`: the embedded Cognito over HTTP, for any SDK in any language."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, whole
from reconciler.terminal.settings import LOCAL_DIRECTORY

if TYPE_CHECKING:
    import argparse

HELP = """\
Serve the embedded Cognito over HTTP until interrupted. Point any AWS SDK or the AWS CLI at the address it prints;
any credentials are accepted. State is kept in the directory of --local (.poolctl-local).

  poolctl local serve --port 4566
  aws --endpoint-url http://127.0.0.1:4566 cognito-idp list-user-pools --max-results 10
"""


MOST_PORT = 65_535
"""The highest port of TCP."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("action", choices=("serve",), help="what to do")
    parser.add_argument("--host", help="address to listen on (127.0.0.1)")
    parser.add_argument(
        "--port", type=whole("--port", 0, MOST_PORT), help="port to listen on; 0 takes a free one (4566)"
    )


def run(options: Options, console: Console) -> int:
    """Serve until a signal comes."""
    from pathlib import Path

    from reconciler.local import serve

    server = serve(Path(options.local or LOCAL_DIRECTORY), options.host, options.port)
    server.start()
    try:
        console.out(server.url)
        while True:
            time.sleep(3600)
    finally:
        server.stop()
