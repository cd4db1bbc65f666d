"""Schema, model and command judge every envelope alike.

Each row is a small document. It is judged by the published JSON Schema, as an editor does, by the pydantic model, and
by `poolctl validate`. What one of them cannot know is written beside the row, with the reason.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest
from pydantic import ValidationError

from schemas.base import members
from schemas.checked import validate
from schemas.documents import DEFAULT, DOCUMENTS
from schemas.security import PROFILES
from tests.cli.support import run

PUBLISHED = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "v1.json").read_text(encoding="utf-8"))
EDITOR = jsonschema.Draft202012Validator(PUBLISHED, format_checker=jsonschema.FormatChecker(["date"]))

USER_POOL = {"version": 1, "id": "eu-west-1_AbCdEf123"}
IDENTITY_POOL = {"version": 1, "kind": "IdentityPool", "id": "eu-west-1:1a2b3c4d-5e6f-7a8b-9c0d-1e2f3a4b5c6d"}
MISSING: Any = object()

SCHEMA, MODEL, COMMAND = "schema", "model", "command"

GLOB = "a regular expression cannot tell what a pattern with * may meet"
NAMED = "only the whole document tells which names are declared"
KEYS = "an editor is not told which names the keys of a section can have"
TOGETHER = "two keys that are right by themselves"
JSON_NUMBER = "in JSON, 1.0 is 1"
REFERENCE = "the model sees values in the place of references, and an editor the references"


class Row(NamedTuple):
    """One document."""

    change: dict[str, Any]
    """What is laid over the smallest document of its kind; MISSING takes a key out."""
    valid: bool
    """What all must say."""
    unable: tuple[str, ...] = ()
    """Who cannot know."""
    reason: str = ""
    """Why not."""
    base: dict[str, Any] = USER_POOL

    @property
    def document(self) -> dict[str, Any]:
        return {key: value for key, value in {**self.base, **self.change}.items() if value is not MISSING}


def good(*unable: str, reason: str = "", base: dict[str, Any] = USER_POOL, **change: Any) -> Row:
    return Row(change, True, unable, reason, base)


def bad(*unable: str, reason: str = "", base: dict[str, Any] = USER_POOL, **change: Any) -> Row:
    return Row(change, False, unable, reason, base)


def target(**members: Any) -> dict[str, Any]:
    return {"target": members}


def rule(path: Any = "clients/web", reason: Any = "r", **more: Any) -> dict[str, Any]:
    return {"ignore": [{"path": path, "reason": reason, **more}]}


def waiver(rule: Any = "CG001", **more: Any) -> dict[str, Any]:
    said = {"rule": rule, "reason": "r", "owner": "o", "expires": "2027-06-30", **more}
    return {"waivers": [{key: value for key, value in said.items() if value is not MISSING}]}


WEB = {"clients": {"web": {}}}
ROWS = [
    # the smallest, and keys that are not known
    good(),
    good(base=IDENTITY_POOL),
    bad(verison=1),
    bad(cleints={}),
    bad(user_pool={}, base=IDENTITY_POOL),
    bad(roles={}),
    # version
    bad(version=MISSING),
    bad(version=None),
    bad(version=0),
    bad(version=2),
    bad(version="1"),
    bad(version=True),
    bad(SCHEMA, reason=JSON_NUMBER, version=1.0),
    bad(version=MISSING, base=IDENTITY_POOL),
    # kind
    good(kind="UserPool"),
    bad(kind="userpool"),
    bad(kind="Pool"),
    bad(kind=""),
    bad(kind=None),
    bad(kind=1),
    bad(kind="UserPool", base=IDENTITY_POOL),
    # target
    good(target={}),
    bad(target=None),
    bad(target="eu-west-1"),
    bad(target=[]),
    bad(target={"acount": "123456789012"}),
    good(**target(account="012345678901", region="eu-west-1")),
    good(**target(account="012345678901"), base=IDENTITY_POOL),
    bad(target=None, base=IDENTITY_POOL),
    bad(**target(account="12345678901")),
    bad(**target(account="1234567890123")),
    bad(**target(account=123456789012)),
    bad(**target(account="12345678901x")),
    bad(**target(account="")),
    bad(**target(account=None)),
    good(id=MISSING, user_pool={"PoolName": "x"}, **target(region="us-gov-west-1")),
    good(id=MISSING, user_pool={"PoolName": "x"}, **target(region="eusc-de-east-1")),
    good(id=MISSING, user_pool={"PoolName": "x"}, **target(region="ap-southeast-12")),
    bad(id=MISSING, user_pool={"PoolName": "x"}, **target(region="hello")),
    bad(id=MISSING, user_pool={"PoolName": "x"}, **target(region="EU-WEST-1")),
    bad(id=MISSING, user_pool={"PoolName": "x"}, **target(region="eu-west")),
    bad(id=MISSING, user_pool={"PoolName": "x"}, **target(region="e-west-1")),
    bad(id=MISSING, user_pool={"PoolName": "x"}, **target(region="europ-west-1")),
    bad(id=MISSING, user_pool={"PoolName": "x"}, **target(region="eu-west-1a")),
    bad(**target(region="")),
    bad(**target(region=None)),
    bad(**target(region=1)),
    bad(**target(region="hello"), base=IDENTITY_POOL),
    # id
    good(id="us-gov-west-1_A"),
    good(id="eusc-de-east-1_Ab9"),
    bad(id="x_1"),
    bad(id="eu-west-1_"),
    bad(id="eu-west-1_a-b"),
    bad(id="AbCdEf123"),
    bad(id="EU-WEST-1_AbC"),
    bad(id=""),
    bad(id=None),
    bad(id=7),
    bad(id="eu-west-1:1a2b"),
    good(id="us-gov-west-1:1a2b", base=IDENTITY_POOL),
    bad(id="eu-west-1:xyz", base=IDENTITY_POOL),
    bad(id="eu-west-1:1A2B", base=IDENTITY_POOL),
    bad(id="eu-west-1_AbC", base=IDENTITY_POOL),
    bad(SCHEMA, MODEL, reason=TOGETHER, **target(region="us-east-1")),
    bad(SCHEMA, MODEL, reason=TOGETHER, id=MISSING),
    # part, parts, pool
    good(part="web", pool="customers"),
    good(part="web", pool="customers", id=MISSING),
    good(part="web", pool="customers", base=IDENTITY_POOL),
    good(part="Team-A_1.2", user_pool={"PoolName": "customers"}),
    good(part="web", user_pool={"AutoVerifiedAttributes": ["email"]}, pool="customers"),
    good(part="web", pool="customers", parts=["web", "orders"]),
    good(part="web", pool="customers", parts=["web", "orders"], base=IDENTITY_POOL),
    good(part="web", pool="customers", parts=[]),
    bad(part="", pool="customers"),
    bad(part=None, pool="customers"),
    bad(part="a b", pool="customers"),
    bad(part="a/b", pool="customers"),
    bad(part=1, pool="customers"),
    bad(part="x" * 65, pool="customers"),
    bad(part="web", pool=" "),
    bad(part="web", pool=None),
    bad(part="web", pool=["customers"], base=IDENTITY_POOL),
    bad(part="web", pool="customers", parts="web"),
    bad(part="web", pool="customers", parts=["web", "a b"]),
    bad(part="a b", pool="customers", base=IDENTITY_POOL),
    bad(part="web", pool="customers", parts=[1], base=IDENTITY_POOL),
    bad(SCHEMA, MODEL, reason=TOGETHER, part="web"),
    bad(SCHEMA, MODEL, reason=TOGETHER, part="web", base=IDENTITY_POOL),
    bad(SCHEMA, MODEL, reason=TOGETHER, pool="customers"),
    bad(SCHEMA, MODEL, reason=TOGETHER, parts=["web"]),
    bad(SCHEMA, MODEL, reason=TOGETHER, part="web", pool="customers", user_pool={"PoolName": "customers"}),
    bad(SCHEMA, MODEL, reason=TOGETHER, part="web", pool="customers", parts=["orders"]),
    # prune
    good(prune=[]),
    good(prune=["clients", "clients.terms", "replicas", "trigger_permissions"]),
    bad(prune=None),
    bad(prune="clients"),
    bad(prune={"clients": True}),
    bad(prune=["user_pool"]),
    bad(prune=["mfa"]),
    bad(prune=["clients.branding"]),
    bad(prune=["client"]),
    bad(prune=["*"]),
    bad(prune=[""]),
    bad(prune=[None]),
    bad(prune=[1]),
    good(prune=["principal_tags"], base=IDENTITY_POOL),
    bad(prune=["roles"], base=IDENTITY_POOL),
    bad(prune=["clients"], base=IDENTITY_POOL),
    # protect
    good(protect=[]),
    good(protect=["*"]),
    good(protect=["user_pool", "clients", "clients/web", "clients/amplify-*", "groups/a.b/c"]),
    good(protect=["clients/web/branding", "clients/*/terms", "clients/web/terms/terms-of-use", "clients/web.2"]),
    good(protect=["clients/[x]", "clients/a*b", "resource_servers/https://api.example.com"]),
    bad(protect=["clients*"]),
    bad(protect=["cl*/web"]),
    bad(protect=["**"]),
    bad(protect=["client/web"]),
    bad(protect=["clients/"]),
    bad(protect=["user_pool/x"]),
    bad(protect=["user_pool.PoolName"]),
    bad(protect=["version"]),
    bad(protect=["clients/web/brandin"]),
    bad(protect=["clients/web/CallbackURLs"]),
    bad(protect=["clients/web/branding/x"]),
    bad(SCHEMA, reason=GLOB, protect=["clients/web/x*"]),
    bad(SCHEMA, MODEL, reason=NAMED, **WEB, protect=["clients/web.CallbackURLs"]),
    bad(protect=[""]),
    bad(protect=[" "]),
    bad(protect=[None]),
    bad(protect=[1]),
    bad(protect="clients/web"),
    bad(protect=None),
    good(protect=["identity_pool", "principal_tags/accounts.google.com"], base=IDENTITY_POOL),
    bad(protect=["clients/web"], base=IDENTITY_POOL),
    bad(protect=["roles/x"], base=IDENTITY_POOL),
    good(protect=["limits/UserAuthentication", "limits/User*", "domains/auth.example.com", "groups"]),
    good(protect=["resource_servers/https://api.example.com/v1", "clients/my app", "clients/w/terms/privacy-policy"]),
    bad(SCHEMA, reason=KEYS, protect=["limits/Nope"]),
    bad(SCHEMA, reason=KEYS, protect=["domains/Upper"]),
    bad(SCHEMA, reason=KEYS, protect=["groups/two words"]),
    bad(SCHEMA, reason=KEYS, **rule("limits/Nope")),
    bad(SCHEMA, reason=KEYS, **rule("limits/Nope.RequestedLimitValue")),
    bad(SCHEMA, reason=KEYS, **rule("clients/we:b")),
    # ignore
    good(ignore=[]),
    good(**rule()),
    good(**rule("clients")),
    good(**rule("clients/amplify-*", owner="web-team", expires="2027-06-30")),
    good(**rule("clients/*.CallbackURLs")),
    good(**rule("clients/web/CallbackURLs")),
    good(**rule("clients/web/branding.Settings")),
    good(**rule("user_pool.UserPoolTags.cost-*")),
    good(**rule("user_pool.Policies.PasswordPolicy.MinimumLength")),
    good(**rule("user_pool.Pol*.*.MinimumLength")),
    good(**rule("user_pool.Schema.tenant")),
    bad(**rule("*")),
    bad(**rule("*/*")),
    bad(**rule("clients*")),
    bad(**rule("client/web")),
    bad(**rule("target.region")),
    bad(**rule("mfa/x")),
    bad(**rule("user_pool.Nonsense")),
    bad(**rule("user_pool.Policies.Nonsense")),
    bad(**rule("user_pool.PoolName.x")),
    bad(**rule("user_pool.AutoVerifiedAttributes.0")),
    bad(SCHEMA, reason=GLOB, **rule("user_pool.AutoVerifiedAttributes[0]")),
    bad(SCHEMA, reason=GLOB, **rule("user_pool.Nonsense*")),
    bad(**rule("clients/web/CallbackUrls")),
    bad(**rule("clients/web/branding.Settings.x")),
    bad(SCHEMA, MODEL, reason=NAMED, **WEB, **rule("clients/web.CallbackUrls")),
    bad(**rule("")),
    bad(**rule(None)),
    bad(**rule(1)),
    bad(**rule(reason="")),
    bad(**rule(reason="  ")),
    bad(**rule(reason=None)),
    bad(**rule(reason=1)),
    bad(**rule(owner="")),
    bad(**rule(owner=" ")),
    bad(**rule(owner=None)),
    good(**rule(expires="2028-02-29")),
    bad(**rule(expires="2027-02-29")),
    bad(**rule(expires="2027-02-30")),
    bad(**rule(expires="30.06.2027")),
    bad(**rule(expires="2027-6-30")),
    bad(**rule(expires="2027-06-30T00:00:00Z")),
    bad(**rule(expires=20270630)),
    bad(**rule(expires="")),
    bad(**rule(expires=None)),
    bad(**rule(ownr="me")),
    bad(ignore=[{"path": "clients/web"}]),
    bad(ignore=[{"reason": "r"}]),
    bad(ignore=["clients/web"]),
    bad(ignore=[None]),
    bad(ignore={"path": "clients/web", "reason": "r"}),
    bad(ignore=None),
    good(**rule("identity_pool.CognitoIdentityProviders"), base=IDENTITY_POOL),
    bad(**rule("clients/web"), base=IDENTITY_POOL),
    bad(**rule("identity_pool.Nonsense"), base=IDENTITY_POOL),
    # locked
    good(locked=[]),
    good(locked=["version", "kind", "target", "target.account", "id", "prune", "locked"]),
    good(locked=["mfa", "mfa.MfaConfiguration", "user_pool/PoolName", "clients", "clients/*.GenerateSecret"]),
    good(locked=["clients/web/branding.Settings.components", "user_pool.UserPoolTags.team", "user_pool.Policies.*"]),
    bad(locked=["user_pool.Nonsense"]),
    bad(locked=["user_pol.PoolName"]),
    bad(locked=["*"]),
    bad(locked=["clients*"]),
    bad(locked=["target.accont"]),
    bad(locked=["prune.0"]),
    bad(locked=["id.x"]),
    bad(locked=["user_pool."]),
    bad(locked=["user_pool.Schema.tenant"]),
    bad(locked=["clients/web/brandin"]),
    bad(locked=["clients/web/branding.Assetz"]),
    bad(SCHEMA, reason=GLOB, locked=["user_pool.Nonsense*"]),
    bad(SCHEMA, MODEL, reason=NAMED, **WEB, locked=["clients/web.GenerateSecrets"]),
    bad(locked=[""]),
    bad(locked=[3]),
    bad(locked="mfa"),
    bad(locked=None),
    good(locked=["roles", "identity_pool.AllowClassicFlow"], base=IDENTITY_POOL),
    bad(locked=["mfa"], base=IDENTITY_POOL),
    # outputs
    good(outputs=[]),
    good(**WEB, outputs=[{"client": "web", "format": "amplify"}]),
    good(**WEB, outputs=[{"client": "web", "format": "env", "file": "src/.env", "prefix": "VITE_"}]),
    bad(SCHEMA, MODEL, reason=NAMED, **WEB, outputs=[{"client": "wep", "format": "env"}]),
    bad(**WEB, outputs=[{"client": "web", "format": "amplfy"}]),
    bad(**WEB, outputs=[{"client": "web"}]),
    bad(**WEB, outputs=[{"format": "env"}]),
    bad(**WEB, outputs=[{"client": "web", "format": "env", "file": "../.env"}]),
    bad(**WEB, outputs=[{"client": "web", "format": "env", "path": ".env"}]),
    bad(outputs=None),
    bad(outputs=[], base=IDENTITY_POOL),
    # profile
    *(good(profile=name) for name in PROFILES),
    good(profile="machine", base=IDENTITY_POOL),
    bad(profile="customers"),
    bad(profile=""),
    bad(profile=None),
    bad(profile=["dev"]),
    # waivers
    good(waivers=[]),
    good(**waiver()),
    good(**waiver(path="user_pool.DeletionProtection")),
    good(**waiver(path="clients/amplify-*")),
    good(**waiver(path="clients/web/branding.Settings")),
    good(**waiver(path="user_pool.Schema.role")),
    good(**waiver(path="identity_pool.AllowClassicFlow"), base=IDENTITY_POOL),
    bad(**waiver(path="clients/web"), base=IDENTITY_POOL),
    bad(**waiver(path="*")),
    bad(**waiver(path="client/web")),
    bad(**waiver(path="user_pool.Nonsense")),
    bad(**waiver(path="profile")),
    bad(**waiver(path=None)),
    bad(SCHEMA, MODEL, reason=NAMED, **WEB, **waiver(path="clients/web.CallbackUrls")),
    bad(**waiver("P7")),
    bad(**waiver("cg001")),
    bad(SCHEMA, MODEL, reason="only the command knows the rules", **waiver("CG099")),
    bad(**waiver(MISSING)),
    bad(**waiver(reason=MISSING)),
    bad(**waiver(reason=" ")),
    bad(**waiver(owner=MISSING)),
    bad(**waiver(owner="")),
    bad(**waiver(expires=MISSING)),
    bad(**waiver(expires=None)),
    bad(**waiver(expires="2027-02-30")),
    bad(**waiver(until="2027-02-28")),
    bad(waivers=None),
    bad(waivers=["CG001"]),
    # privileged_attributes, allowed_redirect_hosts
    good(privileged_attributes=["custom:role", "dev:custom:plan", "email"]),
    bad(privileged_attributes=["role name"]),
    bad(privileged_attributes=["Role"]),
    bad(privileged_attributes=[""]),
    bad(privileged_attributes=None),
    bad(privileged_attributes=[], base=IDENTITY_POOL),
    good(allowed_redirect_hosts=["app.example.com", "localhost"]),
    bad(allowed_redirect_hosts=["https://app.example.com"]),
    bad(allowed_redirect_hosts=["App.example.com"]),
    bad(allowed_redirect_hosts=["*.example.com"]),
    bad(allowed_redirect_hosts=["app.example.com:3000"]),
    bad(allowed_redirect_hosts=["-a.example.com"]),
    bad(allowed_redirect_hosts=[""]),
    bad(allowed_redirect_hosts=None),
    bad(allowed_redirect_hosts=[], base=IDENTITY_POOL),
    # sections left empty
    good(mfa={}, groups={}),
    good(mfa=None),
    bad(user_pool=None, id="eu-west-1_a"),
    bad(groups=None),
    bad(user_pool=None),
    bad(groups=None),
    bad(clients=None),
    good(roles=None, base=IDENTITY_POOL),
    bad(principal_tags=None, base=IDENTITY_POOL),
    # references
    good(MODEL, reason=REFERENCE, **target(account={"$var": "account"})),
    good(MODEL, reason=REFERENCE, **target(region="eu-west-${var.number}")),
    bad(SCHEMA, reason=REFERENCE, **target(account={"$ssm": "/account"})),
    bad(SCHEMA, reason=REFERENCE, **target(account={"$var": "number"})),
    good(MODEL, reason=REFERENCE, protect=["clients/${var.account}", {"$var": "address"}]),
    bad(locked=[{"$var": "address"}]),
]
IDS = [
    f"{i}-{json.dumps({k: v for k, v in row.change.items() if v is not MISSING})}"[:80] for i, row in enumerate(ROWS)
]
VARIABLES = ("account=012345678901", "number=1", "address=clients/web")


def by_schema(document: dict[str, Any]) -> bool:
    return EDITOR.is_valid(document)


def by_model(document: dict[str, Any]) -> bool:
    kind = document.get("kind", DEFAULT)
    model = DOCUMENTS[kind if isinstance(kind, str) and kind in DOCUMENTS else DEFAULT].model
    try:
        validate(model, document, extra="forbid")
    except ValidationError:
        return False
    return True


def by_command(document: dict[str, Any]) -> bool:
    options = [word for variable in VARIABLES for word in ("--var", variable)]
    ran = run("validate", "-", *options, stdin=json.dumps(document))
    assert ran.code in (0, 3), ran.err
    return ran.code == 0


JUDGES = {SCHEMA: by_schema, MODEL: by_model, COMMAND: by_command}


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_all_judge_alike(row):
    found = {who: judge(row.document) for who, judge in JUDGES.items() if who not in row.unable}
    assert found == dict.fromkeys(found, row.valid)
    assert len(found) >= 1


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.unable], ids=[i for i, r in zip(IDS, ROWS, strict=True) if r.unable]
)
def test_who_is_excused_is_wrong(row):
    """An excuse that is not needed any more is a row that all can judge."""
    wrong = [who for who in row.unable if JUDGES[who](row.document) is not row.valid]
    assert wrong == list(row.unable)
    assert row.reason
    assert COMMAND not in row.unable


def test_the_table_is_large_and_has_every_key():
    judged_by_all = [row for row in ROWS if not row.unable]
    assert len(judged_by_all) >= 60
    for kind in DOCUMENTS.values():
        of_kind = [row for row in ROWS if row.document.get("kind", DEFAULT) == kind.name]
        for key in members(kind.envelope):
            verdicts = {row.valid for row in of_kind if row.change.get(key, MISSING) is not MISSING}
            assert verdicts or key in ("version", "kind"), (kind.name, key)


def test_a_message_names_the_place_and_the_remedy():
    text = "version: 1\nid: x_1\ntarget: {region: EU-WEST-1}\nlocked: [user_pool.Nonsense]\n"
    ran = run("validate", "-", stdin=text)
    assert ran.code == 3
    said = ran.out + ran.err
    assert '-:2:5 id: "x_1" is not the id of a pool. Write one such as eu-west-1_AbCdEf123' in said
    assert '-:3:18 target.region: "EU-WEST-1" is not a Region code. Write one such as eu-west-1.' in said
    assert '-:4:10 locked[0]: "user_pool.Nonsense" locks nothing: Nonsense is unknown.' in said


def test_a_value_from_the_environment_is_not_shown():
    text = "version: 1\nid: eu-west-1_A\nprotect: [{$env: ADDRESS}]\nprune: [{$env: ADDRESS}]\n"
    ran = run("validate", "-", stdin=text, environ={"ADDRESS": "hunter2/hunter2"})
    assert ran.code == 3
    assert "the value of $env ADDRESS" in ran.out + ran.err
    assert "hunter2" not in ran.out + ran.err
