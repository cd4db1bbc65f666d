"""The composition root: the one place that constructs sessions, clocks and the embedded Cognito.

Commands ask it for a cloud and get boto3 or the embedded Cognito, with the session, quotas and clock that the options
select. Commands that must not write ask for `reader`, which cannot write.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING

from reconciler.cloud.hosts import is_emulator, is_endpoint
from reconciler.cloud.port import Clock, Cloud, Limited, Meter, ReadOnly, SessionSource, Sharing, Sleep
from reconciler.errors import InvalidInput, Refused
from reconciler.terminal.options import NO_NAME, Options
from schemas.records import changing, field

if TYPE_CHECKING:  # each costs a tenth of a second or more, so they are imported on demand
    from reconciler.cloud.aws import Access, Aws
    from reconciler.cloud.quotas import Quotas
    from reconciler.local import LocalCognito
    from reconciler.manifests.loading import Gathered, Kept, Loaded
    from reconciler.manifests.manifest import Manifest
    from reconciler.manifests.reader import Share
    from reconciler.manifests.references.variables import Variables
    from reconciler.observing.name_list import PoolLists
    from reconciler.planning.pipeline import ResolvedRefs
    from reconciler.planning.planner import PlanOptions

SHARED_READS = frozenset({("sts", "GetCallerIdentity"), ("cloudtrail", "LookupEvents")})
"""Reads that belong to no kind."""

EXAMINING = frozenset({("iam", "SimulatePrincipalPolicy")})
"""What `doctor` calls besides reads: it answers what would be allowed, and changes nothing."""

LOCAL_REGION = "us-east-1"
"""Region of the embedded Cognito where nothing names one."""

WATCHING = 0.5
"""Share of Cognito's quotas that `drift` uses: it runs unattended, beside the live application (decision 35)."""


TIME: ContextVar[tuple[Clock, Sleep]] = ContextVar("TIME", default=(time.monotonic, time.sleep))
"""The clock of a run, and how it waits. Tests set others to run a whole command line without waiting."""

NOW: ContextVar[Clock] = ContextVar("NOW", default=time.time)
"""The wall clock of a run, in seconds since 1970. Tests set another, as `TIME`."""


def _today() -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(NOW.get()(), UTC).date().isoformat()


def _is_stopped(runtime: Runtime) -> bool:
    return runtime.stopped()  # set only once the clouds are there


def _pools(runtime: Runtime) -> PoolLists:
    from reconciler.observing.name_list import PoolLists

    return PoolLists(runtime.clock)


