"""Live → Terraform's form → manifest → plan is empty, for every attribute of the provider and for whole states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cloud.port import Identity, ReadOnly
from reconciler.export.exporter import Style
from reconciler.export.owned_part import part_of
from reconciler.importing.owned import OwnedObject
from reconciler.importing.terraform.adopting import definition
from reconciler.importing.terraform.resource_table import MANAGED_CLIENT
from reconciler.importing.terraform.state_files import read_state
from reconciler.kinds import KINDS, READS
from reconciler.runs import export_run
from reconciler.runs.export_run import Found, Read
from tests.engine.full import ACCOUNT, REGION, SCHEMA, full, identities
from tests.engine.test_one_member import as_document, with_bytes
from tests.importing.terraform_form import ATTRIBUTES, Attribute, attributes, dig, instance, of, plain, state
from tests.support import Bench, bench, manifest

STYLE = Style("full", "env", beside=True)


class Live:
    """A live pool with a value for every member, and Terraform's form of its objects."""

    def __init__(self, here: Bench, directory: Path, document: str, pool_id: str) -> None:
        self.here, self.directory = here, directory
        cloud = ReadOnly(here.cloud, READS | {("sts", "GetCallerIdentity")})
        self.read: Read = export_run.read(cloud, Found(document, pool_id, ""), parallelism=1)
        self.identity: Identity = cloud.identity()
        self.pool_id = pool_id

    def trees(self, section: str, name: str = "") -> dict[str, Any]:
        live = self.read.live_state.section(section)
        found = next(o for o in live if name in ("", o.address.name))
        more = self.read.live_state.section("mfa") if section == "user_pool" else ()
        return {section: found.data, **{o.address.section: o.data for o in more}}

    def client(self) -> str:
        return next(o.ids["ClientId"] for o in self.read.live_state.section("clients"))

    def resource(self, type_: str) -> dict[str, Any]:
        """The attributes of a resource in a state."""
        section, name, places = self.places()[type_]
        return attributes(type_, self.trees(section, name), places)

    def places(self) -> Mapping[str, tuple[str, str, dict[str, Any]]]:
        """By type: section, name, and the attributes that say which object it is."""
        pool = {"user_pool_id": self.pool_id}
        arn = f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{self.pool_id}"
        if self.read.found.document == "IdentityPool":
            identity = {"identity_pool_id": self.pool_id}
            provider = self.read.live_state.section("principal_tags")[0].address.name
            return {
                "aws_cognito_identity_pool": ("identity_pool", "", {"id": self.pool_id}),
                "aws_cognito_identity_pool_roles_attachment": ("roles", "", identity),
                "aws_cognito_identity_pool_provider_principal_tag": (
                    "principal_tags",
                    provider,
                    {**identity, "identity_provider_name": provider},
                ),
            }
        client = {**pool, "client_id": self.client()}
        branding = self.read.live_state.section("clients.branding")
        branding_id = branding[0].ids["ManagedLoginBrandingId"] if branding else ""
        return {
            "aws_cognito_user_pool": ("user_pool", "", {"id": self.pool_id, "arn": arn}),
            "aws_cognito_user_pool_client": (
                "clients",
                "",
                {**pool, "id": self.client(), "name": "web", "client_secret": "not-a-real-secret"},
            ),
            "aws_cognito_user_pool_domain": ("domains", "auth.example.com", {**pool, "domain": "auth.example.com"}),
            "aws_cognito_user_group": ("groups", "admins", {**pool, "name": "admins"}),
            "aws_cognito_resource_server": ("resource_servers", "orders", {**pool, "identifier": "orders"}),
            "aws_cognito_identity_provider": ("identity_providers", "okta", {**pool, "provider_name": "okta"}),
            "aws_cognito_risk_configuration": ("risk_configuration", "", {**pool, "client_id": None}),
            "aws_cognito_user_pool_ui_customization": ("ui_customization", "", {**pool, "client_id": "ALL"}),
            "aws_cognito_managed_login_branding": (
                "clients.branding",
                "",
                {**client, "managed_login_branding_id": branding_id},
            ),
            "aws_cognito_log_delivery_configuration": ("log_delivery", "", pool),
            "aws_wafv2_web_acl_association": ("web_acl", "", {"resource_arn": arn}),
        }

    def converted(self, *resources: Mapping[str, Any]) -> tuple[dict[str, Any], list[OwnedObject]]:
        """Convert a state; the export proves that its plan is empty, and fails otherwise."""
        found = definition(read_state(state(*resources), "state"))
        objects = list(found.objects)
        result = export_run.export(self.read, "pool", self.identity, STYLE, self.directory, part=part_of(objects))
        assert "not-a-real" not in result.exported.text
        return yaml.safe_load(result.exported.text), objects


