"""`$env`: an environment variable. Its value may be a secret, so no message repeats it."""

from __future__ import annotations

from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceKind, ReferenceMistake, Surroundings
from reconciler.terminal.suggestions import sentences, suggest
from schemas import reference_kinds


def _environment(name: str, around: Surroundings) -> Followed:
    text = around.environ.get(name)
    if text:
        return Followed(text)
    state = "is not set" if text is None else "is set, but empty"
    hint = suggest(name, around.environ) if text is None else ""
    message = sentences(f"the environment variable {name} {state}.", hint)
    raise ReferenceMistake(message, f"Set it before you run poolctl: {name}=VALUE.")


ENV = ReferenceKind(reference_kinds.ENV, local=_environment)
