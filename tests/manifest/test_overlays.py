"""Overlays: what merges, what replaces, where every value comes from, and what an overlay may not touch."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from reconciler.errors import InvalidManifest
from reconciler.manifests import reader
from reconciler.manifests.loading import load
from reconciler.manifests.overlays import merge
from reconciler.model import Position

WRONG = Path(__file__).parent / "wrong_overlays"
CASES = sorted(p.name for p in WRONG.iterdir() if p.is_dir())

BASE = """\
version: 1
user_pool:
  PoolName: customers-dev
  DeletionProtection: ACTIVE
  AliasAttributes: [email, preferred_username]
  Policies: {PasswordPolicy: {MinimumLength: 12, RequireSymbols: true}}
  UserPoolTags: {team: web, stage: dev}
clients:
  web: {CallbackURLs: ["https://dev.example.com/cb"]}
  debug: {}
"""


@pytest.fixture
def files(tmp_path, monkeypatch):
    """Writes files into an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def files(**texts: str) -> None:
        for name, text in texts.items():
            file = tmp_path / (name.replace("__", "/") + ".yaml")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")

    return files


def loaded(*paths, env="prod", variables=None, environ=None):
    return load(paths, variables=variables or {}, environ=environ or {}, stdin=lambda: BASE, environment=env).manifests


def merged(base, layer, files):
    files(m=base, overlays__prod__m=layer)
    documents, problems = reader.read(["m.yaml"], lambda: "")
    layers, wrong = reader.overlays(["m.yaml"], "prod")
    found, clashes = merge(documents, layers)
    assert [*problems, *wrong, *clashes] == []
    return found


@pytest.mark.parametrize(
    ("base", "layer", "result"),
    [
        ("a: {b: {c: 1, d: 2}}", "a: {b: {c: 3}}", {"a": {"b": {"c": 3, "d": 2}}}),
        ("a: [1, 2]", "a: [3]", {"a": [3]}),
        ("a: {b: 1}", "a: null", {"a": None}),
        ("a: {b: 1}", "a: {}", {"a": {"b": 1}}),
        ("a: {b: 1, c: 2}", "a: {b: {$delete: true}}", {"a": {"c": 2}}),
        ("a: {b: 1}", "a: {$delete: true}", {}),
        ("a: 1", "b: {c: 2}", {"a": 1, "b": {"c": 2}}),
        ("a: 1", "a: {c: 2}", {"a": {"c": 2}}),
        ("a: {b: 1}", "a: 2", {"a": 2}),
        ("a: {$env: X}", "a: {$file: y}", {"a": {"$file": "y"}}),
        ("a: {b: 1}", "a: {$var: x}", {"a": {"$var": "x"}}),
        ("a: {$var: x}", "a: {b: 1}", {"a": {"b": 1}}),
        ("a: {$var: x}", "a: {$delete: true}", {}),
        ("a: {'${var.x}': {b: 1}}", "a: {'${var.x}': {c: 2}}", {"a": {"${var.x}": {"b": 1, "c": 2}}}),
    ],
)
def test_maps_merge_and_everything_else_replaces(base, layer, result, files):
    assert merged(base, layer, files)[0].tree == result


def test_the_base_is_not_changed(files):
    files(m=BASE, overlays__prod__m="user_pool: {UserPoolTags: {team: {$delete: true}, stage: prod}}")
    documents, _ = reader.read(["m.yaml"], lambda: "")
    merge(documents, reader.overlays(["m.yaml"], "prod")[0])
    assert documents[0].tree["user_pool"]["UserPoolTags"] == {"team": "web", "stage": "dev"}


