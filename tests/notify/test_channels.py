from __future__ import annotations

import subprocess
import sys

import boto3
import pytest
from moto import mock_aws

from reconciler.cloud.aws import Access, Aws
from reconciler.errors import Busy, InvalidInput
from reconciler.model import Secret
from reconciler.notify import NOTIFIERS, Channel, Receiver, parse, resolve
from tests.notify.support import TOKEN, FakeCloud, no_cloud

WEBHOOK, SLACK, SNS, EVENTBRIDGE = NOTIFIERS
TOPIC = "arn:aws:sns:eu-west-1:123456789012:drift"
BUS = "arn:aws-cn:events:cn-north-1:123456789012:event-bus/security"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:alerts/slack-AbCdEf"
URL = f"https://hooks.slack.com/services/{TOKEN}"


@pytest.mark.parametrize(
    ("text", "channel", "label"),
    [
        ("slack=env:SLACK_URL", Channel(SLACK, "env", "SLACK_URL"), "slack=env:SLACK_URL"),
        ("webhook=secret:a/b#url", Channel(WEBHOOK, "secret", "a/b#url"), "webhook=secret:a/b#url"),
        ("webhook=secret:a/b", Channel(WEBHOOK, "secret", "a/b"), "webhook=secret:a/b"),
        (
            f"slack=secret:{SECRET}#u",
            Channel(SLACK, "secret", f"{SECRET}#u", "us-east-1"),
            f"slack=secret:{SECRET}#u",
        ),
        ("slack=ssm:/alerts/url", Channel(SLACK, "ssm", "/alerts/url"), "slack=ssm:/alerts/url"),
        (f"slack={URL}", Channel(SLACK, "url", Secret(URL, "")), "slack=https://hooks.slack.com"),
        (
            f"webhook=https://joe:pw@h.example:8443/{TOKEN}?a=b",
            Channel(WEBHOOK, "url", Secret(f"https://joe:pw@h.example:8443/{TOKEN}?a=b", "")),
            "webhook=https://h.example:8443",
        ),
        (
            "webhook=http://127.0.0.1:8080/x",
            Channel(WEBHOOK, "url", Secret("http://127.0.0.1:8080/x", "")),
            "webhook=http://127.0.0.1:8080",
        ),
        (f"sns={TOPIC}", Channel(SNS, "arn", TOPIC, "eu-west-1"), f"sns={TOPIC}"),
        (f"sns={TOPIC}.fifo", Channel(SNS, "arn", f"{TOPIC}.fifo", "eu-west-1"), f"sns={TOPIC}.fifo"),
        ("eventbridge=default", Channel(EVENTBRIDGE, "arn", "default"), "eventbridge=default"),
        (f"eventbridge={BUS}", Channel(EVENTBRIDGE, "arn", BUS, "cn-north-1"), f"eventbridge={BUS}"),
    ],
)
def test_parse(text, channel, label):
    found = parse(text)
    assert (found, found.label) == (channel, label)
    assert TOKEN not in repr(found) + str(found)
    assert found.notifier in NOTIFIERS


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "does not begin with a channel and ="),
        ("slack", "does not begin with a channel and ="),
        (URL, "does not begin with a channel and ="),
        (f"{URL}?x=y", "does not begin with a channel and ="),
        ("slak=env:X", "Did you mean slack?"),
        (f"slack=htps://hooks.slack.com/{TOKEN}", "the value is not a URL"),
        (f"slack={TOKEN}", "the value is not a URL"),
        ("slack=", "the value is not a URL"),
        (f"slack=https:///{TOKEN}", "the value is not a URL"),
        (f"slack=https://[::1/{TOKEN}", "the value is not a URL"),
        (f"slack=https://h:99999/{TOKEN}", "the value is not a URL"),
        (f"slack=https://h/ {TOKEN}", "a space"),
        (f"slack=https://h/\n{TOKEN}", "a space"),
        (f"slack=http://hooks.slack.com/{TOKEN}", "begins with http:"),
        (f"slack=http://localhost.example.com/{TOKEN}", "begins with http:"),
        (f"slack=http://127.0.0.1.example.com/{TOKEN}", "begins with http:"),
        (f"slack=env:{URL}", "needs the name of a variable"),
        ("slack=env:", "needs the name of a variable"),
        ("slack=secret:#key", "is incomplete"),
        ("slack=secret:name#", "is incomplete"),
        ("slack=ssm:", "is incomplete"),
        (f"sns={TOPIC}:5be0-uuid", "not the ARN of a topic"),
        ("sns=drift", "not the ARN of a topic"),
        (f"sns={URL}", "not the ARN of a topic"),
        (f"eventbridge={URL}", "not the name or ARN of an event bus"),
        ("eventbridge=", "not the name or ARN of an event bus"),
        (f"eventbridge={TOPIC}", "not the name or ARN of an event bus"),
    ],
)
def test_what_is_none_is_not_repeated(text, says):
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert says in str(caught.value)
    assert str(caught.value).startswith("--notify")
    assert TOKEN not in str(caught.value)
    assert "hooks.slack.com" not in str(caught.value)
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "url", ["http://localhost:1/x", "http://[::1]:1/x", "http://127.0.0.2/x", "https://h.example/x"]
)
def test_loopback_may_do_without_tls(url):
    assert parse(f"webhook={url}").where == Secret(url, "")


