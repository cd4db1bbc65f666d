"""`outputs:` of a manifest: what each of them should be, from what a plan knows of its pool.

What the plan has read is not read again. Only what it leaves open is: sections that the manifest does not manage,
identity pools, and the certificate of a pool; each only if a format asks for it. So a plan, the apply after it and
`drift` make the same of the same pool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from threading import Lock

from reconciler.applications import known_pool, parts
from reconciler.applications.client_settings import pool_id
from reconciler.applications.credential_pools import IdentityPools, known_pools
from reconciler.applications.known_pool import KnownPool, Unsettled
from reconciler.applications.output_format import Wanted, made
from reconciler.applications.output_formats import FORMATS, parameter_store
from reconciler.applications.signing_certificate import signing_certificate
from reconciler.cloud.port import Cloud
from reconciler.errors import Incomplete
from reconciler.kinds import identity_pool
from reconciler.manifests.env_words import hidden
from reconciler.manifests.manifest import Ignore, Manifest, WrittenOutput
from reconciler.model import OUTPUTS, Address, Gap, Path, Plan, ResourceChange
from reconciler.observing.observer import ReadScope, inside
from reconciler.planning import ignoring
from reconciler.render.unread import unread
from reconciler.runs.outputs_run import SECTIONS, declared_client
from reconciler.runs.runtime import Runtime
from schemas.records import record

STORE = "ssm:"
"""Begins the place of parameters; no file below a manifest has a colon in its name."""


class UnreadError(Incomplete):
    """Something that an output needs could not be read."""

    def __init__(self, gaps: Sequence[Gap]) -> None:
        super().__init__("; ".join(unread(gap) for gap in gaps))
        self.gaps = tuple(gaps)
        """What could not be read."""


@record(frozen=True, slots=True)
class MadeOutput:
    """One output, as it should be."""

    text: str
    """The content of the file; not used for parameters."""
    parameters: Mapping[str, Mapping[str, object]]
    """By name below the path, the inputs of PutParameter; empty for a file."""
    notices: tuple[str, ...]
    """What it cannot say; sentences."""


class Neighbours:
    """The identity pools around the pools of a run, which may name any of their clients; read once for each Region.

    Args of the constructor:
        runtime: The run.
        plans: What happens to identity pools in this run.
    """

    def __init__(self, runtime: Runtime, plans: Sequence[Plan] = ()) -> None:
        self._runtime = runtime
        self._plans = plans
        self._found: dict[str, IdentityPools] = {}
        self._lock = Lock()

    def beside(self, pool: KnownPool) -> KnownPool:
        """Return a pool that knows the identity pools of its Region, as they will be.

        Raises:
            CloudError: They could not be read.
        """
        with self._lock:
            if pool.region not in self._found:
                self._found[pool.region] = known_pools(self._runtime.reader_in(pool.region))
        return known_pool.with_identity_pools(pool, self._found[pool.region].pools, self._changes(pool.region))

    def _changes(self, region: str) -> Iterator[ResourceChange]:
        for plan in (p for p in self._plans if p.target.region == region):
            yield from (c for c in plan.changes if c.address.section == identity_pool.KIND.section)


class OutputMaker:
    """Makes the outputs of one manifest.

    Args of the constructor:
        runtime: The run.
        manifest: The document.
        pool: What is known of its pool, as it will be when the outputs are written.
        neighbours: The identity pools around it.
    """

    def __init__(self, runtime: Runtime, manifest: Manifest, pool: KnownPool, neighbours: Neighbours) -> None:
        self._runtime = runtime
        self.manifest = manifest
        """The document."""
        self._pool = pool
        self._neighbours = neighbours
        self._certificate: str | None = None

    def is_ignored(self, address: Address, path: Path = ()) -> bool:
        """Return whether a rule of the manifest ignores an output, or one of its parameters."""
        return self._ignored.covers(address, path)

    @cached_property
    def _ignored(self) -> ignoring.IgnoreRules[Ignore]:
        return ignoring.IgnoreRules(ignoring.in_force(self.manifest.ignore, self._runtime.today))

    @property
    def cloud(self) -> Cloud:
        """Where to read; it cannot write."""
        return self._runtime.reader(self.manifest)

    def address(self, declared: WrittenOutput) -> Address:
        """Return the address of an output: its place, which is the same on every machine."""
        place = self.path(declared) if is_stored(declared) else file_of(declared)
        return Address(self.manifest.name, OUTPUTS, f"{STORE}{place}" if is_stored(declared) else place)

    def path(self, declared: WrittenOutput) -> str:
        """Return the path of the parameters of an output."""
        return parameter_store.path(declared.prefix, self._pool.name or self.manifest.name, declared.client)

    def hide(self, said: str) -> str:
        """Return a message without the values that the manifest has from the environment (decision 18).

        Args:
            said: What a format, an error or AWS says of an output.
        """
        return hidden(said, self.manifest.specs)

    def made(self, declared: WrittenOutput) -> MadeOutput:
        """Return an output as it should be.

        Raises:
            Unsettled: Something that it needs is known only after apply.
            Refused: The format cannot describe the client.
            InvalidInput: The pages of this partition have no documented host.
            UnreadError: A section that it needs could not be read.
            CloudError: Identity pools or the certificate could not be read.
        """
        while True:
            try:
                return self._made(declared)
            except Unsettled as open_:
                if not self._read(open_.place):
                    raise

    def _made(self, declared: WrittenOutput) -> MadeOutput:
        form = FORMATS[declared.format]
        pool = self._neighbours.beside(self._pool) if form.credentials and self._pool.id else self._pool
        pool.section(parts.CLIENTS)  # while they could not be read, no client can be said to be missing
        client = declared_client(self.manifest, declared.client, pool)
        wanted = Wanted(pool, client, declared.prefix or form.prefix or "", self._signing)
        found = made(form, wanted)
        inputs = parameter_store.parameters(wanted) if is_stored(declared) else ()
        return MadeOutput(found.text, {str(p["Name"]).rpartition("/")[2]: p for p in inputs}, found.notices)

    def _signing(self) -> str:
        if self._certificate is None:
            self._certificate = signing_certificate(self.cloud, pool_id(self._pool))
        return self._certificate

    def _read(self, place: str) -> bool:
        """Read what the plan leaves open, if it is a section of a pool that exists; return whether it was."""
        pool = self._pool
        if place not in SECTIONS - pool.sections - {parts.POOL} or not pool.id:
            return False
        name = self.manifest.name
        scope = ReadScope(name, name, pool.id, frozenset({place}), {}, document=self.manifest.kind, alone=True)
        found = inside(self.cloud, scope, pool.one(parts.POOL).ids, parallelism=self._runtime.options.parallelism)
        if place not in found.known:
            raise UnreadError((*found.gaps, *found.unavailable))
        self._pool = known_pool.with_sections(pool, found.objects, frozenset({place}))
        return True


def is_stored(declared: WrittenOutput) -> bool:
    """Return whether an output is parameters, not a file."""
    return FORMATS[declared.format] is parameter_store.FORMAT and not declared.file


def file_of(declared: WrittenOutput) -> str:
    """Return the file of an output, relative to its manifest."""
    return declared.file or FORMATS[declared.format].file


def due(manifest: Manifest, targets: Sequence[str]) -> tuple[WrittenOutput, ...]:
    """Return the outputs of a run: with `--target`, those of targeted clients.

    Args:
        manifest: The document.
        targets: Addresses as the operator writes them; empty for all.
    """
    return tuple(o for o in manifest.outputs if not targets or str(about(manifest, o)) in targets)


def about(manifest: Manifest, declared: WrittenOutput) -> Address:
    """Return the client that an output describes."""
    return Address(manifest.name, parts.CLIENTS, declared.client)