@changing
class Runtime:
    """The environment of one run of a command."""

    options: Options
    """The command line."""
    environ: Mapping[str, str] = field(repr=False)
    """Environment variables."""
    clock: Clock = time.monotonic
    """Seconds, monotonic."""
    sleep: Sleep = time.sleep
    """Waits for a number of seconds."""
    now: Clock = time.time
    """Seconds since 1970, UTC."""
    today: str = field(default_factory=_today)
    """YYYY-MM-DD, UTC."""
    meter: Meter = field(default_factory=Meter)
    """Counts the requests of the run."""
    stopped: Callable[[], bool] = lambda: False
    """Whether the operator has interrupted the run."""
    local: LocalCognito | None = None
    """The embedded Cognito, if the options ask for it."""
    documents: Sequence[Manifest] = ()
    """All documents that were loaded, also those of other shards."""
    _clouds: dict[str, Aws] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.began = self.clock()
        """When the run began, by `clock`."""
        self._connecting = Lock()

    @cached_property
    def known(self) -> ResolvedRefs:
        """The resolved references to objects of documents that were planned."""
        from reconciler.planning.pipeline import ResolvedRefs

        return ResolvedRefs()

    pools = cached_property(_pools)
    """The pools of each Region, listed once for all documents."""

    @cached_property
    def plan_options(self) -> PlanOptions:
        """The options of the plan, as the operator set them."""
        from reconciler.planning.planner import PlanOptions

        options = self.options
        replaceable = frozenset(options.replaceable)
        places = _shows_places(options)
        return PlanOptions(options.targets, options.prune, options.max_deletes, replaceable, self.today, places=places)

    def load(self, stdin: Callable[[], str], kept: Kept | None = None) -> Loaded:
        """Read the manifests that the command line names.

        Args:
            stdin: Gives the whole of standard input.
            kept: As for `gather`.

        Raises:
            InvalidManifest: They are invalid; carries all problems.
        """
        from reconciler.manifests.loading import together

        return together([self.gather(stdin, kept=kept)])

    def gather(self, stdin: Callable[[], str], share: Share | None = None, kept: Kept | None = None) -> Gathered:
        """Read manifests, and check each by itself: all of them, or those of a share of the files.

        Args:
            stdin: Gives the whole of standard input.
            share: The files; None for all.
            kept: Returns what is kept of each manifest; None keeps it whole.
        """
        return _gather(self.options, self.environ, stdin, share, kept)

    def cloud(self, manifest: Manifest) -> Cloud:
        """Return a cloud for the account and Region of a manifest that allows writes.

        Raises:
            Refused: `--region` and the manifest disagree.
            InvalidInput: The service does not exist in the Region.
        """
        region = self.region_of(manifest)
        _check_offer(manifest, region or self.environ.get("AWS_REGION", ""))
        return self._cloud_in(region)

    def reader(self, manifest: Manifest) -> Cloud:
        """Return a read-only cloud for the account and Region of a manifest."""
        return _read_only(self.cloud(manifest))

    def readers(self) -> Callable[[Manifest], Cloud]:
        """Return a function from a manifest to its reader, for a stage that reads many manifests and writes nothing.

        Answers that are the same for all documents of a Region, such as secrets, are requested once. The list of pools
        is one too, and has a place of its own (`pools`).
        """
        from reconciler.manifests.reference_kinds import REMOTE_READS

        shared: dict[str, Cloud] = {}

        def reader(manifest: Manifest) -> Cloud:
            made = Sharing(self.reader(manifest), REMOTE_READS)
            return shared.setdefault(self.region_of(manifest), made)

        return reader

    def reader_in(self, region: str) -> Cloud:
        """Return a read-only cloud for a Region, for commands that work without a manifest.

        Args:
            region: The Region; empty takes that of the options or of the session.

        Raises:
            Refused: `--region` names another one.
        """
        asked = self.options.region
        if asked and region and asked != region:
            raise Refused(f"The pool is in {region}, but --region is {asked}; nothing was read. Remove --region.")
        return _read_only(self._cloud_in(region))

    def session(self, region: str) -> Session:
        """Return what can be known of the session without a manifest; nothing of it can write."""
        return Session(lambda: self._cloud_in(region))

    def only(self, calls: frozenset[tuple[str, str]], region: str = "") -> Cloud:
        """Return a cloud for a Region that allows these calls and no others.

        Args:
            calls: Service and operation of each.
            region: The Region; empty takes that of the options or of the session.
        """
        return Limited(self._cloud_in(region), calls)

    def _cloud_in(self, region: str) -> Aws:
        found = region or self.options.region or (LOCAL_REGION if self.options.local else "")
        with self._connecting:  # several pools ask for it at the same time
            if found not in self._clouds:
                self._clouds[found] = self._connect(found)
            return self._clouds[found]

    def make_up_secrets(self, manifests: Sequence[Manifest]) -> None:
        """Create placeholder values in the embedded Secrets Manager for the secrets that manifests name.

        A newcomer who runs an example has no secrets, and the embedded Cognito needs no real ones. Other services
        beside it start only if a manifest has a section for them.
        """
        from reconciler.local.stand_ins import make_up
        from reconciler.manifests.reference_kinds.secret import SECRET
        from reconciler.manifests.references.remote_references import references

        surround(self.local, (section for manifest in manifests for section in manifest.sections))
        for manifest in manifests:
            found = (r.target for s in manifest.specs for _, r in references(s.declared) if r.kind == SECRET.key)
            make_up(self.region_of(manifest), found)

    def region_of(self, manifest: Manifest) -> str:
        """Return the Region of a manifest. A `--region` that contradicts it is refused."""
        asked = self.options.region
        if asked and manifest.region and asked != manifest.region:
            declared = ("target", "region") in manifest.positions
            what = "target.region: the manifest is for" if declared else f"id: the pool {manifest.pool_id} is in"
            raise Refused(
                f"{manifest.source} {what} {manifest.region}, but --region is {asked}; "
                "nothing was read. Remove one of them, or make them equal."
            )
        return manifest.region or asked or (LOCAL_REGION if self.options.local else "")

    def session_region(self) -> str:
        """Return the Region of a run that no manifest gives one; empty if none is set. AWS is not contacted."""
        from reconciler.cloud.aws import configured_region

        options, environ = self.options, self.environ
        named = options.region or (LOCAL_REGION if options.local else "")
        found = named or environ.get("AWS_REGION", "") or environ.get("AWS_DEFAULT_REGION", "")
        return found or configured_region(options.profile)

    def _connect(self, region: str) -> Aws:
        from reconciler.cloud.aws import Aws
        from reconciler.kinds import KINDS
        from reconciler.kinds.expected import expected_answers

        return Aws(
            _access(self.options, self.environ, region),
            expected=expected_answers(KINDS.values()),
            clock=self.clock,
            sleep=self.sleep,
            meter=self.meter,
            quotas=self._quotas,
            stopped=partial(_is_stopped, self),
        )

    @cached_property
    def _quotas(self) -> Quotas:
        """What the calls of the run wait for: one for all, so that no two parts of it use a quota twice."""
        from reconciler.cloud.quotas import Quotas

        return Quotas(self.clock, self.sleep, share=_share(self.options), max_rps=self.options.max_rps)


