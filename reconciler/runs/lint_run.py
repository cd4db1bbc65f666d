"""The steps of `lint`: judge every manifest by the security rules, and decide the exit code."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

from reconciler.cloud.hosts import is_emulator
from reconciler.errors import CloudError, ExitCode
from reconciler.model import RISKS, Notice, Risk
from reconciler.render.subjects import NEVER, LintResult
from reconciler.render.wording import notice
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.settings import invalid
from reconciler.terminal.suggestions import sentences, suggest
from schemas.records import replace
from schemas.security import PROFILES, Profile

if TYPE_CHECKING:  # pydantic comes with it
    from reconciler.manifests.manifest import Manifest
    from reconciler.observing.pool_facts import Lookup


def linted(runtime: Runtime, manifests: Sequence[Manifest]) -> LintResult:
    """Judge manifests by the security rules, without AWS.

    Args:
        runtime: The run.
        manifests: All documents of the run: what one means may depend on another.
    """
    return _linted(runtime, manifests, [{} for _ in manifests])


def risks(runtime: Runtime, manifests: Sequence[Manifest]) -> tuple[Risk, ...]:
    """Return how bad each weakness is that `linted` finds, for commands that only count them.

    Args:
        runtime: The run.
        manifests: All documents of the run.
    """
    from reconciler.planning.linting import LintOptions, neighbours
    from reconciler.planning.linting import risks as risks_of

    options = LintOptions(_profile(runtime.options), runtime.today)
    beside = zip(manifests, neighbours(manifests), strict=True)
    return tuple(chain.from_iterable([risks_of(manifest, options, linked) for manifest, linked in beside]))


def linted_live(runtime: Runtime, console: Console, manifests: Sequence[Manifest]) -> LintResult:
    """Judge manifests by the security rules, with what they name in other services.

    Args:
        runtime: The run.
        console: Shows what could not be read.
        manifests: All documents of the run.

    Raises:
        PoolctlError: A manifest is for another account or Region, or there are no credentials.
    """
    from reconciler.manifests.env_words import hidden
    from reconciler.runs import stages
    from reconciler.runs.name_lookup import LOOKUP

    lookup = LOOKUP.get()  # other threads do not see it

    def one(manifest: Manifest) -> Mapping[str, Any]:
        found, notices = outside_of(runtime, manifest, lookup)
        for said in notices:
            shown = hidden(said.message, manifest.specs)  # it may name what the manifest has from the environment
            console.err(notice(replace(said, message=shown, source=manifest.source)))
        return found

    return _linted(runtime, manifests, stages.each(runtime, manifests, console, one))


def _linted(runtime: Runtime, manifests: Sequence[Manifest], outside: Sequence[Mapping[str, Any]]) -> LintResult:
    from reconciler.planning.linting import LintOptions, lint, neighbours

    options = runtime.options
    shown, profile = _risk(options.severity), _profile(options)
    found = [
        lint(manifest, LintOptions(profile, runtime.today, seen), linked)
        for manifest, seen, linked in zip(manifests, outside, neighbours(manifests), strict=True)
    ]
    return LintResult(found, shown, options.fail_level, options.live)


def outside_of(runtime: Runtime, manifest: Manifest, lookup: Lookup) -> tuple[dict[str, Any], Sequence[Notice]]:
    """Return what a document names in other services, by the name of the reading, and what could not be read.

    Args:
        runtime: The run.
        manifest: The document.
        lookup: Asks DNS.

    Raises:
        PoolctlError: The manifest is for another account or Region, or there are no credentials.
    """
    from reconciler.observing.outside import CALLS, READINGS, read
    from reconciler.planning.pipeline import check_target
    from reconciler.planning.states import new_state

    cloud = runtime.only(CALLS, runtime.region_of(manifest))
    check_target(manifest, cloud.identity())
    if runtime.local:
        runtime.local.surround()
    found = read(cloud, new_state(manifest), READINGS, EMBEDDED if runtime.local else None)
    own, notices = _pool(runtime, manifest)
    if notices:  # the pool itself could not be read
        return {**found.found, **own}, (*found.notices, *notices)
    more, further = _facts(runtime, manifest, own, lookup)
    return {**found.found, **own, **more}, (*found.notices, *further)


EMBEDDED = frozenset({"iam", "lambda", "logs"})
"""The services beside the embedded Cognito; calls of others would leave this process."""


def _pool(runtime: Runtime, manifest: Manifest) -> tuple[dict[str, Any], Sequence[Notice]]:
    """Return the id of the live pool and the ARN of its web ACL; nothing while there is no pool."""
    from reconciler.kinds import root_of
    from reconciler.kinds.web_acl import KIND as ACL
    from reconciler.observing.observer import find
    from reconciler.planning.planner import read_scope

    root, reader = root_of(manifest.kind), runtime.reader(manifest)
    try:
        answer, _ = find(reader, read_scope(manifest))
        found: dict[str, Any] = {"pool_id": root.identifier(answer)} if answer else {}
        if answer and ACL.document == manifest.kind and ACL.reading:
            read = reader.call(ACL.service, ACL.reading.operation, {"ResourceArn": answer["Arn"]})
            found[ACL.section] = ACL.from_api(read.get(ACL.reading.result) or {}).get("WebACLArn", "")
    except CloudError as error:
        return {}, [Notice(f"The live pool could not be read, so its web ACL and its id are not known: {error.code}.")]
    return found, ()


def _facts(
    runtime: Runtime, manifest: Manifest, own: Mapping[str, Any], lookup: Lookup
) -> tuple[dict[str, Any], list[Notice]]:
    """Return what rules ask of the live pool itself; what could not be read is not judged."""
    from reconciler.kinds import root_of
    from reconciler.observing import pool_facts
    from reconciler.planning.states import new_state

    pool, reader = own.get("pool_id", ""), runtime.reader(manifest)
    ids = {root_of(manifest.kind).id_param: pool}
    asks_dns = not runtime.local and not is_emulator(runtime.options.endpoint_url)
    readings: dict[str, Callable[[], Any]] = {
        pool_facts.SECRETS: lambda: pool_facts.secrets_of(reader, manifest.specs, ids) if pool else {}
    }
    if asks_dns:
        readings[pool_facts.NAMES] = lambda: pool_facts.names_of(reader, new_state(manifest), lookup)
    found: dict[str, Any] = {}
    notices = []
    for name, read in readings.items() if pool_facts.is_asked_of(manifest.kind) else ():
        try:
            found[name] = read()
        except CloudError as error:
            what = name.replace("_", " ")
            why = error.missing.strip() or error.code
            notices.append(Notice(f"The {what} of the live pool could not be read, so they are not judged: {why}."))
    return found, notices


def exit_code(found: LintResult) -> ExitCode:
    """Return the exit code of a run: findings are what `drift` and `diff` call differences."""
    return ExitCode.CHANGES if found.failed else ExitCode.OK


def check(options: Options) -> None:
    """Check the options before anything is read.

    Raises:
        InvalidInput: A severity or a profile is unknown.
    """
    _risk(options.severity)
    if options.fail_level != NEVER:
        _risk(options.fail_level, "--fail-on", NEVER)
    _profile(options)


def _risk(text: str, flag: str = "--severity", *others: str) -> Risk:
    found = next((risk for risk in RISKS if risk == text), None)
    if found is None:
        known = (*RISKS, *others)
        raise invalid(sentences(f"{flag}: {text} is not one of {', '.join(known)}.", suggest(text, known)))
    return found


def _profile(options: Options) -> Profile | None:
    text = options.pool_profile
    found = next((profile for profile in PROFILES if profile == text), None)
    if text and found is None:
        message = f"--pool-profile: {text} is not one of {', '.join(PROFILES)}."
        raise invalid(sentences(message, suggest(text, PROFILES)))
    return found
