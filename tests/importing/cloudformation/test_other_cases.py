"""Manifest and overlay are what an import makes of the template with the condition's other value.

The other value is made here without the converter's help: the condition is replaced by a constant in the template, and
the list of resources becomes that of a stack which was deployed so.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.importing.cloudformation.resource_types import ROWS, short
from reconciler.importing.cloudformation.template import read_template
from reconciler.manifests import overlays, reader
from tests.cli.support import Ran, run
from tests.importing.cloudformation.support import FIXTURES

POOL, CLIENT, OTHER_CLIENT = "eu-central-1_Quay00001", "1quay0client0id0000000001", "1quay0client0id0000000002"
STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/quay/1"
CONSTANT = {True: {"Fn::Equals": ["same", "same"]}, False: {"Fn::Equals": ["one", "other"]}}


class Converted:
    """The result of one import, in a directory of its own."""

    def __init__(self, directory: Path, template: Mapping[str, Any], ids: Mapping[str, str], *more: str) -> None:
        directory.mkdir(parents=True)
        self.to = directory / "pools"
        (directory / "t.json").write_text(json.dumps(template))
        rows = [
            {"LogicalResourceId": name, "PhysicalResourceId": id_, "ResourceType": template["Resources"][name]["Type"]}
            for name, id_ in ids.items()
        ]
        (directory / "r.json").write_text(json.dumps({"StackResources": [{**row, "StackId": STACK} for row in rows]}))
        words = ("import", "--from", "cloudformation", str(directory / "t.json"), "--no-live", "-o", "json")
        self.ran = run(*words, "--stack-resources", str(directory / "r.json"), "--to", str(self.to), *more)
        self.report = json.loads(self.ran.out) if self.ran.code == 0 else {}

    @property
    def environments(self) -> set[str]:
        return {overlay["environment"] for m in self.report["manifests"] for overlay in m["overlays"]}

    def said(self, condition: str) -> str:
        (found,) = [u["reason"] for u in self.report["not_mapped"] if u["source"] == f"condition {condition}"]
        return str(found)

    def overlay(self, environment: str) -> Any:
        (file,) = (self.to / "overlays" / environment).glob("*.yaml")
        return yaml.safe_load(file.read_text())

    def trees(self, environment: str = "") -> dict[str, Any]:
        """The manifests as they are read with an overlay, by the id of their pool, with the content of their files."""
        documents, problems = reader.read([str(self.to)], str)
        if environment:
            layers, wrong = reader.overlays([str(self.to)], environment)
            documents, clashes = overlays.merge(documents, layers)
            problems = [*problems, *wrong, *clashes]
        assert not problems
        return {d.tree["id"]: comparable(held(d.tree, self.to, environment)) for d in documents}

    def check(self, environment: str, *more: str) -> Ran:
        return run("validate", "--env", environment, str(self.to), *more, environ=secrets(self.to))


def secrets(directory: Path) -> dict[str, str]:
    text = "".join(file.read_text() for file in directory.rglob("*.yaml"))
    return dict.fromkeys(re.findall(r"\$env: (\w+)", text), "not-a-real-secret")


def held(value: Any, directory: Path, environment: str) -> Any:
    if isinstance(value, dict) and list(value) == ["$file"]:
        places = (directory / "overlays" / environment / value["$file"], directory / value["$file"])
        return next(place.read_bytes() for place in places if place.is_file())
    if isinstance(value, dict):
        return {key: held(inner, directory, environment) for key, inner in value.items()}
    return [held(item, directory, environment) for item in value] if isinstance(value, list) else value


def comparable(tree: dict[str, Any]) -> dict[str, Any]:
    """A document with its clients by their names, without the ids that only a deployed stack gives them."""
    found = {key: value for key, value in tree.items() if key != "clients"}
    for key, client in tree.get("clients", {}).items():
        name = client.get("ClientName", key)
        pinned = not client.get("ClientId", "").startswith("madefor")
        rest = {k: v for k, v in client.items() if k != "ClientName" and (pinned or k != "ClientId")}
        found.setdefault("clients", {})[name] = rest
    return found


def otherwise(template: Mapping[str, Any], condition: str, value: bool) -> dict[str, Any]:
    found = copy.deepcopy(dict(template))
    found["Conditions"][condition] = CONSTANT[value]
    return found


def deployed_so(template: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, str]:
    """The ids of a stack that was deployed from a template: as in the list, or made for what is not in it."""
    others = {n: i for n, i in ids.items() if short(template["Resources"][n]["Type"]) not in ROWS}
    return others | {n: made_id(template, n, ids) for n in resources_of(template)}


def made_id(template: Mapping[str, Any], name: str, ids: Mapping[str, str]) -> str:
    body = template["Resources"][name]
    row = ROWS[short(body["Type"])]
    own = evaluated(template, body["Properties"].get(row.key))
    if row.is_name and isinstance(own, str):
        return own
    if name in ids or not row.ids:
        return ids.get(name, "generated")
    pool = next(i for n, i in ids.items() if template["Resources"][n]["Type"] == "AWS::Cognito::UserPool")
    if len(row.ids) == 1:
        return pool if row.ids == ("UserPoolId",) else f"madefor{name}"
    return f"{pool}|{own if row.key == 'RegionName' else f'madefor{name}'}"


def both(
    directory: Path, template: Mapping[str, Any], ids: Mapping[str, str], condition: str, *more: str
) -> tuple[Converted, Converted]:
    """The import with its overlays, and the import of the template with the condition's other value."""
    one = Converted(directory / "one", template, ids, *more)
    assert one.ran.code == 0, one.ran.err
    changed = otherwise(template, condition, "is false in this stack" in one.said(condition))
    other = Converted(directory / "other", changed, deployed_so(changed, ids), *more)
    assert other.ran.code == 0, other.ran.err
    return one, other


