"""`$env`: an environment variable. Its value may be a secret, so no message repeats it.

Where a manifest may come from a stranger, as in the GitHub Action, the run says which variables may be read.
"""

from __future__ import annotations

from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceKind, ReferenceMistake, Surroundings
from reconciler.terminal.suggestions import sentences, suggest
from schemas import reference_kinds


def _environment(name: str, around: Surroundings) -> Followed:
    if around.env_names is not None and name not in around.env_names:
        message = f"the environment variable {name} may not be read in this run."
        raise ReferenceMistake(message, f"Use {{$var: NAME}}, or allow it with --allow-env {name}.")
    text = around.environ.get(name)
    if text:
        return Followed(text)
    state = "is not set" if text is None else "is set, but empty"
    known = around.environ if around.env_names is None else around.env_names
    hint = suggest(name, known) if text is None else ""
    message = sentences(f"the environment variable {name} {state}.", hint)
    raise ReferenceMistake(message, f"Set it before you run poolctl: {name}=VALUE.")


ENV = ReferenceKind(reference_kinds.ENV, local=_environment)
