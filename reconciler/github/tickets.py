"""The text of an issue about a pool, what weakens first.

Values were redacted in the report; here they are escaped as markup.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from reconciler.errors import is_denied
from reconciler.github import marker
from reconciler.github.pool_reports import Pool
from reconciler.model import RISKS, Tree
from reconciler.render import alarms
from reconciler.render.json_parts import alarming
from reconciler.render.markdown import code, text
from reconciler.render.tally import plural
from reconciler.values.shortening import around

POOL, IDS, NOTE = "poolctl drift", "poolctl drift-ids", "poolctl drift-note"
"""Kinds of markers: an issue's first line, its second line, and the first line of a comment."""

LONGEST = 65_000
"""Maximum length of a body, in characters; GitHub accepts 65,536."""

LONGEST_IDS = 40_000
"""Maximum length of the ids in the hidden line, in characters; longer lists are replaced by their digest."""

LONGEST_VALUE = 400
"""Maximum length of a value, in characters."""

MOST_NEW = 50
"""Maximum number of new entries listed individually."""

FOUND = {
    "changed": "differs from the manifest",
    "missing": "is declared, but does not exist",
    "unmanaged": "is live, but not declared by any manifest",
    "undeclared": "is not at the service's default, and is not declared",
}
"""Description of each class of drift."""


def title(pool: Pool) -> str:
    """Return the title of a new issue; people may change it later."""
    return f"Drift: {pool.key}"


def opening(pool: Pool) -> str:
    """Return the marker that identifies the issue of a pool."""
    return marker.render(POOL, pool=pool.key)


def pool_of(body: str | None) -> str:
    """Return the key of the pool that an issue is about; empty if it is not ours."""
    found = marker.read(body, POOL)
    return found[0].get("pool", "") if found else ""


def body(pool: Pool) -> str:
    """Return the text of the issue: hidden markers, counts, and as many details as fit."""
    head = "\n".join([opening(pool), marker.render(IDS, ids=_listed(pool.ids)), "", *_head(pool)])
    details = [*_details(pool)]
    room = LONGEST - len(head) - 200
    shown: list[str] = []
    for detail in details:
        room -= len(detail) + 1
        if room < 0:
            break
        shown.append(detail)
    if len(shown) == len(details):
        return "\n".join([head, *shown])
    total = plural(len(details), "entry", "entries")
    cut = f"**Truncated:** {len(shown)} of {total} shown. The report of the run has all of them.\n"
    return "\n".join([head, cut, *shown])


def _listed(ids: Sequence[str]) -> str:
    listed = ",".join(ids)
    return listed if len(listed) <= LONGEST_IDS else f"sha256:{hashlib.sha256(listed.encode()).hexdigest()}"


def _head(pool: Pool) -> Iterator[str]:
    classes = Counter(f["class"] for f in pool.findings)
    counted = [f"{n} {name}" for name, n in ((name, classes[name]) for name in FOUND) if n]
    parts = [f"{plural(len(pool.findings), 'finding')} ({', '.join(counted)})"] if pool.findings else []
    parts += [f"{plural(len(pool.refusals), 'refusal')}"] if pool.refusals else []
    parts += [f"{plural(len(pool.gaps), 'read')} failed"] if pool.gaps else []
    parts += [f"{plural(len(pool.expired), 'ignore rule')} expired"] if pool.expired else []
    where = ", ".join(_code(file) for file in pool.manifests if file)
    what = f"Pool {_code(pool.key)}, declared in {where}" if where else f"All pools in {_code(pool.key)}"
    yield f"{what}: **{', '.join(parts)}**.\n"
    weak = alarms.counted(effect.direction for f in pool.findings for effect in alarming(f))
    if weak:
        yield f"> [!CAUTION]\n> {weak}. It comes first, the worst before the rest.\n"
    if not pool.complete:
        yield "**Incomplete:** part could not be read or compared. For that part, no finding does not mean no drift.\n"
    if pool.noted:
        yield f"{plural(pool.noted, 'more finding')} {'does' if pool.noted == 1 else 'do'} not count.\n"
    yield "poolctl keeps this text up to date, and closes the issue when there is no drift left.\n"


def _details(pool: Pool) -> Iterator[str]:
    yield from map(_refusal, pool.refusals)
    yield from map(_gap, pool.gaps)
    yield from map(_finding, sorted(pool.findings, key=_urgency))
    yield from map(_expired, pool.expired)


def _urgency(entry: Tree) -> tuple[int, int]:
    """A key that sorts the worst entries first."""
    return min(map(alarms.badness, alarming(entry)), default=(len(RISKS), 0))