def test_every_value_keeps_the_place_it_came_from(files):
    document = merged(
        BASE, "user_pool:\n  AliasAttributes:\n  - email\n  UserPoolTags: {team: {$delete: true}, cost: '7'}\n", files
    )[0]
    layer = "overlays/prod/m.yaml"
    assert document.positions[("user_pool", "PoolName")] == Position("m.yaml", 3, 13)
    assert document.positions[("user_pool", "AliasAttributes", 0)] == Position(layer, 3, 5)
    assert ("user_pool", "AliasAttributes", 1) not in document.positions
    assert document.keys[("user_pool", "AliasAttributes")] == Position(layer, 2, 3)
    assert document.keys[("user_pool", "UserPoolTags", "cost")] == Position(layer, 4, 41)
    assert document.positions[("user_pool", "UserPoolTags")].file == "m.yaml"
    assert ("user_pool", "UserPoolTags", "team") not in document.positions
    assert document.start == Position("m.yaml", 1, 1)


def test_positions_reach_the_specs(files):
    files(m=BASE, overlays__prod__m="user_pool:\n  PoolName: customers-prod\nclients:\n  new: {}\n")
    (found,) = loaded("m.yaml")
    assert found.name == "customers-prod"
    assert found.file == "m.yaml"
    assert found.spec("user_pool").position(("PoolName",)) == Position("overlays/prod/m.yaml", 2, 13)
    assert found.spec("user_pool").position(("DeletionProtection",)).file == "m.yaml"
    assert found.spec("clients", "new").source.file == "overlays/prod/m.yaml"
    assert found.spec("clients", "debug") is not None


