"""The steps of `iam-policy`: what a command would read and write with these manifests and options, as policies.

AWS is not contacted: which calls a run can make follows from the manifests, the options and the tables of the kinds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler import notify
from reconciler.applications import output_calls
from reconciler.applications.output_formats import FORMATS, parameter_store
from reconciler.drift import findings, report_store
from reconciler.errors import iam_action
from reconciler.export import exporter
from reconciler.iam import OF_LIVE, RUNS
from reconciler.iam.declarations import declarations, veiled
from reconciler.iam.grants import ANY, Grant, PolicyPlace, Use, granted
from reconciler.iam.manifest_grants import member_grants, read_grants, reference_grants, target_grants, write_grants
from reconciler.iam.outside_grants import outside_grants
from reconciler.iam.policies import IamPolicy, policies
from reconciler.iam.possible_writes import possible_writes
from reconciler.iam.url_grants import url_grants
from reconciler.kinds import KINDS, availability, root_of, user
from reconciler.kinds.iam_access import UNNAMED, USER_POOLS
from reconciler.kinds.identity_pool import KIND as CREDENTIALS
from reconciler.kinds.identity_pool import LISTING, READING
from reconciler.kinds.kind import Reading, ResourceKind
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reference_kinds import REMOTE_READS
from reconciler.model import Spec
from reconciler.observing.observer import ReadScope
from reconciler.observing.possible_reads import PossibleRead, fences, possible_reads
from reconciler.planning import planner
from reconciler.procedures import url_records
from reconciler.runs import export_run, export_sections, outputs_run, stages
from reconciler.runs.drift_run import with_secret_age
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.operands import LIVE, live_name
from reconciler.terminal.options import Options
from reconciler.terminal.settings import invalid
from reconciler.values.regions import partition
from reconciler.values.shapes import output_shape
from schemas.base import SecretKeys, Sensitive, WriteOnly, members
from schemas.documents import DEFAULT, DOCUMENTS

ATTACHED = 10
"""Managed policies that IAM attaches to one role, unless the quota was raised."""

TRAIL = ("cloudtrail", "LookupEvents")

RECORDS = (
    (Use.READ, *url_records.READ),
    (Use.WRITE, url_records.SERVICE, url_records.PUT),
    (Use.DELETE, url_records.SERVICE, url_records.DELETE),
)
"""The calls for records of URLs."""


@dataclass(frozen=True, slots=True)
class PolicyOutcome:
    """The policies for one command, and what their reader should know."""

    policies: tuple[IamPolicy, ...]
    """In order; each fits into a managed policy."""
    grants: tuple[Grant, ...]
    """What they are made of."""
    warnings: tuple[str, ...]
    """What is wider or more than was asked for."""
    notes: tuple[str, ...]
    """What else to know."""


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document, or a live pool, that a policy is for."""

    place: PolicyPlace
    """Where it is."""
    document: str
    """Kind of the document."""
    manifest: Manifest | None = None
    """The document; None for a live pool."""


def outcome(runtime: Runtime, console: Console) -> PolicyOutcome:
    """Return the policies that the command line asks for.

    Raises:
        InvalidManifest: The manifests are invalid.
        InvalidInput: Options do not go together.
        Refused: `--region` and a manifest disagree.
    """
    check(runtime.options)
    return made(runtime, runtime.options.run_for, documents(runtime, console))


def made(runtime: Runtime, run: str, named: Sequence[NamedDocument]) -> PolicyOutcome:
    """Return the policies for a command.

    Args:
        runtime: The run; its options are those that the command would have.
        run: One of `iam.RUNS`.
        named: What it would work on.
    """
    options, here = runtime.options, _here(runtime, named)
    found = [grant for one in named for grant in _of_document(run, options, one)]
    found += _of_run(run, options, here, [one.place for one in named])
    made_ = policies(found)
    return PolicyOutcome(made_, tuple(found), tuple(_warnings(named, made_)), tuple(_notes(found)))


