"""A job of GitHub Actions → exit code: plan as a comment, apply what was reviewed, an issue for each pool that drifts.

In: the environment and the event of the job. Out: an exit code, comments, issues, step outputs and a summary.
`action.yml` runs `python -m reconciler.github COMMAND` and decides nothing, so that everything which decides (who may
approve, what is cut, what is closed) can be run and tested without GitHub. The package stays above the command line and
uses it as a person would: by words, exit codes and files.
"""
