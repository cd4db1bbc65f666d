"""A portable export: with its variables it declares what is live, and without them nothing of one account or Region.

Every member that can hold an ARN, an id, a host or a Region is set in a live pool, in each of its forms, and exported.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cloud.port import Identity, Limited, ReadOnly
from reconciler.export import opted_in
from reconciler.export.exporter import LEFT_OUT as UNEXPORTED
from reconciler.export.exporter import Exported, Style
from reconciler.export.placed_variables import PlacedVariables, text_of, word
from reconciler.export.portable_arns import NAMED, OF_ITS_OWN, Home, head_of
from reconciler.export.portable_export import places
from reconciler.export.portable_text import PoolPlace, PortableText
from reconciler.kinds import KINDS, READS
from reconciler.manifests.loading import load
from reconciler.manifests.reader import read as read_yaml
from reconciler.manifests.references.variables import variables
from reconciler.people.directory import Selection
from reconciler.runs import export_run, export_sections, portable_run, users_exported
from schemas.base import ApiModel, Bound, members
from schemas.limits import StringConstraints
from schemas.manifest import REGION as REGION_FORM
from tests.engine.full import ACCOUNT, KEY, LEFT_OUT, REGION, VARIANTS, full, identities
from tests.engine.test_one_member import Pools, as_document
from tests.engine.test_replicas import THERE, TREE
from tests.engine.test_surroundings import everything
from tests.support import Bench, bench, manifest

PLACE = Home("aws", REGION, ACCOUNT)


@pytest.fixture(scope="module")
def pools(tmp_path_factory) -> Iterator[Pools]:
    with bench(region=REGION) as local:
        yield Pools(local, tmp_path_factory.mktemp("full"))


@pytest.fixture
def here() -> Iterator[Bench]:
    with bench(region=REGION) as local:
        yield local


def exported(here: Bench, directory: Path, *pool_ids: str, mode: str = "full", **style: Any) -> list[Exported]:
    """Export as the command does, and require that every pool was."""
    cloud = ReadOnly(here.cloud, READS | {("sts", "GetCallerIdentity")})
    directory.mkdir(exist_ok=True)
    read = [export_run.read(cloud, export_run.one(cloud, p), parallelism=4) for p in pool_ids]
    made = Style(mode, "env", beside=True, portable=True, **style)
    outcome = portable_run.export_all(read, [], cloud.identity(), made, directory)
    assert [f.error for f in outcome.failures] == []
    return [r.exported for r in outcome.results]


def leaks(text: str, *more: str) -> set[str]:
    """Return what a text holds of the account and Region, except in references to secrets, which are of our making."""
    ids = rf"{REGION_FORM}[_:][0-9A-Za-z-]+|[0-9a-f]{{8}}-[0-9a-f-]{{27}}|\b[0-9]{{12}}\b"
    found = {m.group() for m in re.finditer(ids, text)}
    return found | {word for word in (REGION, ACCOUNT, *more) if word in text}


def live_ids(here: Bench, pool_id: str) -> list[str]:
    clients = here.boto().list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    return [pool_id, *(c["ClientId"] for c in clients)]


CHANGES = [{}, *{repr(change): change for change, _ in VARIANTS.values()}.values()]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_nothing_of_the_place_is_left_of_a_pool_in_which_everything_is_set(pools, tmp_path, change):
    pool_id = pools.get(change)
    (found,) = exported(pools.bench, tmp_path, pool_id)
    assert leaks(found.text, *live_ids(pools.bench, pool_id), "auth0.example.com", "customers-acme") == set()
    assert "id:" not in found.text.partition("user_pool:")[0]
    assert all(not leaks(f"{name} {content!r}") for name, content in found.files.items())


def test_identity_pools_refer_to_user_pools_of_the_same_export(here, tmp_path):
    user_pool = here.boto().create_user_pool(PoolName=f"users {REGION}")["UserPool"]["Id"]
    client = here.boto().create_user_pool_client(UserPoolId=user_pool, ClientName="web")["UserPoolClient"]["ClientId"]
    provider = f"cognito-idp.{REGION}.amazonaws.com/{user_pool}"
    objects = copy.deepcopy(identities("one", provider))
    text = yaml.safe_dump(as_document(objects, kind="IdentityPool")).replace("client1", client)
    here.converge(manifest(tmp_path, text))
    pool_id = here.boto("cognito-identity").list_identity_pools(MaxResults=1)["IdentityPools"][0]["IdentityPoolId"]
    _, together = exported(here, tmp_path / "together", user_pool, pool_id)
    (alone,) = exported(here, tmp_path / "alone", pool_id)
    for found in (together, alone):
        assert leaks(found.text, user_pool, client, pool_id) == set()
    assert "${ref.users ${var.region}/user_pool#ProviderName}" in together.text
    assert "${ref.users ${var.region}/clients/web#ClientId}" in together.text
    assert {"user_pool_id", "client_id"} <= {v.name for v in alone.variables}
    assert "${ref." not in alone.text


def test_a_replica_is_in_a_region_of_a_variable(tmp_path):
    with bench(region=REGION) as here:
        here.converge(manifest(tmp_path, TREE))
        pool_id = here.boto().list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
        (found,) = exported(here, tmp_path / "out", pool_id)
    assert leaks(found.text, THERE, pool_id, KEY.rpartition("/")[2]) == set()
    assert yaml.safe_load(found.text)["replicas"].keys() == {"${var.other_region}"}


# --- which members these tests have set ----------------------------------------------------------------------------

BY_NAME = re.compile(r"(Arn|ARN|ARNs|Arns|Id|ID|URL|URLs|URI|Region|Uri|Host|Domain)$")


def placed(model: type[ApiModel], path: str, seen: tuple[type, ...] = ()) -> Iterator[str]:
    """Yield the members that hold an ARN, an id, a URL or a Region, by their type or by their name in the API."""
    for name, member in members(model).items():
        patterns = [m.pattern for m in (*member.marks, *member.item_marks) if isinstance(m, StringConstraints)]
        if (
            member.has(Bound)
            or BY_NAME.search(name)
            or any(str(p or "").lstrip("^(").startswith("arn:") for p in patterns)
        ):
            yield f"{path}.{name}"
        if member.model and member.model not in seen:
            yield from placed(member.model, f"{path}.{name}", (*seen, member.model))


EVERY = sorted({p for kind in KINDS.values() if kind.create or kind.update for p in placed(kind.model, kind.section)})

NOT_SET = {
    "clients.ClientId": "identity: not written",
    "clients.branding.Assets.ResourceId": "is covered by Bytes, with which it excludes itself",
    "clients.cimd_policies.CIMDPolicyId": "identity: not written",
    "domains.Domain": "identity: the key",
    "log_delivery.LogConfigurations.FirehoseConfiguration.StreamArn": "excludes the log group: see LOG_FORMS",
    "log_delivery.LogConfigurations.S3Configuration.BucketArn": "excludes the log group: see LOG_FORMS",
}
"""Members that no pool of these tests has, with the reason."""


def has(tree: Any, steps: list[str]) -> bool:
    if not steps:
        return tree is not None
    if isinstance(tree, list):
        return any(has(item, steps) for item in tree)
    if not isinstance(tree, dict):
        return False
    return (
        has(tree[steps[0]], steps[1:])
        if steps[0] in tree
        else any(has(v, steps) for v in tree.values() if isinstance(v, dict))
    )


@pytest.mark.parametrize("path", EVERY)
def test_every_member_that_may_be_of_one_place_is_set_in_these_tests(path):
    section = max((s for s in KINDS if path.startswith(f"{s}.")), key=len)
    rest = path.removeprefix(f"{section}.").split(".")
    live = [full("one"), identities("one"), *({k.rpartition("/")[0]: {"": v} for k, v in c.items()} for c in CHANGES)]
    set_ = any(has(list(objects.get(section, {}).values()), rest) for objects in live)
    aside = path in NOT_SET or path in LEFT_OUT or section in UNEXPORTED or section == "replicas"
    assert set_ or aside, f"{path} is not tried: set it in tests/engine/full.py, or say here why not"


# --- texts ---------------------------------------------------------------------------------------------------------

POOL = f"{REGION}_Abc123XyZ"
CLIENT = "1h57kf5cpq17m0eml12EXAMPLE".lower()
HERE = PoolPlace(
    PLACE,
    "amazonaws.com",
    f"auth.{REGION}.amazoncognito.com",
    {POOL: "user_pool_id", CLIENT: "client_id_web"},
    frozenset({"acme"}),
    frozenset({"login.example.com"}),
    {},
)
LINES = (Path(__file__).parent / "portable_texts.txt").read_text().splitlines()
SOURCE = {text: wanted.strip() for text, wanted in zip(LINES[::2], LINES[1::2], strict=True)}
"""Texts of a pool in eu-central-1, each with what becomes of it in clients/web.CallbackURLs[0]."""


def portable_text() -> tuple[PortableText, PlacedVariables]:
    found = PlacedVariables()
    return PortableText(HERE, found), found


def filled(text: str, found: PlacedVariables, used: set[str]) -> str:
    values = {v.name: v.value for v in found.named(used)}
    return re.sub(r"\$\$\{|\$\{var\.([\w-]+)\}", lambda m: values[m.group(1)] if m.group(1) else "${", text)


@pytest.mark.parametrize(("text", "wanted"), SOURCE.items())
def test_each_form_of_a_text(text, wanted):
    portable, found = portable_text()
    made = portable.of(text, "clients/web.CallbackURLs[0]")
    assert made == wanted
    assert filled(made, found, portable.used) == text


PARTS = st.sampled_from([*SOURCE, ACCOUNT, REGION, POOL, CLIENT, "a", ".", "/", "${", "$$", "}", "x.y", "-", "é"])


@settings(deadline=None, max_examples=200)
@given(st.lists(PARTS, max_size=6), st.sampled_from([" ", "/", ", "]))
def test_any_text_comes_back_when_its_variables_are_filled_in(parts, between):
    portable, found = portable_text()
    text = between.join(parts)
    made = portable.of(text, "user_pool.EmailVerificationMessage")
    assert filled(made, found, portable.used) == text
    words = [w for w in re.split(r"[^A-Za-z0-9_-]+", made) if w in (ACCOUNT, REGION, POOL, CLIENT)]
    assert words == []


@pytest.mark.parametrize(
    ("text", "member", "bound", "wanted"),
    [
        ("eu-north-1", "SnsRegion", False, "${var.sns_region}"),
        ("eu-north-1", "stage", False, "${var.other_region}"),
        (REGION, "SnsRegion", False, "${var.region}"),
        (f"web-{REGION}", "ClientName", False, "web-${var.region}"),
        ("phone-1234", "OriginationIdentity", True, "${var.origination_identity}"),
        ("123456789012-x.apps.googleusercontent.com", "client_id", False, "${var.web_client_id}"),
        ("login.example.com", "RelyingPartyId", False, "${var.custom_domain}"),
        ("example.com", "RelyingPartyId", False, "example.com"),
    ],
)
def test_whole_values(text, member, bound, wanted):
    portable, _ = portable_text()
    assert portable.leaf(text, f"clients/web.{member}", member, bound=bound) == wanted


def test_every_kind_of_arn_has_a_reason_or_is_composed():
    services = {m.group(1) for path in EVERY for m in re.finditer(r"arn:\[[^:]+:(\w+):", path)}
    assert services <= {n.service for n in NAMED} | set(OF_ITS_OWN)
    for named in NAMED:
        assert head_of(f"arn:aws:{named.service}:{REGION}:{ACCOUNT}:none-of-these:x:y:z", PLACE) is None


def test_equal_values_are_one_variable_and_others_are_numbered():
    found = PlacedVariables()
    assert found.name("a.example", "host", "why", "x", "host") == "host"
    assert found.name("b.example", "host", "why", "x", "host") == "host_2"
    assert found.name("a.example", "web_host", "why", "y", "host") == "host"
    assert found.name("a.example", "domain_prefix", "why", "y", "host") == "domain_prefix"
    assert [(v.name, v.uses) for v in found.named(["host", "host_2"])] == [("host", ("x", "y")), ("host_2", ("x",))]


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (("SnsCallerArn",), "sns_caller_arn"),
        (("KMSKeyID",), "kms_key_id"),
        (("ses", "identity", "one@example.com"), "ses_identity_one_example_com"),
        (("123",), "v_123"),
        (("",), "v"),
    ],
)
def test_names_of_variables(texts, wanted):
    assert word(*texts) == wanted


VARS = """\
# The variables of customers.yaml, with their values where it was exported. For another account
# or Region, change them, and give this file with --var-file. It holds no secret.

