"""Plans, drift and events → text.

In: results of the engine, made fit to be shown by one door (`redact`). Out: strings; nothing here writes anywhere or
knows a terminal. A format is one module or package; `formats` lists them.
"""