def evaluated(template: Mapping[str, Any], node: Any) -> Any:
    """The value of the few functions that these tests have in names."""
    match node:
        case {"Fn::If": [name, yes, no]}:
            return evaluated(template, yes if holds(template, {"Condition": name}) else no)
        case {"Ref": name} if name in template.get("Parameters", {}):
            return template["Parameters"][name]["Default"]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\}", lambda found: evaluated(template, {"Ref": found[1]}), text)
    return node


def holds(template: Mapping[str, Any], node: Any) -> bool:
    match node:
        case {"Condition": name}:
            return holds(template, template["Conditions"][name])
        case {"Fn::Not": [inner]}:
            return not holds(template, inner)
        case {"Fn::And": parts}:
            return all(holds(template, part) for part in parts)
        case {"Fn::Or": parts}:
            return any(holds(template, part) for part in parts)
        case {"Fn::Equals": [left, right]}:
            return bool(evaluated(template, left) == evaluated(template, right))
    raise AssertionError(node)


def resources_of(template: Mapping[str, Any]) -> list[str]:
    """The resources of Cognito that a template creates; its conditions are decided by defaults of parameters."""
    every = {n: b for n, b in template["Resources"].items() if short(b["Type"]) in ROWS}
    return [n for n, b in every.items() if "Condition" not in b or holds(template, {"Condition": b["Condition"]})]


def check_same(one: Converted, other: Converted, full: Converted, condition: str) -> None:
    """The merged manifests are those of the other case; what is at Cognito's default may be written out."""
    merged, there, whole = one.trees(condition), other.trees(), full.trees()
    assert merged.keys() == there.keys()
    for pool in merged:
        assert_same(merged[pool], there[pool], whole[pool], pool)


def assert_same(merged: Any, there: Any, whole: Any, place: str) -> None:
    if not isinstance(merged, dict) or not isinstance(there, dict):
        assert merged == there, place
        return
    assert there.keys() <= merged.keys(), place
    for key, value in merged.items():
        if key in there:
            assert_same(value, there[key], whole[key], f"{place}.{key}")
        else:
            assert value == whole[key], f"{place}.{key} is neither in the other case nor its default"


# --- whole templates -----------------------------------------------------------------------------------------------