def test_variables_are_looked_up_without_aws():
    found = resolve(
        [parse("slack=env:HOOK"), parse("webhook=env:HOOK"), parse("slack=env:HOOK")],
        cloud=no_cloud,
        environ={"HOOK": f" {URL}\n"},
    )
    assert found == (
        Receiver(SLACK, "slack=env:HOOK", Secret(URL, "")),
        Receiver(WEBHOOK, "webhook=env:HOOK", Secret(URL, "")),
    )
    assert found[0].address.reveal() == URL
    assert TOKEN not in repr(found)


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "the environment variable SLACK_URL is not set or empty."),
        ({"SLACK_URL": " "}, "is not set or empty. Set it"),
        ({"SLACK_URI": URL}, "Did you mean SLACK_URI?"),
        ({"SLACK_URL": f"hooks.slack.com/{TOKEN}"}, "slack=env:SLACK_URL: the value is not a URL"),
        ({"SLACK_URL": f"http://h/{TOKEN}"}, "begins with http:"),
    ],
)
def test_a_variable_that_holds_no_url_stops_before_aws_is_asked(environ, says):
    with pytest.raises(InvalidInput) as caught:
        resolve([parse("webhook=secret:x"), parse("slack=env:SLACK_URL")], cloud=no_cloud, environ=environ)
    assert says in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.fixture
def aws(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield lambda region: Aws(Access(region=region or "eu-west-1"), sleep=lambda _: None)


def test_secrets_and_parameters(aws):
    boto3.client("secretsmanager", "eu-west-1").create_secret(Name="slack", SecretString=f'{{"url": "{URL}"}}')
    elsewhere = boto3.client("secretsmanager", "us-east-1").create_secret(Name="hook", SecretString=f"{URL}\n")["ARN"]
    ssm = boto3.client("ssm", "eu-west-1")
    ssm.put_parameter(Name="/alerts/url", Type="SecureString", Value=URL)
    ssm.put_parameter(Name="/alerts/list", Type="StringList", Value=f"{URL},{URL}")
    texts = ["slack=secret:slack#url", f"webhook=secret:{elsewhere}", "slack=ssm:/alerts/url"]
    found = resolve([parse(t) for t in texts], cloud=aws, environ={})
    assert [r.address.reveal() for r in found] == [URL] * 3
    assert [r.label for r in found] == texts
    for text, says in (
        ("slack=secret:none", "there is no secret none in this account and Region"),
        ("slack=secret:slack#uri", "the secret slack has no key uri"),
        ("slack=secret:slack", "a space or a non-printable character"),
        ("slack=ssm:/alerts/list", "the parameter is a list"),
        ("slack=ssm:/none", "there is no parameter /none"),
    ):
        with pytest.raises(InvalidInput) as caught:
            resolve([parse(text)], cloud=aws, environ={})
        assert says in str(caught.value)
        assert TOKEN not in str(caught.value)


def test_aws_that_cannot_be_asked_is_no_mistake_of_the_user():
    def busy(name, _):
        raise Busy(name, "ThrottlingException", "slow down")

    with pytest.raises(Busy):
        resolve([parse("slack=secret:x")], cloud=FakeCloud(busy), environ={})
    with pytest.raises(Busy):
        resolve([parse("eventbridge=x")], cloud=FakeCloud(busy), environ={})


def test_the_default_bus_needs_no_look():
    found = resolve([parse("eventbridge=default"), parse(f"sns={TOPIC}")], cloud=no_cloud, environ={})
    assert [(r.arn, r.region) for r in found] == [("default", ""), (TOPIC, "eu-west-1")]


def test_a_receiver_without_a_url_has_no_address():
    with pytest.raises(AssertionError, match="sns"):
        Receiver(SNS, "sns", arn=TOPIC).address.reveal()


def test_reading_the_option_imports_nothing_heavy():
    heavy = ("boto3", "requests", "urllib3", "pydantic", "yaml")
    code = f"import sys, reconciler.notify; print([m for m in {heavy} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
