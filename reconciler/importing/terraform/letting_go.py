"""How Terraform or OpenTofu lets go of resources: the text depends on the tool, and a wrong one deletes a pool.

Terraform destroys what a `removed` block names unless it says `destroy = false`, OpenTofu before 1.10 refuses that line
and never destroys, and older versions of both have no such block. An address in the block cannot have an index, so all
instances go at once; some of them can only leave by `state rm`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Sequence

from reconciler.importing.handing_over import HandOver, HandOverStep
from reconciler.importing.owned import Definition, Leftover
from reconciler.importing.terraform.resource_table import RESOURCES
from reconciler.importing.terraform.state_files import Instance, TerraformState

REMOVED_SINCE = (1, 7)
"""Version of both tools that has `removed` blocks first."""

TOFU_LIFECYCLE_SINCE = (1, 10)
"""Version of OpenTofu that takes `lifecycle` in them first."""


def hand_over(state: TerraformState, definition: Definition, directory: str) -> HandOver:
    """Return the steps that hand the converted objects over.

    Args:
        state: The state.
        definition: What was converted of it.
        directory: Where the manifests are.
    """
    command = "tofu" if state.opentofu else "terraform"
    tool = f"{'OpenTofu' if state.opentofu else 'Terraform'} {state.version}".rstrip()
    whole, partial = _groups(state.instances, {one.source for one in definition.objects})
    where = shlex.quote(directory)
    steps = [
        *_settled(definition),
        HandOverStep("Plan. There must be no changes.", f"poolctl plan --detailed-exitcode {where}\n", "shell"),
        *_removed(state, whole, command),
        *_taken_out(partial, command),
        HandOverStep(
            f"Plan in {tool.partition(' ')[0]}. It must say 0 to destroy. Then apply that plan.",
            f"{command} plan -out handover.tfplan\n{command} apply handover.tfplan\n",
            "shell",
        ),
        HandOverStep(
            "Only now apply with poolctl for the first time. Until then nothing manages the pool, which is harmless.",
            f"poolctl apply {where}\n",
            "shell",
        ),
    ]
    return HandOver(tool, tuple(steps))


def _settled(definition: Definition) -> Iterator[HandOverStep]:
    alarming = [u for u in definition.unmapped if u.why is Leftover.ALARMING]
    if alarming:
        listed = "; ".join(u.source for u in alarming)
        yield HandOverStep(f"Settle what is listed under “{Leftover.ALARMING.value}”, and convert again: {listed}.")


def _groups(instances: Sequence[Instance], adopted: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the resources of which all instances were converted, and the other instances that were.

    Returns:
        Addresses in the configuration, without indexes; and addresses of instances.
    """
    current = [one for one in instances if not one.is_data and not one.deposed and one.type in RESOURCES]
    whole, partial = [], []
    for configured in dict.fromkeys(one.configured for one in current):
        addresses = [one.address for one in current if one.configured == configured]
        ours = [address for address in addresses if address in adopted]
        if len(ours) == len(addresses):
            whole.append(configured)
        else:
            partial += ours
    return whole, partial


def _removed(state: TerraformState, addresses: Sequence[str], command: str) -> Iterator[HandOverStep]:
    """Yield the step for whole resources, in the form that this tool takes."""
    if not addresses:
        return
    gone = (
        "Delete their resource blocks in the same change, and replace every reference to them by a literal or a data "
        "source."
    )
    version = _version(state.version)
    if version is None or version < REMOVED_SINCE:
        yield HandOverStep(
            f"Take the resources out of the state. {gone} Apply nothing in between: a block that is gone while the "
            "state has its object means a deletion.",
            "".join(f"{command} state rm {shlex.quote(address)}\n" for address in addresses),
            "shell",
        )
        return
    lines = not state.opentofu or version >= TOFU_LIFECYCLE_SINCE
    note = "" if lines else " This version never destroys what such a block names, and refuses `lifecycle` in it."
    yield HandOverStep(
        f"Add these blocks to the root module. {gone}{note}",
        "\n".join(_block(address, lifecycle=lines) for address in addresses),
        "hcl",
    )


def _block(address: str, *, lifecycle: bool) -> str:
    kept = "\n  lifecycle {\n    destroy = false\n  }\n" if lifecycle else ""
    return f"removed {{\n  from = {address}\n{kept}}}\n"


def _taken_out(addresses: Sequence[str], command: str) -> Iterator[HandOverStep]:
    """Yield the step for some instances of a resource, which no block can name."""
    if addresses:
        yield HandOverStep(
            "Of these resources, some instances stay. Take the others out of the state, and then their keys out of "
            "`for_each` or `count`.",
            "".join(f"{command} state rm {shlex.quote(address)}\n" for address in addresses),
            "shell",
        )


def _version(text: str) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else None
