"""URLs that several runs add and remove at once: none is lost, whatever order their calls come in (decision 46)."""

from __future__ import annotations

import pytest

from reconciler.procedures.url_records import CALLBACKS, KEPT, LOGOUTS, UrlRecord, read, written
from reconciler.procedures.url_steps import UrlCall
from tests.procedures.interleavings import NOW, Runner, Services, alone, answered, at_random, explored, parameter

A, B, C, D = (f"https://{name}.example.com/" for name in "abcd")
FOREIGN, OLD = "https://foreign.example.com/", "https://old.example.com/"
EXPIRED = parameter(CALLBACKS, OLD, "old", until=NOW - 1)


def adding(*urls: str, member: str = CALLBACKS, until: float | None = None):
    return lambda run: run.add(urls, member, until)


def removing(*urls: str, member: str = CALLBACKS, force: bool = False):
    return lambda run: run.remove(urls, member, force=force)


def sweeping(run):
    return run.sweep()


def known(*urls: str) -> frozenset[tuple[str, str]]:
    return frozenset(parameter(CALLBACKS, url, "before") for url in urls)


START = Services(known(C) | {EXPIRED}, frozenset({FOREIGN, OLD, C}))
"""One URL of somebody else, one that has expired, and one that an earlier run has added."""

CASES = {
    "two adds": ([adding(A), adding(B)], {A, B, C}),
    "an add and a removal": ([adding(A), removing(C)], {A}),
    "two removals": ([removing(C), removing(C)], set()),
    "one URL added twice": ([adding(A), adding(A)], {A, C}),
    "an add and a sweep": ([adding(A), sweeping], {A, C}),
    "callback and logout": ([adding(A), adding(B, member=LOGOUTS)], {A, C}),
}


@pytest.mark.parametrize("case", CASES)
def test_in_every_order_of_calls_none_is_lost_and_what_expired_goes(case):
    begins, wanted = CASES[case]
    ends = explored(START, [Runner(begin, name) for begin, name in zip(begins, "xy", strict=True)])
    assert len(ends) > 1
    assert {services.callbacks for services, _ in ends} == {frozenset({FOREIGN, *wanted})}


def test_one_url_that_is_added_and_removed_at_once_is_there_or_not_but_its_record_agrees():
    ends = explored(START, [Runner(adding(C, until=NOW + 60), "x"), Runner(removing(C), "y")])
    for services, _ in ends:
        live = any(r.url == C and r.is_live(NOW) for r in map(_read, services.parameters) if r)
        assert (C in services.callbacks) == live
    assert {C in services.callbacks for services, _ in ends} == {True, False}


def _read(found: tuple[str, str]) -> UrlRecord | None:
    return read({"Name": found[0], "Value": found[1]})


@pytest.mark.parametrize("case", ["two adds", "an add and a removal", "two removals"])
def test_a_run_that_is_killed_anywhere_loses_nothing_of_the_other(case):
    begins, _ = CASES[case]
    runners = [Runner(begin, name) for begin, name in zip(begins, "xy", strict=True)]
    ends = explored(START, runners, kills=1)
    assert any(None in histories for _, histories in ends)
    for services, _ in {(s, None) for s, _ in ends}:
        settled = alone(services, sweeping)
        records = [r for r in map(_read, settled.parameters) if r]
        wanted = {r.url for r in records if r.is_live(NOW)}
        assert settled.callbacks == frozenset({FOREIGN, *wanted})
        again = alone(alone(services, begins[0], "again0"), begins[1], "again1")
        assert again.callbacks == frozenset({FOREIGN, *CASES[case][1]})


def test_three_runs_in_many_orders():
    runners = [Runner(begin, name) for begin, name in zip([adding(A), adding(B), removing(C)], "xyz", strict=True)]
    ends = explored(START._replace(parameters=known(C)), runners, most=25_000)
    assert ends
    assert {services.callbacks for services, _ in ends} == {frozenset({FOREIGN, OLD, A, B})}


@pytest.mark.parametrize("seed", range(4))
def test_two_pipelines_with_two_hundred_urls_lose_none(seed):
    """Each pipeline opens and closes a hundred pull requests; at most 90 are open at once."""
    names = [f"https://pr-{n}.example.com/cb" for n in range(200)]
    mine, theirs = names[:100], names[100:]
    services = Services(frozenset(), frozenset({FOREIGN}))
    for start in range(0, 100, 5):
        opened = [Runner(adding(*part[start : start + 5]), f"o{p}-{start}") for p, part in enumerate((mine, theirs))]
        closed = [
            Runner(removing(*part[start - 40 : start - 35]), f"c{p}-{start}")
            for p, part in enumerate((mine, theirs))
            if start >= 40
        ]
        services = at_random(services, [*opened, *closed], seed * 1000 + start)
    wanted = {*mine[60:], *theirs[60:]}
    assert services.callbacks == frozenset({FOREIGN, *wanted})


