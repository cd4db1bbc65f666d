"""PATH, `pool:ID` and `pool:NAME` lead to the same live pool, or to an error that says what to name instead."""

from __future__ import annotations

import io
import re

import pytest

from reconciler.cloud.port import WriteAttempted
from reconciler.errors import InvalidInput, InvalidManifest, Refused
from reconciler.local import LocalCognito
from reconciler.runs.pool_operand import named, the_one
from reconciler.runs.runtime import Runtime
from reconciler.terminal.console import Console
from reconciler.terminal.options import Options

MANIFEST = "version: 1\ntarget: {{region: {}}}\nuser_pool:\n  PoolName: {}\n"
IDENTITY = (
    "version: 1\nkind: IdentityPool\ntarget: {region: eu-west-1}\nidentity_pool:\n  IdentityPoolName: customers\n"
)
IDENTITY += "  AllowUnauthenticatedIdentities: false\n"


@pytest.fixture
def local():
    with LocalCognito() as found:
        yield found


@pytest.fixture
def pool(local):
    """The id of a pool, beside an identity pool of the same name, and a pool of that name in another Region."""
    made = [
        local.client("cognito-idp", region).create_user_pool(PoolName="customers")["UserPool"]["Id"]
        for region in ("eu-west-1", "eu-west-3")
    ]
    identity = local.client("cognito-identity", "eu-west-1")
    identity.create_identity_pool(IdentityPoolName="customers", AllowUnauthenticatedIdentities=False)
    return made[0]


@pytest.fixture
def runtime():
    def make(**options):
        return Runtime(Options("show", local="", **options)._replace(local=".poolctl-local"), {})

    return make


@pytest.fixture
def console():
    return Console(io.StringIO(), io.StringIO(), io.StringIO())


@pytest.fixture
def path(tmp_path):
    def write(*texts):
        file = tmp_path / "customers.yaml"
        file.write_text("---\n".join(texts))
        return str(file)

    return write


def test_a_manifest_an_id_and_a_name_lead_to_the_same_pool(pool, runtime, console, path):
    file = path(MANIFEST.format("eu-west-1", "customers"))
    by_path = the_one(runtime(), console, file)
    by_id = the_one(runtime(), console, f"pool:{pool}")
    by_name = the_one(runtime(region="eu-west-1"), console, "pool:customers")
    assert [n.found.id for n in (by_path, by_id, by_name)] == [pool] * 3
    assert {n.cloud.identity().region for n in (by_path, by_id, by_name)} == {"eu-west-1"}
    assert [n.manifest and n.manifest.name for n in (by_path, by_id, by_name)] == ["customers", None, None]
    read = by_id.read(parallelism=2)
    assert (read.found.name, read.found.id) == ("customers", pool)


def test_the_region_of_a_manifest_decides(pool, runtime, console, path):
    found = the_one(runtime(), console, path(MANIFEST.format("eu-west-3", "customers")))
    assert found.found.id.startswith("eu-west-3_")
    with pytest.raises(Refused, match=re.escape("--region is eu-west-3")):
        the_one(runtime(region="eu-west-3"), console, path(MANIFEST.format("eu-west-1", "customers")))


def test_a_pinned_id_is_taken_as_it_is(pool, runtime, console, path):
    file = path(f"version: 1\nid: {pool}\nuser_pool: {{}}\n")
    assert the_one(runtime(), console, file).found.id == pool


def test_each_document_of_a_path_is_one_pool(pool, local, runtime, console, path):
    local.client("cognito-idp", "eu-west-1").create_user_pool(PoolName="staff")
    file = path(*(MANIFEST.format("eu-west-1", name) for name in ("staff", "customers")), IDENTITY)
    assert [n.found.name for n in named(runtime(), console, file)] == ["staff", "customers"]
    both = named(runtime(), console, file, ("UserPool", "IdentityPool"))
    assert [n.found.document for n in both] == ["UserPool", "UserPool", "IdentityPool"]
    with pytest.raises(
        InvalidInput, match=r"2 pools are declared in it\. Name one file, or one of pool:staff, pool:cu"
    ):
        the_one(runtime(), console, file)


def test_what_is_read_is_read_through_a_cloud_that_cannot_write(pool, runtime, console):
    found = the_one(runtime(), console, f"pool:{pool}")
    with pytest.raises(WriteAttempted, match="DeleteUserPool"):
        found.cloud.call("cognito-idp", "DeleteUserPool", {"UserPoolId": pool})


@pytest.mark.parametrize(
    ("operand", "expected"),
    [
        ("pool:", (InvalidInput, r"Write pool:ID or pool:NAME\.")),
        ("pool:custmers", (Refused, 'no pool with the name "custmers".*Did you mean customers')),
        ("pool:eu-west-1:11111111-2222-3333-4444-555555555555", (InvalidInput, "a pool of the kind IdentityPool")),
        ("nowhere.yaml", (InvalidManifest, "there is no such file or directory")),
    ],
)
def test_what_leads_nowhere_says_so(operand, expected, pool, runtime, console):
    error, says = expected
    with pytest.raises(error, match=says):
        the_one(runtime(region="" if "eu-west-1" in operand else "eu-west-1"), console, operand)


def test_two_pools_of_one_name_are_not_guessed(pool, local, runtime, console, path):
    second = local.client("cognito-idp", "eu-west-1").create_user_pool(PoolName="customers")["UserPool"]["Id"]
    for operand in ("pool:customers", path(MANIFEST.format("eu-west-1", "customers"))):
        with pytest.raises(Refused, match=r"2 pools (have the name|are called)") as raised:
            the_one(runtime(region="eu-west-1"), console, operand)
        assert {pool, second} <= set(re.findall(r"eu-west-1_\w+", str(raised.value)))


def test_a_path_without_such_a_document_and_another_account(pool, runtime, console, path):
    with pytest.raises(InvalidInput, match="no document of the kind UserPool"):
        named(runtime(), console, path(IDENTITY))
    text = MANIFEST.format("eu-west-1", "customers").replace("{region", '{account: "111122223333", region')
    with pytest.raises(Refused, match="nothing was read"):
        named(runtime(), console, path(text))
