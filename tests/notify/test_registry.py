"""A notifier is one value: the option, its help, its errors, its permissions and its documentation come from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli import entry
from reconciler.cli.parsing import parser
from reconciler.errors import InvalidInput
from reconciler.notify import NOTIFIERS, Notifier, Receiver, notify, parse, resolve
from reconciler.notify.batch import Batch, Delivery
from reconciler.notify.channels import named
from reconciler.notify.posting import Means
from reconciler.notify.registry import calls, table, usage
from tests.notify.support import full, no_cloud, no_post

DOCS = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text(encoding="utf-8")


def pager(*, fails: bool = False, missing: tuple[str, ...] = ()) -> tuple[Notifier, list[str]]:
    """A way to send that nobody has, and what was sent by it."""
    sent: list[str] = []

    def send(new: Batch, receiver: Receiver, means: Means) -> Iterator[Delivery]:
        assert means.post is no_post
        for alert in new.alerts:
            sent.append(f"{receiver.arn}: {alert.id}")
            yield Delivery((alert,), "the battery is empty" if fails else "")

    def check(channel, cloud):
        assert cloud is no_cloud
        if channel.where in missing:
            raise InvalidInput(f"--notify {channel.label}: there is no such pager.")

    made = Notifier(
        name="pager",
        example="0123",
        takes="A number",
        gets="The id",
        size_limits="one alert a message",
        address=named(re.compile(r"()\d{4}"), "a number of four digits"),
        send=send,
        calls=frozenset({("pinpoint", "SendMessages")}),
        check=check,
    )
    return made, sent


def test_a_new_notifier_is_one_value():
    made, sent = pager()
    channel = parse("pager=0815", (*NOTIFIERS, made))
    assert channel.label == "pager=0815"
    (receiver,) = resolve([channel], cloud=no_cloud, environ={})
    report = full()
    result = notify(report, [receiver], cloud=no_cloud, sleep=no_post, post=no_post)
    assert (result.failures, result.undelivered) == ((), frozenset())
    assert result.sent == len(sent) > 0
    assert all(line.startswith("0815: poolctl-") for line in sent)


def test_its_failures_are_reported_under_its_name():
    made, sent = pager(fails=True)
    receivers = resolve([parse("pager=0815", (made,))], cloud=no_cloud, environ={})
    result = notify(full(), receivers, cloud=no_cloud, sleep=no_post, post=no_post)
    count = len(sent)
    assert result.failures == (f"pager=0815: {count} of {count} alerts were not delivered: the battery is empty.",)
    assert result.undelivered


def test_it_can_say_before_the_run_that_there_is_no_such_address():
    made, _ = pager(missing=("0000",))
    with pytest.raises(InvalidInput, match="no such pager"):
        resolve([parse("pager=0000", (made,))], cloud=no_cloud, environ={})


def test_help_errors_permissions_and_documentation_come_from_it():
    made, _ = pager()
    every = (*NOTIFIERS, made)
    assert usage(every).count("eventbridge or pager") == 1
    assert ("pinpoint", "SendMessages") in calls(every) - calls()
    assert "| `pager` | A number | The id | one alert a message | `pinpoint:SendMessages` |" in table(every)
    with pytest.raises(InvalidInput, match=re.escape("eventbridge=default, pager=0123.")):
        parse("page", every)
    with pytest.raises(InvalidInput, match=re.escape("is not a number of four digits. Write pager=0123.")):
        parse("pager=x", every)
    with pytest.raises(InvalidInput, match="Did you mean pager"):
        parse("pagr=0123", every)


def test_the_page_of_the_documentation_is_the_table():
    assert table() in DOCS


def test_the_help_of_drift_names_every_notifier():
    shown = " ".join(parser("drift", entry.load("drift"), takes_paths=True).format_help().split())
    assert usage() in shown


@pytest.mark.parametrize("notifier", NOTIFIERS, ids=lambda n: n.name)
def test_every_notifier_reads_its_own_example(notifier):
    assert parse(notifier.usage).notifier is notifier
    assert f"## {notifier.name}\n" in DOCS
    for service, operation in notifier.calls:
        assert f"`{service}:{operation}`" in DOCS.partition("## Permissions")[2]