def harbour() -> tuple[dict[str, Any], dict[str, str]]:
    tree = read_template("t", (FIXTURES / "harbour.yaml").read_text()).tree
    tree = {**tree, "Conditions": {k: v for k, v in tree["Conditions"].items() if k != "Nowhere"}}
    rows = json.loads((FIXTURES / "harbour.resources.json").read_text())["StackResources"]
    there = [row for row in rows if not row["ResourceStatus"].startswith("DELETE_")]
    ids = {row["LogicalResourceId"]: row["PhysicalResourceId"] for row in there}
    return tree, {name: id_ for name, id_ in ids.items() if name in tree["Resources"]}


@pytest.mark.parametrize("mode", ["full", "minimal"])
@pytest.mark.parametrize("condition", ["HasOidc", "IsLive"])
def test_the_overlays_of_the_harbour_are_its_other_cases(tmp_path, condition, mode):
    template, ids = harbour()
    more = ("--mode", mode, "--secrets", "env")
    one, other = both(tmp_path, template, ids, condition, *more)
    assert one.trees(condition) == other.trees()
    assert one.environments == {"HasOidc", "IsLive"}
    checked = one.check(condition)
    assert checked.code == 0, checked.err


# --- one thing at a time -------------------------------------------------------------------------------------------

CASE = {"Parameters": {"Stage": {"Type": "String", "Default": "test"}}}
LIVE = {"Live": {"Fn::Equals": [{"Ref": "Stage"}, "live"]}}
NO_VALUE = {"Ref": "AWS::NoValue"}


def case(resources: Mapping[str, Any], conditions: Mapping[str, Any] = LIVE, **properties: Any) -> dict[str, Any]:
    pool = {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "quay", **properties}}
    return {**CASE, "Conditions": dict(conditions), "Resources": {"Pool": pool, **resources}}


def part(of: str, condition: str = "", **properties: Any) -> dict[str, Any]:
    found = {"Type": f"AWS::Cognito::{of}", "Properties": {"UserPoolId": {"Ref": "Pool"}, **properties}}
    return {**found, "Condition": condition} if condition else found


def of_live(yes: Any, no: Any) -> dict[str, Any]:
    return {"Fn::If": ["Live", yes, no]}


def test_an_added_client_has_no_id_and_a_removed_one_leaves_no_empty_section(tmp_path):
    template = case(
        {
            "New": part("UserPoolClient", "Live", ClientName="new", GenerateSecret=True),
            "Old": part("UserPoolGroup", "NotLive", GroupName="old", Precedence=1),
        },
        {**LIVE, "NotLive": {"Fn::Not": [{"Condition": "Live"}]}},
    )
    one = Converted(tmp_path / "one", template, {"Pool": POOL, "Old": "old"})
    assert one.overlay("Live") == {"groups": {"$delete": True}, "clients": {"new": {"GenerateSecret": True}}}
    assert "There, NotLive is false too." in one.said("Live")
    assert one.said("NotLive").endswith(
        "It is made of other conditions, and cannot be otherwise alone: see overlays/Live/quay.yaml."
    )
    assert one.environments == {"Live"}


def test_a_client_that_is_called_otherwise_keeps_its_key_and_what_is_inside_of_it(tmp_path):
    web = part("UserPoolClient", ClientName=of_live("shop", "web"))
    look = part("ManagedLoginBranding", ClientId={"Ref": "Web"}, Settings=of_live({"a": 1}, {"a": 2}))
    template = case({"Web": web, "Look": look})
    one, other = both(tmp_path, template, {"Pool": POOL, "Web": CLIENT, "Look": f"{POOL}|look"}, "Live")
    assert one.trees("Live") == other.trees()
    branding = {"Settings": {"a": 1}}
    assert one.overlay("Live") == {"clients": {"web": {"ClientName": "shop", "branding": branding}}}


def test_a_default_that_the_other_case_sets_is_written_out(tmp_path):
    """Left out, the member would be undeclared, and keep the value that it has."""
    template = case({}, Policies={"PasswordPolicy": {"MinimumLength": of_live(8, 20)}})
    one = Converted(tmp_path / "one", template, {"Pool": POOL})
    assert one.overlay("Live") == {"user_pool": {"Policies": {"PasswordPolicy": {"MinimumLength": 8}}}}