@pytest.mark.parametrize("seed", range(6))
def test_runs_that_are_killed_at_random_are_completed_by_the_next(seed):
    urls = [f"https://pr-{n}.example.com/cb" for n in range(40)]
    runners = [Runner(adding(url), f"r{n}-") for n, url in enumerate(urls)]
    services = at_random(Services(frozenset(), frozenset({FOREIGN})), runners, seed, kill=0.05)
    settled = alone(services, sweeping)
    wanted = {r.url for r in map(_read, settled.parameters) if r and r.is_live(NOW)}
    assert settled.callbacks == frozenset({FOREIGN, *wanted})
    assert wanted


# --- limits --------------------------------------------------------------------------------------------------------


def test_a_hundred_urls_fit_and_one_more_is_refused_before_anything_is_written():
    urls = [f"https://pr-{n}.example.com/cb" for n in range(100)]
    full = alone(Services(), adding(*urls))
    assert len(full.callbacks) == 100
    runner = Runner(adding(A), "x")
    ((services, histories),) = explored(full, [runner])
    assert services == full
    refused = runner.step(histories[0]).refused
    assert "CallbackURLs would have 101 items, and Cognito takes 100" in refused
    assert "Nothing was written." in refused


def test_what_has_expired_makes_room():
    urls = [f"https://pr-{n}.example.com/cb" for n in range(99)]
    full = alone(Services(frozenset({EXPIRED}), frozenset({OLD})), adding(*urls))
    assert alone(full, adding(A)).callbacks == frozenset({*urls, A})


def test_two_runs_that_fill_the_list_at_once_leave_all_that_was_there():
    urls = [f"https://pr-{n}.example.com/cb" for n in range(99)]
    full = alone(Services(), adding(*urls))
    ends = [at_random(full, [Runner(adding(A), "x"), Runner(adding(B), "y")], n, refused=True) for n in range(12)]
    for services in ends:
        assert set(urls) <= services.callbacks
        assert len(services.callbacks) <= 100
        live = {r.url for r in map(_read, services.parameters) if r and r.is_live(NOW)}
        assert services.callbacks == live
    assert {len(services.callbacks) for services in ends} <= {99, 100}


# --- records -------------------------------------------------------------------------------------------------------


def test_a_run_that_changes_nothing_writes_nothing():
    start = Services(known(A), frozenset({A}))
    assert alone(start, adding(A)) == start
    assert alone(start, removing(B)) == start
    assert alone(start, sweeping) == start


def test_a_new_end_replaces_the_old_one():
    start = alone(Services(), adding(A, until=NOW + 60))
    later = alone(start, adding(A, until=NOW + 120), "later")
    assert [r.until for r in map(_read, later.parameters) if r] == [NOW + 120]
    assert later.writes == start.writes


def test_records_that_are_spent_are_deleted_once_the_url_is_gone():
    long_ago = parameter(CALLBACKS, OLD, "old", until=NOW - KEPT - 1)
    assert alone(Services(frozenset({long_ago}), frozenset({OLD})), sweeping).parameters == frozenset()
    assert alone(Services(frozenset({EXPIRED}), frozenset({OLD})), sweeping).parameters == {EXPIRED}


@pytest.mark.parametrize("url", [A, "https://a.example.com/?q={{x}}&y={z}", "myapp://ä/%7B", "https://x/" + "y" * 1000])
def test_every_url_fits_into_a_record(url):
    found = UrlRecord("/x", CALLBACKS, url, NOW, NOW + 5)
    text = written(found)
    assert read({"Name": "/x", "Value": text}) == found
    assert "{{" not in text
    assert len(text.encode()) <= 4096


@pytest.mark.parametrize("value", ["", "x", "{}", "[]", '{"list": "Other", "url": "x", "made": "", "until": null}'])
def test_a_parameter_that_is_no_record_is_left_alone(value):
    odd = (f"{'/poolctl/urls/eu-west-1_a/c'}/odd", value)
    assert odd in alone(Services(frozenset({odd})), adding(A)).parameters


def test_the_model_replaces_what_the_service_replaces():
    step = Runner(adding(A), "x").step(())
    assert answered(START, step)[1] == START


def test_the_model_finds_what_read_change_and_write_alone_would_lose():
    def careless(url: str):
        def steps(_run):
            answer = yield UrlCall("cognito-idp", "DescribeUserPoolClient", {})
            live = answer["UserPoolClient"].get(CALLBACKS, [])
            yield UrlCall("cognito-idp", "UpdateUserPoolClient", {CALLBACKS: [*live, url]})

        return steps

    ends = explored(Services(), [Runner(careless(A), "x"), Runner(careless(B), "y")])
    assert {services.callbacks for services, _ in ends} == {frozenset({A, B}), frozenset({A}), frozenset({B})}
