"""What is the same for all documents is asked once, and never longer than while nothing is written."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import yaml

from reconciler.cloud.port import Identity, Sharing
from reconciler.errors import CloudError
from reconciler.local import LocalCognito
from tests.cli.support import run

LISTS = frozenset({("cognito-idp", "ListUserPools")})


class Counting:
    """A cloud that notes what it is asked."""

    def __init__(self, region: str = "eu-west-1", failures: int = 0) -> None:
        self.region = region
        self.asked: list[tuple[str, str]] = []
        self.failures = failures
        self.elsewhere: dict[str, Counting] = {}

    def identity(self) -> Identity:
        return Identity("123456789012", self.region)

    def call(self, service, operation, params):
        self.asked.append((operation, str(params.get("NextToken", ""))))
        if self.failures:
            self.failures -= 1
            raise CloudError(f"{service}:{operation}", "InternalErrorException", "")
        return {"UserPools": [{"Name": "a"}], "Region": self.region}

    def at(self, region):
        return self.elsewhere.setdefault(region, Counting(region))


def test_a_question_is_asked_once_by_pages_and_others_are_passed_on():
    inner = Counting()
    cloud = Sharing(inner, LISTS)
    for _ in range(3):
        cloud.call("cognito-idp", "ListUserPools", {"MaxResults": 60})
        cloud.call("cognito-idp", "ListUserPools", {"MaxResults": 60, "NextToken": "2"})
        cloud.call("cognito-idp", "DescribeUserPool", {"UserPoolId": "x"})
    assert sorted(inner.asked) == [("DescribeUserPool", "")] * 3 + [("ListUserPools", ""), ("ListUserPools", "2")]


def test_one_who_changes_an_answer_changes_it_for_nobody_else():
    cloud = Sharing(Counting(), LISTS)
    cloud.call("cognito-idp", "ListUserPools", {})["UserPools"][0]["Name"] = "b"
    assert cloud.call("cognito-idp", "ListUserPools", {})["UserPools"] == [{"Name": "a"}]


def test_who_asks_at_the_same_time_waits():
    inner, together = Counting(), Barrier(4)
    cloud = Sharing(inner, LISTS)

    def ask(_):
        together.wait()
        return cloud.call("cognito-idp", "ListUserPools", {})

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert len(inner.asked) == 1
    assert all(a == answers[0] for a in answers)


def test_an_error_is_no_answer():
    cloud = Sharing(Counting(failures=1), LISTS)
    with pytest.raises(CloudError):
        cloud.call("cognito-idp", "ListUserPools", {})
    assert cloud.call("cognito-idp", "ListUserPools", {})["UserPools"]


def test_regions_are_told_apart():
    inner = Counting()
    cloud = Sharing(inner, LISTS)
    for _ in range(2):
        assert cloud.at("us-east-1").call("cognito-idp", "ListUserPools", {})["Region"] == "us-east-1"
    assert inner.asked == []
    assert inner.elsewhere["us-east-1"].asked == [("ListUserPools", "")]


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_a_run_over_many_pools_lists_them_once_in_each_region(tmp_path, command):
    for number in range(6):
        region = ("eu-west-1", "us-east-1")[number % 2]
        tree = {"version": 1, "target": {"region": region}, "user_pool": {"PoolName": f"pool-{number}"}}
        (tmp_path / f"p{number}.yaml").write_text(yaml.safe_dump(tree))
    with LocalCognito() as local:
        environ = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        assert run(command, str(tmp_path), environ=environ).code in (0, 2)
        asked = [(c.operation, c.region) for c in local.calls]
    assert sorted(asked) == [("ListUserPools", "eu-west-1"), ("ListUserPools", "us-east-1")]
