"""Recoveries of users, for people: the preview reads like a plan."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.errors import printable
from reconciler.kinds.user_recovery import STUCK_IN, spelled
from reconciler.procedures.recovery import EntityPreview, UserRecovery
from reconciler.render.human.pen import BOLD, DANGER, GREEN, RED, YELLOW, Pen
from reconciler.render.human.plan_text import plan as plan_text
from reconciler.render.subjects import USUAL, RecoveryReport, RenderOptions

TITLE = "Entity"
HEADS = (("create", GREEN), ("update", YELLOW), ("delete", RED))
"""Columns of a preview, and their colours."""


def recover(found: RecoveryReport, options: RenderOptions = USUAL) -> str:
    """Return the text of recoveries."""
    pen = Pen(color=options.color)
    target = found.target
    place = f"Pool {target.pool_name} ({target.pool_id}, account {target.account}, {target.region})"
    parts = [pen.paint(BOLD, printable(place)) + "\n"]
    parts += [_listed(found) if found.listed else "\n".join(_one(r, pen) for r in found.recoveries)]
    parts += ["".join(f"{printable(notice)}\n" for notice in found.notices)]
    if found.configuration is not None:
        head = "The configuration, which Cognito does not restore:\n\n"
        parts.append(head + plan_text(found.configuration, options))
    parts.append("".join(["Next:\n", *(f"  {printable(n)}\n" for n in found.next)]) if found.next else "")
    return "\n".join(part for part in parts if part)


def _listed(found: RecoveryReport) -> str:
    if not found.recoveries:
        return "There are no recoveries.\n"
    rows = [(r.id, spelled(r.point) if r.point else "", r.status) for r in found.recoveries]
    width = max(len(status) for *_, status in rows)
    lines = [
        f"  {rid}  to {to:<20}  {status:<{width}}  {r.meaning}".rstrip()
        for (rid, to, status), r in zip(rows, found.recoveries, strict=True)
    ]
    return "".join(f"{printable(line)}\n" for line in lines)


def _one(found: UserRecovery, pen: Pen) -> str:
    to = f" to {spelled(found.point)}" if found.point else ""
    status = pen.paint(DANGER if found.status in STUCK_IN else BOLD, printable(found.status))
    head = f"{printable(f'Recovery {found.id}{to}')}: {status}\n{printable(found.meaning)}\n"
    return head if found.preview is None else f"{head}\n{''.join(_preview(found.preview, pen))}"


def _preview(found: tuple[EntityPreview, ...], pen: Pen) -> Iterator[str]:
    """Yield the lines of a preview, and their sum as in a plan."""
    width = max([len(e.entity) for e in found] + [len(TITLE)])
    yield f"  {TITLE:<{width}}  " + "  ".join(f"{name:>9}" for name, _ in HEADS) + "\n"
    for one in found:
        cells = ((f"{count:>9}", color) for count, (_, color) in zip(one[1:], HEADS, strict=True))
        yield f"  {printable(one.entity):<{width}}  "
        yield "  ".join(pen.paint(color, cell) if cell.strip() != "0" else cell for cell, color in cells) + "\n"
    create, update = sum(e.create for e in found), sum(e.update for e in found)
    delete = sum(e.delete for e in found)
    yield f"\n{pen.paint(BOLD, 'Recovery:')} {create} to create, {update} to update, {delete} to delete.\n"
