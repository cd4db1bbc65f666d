"""Facts about the forms that a value may take in a manifest: `$ref`, `$file`, `$each`, `$when`, `$include`.

Messages name them by their keys, so `poolctl explain` describes them as it does members.
"""

from __future__ import annotations

from reconciler.explaining.envelope_facts import of_manifest
from reconciler.explaining.explanation import Explanation, FactLine, Type, Value
from schemas.explained_forms import EXPLAINED_FORMS, ExplainedForm

ANYTHING = Type("scalar", Value("any"))
"""What a form holds: that depends on the member whose place it takes."""


def explain(name: str) -> Explanation | None:
    """Return the facts about a form, or None if there is no such form.

    Args:
        name: Its key, in any case: `$ref`.
    """
    found = next((form for form in EXPLAINED_FORMS if form.name == name.lower()), None)
    return _explanation(found) if found else None


def names() -> tuple[str, ...]:
    """Return the keys of all forms, in the order of the manual."""
    return tuple(form.name for form in EXPLAINED_FORMS)


def _explanation(form: ExplainedForm) -> Explanation:
    return of_manifest(
        form.name,
        title=form.title,
        description=f"Write {form.written}.",
        notes=form.notes,
        type_=ANYTHING,
        lines=tuple(FactLine(f"{form.name}.{key}", key, ANYTHING, said) for key, said in form.members),
    )
