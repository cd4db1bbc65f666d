"""Reports as SARIF 2.1.0, for code scanning: problems beside the line of the manifest.

Code scanning follows an alert over time by its fingerprint. Ours are made from paths and rules and never from values,
so a finding whose value changes stays the same alert, and no value can be guessed from one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from reconciler import __version__, kinds
from reconciler.kinds.kind import Rule
from reconciler.model import Risk, row_words
from reconciler.render import explain_words
from reconciler.render.alarms import SECURITY, Alarm
from reconciler.render.json_parts import effect_entry
from reconciler.render.places import Locate, uri
from reconciler.render.report import MAY_WEAKEN, WEAKENS, Report, Row, Suite, renderers
from reconciler.render.subjects import USUAL, RenderOptions
from reconciler.render.weaknesses import SCORES
from reconciler.security import catalogue
from reconciler.security.changes import CHANGES

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
"""Named in every result, so that editors can check it."""

FINGERPRINT = "poolctl/v1"
"""Version of the fingerprint algorithm; a change needs a new name."""


class SarifRule(NamedTuple):
    """What a rule is about."""

    name: str
    """In CamelCase, as SARIF wants it."""
    short: str
    """One sentence."""
    help: str
    """What to do."""


UNKNOWN = SarifRule(
    "UnknownRule",
    "A rule that this version of poolctl does not know.",
    "A plan file can name the rule of another version. poolctl explain lists the rules of this one.",
)
"""What is said of a rule that only a plan file names."""

RULES = {
    "drift/changed": SarifRule(
        "DriftChanged",
        "A declared member differs from the manifest.",
        "The pool was changed outside the manifest. Apply the manifest to undo the change, or declare the live value.",
    ),
    "drift/missing": SarifRule(
        "DriftMissing",
        "A declared object does not exist.",
        "It was deleted or never created. Apply the manifest to create it, or remove it from the manifest.",
    ),
    "drift/unmanaged": SarifRule(
        "DriftUnmanaged",
        "A live object that no manifest declares.",
        "Declare it, delete it, or add an ignore rule that names its owner.",
    ),
    "drift/undeclared": SarifRule(
        "DriftUndeclared",
        "An undeclared member differs from the service's default.",
        "Declare the live value, or set the member to null to reset it.",
    ),
    "drift/expired": SarifRule(
        "DriftExpired",
        "An ignore rule has expired.",
        "Review what it hides: declare it, delete it, or give the rule a new date.",
    ),
    "danger/irreversible": SarifRule(
        "IrreversibleChange",
        "A planned change does something that cannot be undone.",
        "Make sure that this is intended, and that nothing depends on what is lost, before you approve the plan.",
    ),
    "danger/reversible": SarifRule(
        "DangerousChange",
        "A planned change has consequences beyond the member that it changes.",
        "Make sure that this is intended before you approve the plan.",
    ),
    "change/weakens": SarifRule(
        "WeakeningChange",
        "A change weakens security.",
        "Make sure that this is intended before you approve it.",
    ),
    "change/may-weaken": SarifRule(
        "PossiblyWeakeningChange",
        "A change may weaken security: it depends on what poolctl cannot see.",
        "Look at what the message names before you approve it.",
    ),
    "unread": SarifRule(
        "Unread",
        "An object could not be read, so its state is unknown.",
        "Grant the role the permission that the message names.",
    ),
    "notice": SarifRule("Notice", "A notice.", "Read the message."),
    "manifest/invalid": SarifRule(
        "InvalidManifest",
        "The manifest is invalid.",
        "Correct the manifest; `poolctl explain` describes each member.",
    ),
    "manifest": SarifRule(
        "ManifestBreaks",
        "The manifest declares a combination that Cognito refuses.",
        "Follow the advice of the message; `poolctl explain` describes each member.",
    ),
    "refusal": SarifRule(
        "Refused",
        "A service rule or a safety rule refuses the plan.",
        "Follow the advice of the message; until then, nothing is written.",
    ),
    "waiver/expired": SarifRule(
        "WaiverExpired",
        "A waiver has expired, and what it accepted counts again.",
        "Correct what it accepted, or give the waiver a new reason and a new date.",
    ),
    "waiver/unused": SarifRule("WaiverUnused", "A waiver matches nothing.", "Remove it."),
    "apply": SarifRule("ApplyFailed", "A change was not made.", "Run plan to see what is left, then apply again."),
}
"""Rules by identifier, or by the part before its slash."""

LEVELS: dict[Risk, str] = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
"""Level of a change that weakens, by its risk."""

JUDGED = ("manifest", "refusal")
"""Families whose identifiers end with the id of a rule: `refusal/P7`."""


def render(report: Report, options: RenderOptions = USUAL) -> str:
    """Return problems as SARIF.

    Planned changes are not problems by themselves: a plan yields what weakens, its dangers, refusals and gaps.
    """
    found = [(suite, _judged_row(row)) for suite in report.suites for row in suite.rows if _reported(report, row)]
    ids = sorted({row.rule for _, row in found})
    results = list(_results(found, ids, options.locate))
    driver = {"name": "poolctl", "semanticVersion": __version__, "rules": [_rule(i) for i in ids]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"poolctl/{report.command}/"},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    tree = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(tree, indent=2, ensure_ascii=False) + "\n"


RENDERERS = renderers(render)
"""What this format renders."""


def _reported(report: Report, row: Row) -> bool:
    if row.action in ("refused", "unread", "notice", "danger"):
        return True
    if row.action in (WEAKENS, MAY_WEAKEN):
        return report.command == "plan"  # a finding of drift is one alert, whatever it means
    if report.command in ("drift", "lint"):
        return row.rule.startswith(("drift/", "waiver/")) or (row.rule.startswith(SECURITY) and bool(row.severity))
    return report.command != "plan" and row.severity == "error"


def _judged_row(row: Row) -> Row:
    """A row about a change that weakens, with the rule that code scanning looks up, and a level by its risk."""
    if row.action not in (WEAKENS, MAY_WEAKEN):
        return row
    (alarm,) = row.alarms
    return row._replace(rule=alarm.rule, severity=LEVELS[alarm.effect.risk])


def _rule(identifier: str) -> dict[str, Any]:
    """The description of a rule; one without its own has that of its family."""
    if judged := _judged(identifier):
        return judged
    family, _, rest = identifier.partition("/")
    if identifier.startswith(SECURITY) and rest in catalogue.rules():
        return _security(rest)
    known = RULES.get(identifier) or RULES.get(family, UNKNOWN)
    name = known.name if identifier in RULES else known.name + "".join(w.title() for w in rest.split("-"))
    rule = kinds.RULES.get(rest) if family in JUDGED else None
    if rule:
        return {"id": identifier, "name": name, **_explained(rule)}
    return {
        "id": identifier,
        "name": name,
        "shortDescription": {"text": known.short},
        "fullDescription": {"text": f"{known.short} {known.help}"},
        "help": {"text": known.help, "markdown": known.help},
    }


def _judged(identifier: str) -> dict[str, Any] | None:
    """The description of a rule about changes; None if it is none."""
    found = CHANGES.get(identifier)
    if found is None:
        return None
    rule, severity = found
    return {
        "id": identifier,
        "name": "".join(word.title() for word in re.findall(r"[A-Za-z0-9]+", rule.title)),
        **_explained(rule),
        "defaultConfiguration": {"level": LEVELS[severity]},
        "properties": {"tags": ["security"], "security-severity": f"{SCORES[severity]}"},
    }


def _security(identifier: str) -> dict[str, Any]:
    """The description of a security rule, with the score by which code scanning ranks it."""
    found = catalogue.rules()[identifier]
    return {
        "id": f"{SECURITY}{identifier}",
        "name": identifier,
        **_worded(found.rule, ", ".join(found.rule.source)),
        "properties": {
            "tags": ["security", *(f"{scanner}:{one}" for scanner, ids in found.same.items() for one in ids)],
            "security-severity": f"{SCORES[found.severity]}",
        },
    }


def _explained(rule: Rule) -> dict[str, Any]:
    """The full description of a rule, because the reader of an alert may have no documentation at hand."""
    return _worded(rule, f"{', '.join(rule.source)} in docs/ of poolctl", ("Effect", explain_words.effect(rule)))


def _worded(rule: Rule, source: str, *more: tuple[str, str]) -> dict[str, Any]:
    parts = (("What", rule.what), ("Why", rule.why), ("Do", rule.advice), *more, ("Source", source))
    return {
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": f"{rule.what} {rule.why}"},
        "help": {
            "text": "\n".join(f"{label}: {text}" for label, text in parts),
            "markdown": "\n\n".join(f"**{label}**: {text.replace('<', '&lt;')}" for label, text in parts),
        },
    }


def _results(found: Iterable[tuple[Suite, Row]], ids: list[str], locate: Locate) -> Iterator[dict[str, Any]]:
    seen: dict[str, int] = {}
    for suite, row in found:
        mark = _fingerprint(suite, row)
        seen[mark] = seen.get(mark, 0) + 1
        result: dict[str, Any] = {
            "ruleId": row.rule,
            "ruleIndex": ids.index(row.rule),
            "level": row.severity or "none",
            "message": {"text": _message(row)},
            "locations": [_location(suite, row, locate)],
            "partialFingerprints": {FINGERPRINT: f"{mark}:{seen[mark]}"},
        }
        if row.alarms:
            result["properties"] = {"effects": [_effect(alarm) for alarm in row.alarms]}
        yield result


def _effect(alarm: Alarm) -> dict[str, Any]:
    entry = effect_entry(alarm.effect)
    return {key: entry[key] for key in ("path", "direction", "risk", "impact", "rules")}


def _message(row: Row) -> str:
    """A finding without its values: code scanning keeps alerts for ever and shows them to every reader."""
    words = row_words(row.source)
    notes = [*row.notes, *([f"Made of {words}."] if words else [])]
    return row.sentence if not notes else f"{row.sentence}: {' '.join(notes)}"


def _location(suite: Suite, row: Row, locate: Locate) -> dict[str, Any]:
    file = row.source.file if row.source else suite.manifest or "poolctl.yaml"
    line, column = (max(row.source.line, 1), max(row.source.column, 1)) if row.source else (1, 1)
    found: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(locate(file))},
            "region": {"startLine": line, "startColumn": column},
        }
    }
    if row.action not in ("notice", "invalid"):
        found["logicalLocations"] = [{"fullyQualifiedName": f"{row.key} {row.path}".strip(), "kind": "object"}]
    return found


def _fingerprint(suite: Suite, row: Row) -> str:
    if row.id:
        return row.id
    about = "" if row.action == "notice" else f"{row.key} {row.path}"  # the words of a notice may hold a value
    return hashlib.sha256(f"{suite.name} {row.rule} {about}".encode()).hexdigest()[:32]