def check(options: Options) -> None:
    """Check that the options belong to the command that the policy is for.

    Raises:
        InvalidInput: One does not.
    """
    run = options.run_for
    if not run:
        raise invalid(f"iam-policy needs --for {'|'.join(RUNS)}: the command that the policy is for.")
    of_drift = (
        *(("--attribute", options.attribute), ("--pools", options.pools), ("--notify", options.notify)),
        *(("--remember", options.remember), ("--only-new", options.only_new), ("--baseline", options.baseline)),
        ("--max-secret-age", options.max_secret_age is not None),
    )
    of_apply = (("--prune", options.prune), ("--allow-replace", options.replaceable))
    of_export = (("--with", options.sections), ("--group", options.group))
    for owner, given in (("drift", of_drift), ("apply", of_apply), ("export", of_export)):
        wrong = [flag for flag, value in given if value and run != owner]
        if wrong:
            raise invalid(f"{wrong[0]} is an option of {owner}. Remove it, or write --for {owner}.")
    export_sections.sections_of(options)
    if options.targets:
        raise invalid("--target limits one run, and a policy is for all of them. Remove it.")


# --- what it is for ------------------------------------------------------------------------------------------------


def documents(runtime: Runtime, console: Console) -> list[NamedDocument]:
    """Return the documents and live pools that the command line names.

    Raises:
        InvalidManifest: The manifests are invalid.
        InvalidInput: A live pool is named for a command that works on manifests only.
    """
    paths = runtime.options.paths
    live = [text for text in paths if text.startswith(LIVE)]
    if live and runtime.options.run_for not in OF_LIVE:
        raise invalid(f"{live[0]}: {runtime.options.run_for} works on manifests. Name one, or write --for export.")
    rest = tuple(text for text in paths if text not in live)
    found = [one for text in live for one in _live(runtime, live_name(text))]
    if rest:
        inner = replace(runtime, options=runtime.options._replace(paths=rest))
        found += [of_manifest(runtime, manifest) for manifest in stages.load(inner, console)]
    return found


def of_manifest(runtime: Runtime, manifest: Manifest) -> NamedDocument:
    """Return a document with its place.

    Raises:
        Refused: `--region` and the manifest disagree.
    """
    place = _place(runtime, runtime.region_of(manifest), manifest.account, manifest.pool_id)
    return NamedDocument(place, manifest.kind, manifest)


def _live(runtime: Runtime, pool: str) -> Iterator[NamedDocument]:
    """Yield a live pool; one that is given by name may be of any kind."""
    kind = export_run.document_of(pool)
    place = _place(runtime, export_run.region_of(pool) or runtime.options.region, "", pool if kind else "")
    yield from (NamedDocument(place, document) for document in ((kind,) if kind else DOCUMENTS))


def _place(runtime: Runtime, region: str, account: str, pool: str = "") -> PolicyPlace:
    region = region or runtime.session_region()
    return PolicyPlace(partition(region), region or ANY, account or ANY, pool or ANY)


def _here(runtime: Runtime, named: Sequence[NamedDocument]) -> PolicyPlace:
    """Return the place of what belongs to no document: the Region of the session, and the account of all documents."""
    accounts = {one.place.account for one in named}
    return _place(runtime, runtime.options.region, accounts.pop() if len(accounts) == 1 else "")


# --- one document --------------------------------------------------------------------------------------------------


def _of_document(run: str, options: Options, one: NamedDocument) -> Iterator[Grant]:
    place = one.place
    if run == "urls":
        yield from url_grants(place, url_records.ROOT, RECORDS) if one.document == DEFAULT else ()
        return
    if one.manifest is None or run in OF_LIVE:
        yield from _of_export(one, options)
        if run != "export":  # it looks whether the name is taken
            yield from _lists(place)
        if run != "replace" or one.manifest is None:
            return
    if run == "lint":
        yield from outside_grants(one.manifest, place)
        return
    manifest = veiled(one.manifest)
    if options.max_secret_age is not None:
        manifest = with_secret_age(manifest, options.max_secret_age)
    specs = declarations(manifest)
    scope = findings.read_scope(manifest) if run == "drift" else planner.read_scope(manifest)
    yield from _reads(scope, specs, place)
    yield from _counting(specs, place)
    yield from reference_grants(one.manifest, place)
    yield from _outputs(run, manifest, specs, place)
    if run == "apply":
        yield from _writes(options, manifest, specs, place)


