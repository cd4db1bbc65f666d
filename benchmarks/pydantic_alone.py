"""Reads manifests with PyYAML's C loader, validates them with pydantic, and no more: `validate` is held against it.

`python -m benchmarks.pydantic_alone DIRECTORY`. The model is poolctl's own. Positions, references, rules and messages
are what it does without.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import yaml

from schemas.checked import model_of
from schemas.manifest import UserPoolManifest


def resolved(tree: object) -> object:
    """Return a tree with its references to the environment filled in."""
    if isinstance(tree, dict):
        return os.environ[tree["$env"]] if "$env" in tree else {k: resolved(v) for k, v in tree.items()}
    return [resolved(v) for v in tree] if isinstance(tree, list) else tree


def main() -> None:
    """Validate, and print how many."""
    model = model_of(UserPoolManifest)
    files = sorted(Path(sys.argv[1]).glob("*.yaml"))
    for file in files:
        with file.open("rb") as stream:
            model.model_validate(resolved(yaml.load(stream, Loader=yaml.CSafeLoader)), extra="forbid")
    print(len(files))


if __name__ == "__main__":
    main()
