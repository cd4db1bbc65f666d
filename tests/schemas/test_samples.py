"""Published answers go through the schemas, and nothing that can be sent is lost on the way."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.values.shapes import input_shape, project
from schemas.base import ApiModel, Default, members
from schemas.checked import validate
from schemas.client import Client
from schemas.domain import Domain
from schemas.group import Group
from schemas.identity_pool import IdentityPool
from schemas.identity_pool_roles import IdentityPoolRoles
from schemas.identity_provider import IdentityProvider
from schemas.log_delivery import LogDelivery
from schemas.managed_login_branding import ManagedLoginBranding
from schemas.mfa import Mfa
from schemas.resource_server import ResourceServer
from schemas.risk_configuration import RiskConfiguration
from schemas.sections import is_object
from schemas.session_configuration import SessionConfiguration
from schemas.ui_customization import UICustomization
from schemas.user_pool import STANDARD_ATTRIBUTES, UserPool

SAMPLES = Path(__file__).parent.parent / "samples"
WRAPPERS: dict[str, type[ApiModel]] = {
    "UserPool": UserPool,
    "UserPools": UserPool,
    "UserPoolClient": Client,
    "UserPoolClients": Client,
    "DomainDescription": Domain,
    "ResourceServer": ResourceServer,
    "ResourceServers": ResourceServer,
    "IdentityProvider": IdentityProvider,
    "Providers": IdentityProvider,
    "Group": Group,
    "Groups": Group,
    "RiskConfiguration": RiskConfiguration,
    "UICustomization": UICustomization,
    "ManagedLoginBranding": ManagedLoginBranding,
    "LogDeliveryConfiguration": LogDelivery,
    "IdentityPools": IdentityPool,
}
FLAT: dict[str, type[ApiModel]] = {
    "UserPoolMfaConfig": Mfa,
    "UserPoolSessionConfiguration": SessionConfiguration,
    "IdentityPool": IdentityPool,
    "IdentityPoolRoles": IdentityPoolRoles,
}
"""Answers without a wrapper, by the end of the operation's name."""
RENAMED = {"Name": "PoolName", "SchemaAttributes": "Schema"}
"""Members of a pool that an answer spells differently."""
MASKED = ("CLIENT_SECRET",)
"""Placeholders of the documentation that no real secret could be."""
NOT_SENDABLE = {("AdminCreateUserConfig", "UnusedAccountValidityDays")}
"""Members of inputs that Cognito refuses."""


def load(name: str) -> Any:
    return json.loads((SAMPLES / name).read_text())


def objects(entry: dict[str, str]) -> list[tuple[type[ApiModel], dict[str, Any]]]:
    answer = load(entry["file"])
    flat = next((model for end, model in FLAT.items() if entry["operation"].endswith(end)), None)
    if flat:
        return [(flat, answer)]
    found = []
    for wrapper, model in WRAPPERS.items():
        held = answer.get(wrapper, [])
        found += [(model, spelled(model, item)) for item in (held if isinstance(held, list) else [held])]
    return found


def spelled(model: type[ApiModel], item: dict[str, Any]) -> dict[str, Any]:
    if model is ManagedLoginBranding:  # the command line prints bytes in base64
        assets = [{**asset, "Bytes": base64.b64decode(asset["Bytes"])} for asset in item["Assets"]]
        return {**item, "Assets": assets}
    if model is not UserPool:
        return {k: v for k, v in item.items() if v not in MASKED} if model is Client else item
    return {RENAMED.get(k, k): v for k, v in item.items()}


INDEX = json.loads((SAMPLES / "INDEX.json").read_text())
CASES = [(entry["file"], i, m, tree) for entry in INDEX for i, (m, tree) in enumerate(objects(entry))]


def sendable(model: type[ApiModel], tree: dict[str, Any]) -> dict[str, Any]:
    """The part of an answer that create or update takes, without what belongs elsewhere."""
    found: dict[str, Any] = {}
    for operation in model.INPUTS:
        found |= project(tree, input_shape(*operation))
    kept = {k: v for k, v in found.items() if k not in model.MOVED}
    for block, member in NOT_SENDABLE:
        if member in kept.get(block, {}):
            kept[block] = {k: v for k, v in kept[block].items() if k != member}
    return kept


def test_there_are_samples_of_every_kind() -> None:
    assert {model for _, _, model, _ in CASES} == {*WRAPPERS.values(), *FLAT.values()}


