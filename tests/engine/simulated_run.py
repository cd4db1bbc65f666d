"""Whole runs by a virtual clock: stages of poolctl, the embedded Cognito behind, and quotas as the service has them.

Nothing but calls and waits takes time, so what a run takes is a number that a test can compare with the least that the
quotas allow.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from reconciler.cloud.aws import Access, Aws
from reconciler.cloud.quotas import SERVICES
from reconciler.kinds import KINDS
from reconciler.kinds.expected import expected_answers
from reconciler.local import LocalCognito
from reconciler.model import Tree
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options
from reconciler.terminal.side_by_side import THREADS
from tests.cloud.simulated_service import Measure, SimulatedService
from tests.cloud.virtual_time import VirtualThreads, VirtualTime

LATENCY = 0.1
"""Seconds that a call takes."""


class SimulatedAws(Aws):
    """The adapter, with a network and a service in the place of the embedded Cognito's own speed."""

    def __init__(self, *args: Any, service: SimulatedService, time: VirtualTime, **options: Any) -> None:
        super().__init__(*args, **options)
        self._simulated, self._time = service, time

    def _once(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self._time.sleep(LATENCY / 2)
        pool = str(params.get("UserPoolId", ""))
        accepted = service not in SERVICES or self._simulated.accepts(operation, pool, service)
        answer = super()._once(service, operation, params) if accepted else {}
        self._time.sleep(LATENCY / 2)
        if not accepted:
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Rate exceeded"}}, operation)
        return answer


@dataclass
class SimulatedRuntime(Runtime):
    """A run whose calls go to a simulated service, with the quotas of the real one."""

    service: Any = None
    time: Any = None

    def _connect(self, region: str) -> Aws:
        return SimulatedAws(
            Access(region=region),
            expected=expected_answers(KINDS.values()),
            clock=self.clock,
            sleep=self.sleep,
            meter=self.meter,
            quotas=self._quotas,
            stopped=self.stopped,
            service=self.service,
            time=self.time,
        )


class World:
    """The embedded Cognito, and runs on it.

    Args of the constructor:
        local: The embedded Cognito.
        measure: How the service counts.
    """

    def __init__(self, local: LocalCognito, measure: Measure) -> None:
        self.local = local
        self._measure = measure
        self.console = Console(io.StringIO(), io.StringIO(), io.StringIO())

    def run(self, options: Options, work: Callable[[SimulatedRuntime], Any]) -> tuple[SimulatedService, float, Any]:
        """Do something in a run of its own; return the service, the seconds, and the result."""
        time = VirtualTime()
        service = SimulatedService(time.clock, self._measure)
        token = THREADS.set(VirtualThreads(time))
        try:
            runtime = SimulatedRuntime(options, {}, time.clock, time.sleep, service=service, time=time)
            found = work(runtime)
        finally:
            THREADS.reset(token)
        return service, time.now, found


@contextmanager
def world(measure: Measure = "bucket") -> Iterator[World]:
    with LocalCognito() as local:
        yield World(local, measure)


def options(command: str, files: Sequence[str], **more: Any) -> Options:
    return Options(command, tuple(files), region="eu-west-1", yes=True, **more)
