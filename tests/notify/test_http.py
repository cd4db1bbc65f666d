from __future__ import annotations

import hashlib
import json
import logging
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jsonschema import Draft202012Validator

from reconciler import __version__
from reconciler.errors import Busy
from reconciler.model import Secret
from reconciler.notify import Notified, Receiver, notify
from reconciler.notify.posting import Answer, Unanswered, over_http
from reconciler.render.output_schemas import output_schema
from tests.notify.support import NAMED, TOKEN, FakeCloud, Waits, finding, full, many, no_cloud, pool, report, serving

SCHEMA = Draft202012Validator(json.loads(output_schema("notification")))
NOON = 1_900_000_000.0


def to(local, kind="webhook"):
    return Receiver(NAMED[kind], f"{kind}=env:HOOK", Secret(local.url, "test"))


def send(tree, *receivers, notified=frozenset(), **other):
    waits = Waits()
    result = notify(tree, receivers, notified, **{"cloud": no_cloud, "sleep": waits, "now": lambda: NOON, **other})
    return result, waits.seconds


def alerts(tree):
    return {f["id"] for f in tree["findings"] if f["fails"]} | {
        e["id"] for e in (*tree["coverage"]["gaps"], *tree["refusals"], *tree["expired"])
    }


def test_a_webhook_gets_what_is_new_as_the_schema_says():
    with serving() as local:
        result, waited = send(full(), to(local))
    assert (result, waited) == (Notified(frozenset(), (), 1), [])
    [request] = local.requests
    body = json.loads(request.body)
    SCHEMA.validate(body)
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["User-Agent"] == f"poolctl/{__version__}"
    assert request.headers["X-Poolctl-Delivery"] == hashlib.sha256(request.body).hexdigest()
    assert (body["part"], body["parts"], body["complete"]) == (1, 1, False)
    found = [e["id"] for place in ("findings", "gaps", "refusals", "expired") for e in body[place]]
    assert set(found) == alerts(full())
    assert len(found) == 7
    assert "poolctl-00000000000000a5" not in found, "a note does not fail, and wakes nobody"


def test_slack_gets_it_too():
    with serving() as local:
        result, _ = send(full(), to(local, "slack"))
    assert result == Notified(frozenset(), (), 1)
    assert json.loads(local.requests[0].body)["blocks"][0]["type"] == "header"


@pytest.mark.parametrize("kind", ["webhook", "slack"])
def test_nothing_new_sends_nothing(kind):
    def silent(*_):
        raise AssertionError

    assert send(full(), to(serving_nothing(), kind), notified=frozenset(alerts(full())), post=silent)[0].sent == 0
    assert send(report(), to(serving_nothing(), kind), post=silent)[0] == Notified(frozenset(), (), 0)


def serving_nothing():
    class Nowhere:
        url = f"http://127.0.0.1:9/{TOKEN}"

    return Nowhere()


def test_what_was_told_is_left_out():
    of = pool()
    with serving() as local:
        notified = frozenset([finding(1, of)["id"]])
        result, _ = send(report(finding(1, of), finding(2, of)), to(local), notified=notified)
    assert [f["id"] for f in json.loads(local.requests[0].body)["findings"]] == [finding(2, of)["id"]]
    assert result.undelivered == frozenset()


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize("first", [(500, {}, ""), (503, {}, "busy"), (408, {}, ""), (429, {}, ""), None])
def test_what_may_pass_is_sent_again(kind, first):
    with serving(first, first) as local:
        result, waited = send(full(), to(local, kind))
    assert result == Notified(frozenset(), (), 1)
    assert len(local.requests) == 3
    assert len({r.body for r in local.requests}) == 1
    assert 0.5 <= waited[0] <= 1 <= waited[1] <= 2


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("7", 7, 7),
        ("3600", 60, 60),
        ("9" * 5000, 60, 60),
        (formatdate(NOON + 9, usegmt=True), 9, 9),
        (formatdate(NOON + 86400, usegmt=True), 60, 60),
        (formatdate(NOON - 86400, usegmt=True), 0.5, 1),
        ("0", 0.5, 1),
        ("-5", 0.5, 1),
        ("soon", 0.5, 1),
        ("²", 0.5, 1),
    ],
)
def test_a_receiver_may_say_when_to_come_again(header, least, most):
    answers = [Answer(429, "", header), Answer(200)]
    result, waited = send(full(), to(serving_nothing()), post=lambda *_: answers.pop(0))
    assert result.sent == 1
    assert least <= waited[0] <= most


