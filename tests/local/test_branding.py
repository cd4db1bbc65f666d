"""The look of the hosted UI and of managed login (cognito.md 2.9, 2.10; O4 to O7; cognito.md 15.11)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.support import Api, Refused

CSS = "/* a { b } */\n.banner-customizable { color: red; }\n.submitButton-customizable:hover, .logo-customizable {}\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


# --- classic hosted UI ----------------------------------------------------------------------------------------------


@pytest.fixture
def pool(api: Api) -> str:
    pool = api.pool()
    api.boto.create_user_pool_domain(UserPoolId=pool, Domain="acme")
    return pool


def put(api: Api, pool: str, **params: Any) -> dict[str, Any]:
    return api.boto.set_ui_customization(UserPoolId=pool, **params)["UICustomization"]


def get(api: Api, pool: str, **params: Any) -> dict[str, Any]:
    return api.boto.get_ui_customization(UserPoolId=pool, **params)["UICustomization"]


def test_none_is_an_empty_object(api: Api) -> None:
    pool = api.pool()
    assert get(api, pool) == get(api, pool, ClientId=api.client(pool)["ClientId"]) == {}


def test_a_domain_is_needed(api: Api) -> None:  # O4
    pool = api.pool()
    for params in ({"CSS": CSS}, {}):
        with Refused("A domain must be associated with this user pool."):
            put(api, pool, **params)


def test_css_and_image_are_replaced_together(api: Api, pool: str) -> None:
    both = put(api, pool, CSS=CSS, ImageFile=PNG)
    assert both == get(api, pool)
    assert set(both) == {
        *("UserPoolId", "ClientId", "CSS", "CSSVersion", "ImageUrl", "CreationDate", "LastModifiedDate")
    }
    assert (both["ClientId"], both["CSS"]) == ("ALL", CSS)
    only_css = put(api, pool, CSS=CSS, ClientId="ALL")
    assert "ImageUrl" not in only_css
    assert only_css["CSSVersion"] > both["CSSVersion"]
    assert only_css["CreationDate"] == both["CreationDate"]
    assert "CSS" not in put(api, pool, ImageFile=PNG)
    assert put(api, pool) == get(api, pool) == {}


def test_the_image_itself_is_neither_kept_nor_shown(api: Api, pool: str) -> None:
    put(api, pool, ImageFile=PNG)
    assert "xxxxx" not in str(api.local.records[pool])
    assert "eHh4" not in str(api.local.records[pool])


def test_a_client_shows_the_pools_look_until_it_has_its_own(api: Api, pool: str) -> None:
    client = api.client(pool)["ClientId"]
    put(api, pool, CSS=CSS)
    assert get(api, pool, ClientId=client) == get(api, pool)
    own = put(api, pool, ClientId=client, CSS=".label-customizable {}")
    assert get(api, pool, ClientId=client) == own
    assert own["ClientId"] == client
    put(api, pool, ClientId=client)
    assert get(api, pool, ClientId=client)["ClientId"] == "ALL"
    with Refused(code="ResourceNotFoundException"):
        get(api, pool, ClientId="unknown")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"CSS": ".other-customizable { }"}, "class that cannot be customised: .other-customizable"),
        ({"CSS": "body { }"}, "cannot be customised"),
        ({"CSS": "@media x { .logo-customizable { } }"}, "parsed"),
        ({"CSS": ".logo-customizable {"}, "parsed"),
        ({"ImageFile": b"GIF89a"}, "PNG or JPEG"),
        ({"ImageFile": PNG + b"x" * 102400}, "102400 bytes"),
        ({"CSS": CSS + " " * 130000, "ImageFile": PNG + b"x" * 10000}, "138240 bytes"),
    ],
    ids=lambda v: str(v)[:30],
)
def test_look_refusals(api: Api, pool: str, params: dict[str, Any], words: str) -> None:
    put(api, pool, CSS=CSS)
    before = get(api, pool)
    with Refused(words):
        put(api, pool, **params)
    assert get(api, pool) == before


# --- managed login --------------------------------------------------------------------------------------------------

ICON = {"Category": "FAVICON_ICO", "ColorMode": "LIGHT", "Extension": "ICO", "Bytes": b"i"}
LOGO = {"Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "SVG", "Bytes": b"<svg/>"}
BUTTON = {"Category": "IDP_BUTTON_ICON", "ColorMode": "LIGHT", "Extension": "PNG", "Bytes": b"b", "ResourceId": "one"}
SETTINGS = {"componentClasses": {"buttons": {"borderRadius": 8}, "idpButtons": {"icons": {"enabled": True}}}}


def create(api: Api, made: dict[str, Any], **params: Any) -> dict[str, Any]:
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    return api.boto.create_managed_login_branding(**ids, **params)["ManagedLoginBranding"]


def update(api: Api, style: dict[str, Any], **params: Any) -> dict[str, Any]:
    api.boto.update_managed_login_branding(**ids_of(style), **params)
    return describe(api, style)


def describe(api: Api, style: dict[str, Any], **params: Any) -> dict[str, Any]:
    return api.boto.describe_managed_login_branding(**ids_of(style), **params)["ManagedLoginBranding"]


def ids_of(style: dict[str, Any]) -> dict[str, Any]:
    return {k: style[k] for k in ("UserPoolId", "ManagedLoginBrandingId")}


def by_client(api: Api, made: dict[str, Any]) -> dict[str, Any]:
    ids = {k: made[k] for k in ("UserPoolId", "ClientId")}
    return api.boto.describe_managed_login_branding_by_client(**ids)["ManagedLoginBranding"]


def test_a_style_never_says_its_client(api: Api) -> None:
    made = api.client(api.pool())
    style = create(api, made, UseCognitoProvidedValues=True)
    assert style == describe(api, style) == by_client(api, made)
    assert set(style) == {
        *("UserPoolId", "ManagedLoginBrandingId", "UseCognitoProvidedValues", "CreationDate", "LastModifiedDate")
    }
    assert style["UseCognitoProvidedValues"] is True


def test_numbers_come_back_as_floats(api: Api) -> None:
    style = create(api, api.client(api.pool()), Settings=SETTINGS)
    shown = describe(api, style)["Settings"]["componentClasses"]
    assert shown == SETTINGS["componentClasses"]
    assert isinstance(shown["buttons"]["borderRadius"], float)
    assert shown["idpButtons"]["icons"]["enabled"] is True


def test_update_keeps_what_is_left_out_and_merges_assets(api: Api) -> None:
    style = create(api, api.client(api.pool()), Settings=SETTINGS, Assets=[ICON, BUTTON])
    after = update(api, style, Assets=[{**ICON, "Bytes": b"new"}, LOGO, {**BUTTON, "ResourceId": "two"}])
    assert after["Settings"] == SETTINGS
    assert after["Assets"] == [{**ICON, "Bytes": b"new"}, BUTTON, LOGO, {**BUTTON, "ResourceId": "two"}]
    assert after["LastModifiedDate"] > style["LastModifiedDate"]
    assert update(api, style, Assets=[])["Assets"] == after["Assets"]  # none can be removed
    replaced = update(api, style, Settings={"components": {}})
    assert (replaced["Settings"], replaced["Assets"]) == ({"components": {}}, after["Assets"])


def test_provided_values_and_settings_exclude_each_other(api: Api) -> None:  # O5
    made = api.client(api.pool())
    with Refused("UseCognitoProvidedValues"):
        create(api, made, UseCognitoProvidedValues=True, Settings=SETTINGS)
    style = create(api, made, Settings=SETTINGS, Assets=[LOGO])
    cleared = update(api, style, UseCognitoProvidedValues=True)
    assert "Settings" not in cleared
    assert (cleared["UseCognitoProvidedValues"], cleared["Assets"]) == (True, [LOGO])
    assert update(api, style, Settings=SETTINGS)["UseCognitoProvidedValues"] is False


def test_merged_resources(api: Api) -> None:
    style = create(api, api.client(api.pool()), Settings={"components": {"favicon": {"enabledTypes": ["SVG"]}}})
    merged = describe(api, style, ReturnMergedResources=True)["Settings"]
    assert merged["components"]["favicon"] == {"enabledTypes": ["SVG"]}
    assert merged["categories"]["global"]["colorSchemeMode"] == "LIGHT"
    assert "categories" not in describe(api, style, ReturnMergedResources=False)["Settings"]


def test_one_style_for_a_client_and_twenty_for_a_pool(api: Api) -> None:  # O6
    pool = api.pool()
    made = api.client(pool)
    style = create(api, made)
    with Refused(code="ManagedLoginBrandingExistsException"):
        create(api, made)
    for _ in range(19):
        create(api, api.client(pool))
    with Refused(code="LimitExceededException"):
        create(api, api.client(pool))
    api.boto.delete_managed_login_branding(**ids_of(style))
    with Refused(code="ResourceNotFoundException"):
        by_client(api, made)
    with Refused(code="ResourceNotFoundException"):
        describe(api, style)
    create(api, made)


def test_lite_has_no_managed_login(api: Api) -> None:
    with Refused("Managed Login Branding", "FeatureUnavailableInTierException"):
        create(api, api.client(api.pool(UserPoolTier="LITE")))


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"Assets": [{**LOGO, "Extension": "ICO"}]}, "ICO"),  # O7
        ({"Assets": [{**ICON, "Extension": "PNG"}]}, "ICO"),
        ({"Assets": [{**LOGO, "ResourceId": "x"}]}, "IDP_BUTTON_ICON"),
        ({"Assets": [{**LOGO, "Bytes": b'<svg dominant-baseline="x"/>'}]}, "dominant-baseline"),
        ({"Assets": [{**BUTTON, "ResourceId": f"p{n}"} for n in range(41)]}, "40"),
        ({"Assets": [{**LOGO, "Bytes": b"x" * 1_000_001}]}, "1000000"),
        ({"Assets": [{**BUTTON, "ResourceId": f"p{n}", "Bytes": b"x" * 900_000} for n in range(2)]}, "2097152 bytes"),
        ({"Settings": {"colours": {}}}, "Settings must be an object"),
    ],
    ids=lambda v: str(v)[:30],
)
def test_style_refusals(api: Api, params: dict[str, Any], words: str) -> None:
    made = api.client(api.pool())
    with Refused(words):
        create(api, made, **params)
    style = create(api, made)
    with Refused(words):
        update(api, style, **params)
    assert describe(api, style) == style


def test_assets_are_counted_after_the_merge(api: Api) -> None:
    style = create(api, api.client(api.pool()), Assets=[{**BUTTON, "ResourceId": f"p{n}"} for n in range(40)])
    with Refused("40"):
        update(api, style, Assets=[LOGO])


def test_ids_are_optional_in_the_model_only(api: Api) -> None:
    with Refused("required"):
        api.boto.update_managed_login_branding(UserPoolId=api.pool())


def test_styles_and_looks_go_with_their_client(api: Api, pool: str) -> None:
    made = api.client(pool)
    style = create(api, made)
    put(api, pool, ClientId=made["ClientId"], CSS=CSS)
    api.boto.delete_user_pool_client(UserPoolId=pool, ClientId=made["ClientId"])
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        describe(api, style)
    record = api.local.records[pool]
    assert (record["styles"], record["looks"]) == ({}, {})
