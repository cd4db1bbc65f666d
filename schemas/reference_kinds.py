"""How an author writes a reference: what editors and messages say about each kind.

What a reference gives is the engine's business (`reconciler/manifests/reference_kinds/`, one module for each kind);
how it is written belongs to the format, and the published JSON Schema is made from it. This module needs no pydantic.
"""

from __future__ import annotations

from schemas.tuples import NamedTuple


class ReferenceSyntax(NamedTuple):
    """How a reference of one kind is written: `{$KEY: EXAMPLE}`."""

    key: str
    """The word behind the `$`."""
    example: str
    """What may follow the colon."""
    help: str
    """One line for editors: what is named there."""
    inline: str = ""
    """Regular expression of what may follow `${KEY.` within a text; empty if it must be the whole value."""

    @property
    def written(self) -> str:
        """The whole reference, as messages show it: `{$secret: NAME#KEY}`."""
        return f"{{${self.key}: {self.example}}}"


VAR = ReferenceSyntax(
    "var", "NAME", "Name of a variable: --var NAME=VALUE, or a line of a --var-file.", r"[A-Za-z_][A-Za-z0-9_-]*"
)
TARGET = ReferenceSyntax(
    "target", "account", "account or region, as the document's own target says it.", r"[A-Za-z_][A-Za-z0-9_-]*"
)
ENV = ReferenceSyntax("env", "NAME", "Name of an environment variable.")
FILE = ReferenceSyntax("file", "templates/verify.html", "Path of a file, relative to the manifest.")
SSM = ReferenceSyntax("ssm", "/path/of/parameter", "Name of a parameter in AWS Systems Manager.")
SECRET = ReferenceSyntax("secret", "NAME#KEY", "Name of a secret in AWS Secrets Manager, with #key for one key of it.")
REF = ReferenceSyntax(
    "ref",
    "customers/clients/web#ClientId",
    "What identifies an object of another document, or of this one: NAME/clients/web#ClientId, NAME/user_pool#Id.",
    r"[^{}]*",
)

REFERENCE_SYNTAX = (VAR, TARGET, ENV, FILE, SSM, SECRET, REF)
"""Every kind of reference that may replace a value (decision 24)."""
