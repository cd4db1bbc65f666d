from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from reconciler.cloud.aws import Access, Aws
from reconciler.cloud.failures import translate
from reconciler.errors import Busy, CloudError, Denied, InvalidInput, NotFound
from reconciler.notify import CALLS, Notified, Receiver, eventbridge, notify, parse, resolve, sns
from tests.notify.support import (
    ACCOUNT,
    FakeCloud,
    Waits,
    effect,
    finding,
    fresh,
    full,
    identity,
    many,
    means,
    no_post,
    pool,
    report,
    weak,
)
from tests.notify.test_http import SCHEMA, alerts

REGION = "eu-west-1"


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    waits = Waits()
    with mock_aws():
        yield lambda region: Aws(Access(region=region or REGION), sleep=waits)


def queue(name="alerts.fifo", **attributes):
    sqs = boto3.client("sqs", REGION)
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, arn


def received(url):
    sqs = boto3.client("sqs", REGION)
    found = []
    while True:
        messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not messages:
            return found
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def send(tree, receivers, cloud):
    return notify(tree, receivers, cloud=cloud, sleep=Waits(), post=no_post)


# --- SNS -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fifo", [False, True])
def test_a_queue_behind_a_topic_gets_the_json(aws, fifo):
    suffix, attributes = (".fifo", {"FifoTopic": "true"}) if fifo else ("", {})
    url, arn = queue(f"alerts{suffix}", **({"FifoQueue": "true"} if fifo else {}))
    client = boto3.client("sns", REGION)
    topic = client.create_topic(Name=f"drift{suffix}", Attributes=attributes)["TopicArn"]
    client.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    receivers = resolve([parse(f"sns={topic}")], cloud=aws, environ={})
    assert send(full(), receivers, aws) == Notified(frozenset(), (), 1)
    [notification] = received(url)
    body = json.loads(notification["Message"])
    SCHEMA.validate(body)
    assert {e["id"] for p in ("findings", "gaps", "refusals", "expired") for e in body[p]} == alerts(full())
    assert notification["Subject"].startswith("poolctl: 4 new findings")
    assert send(many(2_000), receivers, aws).undelivered == frozenset()
    notified = [f["id"] for n in received(url) for f in json.loads(n["Message"])["findings"]]
    assert sorted(notified) == [identity(n) for n in range(2_000)]


def test_a_fifo_topic_drops_what_it_has_seen():
    cloud = FakeCloud(lambda *_: {"MessageId": "1"})
    topic = Receiver(sns.SNS, "sns", arn="arn:aws:sns:eu-central-1:123456789012:drift.fifo", region="eu-central-1")
    for _ in range(2):
        send(many(1_000), [topic], cloud)
    regions, names, params = zip(*cloud.calls, strict=True)
    assert set(regions) == {"eu-central-1"}
    assert set(names) == {"sns:Publish"}
    half = len(params) // 2
    once = [p["MessageDeduplicationId"] for p in params[:half]]
    assert [p["MessageDeduplicationId"] for p in params[half:]] == once
    assert len(set(once)) == half > 1
    assert all(len(i) == 64 and i.isalnum() for i in once)
    assert {p["MessageGroupId"] for p in params} == {"poolctl-drift"}


def test_a_plain_topic_takes_no_group():
    cloud = FakeCloud(lambda *_: {"MessageId": "1"})
    send(full(), [Receiver(sns.SNS, "sns", arn="arn:aws:sns:eu-west-1:123456789012:drift", region=REGION)], cloud)
    assert set(cloud.calls[0][2]) == {"TopicArn", "Message", "MessageStructure", "Subject"}


def test_a_topic_that_is_not_there_is_a_failure(aws):
    receivers = resolve([parse(f"sns=arn:aws:sns:{REGION}:{ACCOUNT}:gone")], cloud=aws, environ={})
    result = send(many(2_000), receivers, aws)
    assert result.undelivered == alerts(many(2_000))
    assert f"sns=arn:aws:sns:{REGION}:{ACCOUNT}:gone: 2000 of 2000" in result.failures[0]
    assert "sns:Publish: NotFound" in result.failures[0]


def test_a_message_that_sns_refuses_does_not_stop_the_others():
    def answer(_, params):
        if '\\"part\\":2' in params["Message"]:
            raise CloudError("sns:Publish", "InvalidParameter", "Message too long")
        return {}

    cloud = FakeCloud(answer)
    result = send(many(1_500), [Receiver(sns.SNS, "sns", arn="arn", region=REGION)], cloud)
    lost = fresh(many(1_500))
    part = sns.messages(lost)[1][0]
    assert result.undelivered == {a.id for a in part}
    assert result.sent == len(cloud.calls) - 1 > 1


