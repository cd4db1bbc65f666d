"""A manifest that weakens a pool in fourteen ways, beside the pool it was reviewed as: what every format shows first.

Nothing is added and nothing destroyed, so that only the direction of each change says how bad it is.
"""

from __future__ import annotations

from pathlib import Path

from tests.cli.support import Ran, run
from tests.render import golden

HERE = Path(__file__).parent
BEFORE = "fixtures/weakening-before.yaml"
AFTER = "fixtures/weakening-after.yaml"
ALARMS = 14
SECRET = "partner-secret-canary"
ENVIRON = {"AWS_REGION": "eu-west-1", "PARTNER_SECRET": SECRET}
"""What the manifests need; the names of both are relative to `HERE`, which a test makes its working directory."""


def reviewed() -> str:
    """Apply the manifest before on the embedded Cognito of this process, and return the path of the one after."""
    ran = run("apply", "--quiet", "--yes", BEFORE, environ=ENVIRON)
    assert ran.code == 0, ran.out + ran.err
    return AFTER


def planned(form: str, *options: str) -> Ran:
    """Plan what weakens, in a format; the pool has to be there already."""
    return run("plan", "-o", form, *options, AFTER, environ=ENVIRON)


def check(name: str, text: str) -> None:
    """Compare a text with a golden of this folder, and see that it holds no secret."""
    assert SECRET not in text
    golden.check(str(HERE / "goldens" / name), text)
