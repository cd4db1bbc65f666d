"""The job: the environment of GitHub and the inputs of the Action, read once.

All values come from the environment, never from text inside a script: a branch name or an input cannot become a
command.
"""

from __future__ import annotations

import glob
import itertools
import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import InvalidInput, flow

INPUTS = {
    "INPUT_PATHS": "pools",
    "INPUT_ARGS": "",
    "INPUT_FAIL_ON": "",
    "INPUT_ALLOW": "",
    "INPUT_KEY": "",
    "INPUT_COMMENT": "true",
    "INPUT_COMMENT_AUTHOR": "github-actions[bot]",
    "INPUT_EXPECT": "",
    "INPUT_OUTPUT_DIRECTORY": "",
    "INPUT_ISSUES": "true",
    "INPUT_LABEL": "poolctl-drift",
    "INPUT_REPORTS": "",
    "INPUT_WORKING_DIRECTORY": ".",
}
"""All inputs and their defaults if empty."""

SECRET = ("GITHUB_TOKEN", "GH_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Variables hidden from `$env` in manifests; boto3 reads its own from the process."""

PRIVATE = ("ACTIONS_", "INPUT_")
"""Prefixes of other hidden variables: tokens of the runner, and our own."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job of GitHub Actions."""

    event: str
    """Name of the event that started it."""
    repository: str
    """`owner/name`."""
    commit: str
    """The commit that was pushed; on a pull request the head of its branch, and not the trial merge."""
    branch: str
    """The branch that was pushed to."""
    pull: int
    """Number of the pull request of the event; 0 if there is none."""
    into: str
    """Name of the target branch, on a pull request; empty if there is none."""
    run_url: str
    """URL of this run; empty if unknown."""
    run_id: str
    """Identifies this run and attempt."""
    workspace: str
    """The directory of the checkout."""
    inputs: Mapping[str, str]
    """Values by names of `INPUTS`; complete."""

    @property
    def paths(self) -> list[str]:
        """Manifests and directories of manifests."""
        return words("paths", self.inputs["INPUT_PATHS"])

    @property
    def args(self) -> list[str]:
        """More options for poolctl.

        Raises:
            InvalidInput: They contain `--`.
        """
        found = words("args", self.inputs["INPUT_ARGS"])
        if "--" in found:
            raise InvalidInput("args: `--` is not taken. Name manifests in `paths`.")
        return found

    @property
    def gates(self) -> list[str]:
        """Options about what poolctl refuses, and what passes all the same."""
        kinds = [kind for word in self.inputs["INPUT_FAIL_ON"].split(",") for kind in word.split()]
        allowed = words("allow", self.inputs["INPUT_ALLOW"])
        return [*(f"--fail-on={k}" for k in kinds), *(f"--allow={a}" for a in allowed)]

    @property
    def reports(self) -> list[str]:
        """Files with reports; a pattern (`reports/**/report.json`) is expanded to its matches, in order.

        A pattern without matches is kept as it is, so reading it reports a missing file.
        """
        patterns = words("reports", self.inputs["INPUT_REPORTS"])
        return [file for p in patterns for file in sorted(glob.glob(p, recursive=True)) or [p]]  # noqa: PTH207

    @property
    def author(self) -> str:
        """Login that writes comments and issues; those by other authors are not trusted."""
        return self.inputs["INPUT_COMMENT_AUTHOR"]

    @property
    def key(self) -> str:
        """Distinguishes this job's comment from those of other jobs on the same pull request."""
        if self.inputs["INPUT_KEY"]:
            return self.inputs["INPUT_KEY"]
        here, root = Path.cwd(), Path(self.workspace or ".").resolve()
        place = here.relative_to(root).as_posix() if here.is_relative_to(root) else here.name
        return ":".join([place, " ".join(self.paths), _environment(self.args)])

    def switch(self, name: str) -> bool:
        """Return an input that is true or false.

        Raises:
            InvalidInput: It is neither.
        """
        value = self.inputs[name].lower()
        if value not in ("true", "false"):
            raise InvalidInput(f"{spelled(name)}: {flow(value)} is neither true nor false.")
        return value == "true"


def words(name: str, text: str) -> list[str]:
    """Split an input as a shell does, at whitespace.

    Raises:
        InvalidInput: A quote is not closed.
    """
    try:
        return shlex.split(text)
    except ValueError as error:
        raise InvalidInput(f"{name}: {str(error).lower()}. Quote as in a shell.") from None


def spelled(name: str) -> str:
    """Return the name of an input as in workflows: `comment-author`."""
    return name.removeprefix("INPUT_").lower().replace("_", "-")


def _environment(args: list[str]) -> str:
    """Return the value of --env; if repeated, the last one, as in poolctl."""
    found = [after for before, after in itertools.pairwise(args) if before == "--env"]
    found += [arg.partition("=")[2] for arg in args if arg.startswith("--env=")]
    return found[-1] if found else ""


def job(environ: Mapping[str, str]) -> Job:
    """Read the job from the environment.

    Raises:
        InvalidInput: poolctl must not run on the event, or the event cannot be read.
    """
    name = environ.get("GITHUB_EVENT_NAME", "")
    if name == "pull_request_target":
        raise InvalidInput(
            "poolctl does not run on pull_request_target: it would plan untrusted manifests with your role. "
            "Use pull_request."
        )
    pull = _event(environ.get("GITHUB_EVENT_PATH", "")).get("pull_request") or {}
    repository, run = environ.get("GITHUB_REPOSITORY", ""), environ.get("GITHUB_RUN_ID", "")
    server = environ.get("GITHUB_SERVER_URL", "")
    return Job(
        event=name,
        repository=repository,
        commit=str((pull.get("head") or {}).get("sha") or environ.get("GITHUB_SHA", "")),
        branch=environ.get("GITHUB_REF_NAME", ""),
        pull=int(pull.get("number") or 0),
        into=str((pull.get("base") or {}).get("ref") or ""),
        run_url=f"{server}/{repository}/actions/runs/{run}" if server and run else "",
        run_id=f"{run}.{environ.get('GITHUB_RUN_ATTEMPT', '1')}",
        workspace=environ.get("GITHUB_WORKSPACE", ""),
        inputs={name: environ.get(name) or default for name, default in INPUTS.items()},
    )


def _event(file: str) -> dict[str, Any]:
    if not file:
        return {}
    try:
        found = json.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InvalidInput(f"GITHUB_EVENT_PATH: {file} could not be read as JSON.") from None
    return found if isinstance(found, dict) else {}


def visible(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for poolctl, without variables that a manifest could leak into a comment."""
    return {k: v for k, v in environ.items() if k not in SECRET and not k.startswith(PRIVATE)}