@pytest.mark.parametrize("path", ["pools", "pools/m.yaml"])
def test_overlays_that_are_left_out_are_a_notice(tmp_path, monkeypatch, path):
    """Found beside the manifest and below a directory; none with --env, nor for a manifest without an overlay."""
    monkeypatch.chdir(tmp_path)
    for name in ("pools/m.yaml", "pools/other.yaml", "pools/team/x.yaml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"version: 1\nuser_pool: {{PoolName: {file.stem}}}\n")
    for name in ("overlays/prod/m.yaml", "overlays/staging/m.yaml", "overlays/empty/readme.txt"):
        file = tmp_path / "pools" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("user_pool: {DeletionProtection: ACTIVE}\n")
    (tmp_path / "pools/team/overlays/qa").mkdir(parents=True)
    (tmp_path / "pools/team/overlays/qa/x.yaml").write_text("user_pool: {}\n")

    def said(path: str, env: str = "") -> list[str]:
        return [n.message for n in load([path], variables={}, environ={}, stdin=str, environment=env).notices]

    (notice,) = said(path)
    assert "--env is not given" in notice
    assert ("prod, qa, staging" if path == "pools" else "prod, staging") in notice
    assert said(path, "prod") == []
    assert said("pools/other.yaml") == []


def test_without_an_environment_nothing_is_laid_over(files):
    files(m=BASE, overlays__prod__m="user_pool: {PoolName: customers-prod}")
    assert loaded(".", env="")[0].name == "customers-dev"
    assert len(loaded(".")) == 1  # the overlay is no manifest of its own


def test_a_directory_is_followed_down(files):
    files(
        pools__eu__m=BASE,
        pools__other="version: 1\nuser_pool: {PoolName: other}",
        pools__overlays__prod__eu__m="user_pool: {PoolName: eu-prod}",
    )
    assert [m.name for m in loaded("pools")] == ["eu-prod", "other"]


def test_the_nearest_directory_of_overlays_counts(files):
    """`staging` has overlays only further out, and a directory without any belongs to the one around it."""
    files(
        pools__a=BASE,
        pools__team__x=BASE.replace("customers", "x"),
        pools__team__deep__y=BASE.replace("customers", "y"),
        pools__team__deep__z=BASE.replace("customers", "z"),
        pools__overlays__prod__a="user_pool: {PoolName: a-prod}",
        pools__team__overlays__prod__x="user_pool: {PoolName: x-prod}",
        pools__team__overlays__prod__deep__y="user_pool: {PoolName: y-prod}",
        pools__overlays__staging__team__x="user_pool: {PoolName: x-staging}",
    )
    assert [m.name for m in loaded("pools")] == ["a-prod", "y-prod", "z-dev", "x-prod"]
    assert [m.name for m in loaded("pools", env="staging")] == ["customers-dev", "y-dev", "z-dev", "x-staging"]
    assert [m.name for m in loaded("pools/team")] == ["y-prod", "z-dev", "x-prod"]
    assert [m.name for m in loaded("pools/team/x.yaml")] == ["x-prod"]
    assert [m.file for m in loaded("pools", env="")] == [
        *("pools/a.yaml", "pools/team/deep/y.yaml", "pools/team/deep/z.yaml", "pools/team/x.yaml"),
    ]


def test_only_a_nested_directory_may_have_overlays(files):
    files(m=BASE, team__x=BASE.replace("customers", "x"), team__overlays__prod__x="user_pool: {PoolName: x-prod}")
    assert [m.name for m in loaded(".")] == ["customers-dev", "x-prod"]
    with pytest.raises(InvalidManifest, match=r"^overlays/dev: the overlay directory does not exist\."):
        loaded(".", env="dev")


def test_a_nested_overlay_keeps_the_locks(files):
    files(pools__team__x=BASE + "locked: [mfa]\n", pools__team__overlays__prod__x="mfa: {MfaConfiguration: 'OFF'}")
    with pytest.raises(InvalidManifest, match=r"^pools/team/overlays/prod/x\.yaml:1:1 mfa: this is locked by"):
        loaded("pools")


def test_two_overlays_of_one_manifest_are_named_both(files):
    files(
        pools__team__x=BASE,
        pools__overlays__prod__team__x="user_pool: {PoolName: far}",
        pools__team__overlays__prod__x="user_pool: {PoolName: near}",
    )
    with pytest.raises(InvalidManifest) as caught:
        loaded("pools")
    (line,) = str(caught.value).splitlines()
    assert line.startswith("pools/overlays/prod/team/x.yaml: pools/team/x.yaml has two overlays")
    assert "pools/team/overlays/prod/x.yaml" in line


def test_overlays_of_a_directory_without_manifests_are_not_lost(files):
    files(pools__a=BASE, pools__empty__overlays__prod__x="{}", pools__overlays__prod__a="{}")
    with pytest.raises(InvalidManifest, match=r"there is no manifest pools/empty/x\.yaml"):
        loaded("pools")


def test_documents_are_matched_by_their_order(files):
    base = "version: 1\nuser_pool: {PoolName: one}\n---\nversion: 1\nuser_pool: {PoolName: two}\n"
    files(m=base, overlays__prod__m="---\n---\nuser_pool: {PoolName: two-prod}\n")
    assert [m.name for m in loaded("m.yaml")] == ["one", "two-prod"]


def test_references_are_followed_after_merging(files, tmp_path):
    files(
        m=BASE,
        overlays__prod__m="user_pool:\n  PoolName: customers-${var.stage}\n  UserPoolTags: {team: {$file: t.txt}}\n",
    )
    (tmp_path / "overlays/prod/t.txt").write_text("beside the overlay", encoding="utf-8")
    (tmp_path / "t.txt").write_text("beside the base", encoding="utf-8")
    (found,) = loaded("m.yaml", variables={"stage": "prod"})
    assert found.name == "customers-prod"
    assert found.spec("user_pool").declared["UserPoolTags"]["team"] == "beside the overlay"


def test_files_of_the_base_stay_relative_to_the_base(files, tmp_path):
    files(m=BASE.replace("team: web", "team: {$file: t.txt}"), overlays__prod__m="user_pool: {PoolName: p}")
    (tmp_path / "t.txt").write_text("beside the base", encoding="utf-8")
    assert loaded("m.yaml")[0].spec("user_pool").declared["UserPoolTags"]["team"] == "beside the base"


def test_several_overlays_and_their_files_are_independent(files):
    files(
        a=BASE,
        b=BASE.replace("customers-dev", "b"),
        overlays__prod__a="user_pool: {PoolName: a-prod}",
        overlays__dev__a="user_pool: {PoolName: a-dev}",
    )
    assert [m.name for m in loaded(".")] == ["a-prod", "b"]
    assert [m.name for m in loaded(".", env="dev")] == ["a-dev", "b"]


# --- locks ---------------------------------------------------------------------------------------------------------


LOCKS = "locked: [{}]\n"


@pytest.mark.parametrize(
    ("lock", "layer", "what"),
    [
        ("user_pool.DeletionProtection", "user_pool: {DeletionProtection: INACTIVE}", "changes"),
        ("user_pool.DeletionProtection", "user_pool: {DeletionProtection: {$delete: true}}", "deletes"),
        ("user_pool.DeletionProtection", "user_pool: {DeletionProtection: null}", "changes"),
        ("user_pool.DeletionProtection", "user_pool: {$delete: true}\nid: eu-west-1_a", "deletes"),
        ("user_pool.Policies", "user_pool: {Policies: {PasswordPolicy: {MinimumLength: 8}}}", "changes"),
        ("user_pool.Policies.PasswordPolicy.MinimumLength", "user_pool: {Policies: {$delete: true}}", "deletes"),
        ("clients/web.GenerateSecret", "clients: {web: {GenerateSecret: true}}", "adds"),
        ("clients.web.GenerateSecret", "clients: {web: {GenerateSecret: true}}", "adds"),
        ("clients/*.GenerateSecret", "clients: {debug: {GenerateSecret: true}}", "adds"),
        ("'clients/[!w]*.GenerateSecret'", "clients: {debug: {GenerateSecret: true}}", "adds"),
        ("'clients/[x].GenerateSecret'", "clients: {'[x]': {GenerateSecret: true}}", "adds"),
        ("clients/my.app", "clients: {my.app: {}}", "adds"),
        ("clients/web", "clients: {web: {CallbackURLs: []}}", "changes"),
        ("clients/web", "clients: {web: {$delete: true}}", "deletes"),
        ("clients", "clients: {debug: {$delete: true}}", "changes"),
        ("clients/new", "clients: {new: {}}", "adds"),
        ("mfa", "mfa: {MfaConfiguration: OFF}", "adds"),
        ("mfa.MfaConfiguration", "mfa: {MfaConfiguration: OFF}", "adds"),
        ("target", "target: {region: eu-west-1}", "adds"),
        ("protect", "protect: [clients/web]", "adds"),
        ("version", "version: 2", "changes"),
    ],
)
def test_a_locked_path_cannot_be_touched(lock, layer, what, files):
    files(m=BASE + LOCKS.format(lock), overlays__prod__m=layer)
    with pytest.raises(InvalidManifest) as error:
        loaded("m.yaml")
    said = [str(p) for p in error.value.problems if "is locked by" in p.message]
    assert len(said) == 1
    assert said[0].startswith("overlays/prod/m.yaml:")
    assert f"this is locked by m.yaml:11:10, and the overlay {what} it." in said[0]


@pytest.mark.parametrize(
    ("lock", "layer"),
    [
        ("user_pool.DeletionProtection", "user_pool: {DeletionProtection: ACTIVE}"),
        ("user_pool.DeletionProtection", "user_pool: {PoolName: other}"),
        ("clients/web", "clients: {debug: {GenerateSecret: true}, webshop: {}}"),
        ("mfa", "user_pool: {PoolName: other}"),
        ("clients/d*", "clients: {web: {GenerateSecret: true}}"),
    ],
)
def test_what_is_not_changed_is_not_refused(lock, layer, files):
    files(m=BASE + LOCKS.format(lock), overlays__prod__m=layer)
    assert len(loaded("m.yaml")) == 1


IGNORING = "ignore: [{{path: {}, reason: noise}}]\n"


@pytest.mark.parametrize(
    ("lock", "ignored"),
    [
        ("user_pool.DeletionProtection", "user_pool.DeletionProtection"),
        ("user_pool.DeletionProtection", "user_pool"),
        ("user_pool.DeletionProtection", "user_pool.Del*"),
        ("user_pool.DeletionProtection", "'user_pool.[D]eletionProtection'"),
        ("user_pool.Policies", "user_pool.Policies.PasswordPolicy.MinimumLength"),
        ("mfa", "mfa.MfaConfiguration"),
        ("clients/web.GenerateSecret", "clients/w?b"),
        ("clients/web.GenerateSecret", "'clients/*.GenerateSecret'"),
        ("'clients/*.GenerateSecret'", "'clients/de*'"),
        ("'clients/[!x]*'", "clients/web.CallbackURLs"),
        ("clients/my.app", "'clients/*.GenerateSecret'"),
    ],
)
def test_an_overlay_cannot_ignore_what_is_locked(lock, ignored, files):
    base = BASE.replace("clients:\n", "clients:\n  my.app: {}\n") + LOCKS.format(lock)
    files(m=base, overlays__prod__m=IGNORING.format(ignored))
    with pytest.raises(InvalidManifest) as error:
        loaded("m.yaml")
    said = [str(p) for p in error.value.problems]
    assert [
        p
        for p in said
        if p.startswith("overlays/prod/m.yaml:1:17 ignore[0].path: this ignores what is locked by m.yaml:")
    ]


@pytest.mark.parametrize(
    ("lock", "ignored"),
    [
        ("user_pool.DeletionProtection", "user_pool.UserPoolTags"),
        ("clients/web.GenerateSecret", "'clients/*.CallbackURLs'"),
        ("clients/web", "clients/webshop"),
        ("'clients/d*'", "'clients/w*'"),
        ("'clients/[ab]'", "clients/c"),
    ],
)
def test_an_overlay_may_ignore_what_is_not_locked(lock, ignored, files):
    files(m=BASE + LOCKS.format(lock), overlays__prod__m=IGNORING.format(ignored))
    assert [i.path for i in loaded("m.yaml")[0].ignore] == [ignored.strip("'")]


def test_what_the_base_ignores_itself_an_overlay_may_repeat(files):
    rule = IGNORING.format("user_pool.DeletionProtection")
    files(m=BASE + LOCKS.format("user_pool") + rule, overlays__prod__m=rule)
    assert len(loaded("m.yaml")) == 1


def test_an_overlay_cannot_renew_what_the_base_ignores(files):
    rule = "ignore: [{{path: user_pool.DeletionProtection, reason: noise, expires: {}}}]\n"
    base = BASE + LOCKS.format("user_pool") + rule.format("2026-01-01")
    files(m=base, overlays__prod__m=rule.format("2036-01-01"))
    with pytest.raises(InvalidManifest, match="this ignores what is locked"):
        loaded("m.yaml")


@pytest.mark.parametrize("path", ["'${var.x}'", "{$var: x}", "'user_pool.${var.x}'"])
def test_what_an_overlay_ignores_cannot_be_known_only_later(path, files):
    files(m=BASE + LOCKS.format("user_pool.DeletionProtection"), overlays__prod__m=IGNORING.format(path))
    with pytest.raises(InvalidManifest, match="what an overlay ignores must be written out"):
        loaded("m.yaml", variables={"x": "user_pool.DeletionProtection"})


def test_one_and_true_are_not_the_same(files):
    files(
        m=BASE + LOCKS.format("user_pool.Policies.PasswordPolicy.RequireSymbols"),
        overlays__prod__m="user_pool: {Policies: {PasswordPolicy: {RequireSymbols: 1}}}",
    )
    with pytest.raises(InvalidManifest, match="is locked by"):
        loaded("m.yaml")


# --- what is wrong, letter by letter -------------------------------------------------------------------------------


def said(name):
    with pytest.raises(InvalidManifest) as error:
        load(["pools"], variables={"x": "y"}, environ={}, stdin=lambda: "", environment="prod")
    return f"{error.value}\n"


@pytest.mark.parametrize("name", CASES)
def test_every_mistake_is_explained(name, monkeypatch):
    """`UPDATE_GOLDEN=1` rewrites the expected texts; read the difference afterwards."""
    monkeypatch.chdir(WRONG / name)
    text = said(name)
    golden = WRONG / name / "said.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")
    for line in text.splitlines():
        assert re.match(r"pools/[^:]+(:\d+:\d+( \S[^:]*)?)?: \S", line), line


