"""The steps of `urls`: what is asked for, which client is meant, and how it ends when something fails."""

from __future__ import annotations

import secrets
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from reconciler.errors import CloudError, InvalidInput, Partial, PoolctlError, Refused, flow, printable
from reconciler.kinds.client import KIND as CLIENT
from reconciler.kinds.client_rules import redirect_problem
from reconciler.procedures import shared_urls
from reconciler.procedures.shared_urls import SharedUrls, UrlReport
from reconciler.procedures.url_lists import UrlClient
from reconciler.procedures.url_records import CALLBACKS, LISTS, LOGOUTS, UrlList
from reconciler.procedures.url_steps import UrlSteps, carry_out
from reconciler.render.url_types import UrlsResult
from reconciler.runs.described_pool import DescribedPool, client_of_pool, pool_of
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options, duration
from reconciler.terminal.settings import invalid
from reconciler.terminal.suggestions import sentences, suggest
from schemas import sure
from schemas.base import INCLUDE
from schemas.client import Client
from schemas.records import record

if TYPE_CHECKING:
    from reconciler.manifests.manifest import Manifest
    from reconciler.terminal.signals import Stop

UrlsAction: TypeAlias = Literal["add", "remove", "list", "sweep"]

ADD: Final = "add"
REMOVE: Final = "remove"
LIST: Final = "list"
SWEEP: Final = "sweep"

ACTIONS: Mapping[UrlsAction, bool] = {ADD: True, REMOVE: True, LIST: False, SWEEP: False}
"""The actions, and whether each takes URLs."""


@record(frozen=True)
class UrlsRequest:
    """What the command line asks for."""

    action: UrlsAction
    """What to do."""
    operand: str
    """The pool, as the user wrote it."""
    client: str
    """The client, as the user wrote it."""
    urls: tuple[str, ...]
    """The URLs, each once."""
    member: UrlList
    """The list."""
    until: float | None
    """When the URLs expire, in seconds since 1970; None for never."""


# --- what is asked for ---------------------------------------------------------------------------------------------


def request(options: Options, now: float) -> UrlsRequest:
    """Return what the command line asks for.

    Args:
        options: The command line.
        now: The time, in seconds since 1970.

    Raises:
        InvalidInput: An action, operand or URL is wrong; AWS was not contacted.
    """
    said, *operands = options.paths or ("",)
    action = next((one for one in ACTIONS if one == said), None)
    if action is None:
        known = ", ".join(ACTIONS)
        raise invalid(sentences(f"urls: {flow(said)} is not one of {known}.", suggest(said, ACTIONS)))
    with_urls = ACTIONS[action]
    pool, client, *found = (*operands, "", "")[: max(2, len(operands))]
    if not client or bool(found) != with_urls:
        raise invalid(f"urls {action} takes POOL CLIENT{' URL...' if with_urls else ''}. Run `poolctl urls --help`.")
    _check_options(action, options)
    urls = tuple(dict.fromkeys(found))
    _check_urls(urls)
    until = until_of(options.url.until, now) if options.url.until else None
    return UrlsRequest(action, pool, client, urls, LOGOUTS if options.url.signs_out else CALLBACKS, until)


def _check_options(action: UrlsAction, options: Options) -> None:
    takes = {
        "--until": (bool(options.url.until), (ADD,)),
        "--logout": (options.url.signs_out, (ADD, REMOVE)),
        "--force": (options.force, (REMOVE,)),
        "--dry-run": (options.dry_run, (ADD, REMOVE, SWEEP)),
    }
    for name, (said, actions) in takes.items():
        if said and action not in actions:
            raise invalid(f"urls {action} does not take {name}: it is for {' and '.join(actions)}. Remove it.")


def _check_urls(urls: tuple[str, ...]) -> None:
    """Check URLs as a manifest would be checked.

    Raises:
        InvalidInput: Cognito would refuse one of them.
    """
    wrong = [f"{flow(url)}: {said}" for url in urls if (said := _url_problem(url))]
    if wrong:
        raise InvalidInput("\n".join(printable(line) for line in wrong))


def _url_problem(url: str) -> str:
    if sure.valid(Client, {CALLBACKS: [url]}) is None and not _fits(url):
        return "a URL has 1 to 1,024 visible characters and no space."
    return redirect_problem(url)


def _fits(url: str) -> bool:
    from pydantic import ValidationError

    from schemas import checked

    try:
        checked.declared(Client, {CALLBACKS: [url]})
    except ValidationError:
        return False
    return True


