"""poolctl in a job of GitHub Actions: plan as a comment, apply what was reviewed, one issue for each pool that drifts.

`action.yml` runs `python -m reconciler.github COMMAND` and does nothing else of importance, so that everything which
decides (who may approve, what is cut, what is closed) can be run and tested without GitHub. The package stands above
the command line and uses it as a person would: by words, exit codes and files.
"""
