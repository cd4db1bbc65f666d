"""`apply`: makes it so. Plans, asks, writes, and proves that nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.commands import add_choices, deliver, save
from reconciler.console import Console
from reconciler.options import Options, add_outputs
from reconciler.render import formats
from reconciler.settings import invalid

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from reconciler.model import Plan
    from reconciler.planfile import Saved

HELP = """\
Make the pools what the manifests say. Plans first and asks for 'yes', naming pool and account; --yes goes on without
asking. After the last write everything is planned again, to prove that nothing is left.

  poolctl apply pools/
  poolctl apply --yes --target clients/web pools/customers.yaml
  poolctl apply plan.poolctl.json                 what was reviewed, or nothing (exit 5)
  poolctl apply --expect sha256:4b1d… pools/      the same, by the digest alone
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--yes", action="store_true", default=None, help="go on without asking")
    text = "go on, without asking, only if the plan has this digest"
    parser.add_argument("--expect", metavar="DIGEST", type=_digest, default=None, help=text)
    text = "before the first write, write a manifest that would restore what changes"
    parser.add_argument("--rollback-file", metavar="FILE", default=None, help=text)
    add_choices(parser)
    add_outputs(parser, formats.NAMES)


def run(options: Options, console: Console) -> int:
    """Plan, ask, write and verify.

    Raises:
        Stale: The plan is not the one that was reviewed.
        InvalidInput: The plan file is not sound, or the file for the rollback is there already.
    """
    from reconciler import applying, stages
    from reconciler.render import human
    from reconciler.runtime import running

    options, reviewed = _reviewed(options)
    with running(options, console.environ) as runtime:
        manifests = stages.load(runtime, console)
        plans = stages.plan_all(runtime, console, manifests)
        if reviewed:
            stages.must_be_as_reviewed(options, plans, reviewed)
        if ("human", "") in options.outputs:
            console.out(human.plan(plans, color=console.color, width=console.width))
        if options.expect and not reviewed:
            stages.must_be_as_reviewed(options, plans, reviewed)
        stages.must_be_applicable(plans)
        if not applying.agreed(plans, options, console):
            return 0
        if options.rollback_file:
            _keep(options.rollback_file, plans, console)
        outcome = applying.carry_out(runtime, console, manifests, plans)
    deliver(options, console, formats.apply(outcome, locate=formats.repository(console.environ)))
    return outcome.exit_code


def _reviewed(options: Options) -> tuple[Options, Saved | None]:
    """Take over what the plan file says, where one is named. What was reviewed needs no question."""
    from datetime import UTC, datetime
    from pathlib import Path

    from reconciler import planfile

    if options.rollback_file and Path(options.rollback_file).exists():
        raise invalid(f"--rollback-file: {options.rollback_file} is there already. It is not overwritten.")
    found = planfile.reviewed(options, datetime.now(UTC))
    if found:
        options = planfile.as_reviewed(found, options)
    return options._replace(yes=options.yes or bool(found or options.expect)), found


def _keep(file: str, plans: Sequence[Plan], console: Console) -> None:
    """Write what would restore the live objects; without it, nothing else is written."""
    from pathlib import Path

    from reconciler.rollback import rollback

    if not any(p.pending for p in plans):
        return
    found = rollback(plans, Path(file).name)
    for name, content in found.files.items():
        save(str(Path(file).with_name(name)), content)
    save(file, found.text)
    console.progress(f"Wrote what would restore the present state to {file}.")


def _digest(text: str) -> str:
    from reconciler.planfile import DIGEST

    if not DIGEST.fullmatch(text):
        raise invalid(f"--expect: {text!r} is not a digest. It is sha256: and 64 hexadecimal digits, as plan gives it.")
    return text