def until_of(text: str, now: float) -> float:
    """Return when URLs expire, in seconds since 1970.

    Args:
        text: A date, of which the whole day counts (UTC), a time with its zone, or a duration such as 14d.
        now: The time, in seconds since 1970.

    Raises:
        InvalidInput: It is none of these, or has passed.
    """
    found = _moment(text)
    if found is None:
        try:
            return now + duration("--until")(text)
        except InvalidInput:
            raise invalid(
                f"--until: {flow(text)} is not a time. Write a date like 2027-01-31, a time like "
                "2027-01-31T18:00:00Z, or 14d."
            ) from None
    if found <= now:
        raise invalid(f"--until: {text} has passed.")
    return found


def _moment(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) == len("2027-01-31"):
        return (found.replace(tzinfo=UTC) + timedelta(days=1)).timestamp()
    return found.timestamp() if found.tzinfo else None


# --- carrying it out -----------------------------------------------------------------------------------------------


def outcome(runtime: Runtime, console: Console, asked: UrlsRequest, stop: Stop) -> UrlsResult | None:
    """Find the client, and do what is asked for; None if a signal ended the run.

    Raises:
        Refused: There is no such client, or something is refused.
        Partial: Something failed after a write.
        CloudError: A call failed.
    """
    if runtime.local:
        runtime.local.keep_parameters()
    pool = pool_of(runtime, console, asked.operand)
    with _located(pool, asked, UrlReport()):
        key, ids = client_of_pool(pool, asked.client)
    shown = printable(f"Client {key} of {pool.where}")
    client = UrlClient({k: str(v) for k, v in ids.items()}, shown, _declared(pool.manifest, key))
    _warn(console, pool.manifest, key, asked)
    dry = runtime.options.dry_run or asked.action == LIST
    cloud = runtime.only(shared_urls.READS if dry else shared_urls.CALLS, pool.region)
    run = SharedUrls(client, now=runtime.now, nonce=_nonce, jitter=_jitter, dry=dry)
    with _located(pool, asked, run.report):
        finished = carry_out(_steps(run, asked, runtime.options), cloud, runtime.sleep, stop)
    if not finished:
        return None
    client_id = client.ids[CLIENT.id_param]
    return UrlsResult(pool.id, client_id, shown, asked.action, runtime.options.dry_run, run.report)


def _steps(run: SharedUrls, asked: UrlsRequest, options: Options) -> UrlSteps[None]:
    if asked.action == ADD:
        return run.add(asked.urls, asked.member, asked.until)
    if asked.action == REMOVE:
        return run.remove(asked.urls, asked.member, force=options.force)
    return run.look() if asked.action == LIST else run.sweep()


def interrupted(console: Console, asked: UrlsRequest, stop: Stop) -> int:
    """Say how a run goes on that a signal has ended, and return the exit code."""
    console.err(f"Interrupted. What is recorded is completed by the next run: {_again(asked)}")
    return stop.exit_code


FINE = 1 << 16
"""How many different pauses there are."""


def _nonce() -> str:
    return secrets.token_hex(8)


def _jitter() -> float:
    return secrets.randbelow(FINE) / FINE


def _declared(manifest: Manifest | None, key: str) -> Mapping[str, frozenset[str]]:
    """Return the URLs that a manifest declares of a client, by list."""
    spec = manifest.spec(CLIENT.section, key) if manifest else None
    found = {member: spec.declared.get(member) for member in LISTS} if spec else {}
    items = {m: value.get(INCLUDE) if isinstance(value, dict) else value for m, value in found.items()}
    return {m: frozenset(u for u in i if isinstance(u, str)) for m, i in items.items() if isinstance(i, list)}


def _warn(console: Console, manifest: Manifest | None, key: str, asked: UrlsRequest) -> None:
    """Warn of a manifest that would remove what is added."""
    spec = manifest.spec(CLIENT.section, key) if manifest else None
    if spec and asked.action == ADD and isinstance(spec.declared.get(asked.member), list):
        console.err(
            f"Warning: {spec.position((asked.member,))} clients.{key}.{asked.member} is declared as a whole list, so "
            f"the next apply removes what `urls add` adds. Declare it as {{{INCLUDE}: [...]}}."
        )


def _again(asked: UrlsRequest) -> str:
    return printable(f"poolctl urls {SWEEP} {shlex.quote(asked.operand)} {shlex.quote(asked.client)}")


@contextmanager
def _located(pool: DescribedPool, asked: UrlsRequest, report: UrlReport) -> Iterator[None]:
    """While it is open, an error names pool and operation, and is a partial run once something was written.

    Raises:
        PoolctlError: An error, with that.
    """
    try:
        yield
    except (Refused, Partial):
        raise
    except PoolctlError as error:
        named = error.located(pool.where, f"urls {asked.action}") if isinstance(error, CloudError) else error
        if not report.wrote:
            raise named from None
        raise Partial(f"{named}\nWhat is recorded is completed by the next run: {_again(asked)}") from None