@pytest.mark.parametrize("unknown", [{"Fn::GetAtt": ["Gate", "Arn"]}, {"Fn::ImportValue": "x"}, "{{resolve:ssm:/x}}"])
def test_a_value_that_is_not_known_there_is_said_and_not_written(tmp_path, unknown):
    template = case(
        {"Gate": {"Type": "AWS::Lambda::Function"}},
        LambdaConfig={"PreSignUp": of_live(unknown, "arn:aws:lambda:eu-central-1:111122223333:function:gate")},
    )
    one = Converted(tmp_path / "one", template, {"Pool": POOL})
    assert one.overlay("Live") == {"user_pool": {"LambdaConfig": {"$delete": True}}}
    assert "There, user_pool.LambdaConfig.PreSignUp has a value that is not in the template (" in one.said("Live")


def test_a_name_that_is_generated_there_is_said(tmp_path):
    template = case({"New": part("UserPoolClient", "Live"), "Crew": part("UserPoolGroup", "Live")})
    one = Converted(tmp_path / "one", template, {"Pool": POOL})
    assert one.environments == set()
    for name in ("New", "Crew"):
        assert (
            f"{name} is only in that case, and its name is not known: CloudFormation generated the name."
            in one.said("Live")
        )


def test_another_secret_is_said_and_never_shown(tmp_path):
    def oidc(secret: Any) -> dict[str, Any]:
        details = {"client_id": "x", "client_secret": secret, "oidc_issuer": "https://idp.example"}
        return part("UserPoolIdentityProvider", ProviderName="Oidc", ProviderType="OIDC", ProviderDetails=details)

    secret = "{{resolve:secretsmanager:live/oidc:SecretString:key}}"
    for value, said in (("not-a-real-2", "another one"), (secret, "{$secret: live/oidc#key}")):
        one = Converted(tmp_path / said[:3], case({"Oidc": oidc(of_live(value, "not-a-real-1"))}), {"Pool": POOL})
        member = "Oidc.ProviderDetails.client_secret"
        assert f"The secret {member} is {said} in that case: write it into the overlay." in one.said("Live")
        assert one.environments == set()
        assert "not-a-real" not in one.ran.out


def test_a_secret_of_what_only_the_other_case_has_is_a_reference_that_the_report_lists(tmp_path):
    details = {"client_id": "x", "client_secret": "not-a-real-1", "oidc_issuer": "https://idp.example"}
    oidc = part("UserPoolIdentityProvider", "Live", ProviderName="Oidc", ProviderType="OIDC", ProviderDetails=details)
    one = Converted(tmp_path / "one", case({"Oidc": oidc}), {"Pool": POOL})
    target = "poolctl/quay/identity_providers/Oidc#client_secret"
    written = one.overlay("Live")["identity_providers"]["Oidc"]["ProviderDetails"]
    assert written["client_secret"] == {"$secret": target}
    ((overlay,),) = [m["overlays"] for m in one.report["manifests"]]
    assert [s["reference"] for s in overlay["secrets"]] == [f"$secret {target}"]
    assert f"#   $secret {target}" in (one.to / overlay["file"]).read_text()
    assert not [s for m in one.report["manifests"] for s in m["secrets"]]


def test_a_pool_that_only_one_case_has_is_said(tmp_path):
    other = {"Type": "AWS::Cognito::UserPool", "Condition": "Live", "Properties": {"UserPoolName": "second"}}
    one = Converted(tmp_path / "one", case({"Second": other}), {"Pool": POOL})
    assert "It has a pool that this stack does not have: convert a stack that has it." in one.said("Live")
    template = case({"Second": other})
    template["Parameters"] = {"Stage": {"Type": "String", "Default": "live"}}
    one = Converted(tmp_path / "two", template, {"Pool": POOL, "Second": "eu-central-1_Second001"})
    assert "It does not have the pool of Second, which an overlay cannot remove." in one.said("Live")
    assert one.environments == set()


