"""Facts about a kind, a member or a rule, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler import __version__
from reconciler.explaining.explanation import Calls, Explanation, Facts, Type, Value
from reconciler.render.explain_words import words
from reconciler.render.json_parts import dump
from reconciler.render.output_types import (
    FORMAT,
    ExplainDocument,
    ExplanationEntry,
    FactsEntry,
    KindEntry,
    OperationsEntry,
    RuleEntry,
    SecurityRuleEntry,
    TypeEntry,
    ValueEntry,
)
from reconciler.render.subjects import USUAL, Explained, RenderOptions

if TYPE_CHECKING:  # most topics are no rules
    from reconciler.kinds.kind import Rule
    from reconciler.security.rule import SecurityRule


def explain(found: Explained, _options: RenderOptions = USUAL) -> str:
    """Return the facts as JSON."""
    document: ExplainDocument = {
        "format_version": FORMAT,
        "poolctl_version": __version__,
        "kinds": [_brief(k) for k in found.kinds],
        "explanation": _explanation(found.about) if found.about else None,
        "rule": _rule(found.rule) if found.rule else None,
    }
    if found.security:
        document["security_rule"] = _security(found.security)
    return dump(document)


def _security(about: SecurityRule) -> SecurityRuleEntry:
    return {
        "id": about.id,
        "title": about.rule.title,
        "severity": about.severity,
        "profiles": {str(name): risk for name, risk in about.profiles.items()},
        "what": about.rule.what,
        "why": about.rule.why,
        "advice": about.rule.advice,
        "members": list(about.fields),
        "live": bool(about.reads),
        "same_as": {str(scanner): list(ids) for scanner, ids in about.same.items()},
        "source": list(about.rule.source),
    }


def _rule(about: Rule) -> RuleEntry:
    return {
        "id": about.id,
        "title": about.title,
        "what": about.what,
        "why": about.why,
        "advice": about.advice,
        "source": list(about.source),
        "warning": about.warning,
        "offline": about.offline,
    }


def _brief(kind: Explanation) -> KindEntry:
    return {"path": kind.path, "document": kind.document, "title": kind.title, "planned": kind.planned}


def _explanation(about: Explanation) -> ExplanationEntry:
    return {
        "path": about.path,
        "section": about.section,
        "document": about.document,
        "resource_type": about.resource_type or None,
        "planned": about.planned,
        "title": about.title,
        "description": about.description,
        "notes": list(about.notes),
        "type": _type(about.type),
        "named_by": about.named_by or None,
        "facts": _facts(about.facts) if about.facts else None,
        "operations": _operations(about.calls),
        "permissions": list(about.permissions),
        "conditional_permissions": [{"path": path, "actions": list(actions)} for path, actions in about.conditional],
        "members": [
            {"path": line.path, "name": line.name, "type": _type(line.type), "title": line.title}
            for line in about.members
        ],
        "not_here": [{"name": name, "advice": advice} for name, advice in about.not_here],
    }


def _operations(calls: Calls) -> OperationsEntry:
    return {
        "read": list(calls.read),
        "create": list(calls.create),
        "update": list(calls.update),
        "delete": list(calls.delete),
    }


def _type(type_: Type) -> TypeEntry:
    return {
        "words": words(type_),
        "shape": type_.shape,
        "value": _value(type_.value),
        "key": _value(type_.key) if type_.key else None,
        "min_items": type_.fewest,
        "max_items": type_.most,
    }


def _value(one: Value) -> ValueEntry:
    return {
        "type": one.name,
        "min": one.low,
        "max": one.high,
        "form": one.form or None,
        "values": list(one.values),
    }


def _facts(known: Facts) -> FactsEntry:
    return {
        "required": known.required,
        "has_default": bool(known.default),
        "default": known.default[0] if known.default else None,
        "mutability": known.change.mutability,
        "removable": known.change.removable,
        "advice": list(known.change.advice),
        "omitted": {
            "manifest": known.omission.manifest,
            "creation": known.omission.creation,
            "update": known.omission.update or None,
        },
        "null": known.null,
        "plan": known.tier or None,
        "comparison": list(known.comparison),
        "secret": known.secret,
        "secret_keys": list(known.secret_keys),
        "write_only": known.write_only,
        "write_only_keys": list(known.write_only_keys),
        "deprecated": known.deprecated,
        "since": known.since,
    }
