"""`urls`: adds and removes URLs of a client for preview environments, safe against other runs that do the same."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reconciler.errors import ExitCode
from reconciler.terminal.console import Console
from reconciler.terminal.options import URL, Options, add_outputs

if TYPE_CHECKING:
    import argparse

HELP = """\
Add and remove callback URLs of a client for preview environments. POOL is a manifest, pool:ID or pool:NAME; CLIENT is
its key, name or id. ACTION is add, remove, list or sweep.

Several pipelines may run it at once, and none loses what another one adds. Each URL is recorded in a parameter of
Systems Manager; URLs that others have added stay. What has expired (--until) is removed by the next run on the same
client, or by sweep. A run that was killed is completed by the next one.

  poolctl urls add pool:customers web https://pr-7.example.com/cb --until 14d
  poolctl urls add pools/customers.yaml web https://pr-7.example.com/ --logout
  poolctl urls remove pool:customers web https://pr-7.example.com/cb
  poolctl urls list pool:customers web
  poolctl urls sweep pool:customers web
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and the options."""
    text = "add, remove, list or sweep; then POOL; then the client; then the URLs"
    parser.add_argument("paths", nargs="*", metavar="ACTION POOL CLIENT [URL...]", help=text)
    text = "add: remove them after this date (UTC), time or duration: 2027-01-31, 2027-01-31T18:00:00Z, 14d"
    parser.add_argument("--until", dest=f"{URL}until", metavar="DATE", default=None, help=text)
    text = "add, remove: the URLs are LogoutURLs instead of CallbackURLs"
    parser.add_argument("--logout", dest=f"{URL}signs_out", action="store_true", default=None, help=text)
    text = "remove: also URLs that `urls add` has not added"
    parser.add_argument("--force", action="store_true", default=None, help=text)
    text = "write nothing, and show what would be done"
    parser.add_argument("--dry-run", action="store_true", default=None, help=text)
    add_outputs(parser, ("human", "json"))


def run(options: Options, console: Console) -> int:
    """Run one action.

    Raises:
        InvalidInput: An action, operand or URL is wrong; AWS was not contacted.
        PoolctlError: It is refused, or a call failed.
    """
    from reconciler.commands import deliver
    from reconciler.render.human import urls_text
    from reconciler.render.machine import urls_json
    from reconciler.runs import urls_run
    from reconciler.runs.runtime import running
    from reconciler.terminal.signals import Graceful

    with running(options, console.environ) as runtime:
        asked = urls_run.request(options, runtime.now())
        with Graceful(console.err) as stop:
            runtime.stopped = stop
            found = urls_run.outcome(runtime, console, asked, stop)
        if found is None:
            return urls_run.interrupted(console, asked, stop)
    human, machine = partial(urls_text.urls, found), partial(urls_json.urls, found)
    deliver(options, console, {"human": human, "json": lambda _color: machine()})
    return ExitCode.OK
