"""A stack as it was deployed: its objects live in an embedded Cognito, and its files with the ids that they have there.

Values that only AWS knows are filled in, as CloudFormation would. Ids and the account of the files are replaced, and
nothing else of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from reconciler.importing.cloudformation.evaluation import Given
from reconciler.importing.cloudformation.leaves import NotKnown
from reconciler.importing.cloudformation.property_mapping import MappedObject, mapped
from reconciler.importing.cloudformation.stack import evaluate_stack, whereabouts
from reconciler.importing.cloudformation.stack_listing import read_listing
from reconciler.importing.cloudformation.template import read_template
from reconciler.kinds import KINDS
from reconciler.local import LocalCognito
from reconciler.model import Reference, Secret
from tests.cli.support import Ran, run

from .support import FIXTURES

REGION = "eu-central-1"
ACCOUNT, HERE = "111122223333", "123456789012"
PARTNER = "eu-central-1_Partner01"

CASES = {
    "harbour": ("harbour.yaml", "harbour.resources.json"),
    "lodge": ("lodge.cdk.json", "lodge.resources.json"),
    "choir": ("choir.sam.yaml", "choir.resources.json"),
    "quill": ("quill.amplify.json", "quill.resources.json"),
}

SECRET = "not-a-real-secret-of-this-test"


class Deployed:
    """One fixture, deployed."""

    def __init__(self, directory: Path, case: str) -> None:
        self.case = case
        self.directory, self.local, self.to = directory, directory / "cognito", directory / "pools"
        self.ids: dict[str, str] = {ACCOUNT: HERE}
        self.texts = [(FIXTURES / name).read_text(encoding="utf-8") for name in CASES[case]]
        self._others()
        for pool, document in self._documents().items():
            self._apply(pool, document)

    @property
    def template(self) -> Path:
        return self._file(0)

    @property
    def resources(self) -> Path:
        return self._file(1)

    def _file(self, index: int) -> Path:
        file = self.directory / CASES[self.case][index]
        file.write_text(self.moved(self.texts[index]), encoding="utf-8")
        return file

    def run(self, *argv: str, **more: Any) -> Ran:
        return run(f"--local={self.local}", "--region", REGION, *argv, **more)

    def convert(self, *more: str, to: Path | None = None) -> Ran:
        return self.run(
            *("import", "--from", "cloudformation", str(self.template), "--stack-resources", str(self.resources)),
            *("--to", str(to or self.to), *more),
        )

    def moved(self, text: str) -> str:
        for old, new in self.ids.items():
            text = text.replace(old, new)
        return text

    # --- making

    def _others(self) -> None:
        """Make the pool that another stack has, and the client that this one has in it."""
        if PARTNER in self.texts[0]:
            with LocalCognito(self.local) as local:
                idp = local.client("cognito-idp", REGION)
                pool = self.ids[PARTNER] = idp.create_user_pool(PoolName="partners")["UserPool"]["Id"]
                made = idp.create_user_pool_client(UserPoolId=pool, ClientName="partner", GenerateSecret=True)
                self.ids["8partn0client0id0example0004"] = made["UserPoolClient"]["ClientId"]

    def _objects(self) -> tuple[MappedObject, ...]:
        template, resources = self.texts
        listing = read_listing("r.json", resources)
        given = Given({}, {}, listing, whereabouts(listing, REGION, ACCOUNT))
        return mapped(evaluate_stack(read_template("t.yaml", template), given)).objects

    def _documents(self) -> dict[str, dict[str, Any]]:
        """Return what to apply, by the id of the pool; user pools first, as identity pools name them."""
        found: dict[str, dict[str, Any]] = {}
        every = [o for o in self._objects() if o.pool and o.ids and o.pool != PARTNER]
        names = {o.ids["ClientId"]: _name(o) for o in every if o.section == "clients"}
        for one in every:
            root = "IdentityPoolId" if KINDS[one.section].document == "IdentityPool" else "UserPoolId"
            kind = {"kind": "IdentityPool"} if root == "IdentityPoolId" else {}
            self._add(found.setdefault(one.ids[root], {"version": 1, **kind}), one, names)
        return dict(sorted(found.items(), key=lambda pair: ":" in pair[0]))

    def _add(self, document: dict[str, Any], one: MappedObject, names: Mapping[str, str]) -> None:
        outer, dot, inner = one.section.partition(".")
        tree = self._filled(one.members, outer)
        holder = document.setdefault(outer, {})
        if dot:
            holder = holder.setdefault(names[one.ids["ClientId"]], {})
            outer, holder = inner, holder.setdefault(inner, {})
        if KINDS[one.section].single:
            holder.update(tree)
        else:
            holder.setdefault(_name(one), {}).update(tree)

    def _filled(self, value: Any, name: str) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(inner, str(key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(item, name) for item in value]
        if isinstance(value, Secret) or name in ("client_secret", "private_key"):
            return {"$env": "SECRET"}
        if isinstance(value, bytes):
            image = self.directory / "image.svg"
            image.write_bytes(value)
            return {"$file": image.name}
        return UNKNOWN[name] if isinstance(value, NotKnown | Reference) else value

    def _apply(self, pool: str, document: dict[str, Any]) -> None:
        file = self.directory / "one.yml"
        file.write_text(self.moved(yaml.safe_dump(document, sort_keys=False)), encoding="utf-8")
        ran = self.run("apply", "--yes", str(file), environ={"SECRET": SECRET})
        assert ran.code == 0, ran.out + ran.err
        with LocalCognito(self.local) as local:
            if ":" in pool:
                pools = local.client("cognito-identity", REGION).list_identity_pools(MaxResults=9)["IdentityPools"]
                self.ids[pool] = pools[0]["IdentityPoolId"]
                return
            self._learn(local.client("cognito-idp", REGION), pool, document["user_pool"]["PoolName"])

    def _learn(self, idp: Any, pool: str, name: str) -> None:
        live = next(p["Id"] for p in idp.list_user_pools(MaxResults=9)["UserPools"] if p["Name"] == name)
        self.ids[pool] = live
        clients = idp.list_user_pool_clients(UserPoolId=live, MaxResults=9)["UserPoolClients"]
        by_name = {c["ClientName"]: c["ClientId"] for c in clients}
        for one in self._objects():
            if one.section == "clients" and one.ids.get("UserPoolId") == pool:
                self.ids[one.ids["ClientId"]] = by_name[_name(one)]
        for one in self._objects():
            if one.section == "clients.branding":
                found = idp.describe_managed_login_branding_by_client(
                    UserPoolId=live, ClientId=self.ids[one.ids["ClientId"]]
                )
                self.ids[one.ids["ManagedLoginBrandingId"]] = found["ManagedLoginBranding"]["ManagedLoginBrandingId"]
            if one.section == "clients.terms":
                terms = idp.list_terms(UserPoolId=live, MaxResults=9)["Terms"]
                self.ids[one.ids["TermsId"]] = terms[0]["TermsId"]


def _name(one: MappedObject) -> str:
    """The name of an object; as CloudFormation would generate it if the template has none."""
    return one.name if isinstance(one.name, str) else f"{one.source}-EXAMPLE"


def environ(text: str) -> dict[str, str]:
    """The secrets that manifests ask the environment for."""
    return dict.fromkeys(re.findall(r"\$env: (\w+)", text), SECRET)


def _function(name: str) -> str:
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"


UNKNOWN: Mapping[str, Any] = {
    "PoolName": "generated-EXAMPLE",
    "IdentityPoolName": "generated-EXAMPLE",
    "SourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/harbour.example",
    "LambdaArn": _function("claims"),
    "CertificateArn": f"arn:aws:acm:us-east-1:{ACCOUNT}:certificate/00000000-0000-4000-8000-0000000000e1",
    "client_id": "from-a-custom-resource",
    "graph.facebook.com": "from-a-custom-resource",
}
"""Values that only AWS knows, by the last part of their path."""