def _finding(found: Tree) -> str:
    who = [f"  - by {_who(found['attribution'])}"] if found["attribution"] else []
    lines = [f"- **{_word(found)}** {_name(found)} {FOUND.get(found['class'], '')}{_place(found['source'])}"]
    weak = alarming(found)
    if weak:
        lines += [*(f"  - {_line(' '.join(alarms.sentences(effect)))}" for effect in weak), *who]
    wanted, live = around(_spelled(found["wanted"]), _spelled(found["live"]), LONGEST_VALUE)
    if found["wanted"] is not None:
        lines.append(f"  - {'default' if found['class'] == 'undeclared' else 'manifest'}: {_value(wanted)}")
    if found["live"] is not None or found["class"] == "changed":
        lines.append(f"  - live: {_value(live)}")
    return "\n".join([*lines, *(() if weak else who), f"  - {_code(found['id'])}\n"])


def _word(found: Tree) -> str:
    """Return the class of a finding, with where it leads if that is what a reader must see."""
    weak = alarming(found)
    return f"{alarms.WORDS[weak[0].direction]}: {found['class']}" if weak else str(found["class"])


def _refusal(found: Tree) -> str:
    advice = f" {_line(str(found.get('advice', '')))}"
    said = f"- **refused** {_name(found)}: {_line(found['message'])}{advice.rstrip()}{_place(found.get('source'))}"
    return f"{said}\n  - {_code(found['id'])}\n"


def _gap(found: Tree) -> str:
    reason = (f"{_code(found['operation'])}: " if found["operation"] else "") + _line(found["reason"])
    denied = found.get("iam_action") and is_denied(found.get("code") or "")
    action = f" It needs the IAM action {_code(found['iam_action'])}." if denied else ""
    return f"- **not read** {_code(found['address'])}: {reason}.{action}\n  - {_code(found['id'])}\n"


def _expired(found: Tree) -> str:
    return f"- **expired** {_line(found['message'])}{_place(found['source'])}\n  - {_code(found['id'])}\n"


def _name(found: Tree) -> str:
    return _code(".".join(filter(None, [found["address"], found.get("path", "")])))


def _spelled(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _value(shown: str) -> str:
    """Return the text of a value, from shortly before the place where it differs; empty for nothing."""
    if not shown:
        return "(nothing)"
    more = f" … ({len(shown)} characters)" if len(shown) > LONGEST_VALUE else ""
    return _code(shown[:LONGEST_VALUE]) + more


def _who(who: Tree) -> str:
    how = "poolctl" if who["ours"] else "the console" if who["console"] else "the API"
    source = f" from {_code(who['source_address'])}" if who["source_address"] else ""
    event = f"{_code(who['event'])} through {how}{source} at {_line(who['time'])}"
    return f"{_code(who['principal'])}: {event} (event {_code(who['event_id'])})"


def _place(source: Tree | None) -> str:
    if not source:
        return ""
    place = f"{source['file']}:{source['line']}"
    return f" ({_code(place)})"


def _code(words: str) -> str:
    return code(_one_line(words))


def _line(words: str) -> str:
    return text(_one_line(words))


def _one_line(words: str) -> str:
    """Return a string without line breaks: a new line could start a list, a heading or a block."""
    return " ".join(words.split())


# --- comments ------------------------------------------------------------------------------------------------------


def news(pool: Pool, before: str | None) -> list[str] | None:
    """Return the ids that are new to an issue; None if there are new ones but too many to identify.

    Args:
        pool: The current reports.
        before: The body of the issue.
    """
    earlier = (marker.read(before, POOL, IDS) or [{}, {}])[1].get("ids", "")
    listed = _listed(pool.ids)
    if listed.startswith("sha256:") or earlier.startswith("sha256:"):
        return [] if listed == earlier else None
    known = set(earlier.split(","))
    return [i for i in pool.ids if i not in known]


def note(pool: Pool, new: Sequence[str] | None, run: str) -> str:
    """Return the comment about new entries.

    Args:
        pool: The current reports.
        new: Ids; None if unknown.
        run: Identifies this run.
    """
    head = marker.render(NOTE, run=run)
    if new is None:
        return f"{head}\nThe findings have changed; there are too many to list: {len(pool.ids)} in total."
    by = {entry["id"]: entry for entry in pool.entries}
    named = [_new(entry) for entry in sorted((by[i] for i in new), key=_urgency)[:MOST_NEW]]
    more = [f"- … and {len(new) - MOST_NEW} more."] if len(new) > MOST_NEW else []
    return "\n".join([head, f"{len(new)} new since the last run:\n", *named, *more])


def _new(entry: Tree) -> str:
    other = "not read" if "operation" in entry else "refused" if "address" in entry else "expired"
    kind = _word(entry) if "class" in entry else other
    about = _name(entry) if "address" in entry else _line(entry["message"])
    by = f" by {_who(entry['attribution'])}" if alarming(entry) and entry["attribution"] else ""
    return f"- {_code(entry['id'])} **{kind}** {about}{by}"


def farewell(run: str) -> str:
    """Return the comment that closes an issue."""
    return f"{marker.render(NOTE, run=run)}\nNo drift: everything was read, and nothing differs."


def second(number: int, run: str) -> str:
    """Return the comment that closes a duplicate issue."""
    return f"{marker.render(NOTE, run=run)}\nDuplicate: the pool already has issue #{number}."
