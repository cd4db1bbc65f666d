"""What is wrong with `outputs:` of manifests without asking AWS: for `validate`.

An output is made of what the manifest alone settles, with identifiers in place of those that only AWS knows. What the
format refuses then, it will refuse in a plan too. What the manifest leaves open is no problem here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.applications import parts
from reconciler.applications.known_pool import KnownObject, KnownPool, Unsettled, from_manifest
from reconciler.applications.output_format import Wanted, made
from reconciler.applications.output_formats import FORMATS
from reconciler.errors import PoolctlError
from reconciler.kinds.engine_rules import OUTPUT
from reconciler.manifests.env_words import without_values
from reconciler.manifests.manifest import Manifest, WrittenOutput
from reconciler.model import Refusal
from reconciler.runs.outputs_compared import content_of
from reconciler.runs.outputs_made import Neighbours, OutputMaker, is_stored
from reconciler.runs.outputs_places import PlacedOutput, clashes
from reconciler.runs.outputs_run import declared_client
from reconciler.runs.runtime import Runtime

ANY_REGION = "us-east-1"
"""Stands for the Region of the session, where the manifest names none."""

ANY_POOL, ANY_CLIENT = "AbCdEf123", "1example23456789"
"""Stand for identifiers: no format refuses one."""


def offline(runtime: Runtime, manifests: Sequence[Manifest]) -> Iterator[tuple[Manifest, Refusal]]:
    """Yield what a plan will refuse of the outputs of manifests, as far as it can be known without AWS.

    Args:
        runtime: The run; nothing is read with it.
        manifests: All documents of the run.
    """
    placed: list[PlacedOutput] = []
    for manifest in (m for m in manifests if m.outputs):
        pool = _supposed(manifest)
        maker = OutputMaker(runtime, manifest, pool, Neighbours(runtime))
        for declared in manifest.outputs:
            placed.append(PlacedOutput(manifest, declared, maker.address(declared), manifest.target))
            message = _wrong(manifest, declared, pool)
            if message:
                refusal = OUTPUT.refusal(placed[-1].address, (), " ".join(message.split()), declared.source)
                yield from ((manifest, r) for r in without_values([refusal], manifest.specs, {}))
    yield from ((one.manifest, refusal) for one, refusal in clashes(placed, manifests))


def _wrong(manifest: Manifest, declared: WrittenOutput, pool: KnownPool) -> str:
    """Return why an output cannot be made or written; empty if nothing is known against it."""
    form = FORMATS[declared.format]
    try:
        if not is_stored(declared):
            content_of(manifest, declared)
        client = declared_client(manifest, declared.client, pool)
        made(form, Wanted(pool, client, declared.prefix or form.prefix or ""))
    except Unsettled:
        return ""
    except PoolctlError as error:
        return str(error)
    return ""


def _supposed(manifest: Manifest) -> KnownPool:
    """Return what a manifest settles of its pool, with identifiers that stand for those that it does not name.

    A section without declared objects is not known: live ones that no manifest declares are described too.
    """
    known = from_manifest(manifest)
    region = known.region or ANY_REGION
    pool_id = known.id or f"{region}_{ANY_POOL}"
    objects = tuple(_identified(o, pool_id) for o in known.objects)
    sections = known.sections & {o.address.section for o in objects}
    return replace(known, region=region, id=pool_id, objects=objects, sections=sections, identity_pools=())


def _identified(known: KnownObject, pool_id: str) -> KnownObject:
    client = {"ClientId": ANY_CLIENT} if known.address.section == parts.CLIENTS else {}
    return replace(known, ids={**client, "UserPoolId": pool_id, **known.ids})
