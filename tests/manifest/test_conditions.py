# ruff: noqa: E501 - what is expected of a message stands in one line
"""`$when`, `${target.…}` and values that are given as texts: what they leave, and what is said where they are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InvalidManifest
from reconciler.manifests.documents import RawDocument
from reconciler.manifests.generated.conditions import without_what_is_off
from reconciler.manifests.loading import Loaded, load
from reconciler.manifests.manifest import Manifest
from reconciler.manifests.reference_kinds.reference_kind import Surroundings
from reconciler.model import Position

HEAD = "version: 1\nuser_pool: {PoolName: p}\n"


@pytest.fixture
def one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def one(text: str, environ: dict[str, str] | None = None, env: str = "", **variables: Any) -> Manifest:
        Path("m.yaml").write_text(text)
        return loaded(["m.yaml"], environ, env, **variables).manifests[0]

    return one


def loaded(paths: list[str], environ: dict[str, str] | None = None, env: str = "", **variables: Any) -> Loaded:
    return load(paths, variables=variables, environ=environ or {}, stdin=lambda: "", environment=env)


@pytest.fixture
def wrong(one):
    def wrong(text: str, environ: dict[str, str] | None = None, env: str = "", **variables: Any) -> list[str]:
        with pytest.raises(InvalidManifest) as error:
            one(text, environ, env, **variables)
        return str(error.value).split("\n")

    return wrong


# --- $when -----------------------------------------------------------------------------------------------------------

OPTIONAL = """\
version: 1
user_pool:
  PoolName: p
  Policies: {PasswordPolicy: {$when: "${var.on}", MinimumLength: 12}}
  UserPoolTags: {a: {$when: "${var.on}", value: x}, b: y}
mfa: {$when: "${var.on}", MfaConfiguration: "OFF"}
groups:
  a: {$when: "${var.on}", Precedence: 1}
  b: {Precedence: {$when: {$var: on}, value: 2}}
clients:
  web: {CallbackURLs: ["https://a.example", {$when: "${var.on}", value: "https://b.example"}]}