def _reads(scope: ReadScope, specs: Sequence[Spec], place: PolicyPlace) -> Iterator[Grant]:
    for read in possible_reads(scope):
        there = replace(place, region=ANY) if read.elsewhere else place
        yield from read_grants(read, specs, there)


def _counting(specs: Sequence[Spec], place: PolicyPlace) -> Iterator[Grant]:
    """Yield what counting the values of a declared member needs, of which the API shows one."""
    declared = {(s.address.section, member) for s in specs for member in s.declared}
    for section, member in sorted(declared):
        several = KINDS[section].several.get(member)
        counted = KINDS[several.section] if several else None
        if counted and counted.listing:
            yield from read_grants(PossibleRead(counted, counted.listing.operation), (), place)


def _of_export(one: NamedDocument, options: Options) -> Iterator[Grant]:
    """Yield what an export of one pool needs; one that is given by name is looked for among pools of every kind."""
    place, sections = one.place, exporter.sections(one.document)
    scope = ReadScope("", "", ANY, sections, {}, document=one.document, select_owners=exporter.owners)
    yield from _reads(scope, (), place)
    yield from _asked_for(one, options)
    if place.pool == ANY:
        yield from _lists(place)


def _asked_for(one: NamedDocument, options: Options) -> Iterator[Grant]:
    """Yield what the sections need that an export is asked for; what they hold is known once the pool has been read."""
    found = export_sections.sections_of(options)
    for kind in (KINDS[section] for section in sorted(found) if KINDS[section].document == one.document):
        names = {kind.section: (UNNAMED,)}
        scope = ReadScope("", "", ANY, frozenset(names), names, document=one.document, alone=True)
        yield from _reads(scope, (), one.place)
        if kind.section == user.USERS:
            listed = "ListUsersInGroup" if options.group else "ListUsers"
            yield granted(Use.READ, kind.service, listed, one.place.filled((USER_POOLS,)))


def _lists(place: PolicyPlace) -> Iterator[Grant]:
    """Yield what listing the pools of every kind needs."""
    for root in map(root_of, DOCUMENTS):
        if root.listing and not availability.lacks(root, place.region):
            yield from read_grants(PossibleRead(root, root.listing.operation), (), place)


def _writes(options: Options, manifest: Manifest, specs: Sequence[Spec], place: PolicyPlace) -> Iterator[Grant]:
    replaceable = frozenset(options.replaceable)
    for write in possible_writes(manifest, specs, prune=options.prune, replaceable=replaceable):
        yield from write_grants(write, place)
        for read in fences(write.kind):
            yield from read_grants(read, specs, place)
    for spec in specs:
        yield from member_grants(KINDS[spec.address.section], spec, place)


def _outputs(run: str, manifest: Manifest, specs: Sequence[Spec], place: PolicyPlace) -> Iterator[Grant]:
    """Yield what the outputs of a manifest need: what the manifest leaves open of the pool, and what is around it."""
    forms = [FORMATS[output.format] for output in manifest.outputs]
    unmanaged = outputs_run.SECTIONS - manifest.sections
    if forms and unmanaged and run != "drift":  # which reads them anyway
        yield from _reads(ReadScope("", "", manifest.pool_id, unmanaged, {}, document=manifest.kind), specs, place)
    if any(form.credentials for form in forms) and not availability.lacks(CREDENTIALS, place.region):
        for operation in (LISTING.operation, READING.operation):
            yield from read_grants(PossibleRead(CREDENTIALS, operation), (), replace(place, pool=ANY))
    if any(form.certificate for form in forms):
        yield granted(Use.READ, *output_calls.CERTIFICATE, place.filled((USER_POOLS,)))
    for path in _parameters(manifest):
        arns = place.filled((f"arn:{{partition}}:ssm:{{region}}:{{account}}:parameter{path}/*",))
        yield granted(Use.READ, *output_calls.PARAMETERS, arns)
        if run == "apply":
            yield granted(Use.WRITE, *output_calls.PUT, arns)


