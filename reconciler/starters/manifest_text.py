"""Answers → the text of a manifest, from the template of the purpose.

A template and not a tree, because the comments are half of what a newcomer reads. Jinja2 takes an unknown name for an
error, and each answer passes `quoted`, so that YAML reads it as the text that was given.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files

from reconciler.starters.purposes import EMBEDDED_ACCOUNT, Answers, slug

PLAIN = re.compile(r"[A-Za-z][\w-]*(\.[\w-]+)*")
"""Texts that need no quotes unless YAML has another meaning for them."""

TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "none"})
"""Words that readers of YAML take for other values."""


def text(answers: Answers, file: str) -> str:
    """Return the text of a manifest.

    Args:
        answers: The purpose as `for`, and an answer to each of its questions.
        file: Name of the file, as commands are to be typed.
    """
    from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

    room = files("reconciler.starters") / "templates"
    loader = FunctionLoader(lambda name: (room / name).read_text(encoding="utf-8"))
    environment = Environment(
        loader=loader,
        autoescape=select_autoescape(("html",)),  # YAML is none: `quoted` is what escapes
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["quoted"] = quoted
    return environment.get_template(f"{answers['for']}.yaml.j2").render(_filled(answers, file))


def _filled(answers: Answers, file: str) -> dict[str, object]:
    """Return the names that templates know."""
    return {
        **answers,
        "file": file,
        "embedded": EMBEDDED_ACCOUNT,
        "tenants": answers.get("tenants", "").split(","),
        "saml": answers.get("protocol") == "saml",
        "secret": f"{slug(answers['name'])}/company#client_secret",
    }


def quoted(value: str) -> str:
    """Return a text as YAML reads it back: in double quotes unless it is a plain word."""
    plain = PLAIN.fullmatch(value) and value.lower() not in TAKEN
    return value if plain else json.dumps(value, ensure_ascii=False)
