"""What several commands do around one use case: the composition root, and the stages they share.

In: options, and the console. Out: loaded manifests, plans, drift, saved files and exit codes, all pools considered.
A command is a short list of these stages; what is decided here is decided for all commands alike.
"""
