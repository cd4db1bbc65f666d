"""Names that live objects may have, and manifests, files and references must survive: on every operating system."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Partial
from reconciler.export.exporter import Style, slug, slugs
from reconciler.manifests.loading import load
from reconciler.manifests.references.variables import variables
from reconciler.runs import export_run
from tests.engine.full import REGION
from tests.engine.test_export import exported, planned_again, tree_of
from tests.support import Bench, bench


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench(region=REGION) as local:
        yield local


def pool_with_groups(here: Bench, *names: str) -> str:
    pool = str(here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"])
    for name in names:
        here.boto().create_group(UserPoolId=pool, GroupName=name, Description=name)
    return pool


STRANGE = (
    *(
        "${x}",
        "$${x}",
        "${env.HOME}",
        "a${b",
        "$x",
        "$$x",
        "$x${y}",
        "$",
        "$$",
        "$file",
        "$$${x}",
        "{x}",
        "x:y",
        "#x",
        "*",
        "&a",
        "!x",
        "@x",
        "%x",
    ),
    *("on", "null", "~", "1e3", "012", "2027-06-30", "=", "<<", "'", '"', "\\", "-", "?", "|", ">", "é", "日本", "😀"),
    *("CON", "nul.txt", "a.", "a:b", "a/b", "a?b", "a*b", "a<b>", "..", "Admins", "admins", "ADMINS"),
)


@pytest.mark.parametrize("mode", ["minimal", "guarded", "full"])
def test_groups_of_any_name_are_exported_and_plan_to_nothing(here, tmp_path, mode):
    pool = pool_with_groups(here, *STRANGE)
    result = exported(here, pool, mode, tmp_path)
    assert planned_again(here, result, tmp_path) == []
    loaded = load([str(tmp_path)], variables=variables([], []), environ={}, stdin=lambda: "")
    assert {s.address.name for s in loaded.manifests[0].specs if s.address.section == "groups"} == set(STRANGE)


@pytest.mark.parametrize("name", ["${x}", "a${b}c", "$${x}"])
def test_servers_and_scopes_called_like_references_are_exported(here, tmp_path, name):
    idp = here.boto()
    pool = pool_with_groups(here, name)
    scope = {"ScopeName": "read", "ScopeDescription": name}
    idp.create_resource_server(UserPoolId=pool, Identifier=name, Name="server", Scopes=[scope])
    result = exported(here, pool, "minimal", tmp_path)
    assert planned_again(here, result, tmp_path) == []


def test_the_one_name_that_no_key_can_hold_is_refused_by_name(here, tmp_path):
    pool = pool_with_groups(here, "${ref.users#Id}")
    with pytest.raises(Partial, match="a key cannot contain the literal characters"):
        exported(here, pool, "minimal", tmp_path)


@pytest.mark.parametrize("key", ["$x", "$file", "$$x", "${x}", "$x${y}"])
def test_tags_of_any_key_are_exported(here, tmp_path, key):
    made = here.boto("cognito-identity").create_identity_pool(
        IdentityPoolName="ids", AllowUnauthenticatedIdentities=False, IdentityPoolTags={key: "$x", "team": "${y}"}
    )
    result = exported(here, made["IdentityPoolId"], "minimal", tmp_path)
    assert planned_again(here, result, tmp_path) == []


# --- files


WINDOWS = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$", re.IGNORECASE)


def is_safe(name: str) -> bool:
    return (
        bool(re.fullmatch(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", name)) and not WINDOWS.match(name) and name[-1] not in ". "
    )


DEVICES = ("CON", "con", "nul", "Aux.v2", "COM1", "lpt9.x", "prn")


@pytest.mark.parametrize("name", [*DEVICES, "a.", "a. ", "..", ".hidden", "a:b", "a?b", "a/../b", "日本", "", "-rf"])
def test_files_are_named_safely(name):
    assert is_safe(slug(name))
    assert not slug(name).startswith(("-", "."))


@given(st.lists(st.tuples(st.text(max_size=12), st.from_regex(r"\A[a-z]{2}-[a-z]{4}-1_[A-Za-z0-9]{3}\Z")), max_size=6))
def test_files_of_several_pools_are_safe_and_never_the_same(names):
    found = slugs(names)
    assert all(is_safe(name) for name in found)
    assert len({name.casefold() for name in found}) == len(names)


@given(
    st.lists(st.sampled_from(["users", "Users", "users-x-1_a", "users-x-1_A", "con", "CON", "a.yaml", "a"]), max_size=8)
)
def test_pools_that_are_called_like_another_with_its_id_get_files_of_their_own(names):
    ids = [f"x-1_{'aA'[i % 2]}" for i in range(len(names))]
    found = slugs(list(zip(names, ids, strict=True)))
    assert len({name.casefold() for name in found}) == len(names)


def test_the_files_of_a_pool_are_never_in_the_place_of_a_manifest():
    assert slug("a.yaml") == "a-yaml"  # its directory would be the manifest of a pool called `a`
    assert slug("b.YML") == "b-YML"


def all_of(here: Bench, directory, style: Style) -> export_run.ExportOutcome:
    read, failures = export_run.read_all(here.cloud, export_run.every(here.cloud), parallelism=2, say=lambda _: None)
    assert failures == []
    make = lambda d: export_run.export_all(read, failures, here.cloud.identity(), style, d)  # noqa: E731 - one line
    return export_run.save(make, directory, force=False)


def google(here: Bench, pool: str, secret: str) -> None:
    details = {"client_id": "id", "client_secret": secret, "authorize_scopes": "openid"}
    here.boto().create_identity_provider(
        UserPoolId=pool, ProviderName="Google", ProviderType="Google", ProviderDetails=details
    )


def oidc(here: Bench, pool: str, name: str, secret: str) -> None:
    details = {
        "client_id": "id",
        "client_secret": secret,
        "authorize_scopes": "openid",
        "attributes_request_method": "GET",
        "oidc_issuer": "https://login.example.com",
    }
    here.boto().create_identity_provider(
        UserPoolId=pool, ProviderName=name, ProviderType="OIDC", ProviderDetails=details
    )


@pytest.mark.parametrize("secrets", ["env", "secret"])
@pytest.mark.parametrize("names", [("my-pool", "my_pool"), ("a.b", "A-B"), ("x", "X"), ("con", "pool-con")], ids=str)
def test_secrets_of_several_pools_never_share_a_reference(here, tmp_path, names, secrets):
    """Two pools with one reference would be given one secret."""
    for name in names:
        google(here, here.boto().create_user_pool(PoolName=name)["UserPool"]["Id"], f"secret-of-{name}")
    outcome = all_of(here, tmp_path / "out", Style(secrets=secrets, beside=True))
    assert outcome.failures == ()
    promises = [p for r in outcome.results for p in r.exported.promises]
    assert len({p.target.casefold() for p in promises}) == len(promises) == len(names)
    assert len({p.name.casefold() for p in outcome.paths}) == len(names)
    assert all(is_safe(p.name) for p in outcome.paths)


@pytest.mark.parametrize("secrets", ["env", "secret"])
def test_providers_whose_names_collide_keep_their_own_secrets_and_files(here, tmp_path, secrets):
    pool = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    names = ("a-b", "a.b", "A-B", "a:b", "a(b", "CON")
    for name in names:
        oidc(here, pool, name, f"secret of {name}")
    result = exported(here, pool, "minimal", tmp_path, secrets)
    found = {p.target.casefold(): p.value.reveal() for p in result.exported.promises}
    assert sorted(found.values()) == sorted(f"secret of {name}" for name in names)
    details = tree_of(result)["identity_providers"]
    for name in names:
        (target,) = details[name]["ProviderDetails"]["client_secret"].values()
        assert found[target.casefold()] == f"secret of {name}"


def test_long_texts_of_providers_whose_names_collide_go_into_files_of_their_own(here, tmp_path):
    idp = here.boto()
    pool = idp.create_user_pool(PoolName="CON")["UserPool"]["Id"]
    texts = {name: f"{name} " * 200 for name in ("a:b", "a?b", "A-B", "a/b", "NUL")}
    for name, text in texts.items():
        idp.create_group(UserPoolId=pool, GroupName=name, Description=text)
    result = exported(here, pool, "minimal", tmp_path)
    files = result.exported.files
    assert len({name.casefold() for name in files}) == len(files) == len(texts)
    assert sorted(content.decode() for content in files.values()) == sorted(texts.values())
    parts = {part for name in files for part in name.split("/")}
    assert all(is_safe(part) for part in parts)
    assert planned_again(here, result, tmp_path) == []


# --- rollback files, which are written by the same rules


@pytest.mark.parametrize("name", ["${x}", "$x", "$${x}", "on", "CON"])
def test_a_rollback_file_names_its_objects_so_that_they_are_found_again(tmp_path, name):
    from tests.cli.support import run

    def group(description: str) -> str:
        key = json.dumps(name.replace("${", "$${") if "${" in name else f"${name}" if name.startswith("$") else name)
        return f"version: 1\nuser_pool: {{PoolName: users}}\ngroups: {{{key}: {{Description: {description}}}}}\n"

    local, file, back = f"--local={tmp_path / 'state'}", tmp_path / "m.yaml", tmp_path / "back.yaml"
    file.write_text(group("one"))
    assert run(local, "apply", "--yes", str(file)).code == 0
    file.write_text(group("two"))
    assert run(local, "apply", "--yes", "--rollback-file", str(back), str(file)).code == 0
    restored = run(local, "apply", "--yes", str(back))
    assert restored.code == 0, restored.err
    file.write_text(group("one"))
    assert run(local, "plan", "--detailed-exitcode", str(file)).code == 0
