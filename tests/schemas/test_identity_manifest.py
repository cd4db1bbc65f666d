"""The envelope of an identity pool, and facts of the schemas that the engine must be able to rely on."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from reconciler.values.differ import diff
from reconciler.values.shapes import Shape, input_shape
from schemas.base import ApiModel, FreeDocument, NotRemovable, OnlyOnce, members
from schemas.checked import validate
from schemas.cimd_policy import CIMDPolicy
from schemas.identity_manifest import IdentityPoolManifest, identity_sections
from schemas.identity_pool import IdentityPool
from schemas.log_delivery import LogDelivery
from schemas.managed_login_branding import ManagedLoginBranding
from schemas.replica import Replica
from schemas.risk_configuration import RiskConfiguration
from schemas.terms import Terms
from schemas.ui_customization import UICustomization
from schemas.user_pool import UserPool

FULL: dict[str, Any] = {
    "version": 1,
    "kind": "IdentityPool",
    "target": {"account": "012345678901", "region": "eu-west-1"},
    "id": "eu-west-1:a1b2c3d4-5678-90ab-cdef-111111111111",
    "identity_pool": {"IdentityPoolName": "customers", "AllowUnauthenticatedIdentities": False},
    "roles": {"Roles": {}},
    "principal_tags": {"accounts.google.com": {"UseDefaults": True}},
    "prune": ["principal_tags"],
    "protect": ["identity_pool"],
    "ignore": [{"path": "identity_pool.CognitoIdentityProviders", "reason": "OpenSearch adds its own"}],
}


def test_a_whole_manifest() -> None:
    read = validate(IdentityPoolManifest, FULL, extra="forbid")
    assert read.model_fields_set == set(FULL)
    assert read.roles is not None
    assert read.roles.Roles == {}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "UserPool"}, ("kind",)),
        ({"version": True}, ("version",)),
        ({"id": "eu-west-1_AbCdEf123"}, ("id",)),
        ({"user_pool": {}}, ("user_pool",)),
        ({"prune": ["clients"]}, ("prune", 0)),
        ({"prune": ["roles"]}, ("prune", 0)),
        ({"protect": ["clients/web"]}, ("protect", 0)),
        ({"ignore": [{"path": "clients/x", "reason": "r"}]}, ("ignore", 0, "path")),
    ],
)
def test_what_the_envelope_refuses(change: dict[str, Any], place: tuple[str | int, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        validate(IdentityPoolManifest, {**FULL, **change}, extra="forbid")
    assert [e["loc"] for e in caught.value.errors()] == [place]


def test_the_kind_must_be_said() -> None:
    with pytest.raises(ValidationError, match="kind"):
        validate(IdentityPoolManifest, {"version": 1}, extra="forbid")


def test_sections_are_found_by_walking_the_model() -> None:
    assert {name: member.shape for name, member in identity_sections().items()} == {
        "identity_pool": "structure",
        "roles": "structure",
        "principal_tags": "map",
    }


# --- facts ---------------------------------------------------------------------------------------------------------


def test_a_document_is_one_value() -> None:
    member = members(ManagedLoginBranding)["Settings"]
    assert (member.shape, member.scalar, member.has(FreeDocument)) == ("scalar", object, True)


@pytest.mark.parametrize(
    ("live", "changes"),
    [
        ({"form": {"borderRadius": 8.0, "order": [1.0, 2]}}, 0),
        ({"form": {"order": [1, 2], "borderRadius": 8}}, 0),
        ({"form": {"borderRadius": 8.5, "order": [1, 2]}}, 1),
        ({"form": {"borderRadius": 8, "order": [2, 1]}}, 1),
        ({"form": {"borderRadius": 8, "order": [1, 2]}, "more": True}, 1),
    ],
)
def test_documents_are_compared_as_a_whole_and_numbers_by_value(live: dict[str, Any], changes: int) -> None:
    declared = {"Settings": {"form": {"borderRadius": 8, "order": [1, 2]}}}
    assert len(diff(ManagedLoginBranding, declared, {"Settings": live})) == changes


def test_all_events_and_none_are_the_same() -> None:
    declared = {"CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_UP", "SIGN_IN", "PASSWORD_CHANGE"]}}
    live: dict[str, Any] = {"CompromisedCredentialsRiskConfiguration": {"EventFilter": []}}
    assert diff(RiskConfiguration, declared, live) == ()


def test_the_order_of_logs_means_nothing() -> None:
    first, second = {"EventSource": "userNotification"}, {"EventSource": "userAuthEvents"}
    assert diff(LogDelivery, {"LogConfigurations": [first, second]}, {"LogConfigurations": [second, first]}) == ()


def test_the_two_constraints_on_a_developer_s_name() -> None:
    mark = members(IdentityPool)["DeveloperProviderName"].mark(NotRemovable)
    assert isinstance(mark, OnlyOnce)


def test_a_replica_has_the_structures_of_its_pool() -> None:
    for name in ("LambdaConfig", "EmailConfiguration", "SmsConfiguration"):
        assert members(Replica)[name].model is members(UserPool)[name].model


@pytest.mark.parametrize(
    ("model", "answer"),
    [
        (RiskConfiguration, "RiskConfigurationType"),
        (UICustomization, "UICustomizationType"),
        (ManagedLoginBranding, "ManagedLoginBrandingType"),
        (LogDelivery, "LogDeliveryConfigurationType"),
        (Terms, "TermsType"),
        (Replica, "UserPoolReplicaType"),
        (CIMDPolicy, "CIMDPolicyType"),
    ],
)
def test_every_member_of_an_answer_can_be_pasted_or_is_refused_with_advice(model: type[ApiModel], answer: str) -> None:
    shown = set(Shape(input_shape(*model.INPUTS[0]).model, answer).members)
    assert shown - set(members(model)) - set(model.MOVED) == set()
