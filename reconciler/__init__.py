"""The engine and the command line of poolctl.

Importing this package must cost nothing: `--help` and `version` start it without boto3, pydantic or deepdiff.
"""

__version__ = "0.1.0"
