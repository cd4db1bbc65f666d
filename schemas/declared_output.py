"""What a manifest asks to be written for an application: the configuration of one client in one format."""

import re
from typing import Annotated

from schemas.base import ApiModel, Pattern
from schemas.forms import FILLED, Form

FORMATS = ("amplify", "amplify-dart", "exports-js", "oidc", "env", "kubernetes", "ssm", "tfvars", "partner")
"""The formats, in the order of the documentation."""

PREFIXED = frozenset({"env", "kubernetes", "ssm", "tfvars"})
"""Formats that choose how names begin; in the others, the names are given."""

STORED = "ssm"
"""The format that writes parameters if no file is named."""

PARAMETERS = re.compile(r"(?:/[A-Za-z0-9_.-]+)+/?")
"""A path of parameters."""

ClientKey = Annotated[str, Form(Pattern(r"\S", "is blank", "Write the key of a client, such as web."))]
FormatName = Annotated[
    str, Form(Pattern(rf"^(?:{'|'.join(FORMATS)})$", "is not a format", f"Write one of {', '.join(FORMATS)}."))
]
FileName = Annotated[
    str,
    Form(
        Pattern(
            r"^(?!/)(?!(?:.*/)?\.\.(?:/|$))[^\\:\x00-\x1f]+[^\\:\x00-\x1f/]$",
            "is not a file below the directory of the manifest",
            "Write a path such as web/amplify_outputs.json, relative to the manifest and without `..`.",
        )
    ),
]
Prefix = Annotated[
    str, Form(Pattern(r"^[A-Za-z0-9_./-]+$", "is not a prefix", "Write one such as VITE_, or a path such as /my/app."))
]


class DeclaredOutput(ApiModel):
    """One client in one format, in a file or in parameters of Systems Manager."""

    client: ClientKey
    """Key of the client in this manifest: `web`."""
    format: FormatName
    """What to write, as in `poolctl outputs --format`."""
    file: Annotated[FileName | None, FILLED] = None
    """The file, relative to the manifest. Without it, `ssm` writes parameters, and other formats their usual file."""
    prefix: Annotated[Prefix | None, FILLED] = None
    """What each name begins with; for `ssm` the path of the parameters."""
