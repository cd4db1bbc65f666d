"""A job of GitHub Actions → exit code: plan as a comment, apply of a reviewed plan, an issue for each pool with drift.

In: the environment and the event of the job. Out: an exit code, comments, issues, step outputs and a summary.
`action.yml` runs `python -m reconciler.github COMMAND` and contains no logic, so all decisions (who may
approve, what is truncated, what is closed) can be run and tested without GitHub. The package is above the command
line and uses it as a person would: through arguments, exit codes and files.
"""