def test_a_receiver_says_so_over_http():
    with serving(
        (429, {"Retry-After": "7"}, ""), (503, {"Retry-After": formatdate(NOON + 9, usegmt=True)}, "")
    ) as local:
        result, waited = send(full(), to(local))
    assert (result.sent, waited) == (1, [7, 9])


def test_after_five_attempts_it_is_undelivered():
    with serving(*[(500, {}, "")] * 5) as local:
        result, waited = send(full(), to(local))
    assert result.undelivered == alerts(full())
    assert (len(local.requests), len(waited), result.sent) == (5, 4, 0)
    assert result.failures == (
        "webhook=env:HOOK: 7 of 7 alerts were not delivered: HTTP 500 (Internal Server Error), after 5 attempts.",
    )


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 499])
def test_what_will_not_pass_is_not_sent_again(status):
    with serving((status, {}, f"Cannot POST /services/{TOKEN}")) as local:
        result, waited = send(full(), to(local))
    assert (len(local.requests), waited) == (1, [])
    assert result.undelivered == alerts(full())
    assert f"HTTP {status}" in result.failures[0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(status):
    with serving() as elsewhere, serving((status, {"Location": elsewhere.url}, "")) as local:
        result, _ = send(full(), to(local))
    assert elsewhere.requests == []
    assert len(local.requests) == 1
    assert result.undelivered == alerts(full())
    assert "redirect, which is not followed. Use the target URL." in result.failures[0]


@pytest.mark.parametrize("said", ["", "okay", "invalid_token", '{"ok": true}', f"no {TOKEN}"])
def test_slack_must_say_ok(said):
    with serving((200, {}, said)) as local:
        result, _ = send(full(), to(local, "slack"))
    assert len(local.requests) == 1
    assert result.undelivered == alerts(full())
    assert ("(invalid_token)" in result.failures[0]) == (said == "invalid_token")
    assert TOKEN not in result.failures[0]


def test_no_answer_in_time():
    def late(*_):
        raise Unanswered("no response within 10 s")

    result, waited = send(full(), to(serving_nothing()), post=late)
    assert len(waited) == 4
    assert "no response within 10 s, after 5 attempts." in result.failures[0]


def test_nobody_listens():
    with serving() as local:
        pass
    result, waited = send(full(), to(local))
    assert len(waited) == 4
    assert result.undelivered == alerts(full())
    assert "the connection failed" in result.failures[0]


# --- several messages, several receivers ---------------------------------------------------------------------------


def test_a_long_report_comes_in_parts_and_each_finding_once():
    tree = many(1500)
    with serving() as local:
        result, _ = send(tree, to(local))
    bodies = [json.loads(r.body) for r in local.requests]
    assert result == Notified(frozenset(), (), len(bodies))
    assert len(bodies) > 3
    assert [(b["part"], b["parts"]) for b in bodies] == [(n, len(bodies)) for n in range(1, len(bodies) + 1)]
    assert [f for b in bodies for f in b["findings"]] == tree["findings"]
    assert max(len(r.body) for r in local.requests) <= 200_000
    for body in bodies:
        SCHEMA.validate(body)


def test_a_message_at_fault_does_not_stop_the_others():
    with serving((200, {}, ""), (413, {}, "")) as local:
        result, _ = send(many(1500), to(local))
    bodies = [json.loads(r.body) for r in local.requests]
    assert len(bodies) == bodies[0]["parts"]
    assert result.undelivered == {f["id"] for f in bodies[1]["findings"]}
    assert result.sent == len(bodies) - 1


def test_a_receiver_that_is_gone_is_not_asked_for_every_part():
    with serving((200, {}, ""), (404, {}, "")) as local:
        result, _ = send(many(1500), to(local))
    assert len(local.requests) == 2
    first = {f["id"] for f in json.loads(local.requests[0].body)["findings"]}
    assert result.undelivered == alerts(many(1500)) - first


def test_slack_gets_a_message_a_second():
    with serving() as local:
        result, waited = send(many(100), to(local, "slack"))
    assert len(local.requests) == result.sent > 2
    assert waited == [1.0] * (result.sent - 1)


def test_one_that_is_down_does_not_stop_the_others():
    with serving() as up, serving(*[(500, {}, "")] * 5) as down:
        result, _ = send(full(), to(down), to(up, "slack"), to(up))
    assert result.undelivered == alerts(full())
    assert result.sent == 2
    assert [f.partition(":")[0] for f in result.failures] == ["webhook=env"]
    shown = up.requests[0].body.decode()
    assert all(i in shown for i in alerts(full()))


def test_a_defect_in_one_does_not_stop_the_others():
    def broken(*_):
        raise ZeroDivisionError(TOKEN)

    topic = Receiver(NAMED["sns"], "sns=arn", arn="arn:aws:sns:eu-west-1:123456789012:drift", region="eu-west-1")
    cloud = FakeCloud(lambda *_: {})
    result, _ = send(full(), to(serving_nothing()), topic, post=broken, cloud=cloud)
    assert result.undelivered == alerts(full())
    assert result.failures == ("webhook=env:HOOK: 7 of 7 alerts were not delivered: unexpected ZeroDivisionError.",)
    assert [call for _, call, _ in cloud.calls] == ["sns:Publish"]


def test_aws_errors_say_what_aws_said():
    def busy(name, _):
        raise Busy(name, "Throttled", "Rate exceeded", "r-1")

    topic = Receiver(NAMED["sns"], "sns=arn", arn="arn:aws:sns:eu-west-1:123456789012:drift", region="eu-west-1")
    result, _ = send(full(), topic, cloud=FakeCloud(busy))
    expected = "sns=arn: 7 of 7 alerts were not delivered: sns:Publish: Throttled: Rate exceeded (request r-1)."
    assert result.failures == (expected,)


# --- the canary ----------------------------------------------------------------------------------------------------

ANSWERS = {
    "taken": [],
    "gone": [(404, {}, f"Cannot POST /{TOKEN}")],
    "moved": [(302, {"Location": f"http://127.0.0.1/{TOKEN}"}, "")],
    "down": [(500, {}, TOKEN)] * 5,
    "closed": [None] * 5,
    "odd": [(200, {}, TOKEN)],
}


@pytest.mark.parametrize("kind", ["webhook", "slack"])
@pytest.mark.parametrize("case", ANSWERS)
def test_the_address_is_nowhere(kind, case, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(*ANSWERS[case]) as local:
        receiver = to(local, kind)
        result, _ = send(full(), receiver)
    records = [str(vars(r)) + r.getMessage() for r in caplog.records]
    for text in (repr(receiver), repr(result), *result.failures, *records):
        assert TOKEN not in text
        assert TOKEN[:8] not in text
    assert bool(result.undelivered) == bool(result.failures)


def test_the_address_is_in_no_exception():
    """urllib3 names the path when a connection is refused."""
    with serving() as local:
        pass
    with pytest.raises(Unanswered) as caught:
        over_http(Secret(local.url, "test"), b"{}", {})
    error = caught.value
    whole = "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
    assert TOKEN not in whole
    assert "the connection failed" in whole


@pytest.mark.parametrize("url", ["https://[::1", "https://exa mple.com/x", "https://" + "a" * 70 + ".example/" + TOKEN])
def test_an_address_that_is_none_is_a_failure_without_it(url):
    result, _ = send(full(), Receiver(NAMED["webhook"], "webhook=env:HOOK", Secret(url, "test")))
    assert result.undelivered == alerts(full())
    assert TOKEN not in str(result)


def test_tls_is_verified(tmp_path):
    with serving(certificate=self_signed(tmp_path)) as local:
        url = local.url.replace("http:", "https:")
        result, _ = send(full(), Receiver(NAMED["webhook"], "webhook=env:HOOK", Secret(url, "test")))
    assert local.requests == []
    assert result.undelivered == alerts(full())
    assert "the certificate could not be verified, or TLS failed, after 5 attempts" in result.failures[0]


def self_signed(tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(today).not_valid_after(today + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
    file = tmp_path / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return str(file)
