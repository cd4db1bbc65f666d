"""The six runs to which everything happens, from manifests that set most members of most kinds.

create   the first apply of a user pool with everything in it, and of an identity pool that refers to it
change   an apply that changes a member of each kind, makes an object and leaves undeclared ones alone
prune    an apply that deletes
plan     a plan of the change
drift    drift of the first manifest after the change
export   an export of both pools
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from reconciler.kinds import KINDS
from tests.engine.full import REGION, SCHEMA, full, role
from tests.engine.test_one_member import as_document, with_bytes

ENVIRON = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "HOME": "/nonexistent",
}
PROVIDER = "${ref.customers/user_pool#ProviderName}"
MAPPING = PROVIDER + ":${ref.customers/clients/web#ClientId}"


def _user_pool() -> dict[str, Any]:
    """The full pool, with two of the six providers, one document of terms and no custom domain, which take turns."""
    objects = full("one")
    objects["user_pool"][""]["Schema"] = SCHEMA
    objects["clients"]["web"] |= {"GenerateSecret": True, "ClientName": "web"}
    for mirrored in ("SmsVerificationMessage", "EmailVerificationMessage", "EmailVerificationSubject"):
        del objects["user_pool"][""][mirrored]
    for name in ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple"):
        del objects["identity_providers"][name]
    del objects["domains"]["auth.example.com"]
    del objects["clients.terms"]["web/privacy-policy"]
    return as_document(objects)


def _identity_pool() -> dict[str, Any]:
    return {
        "version": 1,
        "kind": "IdentityPool",
        "identity_pool": {
            "IdentityPoolName": "app",
            "AllowUnauthenticatedIdentities": False,
            "AllowClassicFlow": False,
            "CognitoIdentityProviders": [
                {
                    "ProviderName": PROVIDER,
                    "ClientId": {"$ref": "customers/clients/web#ClientId"},
                    "ServerSideTokenCheck": True,
                }
            ],
            "IdentityPoolTags": {"team": "one"},
        },
        "roles": {
            "Roles": {"authenticated": role("in-one")},
            "RoleMappings": {MAPPING: {"Type": "Token", "AmbiguousRoleResolution": "Deny"}},
        },
        "principal_tags": {PROVIDER: {"UseDefaults": False, "PrincipalTags": {"tenant": "custom:tenant"}}},
    }


def _extras(pool: dict[str, Any]) -> dict[str, Any]:
    """Add objects that the later manifests do not declare."""
    pool["groups"]["staff"] = {"Description": "Made by hand", "Precedence": 7}
    pool["clients"]["legacy"] = {"CallbackURLs": ["https://legacy.example.com"], "RefreshTokenValidity": 3}
    pool["resource_servers"]["stock"] = {"Name": "Stock", "Scopes": [{"ScopeName": "see", "ScopeDescription": "See"}]}
    return pool


def _changed() -> list[dict[str, Any]]:
    """One declared member a kind; everything else is undeclared and has to stay."""
    pool: dict[str, Any] = {
        "version": 1,
        "user_pool": {
            "PoolName": "customers",
            "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
            "AdminCreateUserConfig": {"InviteMessageTemplate": {"EmailSubject": "Welcome other"}},
        },
        "mfa": {"EmailMfaConfiguration": {"Subject": "Code other"}},
        "resource_servers": {"orders": {"Name": "Orders other"}},
        "identity_providers": {"okta": {"AttributeMapping": {"email": "mail_other"}}},
        "groups": {"admins": {"Description": "Group other"}, "guests": {"Description": "New"}},
        "domains": {"customers-acme": {"ManagedLoginVersion": 1}},
        "risk_configuration": {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["10.0.0.0/8", "192.168.0.1/32"]}},
        "ui_customization": {"CSS": ".logo-customizable {max-width: 50%;}"},
        "log_delivery": full("other")["log_delivery"][""],
        "session": {"TokenSession": {"MaxPerUser": 7}},
        "web_acl": full("other")["web_acl"][""],
        "limits": {"UserAuthentication": {"RequestedLimitValue": 300}},
        "clients": {
            "web": {
                "AccessTokenValidity": 15,
                "terms": {"terms-of-use": {"Links": {"cognito:dutch": "https://example.com/other/dutch"}}},
                "risk_configuration": {
                    "CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "NO_ACTION"}}
                },
                "session": {"SSOSession": {"MaxValidityMinutes": 90}},
                "cimd_policies": {"partners": {"CacheDuration": 200_000}},
            }
        },
    }
    identities: dict[str, Any] = {
        "version": 1,
        "kind": "IdentityPool",
        "identity_pool": {"IdentityPoolName": "app", "AllowClassicFlow": True},
        "roles": {"Roles": {"authenticated": role("in-other")}},
        "principal_tags": {PROVIDER: {"PrincipalTags": {"plan": "custom:plan"}}},
    }
    return [pool, identities]


PRUNED = ["groups", "resource_servers", "identity_providers", "clients", "clients.terms", "clients.cimd_policies"]


def _pruned() -> list[dict[str, Any]]:
    pool = _user_pool()
    pool["prune"] = PRUNED
    pool["groups"] = {"admins": {}}
    pool["resource_servers"] = {"orders": pool["resource_servers"]["orders"]}
    pool["identity_providers"] = {"okta": pool["identity_providers"]["okta"]}
    web = pool["clients"]["web"]
    web["terms"], web["cimd_policies"] = {}, {}
    return [pool, _identity_pool()]


def _written(directory: Path, name: str, documents: list[dict[str, Any]]) -> str:
    documents = [with_bytes(copy.deepcopy(d), directory) for d in documents]
    text = yaml.dump_all(documents, sort_keys=False, Dumper=_Plain)
    file = directory / f"{name}.yaml"
    file.write_text(text)
    return str(file)


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _sections(documents: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the sections that documents declare, also inside objects."""
    for document in documents:
        for name in document.keys() & KINDS.keys():
            yield name
            inner = {member for one in document[name].values() if isinstance(one, dict) for member in one}
            yield from (f"{name}.{member}" for member in inner if f"{name}.{member}" in KINDS)


