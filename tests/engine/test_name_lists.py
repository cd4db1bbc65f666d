"""Names that are not unique are listed as seldom as is safe, and no less (decision 15)."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from reconciler.cli.entry import main
from reconciler.errors import Ambiguous
from reconciler.kinds import KINDS
from reconciler.model import Done, Failed, Sent, Skipped, Tree, Verified
from reconciler.observing.name_list import FRESH, NameList, PoolLists
from reconciler.runs import namesakes
from reconciler.runs.apply_run import _code
from reconciler.runs.runtime import TIME
from tests.cli.support import Terminal, in_process, run
from tests.engine.scripted import change, plan
from tests.support import Bench, Clock, bench, document, manifest

ROOT = KINDS["user_pool"]


class Listed:
    """A list that counts how often it is asked for."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs = list(pairs)
        self.times = 0
        self.clock = Clock()

    def __call__(self) -> list[tuple[str, str]]:
        self.times += 1
        return list(self.pairs)

    def names(self, page: int = 60) -> NameList:
        return NameList(self, page, self.clock)

    def make(self, names: NameList, number: int) -> None:
        """Make one more object, with the looks that an apply has."""
        names.fence(self.clock.sleep)
        names.expect(f"n{number}")
        self.pairs.append((f"n{number}", f"id{number}"))
        names.add(f"n{number}", f"id{number}")
        if names.is_due:
            names.check(self.clock.sleep)


# --- when it is listed ---------------------------------------------------------------------------------------------


def test_a_list_serves_all_questions_and_knows_what_was_made_since():
    found = Listed(("a", "1"), ("b", "2"), ("a", "3"))
    names = found.names()
    assert [names.called(n) for n in ("a", "b", "c")] == [("1", "3"), ("2",), ()]
    names.add("c", "4")
    assert names.called("c") == ("4",)
    assert found.times == 1
    names.renew()
    found.pairs.append(("c", "4"))
    assert names.called("c") == ("4",)
    assert found.times == 2


def test_a_list_that_was_made_for_a_plan_is_no_fence():
    found = Listed()
    names = found.names()
    names.called("a")
    assert names.fence(found.clock.sleep)
    assert not names.fence(found.clock.sleep)
    assert found.times == 2


@pytest.mark.parametrize(("count", "lasts"), [(0, FRESH), (600, FRESH), (1200, 20.0)])
def test_a_fence_is_as_old_as_its_pages_allow_and_no_older(count, lasts):
    found = Listed(*((f"x{n}", f"x{n}") for n in range(count)))
    names = found.names()
    names.fence(found.clock.sleep)
    found.clock.now += lasts
    assert not names.fence(found.clock.sleep)
    found.clock.now += 0.1
    assert names.fence(found.clock.sleep)


@pytest.mark.parametrize(
    ("live", "new", "lists"),
    [
        (0, 1, [0, 1]),
        (0, 100, [0, 1, 3, 7, 15, 31, 47, 63, 79, 95]),
        (60 * 32, 100, [0, 1, 3, 7, 15, 31, 63, 96]),  # and then one more page
    ],
)
def test_the_names_are_listed_after_ever_more_creates(live, new, lists):
    found = Listed(*((f"x{n}", f"x{n}") for n in range(live)))
    names, seen = found.names(), []
    for number in range(new):
        names.fence(found.clock.sleep)
        seen += [number] * (found.times - len(seen))
        found.make(names, number)
        seen += [number + 1] * (found.times - len(seen))
    assert seen == lists
    assert found.times == len(lists)


def test_what_was_made_is_looked_at_before_an_old_list_is_renewed():
    """Otherwise a twin would count as one that was there before."""
    found = Listed()
    names = found.names()
    for number in range(2):  # the second waits for its look
        found.make(names, number)
    found.pairs.append(("n1", "theirs"))
    found.clock.now += FRESH + 1
    names.fence(found.clock.sleep)
    assert names.twins == {"id1": ("n1", ("theirs",))}


def test_a_twin_that_was_there_before_is_none():
    found = Listed(("n0", "old"))
    names = found.names()
    found.make(names, 0)
    assert names.twins == {}
    assert names.others("n0") == ("old",)
    assert [names.was_there("n0", i) for i in ("old", "id0", "new")] == [True, True, False]


def test_a_twin_is_one_although_somebody_listed_before_ours_was_known():
    """Pools are made side by side: the list of another one may come between a create and its answer."""
    found = Listed()
    names = found.names()
    for name in ("a", "b"):
        names.fence(found.clock.sleep)
        names.expect(name)
    found.pairs += [("a", "ours"), ("a", "theirs"), ("b", "2")]
    names.add("b", "2")
    names.check(found.clock.sleep)
    assert not names.was_there("a", "ours")  # a lost answer could be looked for
    names.add("a", "ours")
    names.check(found.clock.sleep)
    assert names.twins == {"ours": ("a", ("theirs",))}


def test_each_region_and_kind_has_a_list_of_its_own():
    with bench() as here:
        pools = PoolLists(here.clock)
        own = pools.of(here.cloud, ROOT)
        assert pools.of(here.cloud, ROOT) is own
        assert pools.of(here.cloud, KINDS["identity_pool"]) is not own
        assert pools.of(here.cloud.at("us-east-1"), ROOT) is not own
        assert len(pools.every) == 3


