"""The Dockerfile: what it copies exists and gets through, and what runs is neither root nor more than poolctl."""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
import tomllib

from reconciler import __version__
from tests.deploy.support import ROOT

TEXT = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
LINES = [line.partition(" ")[::2] for line in TEXT.splitlines() if line and not line.startswith("#")]
STAGES: list[list[tuple[str, str]]] = []
for _word, _rest in LINES:
    if _word == "FROM":
        STAGES.append([])
    STAGES[-1].append((_word, _rest))
FINAL = dict(STAGES[-1])
IGNORE = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def copied() -> list[str]:
    """Paths of the context that are copied."""
    lines = [shlex.split(rest) for word, rest in LINES if word == "COPY" and not rest.startswith("--from")]
    return [path.rstrip("/") for words in lines for path in words[:-1]]


def let_through(path: str) -> bool:
    """Docker's rule: the last pattern that matches the path or a directory above it decides."""
    passed = True
    above = ["/".join(path.split("/")[: i + 1]) for i in range(path.count("/") + 1)]
    for pattern in IGNORE:
        wanted, plain = pattern.startswith("!"), pattern.removeprefix("!")
        anywhere = plain.removeprefix("**/")
        names = [n for p in above for n in ([p, p.rpartition("/")[2]] if plain != anywhere else [p])]
        if any(fnmatch.fnmatchcase(n, anywhere) and ("/" in anywhere or n.count("/") == 0) for n in names):
            passed = wanted
    return passed


def test_what_is_copied_exists_and_gets_through():
    assert copied() == ["pyproject.toml", "constraints.txt", "README.md", "LICENSE", "schemas", "reconciler"]
    for path in copied():
        assert (ROOT / path).exists()
        assert let_through(path)


def test_everything_that_the_wheel_holds_gets_through():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = declared["project"]
    for path in (project["readme"], *project["license-files"]):
        assert path in copied()
    data = declared["tool"]["setuptools"]["package-data"]
    files = [f for package, patterns in data.items() for p in patterns for f in (ROOT / package).glob(p)]
    assert {f.suffix for f in files} >= {".json", ".css", ".typed"}
    for file in [*files, *(ROOT / "reconciler").rglob("*.py"), *(ROOT / "schemas").rglob("*.py")]:
        assert let_through(str(file.relative_to(ROOT)))


def test_nothing_else_gets_through():
    for path in (".git/config", ".env", "pools/customers.yaml", "tests/support.py", ".poolctl-local/state.json"):
        assert not let_through(path)
    assert not let_through("reconciler/__pycache__/cli.cpython-313.pyc")
    assert not let_through("reconciler/kinds/__pycache__/user_pool.cpython-313.pyc")


def test_it_runs_poolctl_as_nobody_in_particular():
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", FINAL["USER"])  # runAsNonRoot believes no name
    assert json.loads(FINAL["ENTRYPOINT"]) == ["poolctl"]
    assert json.loads(FINAL["CMD"]) == ["--help"]
    assert FINAL["WORKDIR"] == "/work"
    assert [word for word, _ in STAGES[-1]].index("USER") > [word for word, _ in STAGES[-1]].index("RUN")


def test_both_stages_have_one_python():
    bases = [rest.split(" ")[0] for word, rest in LINES if word == "FROM"]
    assert bases == ["python:3.13-slim"] * 2  # the virtual environment points to the python of its stage
    assert FINAL["COPY"] == "--from=build /opt/poolctl /opt/poolctl"


def test_versions_are_those_of_the_project():
    assert "--constraint constraints.txt" in TEXT
    assert f'org.opencontainers.image.version="{__version__}"' in FINAL["LABEL"]
    license_name = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"]
    assert f'org.opencontainers.image.licenses="{license_name}"' in FINAL["LABEL"]
