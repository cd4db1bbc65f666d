"""The forms of values, in words: references, rows, conditions, and single items of lists.

`poolctl explain '$ref'` and the reference pages say what is written here.
"""

from __future__ import annotations

from typing import NamedTuple

from schemas.base import EXCLUDE, INCLUDE
from schemas.generated_forms import AS, EACH, KEY, VALUE, WHEN
from schemas.reference_kinds import ENV, FILE, REF, REFERENCE_SYNTAX, SECRET, SSM, TARGET, VAR, ReferenceSyntax


class ExplainedForm(NamedTuple):
    """One form."""

    name: str
    """Its key: `$ref`."""
    written: str
    """How it is written."""
    title: str
    """What it is, in one sentence."""
    notes: tuple[str, ...] = ()
    """What else is to be known."""
    members: tuple[tuple[str, str], ...] = ()
    """The keys that go with it, and what each holds."""


_NOTES: dict[str, tuple[str, ...]] = {
    VAR.key: ("The type is kept: a variable can be a list or a map. A text from --var becomes what the member holds.",),
    TARGET.key: ("AWS is not asked.",),
    ENV.key: ("Unset and empty are errors. Outputs show a digest of the value.",),
    FILE.key: ("The file is in the tree that PATH names, and has at most 1 MB. Nothing is replaced inside of it.",),
    SSM.key: ("A StringList becomes a list; a SecureString is a secret. validate does not read it.",),
    SECRET.key: ("The value is a secret in all outputs. validate does not read it.",),
    REF.key: (
        "What is live is filled in before it is compared; what is new is known after apply.",
        "A document may refer to itself.",
    ),
}

_TITLES: dict[str, str] = {
    VAR.key: "A variable, from --var or a --var-file.",
    TARGET.key: "The account or the Region of the document's own target.",
    ENV.key: "A variable of the environment.",
    FILE.key: "The content of a file.",
    SSM.key: "A parameter in AWS Systems Manager.",
    SECRET.key: "A secret in AWS Secrets Manager, or one key of it.",
    REF.key: "An identifier that Cognito has given to an object of another document, or of this one.",
}


def _reference(syntax: ReferenceSyntax) -> ExplainedForm:
    within = (f"Within a text: ${{{syntax.key}.{syntax.example}}}.",) if syntax.inline else ()
    return ExplainedForm(f"${syntax.key}", syntax.written, _TITLES[syntax.key], (*_NOTES[syntax.key], *within))


EXPLAINED_FORMS = (
    *map(_reference, REFERENCE_SYNTAX),
    ExplainedForm(
        EACH,
        '{$each: ROWS, as: t, key: "${t.id}", value: ...}',
        "Objects, members or items, one for each row of a table.",
        (
            "ROWS is a list of maps, or a reference to one: {$file: tenants.csv}, {$var: tenants}.",
            "It takes the place of a map, a list or an item; as a key of a map it makes more beside the others.",
        ),
        (
            (AS, "What a row is called in texts: ${t.id}."),
            (KEY, "The key of what a row makes; not for items of a list."),
            (VALUE, "What is made of a row."),
            (WHEN, "Which rows make something."),
        ),
    ),
    ExplainedForm(
        WHEN,
        '{$when: "${var.mfa}", ...}',
        "A section, an object, a member or an item that is there only when a condition is true.",
        ("What refers to something that is off is an error that names both places.",),
        ((VALUE, "What is there, where it is no map."),),
    ),
    ExplainedForm(
        INCLUDE,
        "{$include: [ITEM, ...]}",
        "Items that a list has; those of others stay.",
        ("$exclude may stand beside it.",),
    ),
    ExplainedForm(
        EXCLUDE,
        "{$exclude: [ITEM, ...]}",
        "Items that a list does not have; those of others stay.",
        ("$include may stand beside it.",),
    ),
)
"""Every form, in the order of the manual."""