@dataclass(frozen=True)
class Scenario:
    """One run."""

    name: str
    words: Callable[[Path], list[str]]
    """The command line, without endpoint; its files are put into the directory that it is given."""
    writes: bool
    before: tuple[str, ...]
    """Manifests that were applied before."""
    declares: frozenset[str]
    """The sections that its manifest declares."""


MANIFESTS = {
    "created": lambda: [_user_pool(), _identity_pool()],
    "extended": lambda: [_extras(_user_pool()), _identity_pool()],
    "changed": _changed,
    "pruned": _pruned,
}
REPORT = "report.json"


def _apply(manifest: str, *more: str) -> Callable[[Path], list[str]]:
    return lambda out: ["apply", "--yes", *more, "-o", "human", "-o", f"json={out / REPORT}", manifest]


def scenarios(directory: Path) -> dict[str, Scenario]:
    """Write the manifests into a directory and return the runs by name."""
    made = {name: make() for name, make in MANIFESTS.items()}
    file = {name: _written(directory, name, documents) for name, documents in made.items()}
    says = {name: frozenset(_sections(documents)) for name, documents in made.items()}
    prune = ("--prune", "--max-deletes", "9")

    def reading(*words: str) -> Callable[[Path], list[str]]:
        return lambda out: [*words[:-1], "-o", f"json={out / REPORT}", words[-1]]

    changed = reading("plan", "--detailed-exitcode", file["changed"])
    drifted = reading("drift", file["created"])
    export = lambda out: ["export", "--all", "--to", str(out / "exported")]  # noqa: E731
    every = (
        Scenario("create", _apply(file["created"]), True, (), says["created"]),
        Scenario("change", _apply(file["changed"]), True, (file["extended"],), says["changed"]),
        Scenario("prune", _apply(file["pruned"], *prune), True, (file["extended"],), says["pruned"]),
        Scenario("plan", changed, False, (file["extended"],), says["changed"]),
        Scenario("drift", drifted, False, (file["extended"], file["changed"]), says["created"]),
        Scenario("export", export, False, (file["extended"],), frozenset()),
    )
    return {s.name: s for s in every}
