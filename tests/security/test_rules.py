"""Each security rule has manifests that break it and manifests that keep it.

A file of `rules/` is a rule, and each of its entries a case:

    fail, pass                  manifests; the rule finds something in `fail`, nothing in `pass`; one may be absent
    profile                     whom the pool serves (consumer)
    privileged, hosts           `privileged_attributes` and `allowed_redirect_hosts`
    beside                      other documents of the run, a list
    today                       the date, YYYY-MM-DD
    says                        words of what is found: of the message and the advice
    address, path, severity     where it is found and how bad it is: `clients/web`, `CallbackURLs[0]`, `high`
    fail_outside, pass_outside  what was read of other services, by the name of the reading
    refused                     Cognito itself would refuse `fail`
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from reconciler.kinds import KINDS
from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.references.variables import variables
from reconciler.model import RISKS, Reference, Weakness, dotted
from reconciler.planning.guard import offline
from reconciler.planning.linting import Linted, LintOptions, lint
from reconciler.security.catalogue import rules
from reconciler.security.rule import Scanner
from schemas.base import members
from schemas.security import PROFILES

FOLDER = Path(__file__).parent / "rules"
KEYS = {
    *("fail", "pass", "profile", "privileged", "hosts", "beside", "today", "says", "address", "path", "severity"),
    *("fail_outside", "pass_outside", "refused"),
}
FILES = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(FOLDER.glob("*.yaml"))}
CASES = [pytest.param(id_, case, id=f"{id_}-{name}") for id_, file in FILES.items() for name, case in file.items()]
every_case = pytest.mark.parametrize(("id_", "case"), CASES)
every_rule = pytest.mark.parametrize("rule", rules().values(), ids=list(rules()))


def loaded(folder: Path, case: dict[str, Any], key: str) -> list[Manifest]:
    """The manifest of a case first, then those beside it, which it may refer to."""
    trees = [case[key], *case.get("beside", ())]
    files = [folder / f"{key}{i}.yaml" for i in range(len(trees))]
    for file, tree in zip(files, trees, strict=True):
        file.write_text(yaml.safe_dump(tree, sort_keys=False))
    found = load([*map(str, files)], variables=variables([], []), environ={}, stdin=str).manifests
    own = replace(
        found[0],
        privileged_attributes=(*found[0].privileged_attributes, *case.get("privileged", ())),
        allowed_redirect_hosts=(*found[0].allowed_redirect_hosts, *case.get("hosts", ())),
    )
    return [own, *found[1:]]


def linted(folder: Path, id_: str, case: dict[str, Any], key: str, found: Manifest | None = None) -> Linted:
    options = LintOptions(case.get("profile"), case.get("today", ""), case.get(f"{key}_outside", {}), [rules()[id_]])
    own, *beside = loaded(folder, case, key)
    return lint(found or own, options, beside)


def test_every_rule_has_a_fixture_and_every_fixture_a_rule():
    assert set(FILES) == set(rules())
    assert [file.name for file in FOLDER.iterdir() if file.suffix != ".yaml"] == []


@every_rule
def test_a_rule_is_shown_failing_and_passing(rule):
    keys = [key for case in FILES[rule.id].values() for key in case]
    assert {"fail", "pass"} <= set(keys)


@every_case
def test_a_fixture_is_whole(id_, case):
    assert {"fail", "pass"} & set(case)
    assert set(case) <= KEYS
    assert case.get("fail") != case.get("pass") or case.get("fail_outside") != case.get("pass_outside")
    assert case.get("profile", "consumer") in PROFILES
    assert "fail" in case or not {"says", "address", "path", "severity", "refused"} & set(case)


@pytest.mark.parametrize(("id_", "case"), [p for p in CASES if "fail" in p.values[1]])
def test_a_manifest_that_breaks_the_rule_is_found(tmp_path, id_, case):
    found = linted(tmp_path, id_, case, "fail").weaknesses
    assert found
    for one in found:
        assert one.rule == id_
        said = f"{one.message} {one.advice}"
        assert [word for word in case.get("says", ()) if word not in said] == []
        assert _is_sentence(one.message), one.message
        assert _is_sentence(one.advice), one.advice
        assert one.source.line >= 1
    for key, value in (("address", _addresses), ("path", _paths), ("severity", _risks)):
        assert key not in case or value(found) == {case[key]}


@pytest.mark.parametrize(("id_", "case"), [p for p in CASES if "pass" in p.values[1]])
def test_a_manifest_that_keeps_the_rule_is_not_found(tmp_path, id_, case):
    assert linted(tmp_path, id_, case, "pass").weaknesses == ()


@every_case
def test_cognito_would_take_the_manifests_of_a_case(tmp_path, id_, case):
    """But for those that break a rule of Cognito itself."""
    for key in {"fail", "pass"} & set(case):
        refused = {r.rule for r in offline(loaded(tmp_path, case, key)[0])}
        assert bool(refused) is (key == "fail" and case.get("refused", False)), (key, refused)


@pytest.mark.parametrize(("id_", "case"), [p for p in CASES if "fail" in p.values[1]])
def test_what_is_not_known_is_not_judged(tmp_path, id_, case):
    """With a reference for each value, a rule finds only what the manifest does not declare."""
    found = loaded(tmp_path, case, "fail")[0]
    unknown = replace(found, specs=tuple(replace(s, declared=_unknown(s.declared)) for s in found.specs))
    judged = linted(tmp_path, id_, case, "fail", unknown).weaknesses
    assert [one for one in judged if one.declared and _leaf(unknown, one)] == []


def _unknown(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _unknown(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_unknown(v) for v in value]
    return Reference("ssm", "/unknown")


def _leaf(found: Manifest, one: Weakness) -> bool:
    spec = found.spec(one.address.section, one.address.name)
    value: Any = spec.declared if spec else {}
    for step in one.path:
        value = value[step] if isinstance(value, dict | list) else value
    return isinstance(value, Reference)


def _is_sentence(text: str) -> bool:
    return text.endswith((".", '."', ".)", ">.")) and (text[0].isupper() or " is not declared" in text)


def _addresses(found: tuple[Weakness, ...]) -> set[str]:
    return {str(one.address) for one in found}


def _paths(found: tuple[Weakness, ...]) -> set[str]:
    return {dotted(one.path) for one in found}


def _risks(found: tuple[Weakness, ...]) -> set[str]:
    return {one.risk for one in found}


# --- the rules themselves ------------------------------------------------------------------------------------------


@every_rule
def test_the_members_of_a_rule_exist(rule):
    assert rule.fields
    assert [name for name in rule.fields if not exists(name)] == []


def exists(name: str) -> bool:
    """Whether a schema has a member: `clients.risk_configuration.AccountTakeoverRiskConfiguration`."""
    section = max((s for s in KINDS if name == s or name.startswith(f"{s}.")), key=len, default="")
    if not section:
        return False
    model: Any = KINDS[section].model
    for step in name.removeprefix(section).removeprefix(".").split(".") if name != section else ():
        if model is None:
            return True  # below a map, whose keys are free
        member = members(model).get(step)
        if not member:
            return False
        model = member.model
    return True


def test_a_member_that_no_schema_has_is_noticed():
    assert exists("user_pool.Policies.PasswordPolicy.MinimumLength")
    assert exists("clients.risk_configuration.AccountTakeoverRiskConfiguration")
    assert exists("identity_providers.ProviderDetails.MetadataURL")
    assert exists("mfa")
    assert not exists("user_pool.Policies.PasswordPolicy.Length")
    assert not exists("pool.DeletionProtection")


@every_rule
def test_a_rule_is_said_in_sentences(rule):
    assert rule.id == rule.rule.id
    assert not rule.rule.title.endswith(".")
    assert len(rule.rule.title) <= 80
    for text in (rule.rule.what, rule.rule.why, rule.rule.advice):
        assert _is_sentence(text), text
    assert rule.rule.source


@every_rule
def test_severities_and_scanners_are_known(rule):
    assert rule.severity in RISKS
    assert set(rule.profiles) <= set(PROFILES)
    assert set(rule.profiles.values()) <= {*RISKS, None}
    assert set(rule.same) <= set(get_args(Scanner))
    assert all(ids for ids in rule.same.values())


def test_titles_are_unique():
    assert len({rule.rule.title for rule in rules().values()}) == len(rules())