def test_a_mistake_of_the_other_case_is_said_and_the_rest_is_converted(tmp_path):
    template = case(
        {}, DeletionProtection=of_live("ACTIVE", "INACTIVE"), UserPoolTier=of_live({"Ref": "Nobody"}, "LITE")
    )
    one = Converted(tmp_path / "one", template, {"Pool": POOL})
    assert one.ran.code == 0
    assert "That case cannot be evaluated as a whole: " in one.said("Live")
    assert "Nobody is neither a parameter nor a resource." in one.said("Live")
    assert one.overlay("Live")["user_pool"]["DeletionProtection"] == "ACTIVE"


def test_a_client_with_the_name_of_another_one_is_said(tmp_path):
    """Without an id, the two cannot be told apart."""
    template = case(
        {"A": part("UserPoolClient", ClientName="web"), "B": part("UserPoolClient", "Live", ClientName="web")}
    )
    one = Converted(tmp_path / "one", template, {"Pool": POOL, "A": CLIENT})
    assert "B is only in that case, and its client has the name of another one, so it needs an id." in one.said("Live")
    assert not (one.to / "overlays").exists()


def test_what_cognito_would_refuse_is_no_overlay(tmp_path):
    """A pool has one replica at most, and none in its own Region."""
    replica = part("UserPoolReplica", "Live", RegionName="eu-central-1")
    one = Converted(tmp_path / "one", case({"There": replica}), {"Pool": POOL})
    assert "It makes no manifest of quay: replicas/eu-central-1: R1: The pool itself is in" in one.said("Live")
    assert not (one.to / "overlays").exists()


def test_one_parameter_that_decides_about_several_conditions_is_said(tmp_path):
    conditions = {**LIVE, "Test": {"Fn::Equals": [{"Ref": "Stage"}, "test"]}}
    template = case({}, conditions, DeletionProtection=of_live("ACTIVE", {"Fn::If": ["Test", "INACTIVE", "ACTIVE"]}))
    one = Converted(tmp_path / "one", template, {"Pool": POOL})
    assert one.environments == {"Live", "Test"}
    assert "Stage decides about Test too, which keeps its value in that case." in one.said("Live")


def test_a_condition_that_nothing_decides_has_no_overlay(tmp_path):
    conditions = {"Live": {"Fn::Equals": [{"Fn::ImportValue": "stage"}, "live"]}}
    one = Converted(
        tmp_path / "one", case({}, conditions, DeletionProtection=of_live("ACTIVE", "INACTIVE")), {"Pool": POOL}
    )
    assert one.said("Live").startswith("is not known: stage is an output of another stack")
    assert one.said("Live").endswith("Without its value there is no overlay: give what it rests on.")
    assert not (one.to / "overlays").exists()


def test_overlays_are_not_replaced_without_force(tmp_path):
    template = case({}, DeletionProtection=of_live("ACTIVE", "INACTIVE"))
    one = Converted(tmp_path / "one", template, {"Pool": POOL})
    (file,) = one.to.rglob("overlays/Live/*.yaml")
    (one.to / "quay.yaml").unlink()
    file.write_text("mine\n")
    words = ("import", "--from", "cloudformation", str(tmp_path / "one" / "t.json"), "--no-live", "--to", str(one.to))
    words = (*words, "--stack-resources", str(tmp_path / "one" / "r.json"))
    ran = run(*words)
    assert ran.code == 4
    assert "These files already exist; nothing was written:" in ran.err
    assert str(file) in ran.err
    assert file.read_text() == "mine\n"
    assert not (one.to / "quay.yaml").exists()
    assert run(*words, "--force").code == 0
    assert file.read_text() != "mine\n"


@pytest.mark.parametrize("name", ["../../../Live", "a/b", ".hidden", "CON"])
def test_a_condition_with_another_name_than_aws_takes_leaves_no_file_elsewhere(tmp_path, name):
    protection = {"Fn::If": [name, "ACTIVE", "INACTIVE"]}
    one = Converted(tmp_path / "one", case({}, {name: LIVE["Live"]}, DeletionProtection=protection), {"Pool": POOL})
    ((overlay,),) = [m["overlays"] for m in one.report["manifests"]]
    assert set(tmp_path.rglob("*.yaml")) == {one.to / "quay.yaml", one.to / overlay["file"]}
    assert one.check(overlay["environment"]).code == 0


