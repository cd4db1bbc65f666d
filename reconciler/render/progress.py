"""Events of an apply → lines for people, in Terraform's words, because users know them."""

from __future__ import annotations

from reconciler.errors import printable
from reconciler.model import Action, Address, OutputDone, Waiting
from reconciler.render.shown import ShownEvent, ShownStep
from reconciler.render.tally import plural

WORDS = {
    Action.CREATE: ("Creating", "Creation complete", "creating"),
    Action.UPDATE: ("Updating", "Update complete", "updating"),
    Action.DELETE: ("Destroying", "Destruction complete", "destroying"),
    Action.REPLACE: ("Replacing", "Replacement complete", "replacing"),
    Action.NONE: ("Checking", "Check complete", "checking"),
}
"""For each action: the words for its start, its end and its progress."""

MINUTES, TENS = 600, 15
"""Seconds from which an estimate is given in minutes, and in tens of seconds."""


class Progress:
    """Turns events into lines. It remembers the started actions, because `Waiting` does not hold its action.

    Args of the constructor:
        pools: Whether addresses carry the pool's name, as they must when a run covers several.
    """

    def __init__(self, *, pools: bool = False) -> None:
        self._pools = pools
        self._started: dict[Address, Action] = {}

    def line(self, event: ShownEvent) -> str:
        """Return the line for an event, or an empty text for an event that is not shown."""
        if isinstance(event, Waiting):
            doing = WORDS[self._started.get(event.address, Action.NONE)][2]
            return f"{self._name(event.address)}: Still {doing}… [{clock(event.seconds)} elapsed]"
        if isinstance(event, OutputDone):
            return self._output(event)
        if not isinstance(event, ShownStep):
            return ""
        if event.status == "started":
            self._started[event.change.address] = event.change.action
        return f"{self._name(event.change.address)}: {_spelled(event)}"

    def _output(self, done: OutputDone) -> str:
        name = self._name(done.output.address)
        if not done.error:
            return f"{name}: Written ({printable(f'{done.output.format} of {done.output.about}')})"
        return f"{name}: {'Failed' if done.started else 'Not written'}: {printable(done.error)}"

    def _name(self, address: Address) -> str:
        return printable(address.full if self._pools else str(address))


def _spelled(step: ShownStep) -> str:
    beginning, over, _ = WORDS[step.change.action]
    match step.status:
        case "started":
            return f"{beginning}…"
        case "done":
            shown = f" [id={printable(step.id)}]" if step.id else ""
            return f"{over} after {duration(step.seconds)}{shown}"
        case "failed":
            after = f" after {calls(step.written)}" if step.written else ""
            return f"Failed{after}: {printable(step.error)}"
        case _:
            return f"Not started ({printable(step.error)})"


def going(doing: str, done: int, total: int, noun: str, *, calls: int, seconds: float) -> str:
    """Say how far a run is: `Reading: 34 of 100 pools, 14.2 calls/s, about 80 s left`.

    Args:
        doing: What it does.
        done: How much is done.
        total: How much there is.
        noun: What it is, in the singular.
        calls: Requests that were sent.
        seconds: Since it began.
    """
    words = [f"{doing}: {done} of {plural(total, noun)}", f"{calls / seconds:.1f} calls/s"]
    if 0 < done < total:
        words.append(f"about {_left(seconds * (total - done) / done)} left")
    return ", ".join(words)


def _left(seconds: float) -> str:
    """Spell an estimate, no more exactly than it is known."""
    if seconds >= MINUTES:
        return f"{seconds / 60:.0f} min"
    if seconds >= TENS:
        return f"{round(seconds, -1):.0f} s"
    return f"{max(1, round(seconds))} s"


def calls(number: int) -> str:
    """Return the number of successful calls before a failure, in words."""
    return f"{number} successful call{'' if number == 1 else 's'}"


def clock(seconds: float) -> str:
    """Spell an elapsed time: `00m10s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02d}m{rest:02d}s"


def duration(seconds: float) -> str:
    """Spell a total time: `3s`, `1m10s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest}s" if minutes else f"{rest}s"
