"""`rotate-secret`: gives a client a new secret, hands it over, and deletes the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, duration

if TYPE_CHECKING:
    import argparse

HELP = """\
Rotate the secret of a client. POOL is a manifest, pool:ID or pool:NAME; CLIENT is its key, name or id.

Cognito makes a second secret, which is handed over to the place of --to. Both work until you confirm that every
application uses the new one, or until --after; then the old one is deleted. The value is never shown. A run that was
interrupted anywhere is run again with the same --to. If Cognito keeps the secret in Secrets Manager
(PublishSecretsInAWSSecretsManager), Secrets Manager is asked to rotate it, without --to.

  poolctl rotate-secret pools/customers.yaml web --to secretsmanager:prod/web#client_secret
  poolctl rotate-secret pool:customers web --to ssm:/prod/web/client-secret --after 24h
  poolctl rotate-secret pool:eu-west-1_AbCdEf123 clients/web --to file:/run/secrets/web
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and the options."""
    parser.add_argument("operand", metavar="POOL", help="manifest, pool:ID or pool:NAME")
    parser.add_argument("client", metavar="CLIENT", help="key, name or id of the client")
    text = "hand the secret over to secretsmanager:NAME[#KEY], ssm:PATH (SecureString) or file:PATH (mode 0600)"
    parser.add_argument("--to", dest="hand_to", metavar="PLACE", default=None, help=text)
    text = "delete the old secret when the new one is this old, without asking: 0m, 30m, 24h, 7d"
    parser.add_argument("--after", metavar="TIME", type=duration("--after", 0), default=None, help=text)
    text = "replace what is in the place even if it is not the secret of the client"
    parser.add_argument("--force", action="store_true", default=None, help=text)


def run(options: Options, console: Console) -> int:
    """Rotate.

    Raises:
        InvalidInput: `--to` names no place, or the confirmation cannot be asked for; AWS was not contacted.
        PoolctlError: The rotation is refused, or a step failed.
    """
    from reconciler.runs import rotation_run
    from reconciler.runs.runtime import running
    from reconciler.terminal.signals import Graceful

    place = rotation_run.check(options, console)
    with running(options, console.environ) as runtime:
        found = rotation_run.prepared(runtime, console, place)
        with Graceful(console.err) as stop:
            runtime.stopped = stop
            return rotation_run.rotate(runtime, console, found, stop)
