"""Items of one list that several parts declare."""

from __future__ import annotations

import pytest

from reconciler.errors import InvalidManifest
from reconciler.manifests.loading import load
from reconciler.manifests.references.variables import variables

SHOP = """
version: 1
part: shop
user_pool: {PoolName: customers}
clients:
  web: {EnableTokenRevocation: true, CallbackURLs: %s}
"""
OWN = '{$include: ["https://a.example.com", "https://b.example.com"]}'


def previews(items: str, name: str = "previews", key: str = "web") -> str:
    return f"version: 1\npart: {name}\npool: customers\nclients:\n  {key}: {{CallbackURLs: {items}}}\n"


def with_more(more: str) -> str:
    return previews('{$include: ["https://c.example.com"]}').replace("{CallbackURLs", f"{{{more}, CallbackURLs")


def parts(folder, *texts: str):
    for i, text in enumerate(texts):
        (folder / f"{i}.yaml").write_text(text)
    found = load([str(folder)], variables=variables([], []), environ={}, stdin=str)
    (manifest,) = found.manifests
    return manifest


def refused(folder, *texts: str) -> list[str]:
    with pytest.raises(InvalidManifest) as caught:
        parts(folder, *texts)
    return [str(p).replace(f"{folder}/", "") for p in caught.value.problems]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_part_adds_items_to_a_client_of_another(tmp_path, turn):
    texts = (SHOP % OWN, previews('{$include: ["https://c.example.com"], $exclude: ["https://d.example.com"]}'))
    found = parts(tmp_path, *texts[::turn])
    (web,) = found.section("clients")
    urls = web.declared["CallbackURLs"]
    assert sorted(urls["$include"]) == [f"https://{x}.example.com" for x in "abc"]
    assert urls["$exclude"] == ["https://d.example.com"]
    assert web.declared["EnableTokenRevocation"] is True
    for side, items in urls.items():
        for i, item in enumerate(items):
            place = web.position(("CallbackURLs", side, i))
            line = (tmp_path / place.file.rpartition("/")[2]).read_text().splitlines()[place.line - 1]
            assert line[place.column - 1 :].startswith(f'"{item}"')
    assert web.part() == "shop"


def test_three_parts_share_a_list_without_an_owner(tmp_path):
    found = parts(
        tmp_path,
        SHOP.replace("  web: {EnableTokenRevocation: true, CallbackURLs: %s}", "  other: {}"),
        previews('{$include: ["https://a.example.com"]}'),
        previews('{$include: ["https://b.example.com"]}', "more"),
    )
    web = next(s for s in found.section("clients") if s.address.name == "web")
    assert web.declared == {
        "ClientName": "web",
        "CallbackURLs": {"$include": ["https://a.example.com", "https://b.example.com"]},
    }
    assert web.part(("CallbackURLs",)) in ("previews", "more")


def test_a_part_alone_is_about_its_items_only(tmp_path):
    found = parts(tmp_path, previews('{$include: ["https://a.example.com"]}'))
    (web,) = found.section("clients")
    assert found.concerns(web.address)
    assert found.concerns(web.address, ("CallbackURLs",))
    assert not found.concerns(web.address, ("EnableTokenRevocation",))


@pytest.mark.parametrize(
    ("first", "second", "places"),
    [
        (OWN, '{$include: ["https://b.example.com"]}', ("1.yaml:5:35", "0.yaml:6:89")),
        (OWN, '{$exclude: ["https://b.example.com"]}', ("1.yaml:5:35", "0.yaml:6:89")),
        ('["https://a.example.com"]', '{$include: ["https://c.example.com"]}', ("1.yaml:5:23", "0.yaml:6:52")),
        (OWN, '["https://c.example.com"]', ("1.yaml:5:3", "0.yaml:6:3")),
    ],
)
def test_what_two_parts_say_of_a_list_has_both_places(tmp_path, first, second, places):
    (problem,) = refused(tmp_path, SHOP % first, previews(second))
    assert problem.startswith(places[0])
    assert "the part shop declares clients.web" in problem
    assert places[1] in problem


def test_more_than_items_is_the_whole_object(tmp_path):
    second = previews('{$include: ["https://c.example.com"]}').replace(
        "{CallbackURLs", "{EnableTokenRevocation: false, CallbackURLs"
    )
    (problem,) = refused(tmp_path, SHOP % OWN, second)
    assert problem.endswith("An object belongs to one part: leave it to one of the two.")


def test_one_key_with_two_names_is_no_shared_list(tmp_path):
    second = with_more("ClientName: other")
    assert "An object belongs to one part" in refused(tmp_path, SHOP % OWN, second)[0]


def test_what_is_inside_of_a_client_belongs_to_its_owner(tmp_path):
    second = previews('{$include: ["https://c.example.com"]}').replace(
        "{CallbackURLs", "{branding: {UseCognitoProvidedValues: true}, CallbackURLs"
    )
    assert "An object belongs to one part" in refused(tmp_path, SHOP % OWN, second)[0]


IDENTITY = """
version: 1
kind: IdentityPool
part: %s
%s
identity_pool:
  %s
  SamlProviderARNs: {$include: ["arn:aws:iam::123456789012:saml-provider/%s"]}
"""


def test_providers_of_an_identity_pool_are_shared(tmp_path):
    name = "IdentityPoolName: shop"
    texts = (IDENTITY % ("one", "", name, "a"), IDENTITY % ("two", "pool: shop", "", "b"))
    (root,) = parts(tmp_path, *texts).section("identity_pool")
    assert len(root.declared["SamlProviderARNs"]["$include"]) == 2
    other = tmp_path / "other"
    other.mkdir()
    texts = (IDENTITY % ("one", "", name, "a"), IDENTITY % ("two", "pool: shop", "", "a"))
    (problem,) = refused(other, *texts)
    assert "1.yaml:8:33" in problem
    assert "0.yaml:8:33" in problem