# --- clients of one pool ---------------------------------------------------------------------------------------------


@pytest.fixture
def here():
    with bench() as found:
        yield found


class Between:
    """A cloud on which something happens in the place of the n-th call of an operation."""

    def __init__(self, here: Bench, operation: str, number: int, happens: Callable[[Any, Mapping[str, Any]], Tree]):
        self._here, self._operation, self._left, self._happens = here, operation, number, happens
        self.calls: list[str] = []

    def identity(self) -> Any:
        return self._here.cloud.identity()

    def call(self, service: str, operation: str, params: Mapping[str, Any]) -> Tree:
        self.calls.append(operation)
        send = lambda: self._here.cloud.call(service, operation, params)  # noqa: E731
        if operation == self._operation:
            self._left -= 1
            if self._left == 0:
                return self._happens(send, params)
        return send()


def clients(count: int) -> Tree:
    return document(clients={f"c{n:03}": {} for n in range(count)})


def other_client(here: Bench, params: Mapping[str, Any], **more: Any) -> str:
    made = here.boto().create_user_pool_client(UserPoolId=params["UserPoolId"], ClientName=params["ClientName"], **more)
    return str(made["UserPoolClient"]["ClientId"])


def test_a_hundred_clients_take_eleven_lists(here, tmp_path):
    here.converge(manifest(tmp_path, document()))
    cloud = Between(here, "", 0, lambda send, _: send())
    events = here.apply(manifest(tmp_path, clients(100)), cloud=cloud)
    assert not [e for e in events if isinstance(e, Failed | Skipped)]
    assert cloud.calls.count("CreateUserPoolClient") == 100
    assert cloud.calls.count("ListUserPoolClients") == 7 * 1 + 4 * 2  # the last four have two pages


@pytest.mark.parametrize("number", [1, 2, 5, 8])
def test_a_twin_is_noticed_before_anything_else_than_clients_is_made(here, tmp_path, number):
    here.converge(manifest(tmp_path, document()))
    theirs: list[str] = []

    def rival(send: Any, params: Mapping[str, Any]) -> Tree:
        theirs.append(other_client(here, params))
        return send()

    cloud = Between(here, "CreateUserPoolClient", number, rival)
    tree = clients(8)
    tree["clients"]["c000"]["terms"] = {"terms-of-use": {"Links": {"cognito:default": "https://example.com"}}}
    events = here.apply(manifest(tmp_path, tree), cloud=cloud)
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert f'called "c{number - 1:03}"' in failed.error
    assert f"and {theirs[0]} was made at the same time" in failed.error
    assert f"Nothing was written to {failed.error.split('this run made ')[1].split(',')[0]} after it was made" in (
        failed.error
    )
    assert {e.call.operation for e in events if isinstance(e, Sent)} == {"CreateUserPoolClient"}
    assert {e.reason for e in events if isinstance(e, Skipped)} == {f"clients/c{number - 1:03} may exist twice"}
    assert _code(events) == 6
    assert not any(isinstance(e, Verified) for e in events)


def test_a_twin_is_named_also_if_the_last_client_could_not_be_made(here, tmp_path):
    here.converge(manifest(tmp_path, document()))

    def rival(send: Any, params: Mapping[str, Any]) -> Tree:
        other_client(here, params)
        return send()

    cloud = Between(here, "CreateUserPoolClient", 2, rival)
    here.local.faults.add("CreateUserPoolClient", "LimitExceededException", times=9, after=3)
    events = here.apply(manifest(tmp_path, clients(3)), cloud=cloud)
    said = [e.error for e in events if isinstance(e, Failed)]
    assert any('more than one app client called "c001"' in error for error in said), said


def test_a_client_that_somebody_made_before_the_next_list_is_not_made_again(here, tmp_path):
    """It is in the list after the first client, and so before the second one."""
    here.converge(manifest(tmp_path, document()))

    def rival(send: Any, params: Mapping[str, Any]) -> Tree:
        other_client(here, {**params, "ClientName": "c001"})
        return send()

    events = here.apply(manifest(tmp_path, clients(2)), cloud=Between(here, "CreateUserPoolClient", 1, rival))
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert (str(failed.change.address), failed.stale) == ("clients/c001", True)
    assert "was created outside this run since the plan was made" in failed.error


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("took", [True, False])
def test_a_lost_create_is_adopted_if_it_is_ours(here, tmp_path, number, took):
    """The third has a list that is two clients old, and so it must be as this run asked for it."""
    here.converge(manifest(tmp_path, document()))

    def lose(send: Any, params: Mapping[str, Any]) -> Tree:
        if took:
            send()
        else:
            other_client(here, params, RefreshTokenValidity=77)
        raise Ambiguous("cognito-idp:CreateUserPoolClient", "ReadTimeoutError", "lost")

    found = manifest(tmp_path, document(clients={f"c{n}": {"RefreshTokenValidity": 5} for n in range(3)}))
    events = here.apply(found, cloud=Between(here, "CreateUserPoolClient", number, lose))
    failed = [e for e in events if isinstance(e, Failed)]
    if took:
        assert not failed
        assert [e.left for e in events if isinstance(e, Verified)] == [()]
    elif number == 3:
        assert "the new object with this name is not as this run asked" in failed[0].error
        assert failed[0].doubtful


