"""The global options, as one table.

The parser, the environment settings and the help text all derive from it, so they always agree. `--help`
imports only this module, and start-up time matters: no import here, not even `typing`, which costs as
much as starting Python does.
"""

from __future__ import annotations

PREFIX = "POOLCTL_"
"""Prefix of every setting in the environment."""

LOCAL_DIRECTORY = ".poolctl-local"
"""Where `--local` keeps the embedded Cognito when no directory is given."""


CONFIG_FILES = ("poolctl.yaml", "poolctl.yml")
"""Names of the file with what a repository sets for every run."""

REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+"
"""Format of a Region code, as in a manifest: `schemas.manifest.REGION`, whose import costs too much here."""


class Option:
    """One global option."""

    __slots__ = ("field", "help", "kind", "metavar", "name")

    def __init__(self, name: str, field: str, kind: str, metavar: str, text: str) -> None:
        self.name = name
        """Spelling without the dashes; `POOLCTL_` and this in capitals is the setting."""
        self.field = field
        """The field of `Options` that it fills."""
        self.kind = kind
        """`text`, `name` (of a directory), `region`, `list`, `whole` (number from 1), `rate` (number above 0), `on`,
        `off`, `choice` or `directory`."""
        self.metavar = metavar
        """Word for the value; empty for switches. For `choice` the values, with bars between."""
        self.help = text
        """One line."""

    @property
    def flag(self) -> str:
        """The option as it is typed."""
        return f"--{self.name}"

    @property
    def setting(self) -> str:
        """Its name in the environment."""
        return PREFIX + self.name.upper().replace("-", "_")

    @property
    def usage(self) -> str:
        """The option with its value, for help."""
        if self.kind == "directory":
            return f"{self.flag}[={self.metavar}]"
        return f"{self.flag} {self.metavar}".rstrip()


GLOBALS = (
    Option("region", "region", "region", "REGION", "region to work in"),
    Option("profile", "profile", "text", "NAME", "named profile of the AWS configuration"),
    Option("role-arn", "role_arn", "text", "ARN", "role to assume first"),
    Option("endpoint-url", "endpoint_url", "text", "URL", "send all calls to this URL instead of to AWS"),
    Option(
        "local", "local", "directory", "DIR", f"use the embedded Cognito, with its state in DIR ({LOCAL_DIRECTORY})"
    ),
    Option("var", "vars", "list", "NAME=VALUE", "set a variable; may be repeated"),
    Option("var-file", "var_files", "list", "FILE", "read variables from a file; may be repeated"),
    Option("file-root", "file_roots", "list", "DIR", "allow $file to read below DIR too; may be repeated"),
    Option("allow-env", "env_names", "list", "NAME", "let $env read these variables only, or `none`; may be repeated"),
    Option("env", "env", "name", "NAME", "merge overlays/NAME/ into the manifests"),
    Option("target", "targets", "list", "KIND/NAME", "work on this object only; may be repeated"),
    Option("parallelism", "parallelism", "whole", "N", "maximum concurrent calls for each pool (32)"),
    Option("max-rps", "max_rps", "rate", "N", "maximum calls per second (as the quotas allow)"),
    Option("quotas", "quotas", "choice", "auto|on|off", "keep Cognito's quotas (auto: unless this machine answers)"),
    Option("log-level", "log_level", "choice", "debug|info|warning|error", "minimum level to log (warning)"),
    Option("log-format", "log_format", "choice", "text|json", "format of the log on standard error (text)"),
    Option("quiet", "quiet", "on", "", "omit progress and notices"),
    Option("color", "color", "on", "", "use colour even if the output is no terminal"),
    Option("no-color", "color", "off", "", "do not use colour"),
    Option("config", "config", "text", "FILE", "read options from FILE (the nearest poolctl.yaml)"),
    Option("no-config", "use_config", "off", "", "do not read poolctl.yaml"),
    Option("non-interactive", "non_interactive", "on", "", "never prompt: fail instead of asking"),
)
"""Every global option. They may be given before or after the command."""

SWITCHES = frozenset({"on", "off"})
"""Kinds of options that take no value."""


def invalid(message: str) -> Exception:
    """Return the error for a wrong option or setting, to be raised by the caller."""
    from reconciler.errors import InvalidInput

    return InvalidInput(message)