@pytest.mark.parametrize(("model", "tree"), [c[2:] for c in CASES], ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_an_answer_is_read_without_loss(model: type[ApiModel], tree: dict[str, Any]) -> None:
    read = validate(model, tree, extra="ignore")
    assert read.model_dump(exclude_unset=True) == sendable(model, tree)


@pytest.mark.parametrize(("model", "tree"), [c[2:] for c in CASES], ids=[f"{c[0]}-{c[1]}" for c in CASES])
def test_every_pasted_member_is_known_or_refused_with_advice(model: type[ApiModel], tree: dict[str, Any]) -> None:
    assert set(tree) - set(members(model)) - set(model.MOVED) == set()


def test_an_unknown_member_of_a_manifest_is_refused() -> None:
    with pytest.raises(ValidationError, match="CallbackUrls"):
        validate(Client, {"CallbackUrls": []}, extra="forbid")


# --- defaults ------------------------------------------------------------------------------------------------------

UNSPOKEN = {
    ("UserPool", "Policies", "PasswordPolicy", "PasswordHistorySize"): "absent means 0 (cognito.md 2.1)",
    ("UserPool", "UserPoolAddOns", "AdvancedSecurityMode"): "absent means OFF (cognito.md 2.1)",
    ("UserPool", "UsernameConfiguration", "CaseSensitive"): "absent means true (cognito.md 2.1)",
    ("UserPool", "AcrConfiguration"): "shown since 2026 (cognito.md 4.1)",
    ("Client", "GenerateSecret"): "never shown (cognito.md 2.3)",
    ("Client", "TokenValidityUnits", "AccessToken"): "absent means hours (cognito.md 2.3)",
    ("Client", "TokenValidityUnits", "IdToken"): "absent means hours (cognito.md 2.3)",
    ("Client", "TokenValidityUnits", "RefreshToken"): "absent means days (cognito.md 2.3)",
    ("Client", "PreventUserExistenceErrors"): "absent means LEGACY (cognito.md 2.3)",
    ("Client", "RefreshTokenRotation", "Feature"): "absent means DISABLED (cognito.md 2.3)",
    ("Mfa", "WebAuthnConfiguration", "UserVerification"): "absent until passkeys are configured (cognito.md 2.2)",
    ("Mfa", "WebAuthnConfiguration", "FactorConfiguration"): "absent until MFA or passkeys are set (cognito.md 2.2)",
    ("Client", "PublishSecretsInAWSSecretsManager"): "absent means false (botocore 1.44.8)",
}
"""Defaults that a description of a new object does not spell out."""

MINIMAL: dict[type[ApiModel], Any] = {
    UserPool: load("composed2026__describe-user-pool__minimal.json")["UserPool"],
    Client: load("composed2026__describe-user-pool-client__minimal.json")["UserPoolClient"],
    Mfa: load("composed2026__get-user-pool-mfa-config__off.json"),
    SessionConfiguration: load("composed2026__get-user-pool-session-configuration__default.json"),
    LogDelivery: load("composed2026__get-log-delivery-configuration__none.json")["LogDeliveryConfiguration"],
}


def said(model: type[ApiModel], path: tuple[str, ...]) -> dict[tuple[str, ...], Any]:
    """Every default outside lists and maps, by path."""
    found: dict[tuple[str, ...], Any] = {}
    for name, member in members(model).items():
        default = member.mark(Default)
        if default:
            found[(*path, name)] = default.value
        if member.shape == "structure" and member.model and not is_object(member):
            found |= said(member.model, (*path, name))
    return found


def dig(tree: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(tree, dict) or step not in tree:
            return KeyError
        tree = tree[step]
    return tree


@pytest.mark.parametrize("model", MINIMAL, ids=lambda m: m.__name__)
def test_defaults_are_what_a_new_object_shows(model: type[ApiModel]) -> None:
    shown = {path: dig(MINIMAL[model], path[1:]) for path in said(model, (model.__name__,))}
    expected = {path: KeyError if path in UNSPOKEN else value for path, value in said(model, (model.__name__,)).items()}
    assert shown == expected


@pytest.mark.parametrize("model", MINIMAL, ids=lambda m: m.__name__)
def test_what_a_new_object_shows_has_a_default(model: type[ApiModel]) -> None:
    """Else drift would report every new object; the attributes and the name are its own."""
    without = {name for name in MINIMAL[model] if name in members(model) and not members(model)[name].has(Default)} - {
        "ClientName",
        "ClientId",
    }
    assert without == set()


def test_unspoken_defaults_exist() -> None:
    assert set(UNSPOKEN) <= set().union(*(said(m, (m.__name__,)) for m in MINIMAL))


def test_standard_attributes_are_those_of_a_new_pool() -> None:
    shown = MINIMAL[UserPool]["SchemaAttributes"]
    assert list(STANDARD_ATTRIBUTES.items()) == [
        (a["Name"], {k: v for k, v in a.items() if k != "Name"}) for a in shown
    ]
