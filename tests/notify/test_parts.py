"""The law: whatever a report holds and wherever a receiver's limits are, every alert is in exactly one message."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.notify import eventbridge, slack, sns, webhook
from reconciler.notify.batch import batch, headline, packed
from reconciler.render.output_schemas import output_schema
from tests.notify.support import finding, fresh, full, gap, ids, many, pool, report

DOCS = Path(__file__).parents[2] / "docs" / "schema"
SCHEMA = Draft202012Validator(json.loads(output_schema("notification")))
NASTY = [
    "",
    "x",
    "<!channel> & <@U1>",
    "`*_~",
    "\u2028\x00\x1b[31m",
    "ü" * 700,
    "🎉" * 900,
    '"\\' * 2_000,
    "a" * 30_000,
]
TEXTS = st.sampled_from(NASTY) | st.text(max_size=30)
VALUES = st.recursive(
    TEXTS | st.none() | st.booleans() | st.integers(), lambda v: st.lists(v, max_size=3), max_leaves=6
)
POOLS = [
    pool(),
    pool("ünïcode 🎉 " + "n" * 90, "us-gov-west-1", "us-gov-west-1_X"),
    pool("ids", "us-east-1", "us-east-1:uuid"),
]
WHO = {
    "principal": "p" * 3_000,
    "event": "E",
    "time": "t",
    "event_id": "i",
    "source_address": "",
    "console": False,
    "ours": True,
}


@st.composite
def reports(draw):
    findings, gaps = [], []
    for number in range(draw(st.integers(0, 25))):
        of = draw(st.sampled_from(POOLS))
        if draw(st.booleans()):
            said = {name: draw(VALUES) for name in ("wanted", "live")}
            where = {"address": f"{of['name']}/{draw(TEXTS)}", "path": draw(TEXTS), "class": draw(CLASSES)}
            findings.append(finding(number, of, **said, **where, attribution=draw(st.sampled_from([None, WHO]))))
        else:
            gaps.append(gap(number, of, reason=draw(TEXTS), address=draw(TEXTS)))
    return report(*findings, pools=tuple(POOLS), gaps=tuple(gaps))


CLASSES = st.sampled_from(["changed", "missing", "unmanaged", "undeclared"])
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def notified(parts):
    return Counter(a.id for part, _ in parts for a in part)


@SLOW
@given(reports(), st.integers(20_000, 300_000))
def test_webhook(tree, limit):
    new = fresh(tree)
    parts = webhook.bodies(new, limit)
    assert notified(parts) == ids(new)
    for part, body in parts:
        found = json.loads(body)
        SCHEMA.validate(found)
        assert len(body) <= limit
        assert [e["id"] for p in ("findings", "gaps") for e in found[p]] == [a.id for a in by_sort(part)]
        assert {p["key"] for p in found["pools"]} == {a.pool for a in part}


def by_sort(part):
    return sorted(part, key=lambda a: ["finding", "gap"].index(a.sort))


@SLOW
@given(reports(), st.integers(80_000, 250_000))
def test_sns(tree, limit):
    new = fresh(tree)
    parts = sns.messages(new, limit)
    assert notified(parts) == ids(new)
    for part, params in parts:
        assert len(params["Message"].encode()) <= limit
        assert len(params["Subject"]) < 100
        assert params["Subject"].isascii()
        assert params["Subject"].isprintable()
        message = json.loads(params["Message"])
        SCHEMA.validate(json.loads(message["default"]))
        assert all(message["email"].count(f"id: {a.id}\n") == 1 for a in part)
        assert len(message["sms"]) <= 140


@SLOW
@given(reports(), st.integers(20_000, 250_000))
def test_eventbridge(tree, limit):
    new = fresh(tree)
    parts = eventbridge.calls(new, "default", limit)
    assert notified(parts) == ids(new)
    for part, entries in parts:
        assert len(entries) <= 10
        assert sum(map(eventbridge.size, entries)) <= limit
        assert [json.loads(e["Detail"])["id"] for e in entries] == [a.id for a in part]


@SLOW
@given(reports())
def test_slack(tree):
    new = fresh(tree)
    parts = slack.messages(new)
    assert notified(parts) == ids(new)
    for part, payload in parts:
        blocks = payload["blocks"]
        texts = [b["text"]["text"] for b in blocks if "text" in b] + [b["elements"][0]["text"] for b in blocks[1:2]]
        assert len(blocks) <= 50
        assert max(utf16(t) for t in texts) <= 3_000
        assert utf16(blocks[0]["text"]["text"]) <= 150
        assert utf16(payload["text"]) < 40_000
        shown = [b["text"]["text"] for b in blocks if b["type"] == "section"]
        assert [s.rpartition("`poolctl-")[2] for s in shown] == [f"{a.id.removeprefix('poolctl-')}`" for a in part]
        assert not set("<>") & set("".join(texts))


def utf16(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_the_limits_are_used():
    """A cutter that sends one alert a message would pass all of the above."""
    new = fresh(many(1_500))
    assert len(webhook.bodies(new)) <= 8
    assert len(sns.messages(new)) <= 10
    assert len(eventbridge.calls(new, "default")) == 150
    assert all(len(body) > 190_000 for _, body in webhook.bodies(new)[:-1])


def test_half_a_character_is_no_reason_to_fail():
    new = fresh(report(finding(1, pool(), live="\ud800", path="\udfff")))
    assert b'"live":"?"' in webhook.bodies(new)[0][1]
    assert '"live":"?"' in eventbridge.calls(new, "b")[0][1][0]["Detail"]
    assert sns.messages(new)[0][1]["Message"].isascii()
    assert json.dumps(slack.messages(new)[0][1]).isascii()


def test_what_is_too_long_is_sent_without_its_values():
    long = finding(1, pool(), live={"CSS": "x" * 400_000}, wanted="short")
    new = fresh(report(long, finding(2, pool())))
    for found in (
        json.loads(webhook.bodies(new)[0][1])["findings"],
        json.loads(json.loads(sns.messages(new)[0][1]["Message"])["default"])["findings"],
        [json.loads(e["Detail"]) for e in eventbridge.calls(new, "b")[0][1]],
    ):
        assert found[0]["live"] == {"$omitted": {"length": 400_010}}
        assert found[0]["wanted"] == "short"
        assert {k: found[0][k] for k in ("id", "address", "path", "source")} == {
            k: long[k] for k in ("id", "address", "path", "source")
        }
        assert found[1]["live"] == finding(2, pool())["live"]
    assert "live: (400010 bytes, too long to send)" in json.loads(sns.messages(new)[0][1]["Message"])["email"]


def test_texts_are_cut_where_that_is_not_enough():
    new = fresh(report(gaps=(gap(1, pool(), reason="r" * 400_000),)))
    [(_, body)] = webhook.bodies(new)
    assert json.loads(body)["gaps"][0]["reason"] == "r" * 1_000 + "… (400000 characters)"


def test_an_id_that_stands_twice_is_told_twice():
    tree = report(gaps=(gap(1, pool()), gap(1, pool(), reason="other")))
    assert len(json.loads(webhook.bodies(fresh(tree))[0][1])["gaps"]) == 2


def test_alerts_of_one_pool_stand_together():
    one, two = POOLS[:2]
    tree = report(finding(1, one), finding(2, two), pools=(one, two), gaps=(gap(3, one), gap(4, two)))
    assert [a.id[-1] for a in fresh(tree).alerts] == ["1", "3", "2", "4"]


def test_a_pool_that_the_report_does_not_name_loses_nothing():
    stray = finding(1, pool("elsewhere"))
    new = fresh(report(stray))
    assert headline(new) == "1 new finding in 123456789012/eu-west-1/elsewhere"
    assert json.loads(webhook.bodies(new)[0][1])["findings"] == [stray]
    assert stray["id"] in json.dumps(slack.messages(new)[0][1])
    assert stray["id"] in sns.messages(new)[0][1]["Message"]
    assert json.loads(eventbridge.calls(new, "b")[0][1][0]["Detail"])["target"] is None


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (report(finding(1, pool())), "1 new finding in customers (eu-west-1)"),
        (
            report(finding(1, pool()), finding(2, pool()), gaps=(gap(3, pool()),)),
            "2 new findings and 1 new gap in customers (eu-west-1)",
        ),
        (full(), "4 new findings, 1 new gap, 1 new refusal and 1 expired ignore rule in 2 pools"),
    ],
)
def test_headline(tree, expected):
    assert headline(batch(tree)) == expected


def test_one_too_large_has_a_message_of_its_own():
    new = fresh(many(3))
    parts = packed(new.alerts, lambda a: (9 if a.number == 1 else 1,), lambda _: (1,), (5,))
    assert [[a.number for a in part] for part in parts] == [[0], [1], [2]]


def test_a_pool_takes_its_room_in_every_message_anew():
    one, two = POOLS[:2]
    alerts = [replace(a, pool=of["key"]) for a, of in zip(fresh(many(6)).alerts, [one, two] * 3, strict=True)]
    parts = packed(alerts, lambda _: (1,), lambda _: (2,), (8,))
    assert [[a.number for a in part] for part in parts] == [[0, 1, 2, 3], [4, 5]]
    parts = packed(alerts, lambda _: (1,), lambda _: (2,), (5,))
    assert [[a.number for a in part] for part in parts] == [[0], [1], [2], [3], [4], [5]]


def test_the_schemas_of_a_report_and_of_a_message_agree():
    whole, small = (json.loads(output_schema(name)) for name in ("drift", "notification"))
    for name in (
        "FindingEntry",
        "DriftRefusalEntry",
        "AttributionEntry",
        "Source",
        "DriftSummary",
        "DriftGapEntry",
        "DriftPool",
    ):
        assert small["$defs"][name] == whole["$defs"][name]
    for name in ("findings", "refusals", "expired", "pools"):
        assert small["properties"][name]["items"] == whole["properties"][name]["items"]
    assert small["properties"]["gaps"]["items"] == whole["$defs"]["DriftCoverage"]["properties"]["gaps"]["items"]


def test_the_schema_is_published_and_closed():
    text = output_schema("notification")
    assert (DOCS / "notification.v1.json").read_text(encoding="utf-8") == text
    assert json.loads(text)["$id"] == "urn:poolctl:notification:v1"
    Draft202012Validator.check_schema(json.loads(text))
    for node in objects(json.loads(text)):
        assert node["additionalProperties"] is False
        sometimes = {"part", "parts", "row"}  # of a pool that is declared in parts, and of an object that a row makes
        assert set(node["required"]) <= set(node["properties"])
        assert set(node["properties"]) - set(node["required"]) <= sometimes


def objects(value):
    if isinstance(value, dict):
        if value.get("type") == "object":
            yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from objects(inner)