def test_standard_input_has_no_overlays(files):
    with pytest.raises(InvalidManifest, match="standard input has no overlays"):
        loaded("-")


def test_a_file_without_a_directory_of_overlays(files):
    files(m=BASE)
    with pytest.raises(InvalidManifest, match=r"overlays/prod: the overlay directory does not exist\. Create it"):
        loaded("m.yaml")


@pytest.mark.parametrize(("key", "refused"), [("${var.key}", True), ("$$${var.key}", True), ("$${var.key}", False)])
def test_a_key_that_is_known_only_later_cannot_get_around_a_lock(key, refused, files):
    files(
        m=BASE + LOCKS.format("clients/web.GenerateSecret"),
        overlays__prod__m=f"clients: {{web: {{'{key}': true}}}}",
    )
    documents, _ = reader.read(["m.yaml"], lambda: "")
    layers, _ = reader.overlays(["m.yaml"], "prod")
    _, problems = merge(documents, layers)
    assert [p.message for p in problems if "cannot contain a variable" in p.message] == problems_of(refused)


def problems_of(refused: bool) -> list[str]:
    said = "if the base locks paths, a key of an overlay cannot contain a variable."
    return [said] if refused else []


ITEMS_BASE = """\
version: 1
user_pool: {PoolName: x}
clients:
  web:
    CallbackURLs:
      $include:
      - https://a.example.com/
      - https://b.example.com/
      $exclude: [https://old.example.com/]
"""