def user_pool(here: Bench, directory: Path) -> Live:
    objects = full("one")
    objects["user_pool"][""]["Schema"] = SCHEMA
    objects["user_pool"][""] |= {"AliasAttributes": ["email"], "UsernameConfiguration": {"CaseSensitive": True}}
    objects["clients"]["web"] |= {"GenerateSecret": True, "ClientName": "web"}
    here.converge(manifest(directory, with_bytes(as_document(objects), directory)))
    pool_id = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    return Live(here, directory, "UserPool", pool_id)


def identity_pool(here: Bench, directory: Path) -> Live:
    user_pool = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    objects = identities("one", f"cognito-idp.{REGION}.amazonaws.com/{user_pool}")
    objects["identity_pool"][""]["DeveloperProviderName"] = "login.example.com"
    here.converge(manifest(directory, as_document(objects, kind="IdentityPool")))
    found = here.boto("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"][0]
    return Live(here, directory, "IdentityPool", found["IdentityPoolId"])


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> Iterator[dict[str, Live]]:
    found = {}
    for document, make in (("UserPool", user_pool), ("IdentityPool", identity_pool)):
        with bench(region=REGION) as here:
            found[document] = make(here, tmp_path_factory.mktemp(document))
    return found


def _alone(attribute: Attribute) -> bool:
    """Whether an attribute can be in a state alone: no block, and not within one of which there are several."""
    blocks = {a.name for a in of(attribute.resource) if a.form == "blocks"}
    inside = any(attribute.name.startswith(f"{block}.") for block in blocks)
    return attribute.form != "block" and not inside and attribute.resource != MANAGED_CLIENT


LEAVES = [a for a in ATTRIBUTES if a.member and a.member[0] != "@" and _alone(a) and a.last != "image_file"]


def _only(found: Any, steps: list[str]) -> Any:
    """The attributes of a resource with one of them, in its blocks."""
    step, *rest = steps
    value = found[step]
    return {step: [_only(value[0], rest)] if rest and value else value}


SHOWN_AS = {
    "email_verification_message": "VerificationMessageTemplate.EmailMessage",
    "email_verification_subject": "VerificationMessageTemplate.EmailSubject",
    "sms_verification_message": "VerificationMessageTemplate.SmsMessage",
    "lambda_config.pre_token_generation": "LambdaConfig.PreTokenGenerationConfig",
    "lambda_config.pre_token_generation_config.lambda_arn": "LambdaConfig.PreTokenGenerationConfig",
}
"""Attributes whose setting a manifest writes elsewhere."""

NOT_LIVE = {
    "username_attributes",  # excluded by alias_attributes
    *(f"analytics_configuration.{name}" for name in ("application_id", "external_id", "role_arn")),  # by the ARN
}
"""Attributes without a value in the pool, as another one excludes them."""


def _written(document: dict[str, Any], section: str, name: str) -> Any:
    """Return what a manifest has of the only object of a section."""
    outer, dot, part = section.partition(".")
    holder = document.get(outer, {})
    if dot:
        (client,) = holder.values()
        return client.get(part, {})
    return holder if KINDS[section].single else holder[name]


