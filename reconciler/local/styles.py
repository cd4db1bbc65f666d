"""Managed login branding (cognito.md 2.10, O5 to O7; cognito.md 15.11): merged, one style for each client."""

from __future__ import annotations

import base64
import binascii
import copy
import json
from typing import Any

from reconciler.local.operation import Context, Operation, find_client, known
from reconciler.local.refusal import ServiceError, not_found, refuse
from reconciler.local.store import Record
from reconciler.local.tiers import check_essentials

MAX_STYLES = 20
MAX_ASSETS = 40
MAX_REQUEST = 2 * 1024 * 1024
"""Bytes of the whole request."""
SECTIONS = frozenset({"categories", "componentClasses", "components"})
DEFAULTS: Record = {
    "categories": {
        "auth": {
            "authMethodOrder": [
                [{"display": "BUTTON", "type": "FEDERATED"}, {"display": "INPUT", "type": "USERNAME_PASSWORD"}]
            ],
            "federation": {"interfaceStyle": "BUTTON_LIST", "order": []},
        },
        "form": {"displayGraphics": True, "location": {"horizontal": "CENTER", "vertical": "CENTER"}},
        "global": {"colorSchemeMode": "LIGHT", "spacingDensity": "REGULAR"},
    },
    "componentClasses": {"buttons": {"borderRadius": 8.0}, "idpButtons": {"icons": {"enabled": True}}},
    "components": {"alert": {"borderRadius": 12.0}, "favicon": {"enabledTypes": ["ICO", "SVG"]}},
}
"""Part of the service's default settings, which ReturnMergedResources merges with a style."""


def create_managed_login_branding(ctx: Context, params: Record) -> Record:
    """CreateManagedLoginBranding."""
    pool = ctx.pool(params)
    client = find_client(pool, params["ClientId"])["ClientId"]
    check_essentials(pool, "Managed Login Branding")
    if any(s["ClientId"] == client for s in pool["styles"].values()):  # O6
        raise ServiceError("ManagedLoginBrandingExistsException", "The app client has a managed login branding style.")
    if len(pool["styles"]) >= MAX_STYLES:
        raise ServiceError("LimitExceededException", f"A user pool can have at most {MAX_STYLES} branding styles.")
    now = ctx.store.now()
    made = {"ManagedLoginBrandingId": ctx.store.new_uuid(), "ClientId": client, "CreationDate": now}
    return _write(ctx, pool, {**made, "UseCognitoProvidedValues": False, "Assets": []}, params)


def update_managed_login_branding(ctx: Context, params: Record) -> Record:
    """UpdateManagedLoginBranding: keeps omitted members; no asset can be removed."""
    for name in ("UserPoolId", "ManagedLoginBrandingId"):  # optional in the model
        if name not in params:
            refuse(f"{name} is required.")
    pool = ctx.pool(params)
    old = _style(pool, params)
    check_essentials(pool, "Managed Login Branding")
    return _write(ctx, pool, copy.deepcopy(old), params)


def _write(ctx: Context, pool: Record, style: Record, params: Record) -> Record:
    _check(params)
    if "Settings" in params:
        style.update(Settings=_floats(params["Settings"]), UseCognitoProvidedValues=False)
    if "UseCognitoProvidedValues" in params:
        style["UseCognitoProvidedValues"] = params["UseCognitoProvidedValues"]
    if style["UseCognitoProvidedValues"]:
        style.pop("Settings", None)
    assets = {_asset_key(a): a for a in (*style["Assets"], *params.get("Assets", ()))}
    if len(assets) > MAX_ASSETS:
        refuse(f"A style can have at most {MAX_ASSETS} assets.")
    style.update(Assets=list(assets.values()), LastModifiedDate=ctx.store.now())
    pool["styles"][style["ManagedLoginBrandingId"]] = style
    ctx.store.touch(pool)
    return {"ManagedLoginBranding": _view(pool, style, params)}


