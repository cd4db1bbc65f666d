"""Texts of a live pool → the same texts with variables in place of what is of one account or Region.

What counts is what a text holds and not which member it is in: an ARN, a host, an id, an account number or a Region can
be in a callback URL, a tag, a policy or an e-mail. Only ids that look like any other text have a mark in the schema
(`Bound`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reconciler.export.placed_variables import DOMAIN_PREFIX, PlacedVariables, Sort, word
from reconciler.export.portable_arns import ARN, Home, head_of, reason
from reconciler.manifests.references.filling import PREFIX
from reconciler.values.regions import offers
from schemas.manifest import REGION
from schemas.records import record

HOST = r"(?<![\w.-])(?:[A-Za-z0-9_](?:[\w-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,63}(?![\w-])"
"""A host within a text."""

PROVIDER = rf"cognito-idp\.({REGION})\.([\w.]+)/({REGION}_[0-9A-Za-z]+)"
"""A user pool as identity pools and issuers name it."""

POOL_ID = rf"(?<![\w-]){REGION}_[0-9A-Za-z]{{9}}(?!\w)"
IDENTITY_POOL_ID = rf"(?<![\w-]){REGION}:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"

UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LONG_WORD = rf"(?<![0-9A-Za-z])(?:{UUID}|[0-9A-Za-z+]{{20,}})(?![0-9A-Za-z])"
"""What may be an id that Cognito made."""

CLIENT_ID = re.compile(r"(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{26}")
"""The form of a client id (cognito.md 8.1)."""

GENERATED = (
    *("cloudfront.net", "amplifyapp.com", "awsapps.com", "awsapprunner.com", "on.aws", "awsglobalaccelerator.com"),
)
"""Ends of hosts whose beginning AWS makes up."""

IN_REGIONS = re.compile(r"(^|\.)amazon(aws|cognito)\.[a-z.]+$")
"""Ends of hosts of AWS that may name a Region."""

SOMEWHERE = re.compile(rf"(?<![A-Za-z0-9]){REGION}(?![A-Za-z0-9])")

NEUTRAL = re.compile(r"\$\{(?:var|ref)\.([^{}]*)\}")
"""A reference in a text that is not to be one."""

OWN_ID = "Cognito gives it when it is made: set it once that is done, and apply again."
OTHER_ID = "It is the id of something in the account and Region that the pool was exported from."
OWN_HOST = "It names an account or a Region, or AWS made it up."
DOMAIN = "A prefix is unique in a Region over all accounts."
CUSTOM = "A custom domain can be of one pool only, in all of AWS."
REGION_ELSEWHERE = "It is another Region than that of the pool."


@record(frozen=True, slots=True)
class PoolPlace:
    """What identifies one pool and the place it is in."""

    home: Home
    """Partition, Region and account."""
    dns_suffix: str
    """`amazonaws.com`"""
    login_suffix: str
    """What follows the prefix in the host of a prefix domain: `auth.eu-west-1.amazoncognito.com`; may be empty."""
    ids: Mapping[str, str]
    """Ids that Cognito made for the pool and what is in it, with the names of variables for them."""
    prefixes: frozenset[str]
    """Prefix domains."""
    customs: frozenset[str]
    """Custom domains."""
    others: Mapping[str, str]
    """What Cognito made for other documents of the same export: value → target of the reference that leads to it."""


class PortableText:
    """Rewrites the texts of one pool."""

    def __init__(self, pool_place: PoolPlace, variables: PlacedVariables) -> None:
        self._here = pool_place
        self._variables = variables
        self.used: set[str] = set()
        """Names of the variables that were put in."""
        account, region = pool_place.home.account, re.escape(pool_place.home.region)
        rules: dict[str, tuple[str, Callable[[str, str], str]]] = {
            "arn": (ARN.pattern, self._arn),
            "provider": (PROVIDER, self._provider),
            "host": (HOST, self._host),
            "pool": (POOL_ID, self._pool_id),
            "identity": (IDENTITY_POOL_ID, self._pool_id),
            "word": (LONG_WORD, self._long_word),
            "account": (rf"(?<!\d){account}(?!\d)" if account else r"(?!)", lambda _, at: self.variable("account", at)),
            "region": (rf"(?<![A-Za-z0-9]){region}(?![A-Za-z0-9])", lambda _, at: self.variable("region", at)),
        }
        self._rules = {name: rule for name, (_, rule) in rules.items()}
        texts = {name: f"(?P<{name}>{_plain(text)})" for name, (text, _) in rules.items()}
        self._token = re.compile("|".join(texts.values()))
        self._place = re.compile("|".join((texts["account"], texts["region"])))

    def is_bound(self, text: str) -> bool:
        """Return whether a text holds anything of one account or Region."""
        return self.of(text, "") != escaped(text)

    def neutral(self, text: str) -> str:
        """Return a text without what is of one account or Region, for names of files and secrets."""
        return NEUTRAL.sub(lambda m: m.group(1), self.of(text, ""))

    def of(self, text: str, at: str) -> str:
        """Return a text with variables, in which everything else that looks like a reference is escaped.

        Args:
            text: The live text.
            at: The member that it is the value of; empty to ask what would become of it, which uses no variable.
        """
        parts, end = [], 0
        for match in self._token.finditer(text):
            parts += [escaped(text[end : match.start()]), self._rules[match.lastgroup or ""](match.group(), at)]
            end = match.end()
        return "".join([*parts, escaped(text[end:])])

    def leaf(self, text: str, at: str, member: str, *, bound: bool) -> str:
        """Return the value of a member with variables.

        Args:
            text: The live value.
            at: The member, with its address.
            member: Its name alone.
            bound: Whether the schema says that the value is an id of one account or Region.
        """
        if bound:
            return self.value(text, word(member), OTHER_ID, at, "id")
        if re.fullmatch(HOST, text) and text not in self._here.customs and self._is_placed(text):
            return self._host(text, at, member)
        if text != self._here.home.region and is_region(text):
            wanted = word(member if member.endswith("Region") else "other_region")
            return self.value(text, wanted, REGION_ELSEWHERE, at, "region")
        return self.of(text, at)

    def domain(self, name: str, at: str) -> str:
        """Return the key of a domain, which is a prefix or a host."""
        if name in self._here.prefixes:
            return self.value(name, DOMAIN_PREFIX, DOMAIN, at, "prefix")
        return self.value(name, "custom_domain", CUSTOM, at, "custom domain")

    def variable(self, name: str, at: str) -> str:
        """Return the reference to a variable of the place: `account`, `region`, `partition` and the like."""
        home = self._here.home
        values = {
            "account": home.account,
            "region": home.region,
            "partition": home.partition,
            "dns_suffix": self._here.dns_suffix,
            "login_suffix": self._here.login_suffix,
        }
        return self.value(values[name], name, "", at, "place")

    def value(self, value: str, wanted: str, why: str, at: str, sort: Sort) -> str:
        """Return the reference to a variable with a value; see `PlacedVariables.name`."""
        if not at:  # it is only asked what the text would become
            return f"${{var.{wanted}}}"
        name = self._variables.name(value, wanted, why, at, sort)
        self.used.add(name)
        return f"${{var.{name}}}"

    # --- what is found in a text

    def _arn(self, arn: str, at: str) -> str:
        if arn in self._here.others:
            return self._reference(arn)
        head = head_of(arn, self._here.home)
        if head is None:
            return self.value(arn, self._arn_name(arn), reason(arn), at, "arn")
        for name in re.findall(r"\$\{var\.(\w+)\}", head):
            self.variable(name, at)
        return head + self.of(arn.split(":", 5)[5], at)

    def _arn_name(self, arn: str) -> str:
        service, resource = arn.split(":", 3)[2], arn.split(":", 5)[5]
        kind, _, name = re.sub(r"^([a-z-]+):", r"\1/", resource).partition("/")
        last = [part for part in re.split(r"[/:]", name) if part and not _is_opaque(part)]
        plain = self.neutral(last[-1]) if last else ""
        return word(service, kind if name else "", plain or ("" if name else self.neutral(kind)))

    def _provider(self, text: str, at: str) -> str:
        region, _, pool_id = re.findall(PROVIDER, text)[0]
        if text in self._here.others:
            return self._reference(text)
        if region != self._here.home.region:
            return self.value(text, "user_pool_provider", OTHER_ID, at, "id")
        host = f"cognito-idp.{self.variable('region', at)}.{self.variable('dns_suffix', at)}"
        return f"{host}/{self._pool_id(pool_id, at)}"

    def _host(self, host: str, at: str, member: str = "host") -> str:
        here = self._here
        prefix, _, rest = host.partition(".")
        if prefix in here.prefixes and rest == here.login_suffix:
            return f"{self.domain(prefix, at)}.{self.variable('login_suffix', at)}"
        if host in here.customs:
            return self.domain(host, at)
        if not self._is_placed(host):
            return escaped(host)
        owner = at.partition(".")[0].rpartition("/")[2]
        return self.value(host, word(self.neutral(owner), member) if owner else member, OWN_HOST, at, "host")

    def _is_placed(self, host: str) -> bool:
        if host.endswith(GENERATED) or self._token.search(host.replace(".", " ")):
            return True
        return bool(IN_REGIONS.search(host) and SOMEWHERE.search(host))

    def _own_id(self, text: str, at: str) -> str:
        return self.value(text, self._here.ids[text], OWN_ID, at, "own id")

    def _pool_id(self, text: str, at: str) -> str:
        return self._id(text, "identity_pool_id" if ":" in text else "user_pool_id", at)

    def _long_word(self, text: str, at: str) -> str:
        if text in self._here.ids or text in self._here.others or CLIENT_ID.fullmatch(text):
            return self._id(text, "client_id", at)
        return self._place.sub(lambda m: self._rules[m.lastgroup or ""](m.group(), at), text)

    def _id(self, text: str, wanted: str, at: str) -> str:
        if text in self._here.ids:
            return self._own_id(text, at)
        return self._reference(text) if text in self._here.others else self.value(text, wanted, OTHER_ID, at, "id")

    def _reference(self, text: str) -> str:
        return f"{PREFIX}{self._here.others[text]}}}"


def is_region(text: str) -> bool:
    """Return whether a text is a Region, and not only alike: a client may be called web-eu-west-1."""
    return re.fullmatch(REGION, text) is not None and offers("cognito-idp", text) is not None


def escaped(text: str) -> str:
    """Return a text in which nothing is a reference."""
    return text.replace("${", "$${")


def _plain(pattern: str) -> str:
    """Return a pattern whose groups are not captured: only the names of rules are."""
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", pattern)


def _is_opaque(text: str) -> bool:
    """Whether a part of an ARN is an id and no name."""
    return re.fullmatch(r"[0-9a-f-]{16,}|\d+|[a-z]+-[0-9a-f]{16,}", text) is not None
