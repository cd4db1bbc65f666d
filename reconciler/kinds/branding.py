"""Managed login branding: the look of the sign-in pages of one client.

An update merges images by category and colour mode and cannot remove any, so removing one deletes and re-creates the
style (cognito.md 2.10). Only images that differ are sent, because a request is limited to 2 MB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.kinds import images
from reconciler.kinds.kind import Breach, PendingCall, Reading, ResourceKind, Rule, State
from reconciler.kinds.shared_rules import P23, below, has_plan, needs_plan
from reconciler.model import Call, Path, Tree
from schemas.managed_login_branding import ManagedLoginBranding

BRANDING = "clients.branding"
ID = "ManagedLoginBrandingId"


def _key(asset: Tree) -> tuple[object, ...]:
    return (asset.get("Category"), asset.get("ColorMode"), asset.get("ResourceId"))


def from_api(answer: Tree) -> Tree:
    """Drop the style's id."""
    return {k: v for k, v in answer.items() if k != ID}


def to_manifest(data: Tree, _pool: Tree) -> Tree:
    """Cognito's default branding and custom settings exclude each other (rule O5)."""
    return {k: v for k, v in data.items() if not (k == "Settings" and data.get("UseCognitoProvidedValues") is True)}


def computed(after: Tree, declared: Tree) -> Tree:
    """Cognito's default branding and custom settings exclude each other (rule O5)."""
    if declared.get("UseCognitoProvidedValues") is True:
        return {k: v for k, v in after.items() if k != "Settings"}
    if declared.get("Settings") is not None:
        return {**after, "UseCognitoProvidedValues": False}
    return after


def prepare(pending_call: PendingCall) -> Tree:
    """Send settings or Cognito's default branding, and only the images that differ."""
    payload = computed(pending_call.payload, pending_call.change.declared)
    if pending_call.change.before is None:
        return payload
    if payload.get("UseCognitoProvidedValues") is True:
        payload = {k: v for k, v in payload.items() if k != "Settings"}
    live = {_key(a): a for a in pending_call.change.before.get("Assets") or ()}
    changed = [a for a in payload.get("Assets") or () if live.get(_key(a)) != a]
    rest = {k: v for k, v in payload.items() if k != "Assets"}
    return {**rest, "Assets": changed} if changed else rest


def _removed(declared: Tree, before: Tree) -> bool:
    if "Assets" not in declared:
        return False
    wanted = {_key(a) for a in declared.get("Assets") or ()}
    return any(_key(a) not in wanted for a in before.get("Assets") or ())


def equivalent(declared: Tree, _observed: Tree) -> Iterable[Path]:
    """Cognito's default branding clears the settings by itself; null says that too, and is no change of its own."""
    if declared.get("UseCognitoProvidedValues") is True and "Settings" in declared and declared["Settings"] is None:
        yield ("Settings",)


def reason(declared: Tree, observed: Tree) -> str:
    """Explain that the style is re-created, or that its settings go."""
    if _removed(declared, observed):
        return "an image is removed, so the style is deleted and re-created"
    cleared = declared.get("UseCognitoProvidedValues") is True and observed.get("Settings")
    return "Cognito's own branding clears Settings" if cleared else ""


def lower(pending_call: PendingCall, usual: Callable[[PendingCall], tuple[Call, ...]]) -> tuple[Call, ...]:
    """Delete and create if an image is removed."""
    change = pending_call.change
    if change.before is None or not _removed(change.declared, change.before):
        return usual(pending_call)
    ids = {k: v for k, v in change.ids.items() if k in ("UserPoolId", "ClientId", ID)}
    made = {k: v for k, v in (change.after or {}).items() if k != ID}
    delete = Call("cognito-idp", KIND.delete, {k: v for k, v in ids.items() if k != "ClientId"})
    create = Call("cognito-idp", KIND.create, {**{k: v for k, v in ids.items() if k != ID}, **made})
    return (delete, create)