def _check(params: Record) -> None:
    if params.get("UseCognitoProvidedValues") and "Settings" in params:  # O5; assets are accepted in practice
        refuse("Settings cannot be provided when UseCognitoProvidedValues is true.")
    if len(json.dumps(params, separators=(",", ":"))) > MAX_REQUEST:
        refuse(f"A request can hold at most {MAX_REQUEST} bytes.")
    settings = params.get("Settings", {})
    if not isinstance(settings, dict) or set(settings) - SECTIONS:
        refuse(f"Settings must be an object with {', '.join(sorted(SECTIONS))} and nothing else.")
    for asset in params.get("Assets", ()):
        _check_asset(asset)


def _check_asset(asset: Record) -> None:
    category = asset["Category"]
    if (asset["Extension"] == "ICO") != (category == "FAVICON_ICO"):  # O7
        refuse(f"Extension ICO is for FAVICON_ICO, and FAVICON_ICO must have it: {category} has {asset['Extension']}.")
    if "ResourceId" in asset and category != "IDP_BUTTON_ICON":
        refuse(f"ResourceId is for IDP_BUTTON_ICON only: {category} has one.")
    try:
        image = base64.b64decode(asset.get("Bytes", ""), validate=True)
    except binascii.Error:
        refuse(f"{category}: Bytes is not valid base64.")
    if asset["Extension"] == "SVG" and b"dominant-baseline" in image:  # cognito.md 15.11
        refuse(f"{category}: the SVG attribute dominant-baseline is not allowed.")


def _asset_key(asset: Record) -> tuple[Any, ...]:
    return asset["Category"], asset["ColorMode"], asset.get("ResourceId")


def _floats(value: Any) -> Any:
    """Return a document as the service returns it: with all numbers as floats (4.6)."""
    if isinstance(value, dict):
        return {k: _floats(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_floats(v) for v in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _merged(base: Any, over: Any) -> Any:
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {**base, **{k: _merged(base.get(k), v) for k, v in over.items()}}


def _style(pool: Record, params: Record) -> Record:
    style_id = params["ManagedLoginBrandingId"]
    return known(pool["styles"], style_id, f"Managed login branding {style_id} does not exist.")


def _view(pool: Record, style: Record, params: Record) -> Record:
    """Return a style without its client, which no answer contains, and without empty assets."""
    shown = {k: v for k, v in style.items() if k != "ClientId" and v != []}
    if params.get("ReturnMergedResources"):
        shown["Settings"] = _merged(DEFAULTS, shown.get("Settings", {}))
    return {"UserPoolId": pool["id"], **shown}


def describe_managed_login_branding(ctx: Context, params: Record) -> Record:
    """DescribeManagedLoginBranding."""
    pool = ctx.pool(params)
    return {"ManagedLoginBranding": _view(pool, _style(pool, params), params)}


def describe_managed_login_branding_by_client(ctx: Context, params: Record) -> Record:
    """DescribeManagedLoginBrandingByClient: fails for a client without a style."""
    pool = ctx.pool(params)
    client = find_client(pool, params["ClientId"])["ClientId"]
    style = next((s for s in pool["styles"].values() if s["ClientId"] == client), None)
    if style is None:
        not_found(f"Managed login branding for the app client {client} does not exist.")
    return {"ManagedLoginBranding": _view(pool, style, params)}


def delete_managed_login_branding(ctx: Context, params: Record) -> Record:
    """DeleteManagedLoginBranding."""
    pool = ctx.pool(params)
    del pool["styles"][_style(pool, params)["ManagedLoginBrandingId"]]
    ctx.store.touch(pool)
    return {}


OPERATIONS: dict[str, Operation] = {
    "CreateManagedLoginBranding": create_managed_login_branding,
    "UpdateManagedLoginBranding": update_managed_login_branding,
    "DescribeManagedLoginBranding": describe_managed_login_branding,
    "DescribeManagedLoginBrandingByClient": describe_managed_login_branding_by_client,
    "DeleteManagedLoginBranding": delete_managed_login_branding,
}
