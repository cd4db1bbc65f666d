"""The peers: what is installed for them, with pinned versions, each in a folder of its own.

`python -m benchmarks setup` installs them, for which it needs the package indexes; measuring needs no network.
Terraform is not on those, and is measured if the machine has it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.builds import PIP, Unmeasured

PYTHON = {
    "check-jsonschema": ("check-jsonschema==0.39.0",),
    "cfn-lint": ("cfn-lint==1.58.0",),
    "octodns": ("octodns==1.22.0", "octodns-bind==1.1.0"),
    "ministack": ("ministack==1.5.33",),
}
"""Name → what pip installs, the package of the version first."""
NPM = {"cognito-local": "cognito-local@5.3.0"}
"""Name → what npm installs."""


@dataclass(frozen=True)
class Peers:
    """Where the peers are."""

    home: Path

    def setup(self) -> list[str]:
        """Install all peers; return one line for each that cannot be had."""
        failures = [self._pip(name, wanted) for name, wanted in PYTHON.items()]
        failures += [self._npm(name, wanted) for name, wanted in NPM.items()]
        return [f for f in failures if f]

    def _pip(self, name: str, wanted: tuple[str, ...]) -> str:
        place = self.home / name
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        done = subprocess.run([str(place / "bin" / "python"), *PIP, "install", *wanted], check=False)
        return f"{name}: pip ended with {done.returncode}" if done.returncode else ""

    def _npm(self, name: str, wanted: str) -> str:
        place = self.home / name
        npm = shutil.which("npm")
        if npm is None:
            return f"{name}: there is no npm"
        place.mkdir(parents=True, exist_ok=True)
        options = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(place))
        done = subprocess.run([npm, "install", *options, wanted], check=False)
        return f"{name}: npm ended with {done.returncode}" if done.returncode else ""

    def program(self, name: str, program: str = "") -> str:
        """Return the path of a peer's program.

        Raises:
            Unmeasured: It is not there.
        """
        if name == "terraform":
            found = shutil.which("terraform")
            if found is None:
                raise Unmeasured("this machine has no terraform")
            return found
        place = self.home / name / ("node_modules/.bin" if name in NPM else "bin") / (program or name)
        if not place.exists():
            raise Unmeasured(f"{name} is not installed: run `python -m benchmarks setup` first")
        return str(place)

    def version(self, name: str) -> str:
        """Return the name of a peer with its version."""
        if name == "terraform":
            said = subprocess.run([self.program(name), "version", "-json"], capture_output=True, text=True, check=True)
            return f"terraform {json.loads(said.stdout)['terraform_version']}"
        pin = NPM[name] if name in NPM else PYTHON[name][0]
        return f"{name} {pin.replace('==', '@').rpartition('@')[2]}"