# --- pools of one run ------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(monkeypatch):
    clock = Clock()
    token = TIME.set((clock, clock.sleep))
    try:
        with in_process(monkeypatch) as found:
            yield found
    finally:
        TIME.reset(token)


KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-west-1"}


def written(tmp_path, count: int, **sections: Any) -> str:
    for number in range(count):
        tree = {"version": 1, "user_pool": {"PoolName": f"pool-{number:02}"}, **sections}
        (tmp_path / f"p{number:02}.yaml").write_text(yaml.safe_dump(tree))
    return str(tmp_path)


def lists(local: Any) -> int:
    return sum(c.operation == "ListUserPools" for c in local.calls)


def test_twenty_new_pools_take_seven_lists_and_changes_of_all_of_them_two(signed_in, tmp_path):
    """One for the plan, one fence, one after 1, 3, 7 and 15 creates, and one at the end."""
    assert run("apply", "--yes", written(tmp_path, 20), environ=KEYS).code == 0
    assert lists(signed_in) == 7
    signed_in.calls.clear()
    assert run("apply", "--yes", written(tmp_path, 20, groups={"admins": {}}), environ=KEYS).code == 0
    assert lists(signed_in) == 2
    assert sum(c.operation == "CreateGroup" for c in signed_in.calls) == 20


class Yes(Terminal):
    """A person who says yes after something has happened."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens = happens

    def readline(self, *_: Any) -> str:
        self._happens()
        return "yes\n"


def test_what_somebody_made_between_plan_and_yes_is_not_made_again(signed_in, tmp_path):
    boto, err = signed_in.client("cognito-idp", "eu-west-1"), io.StringIO()
    person = Yes(lambda: boto.create_user_pool(PoolName="pool-02"))
    argv = ("apply", "--parallelism", "1", written(tmp_path, 4))
    assert main(argv, stdin=person, stdout=io.StringIO(), stderr=err, environ=KEYS) == 6
    assert "user_pool (pool pool-02): the object was created outside this run since the plan was made" in (
        err.getvalue()
    )
    names = [p["Name"] for p in boto.list_user_pools(MaxResults=60)["UserPools"]]
    assert sorted(names) == ["pool-00", "pool-01", "pool-02"]


def of_two_pools(here: Bench) -> tuple[PoolLists, str, str, Any, Any]:
    """What a run knows that has made a pool, when somebody else has made another of its name."""
    pools = PoolLists(here.clock)
    names = pools.of(here.cloud, ROOT)
    names.fence(here.clock.sleep)
    names.expect("customers")
    ours, theirs = (here.boto().create_user_pool(PoolName="customers")["UserPool"]["Id"] for _ in range(2))
    names.add("customers", ours)
    made = change("user_pool", declared={"PoolName": "customers"})
    return pools, ours, theirs, [plan(made)], [[Done(made, 1.0, ours)]]


def test_a_twin_of_a_pool_is_named_at_the_end_at_the_latest(here):
    pools, ours, theirs, plans, events = of_two_pools(here)
    ((i, found),) = namesakes.late(plans, events, pools, here.clock.sleep)
    assert (i, found.target) == (0, plans[0].target)
    (said,) = found.unproven
    assert f'more than one user pool called "customers": this run made {ours}, and {theirs} was made' in said
    assert "Nothing was written" not in said
    assert list(namesakes.late(plans, events, pools, here.clock.sleep)) == []


def test_of_two_pools_of_one_name_it_is_the_one_that_has_the_twin(here):
    """In another Region a pool may have the same name, and so the same address."""
    pools, _, _, plans, events = of_two_pools(here)
    other = [Done(events[0][0].change, 1.0, "us-east-1_Other")]
    late = namesakes.late([*plans, *plans], [*events, other], pools, here.clock.sleep)
    assert [i for i, _ in late] == [0]


def test_a_twin_of_an_earlier_pool_ends_the_run_before_the_next_is_made(here, tmp_path):
    pools, ours, theirs, *_ = of_two_pools(here)
    here.clock.now += FRESH + 1
    found = manifest(tmp_path, {"version": 1, "user_pool": {"PoolName": "other"}})
    events = here.apply(found, pools=pools)
    (failed,) = [e for e in events if isinstance(e, Failed)]
    assert f"this run made {ours}, and {theirs} was made" in failed.error
    assert not [e for e in events if isinstance(e, Sent)]


def test_a_list_that_is_refused_at_the_end_proves_nothing(here):
    pools, ours, _, plans, events = of_two_pools(here)
    here.local.faults.add("ListUserPools", "AccessDeniedException", times=9)
    ((_, found),) = namesakes.late(plans, events, pools, here.clock.sleep)
    assert f"this run made the user pool {ours}, but whether someone else made one" in found.unproven[0]
