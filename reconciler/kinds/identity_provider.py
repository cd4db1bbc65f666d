"""Identity providers: sign-in for users of other directories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.errors import flow
from reconciler.kinds import saml
from reconciler.kinds.kind import Breach, Listing, PendingCall, Reading, ResourceKind, Rule, State, is_blank
from reconciler.kinds.shared_rules import attributes, is_custom, no_attribute
from reconciler.model import UNSEEN, Action, FieldChange, Path, Secret, Tree
from schemas.identity_provider import IdentityProvider

PROVIDERS = "identity_providers"
SOCIAL = ("Google", "Facebook", "LoginWithAmazon", "SignInWithApple")
"""Types whose provider must have the name of the type (rule O9)."""

SOCIAL_KEYS = frozenset(
    {"attributes_url", "attributes_url_add_attributes", "authorize_url", "token_request_method", "token_url"}
)

ADDED = {
    "SAML": frozenset({"SSORedirectBindingURI", "SLORedirectBindingURI", "ActiveEncryptionCertificate"}),
    "Google": SOCIAL_KEYS | {"oidc_issuer"},
    "Facebook": SOCIAL_KEYS,
    "LoginWithAmazon": SOCIAL_KEYS,
    "SignInWithApple": (SOCIAL_KEYS - {"attributes_url"}) | {"oidc_issuer"},
    "OIDC": frozenset({"attributes_url_add_attributes"}),
}
"""Keys of ProviderDetails that the service adds on read (cognito.md 2.6); not sent back unless declared."""

REQUIRED = {
    "OIDC": ("client_id", "attributes_request_method", "authorize_scopes", "oidc_issuer"),
    "Google": ("client_id", "client_secret", "authorize_scopes"),
    "Facebook": ("client_id", "client_secret", "authorize_scopes"),
    "LoginWithAmazon": ("client_id", "client_secret", "authorize_scopes"),
    "SignInWithApple": ("client_id", "team_id", "key_id", "authorize_scopes"),  # and private_key: see `frozen`
}
"""Required keys of ProviderDetails by type; SAML has a choice, and Apple's private_key is never returned."""

USER_NAMES = {"OIDC": "sub", "Google": "sub", "Facebook": "id", "LoginWithAmazon": "user_id", "SignInWithApple": "sub"}
"""The default claim for the user name."""

NAME_LENGTH = range(3, 33)
"""Length of a SAML or OIDC provider's name."""


def from_api(answer: Tree) -> Tree:
    """Return the answer unchanged; `prepare` drops what the service adds."""
    return dict(answer)


def to_manifest(data: Tree, _pool: Tree) -> Tree:
    """Drop what the service adds, and require Apple's key, which is never returned."""
    kind = str(data.get("ProviderType", ""))
    dropped = ADDED.get(kind, frozenset())
    details = {k: v for k, v in (data.get("ProviderDetails") or {}).items() if k not in dropped}
    if "MetadataURL" in details:
        details.pop("MetadataFile", None)  # exactly one may be sent (rule O10)
    if kind == "SignInWithApple":
        details["private_key"] = Secret("never shown", UNSEEN)
    return {**data, "ProviderDetails": details}


def prepare(pending_call: PendingCall) -> Tree:
    """Send only the changed mergeable members, and a complete map of details (cognito.md 2.6)."""
    payload = dict(pending_call.payload)
    change = pending_call.change
    if change.before is None:
        return payload
    if change.action is Action.REPLACE:
        return _anew(payload, change.before, change.declared)
    touched = {f.path[0] for f in change.fields}
    for member in ("ProviderDetails", "AttributeMapping", "IdpIdentifiers", "AcrMapping"):
        if member not in touched:
            payload.pop(member, None)
    if "ProviderDetails" in payload:
        payload["ProviderDetails"] = _details(change.before, change.declared, payload["ProviderDetails"])
    return payload


def _anew(payload: Tree, before: Tree, declared: Tree) -> Tree:
    """Re-create the provider without details of another type."""
    same = payload.get("ProviderType") == before.get("ProviderType")
    details = _details(before, declared, payload.get("ProviderDetails") or {}) if same else None
    return {**payload, "ProviderDetails": details if same else declared.get("ProviderDetails") or {}}


def _details(before: Tree, declared: Tree, details: Tree) -> Tree:
    said = declared.get("ProviderDetails") or {}
    dropped = set(ADDED.get(before.get("ProviderType", ""), frozenset()))
    if "MetadataURL" in said or "MetadataFile" in said:
        dropped |= {"MetadataURL", "MetadataFile"}  # exactly one may be sent (rule O10)
    return {k: v for k, v in details.items() if k not in dropped or said.get(k) is not None}


def equivalent(declared: Tree, observed: Tree) -> Iterable[Path]:
    """The service maps the user name by itself; without a declared mapping, its own is kept."""
    mapping, live = (tree.get("AttributeMapping") or {} for tree in (declared, observed))
    own = USER_NAMES.get(observed.get("ProviderType", ""))
    if "AttributeMapping" in declared and not mapping and live == {"username": own}:
        yield ("AttributeMapping",)
    if "username" in mapping and mapping["username"] is None and live.get("username") == own:
        yield ("AttributeMapping", "username")


