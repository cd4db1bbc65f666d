"""What poolctl.yaml may say: the options that a repository sets for every run, and why it sets no others.

A pull request can change the file. So it holds nothing that decides whom a run trusts or where it sends something,
nothing that lets a run delete more or report less, and nothing that is about one run: those stay with who starts it.
What only asks for more stays: `pools` and `strict` add findings, and `max_secret_age` is for clients that declare none.
"""

from __future__ import annotations

from collections.abc import Mapping

GLOBAL_KEYS = (
    *("region", "var", "var-file", "env", "parallelism", "max-rps"),
    *("log-level", "log-format", "quiet", "no-color", "non-interactive"),
)
"""Global options that may be at the top."""

FAIL_ON, ALLOW, VERSION = "fail-on", "allow", "version"

SHARED_KEYS = (FAIL_ON,)
"""Options of several commands that may be at the top; each command takes those that it has."""

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "validate": ("output", "max-bytes", "lint"),
    "plan": ("output", "max-bytes", "detailed-exitcode", "expires", "show-origin", "notes"),
    "apply": ("output", "max-bytes", "check", "notes"),
    "drift": ("output", "max-bytes", "strict", "pools", "max-secret-age", "attribute", "notes"),
    "export": ("mode", "secrets", "with"),
}
"""For each command that has a map of its own: its options that may be there."""

TRUST = "a pull request can change the file, and this decides whom a run trusts or where it sends something"
ONE_RUN = "it is about one run"
SAFETY = "deleting and hiding need the word of whoever starts the run"

LEFT_OUT: Mapping[str, str] = {
    **dict.fromkeys(("profile", "role-arn", "endpoint-url", "local", "file-root", "allow-env"), TRUST),
    **dict.fromkeys(("notify", "remember", "only-new", "baseline", "gates-from"), TRUST),
    **dict.fromkeys(
        ("config", "no-config", "color", "target", "out", "expect", "rollback-file", "yes", "quotas"), ONE_RUN
    ),
    **dict.fromkeys(("during-recovery", "shard", "pool", "all", "to", "filter", "status", "group"), ONE_RUN),
    **dict.fromkeys(("terraform-state", "portable"), ONE_RUN),
    **dict.fromkeys(("prune", "max-deletes", "allow-replace", "ignore-pool", "exit-zero", "force"), SAFETY),
}
"""Options of these commands that the file does not take, and why."""

PATHS = frozenset({"var-file", "output"})
"""Options that name files: these are relative to the file's own directory, and stay below it."""


def key(option: str) -> str:
    """Return an option as the file spells it: `fail_on`."""
    return option.replace("-", "_")
