"""The stages of planning one manifest, in order.

Commands and the check after an apply all go through this one list, so they cannot disagree about what a plan is.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler import guard, planner
from reconciler.cloud import Cloud, Identity
from reconciler.desired import Manifest, resolve
from reconciler.errors import Refused
from reconciler.model import Plan
from reconciler.observer import observe


def planned(manifest: Manifest, cloud: Cloud, targets: Sequence[str] = (), *, parallelism: int = 8) -> Plan:
    """Read what is live and return what would change.

    Args:
        manifest: One document.
        cloud: The account and Region to read; a read-only one will do.
        targets: Addresses to limit the plan to; empty for all.
        parallelism: How many calls may be under way at once.

    Raises:
        Refused: The account or Region is not the one that the manifest names; nothing was read.
        InvalidManifest: A reference could not be resolved, or its value does not fit.
        CloudError: The pool could not be read.
    """
    identity = cloud.identity()
    check_target(manifest, identity)
    resolved = resolve(manifest, cloud)
    world = observe(cloud, planner.wanted(resolved), parallelism=parallelism)
    whole = planner.plan(resolved, world, account=identity.account, region=identity.region)
    return guard.check(planner.select(whole, targets), resolved, world)


def check_target(manifest: Manifest, identity: Identity) -> None:
    """Insist that the manifest is meant for this account and Region (design 2).

    Raises:
        Refused: It is not.
    """
    for what, wanted, found in (
        ("account", manifest.account, identity.account),
        ("region", manifest.region, identity.region),
    ):
        if wanted and wanted != found:
            raise Refused(
                f"{manifest.source} target.{what}: the manifest is for {what} {wanted}, the session is in {found}; "
                f"nothing was read. Use credentials and a Region that fit, or correct target.{what}."
            )
