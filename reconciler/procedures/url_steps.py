"""What a run on shared URLs asks for, and who answers it.

A run is a generator that yields calls and pauses and gets the answers, so that tests can try every order in which the
calls of several runs may come.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import NamedTuple, TypeAlias, TypeVar

from reconciler.cloud.port import Cloud, Sleep
from reconciler.errors import CloudError
from reconciler.model import Tree

T = TypeVar("T")


class UrlCall(NamedTuple):
    """A call that a run asks for."""

    service: str
    operation: str
    params: Tree


class UrlPause(NamedTuple):
    """A pause that a run asks for."""

    seconds: float


UrlSteps: TypeAlias = Generator[UrlCall | UrlPause, Tree, T]
"""A run; a pause is answered with nothing."""


def carry_out(steps: UrlSteps[None], cloud: Cloud, sleep: Sleep, stop: Callable[[], bool]) -> bool:
    """Carry out a run, and return whether it came to its end.

    Args:
        steps: The run.
        cloud: Allows its calls.
        sleep: Waits for a number of seconds.
        stop: Returns whether a signal came; the call under way is finished then.

    Raises:
        PoolctlError: A call failed, or the run is refused.
    """
    try:
        step = next(steps)
        while not stop():
            step = _answered(steps, step, cloud, sleep)
    except StopIteration:
        return True
    steps.close()
    return False


def _answered(steps: UrlSteps[T], step: UrlCall | UrlPause, cloud: Cloud, sleep: Sleep) -> UrlCall | UrlPause:
    """Give a run what it asked for, and return what it asks for next."""
    if isinstance(step, UrlPause):
        sleep(step.seconds)
        return steps.send({})
    try:
        answer = cloud.call(*step)
    except CloudError as error:
        return steps.throw(error)
    return steps.send(answer)
