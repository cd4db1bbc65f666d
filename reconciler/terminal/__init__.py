"""The process around a run: options, settings, console, logs, signals and files.

In: argv, environment, streams. Out: typed options, one console, whole files.
Imported by `--help` too, so nothing heavy may be imported here.
"""
