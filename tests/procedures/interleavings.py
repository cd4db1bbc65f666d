"""Every order in which the calls of several runs may come, tried on a model of the two services.

A run depends on nothing but the answers it got, so what it asks for next is computed once for each of its histories.
Two orders that lead to the same services and the same histories are one state, and are followed once.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from reconciler.errors import PoolctlError, Refused
from reconciler.procedures import url_records
from reconciler.procedures.shared_urls import SharedUrls
from reconciler.procedures.url_lists import UrlClient
from reconciler.procedures.url_records import CALLBACKS, LOGOUTS, UrlRecord
from reconciler.procedures.url_steps import UrlCall, UrlPause

NOW = 1_800_000_000.0
CLIENT = UrlClient({"UserPoolId": "eu-west-1_a", "ClientId": "c"}, "clients/web")
PAGE = 10


class Services(NamedTuple):
    """The parameters and the client at one moment."""

    parameters: frozenset[tuple[str, str]] = frozenset()
    callbacks: frozenset[str] = frozenset()
    logouts: frozenset[str] = frozenset()
    writes: int = 0


def answered(services: Services, call: UrlCall) -> tuple[Any, Services]:
    """Answer a call as the services do: an update replaces the lists, whatever was there."""
    params = call.params
    match call.operation:
        case "GetParametersByPath":
            rest = sorted(p for p in services.parameters if p[0] > params.get("NextToken", ""))
            page = [{"Name": name, "Value": value} for name, value in rest[:PAGE]]
            more = {"NextToken": page[-1]["Name"]} if len(rest) > PAGE else {}
            return {"Parameters": page, **more}, services
        case "PutParameter":
            return {}, services._replace(parameters=services.parameters | {(params["Name"], params["Value"])})
        case "DeleteParameters":
            left = frozenset(p for p in services.parameters if p[0] not in params["Names"])
            return {}, services._replace(parameters=left)
        case "DescribeUserPoolClient":
            lists = {CALLBACKS: sorted(services.callbacks), LOGOUTS: sorted(services.logouts)}
            return {"UserPoolClient": {"ClientName": "web", **{k: v for k, v in lists.items() if v}}}, services
        case "UpdateUserPoolClient":
            lists = (frozenset(params.get(member, ())) for member in (CALLBACKS, LOGOUTS))
            callbacks, logouts = lists
            assert len(callbacks) <= 100
            return {}, services._replace(callbacks=callbacks, logouts=logouts, writes=services.writes + 1)
    raise AssertionError(call)


class Ended(NamedTuple):
    """A run that has ended."""

    refused: str = ""


Begin = Callable[[SharedUrls], Iterator[Any]]
"""What a run does: `lambda urls: urls.add([...], ...)`."""


class Runner:
    """One of the runs."""

    def __init__(self, begin: Begin, name: str, client: UrlClient = CLIENT) -> None:
        self._begin, self._name, self._client = begin, name, client
        self._next: dict[tuple[str, ...], UrlCall | Ended] = {}

    def step(self, history: tuple[str, ...]) -> UrlCall | Ended:
        """Return what the run asks for after these answers."""
        if history not in self._next:
            self._next[history] = self._replayed(history)
        return self._next[history]

    def begun(self) -> Iterator[Any]:
        numbers = iter(range(10**6))
        urls = SharedUrls(
            self._client, now=lambda: NOW, nonce=lambda: f"{self._name}{next(numbers)}", jitter=lambda: 0.0
        )
        return self._begin(urls)

    def _replayed(self, history: tuple[str, ...]) -> UrlCall | Ended:
        steps: Any = self.begun()
        try:
            step = next(steps)
            for text in history:
                while isinstance(step, UrlPause):
                    step = steps.send({})
                step = steps.send(json.loads(text))
            while isinstance(step, UrlPause):
                step = steps.send({})
        except StopIteration:
            return Ended()
        except Refused as error:
            return Ended(str(error))
        return step


State = tuple[Services, tuple[tuple[str, ...] | None, ...]]
"""The services, and for each run its history; None for one that was killed."""


def explored(services: Services, runners: Sequence[Runner], *, kills: int = 0, most: int = 10**6) -> list[State]:
    """Return every state in which all runs have ended.

    Args:
        services: What is there at first.
        runners: The runs.
        kills: How many of them may be killed, at any moment.
        most: How many states are followed at most.
    """
    seen: set[State] = set()
    ends: list[State] = []
    waiting: list[State] = [(services, tuple(() for _ in runners))]
    while waiting and len(seen) < most:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        following = list(_following(state, runners, kills))
        waiting += following
        if not following:
            ends.append(state)
    return ends


def _following(state: State, runners: Sequence[Runner], kills: int) -> Iterator[State]:
    services, histories = state
    for i, history in enumerate(histories):
        if history is None:
            continue
        step = runners[i].step(history)
        if isinstance(step, Ended):
            continue
        answer, after = answered(services, step)
        longer = (*history, json.dumps(answer, sort_keys=True))
        yield after, (*histories[:i], longer, *histories[i + 1 :])
        if sum(h is None for h in histories) < kills:
            yield services, (*histories[:i], None, *histories[i + 1 :])


def at_random(
    services: Services, runners: Sequence[Runner], seed: int, *, kill: float = 0.0, refused: bool = False
) -> Services:
    """Carry out runs in a random order of their calls, and kill some of them on the way."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    under_way: list[tuple[Any, Any]] = []
    for runner in runners:
        steps: Any = runner.begun()
        under_way.append((steps, next(steps)))
    while under_way:
        i = draw.randrange(len(under_way))
        steps, step = under_way.pop(i)
        if draw.random() < kill:
            continue
        answer: Any = {}
        if isinstance(step, UrlCall):
            answer, services = answered(services, step)
        try:
            under_way.append((steps, steps.send(answer)))
        except StopIteration:
            pass
        except PoolctlError as error:
            if not (refused and isinstance(error, Refused)):
                raise AssertionError(error) from error
    return services


def alone(services: Services, begin: Begin, name: str = "last") -> Services:
    """Carry out one run after all others."""
    return at_random(services, [Runner(begin, name)], 0)


def parameter(member: str, url: str, name: str, **more: Any) -> tuple[str, str]:
    """Return a record that was made before."""
    found = UrlRecord(url_records.name_of(CLIENT.path, member, url, name), member, url, NOW - 60, **more)
    return found.name, url_records.written(found)