def test_what_says_the_same_in_both_cases_has_no_overlay(tmp_path):
    one = Converted(tmp_path / "one", case({}, DeletionProtection=of_live("ACTIVE", "ACTIVE")), {"Pool": POOL})
    assert one.said("Live").endswith("The manifests are the same in the other case.")
    assert one.environments == set()


# --- any template --------------------------------------------------------------------------------------------------

UNKNOWN = [{"Fn::GetAtt": ["Gate", "Arn"]}, {"Fn::ImportValue": "claims"}]
ARN = "arn:aws:lambda:eu-central-1:111122223333:function:"
CONDITIONS = {
    "A": {"Fn::Equals": [{"Ref": "P"}, "yes"]},
    "B": {"Fn::Equals": [{"Ref": "Q"}, "yes"]},
    "NotA": {"Fn::Not": [{"Condition": "A"}]},
    "AB": {"Fn::And": [{"Condition": "A"}, {"Condition": "B"}]},
}
names = st.sampled_from(sorted(CONDITIONS))


def either(values: st.SearchStrategy[Any], *, absent: bool = True) -> st.SearchStrategy[Any]:
    """A value, or one that a condition decides, perhaps after another one."""
    leaves = st.one_of(values, st.just(NO_VALUE)) if absent else values
    chosen = st.recursive(
        leaves, lambda inner: st.builds(lambda n, y, o: {"Fn::If": [n, y, o]}, names, inner, inner), max_leaves=3
    )
    return st.one_of(values, chosen)


def structure(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=members)


short_texts = st.sampled_from(["Code {####}", "Your code is {####}", "two\nlines {####}"])
texts = st.one_of(short_texts, st.just("{####} " + "long " * 60))
functions = st.sampled_from([f"{ARN}one", f"{ARN}two", *UNKNOWN])
switches = st.booleans()
pools = structure(
    DeletionProtection=either(st.sampled_from(["ACTIVE", "INACTIVE"])),
    Policies=either(
        structure(
            PasswordPolicy=either(
                structure(
                    MinimumLength=either(st.integers(8, 20)), RequireSymbols=either(switches), RequireNumbers=switches
                )
            )
        )
    ),
    EmailVerificationSubject=either(st.sampled_from(["Hello", "${not.a.variable}"])),
    VerificationMessageTemplate=either(structure(SmsMessage=either(short_texts), EmailMessage=either(texts))),
    AdminCreateUserConfig=either(structure(AllowAdminCreateUserOnly=either(switches))),
    LambdaConfig=either(structure(PreSignUp=either(functions), CustomMessage=either(functions))),
    UserPoolTags=either(structure(team=either(st.sampled_from(["a", "b"])), **{"$cost": st.just("1")})),
    MfaConfiguration=either(st.sampled_from(["OFF", "ON", "OPTIONAL"])),
    EnabledMfas=st.just(["SOFTWARE_TOKEN_MFA"]),
)
urls = st.sampled_from(["https://a.example/cb", "https://b.example/cb"])
clients = structure(
    CallbackURLs=either(st.lists(either(urls), min_size=1, max_size=2, unique_by=str)),
    RefreshTokenValidity=either(st.integers(1, 60)),
    EnableTokenRevocation=either(switches),
)
first = either(st.sampled_from(["web", "shop"]), absent=False)
groups = structure(
    Description=either(st.sampled_from(["one", "two"])),
    Precedence=either(st.integers(0, 3)),
    GroupName=either(st.sampled_from(["staff", "guests"]), absent=False),
)
brandings = structure(Settings=either(st.sampled_from([{"categories": {"a": 1}}, {"categories": {"b": 2}, "$x": 3}])))
risks = structure(
    RiskExceptionConfiguration=either(structure(BlockedIPRangeList=either(st.just(["10.0.0.0/8"])))),
    CompromisedCredentialsRiskConfiguration=either(st.just({"Actions": {"EventAction": "BLOCK"}})),
)