# Where the pool is: change these together.
account: "123456789012"
region: eu-central-1

# Because.
# Used by a, b, c, d, e, f and 1 more
host: a ${x} "b"
"""


def test_a_file_of_variables_is_read_as_it_was_meant(tmp_path):
    found = PlacedVariables()
    found.name(REGION, "region", "", "target", "place")
    found.name(ACCOUNT, "account", "", "target", "place")
    for at in "abcdefg":
        found.name('a ${x} "b"', "host", "Because.", at, "host")
    text = text_of(found.named(["host", "region", "account"]), "customers.yaml")
    assert text == VARS
    file = tmp_path / "customers.vars"
    file.write_text(text)
    documents, problems = read_yaml([str(file)], lambda: "")
    assert problems == []
    assert variables([], documents) == {"account": ACCOUNT, "region": REGION, "host": 'a ${x} "b"'}


def test_clients_that_share_a_name_get_one_each(here, tmp_path):
    pool_id = here.boto().create_user_pool(PoolName="users")["UserPool"]["Id"]
    for _ in range(2):
        here.boto().create_user_pool_client(UserPoolId=pool_id, ClientName="web")
    (found,) = exported(here, tmp_path, pool_id)
    clients = yaml.safe_load(found.text)["clients"]
    assert sorted(clients) == ["web", "web-2"]
    assert all("ClientName" not in c and "ClientId" not in c for c in clients.values())


def test_a_long_text_with_variables_stays_in_the_manifest(here, tmp_path):
    text = f"<p>{'Welcome. ' * 40}https://acme.auth.{REGION}.amazoncognito.com/ {{####}} {{username}}</p>"
    config = {"InviteMessageTemplate": {"EmailMessage": text}}
    pool_id = here.boto().create_user_pool(PoolName="users", AdminCreateUserConfig=config)["UserPool"]["Id"]
    here.boto().create_user_pool_domain(Domain="acme", UserPoolId=pool_id)
    (found,) = exported(here, tmp_path, pool_id)
    assert found.files == {}
    assert "https://${var.domain_prefix}.${var.login_suffix}/" in found.text


def test_secrets_and_files_are_named_for_no_place(here, tmp_path):
    pool_id = here.boto().create_user_pool(PoolName=f"users {ACCOUNT}")["UserPool"]["Id"]
    here.boto().create_identity_provider(
        UserPoolId=pool_id,
        ProviderName=f"x-{REGION}",
        ProviderType="OIDC",
        ProviderDetails={
            "client_id": "a",
            "client_secret": "very_secret_of_this_provider",
            "attributes_request_method": "GET",
            "authorize_scopes": "openid",
            "oidc_issuer": "https://id.example.com",
            "authorize_url": "https://id.example.com/a",
            "token_url": "https://id.example.com/t",
            "attributes_url": "https://id.example.com/u",
            "jwks_uri": "https://id.example.com/k",
        },
    )
    (found,) = exported(here, tmp_path, pool_id)
    assert found.slug == "users-account"
    assert leaks(found.text) == set()
    written = "".join(p.read_text() for p in tmp_path.iterdir())
    assert "very_secret" not in written
    values = {v.name: v.value for v in found.variables}
    environ = {p.target: p.value.reveal() for p in found.promises}
    loaded = load([str(tmp_path / "users-account.yaml")], variables=values, environ=environ, stdin=str)
    assert loaded.manifests[0].name == f"users {ACCOUNT}"
    assert loaded.manifests[0].pool_id == ""


LOG_FORMS = [
    {"S3Configuration": {"BucketArn": f"arn:aws:s3:::logs-{REGION}"}},
    {"FirehoseConfiguration": {"StreamArn": f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/logs"}},
    {"CloudWatchLogsConfiguration": {"LogGroupArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/{REGION}/x"}},
]


@pytest.mark.parametrize("form", LOG_FORMS, ids=lambda f: next(iter(f)))
def test_each_destination_of_logs(here, tmp_path, form):
    add_ons = {"AdvancedSecurityMode": "AUDIT"}
    made = here.boto().create_user_pool(PoolName="users", UserPoolTier="PLUS", UserPoolAddOns=add_ons)
    pool_id = made["UserPool"]["Id"]
    logs = [{"LogLevel": "INFO", "EventSource": "userAuthEvents", **form}]
    here.boto().set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=logs)
    (found,) = exported(here, tmp_path, pool_id)
    assert leaks(found.text) == set()
    assert "log_delivery" in yaml.safe_load(found.text)


def test_every_form_of_a_text_in_a_live_pool(here, tmp_path):
    """Tags, URLs, scopes, keys of objects, messages and triggers of one pool with every form that fits there."""
    idp = here.boto()
    pool_id = idp.create_user_pool(PoolName=f"users-{REGION}-{ACCOUNT}")["UserPool"]["Id"]
    idp.create_user_pool_domain(Domain="acme", UserPoolId=pool_id)
    client = idp.create_user_pool_client(UserPoolId=pool_id, ClientName=f"web-{REGION}")["UserPoolClient"]["ClientId"]
    forms = [s.replace(POOL, pool_id).replace(CLIENT, client) for s in SOURCE if "${" not in s and "-12 " not in s]
    urls = [s if s.startswith("https://") else f"https://app.example.com/?x={s}" for s in forms if " " not in s]
    api = f"https://{REGION}.api.example.com"
    idp.create_resource_server(
        UserPoolId=pool_id, Identifier=api, Name="API", Scopes=[{"ScopeName": "read", "ScopeDescription": "Read"}]
    )
    idp.update_user_pool_client(
        UserPoolId=pool_id,
        ClientId=client,
        ClientName=f"web-{REGION}",
        CallbackURLs=urls,
        LogoutURLs=urls,
        DefaultRedirectURI=urls[3],
        SupportedIdentityProviders=["COGNITO"],
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", f"{api}/read"],
        AllowedOAuthFlowsUserPoolClient=True,
    )
    tags = {f"tag {i}": s for i, s in enumerate(forms) if "{" not in s}
    idp.tag_resource(ResourceArn=f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/{pool_id}", Tags=tags)
    idp.create_group(UserPoolId=pool_id, GroupName=f"group-{REGION}", Description=" ".join(forms)[:2048])
    (found,) = exported(here, tmp_path, pool_id)
    assert leaks(found.text, pool_id, client) == set()
    tree = yaml.safe_load(found.text)
    assert list(tree["clients"]) == ["web-${var.region}"]
    (scope,) = (s for s in tree["clients"]["web-${var.region}"]["AllowedOAuthScopes"] if s != "openid")
    assert scope == f"{next(iter(tree['resource_servers']))}/read"


@pytest.mark.parametrize("section", opted_in.SECTIONS)
def test_sections_that_an_export_is_asked_for(tmp_path, section):
    with bench() as here:
        here.converge(manifest(tmp_path, everything()))
        pool_id = next(iter(here.local.records))
        here.boto().admin_create_user(UserPoolId=pool_id, Username="ada@b.example")
        reader, lister = (
            ReadOnly(here.cloud, READS | {("sts", "GetCallerIdentity")}),
            Limited(here.cloud, users_exported.READS),
        )
        pool = export_run.read(reader, export_run.one(reader, pool_id), parallelism=4)
        pool = export_sections.surroundings(reader, reader.identity(), pool, frozenset({section}), parallelism=4)
        if section == "users":
            pool = users_exported.with_users(reader, lister, pool, Selection(), parallelism=4)
        style = Style("full", "env", beside=True, sections=frozenset({section}), portable=True)
        (tmp_path / "out").mkdir()
        outcome = portable_run.export_all([pool], [], reader.identity(), style, tmp_path / "out")
        assert [f.error for f in outcome.failures] == []
        text = outcome.results[0].exported.text
    assert outcome.results[0].exported.sections == {section} & set(yaml.safe_load(text))
    assert leaks(text, "eu-west-1", pool_id) == set()


@pytest.mark.parametrize(
    ("region", "wanted"),
    [
        ("eu-west-1", ("aws", "amazonaws.com", "auth.eu-west-1.amazoncognito.com")),
        ("us-gov-west-1", ("aws-us-gov", "amazonaws.com", "auth-fips.us-gov-west-1.amazoncognito.com")),
        ("eusc-de-east-1", ("aws-eusc", "amazonaws.eu", "auth.eusc-de-east-1.amazoncognito.eu")),
        ("cn-north-1", ("aws-cn", "amazonaws.com.cn", "auth.cn-north-1.amazoncognito.com.cn")),
        ("us-iso-east-1", ("aws-iso", "c2s.ic.gov", "")),
    ],
)
def test_the_variables_of_the_place_follow_the_partition(region, wanted):
    found = places(Identity(ACCOUNT, region))
    assert (found["partition"], found["dns_suffix"], found["login_suffix"]) == wanted
    assert (found["account"], found["region"]) == (ACCOUNT, region)
