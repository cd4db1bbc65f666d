"""A policy for apply is what an apply calls: for every kind, over the live states that it can meet.

Nothing may be missing in any state, and whatever is allowed for a kind is called in one of them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings

from reconciler.drift.findings import Criteria
from reconciler.errors import iam_action
from reconciler.iam.grants import PolicyPlace
from reconciler.iam.manifest_grants import target_grants
from reconciler.kinds import KINDS, root_of
from reconciler.runs import export_run
from reconciler.runs.drift_run import compared
from schemas.base import DeclaredOnly
from schemas.documents import DOCUMENTS
from schemas.sections import is_resettable, is_single
from tests.engine import test_replicas as replicas
from tests.engine import test_surroundings as surroundings
from tests.engine.full import SCHEMA, full, identities
from tests.engine.iam_support import Recording, actions, grants, of_kind, recorded, writes_of
from tests.engine.test_one_member import as_document, with_bytes
from tests.engine.test_users import declared
from tests.laws.search import PHASES
from tests.laws.strategies import pairs
from tests.laws.world import Hopeless, World
from tests.laws.world import shown as world_shown
from tests.support import ACCOUNT, REGION, Bench, bench, document, manifest

Document = dict[str, Any]


def pools(tag: str, *other: str) -> Document:
    """Every kind of a user pool, with the values of a tag; some kinds have those of the other one."""
    objects = full(tag)
    for section in other:
        objects[section] = copy.deepcopy(full("other")[section])
    objects["user_pool"][""] = {**objects["user_pool"][""], "PoolName": "customers", "Schema": SCHEMA}
    objects["clients"]["web"] |= {"ClientName": "web", "GenerateSecret": True}
    return as_document(objects)


def identity(tag: str, *other: str) -> Document:
    objects = identities(tag)
    for section in other:
        objects[section] = copy.deepcopy(identities("other")[section])
    objects["identity_pool"][""]["IdentityPoolName"] = "customers"
    return as_document(objects, kind="IdentityPool")


def document_of(section: str) -> Callable[..., Document]:
    return identity if KINDS[section].document == "IdentityPool" else pools


class Runs:
    """Applies a document from live states, and keeps what was called."""

    def __init__(self, directory: Any, document: Document, **options: Any) -> None:
        self.directory, self.document, self.options = directory, document, options
        self.called: set[str] = set()
        self.manifest: Any = None

    def world(self) -> World:
        return World(self.directory)

    def over(self, before: Document | None) -> None:
        world = self.world()
        if before:
            _, manifest, plan = world.mended(self.fit(world, before))
            world.apply(manifest, plan)
        fitted = self.fit(world, self.document)
        recording = recorded(world)
        self.manifest = world.load(fitted)
        plan = world.plan(self.manifest, **self.options)
        assert not plan.refusals, plan.refusals[0]
        world.apply(self.manifest, plan)
        assert not world.plan(self.manifest, **self.options).pending
        self.called |= recording.called

    def fit(self, world: World, document: Document) -> Document:
        return with_bytes(world.neighbour(copy.deepcopy(document)), self.directory)


PRUNABLE = {
    s
    for d in DOCUMENTS.values()
    for s, member in d.all.items()
    if not is_single(member) and not member.has(DeclaredOnly)
}
FULL = sorted({*full(), *identities("one")})
BARE = {
    pools: {"version": 1, "user_pool": {"PoolName": "customers", "UserPoolTier": "PLUS"}},
    identity: {
        "version": 1,
        "kind": "IdentityPool",
        "identity_pool": {"IdentityPoolName": "customers", "AllowUnauthenticatedIdentities": False},
    },
}


def with_same_images() -> Document:
    """A branding style that differs and from which no image has to go: then it need not be made again."""
    document = pools("one", "clients.branding")
    document["clients"]["web"]["branding"]["Assets"] = pools("one")["clients"]["web"]["branding"]["Assets"]
    return document


FURTHER = {"clients.branding": [with_same_images()]}
"""Kinds that need a further live state to show everything that they can call."""


@pytest.mark.parametrize("section", FULL)
def test_a_full_declaration(tmp_path, section):
    make = document_of(section)
    runs = Runs(tmp_path, make("one"))
    for before in (None, BARE[make], make("one", section), *FURTHER.get(section, ())):
        runs.over(before)
    allowed = actions(runs.manifest)
    assert runs.called <= allowed
    assert runs.called & of_kind(section) == allowed & of_kind(section)


READERS: dict[str, Callable[[World, Any], object]] = {
    "plan": lambda world, found: world.plan(found),
    "drift": lambda world, found: compared(found, world.cloud, Criteria()),
    "export": lambda world, _: export_run.read(world.cloud, export_run.one(world.cloud, "customers"), parallelism=1),
}


@pytest.mark.parametrize("make", [pools, identity])
@pytest.mark.parametrize("run", READERS)
def test_everything_that_is_read_of_a_full_declaration(tmp_path, run, make):
    called: set[str] = set()
    for before in (None, BARE[make], make("one")):
        world = World(tmp_path)
        if before:
            _, manifest_, plan = world.mended(world.neighbour(with_bytes(before, tmp_path)))
            world.apply(manifest_, plan)
        found = world.load(world.neighbour(with_bytes(make("one"), tmp_path)))
        recording = recorded(world)
        if before or run != "export":
            READERS[run](world, found)
        called |= recording.called
    assert called == actions(found, run)


# --- null, prune, replace -------------------------------------------------------------------------------------------

RESET = [s for s in FULL if is_resettable(DOCUMENTS[KINDS[s].document].all[s])]
NULLS: dict[str, Document] = {
    "user_pool": {"user_pool": {"PoolName": "customers", "UserPoolTags": {"team": None}}},
    "identity_pool": {
        "kind": "IdentityPool",
        "identity_pool": {
            "IdentityPoolName": "customers",
            "AllowUnauthenticatedIdentities": True,
            "IdentityPoolTags": None,
        },
    },
    "web_acl": {**BARE[pools], "web_acl": {"WebACLArn": None}},
}
"""Documents that unset what the full one sets."""


@pytest.mark.parametrize("section", RESET)
def test_null_for_a_whole_section(tmp_path, section):
    outer, dot, part = section.partition(".")
    make = document_of(section)
    inner = {outer: {"web": {part: None}}} if dot else {section: None}
    runs = Runs(tmp_path, {**BARE[make], **inner})
    runs.over(make("one"))
    allowed = actions(runs.manifest)
    assert runs.called <= allowed
    assert runs.called & writes_of(section) == allowed & writes_of(section)


@pytest.mark.parametrize("section", NULLS)
def test_null_for_a_member_that_has_an_operation_of_its_own(tmp_path, section):
    make = document_of(section)
    runs = Runs(tmp_path, {"version": 1, **NULLS[section]})
    for before in (None, make("one"), make("one", section)):
        runs.over(before)
    allowed = actions(runs.manifest)
    assert runs.called <= allowed
    assert runs.called & writes_of(section) == allowed & writes_of(section)
    assert not [a for a in allowed if a.endswith((":TagResource", ":AssociateWebACL"))]


PRUNED = [s for s in FULL if KINDS[s].delete and s in PRUNABLE]


@pytest.mark.parametrize("section", PRUNED)
def test_a_deletion_is_allowed_only_with_prune(tmp_path, section):
    outer, dot, part = section.partition(".")
    make = document_of(section)
    left = {outer: {"web": {part: {}}}} if dot else {section: {}}
    runs = Runs(tmp_path, {**BARE[make], **left, "prune": [section]}, prune=True, max_deletes=99)
    runs.over(make("one"))
    allowed = actions(runs.manifest, prune=True)
    assert runs.called <= allowed
    deletes = iam_action(f"{KINDS[section].service}:{KINDS[section].delete}")
    assert deletes in runs.called & allowed
    assert deletes not in actions(runs.manifest)
    assert "*" in next(g.arns[0] for g in grants(runs.manifest, prune=True) if g.action == deletes)


def test_what_may_be_replaced_may_be_deleted(tmp_path):
    document = {**BARE[pools], "resource_servers": {"orders": {"Name": "Orders"}}}
    found = World(tmp_path).load(document)
    assert "cognito-idp:DeleteResourceServer" not in actions(found, prune=True)
    assert "cognito-idp:DeleteResourceServer" in actions(found, replaceable=("resource_servers/orders",))
    assert "cognito-idp:DeleteResourceServer" not in actions(found, replaceable=("resource_servers/other",))


def test_a_pinned_pool_is_neither_looked_for_nor_made_and_its_arn_is_known(tmp_path):
    found = World(tmp_path).load({**BARE[pools], "id": "eu-central-1_AbCdEf123", "groups": {"admins": {}}})
    allowed = grants(found)
    assert not {g.action for g in allowed} & {"cognito-idp:ListUserPools", "cognito-idp:CreateUserPool"}
    arn = "arn:aws:cognito-idp:eu-central-1:*:userpool/eu-central-1_AbCdEf123"
    assert {g.arns for g in allowed if g.action == "cognito-idp:CreateGroup"} == {(arn,)}


PLACE = PolicyPlace("aws", REGION, ACCOUNT)
SECRETS = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
PARAMETERS = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/"


@pytest.mark.parametrize(
    ("kind", "target", "arns"),
    [
        ("secret", "cognito/okta", (f"{SECRETS}cognito/okta-??????",)),
        ("secret", "cognito/okta#client_secret", (f"{SECRETS}cognito/okta-??????",)),
        ("secret", f"{SECRETS}okta-AbCdEf#key", (f"{SECRETS}okta-AbCdEf",)),
        ("secret", f"{SECRETS}okta", (f"{SECRETS}okta-??????",)),
        ("ssm", "/lambdas/sign-up/arn", (f"{PARAMETERS}lambdas/sign-up/arn",)),
        ("ssm", "plain:3", (f"{PARAMETERS}plain",)),
        ("ssm", f"{PARAMETERS}x", (f"{PARAMETERS}x",)),
    ],
)
def test_a_reference_is_limited_to_what_it_names(kind, target, arns):
    assert [g.arns for g in target_grants(kind, target, PLACE)] == [arns]


@pytest.mark.parametrize("kind", ["var", "env", "file", "ref"])
def test_a_reference_that_asks_nothing_needs_nothing(kind):
    assert list(target_grants(kind, "x", PLACE)) == []


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_operation_of_a_kind_has_arns(kind):
    """A kind without ARNs of its own has those of its pool, and what the table says is about operations that it has."""
    assert root_of(kind.document).iam.arns
    written = {o for found in kind.elsewhere.values() for o in found}
    known = {*kind.reads, *written, kind.create, kind.update, kind.delete}
    assert {*kind.iam.arns_of} <= known
    assert {*kind.iam.only_if} <= written
    for found in (*kind.iam.arns_of.values(), *filter(None, [kind.iam.arns])):
        for arn in found("*", {}):
            assert arn == "*" or arn.startswith("arn:{partition}:")


# --- what is around a pool, and users -------------------------------------------------------------------------------


def around(role: Document, **more: Any) -> Document:
    return document(sms_role={"RoleName": surroundings.ROLE, **role}, mfa=surroundings.SMS_MFA, **more)


def boundary(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/{name}"


def key(name: str) -> str:
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{name}"


def tags(**found: str) -> list[dict[str, str]]:
    return [{"Key": k, "Value": v} for k, v in found.items()]


def logs(**members: Any) -> Document:
    return surroundings.with_logs(**members)


def user(**members: Any) -> Document:
    return declared({"ada": members})


def replica(**members: Any) -> Document:
    return document(user_pool=replicas.POOL, replicas={replicas.THERE: members})


def foreign_trust(here: Bench) -> None:
    here.boto("iam").update_assume_role_policy(RoleName=surroundings.ROLE, PolicyDocument=surroundings.OF_EC2)


def foreign_statement(here: Bench) -> None:
    pool_id = next(iter(here.local.records))
    for statements in here.local.account["function_policies"].values():
        statements[pool_id]["Condition"]["ArnLike"]["AWS:SourceArn"] = surroundings.ANY_POOL


ALL_SET = {
    "UserAttributes": {"email": "ada@b.example", "name": "Ada"},
    "groups": ["admins"],
    "Enabled": False,
    "Password": {"$secret": "ada#password"},
    "MessageAction": "SUPPRESS",
}
NARROWED = document(
    user_pool={
        "PoolName": "customers",
        "SmsConfiguration": {"SnsCallerArn": surroundings.ROLE_ARN, "ExternalId": surroundings.ROLE},
    },
    sms_role_trust={"RoleName": surroundings.ROLE},
)
OTHER_POOL = {**replicas.POOL, "Policies": {"PasswordPolicy": {"MinimumLength": 9}}}
Live = Document | Callable[[Bench], None] | None
CASES: dict[str, tuple[str, Document, list[list[Live]]]] = {
    # section, what is declared, and how each live state is made
    "role": (
        "sms_role",
        around({"PermissionsBoundary": boundary("one"), "Tags": tags(a="1")}),
        [[], [around({"PermissionsBoundary": boundary("two"), "Tags": tags(a="2", b="2")})]],
    ),
    "role without": (
        "sms_role",
        around({"PermissionsBoundary": None, "Tags": None}),
        [[], [around({"PermissionsBoundary": boundary("two"), "Tags": tags(a="2")})]],
    ),
    "trust": ("sms_role_trust", NARROWED, [[around({}), foreign_trust]]),
    "triggers": (
        "trigger_permissions",
        surroundings.with_triggers(),
        [[], [surroundings.with_triggers(), foreign_statement]],
    ),
    "log group": (
        "log_groups",
        logs(kmsKeyId=key("one"), tags={"a": "1"}, deletionProtectionEnabled=True),
        [[], [logs(kmsKeyId=key("two"), tags={"a": "2"}, retentionInDays=60)]],
    ),
    "log group without": (
        "log_groups",
        logs(kmsKeyId=None, tags={"a": None}, retentionInDays=None),
        [[], [logs(kmsKeyId=key("two"), tags={"a": "2"}, retentionInDays=60)]],
    ),
    "user": (
        "users",
        user(**ALL_SET),
        [[], [user(UserAttributes={"email": "b@b.example"}, groups=["staff"], MessageAction="SUPPRESS")]],
    ),
    "user without": (
        "users",
        user(UserAttributes={"name": None}, Enabled=True, groups=None, MessageAction="SUPPRESS"),
        [[], [user(UserAttributes={"name": "A"}, Enabled=False, groups=["staff"], MessageAction="SUPPRESS")]],
    ),
    "replica": ("replicas", replicas.TREE, [[], [replica(Status="INACTIVE", UserPoolTags={"where": "x"})]]),
    "replica without": (
        "replicas",
        replica(UserPoolTags={"where": None}),
        [[], [replica(UserPoolTags={"where": "x"})], [document(user_pool=OTHER_POOL)]],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_around_a_pool_and_inside_of_it(tmp_path, case):
    section, tree, states = CASES[case]
    found, called = manifest(tmp_path, tree), set[str]()
    for state in states:
        with bench(region=REGION if section != "replicas" else replicas.REGION) as here:
            here.boto("secretsmanager").create_secret(Name="ada", SecretString='{"password": "Correct-Horse-1"}')
            for step in state:
                step(here) if callable(step) else here.converge(manifest(tmp_path, step, name="live.yaml"))
            recording = Recording(here.cloud)
            here.cloud = recording
            here.converge(found)
            called |= recording.called
    allowed = actions(found)
    assert called <= allowed
    assert called & of_kind(section) == allowed & of_kind(section)


def test_every_kind_that_is_written_is_applied_here():
    tried = {*FULL, *(section for section, *_ in CASES.values())}
    assert {s for s, kind in KINDS.items() if not kind.watched} == tried


# --- anything -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_random_manifests_over_random_pools_call_nothing_else(tmp_path, seed):
    tried = 0

    @hypothesis.seed(seed)
    @settings(max_examples=20, phases=PHASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(pairs())
    def each(pair: tuple[Document, Document]) -> None:
        nonlocal tried
        world = World(tmp_path)
        try:
            for document in pair:
                tree, found, _ = world.mended(world.neighbour(document))
                recording = recorded(world)
                world.apply(found, world.plan(found))
                assert recording.called <= actions(found), world_shown(tree)
                tried += 1
        except Hopeless:
            return

    each()
    assert tried > 15
