"""Services that do not answer are left alone for a while: a run reads hundreds of objects, each of which would wait."""

from __future__ import annotations

from reconciler.cloud.port import Clock
from reconciler.errors import NoAnswer

PAUSE = 60.0
"""Seconds for which a service that did not answer is not asked again."""


class Silence:
    """What is known of each service of an account and Region."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heard: dict[str, float] = {}
        self._silent: dict[str, tuple[float, str]] = {}

    def heard(self, service: str) -> None:
        """Take note that a service answered, whatever it said."""
        self._heard[service] = self._clock()
        self._silent.pop(service, None)

    def fell(self, service: str, since: float, what: str) -> None:
        """Take note that a call was given up, unless others were answered meanwhile.

        Args:
            service: The service.
            since: When the call began.
            what: What happened, to follow `not asked: `.
        """
        if self._heard.get(service, since) <= since:
            self._silent[service] = (self._clock(), what)

    def require_voice(self, service: str, operation: str) -> None:
        """Require that a service did not just leave a call without an answer.

        Raises:
            NoAnswer: It did.
        """
        when, what = self._silent.get(service, (0.0, ""))
        if what and self._clock() - when < PAUSE:
            raise NoAnswer(f"{service}:{operation}", "NotAsked", f"not asked: {what}")