def computed(after: Tree, declared: Tree) -> Tree:
    """Declaring one source of SAML metadata replaces the other."""
    said = declared.get("ProviderDetails") or {}
    given = [k for k in SOURCES if not is_blank(said.get(k))]
    if len(given) != 1:
        return after
    other = "MetadataFile" if given == ["MetadataURL"] else "MetadataURL"
    details = {k: v for k, v in (after.get("ProviderDetails") or {}).items() if k != other}
    return {**after, "ProviderDetails": details}


def naming(state: State) -> Iterator[Breach]:
    """O9."""
    for address, tree in state.all(PROVIDERS).items():
        kind, name = tree.get("ProviderType"), address.name
        if kind in SOCIAL and name != kind:
            yield Breach(
                PROVIDERS,
                name,
                ("ProviderType",),
                f"A provider of type {kind} must be named {kind}.",
                f"Rename identity_providers.{name} to identity_providers.{kind}.",
            )
        if kind in ("SAML", "OIDC") and (len(name) not in NAME_LENGTH or "_" in name or " " in name):
            yield Breach(
                PROVIDERS,
                name,
                (),
                f"{flow(name)} cannot be the name of a {kind} provider.",
                "Use 3 to 32 characters without spaces or underscores.",
            )


O9 = Rule(
    id="O9",
    title="The name of an identity provider",
    what="A social provider is not named after its type, or the name of a SAML or OIDC provider has an underscore, "
    "a space, fewer than 3 characters or more than 32.",
    why="Cognito refuses the provider. The name cannot be changed later, because users are linked to it.",
    source=("cognito.md 3.3", "cognito.md 2.6"),
    advice="Name a social provider after its type, and others with 3 to 32 characters without spaces or underscores.",
    check=naming,
    offline=True,
)


def acr_mapping(state: State) -> Iterator[Breach]:
    """O12."""
    for address, tree in state.all(PROVIDERS).items():
        if tree.get("AcrMapping") and tree.get("ProviderType") not in (None, "OIDC"):
            yield Breach(PROVIDERS, address.name, ("AcrMapping",), "AcrMapping is supported for OIDC only.")


O12 = Rule(
    id="O12",
    title="AcrMapping on a provider that is not OIDC",
    what="A provider of another type than OIDC has AcrMapping.",
    why="Cognito refuses the provider.",
    source=("cognito.md 3.3",),
    advice="Remove AcrMapping.",
    check=acr_mapping,
    offline=True,
    needs=("identity_providers.AcrMapping",),
)


def mappings(state: State) -> Iterator[Breach]:
    """O21."""
    known = attributes(state)
    certain = not state.offline and bool(state.one("user_pool"))
    for address, tree in state.all(PROVIDERS).items():
        for key, claim in (tree.get("AttributeMapping") or {}).items():
            if key == USER_NAME or claim is None:
                continue
            path = ("AttributeMapping", key)
            if key not in known and (certain or not is_custom(key)):
                yield Breach(PROVIDERS, address.name, path, *no_attribute(key, known))
            elif known.get(key, {}).get("Mutable") is False:
                message = f"{key} is not mutable, and Cognito writes mapped attributes at every sign-in."
                yield Breach(
                    PROVIDERS, address.name, path, message, "Map another attribute; Mutable cannot be changed."
                )


USER_NAME = "username"
"""What the name of a user is mapped by; it is no attribute of the schema."""

O21 = Rule(
    id="O21",
    title="A mapping to an attribute that cannot be filled",
    what="AttributeMapping has a key that is no attribute of the pool, or one that is not mutable.",
    why='Cognito refuses the provider: "AttributeMapping contains invalid mapping".',
    source=("cognito.md 3.3", "cognito.md 2.6"),
    advice="Declare the attribute under user_pool.Schema with Mutable: true; custom attributes are named custom:<name> "
    "here.",
    check=mappings,
    offline=True,
)


def _detailed(state: State) -> Iterator[tuple[str, str, Tree]]:
    """Yield name, type and details of the providers that have some."""
    for address, tree in state.all(PROVIDERS).items():
        given = tree.get("ProviderDetails")
        if isinstance(given, dict):
            yield address.name, str(tree.get("ProviderType")), given


def details(state: State) -> Iterator[Breach]:
    """O8."""
    for name, kind, given in _detailed(state):
        for message, advice in _detail_problems(kind, given, state):
            yield Breach(PROVIDERS, name, ("ProviderDetails",), message, advice)
        if kind != "SignInWithApple":
            continue
        new = state.offline or any(a.section == PROVIDERS and a.name == name for a in state.made)
        if new and state.lacks(given, "private_key"):  # of a live one, the key is never shown
            message = "SignInWithApple needs private_key."
            yield Breach(PROVIDERS, name, ("ProviderDetails",), message, "Add ProviderDetails.private_key.")


