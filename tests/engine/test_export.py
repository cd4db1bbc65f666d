"""Export → load → plan is empty, for every member of every kind, in both modes; and no secret is in what is written."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.cloud.port import Identity, ReadOnly
from reconciler.errors import Denied, Partial, Refused
from reconciler.export.exporter import LEFT_OUT, Exported, Style, slug
from reconciler.kinds import KINDS, READS, root_of
from reconciler.kinds.kind import ResourceKind
from reconciler.manifests.loading import load
from reconciler.manifests.reader import read as read_yaml
from reconciler.manifests.references.variables import variables
from reconciler.manifests.writer import LiveText, blocks
from reconciler.model import Address, Observed
from reconciler.observing.observer import VOLATILE, LiveState, wrap
from reconciler.runs import export_run
from reconciler.runs.export_run import ExportResult, Found
from schemas.documents import DOCUMENTS
from tests.cli.support import run as poolctl
from tests.engine.full import METADATA, REGION, VARIANTS, full, identities
from tests.engine.test_one_member import Pools, as_document
from tests.engine.test_replicas import REPLICA, THERE, TREE
from tests.support import Bench, bench, manifest
from tests.trees import leaves

MODES = ("minimal", "guarded", "full")
modes = pytest.mark.parametrize("mode", MODES)


def exported(here: Bench, pool_id: str, mode: str, directory: Path | None, secrets: str = "env") -> ExportResult:
    """Export as the command does, on a cloud that cannot write."""
    cloud = ReadOnly(here.cloud, READS | {("sts", "GetCallerIdentity")})
    found = export_run.read(cloud, export_run.one(cloud, pool_id), parallelism=4)
    style = Style(mode, secrets, beside=directory is not None)
    return export_run.export(found, slug(found.found.name), cloud.identity(), style, directory)


def secrets_of(found: Exported) -> dict[str, str]:
    return {p.target: p.value.reveal() for p in found.promises}


def planned_again(here: Bench, result: ExportResult, directory: Path) -> list[str]:
    """Plan what was written, with a fresh look at what is live."""
    file = str(directory / f"{result.exported.slug}.yaml")
    environ = secrets_of(result.exported)
    loaded = load([file], variables=variables([], []), environ=environ, stdin=lambda: "")
    plan = here.plan(loaded.manifests[0])
    assert plan.refusals == ()
    assert plan.unmanaged == ()
    return [f"{c.address}: {[f.path for f in c.fields]}" for c in plan.pending]


def tree_of(result: ExportResult) -> Any:
    return yaml.safe_load(result.exported.text)


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> Iterator[Pools]:
    with bench(region=REGION) as local:
        yield Pools(local, tmp_path_factory.mktemp("full"))


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench(region=REGION) as local:
        yield local


CHANGES = [{}, *{repr(change): change for change, _ in VARIANTS.values()}.values()]


@modes
@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_everything_that_can_be_set_is_exported_and_plans_to_nothing(pools, tmp_path, change, mode):
    pool_id = pools.get(change)
    result = exported(pools.bench, pool_id, mode, tmp_path)
    assert result.gaps == ()
    assert planned_again(pools.bench, result, tmp_path) == []


@modes
def test_every_section_is_in_the_export_of_a_full_pool(pools, tmp_path, mode):
    tree = tree_of(exported(pools.bench, pools.get({}), mode, tmp_path))
    sections = {k.section for k in KINDS.values() if k.document == "UserPool" and (k.create or k.update)}
    sections -= {*LEFT_OUT, "replicas"}
    (client,) = tree["clients"].values()
    assert sections <= {*tree, *(f"clients.{part}" for part in client)}
    assert "limits" not in tree


def test_a_full_export_holds_every_value_that_was_set(pools, tmp_path):
    """What plans to nothing could still have been left out."""
    tree = tree_of(exported(pools.bench, pools.get({}), "full", tmp_path))
    found = {str(v) for v in leaves(tree)}
    written = as_document(
        {k: v for k, v in full("one").items() if k not in ("limits", "identity_providers", "domains")}
    )
    written["user_pool"].pop("PoolName")
    written["clients"]["web"].pop("ClientName")  # the key
    missing = {str(v) for v in leaves(written)} - found - {"<svg>x</svg>"}  # the image is in a file
    assert missing == set()


@modes
def test_identity_pools_export_and_plan_to_nothing(here, tmp_path, mode):
    user_pool = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
    here.converge(manifest(tmp_path, as_document(identities("one", provider), kind="IdentityPool")))
    pool_id = here.boto("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
    result = exported(here, pool_id, mode, tmp_path)
    assert planned_again(here, result, tmp_path) == []
    tree = tree_of(result)
    assert (tree["kind"], tree["id"]) == ("IdentityPool", pool_id)
    assert set(DOCUMENTS["IdentityPool"].sections) <= set(tree)
    wanted = {str(v) for v in leaves(as_document(identities("one", provider)))} - {"1", "False"}
    assert wanted <= {str(v) for v in leaves(tree)} | {"1"}


def test_a_minimal_pool_says_its_name_and_nothing_else(here, tmp_path):
    pool_id = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    assert tree_of(exported(here, pool_id, "minimal", tmp_path)) == {
        "version": 1,
        "target": {"account": "123456789012", "region": REGION},
        "id": pool_id,
        "user_pool": {"PoolName": "users"},
    }


@modes
def test_a_minimal_pool_with_a_client_plans_to_nothing(here, tmp_path, mode):
    pool_id = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    here.boto().create_user_pool_client(UserPoolId=pool_id, ClientName="web")
    assert planned_again(here, exported(here, pool_id, mode, tmp_path), tmp_path) == []


@modes
def test_what_can_never_change_is_exported_too(here, tmp_path, mode):
    schema = [
        {"Name": "email", "AttributeDataType": "String", "Mutable": True, "Required": True},
        {"Name": "level", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1"}},
        {"Name": "hidden", "AttributeDataType": "String", "DeveloperOnlyAttribute": True, "Mutable": True},
    ]
    made = here.boto().create_user_pool(
        PoolName="users",
        UsernameAttributes=["email"],
        UsernameConfiguration={"CaseSensitive": False},
        Schema=schema,
    )
    result = exported(here, made["UserPool"]["Id"], mode, tmp_path)
    assert planned_again(here, result, tmp_path) == []
    found = tree_of(result)["user_pool"]
    assert found["UsernameAttributes"] == ["email"]
    assert found["UsernameConfiguration"] == {"CaseSensitive": False}
    assert {a["Name"] for a in found["Schema"]} == {"email", "level", "hidden"}


@modes
def test_a_replica_is_exported_with_its_own_settings(tmp_path, mode):
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, TREE))
        pool_id = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        result = exported(here, pool_id, mode, tmp_path / "out")
        assert planned_again(here, result, tmp_path / "out") == []
        assert tree_of(result)["replicas"] == {THERE: REPLICA}


@modes
def test_an_identity_pool_with_a_developer_provider_and_nothing_else(here, tmp_path, mode):
    made = here.boto("cognito-identity").create_identity_pool(
        IdentityPoolName="ids", AllowUnauthenticatedIdentities=False, DeveloperProviderName="login.example"
    )
    result = exported(here, made["IdentityPoolId"], mode, tmp_path)
    assert planned_again(here, result, tmp_path) == []
    tree = tree_of(result)
    assert tree["identity_pool"]["DeveloperProviderName"] == "login.example"
    assert tree["identity_pool"]["AllowUnauthenticatedIdentities"] is False


@modes
def test_clients_that_share_a_name_are_both_pinned(here, tmp_path, mode):
    idp = here.boto()
    pool_id = idp.create_user_pool(PoolName="users")["UserPool"]["Id"]
    ids = {
        idp.create_user_pool_client(UserPoolId=pool_id, ClientName=n)["UserPoolClient"]["ClientId"]
        for n in ("web", "web", "web-2")
    }
    for client in ids:
        idp.create_terms(
            UserPoolId=pool_id,
            ClientId=client,
            TermsName="terms-of-use",
            TermsSource="LINK",
            Enforcement="NONE",
            Links={"cognito:default": f"https://example.com/{client}"},
        )
    result = exported(here, pool_id, mode, tmp_path)
    clients = tree_of(result)["clients"]
    assert {c["ClientId"] for c in clients.values()} == ids
    assert set(clients) == {"web", "web-2", "web-3"}
    assert clients["web-3"]["ClientName"] == "web"
    for client in clients.values():
        assert client["terms"]["terms-of-use"]["Links"]["cognito:default"].endswith(client["ClientId"])
    assert planned_again(here, result, tmp_path) == []


@pytest.mark.parametrize("secrets", ["env", "secret"])
@modes
def test_no_secret_is_written(here, tmp_path, mode, secrets):
    canary = "canary_5f2c9a7e41b84d3fa6_0123456789"
    idp = here.boto()
    pool_id = idp.create_user_pool(PoolName="users")["UserPool"]["Id"]
    client = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="web", GenerateSecret=True)["UserPoolClient"]
    idp.create_identity_provider(
        UserPoolId=pool_id,
        ProviderName="Google",
        ProviderType="Google",
        ProviderDetails={"client_id": "id", "client_secret": canary, "authorize_scopes": "openid"},
    )
    result = exported(here, pool_id, mode, tmp_path, secrets)
    everything = repr(result) + "".join(f.read_text() for f in tmp_path.rglob("*") if f.is_file())
    assert canary not in everything
    assert client["ClientSecret"] not in everything
    assert "****" not in everything
    assert "(sensitive value)" not in result.exported.text
    (promise,) = result.exported.promises
    details = tree_of(result)["identity_providers"]["Google"]["ProviderDetails"]
    assert details["client_secret"] == {f"${secrets}": promise.target}
    assert tree_of(result)["clients"]["web"]["GenerateSecret"] is True
    assert promise.value.reveal() == canary


def test_apples_key_becomes_a_reference_although_it_is_never_shown(pools, tmp_path):
    result = exported(pools.bench, pools.get({}), "minimal", tmp_path, "secret")
    details = tree_of(result)["identity_providers"]["SignInWithApple"]["ProviderDetails"]
    assert details["private_key"]["$secret"].endswith("SignInWithApple#private_key")
    comments = [line for line in result.exported.text.splitlines() if line.startswith("#")]
    assert any("private_key" in line and "never returns" in line for line in comments)


def test_what_cognito_adds_to_a_provider_is_left_out(pools, tmp_path):
    """Sent back, it would be refused."""
    providers = tree_of(exported(pools.bench, pools.get({}), "full", tmp_path))["identity_providers"]
    assert not {"SSORedirectBindingURI", "ActiveEncryptionCertificate"} & set(providers["saml"]["ProviderDetails"])
    assert "token_url" not in providers["Google"]["ProviderDetails"]


def test_long_texts_and_images_go_into_files(here, tmp_path):
    html = "<p>" + "x" * 300 + "</p>\r\n<p>${name} {####}</p>"
    idp = here.boto()
    pool_id = idp.create_user_pool(
        PoolName="..odd = name",
        VerificationMessageTemplate={"EmailMessage": html},
        UserPoolTier="ESSENTIALS",
    )["UserPool"]["Id"]
    client = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="web")["UserPoolClient"]["ClientId"]
    picture = b"\x89PNG\r\n" + bytes(range(256))
    idp.create_managed_login_branding(
        UserPoolId=pool_id,
        ClientId=client,
        UseCognitoProvidedValues=True,
        Assets=[{"Category": "FORM_LOGO", "ColorMode": "DARK", "Extension": "PNG", "Bytes": picture}],
    )
    idp.create_identity_provider(
        UserPoolId=pool_id,
        ProviderName="saml",
        ProviderType="SAML",
        ProviderDetails={"MetadataFile": METADATA.format("one")},
    )
    result = exported(here, pool_id, "minimal", tmp_path)
    assert planned_again(here, result, tmp_path) == []
    by_ending = {Path(n).suffix: content for n, content in result.exported.files.items()}
    assert by_ending[".html"] == html.encode()
    assert by_ending[".png"] == picture
    assert b"EntityDescriptor" in by_ending[".xml"]
    assert result.exported.slug == "odd-name"
    with pytest.raises(Refused, match="--to"):
        exported(here, pool_id, "minimal", None)


def test_standard_output_has_long_texts_in_blocks(here):
    text = "Dear {username},\n\n  your code is {####}\n" + "long " * 60 + "end\n"
    pool_id = here.boto().create_user_pool(
        PoolName="users", AdminCreateUserConfig={"InviteMessageTemplate": {"EmailMessage": text}}
    )["UserPool"]["Id"]
    result = exported(here, pool_id, "minimal", None)
    assert result.exported.files == {}
    assert "EmailMessage: |" in result.exported.text
    assert tree_of(result)["user_pool"]["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"] == text


STRANGE = [
    *("012", "1e3", "0x1F", "0o17", "1_000", "12:30:00", "1.", ".5", "+1", "-0", ".inf", ".NaN", "123456789012"),
    *("on", "ON", "off", "yes", "No", "y", "true", "False", "null", "~", "", " ", "=", "<<", "2027-06-30"),
    *("a: b", "a #b", "# a", "- a", "? a", "[a]", "{a}", "{####}", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`"),
    *("'", '"', "it's", 'say "x"', "back\\slash", "tab\there", "line\nline", "trailing \n", "\n\nx", "cr\r\nlf"),
    *("é", "日本", "😀", "a\u2028b", "a\x85b", "\ufeffx", "a b", "${var.x}", "$${x}", "$$${x}", "$x", "x" * 500),
]


@pytest.mark.parametrize("text", STRANGE, ids=repr)
def test_texts_that_look_like_something_else_stay_texts(tmp_path, text):
    from reconciler.manifests.references.local_references import resolve_local

    tree = {
        "value": LiveText(text),
        "list": [LiveText(text), LiveText("b")],
        "map": {LiveText(f"k{text}"[:100]): LiveText(text)},
    }
    file = tmp_path / "m.yaml"
    written = "\n".join(blocks(tree, 3))
    file.write_bytes(written.encode())
    (raw,), problems = read_yaml([str(file)], lambda: "")
    assert problems == []
    found, wrong = resolve_local(raw, {}, {})
    assert wrong == []
    assert found.tree == {"value": text, "list": [text, "b"], "map": {f"k{text}"[:100]: text}}
    as_yaml_1_1 = yaml.safe_load(written)
    assert isinstance(as_yaml_1_1["value"], str)


@pytest.mark.parametrize("key", ["on", "012", "1e3", "null", "<<", "=", "a: b", "true"])
def test_keys_that_look_like_something_else_stay_texts(tmp_path, key):
    file = tmp_path / "m.yaml"
    file.write_text("\n".join(blocks({"a": {key: 1}}, 1)))
    (raw,), problems = read_yaml([str(file)], lambda: "")
    assert problems == []
    assert raw.tree == {"a": {key: 1}}


def test_tags_that_look_like_numbers_survive_the_way_through_a_pool(here, tmp_path):
    tags = {"on": "012", "1e3": "yes", "empty": "", "price": "1.0", "aws:cloudformation:stack-name": "network"}
    pool_id = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    arn = here.boto().describe_user_pool(UserPoolId=pool_id)["UserPool"]["Arn"]
    here.boto().tag_resource(ResourceArn=arn, Tags={k: v for k, v in tags.items() if not k.startswith("aws:")})
    result = exported(here, pool_id, "minimal", tmp_path)
    assert planned_again(here, result, tmp_path) == []
    assert tree_of(result)["user_pool"]["UserPoolTags"] == {k: v for k, v in tags.items() if not k.startswith("aws:")}


def test_what_aws_made_is_left_out(here, tmp_path):
    idp = here.boto()
    pool_id = idp.create_user_pool(PoolName="users")["UserPool"]["Id"]
    idp.create_group(UserPoolId=pool_id, GroupName=f"{pool_id}_Google")
    idp.create_group(UserPoolId=pool_id, GroupName="admins")
    idp.create_user_pool_client(UserPoolId=pool_id, ClientName="AmazonOpenSearchService-x")
    tree = tree_of(exported(here, pool_id, "minimal", tmp_path))
    assert set(tree["groups"]) == {"admins"}
    assert "clients" not in tree


def test_the_classic_look_with_an_image_says_that_the_image_is_not_there(here, tmp_path):
    idp = here.boto()
    pool_id = idp.create_user_pool(PoolName="users")["UserPool"]["Id"]
    idp.create_user_pool_domain(UserPoolId=pool_id, Domain="users-acme")
    image = base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )
    css = ".logo-customizable {max-width: 60%;}"
    idp.set_ui_customization(UserPoolId=pool_id, ClientId="ALL", CSS=css, ImageFile=image)
    result = exported(here, pool_id, "minimal", tmp_path)
    assert tree_of(result)["ui_customization"] == {"CSS": css}
    assert "# Cognito never returns ui_customization.ImageFile." in result.exported.text
    assert planned_again(here, result, tmp_path) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("customers", "customers"), ("a b=c", "a-b-c"), ("../../etc", "etc"), (".hidden", "hidden"), ("+++", "pool")],
)
def test_file_names_stay_where_they_belong(name, wanted):
    assert slug(name) == wanted


def test_pools_that_would_share_a_file_have_their_ids_in_the_name():
    pools = [Found("UserPool", "eu-west-1_A", "web"), Found("UserPool", "eu-west-1_B", "Web"), Found("", "x", "other")]
    assert export_run.slugs(pools) == ["web-eu-west-1_A", "Web-eu-west-1_B", "other"]


class Refusing:
    """A cloud that may not read one thing."""

    def __init__(self, cloud: Any, operation: str) -> None:
        self._cloud, self._operation = cloud, operation

    def identity(self) -> Any:
        return self._cloud.identity()

    def call(self, service: str, operation: str, params: Any) -> Any:
        if operation == self._operation:
            raise Denied(f"{service}:{operation}", "AccessDeniedException", "not allowed")
        return self._cloud.call(service, operation, params)

    def at(self, region: str) -> Any:
        return self._cloud.at(region)


def test_what_could_not_be_read_is_named_and_the_rest_is_exported(here, tmp_path):
    pool_id = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    here.boto().create_user_pool_client(UserPoolId=pool_id, ClientName="web")
    here.cloud = Refusing(here.cloud, "ListGroups")  # type: ignore[assignment]
    result = exported(here, pool_id, "full", tmp_path)
    assert [g.operation for g in result.gaps] == ["cognito-idp:ListGroups"]
    assert "# Could not be read, so it is missing here: groups: cognito-idp:ListGroups: " in result.exported.text
    tree = tree_of(result)
    assert "groups" not in tree
    assert "web" in tree["clients"]


def test_a_text_that_would_change_something_is_found_out(here):
    """The proof is the last word, whatever the writer did."""
    idp = here.boto()
    pool_id = idp.create_user_pool(PoolName="users")["UserPool"]["Id"]
    found = export_run.read(here.cloud, Found("UserPool", pool_id, ""), parallelism=1)
    text = f"version: 1\nid: {pool_id}\nuser_pool: {{PoolName: users, DeletionProtection: ACTIVE}}\n"
    left = export_run.prove(Exported("users", text), found, here.cloud.identity(), None)
    assert left == ["user_pool: update DeletionProtection"]
    wrong = Exported("users", text.replace("ACTIVE", "ACTIVE, Typo: 1"))
    assert "Typo" in export_run.prove(wrong, found, here.cloud.identity(), None)[0]


def test_a_live_value_that_no_manifest_may_hold_stops_the_export(here, tmp_path):
    pool_id = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    found = export_run.read(here.cloud, Found("UserPool", pool_id, ""), parallelism=1)
    odd = {**found.live_state.root.data, "LambdaConfig": {"PreSignUp": "no ARN"}}
    root = replace(found.live_state.root, data=odd)
    found = replace(found, live_state=replace(found.live_state, root=root, objects=(root,)))
    target = tmp_path / "new" / "pools"
    identity = here.cloud.identity()
    outcome = export_run.save(lambda d: export_run.export_all([found], [], identity, Style(), d), target, force=True)
    (failure,) = outcome.failures
    assert isinstance(failure.error, Partial)
    assert "PreSignUp" in str(failure.error)
    assert str(tmp_path) not in str(failure.error)
    assert outcome.exit_code == 6
    assert list(tmp_path.iterdir()) == []


class Hiding(Refusing):
    """A cloud that may not read one pool."""

    def call(self, service: str, operation: str, params: Any) -> Any:
        if params.get("UserPoolId") != self._operation:
            return self._cloud.call(service, operation, params)
        raise Denied(f"{service}:{operation}", "AccessDeniedException", "not allowed")


def test_a_pool_that_cannot_be_read_does_not_stop_the_others_nor_rename_their_files(here, tmp_path):
    ids = [here.boto().create_user_pool(PoolName=n)["UserPool"]["Id"] for n in ("users", "users", "staff")]
    found = [Found("UserPool", i, n) for i, n in zip(ids, ("users", "users", "staff"), strict=True)]
    said: list[str] = []
    read, failures = export_run.read_all(Hiding(here.cloud, ids[0]), found, parallelism=1, say=said.append)
    assert [f.found.id for f in failures] == ids[:1]
    assert said == ["Reading users…", "Reading users…", "Reading staff…", ""]
    identity, style = here.cloud.identity(), Style(beside=True)
    outcome = export_run.save(
        lambda d: export_run.export_all(read, failures, identity, style, d), tmp_path / "out", force=False
    )
    assert [p.name for p in outcome.paths] == [f"users-{ids[1]}.yaml", "staff.yaml"]
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(p.name for p in outcome.paths)
    assert "cognito-idp:DescribeUserPool" in str(outcome.failures[0].error)
    assert outcome.exit_code == 7


SAMPLES = Path(__file__).parents[1] / "samples"
ROOTS: dict[str, dict[str, Any]] = {
    "UserPool": {"PoolName": "users"},
    "IdentityPool": {"IdentityPoolName": "ids", "AllowUnauthenticatedIdentities": False},
}


def samples() -> list[Any]:
    """Every documented or recorded answer that holds live objects, with the kind that it is of."""
    found = []
    for entry in json.loads((SAMPLES / "INDEX.json").read_text()):
        for kind in (k for k in KINDS.values() if not k.outer and k.section not in LEFT_OUT):
            whole = kind.listing if kind.listing and kind.listing.complete else None
            results = {kind.created: kind.create} if kind.created else {}
            reads = {kind.reading.operation: kind.reading.result} if kind.reading else {}
            results = {
                **{o: r for r, o in results.items()},
                **reads,
                **({whole.operation: whole.items} if whole else {}),
            }
            if entry["operation"] in results:
                found.append(pytest.param(kind, entry["file"], results[entry["operation"]], id=entry["file"]))
    return found


def live(kind: ResourceKind, answer: dict[str, Any]) -> LiveState:
    """A pool with one object in it, as the observer would give it."""
    root = root_of(kind.document)
    pool_id = {"UserPool": "us-west-2_aaaaaaaaa", "IdentityPool": "us-west-2:11111111-1111-1111-1111-111111111111"}
    ids = {root.id_param: pool_id[kind.document], "ResourceArn": "arn"}
    data = wrap(kind.model, kind.from_api({k: v for k, v in answer.items() if k not in VOLATILE}))
    pool = data if kind.root else ROOTS[kind.document]
    document = pool[root.name_member]
    top = Observed(Address(document, root.section), ids, pool)
    own = {kind.id_param: kind.identifier(answer)} if kind.id_param else {}
    name = str(answer.get(kind.name_member, "")) if kind.name_member else ""
    objects = (top,) if kind.root else (top, Observed(Address(document, kind.section, name), {**ids, **own}, data))
    return LiveState(top, objects, frozenset({root.section, kind.section}), {})


NO_SUCH_ATTRIBUTES = "awscli__cognito-idp__create-identity-provider__1.json"
"""This example of the documentation fills attributes that no pool can have (cognito.md 2.6)."""


@modes
@pytest.mark.parametrize(("kind", "file", "result"), samples())
def test_every_sample_answer_is_exported_and_plans_to_nothing(tmp_path, kind, file, result, mode):
    text = (SAMPLES / file).read_text()
    answer = json.loads(text)
    accounts = re.findall(r"arn:aws:(?:iam|sns|ses)[^:]*:[^:]*:(\d{12}):", text)
    here = Identity(accounts[0] if accounts else "123456789012", "us-west-2")
    found = answer[result] if result else answer
    for item in found if isinstance(found, list) else [found]:
        live_state = live(kind, item)
        read = export_run.Read(Found(kind.document, next(iter(live_state.root.ids.values())), "x"), live_state, "")
        result = export_run.export(read, "x", here, Style(mode, "env", beside=True), tmp_path)
        ran = poolctl("validate", str(tmp_path / "x.yaml"), environ=secrets_of(result.exported))
        if file == NO_SUCH_ATTRIBUTES:
            assert [line.split("[")[1].split("]")[0] for line in ran.err.splitlines() if "[" in line] == ["O21", "O21"]
        else:
            assert ran.code == 0, ran.err