def _parameters(manifest: Manifest) -> Iterator[str]:
    """Yield the paths of the parameters that outputs of a manifest write."""
    for output in manifest.outputs:
        if FORMATS[output.format] is parameter_store.FORMAT and not output.file:
            yield parameter_store.path(output.prefix, manifest.name, output.client)


# --- the run -------------------------------------------------------------------------------------------------------


def _of_run(run: str, options: Options, here: PolicyPlace, places: Sequence[PolicyPlace]) -> Iterator[Grant]:
    """Yield what the options of a run need, whatever the documents are."""
    if run != "drift":
        return
    if options.attribute:
        yield granted(Use.READ, *TRAIL, (ANY,))
    for place in places if options.pools else ():
        yield from _lists(place)
    for channel in map(notify.parse, options.notify):
        yield from _channel(channel, here)
    for where, kept in ((options.remember, True), (options.only_new, False), (options.baseline, False)):
        for action, pattern in report_store.needs(where, kept=kept):
            use = Use.WRITE if action.endswith("PutObject") else Use.READ
            yield Grant(use, action, here.filled((pattern,)))


def _channel(channel: notify.Channel, here: PolicyPlace) -> Iterator[Grant]:
    place = replace(here, region=channel.region or here.region)
    if channel.source != "arn":
        yield from target_grants(channel.source, str(channel.where), place)
    for service, operation in sorted(channel.calls) if channel.source == "arn" else ():
        use = Use.READ if operation.startswith("Describe") else Use.WRITE
        yield granted(use, service, operation, place.filled(channel.notifier.arns(channel)))


# --- what to say of it ---------------------------------------------------------------------------------------------


def _warnings(named: Sequence[NamedDocument], found: Sequence[IamPolicy]) -> Iterator[str]:
    accounts = sorted({one.place.account for one in named})
    open_ = [one for one in named if ANY in (one.place.account, one.place.region)]
    if open_:
        sources = ", ".join(dict.fromkeys(str(one.manifest.source) for one in open_ if one.manifest)) or "pool:"
        yield f"{sources} does not say account and Region, so ARNs have * there. Set target.account and target.region."
    if len(accounts) > 1:
        yield f"The documents are in {len(accounts)} accounts. Name those of one account to get its policy alone."
    if len(found) > 1:
        sizes = ", ".join(f"{policy.length:,}" for policy in found)
        yield (
            f"IAM takes 6,144 characters in a managed policy, so this is divided into {len(found)} ({sizes} "
            "characters). Attach all of them."
        )
    if len(found) > ATTACHED:
        yield f"IAM attaches {ATTACHED} managed policies to a role by default. Request a higher quota."


def _notes(found: Sequence[Grant]) -> Iterator[str]:
    actions = {grant.action for grant in found}
    disclosing = sorted(actions & set(_disclosing()))
    if disclosing:
        verb = "returns" if len(disclosing) == 1 else "return"
        yield f"{' and '.join(disclosing)} {verb} secrets in plain text to whoever has this policy."
    if any(grant.action in _referring() for grant in found):
        yield "A secret or parameter that a customer managed key encrypts also needs kms:Decrypt on that key."


def _disclosing() -> Iterator[str]:
    """Yield the actions that read objects with secrets."""
    for kind in KINDS.values():
        known = members(kind.model).items()
        secret = {n for n, m in known if (m.has(Sensitive) and not m.has(WriteOnly)) or m.mark(SecretKeys) is not None}
        if kind.reading and _answered(kind, kind.reading) & secret:
            yield iam_action(f"{kind.service}:{kind.reading.operation}")


def _answered(kind: ResourceKind, reading: Reading) -> frozenset[str]:
    """Return the members that an answer has: a secret that is only sent is in none."""
    shape = output_shape(kind.service, reading.operation)
    found = shape.members.get(reading.result) if shape and reading.result else shape
    return frozenset(getattr(found, "members", {}))


def _referring() -> set[str]:
    return {iam_action(f"{service}:{operation}") for service, operation in REMOTE_READS}