def resource(of: str, properties: Any, condition: str | None, **places: Any) -> dict[str, Any]:
    body = {"Type": f"AWS::Cognito::{of}", "Properties": {**properties, **places}}
    return {**body, "Condition": condition} if condition else body


@st.composite
def templates(draw: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """A template with a pool and what may be in one, and the ids of the stack that was deployed from it."""
    maybe = st.one_of(st.none(), names)
    pool = {"UserPoolId": {"Ref": "Pool"}}
    client = draw(maybe)
    secret = {"client_id": "x", "client_secret": draw(st.sampled_from(["not-a-real-1", "{{resolve:ssm:x}}"]))}
    details = {**secret, "oidc_issuer": "https://idp.example", "authorize_scopes": "openid"}
    oidc = {"ProviderName": "Oidc", "ProviderType": "OIDC", "ProviderDetails": details}
    resources = {
        "Pool": resource("UserPool", {"UserPoolName": "quay", **draw(pools)}, None),
        "Web": resource("UserPoolClient", {"ClientName": draw(first), **draw(clients)}, client, **pool),
        "App": resource("UserPoolClient", {"ClientName": "second", **draw(clients)}, draw(maybe), **pool),
        "Staff": resource("UserPoolGroup", {"GroupName": "crew", **draw(groups)}, draw(maybe), **pool),
        "Oidc": resource("UserPoolIdentityProvider", oidc, draw(maybe), **pool),
        "Risk": resource("UserPoolRiskConfigurationAttachment", draw(risks), draw(maybe), **pool, ClientId="ALL"),
        "Look": resource("ManagedLoginBranding", draw(brandings), client, **pool, ClientId={"Ref": "Web"}),
        "Gate": {"Type": "AWS::Lambda::Function", "Properties": {}},
    }
    kept = draw(st.sets(st.sampled_from(sorted(set(resources) - {"Pool", "Gate"}))))
    kept |= {"Pool", "Gate"} | ({"Web"} if "Look" in kept else set())
    parameters = {n: {"Type": "String", "Default": draw(st.sampled_from(["yes", "no"]))} for n in "PQ"}
    template = {
        "Parameters": parameters,
        "Conditions": CONDITIONS,
        "Resources": {name: body for name, body in resources.items() if name in kept},
    }
    ids = {
        "Pool": POOL,
        "Web": CLIENT,
        "App": OTHER_CLIENT,
        "Look": f"{POOL}|look",
        "Risk": f"{POOL}|ALL",
    }
    ids = {name: id_ for name, id_ in ids.items() if name in kept}
    return template, {name: made_id(template, name, ids) for name in resources_of(template)}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=templates(), mode=st.sampled_from(["full", "minimal"]))
def test_every_overlay_is_the_other_case(tmp_path_factory, made, mode):
    template, ids = made
    directory = tmp_path_factory.mktemp("any")
    one = Converted(directory / "first", template, ids, "--mode", mode)
    assert one.ran.code == 0, one.ran.out + one.ran.err
    assert "It makes no manifest" not in one.ran.out
    for condition in sorted(one.environments):
        one, other = both(directory / condition, template, ids, condition, "--mode", mode)
        _, full = both(directory / f"{condition}-full", template, ids, condition, "--mode", "full")
        check_same(one, other, full, condition)
        everything = one.ran.out + "".join(p.read_text() for p in one.to.rglob("*.yaml"))
        assert "not-a-real" not in everything
        assert "only-in-the-other-case" not in everything


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(made=templates())
def test_without_an_overlay_the_other_case_is_the_same_or_named(tmp_path_factory, made):
    template, ids = made
    directory = tmp_path_factory.mktemp("same")
    one = Converted(directory / "first", template, ids)
    for entry in one.report["not_mapped"]:
        condition = entry["source"].removeprefix("condition ")
        if entry["category"] == "condition" and "The manifests are the same" in entry["reason"]:
            one, other = both(directory / condition, template, ids, condition)
            assert one.trees() == other.trees(), condition