def plans(state: State) -> Iterator[Breach]:
    """P23: branding needs ESSENTIALS."""
    for address in state.all(BRANDING):
        if below(state, "ESSENTIALS"):
            yield needs_plan(BRANDING, address.name, (), "Managed login branding", "ESSENTIALS")


def icons(state: State) -> Iterator[Breach]:
    """O7."""
    for address, tree in state.all(BRANDING).items():
        for asset in tree.get("Assets") or ():
            for problem in _image_problems(asset):
                yield Breach(BRANDING, address.name, ("Assets",), *problem)


def _image_problems(asset: Tree) -> Iterator[tuple[str, str]]:
    category, said, content = (asset.get(member) for member in ("Category", "Extension", "Bytes"))
    if said == "ICO" and category != "FAVICON_ICO":
        yield f"{category} cannot be an ICO file.", ""
    if category == "FAVICON_ICO" and isinstance(said, str) and said != "ICO":
        yield f"FAVICON_ICO cannot be a file of the format {said}.", "Use an ICO file; other favicons are FAVICON_SVG."
    found = images.form(content) if isinstance(content, bytes) else ""
    if found and isinstance(said, str) and found != said:
        message = f"Extension of {category} is {said}, but Bytes is {images.named(found)}."
        yield message, f"Write Extension: {found}, or use another file."
    if said == "SVG" and isinstance(content, bytes) and b"dominant-baseline" in content:
        yield f"{category} uses the SVG attribute dominant-baseline.", "Remove the attribute."
    if asset.get("ResourceId") and category != "IDP_BUTTON_ICON":
        yield f"{category} has a ResourceId, which is for IDP_BUTTON_ICON only.", "Remove ResourceId."


O7 = Rule(
    id="O7",
    title="Images of branding",
    what="An image in Assets has the Extension ICO and another Category than FAVICON_ICO, or the other way round; its "
    "Bytes are of another format than its Extension; an SVG uses dominant-baseline; or ResourceId is not for a button.",
    why="Cognito refuses the style, or browsers cannot show the image.",
    source=("cognito.md 3.3", "cognito.md 2.10"),
    advice="Use PNG, JPEG, SVG or WEBP; ICO is for FAVICON_ICO only.",
    check=icons,
    offline=True,
    needs=("clients.branding.Assets",),
)


def one_look(state: State) -> Iterator[Breach]:
    """O5."""
    for address, tree in state.all(BRANDING).items() if state.offline else ():
        if tree.get("UseCognitoProvidedValues") is True and tree.get("Settings"):
            message = "Settings conflict with UseCognitoProvidedValues: true."
            yield Breach(BRANDING, address.name, ("UseCognitoProvidedValues",), message)


O5 = Rule(
    id="O5",
    title="Cognito's own branding with Settings",
    what="A manifest sets both UseCognitoProvidedValues: true and Settings.",
    why="Cognito refuses the style: it has its own look or yours.",
    source=("cognito.md 3.3", "cognito.md 2.10"),
    advice="Keep Settings, or write Settings: null with UseCognitoProvidedValues: true.",
    check=one_look,
    offline=True,
    needs=("clients.branding.Settings",),
)


KIND = ResourceKind(
    section=BRANDING,
    resource_type="ManagedLoginBranding",
    title="branding style",
    model=ManagedLoginBranding,
    reading=Reading("DescribeManagedLoginBrandingByClient", "ManagedLoginBranding"),
    in_pool=has_plan("ESSENTIALS"),
    create="CreateManagedLoginBranding",
    created="ManagedLoginBranding",
    update="UpdateManagedLoginBranding",
    delete="DeleteManagedLoginBranding",
    id_param=ID,
    params={"ReturnMergedResources": False},
    from_api=from_api,
    to_manifest=to_manifest,
    equivalent=equivalent,
    computed=computed,
    reason=reason,
    prepare=prepare,
    lower=lower,
    rules=(P23.checked_by(plans), O5, O7),
    elsewhere={
        "Assets": ("UpdateManagedLoginBranding", "DeleteManagedLoginBranding", "CreateManagedLoginBranding"),
    },
)