class Session:
    """A session in one Region, for commands that look into why a run would fail. It cannot write.

    Args:
        connect: Returns its cloud; fails if the configuration is wrong.
    """

    def __init__(self, connect: Callable[[], Aws]) -> None:
        self._connect = connect

    @property
    def reader(self) -> Cloud:
        """A read-only cloud that can also ask what the caller is allowed to do."""
        return _read_only(self._connect(), EXAMINING)

    def source(self) -> SessionSource:
        """Return where the credentials come from, and the Region, without a call to a service.

        Raises:
            CloudError: There are no credentials, or they cannot be had.
        """
        return self._connect().source()

    def endpoint(self, service: str) -> str:
        """Return the URL that calls to a service go to, in a form that may be shown.

        Raises:
            CloudError: No Region is set, or the configuration is wrong.
        """
        return self._connect().endpoint(service)


def _access(options: Options, environ: Mapping[str, str], region: str) -> Access:
    from reconciler.cloud.aws import Access

    if options.local:  # the embedded Cognito has no profiles; everything stays in this process
        return Access(region=region)
    if options.endpoint_url and not is_endpoint(options.endpoint_url):  # it may hold a password
        raise InvalidInput("--endpoint-url: the value is not a URL. Write one such as http://127.0.0.1:4566.")
    # The AWS CLI and the newer SDKs read AWS_REGION; boto3 reads only AWS_DEFAULT_REGION.
    region = region or environ.get("AWS_REGION", "")
    return Access(region, options.profile, options.role_arn, options.endpoint_url)


def _share(options: Options) -> float:
    """Return the share of Cognito's quotas that a run may use."""
    from reconciler.cloud.quotas import UNLIMITED

    if not _has_quotas(options):
        return UNLIMITED
    return WATCHING if options.command == "drift" else 1.0


def _has_quotas(options: Options) -> bool:
    """Return whether what is called has Cognito's quotas: an emulator on this machine has none."""
    if options.quotas == "off" and not options.local and not options.endpoint_url:
        raise InvalidInput(
            "--quotas off: calls go to AWS, which has quotas. It is for an emulator: add --endpoint-url."
        )
    if options.quotas != "auto":
        return options.quotas == "on"
    return not options.local and not is_emulator(options.endpoint_url)


def _is_rule(identifier: str) -> bool:
    from reconciler.security.catalogue import rules  # few manifests name one

    return identifier in rules()


def surround(local: LocalCognito | None, sections: Iterable[str]) -> None:
    """Start other services beside an embedded Cognito, if one of some sections needs them."""
    from reconciler.kinds import KINDS

    if local and any(KINDS[section].surrounding for section in sections):
        local.surround()


def _shows_places(options: Options) -> bool:
    """Return whether the run shows where weaknesses are: of the formats of `plan`, most only count them."""
    from reconciler.render.formats import FORMATS

    placed = {form.name for form in FORMATS if form.places}
    return options.command != "plan" or any(name in placed for name, _ in options.outputs)


def _read_only(cloud: Cloud, further: frozenset[tuple[str, str]] = frozenset()) -> Cloud:
    from reconciler.applications import output_calls
    from reconciler.kinds import READS
    from reconciler.manifests.reference_kinds import REMOTE_READS

    return ReadOnly(cloud, READS | REMOTE_READS | SHARED_READS | output_calls.READS | further)


def _check_offer(manifest: Manifest, region: str) -> None:
    """Check that the service exists in a Region."""
    from reconciler.kinds import availability, root_of

    root = root_of(manifest.kind)
    if region and availability.lacks(root, region):
        raise InvalidInput(f"{manifest.source}: {' '.join(availability.advice(root, region))}")


@contextmanager
def running(options: Options, environ: Mapping[str, str]) -> Iterator[Runtime]:
    """Yield a runtime, with the embedded Cognito running if the options ask for it."""
    clock, sleep = TIME.get()
    if not options.local:
        yield Runtime(options, environ, clock, sleep, NOW.get())
        return
    from pathlib import Path

    from reconciler.local import LocalCognito

    with LocalCognito(Path(options.local), surroundings=False) as local:
        yield Runtime(options, environ, clock, sleep, NOW.get(), local=local)


def given_variables(options: Options, stdin: Callable[[], str]) -> Variables:
    """Return the variables of `--var` and `--var-file`.

    Raises:
        InvalidManifest: A file is invalid; carries all problems.
        InvalidInput: An option is not `NAME=VALUE`.
    """
    from reconciler.errors import InvalidManifest
    from reconciler.manifests.reader import read
    from reconciler.manifests.references.variables import variables

    files, problems = read(options.var_files, stdin, options.file_roots) if options.var_files else ([], [])
    if problems:
        raise InvalidManifest(problems)
    return variables(options.vars, files)


def _gather(
    options: Options,
    environ: Mapping[str, str],
    stdin: Callable[[], str],
    share: Share | None,
    kept: Kept | None,
) -> Gathered:
    """Read manifests, and check each by itself.

    Raises:
        InvalidManifest: The variables are invalid; carries all problems.
    """
    from reconciler.manifests.loading import gather, whole
    from reconciler.manifests.reader import ALL_FILES

    return gather(
        options.paths,
        variables=given_variables(options, stdin),
        environ=environ,
        stdin=stdin,
        environment=options.env,
        file_roots=options.file_roots,
        env_names=frozenset(options.env_names) - {NO_NAME} if options.env_names else None,
        is_rule=_is_rule,
        share=share or ALL_FILES,
        kept=kept or whole,
    )
