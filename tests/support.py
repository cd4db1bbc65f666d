"""Runs the real stages against the embedded Cognito, in this process and without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from reconciler.applying.applier import Applying
from reconciler.cloud.aws import Access, Aws
from reconciler.cloud.port import Cloud
from reconciler.kinds import KINDS
from reconciler.kinds.expected import expected_answers
from reconciler.local import LocalCognito
from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.variables import variables
from reconciler.model import Event, Failed, Plan, Skipped, Tree, Verified
from reconciler.observing.name_list import PoolLists
from reconciler.planning.pipeline import planned
from reconciler.planning.planner import PlanOptions

REGION = "eu-west-1"
ACCOUNT = "123456789012"


def carried_out(plan: Plan, cloud: Cloud, again: Callable[[], Plan], **how: Any) -> Iterator[Event]:
    """Carry out a plan in this thread, and yield the events as they happen."""
    return Applying(plan, cloud, again, **how).events()


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Bench:
    """The embedded Cognito with a cloud on it."""

    def __init__(self, local: LocalCognito, region: str = REGION) -> None:
        self.local = local
        self.clock = Clock()
        expected = expected_answers(KINDS.values())
        access = Access(region=region, share=1e6)
        self.cloud: Cloud = Aws(access, expected=expected, clock=self.clock, sleep=self.clock.sleep)
        self.region = region

    def boto(self, service: str = "cognito-idp") -> Any:
        return self.local.client(service, self.region)

    def plan(self, manifest: Manifest, *targets: str) -> Plan:
        return planned(manifest, self.cloud, PlanOptions(targets=targets))

    def apply(
        self,
        manifest: Manifest,
        plan: Plan | None = None,
        cloud: Cloud | None = None,
        pools: PoolLists | None = None,
    ) -> list[Event]:
        found = plan or self.plan(manifest)
        assert not found.refusals, found.refusals
        target = cloud or self.cloud
        again = lambda: planned(manifest, self.cloud)  # noqa: E731
        how = {"clock": self.clock, "sleep": self.clock.sleep, "stop": lambda: False, "pools": pools}
        return list(carried_out(found, target, again, **how))

    def converge(self, manifest: Manifest) -> list[Event]:
        """Apply, and insist that all went well and nothing is left."""
        events = self.apply(manifest)
        wrong = [(str(e.change.address), getattr(e, "error", "")) for e in events if isinstance(e, Failed | Skipped)]
        assert not wrong, wrong
        left = [e.left for e in events if isinstance(e, Verified)]
        assert left == [()], left
        return events

    def snapshot(self, pool_id: str) -> Tree:
        """Everything about a pool, as the service tells it, without times."""
        return snapshot(self.boto(), pool_id)


@contextmanager
def bench(directory: Path | None = None, region: str = REGION, **options: Any) -> Iterator[Bench]:
    with LocalCognito(directory, **options) as local:
        yield Bench(local, region)


def manifest(
    tmp_path: Path, tree: Tree | str, *, environ: Mapping[str, str] | None = None, name: str = "m.yaml"
) -> Manifest:
    """Load one document through the real loader."""
    file = tmp_path / name
    text = tree if isinstance(tree, str) else yaml.safe_dump(tree, sort_keys=False, allow_unicode=True)
    file.write_text(text)
    found = load([str(file)], variables=variables([], []), environ=environ or {}, stdin=lambda: "")
    assert len(found.manifests) == 1
    return found.manifests[0]


def document(**sections: Any) -> Tree:
    """A document with the envelope filled in."""
    return {"version": 1, "user_pool": {"PoolName": "customers"}, **sections}


TIMES = (
    *("CreationDate", "LastModifiedDate", "ResponseMetadata", "Version", "EstimatedNumberOfUsers", "CSSVersion"),
    *("TermsId", "CIMDPolicyId", "ManagedLoginBrandingId"),
)


def clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: clean(v) for k, v in value.items() if k not in TIMES}
    return [clean(v) for v in value] if isinstance(value, list) else value


def snapshot(idp: Any, pool_id: str) -> Tree:
    pool = idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]
    clients = idp.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    providers = idp.list_identity_providers(UserPoolId=pool_id, MaxResults=60)["Providers"]
    domains = [pool[m] for m in ("Domain", "CustomDomain") if pool.get(m)]
    found = {
        "user_pool": pool,
        "mfa": idp.get_user_pool_mfa_config(UserPoolId=pool_id),
        "groups": {g["GroupName"]: g for g in idp.list_groups(UserPoolId=pool_id, Limit=60)["Groups"]},
        "resource_servers": {
            r["Identifier"]: r for r in idp.list_resource_servers(UserPoolId=pool_id, MaxResults=50)["ResourceServers"]
        },
        "clients": {
            c["ClientId"]: idp.describe_user_pool_client(UserPoolId=pool_id, ClientId=c["ClientId"])["UserPoolClient"]
            for c in clients
        },
        "identity_providers": {
            p["ProviderName"]: idp.describe_identity_provider(UserPoolId=pool_id, ProviderName=p["ProviderName"])[
                "IdentityProvider"
            ]
            for p in providers
        },
        "domains": {d: idp.describe_user_pool_domain(Domain=d)["DomainDescription"] for d in domains},
    }
    return clean(found)


def settings(here: Bench, pool_id: str) -> Tree:
    """The settings around a pool, and those inside of its clients, as the services tell them."""
    idp, waf = here.boto(), here.boto("wafv2")
    ids = {"UserPoolId": pool_id}
    arn = idp.describe_user_pool(**ids)["UserPool"]["Arn"]
    definition = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserAuthentication"}}
    limit = idp.get_provisioned_limit(LimitDefinition=definition)["Limit"]
    found: Tree = {
        "risk_configuration": idp.describe_risk_configuration(**ids)["RiskConfiguration"],
        "ui_customization": idp.get_ui_customization(**ids)["UICustomization"],
        "log_delivery": idp.get_log_delivery_configuration(**ids)["LogDeliveryConfiguration"],
        "session": idp.get_user_pool_session_configuration(**ids),
        "web_acl": {"WebACLArn": waf.get_web_acl_for_resource(ResourceArn=arn).get("WebACL", {}).get("ARN")},
        "limits": {"UserAuthentication": {"RequestedLimitValue": limit["ProvisionedLimitValue"]}},
    }
    clients = idp.list_user_pool_clients(**ids, MaxResults=60)["UserPoolClients"]
    for client in clients[:1]:
        found |= inside(idp, {**ids, "ClientId": client["ClientId"]})
    return clean(found)


def inside(idp: Any, ids: dict[str, str]) -> Tree:
    def absent(call: Any, **more: Any) -> Tree:
        try:
            return call(**ids, **more)
        except idp.exceptions.ResourceNotFoundException:
            return {}

    branding = absent(idp.describe_managed_login_branding_by_client)
    terms = {
        n: absent(idp.describe_terms_by_client, TermsName=n).get("Terms") for n in ("terms-of-use", "privacy-policy")
    }
    policies = list(idp.list_cimd_policies(UserPoolId=ids["UserPoolId"], MaxResults=60)["CIMDPolicies"])
    described = {
        f"web/{p['PolicyName']}": idp.describe_cimd_policy(
            UserPoolId=ids["UserPoolId"], CIMDPolicyId=p["CIMDPolicyId"]
        )["CIMDPolicy"]
        for p in policies
    }
    return {
        "clients.branding": {"web": branding.get("ManagedLoginBranding")},
        "clients.terms": {f"web/{n}": found for n, found in terms.items()},
        "clients.risk_configuration": {"web": idp.describe_risk_configuration(**ids)["RiskConfiguration"]},
        "clients.ui_customization": {"web": idp.get_ui_customization(**ids)["UICustomization"]},
        "clients.session": {"web": idp.get_user_pool_client_session_configuration(**ids)},
        "clients.cimd_policies": described,
    }


def identity_snapshot(here: Bench, pool_id: str, provider: str) -> Tree:
    identity = here.boto("cognito-identity")
    ids = {"IdentityPoolId": pool_id}
    return clean(
        {
            "identity_pool": identity.describe_identity_pool(**ids),
            "roles": identity.get_identity_pool_roles(**ids),
            "principal_tags": {
                provider: identity.get_principal_tag_attribute_map(**ids, IdentityProviderName=provider)
            },
        }
    )