def test_an_overlay_has_the_last_word_about_each_item_of_a_list(files):
    layer = """\
clients:
  web:
    CallbackURLs:
      $include: [https://old.example.com/, https://c.example.com/]
      $exclude:
      - https://a.example.com/
"""
    (document,) = merged(ITEMS_BASE, layer, files)
    path = ("clients", "web", "CallbackURLs")
    assert document.tree["clients"]["web"]["CallbackURLs"] == {
        "$include": [f"https://{n}.example.com/" for n in ("b", "old", "c")],
        "$exclude": ["https://a.example.com/"],
    }
    items = {p[3:]: (w.file, w.line) for p, w in document.positions.items() if p[:3] == path and len(p) == 5}
    assert items == {
        ("$include", 0): ("m.yaml", 8),
        ("$include", 1): ("overlays/prod/m.yaml", 4),
        ("$include", 2): ("overlays/prod/m.yaml", 4),
        ("$exclude", 0): ("overlays/prod/m.yaml", 6),
    }
    assert {p[:4] for p in document.keys if len(p) == 4 and p[:3] == path} == {
        (*path, "$include"),
        (*path, "$exclude"),
    }


@pytest.mark.parametrize("value", ["[https://c.example.com/]", "{$include: {$ssm: /urls}}", "null"])
def test_anything_else_replaces_the_items_of_a_base(files, value):
    (document,) = merged(ITEMS_BASE, f"clients: {{web: {{CallbackURLs: {value}}}}}\n", files)
    found = document.tree["clients"]["web"]["CallbackURLs"]
    assert found in (["https://c.example.com/"], {"$include": {"$ssm": "/urls"}}, None)


def test_items_replace_a_whole_list(files):
    base = ITEMS_BASE.split("    CallbackURLs", maxsplit=1)[0] + "    CallbackURLs: [https://a.example.com/]\n"
    (document,) = merged(base, "clients: {web: {CallbackURLs: {$include: [https://c.example.com/]}}}\n", files)
    assert document.tree["clients"]["web"]["CallbackURLs"] == {"$include": ["https://c.example.com/"]}


def test_items_of_a_locked_list_cannot_be_changed(files):
    layer = "clients: {web: {CallbackURLs: {$include: [https://c.example.com/]}}}\n"
    files(m=f"locked: [clients/web.CallbackURLs]\n{ITEMS_BASE}", overlays__prod__m=layer)
    with pytest.raises(InvalidManifest, match=r"overlays/prod/m.yaml:1:17 .*: this is locked by m.yaml:1:10"):
        loaded("m.yaml")
