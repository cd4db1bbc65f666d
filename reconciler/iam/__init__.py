"""Manifests and the tables of kinds → the IAM policies with which a command can do its work, and nothing else.

In: a manifest with what a command reads of it. Out: grants, and from all of them policies that fit into IAM.
Nothing is called and nothing is read: what a run may call follows from what is declared and from the tables alone.
"""

EXAMINED = ("plan", "drift", "export", "apply")
"""The commands whose permissions can be checked before a run."""

OF_LIVE = ("export", "copy", "replace", "urls")
"""The commands that work on live pools, too."""

RUNS = (*EXAMINED, "lint", "copy", "replace", "urls")
"""The commands that a policy can be for; `lint` with `--live`, as it calls nothing without it, and `copy` for what it
reads, as the policy of what it writes is that of `apply` with the manifest of the goal."""