# --- EventBridge ---------------------------------------------------------------------------------------------------


def rule(bus):
    url, arn = queue("events")
    client = boto3.client("events", REGION)
    pattern = json.dumps({"source": ["poolctl"]})
    client.put_rule(Name="all", EventBusName=bus, EventPattern=pattern)
    client.put_targets(Rule="all", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    return url


@pytest.mark.parametrize("named", ["default", "security", "arn"])
def test_a_rule_gets_an_event_for_each_alert(aws, named):
    if named != "default":
        boto3.client("events", REGION).create_event_bus(Name="security")
    url = rule("default" if named == "default" else "security")
    bus = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/security" if named == "arn" else named
    receivers = resolve([parse(f"eventbridge={bus}")], cloud=aws, environ={})
    assert send(full(), receivers, aws).undelivered == frozenset()
    events = received(url)
    assert {e["detail"]["id"] for e in events} == alerts(full())
    assert len(events) == 7
    assert sorted({e["detail-type"] for e in events}) == [
        "poolctl drift expired rule",
        "poolctl drift finding",
        "poolctl drift gap",
        "poolctl drift refusal",
    ]
    first = next(e for e in events if e["detail"]["id"] == "poolctl-00000000000000a1")
    entry = full()["findings"][0]
    assert {k: first["detail"][k] for k in entry} == entry
    assert first["detail"]["target"]["id"] == "eu-west-1_AbCdEf"
    assert first["detail"]["format_version"] == "1.0"
    assert first["source"] == "poolctl"


def test_a_bus_that_does_not_exist_is_found_before_anything_is_read(aws):
    """PutEvents would take the events, and drop them."""
    with pytest.raises(InvalidInput, match="the event bus does not exist"):
        resolve([parse("eventbridge=nobody")], cloud=aws, environ={})


def test_a_bus_that_may_not_be_looked_at_is_believed():
    def no(name, _):
        raise Denied(name, "AccessDeniedException", "no")

    cloud = FakeCloud(no)
    arn = "arn:aws:events:us-east-1:999999999999:event-bus/security"
    assert resolve([parse(f"eventbridge={arn}")], cloud=cloud, environ={}) == (
        Receiver(eventbridge.EVENTBRIDGE, f"eventbridge={arn}", arn=arn, region="us-east-1"),
    )
    assert cloud.calls == [("us-east-1", "events:DescribeEventBus", {"Name": arn})]


BUS = Receiver(eventbridge.EVENTBRIDGE, "eventbridge=default", arn="default")


class Bus:
    """Refuses events by id, so many times, with a code."""

    def __init__(self, **refused):
        self.left = {identity(int(n[1:])): list(codes) for n, codes in refused.items()}
        self.calls = []

    def __call__(self, _, params):
        found = [json.loads(e["Detail"])["id"] for e in params["Entries"]]
        self.calls.append(found)
        results = [self._result(self.left.get(i)) for i in found]
        return {"FailedEntryCount": sum("ErrorCode" in r for r in results), "Entries": results}

    def _result(self, codes):
        return {"ErrorCode": codes.pop(0), "ErrorMessage": "why"} if codes else {"EventId": "e"}


def put(tree, bus):
    waits = Waits()
    cloud = FakeCloud(bus)
    result = notify(tree, [BUS], cloud=cloud, sleep=waits, post=no_post)
    assert {r for r, _, _ in cloud.calls} <= {""}
    return result, waits.seconds


def test_only_what_was_refused_is_sent_again():
    bus = Bus(n1=["ThrottlingException"], n3=["InternalFailure", "SomethingNew"])
    result, waited = put(many(5), bus)
    assert result.undelivered == frozenset()
    assert bus.calls == [[identity(n) for n in range(5)], [identity(1), identity(3)], [identity(3)]]
    assert 0.5 <= waited[0] <= 1 <= waited[1] <= 2


def test_a_permanent_refusal_is_not_sent_again():
    bus = Bus(n1=["MalformedDetail"], n2=["ThrottlingException"])
    result, _ = put(many(12), bus)
    assert result.undelivered == {identity(1)}
    assert bus.calls[1:] == [[identity(2)], [identity(10), identity(11)]]
    expected = "eventbridge=default: 1 of 12 alerts were not delivered: events:PutEvents: MalformedDetail: why."
    assert result.failures == (expected,)


def test_after_five_attempts_the_rest_is_undelivered():
    bus = Bus(n1=["ThrottlingException"] * 9)
    result, waited = put(many(25), bus)
    assert (len(bus.calls), len(waited)) == (5, 4)
    taken = {identity(n) for n in range(10)} - {identity(1)}
    assert result.undelivered == {identity(n) for n in range(25)} - taken
    assert "ThrottlingException: why, after 5 attempts." in result.failures[0]


@pytest.mark.parametrize("entries", [None, [], [{}], [{"EventId": "a"}], [{"EventId": "a"}] * 9])
def test_only_an_id_in_the_answer_counts(entries):
    def answer(_, params):
        return {} if entries is None else {"FailedEntryCount": 0, "Entries": entries}

    result, _ = put(many(3), answer)
    taken = [] if not entries or not entries[0] else range(1 if len(entries) == 1 else 3)
    if len(entries or []) == 1 and taken:  # each repetition takes one more
        assert result.undelivered == frozenset()
    else:
        assert result.undelivered == {identity(n) for n in range(3)} - {identity(n) for n in taken}


def test_a_call_that_fails_leaves_what_was_taken_before():
    calls = []

    def answer(name, params):
        calls.append(params)
        if len(calls) > 1:
            raise CloudError(name, "InternalException", "sorry")
        return {"Entries": [{"EventId": "e"}] * len(params["Entries"])}

    result, _ = put(many(25), answer)
    assert len(calls) == 2
    assert result.undelivered == {identity(n) for n in range(10, 25)}


@pytest.mark.parametrize(
    ("of", "resources"),
    [
        (pool(), [f"arn:aws:cognito-idp:eu-west-1:{ACCOUNT}:userpool/eu-west-1_AbCdEf123"]),
        (
            pool("p", "us-gov-west-1", "us-gov-west-1_X1"),
            [f"arn:aws-us-gov:cognito-idp:us-gov-west-1:{ACCOUNT}:userpool/us-gov-west-1_X1"],
        ),
        (pool("p", "eu-west-1", "eu-west-1:8b0c-uuid"), None),
        (pool("p", "eu-west-1", ""), None),
    ],
)
def test_resources_name_the_user_pool(of, resources):
    [(_, [entry])] = eventbridge.calls(fresh(report(finding(1, of), pools=(of,))), "default")
    assert entry.get("Resources") == resources


@pytest.mark.parametrize(
    ("found", "risk"),
    [
        (finding(1, pool()), None),
        (weak(1, pool(), effect(risk="low"), effect("mixed", "critical"), effect("strengthens", "low")), "critical"),
        (weak(1, pool(), effect("strengthens", "critical")), None),
    ],
    ids=["neutral", "weaker", "stronger"],
)
def test_an_event_says_how_bad_it_is(found, risk):
    [(_, [entry])] = eventbridge.calls(fresh(report(found)), "default")
    detail = json.loads(entry["Detail"])
    assert (detail["risk"], detail["severity"], detail["direction"]) == (risk, "error", found["direction"])
    assert detail["effects"] == found["effects"]


def test_sizes_are_counted_as_eventbridge_does():
    entry = {
        "EventBusName": "x" * 99,
        "Source": "ab",
        "DetailType": "ü",
        "Detail": '{"🎉":1}',
        "Resources": ["abc", "d"],
    }
    assert eventbridge.size(entry) == 2 + 2 + 10 + 4


def test_the_calls_that_are_needed_are_named():
    assert {c for c in CALLS if c[0] in ("sns", "events")} == {
        ("sns", "Publish"),
        ("events", "PutEvents"),
        ("events", "DescribeEventBus"),
    }
    assert means().post is no_post


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("Throttled", Busy),
        ("ThrottledException", Busy),
        ("KMSThrottling", Busy),
        ("AuthorizationError", Denied),
        ("NotFound", NotFound),
    ],
)
def test_codes_of_sns_and_eventbridge(code, kind):
    error = ClientError({"Error": {"Code": code, "Message": "m"}}, "Publish")
    assert type(translate("sns:Publish", error)) is kind


@pytest.mark.parametrize("code", ["Throttled", "InternalError", "InternalException", "KMSThrottling"])
def test_what_may_pass_is_published_again(code):
    waits = Waits()
    cloud = Aws(Access(region=REGION), sleep=waits)
    with Stubber(cloud._client("sns", "Publish")) as stub:
        stub.add_client_error("publish", code)
        stub.add_response("publish", {"MessageId": "1"})
        topic = Receiver(sns.SNS, "sns", arn=f"arn:aws:sns:{REGION}:{ACCOUNT}:drift", region=REGION)
        assert send(full(), [topic], lambda _: cloud) == Notified(frozenset(), (), 1)
        stub.assert_no_pending_responses()
    assert len(waits.seconds) == 1