"""


def shape(manifest: Manifest) -> dict[str, Any]:
    return {str(s.address): s.declared for s in manifest.specs}


@pytest.mark.parametrize("value", [True, "true", "True", "TRUE"])
def test_what_is_on(one, value):
    assert shape(one(OPTIONAL, on=value)) == {
        "user_pool": {
            "PoolName": "p",
            "Policies": {"PasswordPolicy": {"MinimumLength": 12}},
            "UserPoolTags": {"a": "x", "b": "y"},
        },
        "mfa": {"MfaConfiguration": "OFF"},
        "groups/a": {"GroupName": "a", "Precedence": 1},
        "groups/b": {"GroupName": "b", "Precedence": 2},
        "clients/web": {"ClientName": "web", "CallbackURLs": ["https://a.example", "https://b.example"]},
    }


@pytest.mark.parametrize("value", [False, "false", "False", "FALSE"])
def test_what_is_off_is_as_if_it_had_not_been_written(one, value):
    off = one(OPTIONAL, on=value)
    assert shape(off) == {
        "user_pool": {"PoolName": "p", "Policies": {}, "UserPoolTags": {"b": "y"}},
        "groups/b": {"GroupName": "b"},
        "clients/web": {"ClientName": "web", "CallbackURLs": ["https://a.example"]},
    }
    assert off.sections == {"user_pool", "groups", "clients"}


@pytest.mark.parametrize("value", ["yes", "on", "1", "", "tRue", 1, 0, None, [], {}])
def test_a_condition_is_a_boolean(wrong, value):
    [said] = wrong(f"{HEAD}groups: {{$when: {{$var: on}}, a: {{}}}}\n", on=value)
    assert said.startswith("m.yaml:3:17 groups.$when: $when is ")
    assert said.endswith(
        ", which is neither true nor false. Write true, false, or a variable that is one of them: $when: ${var.NAME}."
    )


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("yes", '$when is "yes", which is neither true nor false.'),
        ("{$env: HOME}", "$when is a map, which is neither true nor false."),
        ('"${env.HOME}"', "the text holds a `${...}` that is not a reference."),
        ('"${var.none}"', "the variable none has no value."),
        ('"${target.region}"', "only variables are known here. Use ${var.NAME}."),
    ],
)
def test_a_condition_that_is_wrong(wrong, condition, message):
    [said] = wrong(f"{HEAD}groups: {{$when: {condition}, a: {{}}}}\n", {"HOME": "hunter2"})
    assert said.startswith(f"m.yaml:3:17 groups.$when: {message}")
    assert "hunter2" not in said


def test_all_conditions_that_are_wrong_are_reported(wrong):
    said = wrong(f"{HEAD}groups: {{a: {{$when: 1}}, b: {{$when: 2, Precedence: x}}}}\n")
    assert [line.partition(": ")[0] for line in said] == [
        "m.yaml:3:21 groups.a.$when",
        "m.yaml:3:36 groups.b.$when",
        "m.yaml:3:51 groups.b.Precedence",
    ]


def test_a_whole_document_is_not_switched_off(wrong):
    assert wrong(f"{HEAD}$when: false\n") == [
        "m.yaml:3:1 $when: a whole document cannot be switched off. Write $when in its sections, or leave its file out of PATH."
    ]


def test_a_condition_is_not_beside_a_reference(wrong):
    assert wrong(f"{HEAD}groups: {{a: {{Description: {{$when: true, $var: x}}}}}}\n", x="y") == [
        "m.yaml:3:35 groups.a.Description.$when: $when cannot be beside $var, which is a value as a whole. Write {$when: ..., value: {$var: ...}}."
    ]


def test_what_is_off_needs_no_value_of_anything(one):
    text = 'clients: {web: {$when: false, ClientSecret: {$env: NONE}, CallbackURLs: ["${var.none}"]}}\n'
    assert shape(one(HEAD + text)) == {"user_pool": {"PoolName": "p"}}


def test_conditions_within_conditions(one):
    text = "groups: {a: {$when: true, value: {$when: false, value: {Precedence: 1}}}, b: {$when: true, value: {}}}\n"
    assert list(shape(one(HEAD + text))) == ["user_pool", "groups/b"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "identity_providers: {acme: {$when: false, ProviderType: SAML}}\nclients: {web: {SupportedIdentityProviders: [COGNITO, acme]}}\n",
            "m.yaml:4:55 clients.web.SupportedIdentityProviders[1]: identity_providers/acme is switched off by $when at m.yaml:3:36.",
        ),
        (
            "identity_providers: {$when: false, acme: {ProviderType: SAML}}\nclients: {web: {SupportedIdentityProviders: [acme]}}\n",
            "m.yaml:4:46 clients.web.SupportedIdentityProviders[0]: identity_providers/acme is switched off by $when at m.yaml:3:29.",
        ),
        (
            "resource_servers: {orders: {$when: false, Name: o}}\nclients: {web: {AllowedOAuthScopes: [openid, orders/read]}}\n",
            "m.yaml:4:46 clients.web.AllowedOAuthScopes[1]: resource_servers/orders is switched off by $when at m.yaml:3:36.",
        ),
        (
            "groups: {a: {$when: false}}\nusers: {ada: {groups: [a]}}\n",
            "m.yaml:4:24 users.ada.groups[0]: groups/a is switched off by $when at m.yaml:3:21.",
        ),
        (
            "clients: {web: {$when: false}}\noutputs: [{client: web, format: amplify}]\n",
            "m.yaml:4:20 outputs[0].client: clients/web is switched off by $when at m.yaml:3:24.",
        ),
        (
            'clients: {web: {$when: false}, "${var.app}": {LogoutURLs: ["${ref.p/clients/web#ClientId}"]}}\n',
            "m.yaml:3:60 clients.app.LogoutURLs[0]: clients/web of p is switched off by $when at m.yaml:3:24.",
        ),
        (
            'clients: {"${var.app}": {$when: false}, web: {LogoutURLs: ["${ref.p/clients/app#ClientId}"]}}\n',
            "m.yaml:3:60 clients.web.LogoutURLs[0]: clients/app of p is switched off by $when at m.yaml:3:33.",
        ),
        (
            'identity_providers: {$each: [{id: a, on: false}], as: t, key: "${t.id}", value: {$when: "${t.on}", ProviderType: SAML}}\nclients: {web: {SupportedIdentityProviders: [a]}}\n',
            "m.yaml:4:46 clients.web.SupportedIdentityProviders[0]: identity_providers/a is switched off by $when at m.yaml:3:89 (row m.yaml:3:30).",
        ),
    ],
)
def test_who_names_what_is_off_is_told_both_places(wrong, text, expected):
    assert wrong(HEAD + text, app="app") == [f"{expected} Switch both off with the same condition, or switch it on."]


@pytest.mark.parametrize(
    ("overlay", "expected"),
    [
        ("groups: {a: {$when: true}}\n", ["a", "b"]),
        ("groups: {b: {$when: false}}\n", []),
        ("groups: {a: {Precedence: 5}}\n", ["b"]),
        ("groups: {a: {$when: true, value: {Precedence: 5}}}\n", ["a", "b"]),
        ("groups: {$when: false}\n", []),
    ],
)
def test_an_overlay_changes_a_condition(one, tmp_path, overlay, expected):
    (tmp_path / "overlays/prod").mkdir(parents=True)
    (tmp_path / "overlays/prod/m.yaml").write_text(overlay)
    found = one(f"{HEAD}groups: {{a: {{$when: false, Precedence: 1}}, b: {{}}}}\n", env="prod").section("groups")
    assert [s.address.name for s in found] == expected


def test_a_lock_holds_against_a_condition_around_it(wrong, tmp_path):
    (tmp_path / "overlays/prod").mkdir(parents=True)
    (tmp_path / "overlays/prod/m.yaml").write_text("groups: {a: {$when: false}}\n")
    assert wrong(f"{HEAD}groups: {{a: {{Precedence: 1}}}}\nlocked: [groups/a.Precedence]\n", env="prod") == [
        "overlays/prod/m.yaml:1:14 groups.a.Precedence: this is locked by m.yaml:4:10, and the overlay changes it. Change the base, or remove the lock."
    ]


@pytest.mark.parametrize(
    ("locked", "place"),
    [
        ("[{$when: true, value: groups/a}]", "m.yaml:4:10 locked[0].$when"),
        ("{$when: true, value: [groups/a]}", "m.yaml:4:9 locked.$when"),
        (
            '[{$each: [{id: a}], as: t, $when: false, value: "groups/${t.id}"}]',
            "m.yaml:4:57 (row m.yaml:4:19) locked[0].$when",
        ),
    ],
)
def test_a_lock_has_no_condition(wrong, locked, place):
    message = "what is locked cannot have a condition: overlays are merged before conditions are decided."
    assert wrong(f"{HEAD}groups: {{a: {{}}}}\nlocked: {locked}\n") == [f"{place}: {message} Write the lock without it."]


TREES = st.recursive(
    st.integers() | st.text("ab", max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), TREES, max_size=3), st.data())
@settings(deadline=None)
def test_conditions_that_are_true_change_nothing_and_false_ones_leave_out(
    tree: dict[str, Any], data: st.DataObject
) -> None:
    def around(value: Any) -> tuple[Any, Any]:
        """Return a value with conditions in it, and what is to be left; None for nothing."""
        on = data.draw(st.sampled_from([None, True, False]))
        if isinstance(value, dict):
            inner = {key: around(v) for key, v in value.items()}
            written = {key: w for key, (w, _) in inner.items()}
            left: Any = {key: v[0] for key, (_, v) in inner.items() if v}
        elif isinstance(value, list):
            items = [around(v) for v in value]
            written, left = [w for w, _ in items], [v[0] for _, v in items if v]
        else:
            written = left = value
        if on is None:
            return written, (left,)
        is_map = isinstance(written, dict) and data.draw(st.booleans()) and set(written) != {"value"}
        wrapped = {"$when": on, **written} if is_map else {"$when": on, "value": written}
        return wrapped, (left,) if on else ()

    made = {key: around(value) for key, value in tree.items()}
    document = RawDocument("m", Path(), 0, {k: w for k, (w, _) in made.items()}, {}, {}, Position("m", 1, 1))
    left, problems = without_what_is_off(document, Surroundings({}, {}))
    assert problems == []
    assert left.tree == {k: v[0] for k, (_, v) in made.items() if v}


# --- target ----------------------------------------------------------------------------------------------------------

TARGET = 'version: 1\ntarget: {account: "${var.account}", region: {$env: REGION}}\nuser_pool: {PoolName: "p-${target.region}"}\n'


def test_members_repeat_the_target_of_the_document(one):
    text = TARGET + 'groups: {a: {RoleArn: "arn:aws:iam::${target.account}:role/x", Description: {$target: account}}}\n'
    found = one(text, {"REGION": "eu-west-1"}, account="123456789012")
    assert found.name == "p-eu-west-1"
    assert found.section("groups")[0].declared["RoleArn"] == "arn:aws:iam::123456789012:role/x"
    assert found.section("groups")[0].declared["Description"] == "123456789012"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            "",
            "m.yaml:2:23 user_pool.PoolName: the document has no target. Add region to its target, or use ${var.NAME}.",
        ),
        (
            'target: {account: "123456789012"}',
            "m.yaml:3:23 user_pool.PoolName: the document's target says no region. Add region to its target, or use ${var.NAME}.",
        ),
        (
            "target: {region: {$env: SECRET}}",
            "m.yaml:3:23 user_pool.PoolName: target.region at m.yaml:2:18 is not a Region code. Correct it there. Write one such as eu-west-1.",
        ),
        (
            "target: {region: {$ssm: /x}}",
            "m.yaml:3:23 user_pool.PoolName: target.region at m.yaml:2:18 must be known before AWS is asked. Use {$var: NAME} there.",
        ),
        (
            'target: {region: "${target.region}"}',
            "m.yaml:3:23 user_pool.PoolName: target.region at m.yaml:2:18 has no value. Correct it there; a target cannot refer to itself.",
        ),
    ],
)
def test_a_target_that_does_not_say_it(wrong, target, expected):
    said = wrong(
        f'version: 1\n{target + chr(10) if target else ""}user_pool: {{PoolName: "${{target.region}}"}}\n',
        {"SECRET": "hunter2"},
    )
    assert expected in said
    assert "hunter2" not in "".join(said)


def test_a_target_has_two_parts(wrong):
    assert wrong(TARGET.replace("target.region", "target.name"), {"REGION": "eu-west-1"}, account="123456789012") == [
        "m.yaml:3:23 user_pool.PoolName: a target has no name. Write ${target.account} or ${target.region}."
    ]


def test_an_overlay_changes_what_members_repeat(one, tmp_path):
    (tmp_path / "overlays/prod").mkdir(parents=True)
    (tmp_path / "overlays/prod/m.yaml").write_text("target: {region: eu-central-1}\n")
    assert one(TARGET, {}, "prod", account="123456789012").name == "p-eu-central-1"


# --- values that are given as texts ----------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["{$var: x}", '"${var.x}"', "{$env: X}"])
@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("CallbackURLs", ["https://a.example", "https://b.example"]),
        ("TokenValidityUnits", {"AccessToken": "minutes"}),
        ("EnableTokenRevocation", True),
        ("AccessTokenValidity", 60),
        ("ClientName", "123"),
    ],
)
def test_the_member_decides_what_a_text_means(one, member, value, written):
    text = value if isinstance(value, str) else json.dumps(value)
    if member == "ClientName" and "$env" in written:
        return  # a name is shown, so it cannot come from there
    found = one(f"{HEAD}clients: {{web: {{{member}: {written}}}}}\n", {"X": text}, x=text)
    assert found.section("clients")[0].declared[member] == value


def test_a_section_and_an_object_and_the_envelope(one):
    text = "groups: {$var: groups}\nclients: {web: {$var: web}}\nprotect: {$var: protect}\n"
    found = one(
        HEAD + text, groups='{"a": {"Precedence": 1}}', web='{"AccessTokenValidity": 5}', protect='["clients/web"]'
    )
    assert [str(s.address) for s in found.specs] == ["user_pool", "groups/a", "clients/web"]
    assert found.protect == ("clients/web",)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("https://a.example", "is a text that is not JSON, and this member holds a list."),
        ('{"a": 1}', "is not a list, and this member holds a list."),
        ('[{"a": 1, "a": 2}]', "has a key twice, and this member holds a list."),
        ('[{"$secret": "x"}]', "has a reference in it, and this member holds a list."),
        ("[NaN]", "is a text that is not JSON, and this member holds a list."),
        ("[" * 100_000, "is nested too deeply, and this member holds a list."),
    ],
)
def test_a_text_that_is_none_names_the_variable_and_the_member(wrong, value, message):
    assert wrong(f"{HEAD}clients: {{web: {{CallbackURLs: {{$var: urls}}}}}}\n", urls=value) == [
        f"""m.yaml:3:31 clients.web.CallbackURLs: the value of $var urls {message} Give it as JSON: --var 'urls=["a", "b"]'."""
    ]


def test_a_scalar_that_does_not_fit_names_the_variable(wrong):
    assert wrong(f'{HEAD}groups: {{a: {{Precedence: "${{var.n}}"}}}}\n', n="x") == [
        'm.yaml:3:26 groups.a.Precedence: "x" (from $var n) is not a whole number. Use a whole number from 0 to 2147483647.'
    ]


def test_a_text_with_more_around_the_variable_stays_a_text(wrong):
    [said] = wrong(f'{HEAD}clients: {{web: {{CallbackURLs: "[${{var.urls}}]"}}}}\n', urls='"https://a.example"')
    assert "expected a list, found a string" in said