def _detail_problems(kind: str, given: Tree, state: State) -> Iterator[tuple[str, str]]:
    lacking = [k for k in REQUIRED.get(kind, ()) if state.lacks(given, k)]
    if lacking:
        yield f"{kind} needs {', '.join(lacking)}.", f"Add ProviderDetails.{lacking[0]}."
    issuer = given.get("oidc_issuer")
    if kind == "OIDC" and isinstance(issuer, str) and (not issuer.startswith("https://") or issuer.endswith("/")):
        yield "oidc_issuer must begin with https:// and not end with a slash.", "Correct the URL."
    method = given.get("attributes_request_method")
    if kind == "OIDC" and isinstance(method, str) and method not in ("GET", "POST"):
        yield "attributes_request_method must be GET or POST.", "Write GET."
    scopes = given.get("authorize_scopes")
    if kind == "OIDC" and isinstance(scopes, str) and "openid" not in scopes.split():
        yield "authorize_scopes of an OIDC provider must include openid.", "Add openid."


O8 = Rule(
    id="O8",
    title="Details of an OIDC or social provider",
    what="ProviderDetails lacks a key that the type needs, or the issuer, the method or the scopes of an OIDC provider "
    "are not valid.",
    why="Cognito refuses the provider, or signing in through it fails.",
    source=("cognito.md 3.3", "cognito.md 2.6"),
    advice="Declare all keys of the type. oidc_issuer must begin with https:// and not end with a slash, and "
    "authorize_scopes must include openid.",
    check=details,
    offline=True,
)


SOURCES = ("MetadataURL", "MetadataFile")


def saml_metadata(state: State) -> Iterator[Breach]:
    """O10."""
    for name, kind, given in _detailed(state):
        path = ("ProviderDetails", "MetadataFile")
        for problem in _metadata_problems(given.get("MetadataFile")) if kind == "SAML" else ():
            yield Breach(PROVIDERS, name, path, *problem)
        both = ("MetadataURL", "MetadataFile")
        if kind == "SAML" and (
            not any(is_blank(given.get(k)) for k in both) or all(state.lacks(given, k) for k in both)
        ):
            message = "SAML requires exactly one of MetadataURL and MetadataFile."
            yield Breach(PROVIDERS, name, ("ProviderDetails",), message)


def _metadata_problems(text: object) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the text of SAML metadata."""
    if not isinstance(text, str) or not text:
        return
    fix = "Export the metadata from the identity provider again, as XML, and use it whole."
    seen = saml.read(text)
    if not seen.well_formed:
        yield "MetadataFile is not well-formed XML.", fix
    elif seen.root != "EntityDescriptor":
        yield f"MetadataFile is not SAML metadata: its root is {flow(seen.root)}, not EntityDescriptor.", fix
    elif not seen.certificates:
        yield "MetadataFile has no signing certificate (X509Certificate of a KeyDescriptor).", fix


O10 = Rule(
    id="O10",
    title="Metadata of a SAML provider",
    what="ProviderDetails of a SAML provider has both MetadataURL and MetadataFile, or neither; or MetadataFile is not "
    "an EntityDescriptor in XML with a signing certificate.",
    why="Cognito refuses the provider. Cognito fetches the metadata during the write, so the URL must be public.",
    source=("cognito.md 3.3", "cognito.md 2.6"),
    advice="Declare exactly one of them, with metadata that has the certificate of the identity provider.",
    check=saml_metadata,
    offline=True,
)


def frozen(change: FieldChange, declared: Tree, before: Tree) -> str:
    """Apple's key is never returned, and the details are replaced as a whole: without the key it would be lost."""
    apple = before.get("ProviderType") == "SignInWithApple" and change.path[0] == "ProviderDetails"
    if apple and not (declared.get("ProviderDetails") or {}).get("private_key"):
        return (
            "Cognito never returns private_key and requires it with every change of ProviderDetails. Declare it: "
            "private_key: {$secret: name#private_key}."
        )
    return ""


KIND = ResourceKind(
    section=PROVIDERS,
    resource_type="UserPoolIdentityProvider",
    title="identity provider",
    model=IdentityProvider,
    listing=Listing(
        "ListIdentityProviders", "Providers", ("MaxResults", 60), judged_with=frozenset({"user_pool", "clients"})
    ),
    reading=Reading("DescribeIdentityProvider", "IdentityProvider", always=("ProviderType",)),
    create="CreateIdentityProvider",
    created="IdentityProvider",
    update="UpdateIdentityProvider",
    delete="DeleteIdentityProvider",
    name_member="ProviderName",
    id_param="ProviderName",
    from_api=from_api,
    to_manifest=to_manifest,
    equivalent=equivalent,
    computed=computed,
    prepare=prepare,
    frozen=frozen,
    rules=(O9, O12, O8, O10, O21),
)
