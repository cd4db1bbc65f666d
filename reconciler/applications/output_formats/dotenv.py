"""`env`: a .env file, as Vite, Next.js, Expo and dotenv read it, and shells, too."""

from __future__ import annotations

import re

from reconciler.applications.client_settings import secret_arn, secret_is_there, values
from reconciler.applications.output_format import Output, OutputFormat, Wanted, require_public

PUBLIC = ("VITE_", "NEXT_PUBLIC_", "EXPO_PUBLIC_", "REACT_APP_", "NUXT_PUBLIC_", "GATSBY_", "VUE_APP_", "PUBLIC_")
"""Prefixes with which build tools copy a variable into what browsers load."""

PLAIN = re.compile(r"[A-Za-z0-9_./:@%+=,?&~-]*")
"""What needs no quotes anywhere."""


def make(wanted: Wanted) -> Output:
    """Return the file; lists are separated by spaces, which no URL and no scope has.

    Raises:
        Refused: The client has a secret, and the prefix is one of those that reach browsers.
    """
    if wanted.prefix.startswith(PUBLIC):
        require_public(wanted.client, f"env with the prefix {wanted.prefix}")
    found = {name: as_text(value) for name, value in values(wanted.pool, wanted.client).items()}
    lines = [f"{wanted.prefix}COGNITO_{name.upper()}={_quoted(text)}" for name, text in found.items()]
    risky = [name.upper() for name, text in found.items() if "$" in text or "'" in text]
    said = [f"Loaders of .env files read the value of {' and '.join(risky)} in different ways: check it."]
    return Output("\n".join(lines) + "\n", (*about_the_secret(wanted), *(said if risky else ())))


def as_text(value: str | list[str]) -> str:
    """Return a value as one text."""
    return value if isinstance(value, str) else " ".join(value)


def about_the_secret(wanted: Wanted) -> list[str]:
    """Return where the application finds the secret of the client, which is never written."""
    if not secret_is_there(wanted.client):
        return []
    place = "CLIENT_SECRET_ARN names it in Secrets Manager." if secret_arn(wanted.client) else "Hand it over yourself."
    return [f"{wanted.client.address} has a secret, which is never written here. {place}"]


def _quoted(text: str) -> str:
    if PLAIN.fullmatch(text):
        return text
    return f"'{text}'" if "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


FORMAT = OutputFormat(
    name="env",
    title=".env file; `--prefix VITE_` or `NEXT_PUBLIC_` for what browsers may see",
    file=".env.cognito",
    make=make,
    credentials=True,
    prefix="",
)
