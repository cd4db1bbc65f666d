"""What is large of a document is kept in few bytes until somebody asks for it."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path as FilePath
from typing import Any

import pytest

from reconciler.manifests.loading import load
from reconciler.manifests.manifest import Manifest
from reconciler.model import RowPosition, Secret
from reconciler.runs import stages
from tests.cli.support import run

HIDDEN = "made-up-client-secret"
PLAIN = """\
version: 1
user_pool:
  PoolName: customers
  Policies: {PasswordPolicy: {MinimumLength: 12}}
identity_providers:
  okta:
    ProviderType: OIDC
    ProviderDetails:
      client_id: abc
      client_secret: {$env: OKTA}
      oidc_issuer: https://okta.example.com
      authorize_scopes: openid
      attributes_request_method: GET
clients:
  web:
    ReadAttributes: [email]
    branding: {UseCognitoProvidedValues: true}
  app: {RefreshTokenValidity: 30}
groups:
  staff: {Description: "All"}
"""
FORMS = {
    "plain": PLAIN,
    "an anchor": PLAIN + "  others: &o {Description: Others}\n  more: *o\n",
    "references": PLAIN.replace("All", "${var.stage}").replace("30", "{$var: days}"),
    "a reference to itself": PLAIN.replace("All", "of ${ref.customers/user_pool#Id}"),
    "single items": PLAIN.replace("[email]", "{$include: [email]}"),
    "null": PLAIN + "ui_customization: null\n",
}


@pytest.fixture(params=FORMS.values(), ids=FORMS)
def text(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def loaded(directory: FilePath, text: str) -> Manifest:
    (directory / "m.yaml").write_text(text)
    variables = {"stage": "test", "days": 30}
    found = load([str(directory)], variables=variables, environ={"OKTA": HIDDEN}, stdin=lambda: "")
    return found.manifests[0]


def everything(manifest: Manifest) -> list[Any]:
    """Return all that is known of a document, with types and order."""
    specs = [(repr(s), s.declared, dict(s.positions), s.pin, s.from_env, s.parts, s.reset) for s in manifest.specs]
    return [*specs, dict(manifest.positions), repr(manifest)]


def secrets(value: Any) -> Iterator[Secret]:
    if isinstance(value, Secret):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from secrets(inner)


def test_all_comes_back(tmp_path: FilePath, text: str) -> None:
    whole = everything(loaded(tmp_path, text))
    manifest = loaded(tmp_path, text)
    (tmp_path / "m.yaml").unlink()
    for _ in range(3):
        manifest.stow()
        assert "specs" not in vars(manifest)
        assert "positions" not in vars(manifest)
        assert everything(manifest) == whole


def test_what_was_derived_is_derived_anew(tmp_path: FilePath) -> None:
    manifest = loaded(tmp_path, PLAIN)
    before = manifest.spec("clients", "web")
    manifest.stow()
    after = manifest.spec("clients", "web")
    assert after == before
    assert after is not before
    assert any(after is spec for spec in manifest.specs)


def test_nothing_that_was_derived_stays(tmp_path: FilePath) -> None:
    manifest = loaded(tmp_path, PLAIN)
    names = [name for name, value in vars(Manifest).items() if isinstance(value, cached_property)]
    before = {name: getattr(manifest, name) for name in names}
    manifest.stow()
    assert "alone" in names
    assert not vars(manifest).keys() & set(names)
    assert {name: getattr(manifest, name) for name in names} == before


def test_a_changed_copy_is_whole_and_not_stowed(tmp_path: FilePath) -> None:
    manifest = loaded(tmp_path, PLAIN)
    manifest.stow()
    copy = replace(manifest, region="eu-west-1")
    assert copy.specs == manifest.specs
    manifest.stow()
    assert "specs" in vars(copy)


def test_a_secret_is_not_among_the_bytes(tmp_path: FilePath) -> None:
    import zlib

    manifest = loaded(tmp_path, PLAIN)
    (secret,) = (found for spec in manifest.specs for found in secrets(spec.declared))
    manifest.stow()
    kept = vars(manifest)["_stowed"]
    assert HIDDEN.encode() not in zlib.decompress(kept.data)
    assert b"oidc_issuer" in zlib.decompress(kept.data)
    (again,) = (found for spec in manifest.specs for found in secrets(spec.declared))
    assert again is secret


def test_the_row_of_a_place_is_kept(tmp_path: FilePath) -> None:
    (tmp_path / "rows.csv").write_text("name\nfirst\nsecond\n")
    text = "version: 1\nuser_pool: {PoolName: a}\ngroups:\n  $each: {$file: rows.csv}\n  as: row\n"
    text += "  key: ${row.name}\n  value: {}\n"
    rows = [s.source for s in loaded(tmp_path, text).specs if s.address.section == "groups"]
    manifest = loaded(tmp_path, text)
    manifest.stow()
    found = [s.source for s in manifest.specs if s.address.section == "groups"]
    assert found == rows
    assert [place.row for place in found if isinstance(place, RowPosition)] == [
        f"{tmp_path}/rows.csv:{line}" for line in (2, 3)
    ]


def test_what_was_derived_goes_of_a_document_that_was_not_stowed(tmp_path: FilePath) -> None:
    manifest = loaded(tmp_path, PLAIN)
    specs, alone = manifest.specs, manifest.alone
    manifest.rest()
    assert manifest.specs is specs
    assert "alone" not in vars(manifest)
    assert "_stowed" not in vars(manifest)
    assert manifest.alone == alone


def test_other_names_are_unknown_as_always(tmp_path: FilePath) -> None:
    manifest = loaded(tmp_path, PLAIN)
    manifest.stow()
    with pytest.raises(AttributeError, match="'Manifest' object has no attribute 'nothing'"):
        _ = manifest.nothing  # type: ignore[attr-defined]


def test_a_document_goes_without_a_search_for_circles(tmp_path: FilePath) -> None:
    gc.collect()
    gc.disable()
    try:
        manifest = loaded(tmp_path, PLAIN)
        spec = manifest.specs[0]
        assert spec.position(("PoolName",)).line == 3
        watched = [weakref.ref(spec.positions), weakref.ref(manifest.positions), weakref.ref(manifest)]
        del manifest, spec
        assert [one() for one in watched] == [None, None, None]
    finally:
        gc.enable()


def test_documents_that_refer_to_each_other_are_planned_from_what_was_stowed(tmp_path: FilePath) -> None:
    """The last of many, so that both were stowed before they were looked at together."""
    last = stages.FEW + 4
    for number in range(last):
        (tmp_path / f"{number:02}.yaml").write_text(f"version: 1\nuser_pool: {{PoolName: pool-{number:02}}}\n")
    pool = f"pool-{last}"
    (tmp_path / f"{last}.yaml").write_text(f"version: 1\nuser_pool: {{PoolName: {pool}}}\nclients: {{web: {{}}}}\n")
    provider = (
        f"{{ProviderName: {{$ref: {pool}/user_pool#ProviderName}}, ClientId: {{$ref: {pool}/clients/web#ClientId}}}}"
    )
    (tmp_path / f"{last + 1}.yaml").write_text(
        "version: 1\nkind: IdentityPool\nidentity_pool:\n  IdentityPoolName: people\n"
        f"  AllowUnauthenticatedIdentities: false\n  CognitoIdentityProviders: [{provider}]\n"
    )
    few = run("--local", "plan", *(str(tmp_path / f"{number}.yaml") for number in (last, last + 1)))
    many = run("--local", "plan", str(tmp_path))
    assert (few.code, many.code) == (0, 0), many.err
    assert "clients/web" in few.out
    start = many.out.index(pool)
    assert many.out[start:].splitlines()[1:10] == few.out[few.out.index(pool) :].splitlines()[1:10]