def _leaves(tree: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in tree.items():
        if isinstance(value, dict) and value and not next(iter(value)).startswith("$"):
            yield from _leaves(value, (*path, key))
        else:
            yield (*path, key)


@pytest.mark.parametrize("attribute", LEAVES, ids=lambda a: f"{a.resource.removeprefix('aws_')}.{a.name}")
def test_one_attribute_becomes_one_member_that_plans_to_nothing(pools, attribute):
    """The plan is proven by the export, which fails otherwise."""
    section, path = attribute.place
    live = pools[KINDS[section].document]
    _, name, places = live.places()[attribute.resource]
    only = _only(live.resource(attribute.resource), attribute.name.split("."))
    document, _ = live.converted(instance(attribute.resource, {**only, **places}))
    tree = _written(document, section, name or "web")
    value = plain(dig(live.trees(section, name)[section], path))
    if attribute.name in NOT_LIVE:
        assert dig(tree, path) is None
        return
    shown = tuple(SHOWN_AS.get(attribute.name, ".".join(path)).split("."))
    written = [leaf for leaf in _leaves(tree) if leaf[0] not in {"ClientId", "branding", "GenerateSecret"}]
    assert written or attribute.name == "generate_secret"
    assert all(leaf[: len(shown)] == shown for leaf in written)
    if shown == path and not isinstance(value, dict | list):
        assert dig(tree, path) == value
    elif isinstance(value, list) and isinstance(value[0], str):
        assert sorted(dig(tree, path)) == sorted(value)


@pytest.fixture(scope="module")
def whole(pools) -> dict[str, tuple[dict[str, Any], list[OwnedObject]]]:
    """Each pool converted from a state with everything that the provider has."""
    return {
        document: live.converted(*(instance(type_, live.resource(type_)) for type_ in live.places()))
        for document, live in pools.items()
    }


@pytest.mark.parametrize("document", ["UserPool", "IdentityPool"])
def test_a_whole_state_becomes_a_manifest_that_plans_to_nothing(pools, whole, document):
    tree, objects = whole[document]
    types = set(pools[document].places())
    assert len(objects) == len(types) + (document == "UserPool")  # the pool and its MFA settings are one resource
    sections = {o.section.partition(".")[0] for o in objects}
    assert set(tree) - {"version", "kind", "target", "id"} == sections


SINCE_2026 = {
    "user_pool": {"DcrConfiguration", "KeyConfiguration", "IssuerConfiguration", "AcrConfiguration"},
    "clients": {"PublishSecretsInAWSSecretsManager", "terms", "session", "cimd_policies", "risk_configuration"},
}


@pytest.mark.parametrize("section", SINCE_2026)
def test_what_no_resource_sets_is_not_taken_over(pools, whole, section):
    """Live has them all, and an export of the pool writes them."""
    tree, _ = whole["UserPool"]
    written = tree[section] if section == "user_pool" else tree[section]["web"]
    assert not SINCE_2026[section] & set(written)
    live = pools["UserPool"].trees(section)[section]
    assert {m for m in SINCE_2026[section] if m[0].isupper()} <= set(live)
    assert "FactorConfiguration" not in tree["mfa"]["WebAuthnConfiguration"]
    assert tree["mfa"]["SmsMfaConfiguration"] == {}  # the pool has the settings, and SMS is a factor


@pytest.mark.parametrize("kind", ["okta", "saml", "Google", "Facebook", "LoginWithAmazon", "SignInWithApple"])
def test_every_identity_provider_plans_to_nothing_and_keeps_its_secrets(pools, kind):
    live = pools["UserPool"]
    places = {"user_pool_id": live.pool_id, "provider_name": kind}
    found = attributes("aws_cognito_identity_provider", live.trees("identity_providers", kind), places)
    details = {
        k: "not-a-real-one" if k in ("client_secret", "private_key") else v
        for k, v in found["provider_details"].items()
    }
    tree, _ = live.converted(instance("aws_cognito_identity_provider", {**found, "provider_details": details}))
    written = tree["identity_providers"][kind]["ProviderDetails"]
    for key in {"client_secret", "private_key"} & set(written):
        assert set(written[key]) == {"$env"}


def test_settings_of_one_client_are_those_of_that_client(pools):
    live = pools["UserPool"]
    places = {"user_pool_id": live.pool_id, "client_id": live.client()}
    resources = []
    for type_, section in (
        ("aws_cognito_risk_configuration", "risk_configuration"),
        ("aws_cognito_user_pool_ui_customization", "ui_customization"),
    ):
        trees = {section: live.trees(f"clients.{section}")[f"clients.{section}"]}
        resources.append(instance(type_, attributes(type_, trees, places)))
    tree, objects = live.converted(*resources)
    assert [o.section for o in objects] == ["clients.risk_configuration", "clients.ui_customization"]
    assert set(tree) == {"version", "target", "id", "clients"}
    assert set(tree["clients"]["web"]) == {"ClientId", "risk_configuration", "ui_customization"}
    assert tree["clients"]["web"]["ui_customization"]["CSS"] == full("one")["ui_customization"][""]["CSS"]


def test_a_text_from_a_sensitive_variable_is_a_reference(pools):
    live = pools["UserPool"]
    found = live.resource("aws_cognito_user_pool")
    path = [
        {"type": "get_attr", "value": "email_configuration"},
        {"type": "index", "value": {"type": "number", "value": 0}},
    ]
    marked = [[*path, {"type": "get_attr", "value": "from_email_address"}], [{"type": "get_attr", "value": "name"}]]
    tree, _ = live.converted(instance("aws_cognito_user_pool", found, sensitive_attributes=marked))
    assert set(tree["user_pool"]["EmailConfiguration"]["From"]) == {"$env"}
