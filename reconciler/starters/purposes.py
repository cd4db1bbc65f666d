"""The purposes of a pool, and the questions that `poolctl init` asks for each.

The options of the command, its questions, their defaults and their checks are one table, so that a value means the same
whether it was typed as an option or as an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

Answers = Mapping[str, str]
"""By `Question.name`: the answer as text."""


class Purpose(NamedTuple):
    """What a pool is for."""

    name: str
    """As it is given to `--for`; also the file of its template."""
    says: str
    """One line for the list of choices."""
    pool: str
    """Name of the pool where none is given."""
    asks: tuple[str, ...]
    """The questions beside those that every purpose has."""


PURPOSES = {
    purpose.name: purpose
    for purpose in (
        Purpose(
            "consumer", "people sign up by themselves with their e-mail address", "customers", ("domain", "app", "url")
        ),
        Purpose(
            "workforce",
            "employees sign in through your identity provider",
            "workforce",
            ("domain", "protocol", "provider", "url"),
        ),
        Purpose("machine-to-machine", "services call an API; there are no people", "services", ("domain", "api")),
        Purpose(
            "multi-tenant",
            "organisations share one pool, by invitation",
            "tenants",
            ("domain", "app", "url", "tenants"),
        ),
    )
}
"""Every purpose, in the order of the list of choices."""

APPS = ("browser", "server", "native")
"""Where an application runs: only a server can keep a secret."""

PROTOCOLS = ("oidc", "saml")
"""How an identity provider speaks."""

EMBEDDED_ACCOUNT = "123456789012"
"""Account of the embedded Cognito (decision 20)."""


class Question(NamedTuple):
    """One question, which is one option."""

    name: str
    """Key in `Answers`, and the option without its dashes."""
    metavar: str
    """Word for the value in the help."""
    asks: str
    """The question, which is also the help of the option; without a capital or a question mark."""
    default: Callable[[Answers], str]
    """Returns the answer where none is given, from the answers before it."""
    wrong: Callable[[str], str]
    """Returns what is wrong with an answer and what to write, or an empty text."""


def slug(name: str) -> str:
    """Return a name as a domain prefix, a file name or a scheme: lower-case letters, digits and inner hyphens."""
    found = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:SLUG].strip("-")
    return found if found[:1].isalpha() else f"pool-{found}".strip("-")[:SLUG].strip("-")


SLUG = 40
"""Longest slug: a domain prefix may have 63 characters."""


def _name(text: str) -> str:
    if re.fullmatch(r"[\w +=,.@-]{1,128}", text, re.ASCII) and text.strip() == text:
        return ""
    return "is not a name of a pool. Use up to 128 letters, digits, blanks and + = , . @ - _."


def _account(text: str) -> str:
    return "" if re.fullmatch(r"[0-9]{12}", text) else "is not an account number. Write its 12 digits."


def _region(text: str) -> str:
    from reconciler.terminal.options import is_region

    return "" if is_region(text) else "is not a Region code. Write one such as eu-west-1."


def _domain(text: str) -> str:
    """Refuse what Cognito refuses as a prefix (cognito.md, rule O3)."""
    from schemas.published import PUBLISHED

    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", text):
        return "is not a domain prefix. Use up to 63 lower-case letters, digits and inner hyphens."
    word = next((word for word in PUBLISHED["reserved_domain_words"] if word in text), "")
    return f"is not allowed: a domain prefix must not contain {word}." if word else ""


def _one_of(choices: Sequence[str]) -> Callable[[str], str]:
    return lambda text: "" if text in choices else f"is not one of {', '.join(choices)}."


def _callback(text: str) -> str:
    """Refuse what Cognito refuses as a callback URL (cognito.md, rule C8)."""
    from reconciler.kinds.client_rules import redirect_problem

    problem = redirect_problem(text) if _plain(text) else "not a URL."
    return f"cannot be returned to: {problem}" if problem else ""


def _https(text: str) -> str:
    plain = _plain(text) and re.fullmatch(r"https://[\w-]+(\.[\w-]+)*(:\d+)?(/[^#]*)?", text, re.ASCII)
    return "" if plain else "is not a URL. Write one that begins with https."


def _plain(text: str) -> bool:
    return len(text) <= LONGEST and text.isascii() and text.isprintable() and not set(text) & set(' "\\<>{}|^`$')


LONGEST = 1024
"""Longest callback URL, in characters."""


def _tenants(text: str) -> str:
    names = text.split(",")
    wrong = [name for name in names if slug(name) != name]
    if wrong or len(set(names)) < len(names):
        return "is not a list of tenants. Write different names in lower case with commas, such as acme,globex."
    return ""


def _shown(text: str) -> Callable[[Answers], str]:
    return lambda _: text


def _prefix(answers: Answers) -> str:
    """Return the name of the pool as a domain prefix, without the words that Cognito reserves."""
    found = slug(re.sub("cognito|amazon|aws", "", answers["name"], flags=re.IGNORECASE))
    return found if not _domain(found) else PURPOSES[answers["for"]].pool


def _provider(answers: Answers) -> str:
    return "https://login.example.com" + ("/metadata.xml" if answers.get("protocol") == "saml" else "")


def _address(answers: Answers) -> str:
    """Return the URL that an application has while it is developed."""
    return f"{slug(answers['name'])}://callback" if answers.get("app") == "native" else "http://localhost:3000/callback"


QUESTIONS = {
    question.name: question
    for question in (
        Question("name", "NAME", "name of the pool", lambda given: PURPOSES[given["for"]].pool, _name),
        Question("domain", "PREFIX", "domain prefix, unique in the Region", _prefix, _domain),
        Question(
            "protocol",
            "|".join(PROTOCOLS),
            "protocol of your identity provider: oidc or saml",
            _shown(PROTOCOLS[0]),
            _one_of(PROTOCOLS),
        ),
        Question(
            "provider",
            "URL",
            "issuer of your identity provider, or for saml the URL of its metadata",
            _provider,
            _https,
        ),
        Question("api", "URL", "identifier of the API", _shown("https://api.example.com"), _https),
        Question(
            "app",
            "|".join(APPS),
            "where the application runs: browser, server or native",
            _shown(APPS[0]),
            _one_of(APPS),
        ),
        Question("url", "URL", "URL that users return to after signing in", _address, _callback),
        Question("tenants", "NAMES", "names of the tenants, with commas", _shown("acme,globex"), _tenants),
        Question("account", "NUMBER", "AWS account", _shown(EMBEDDED_ACCOUNT), _account),
        Question("region", "REGION", "Region to work in", _shown("us-east-1"), _region),
    )
}
"""Every question by its name, in the order in which they are asked."""


def questions(purpose: str) -> list[Question]:
    """Return the questions of a purpose, in order."""
    wanted = {"name", "account", "region", *PURPOSES[purpose].asks}
    return [question for question in QUESTIONS.values() if question.name in wanted]
