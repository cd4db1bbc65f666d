"""What an earlier run told is read again from a file or from S3; what nobody could be told is never taken for told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.cloud.port import Limited, WriteAttempted
from reconciler.drift import report_store
from reconciler.errors import CloudError, InvalidInput, PoolctlError
from tests.render.found import DRIFTS
from tests.render.through_door import drift_tree
from tests.support import bench

REPORTS = {name: drift_tree(drifts) for name, drifts in DRIFTS.items()}
BUCKET = "drift-reports"


def unused():
    raise AssertionError("S3 was asked for a file")


@pytest.fixture
def s3():
    """A bucket in another Region than the pools, with a cloud that can do nothing but keep reports."""
    with bench() as here:
        client = here.local.client("s3", "eu-central-1")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        yield client, lambda: Limited(here.cloud, report_store.CALLS)


def ids(tree) -> set[str]:
    entries = [*tree["findings"], *tree["refusals"], *tree["expired"], *tree["coverage"]["gaps"]]
    return {e["id"] for e in entries} | set(tree["known"])


@pytest.mark.parametrize("name", REPORTS)
def test_everything_that_a_report_tells_is_told(tmp_path, name):
    file = tmp_path / "report.json"
    report_store.remember(str(file), json.dumps(REPORTS[name]), unused)
    assert report_store.notified(str(file), unused) == ids(REPORTS[name])


@pytest.mark.parametrize("name", [n for n in REPORTS if ids(REPORTS[n])])
def test_what_could_not_be_delivered_is_told_again(tmp_path, name):
    file = tmp_path / "report.json"
    for lost in sorted(ids(REPORTS[name])):
        file.write_text(json.dumps({**REPORTS[name], "undelivered": [lost]}))
        assert report_store.notified(str(file), unused) == ids(REPORTS[name]) - {lost}


def test_gaps_refusals_and_expired_rules_have_ids_that_stay():
    one, two = (drift_tree(DRIFTS[n]) for n in ("incomplete", "incomplete"))
    assert one == two
    entries = [*one["refusals"], *one["coverage"]["gaps"], *REPORTS["expired"]["expired"]]
    assert len(entries) == len({e["id"] for e in entries}) == 3


def test_a_report_is_kept_in_s3_and_read_again(s3):
    client, connect = s3
    where = f"s3://{BUCKET}/poolctl/drift report.json"
    assert report_store.notified(where, connect, must_exist=False) == frozenset()
    with pytest.raises(InvalidInput, match="the report does not exist"):
        report_store.notified(where, connect)
    report_store.remember(where, json.dumps(REPORTS["full"]), connect)
    kept = client.get_object(Bucket=BUCKET, Key="poolctl/drift report.json")
    assert (kept["ContentType"], json.loads(kept["Body"].read())) == ("application/json", REPORTS["full"])
    assert report_store.notified(where, connect) == ids(REPORTS["full"])


def test_the_cloud_for_reports_can_do_nothing_else(s3):
    _, connect = s3
    with pytest.raises(WriteAttempted):
        connect().call("cognito-idp", "DeleteUserPool", {"UserPoolId": "x"})


def test_a_bucket_that_is_not_there_is_no_empty_report(s3):
    _, connect = s3
    with pytest.raises(CloudError, match="s3:GetObject: NoSuchBucket"):
        report_store.notified("s3://nowhere/report.json", connect, must_exist=False)


class Forbidding:
    """S3 without s3:ListBucket: it does not tell what is missing from what is forbidden."""

    def call(self, service, operation, params):
        from reconciler.errors import Denied

        raise Denied(f"{service}:{operation}", "AccessDenied", "Access Denied", "R1")


def test_a_denial_says_which_permissions_are_needed():
    with pytest.raises(CloudError, match=r"s3://b/k: Access Denied It needs s3:GetObject, and s3:ListBucket"):
        report_store.notified("s3://b/k", Forbidding, must_exist=False)


@pytest.mark.parametrize("where", ["s3://", "s3://bucket", "s3://bucket/", "s3:///key"])
def test_half_an_address_is_refused_before_anything_is_read(where):
    with pytest.raises(InvalidInput, match=r"Write s3://BUCKET/KEY"):
        report_store.check(where)


def test_a_directory_that_is_not_there_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(InvalidInput, match="does not exist"):
        report_store.check(str(tmp_path / "none" / "report.json"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", '{"findings": {}}', '{"findings": [3], "known": [], "coverage": {"gaps": []}}']
)
def test_something_else_is_no_report(tmp_path, text):
    file = tmp_path / "report.json"
    file.write_text(text)
    for must_exist in (True, False):
        with pytest.raises(InvalidInput, match="is not a drift report"):
            report_store.notified(str(file), unused, must_exist=must_exist)


def test_bytes_are_no_report(tmp_path):
    file = tmp_path / "report.json"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidInput, match="is not a drift report"):
        report_store.notified(str(file), unused)


def test_a_report_that_cannot_be_kept_leaves_the_earlier_one(tmp_path):
    file = tmp_path / "report.json"
    file.mkdir()
    with pytest.raises(PoolctlError, match="could not be written"):
        report_store.remember(str(file), "{}", unused)
    assert [p.name for p in Path(tmp_path).iterdir()] == ["report.json"]
