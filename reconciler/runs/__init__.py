"""The stages that commands share, and the composition root.

In: options and the console. Out: loaded manifests, plans, drift, saved files and exit codes, over all pools.
A command is a short list of these stages, so all commands decide alike.
"""
