"""The steps of `outputs`: find pool and client, know them, offline if a manifest settles everything, describe them.

A member that a manifest does not declare is what it is live, so an output is made offline only if nothing that it needs
is left open; otherwise all of it comes from the live pool, and not half of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reconciler.applications import known_pool, parts
from reconciler.applications.credential_pools import identity_pools
from reconciler.applications.known_pool import KnownObject, KnownPool, Unsettled, from_live, from_manifest
from reconciler.applications.output_format import Output, OutputFormat, Wanted, made
from reconciler.applications.output_formats import FORMATS
from reconciler.applications.signing_certificate import signing_certificate
from reconciler.cloud.port import Cloud
from reconciler.errors import CloudError, Denied, Incomplete, InvalidInput, Refused, flow, iam_action, needs
from reconciler.kinds import root_of
from reconciler.manifests.manifest import Manifest
from reconciler.observing.observer import LiveState, ReadScope, observe
from reconciler.planning.pipeline import check_target
from reconciler.render.unread import unread
from reconciler.runs import pool_operand
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.operands import LIVE
from reconciler.terminal.suggestions import sentences, suggest

SECTIONS = frozenset({parts.POOL, parts.MFA, parts.DOMAINS, parts.CLIENTS, parts.PROVIDERS, parts.GROUPS})
"""What outputs are made of."""


def output(runtime: Runtime, console: Console) -> Output:
    """Return the output that the command line asks for.

    Raises:
        InvalidInput: The prefix does not fit, or there is no such client.
        Refused: The format cannot describe the client, or it is not clear which pool or client is meant.
        Incomplete: Something that it needs could not be read.
        CloudError: The pool could not be read.
    """
    options = runtime.options
    form = FORMATS[options.format]
    if options.prefix and form.prefix is None:
        raise InvalidInput(f"--prefix: the names in {form.name} are given. Leave --prefix out.")
    if options.paths[0].startswith(LIVE):
        return _named(runtime, console, form)
    manifest = _manifest(runtime, console)
    key = options.client.removeprefix("clients/")
    spec = next(s for s in manifest.specs if (s.address.section, s.address.name) == (parts.CLIENTS, key))
    try:
        return _offline(runtime, manifest, form)
    except Unsettled as open_:
        console.progress(f"{manifest.source} leaves {open_.place} open, so the live pool is read.")
    cloud = runtime.reader(manifest)
    check_target(manifest, cloud.identity())
    pool, state = _live(runtime, console, cloud, manifest.name, manifest.pool_id)
    name = spec.pin or str(spec.declared.get("ClientName") or key)
    return _made(runtime, pool, state, form, name)


def _offline(runtime: Runtime, manifest: Manifest, form: OutputFormat) -> Output:
    pool = from_manifest(manifest)
    found = made(form, _wanted(runtime, pool, _client(pool, runtime.options.client), form))
    said = "Made from the manifest alone: an identity pool that names this client is not in it."
    return replace(found, notices=(*found.notices, said)) if form.credentials else found


def _named(runtime: Runtime, console: Console, form: OutputFormat) -> Output:
    named = pool_operand.the_one(runtime, console, runtime.options.paths[0])
    pool, state = _live(runtime, console, named.cloud, named.found.name, named.found.id)
    return _made(runtime, pool, state, form, runtime.options.client)


# --- manifests -----------------------------------------------------------------------------------------------------


def _manifest(runtime: Runtime, console: Console) -> Manifest:
    """Return the document that declares the client."""
    loaded = runtime.load(console.read).manifests
    key = runtime.options.client.removeprefix("clients/")
    pools = [m for m in loaded if root_of(m.kind).section == parts.POOL]
    found = [m for m in pools if m.spec(parts.CLIENTS, key)]
    where = runtime.options.paths[0]
    if not found:
        known = [s.address.name for m in pools for s in m.specs if s.address.section == parts.CLIENTS]
        message = f"--client: no manifest in {where} declares a client {flow(key)}."
        raise InvalidInput(sentences(message, suggest(key, known), "A client that none declares: name pool:ID."))
    if len(found) > 1:
        listed = "\n".join(f"  {m.source}  (pool {m.name})" for m in found)
        raise Refused(f"{len(found)} manifests in {where} declare a client {flow(key)}. Name one of them:\n{listed}")
    return found[0]


def declared_client(manifest: Manifest, key: str, pool: KnownPool) -> KnownObject:
    """Return a client of a pool by its key in a manifest.

    Raises:
        InvalidInput: The pool does not have it.
        Refused: Several clients have its name.
    """
    spec = manifest.spec(parts.CLIENTS, key)
    name = (spec.pin or str(spec.declared.get("ClientName") or key)) if spec else key
    exact = tuple(c for c in pool.clients if c.address == (spec.address if spec else None))
    return exact[0] if len(exact) == 1 else _client(pool, name)


# --- live pools ----------------------------------------------------------------------------------------------------


def _live(runtime: Runtime, console: Console, cloud: Cloud, name: str, pool_id: str) -> tuple[KnownPool, LiveState]:
    """Return what is known of a live pool.

    Raises:
        Refused: There is no such pool, or there are several.
        CloudError: It could not be read.
    """
    console.status(f"Reading {name or pool_id}…")
    scope = ReadScope(name or pool_id, name, pool_id, SECTIONS, {}, document=_document())
    try:
        state = observe(cloud, scope, parallelism=runtime.options.parallelism)
    except CloudError as error:
        raise error.located(f"pool {name or pool_id}", "outputs") from None
    finally:
        console.status("")
    if state.refusals:
        raise Refused(f"{state.refusals[0].message} {state.refusals[0].advice}")
    if state.root is None:
        where = cloud.identity()
        raise Refused(f"There is no pool {flow(name)} in account {where.account}, Region {where.region}: apply first.")
    return from_live(cloud.identity().region, state.objects, state.known), state


def _document() -> str:
    from reconciler.kinds import KINDS

    return KINDS[parts.POOL].document


def _made(runtime: Runtime, pool: KnownPool, state: LiveState, form: OutputFormat, client: str) -> Output:
    found, notices = _with_identity_pools(runtime, pool) if form.credentials else (pool, ())
    signing = _Signing(runtime.reader_in(pool.region), pool)
    try:
        result = made(form, replace(_wanted(runtime, found, _client(found, client), form), signing=signing))
    except Unsettled as open_:
        lines = [unread(gap, full=True) for gap in (*state.gaps, *state.unavailable)]
        raise Incomplete("\n".join([f"{form.name} needs {open_.place}, which could not be read.", *lines])) from None
    return replace(result, notices=(*result.notices, *notices, *signing.notices))


class _Signing:
    """Reads the certificate of a pool once a format asks for it; one that may not be read is a notice."""

    def __init__(self, cloud: Cloud, pool: KnownPool) -> None:
        self._cloud, self._pool = cloud, pool
        self.notices: list[str] = []

    def __call__(self) -> str:
        try:
            return signing_certificate(self._cloud, self._pool.id)
        except Denied as error:
            missing = needs(iam_action(error.operation))
            self.notices.append(f"The certificate of the pool is not known ({error.operation}: {error.code}).{missing}")
        except CloudError as error:
            raise error.located(f"pool {self._pool.name}", "outputs") from None
        return ""


def _with_identity_pools(runtime: Runtime, pool: KnownPool) -> tuple[KnownPool, tuple[str, ...]]:
    found = identity_pools(runtime.reader_in(pool.region))
    return known_pool.with_identity_pools(pool, found.pools), (found.notice,) if found.notice else ()


def _wanted(runtime: Runtime, pool: KnownPool, client: KnownObject, form: OutputFormat) -> Wanted:
    return Wanted(pool, client, runtime.options.prefix or form.prefix or "")


def _client(pool: KnownPool, asked: str) -> KnownObject:
    """Return the client that is meant.

    Raises:
        InvalidInput: There is none.
        Refused: There are several.
    """
    found = pool.client(asked)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(f"{len(found)} clients are named {flow(asked)}: {_ids(found)}. Pass the id of one of them.")
    names: Sequence[str] = [c.name for c in pool.clients]
    hint = suggest(asked.removeprefix("clients/"), names, "" if names else "It has no client.")
    raise InvalidInput(sentences(f"--client: the pool {flow(pool.name)} has no client {flow(asked)}.", hint))


def _ids(found: Iterable[KnownObject]) -> str:
    return ", ".join(sorted(c.ids.get("ClientId", "") for c in found))
