"""Conversions of other tools' definitions, for people: what must be settled first, and the hand-over last."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import printable
from reconciler.render.human.pen import BOLD, DANGER, Pen
from reconciler.render.subjects import USUAL, ImportedDocument, ImportReport, NeededSecret, RenderOptions
from reconciler.render.unread import unread

OFFLINE = "The values are those of the definition, which may be older than the pools. The plan shows what differs.\n"
"""What is said of a conversion without AWS."""

ALARMING = "alarming"
"""Category of what must not be overlooked."""


def imported(found: ImportReport, options: RenderOptions = USUAL) -> str:
    """Return the text of a conversion."""
    pen = Pen(color=options.color)
    parts = ["".join(_document(one, pen)) for one in found.documents]
    parts += [OFFLINE] if found.documents and not found.live else []
    parts += ["".join(_failures(found, pen)), *_unmapped(found, pen), "".join(_hand_over(found, pen))]
    return "\n".join(part for part in parts if part)


def _document(one: ImportedDocument, pen: Pen) -> Iterator[str]:
    place = ", ".join(part for part in (one.id, one.account and f"account {one.account}", one.region) if part)
    yield pen.paint(BOLD, printable(f"{one.file}: {one.name} ({place})")) + "\n"
    width = max((len(o.address) for o in one.objects), default=0)
    for item in one.objects:
        yield printable(f"  {item.address:<{width}}  from {item.source}") + "\n"
    for secret in one.secrets:
        yield _needed(secret)
    for overlay in one.overlays:
        yield printable(f"  {overlay.file} where {overlay.condition} is otherwise: --env {overlay.environment}") + "\n"
        yield from (f"  {_needed(secret)}" for secret in overlay.secrets)
    for notice in one.notices:
        yield f"  {printable(notice)}\n"
    for gap in one.gaps:
        yield f"  Missing: {printable(unread(gap))}\n"


def _needed(secret: NeededSecret) -> str:
    never = "" if secret.shown else " (Cognito never returns it: get it from its source)"
    return printable(f"  needs {secret.reference} for {secret.member}{never}") + "\n"


def _failures(found: ImportReport, pen: Pen) -> Iterator[str]:
    if found.failures:
        yield pen.paint(DANGER, "Not converted:") + "\n"
    for identifier, reason in found.failures:
        yield "".join(f"  {printable(line)}\n" for line in f"{identifier}: {reason}".splitlines())


def _unmapped(found: ImportReport, pen: Pen) -> Iterator[str]:
    """Yield a block for each kind of leftover; the reasons that several have are said once."""
    order = list(type(found.unmapped[0].why)) if found.unmapped else []
    for why in (one for one in order if any(u.why is one for u in found.unmapped)):
        group = [u for u in found.unmapped if u.why is why]
        head = pen.paint(DANGER if group[0].category == ALARMING else BOLD, f"{why.value}:")
        lines = [f"{head}\n"]
        for reason in dict.fromkeys(u.reason for u in group):
            same = [u.source for u in group if u.reason == reason]
            if len(same) == 1:
                lines.append(f"  {printable(f'{same[0]} {reason}')}\n")
            else:
                lines.append(f"  Each {printable(reason)}\n")
                lines += [f"    {printable(source)}\n" for source in same]
        yield "".join(lines)


def _hand_over(found: ImportReport, pen: Pen) -> Iterator[str]:
    if not found.documents:
        return
    yield pen.paint(BOLD, printable(f"To hand over from {found.hand_over.tool}:")) + "\n"
    for number, step in enumerate(found.hand_over.steps, 1):
        yield f"\n  {number}. {printable(step.text)}\n"
        if step.code:
            yield "\n" + "".join(f"     {printable(line)}".rstrip() + "\n" for line in step.code.splitlines())
