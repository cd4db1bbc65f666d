from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from reconciler.model import Call, Sent, Started, Waiting
from reconciler.render import jsonl, redact
from reconciler.render.output_schemas import output_schema
from tests.render.found import DRIFTS, VALIDATED
from tests.render.golden import check
from tests.render.samples import APPLIED, PLANS, WEB, Applied, secret
from tests.render.through_door import result

SCHEMA = Draft202012Validator(json.loads(output_schema("events")))

STREAMS = {
    **{f"plan-{n}": jsonl.plan(redact.plans(p)) for n, p in PLANS.items()},
    **{f"apply-{n}": jsonl.apply(redact.applied(a)) for n, a in APPLIED.items()},
    **{f"drift-{n}": jsonl.drift(result(d)) for n, d in DRIFTS.items()},
    **{f"validate-{n}": jsonl.validate(v) for n, v in VALIDATED.items()},
}


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("name", STREAMS)
def test_letter_by_letter(name):
    check(f"jsonl/{name}.jsonl", STREAMS[name])
    found = lines(STREAMS[name])
    assert found[0]["type"] == "version"
    assert found[-1]["type"].endswith("_summary")
    for line in found:
        SCHEMA.validate(line)
        assert list(line)[:3] == ["@level", "@message", "@module"]
        assert line["@level"] in ("debug", "info", "warn", "error")
        assert line["@message"].isprintable()
        assert "@timestamp" not in line


def test_times_stand_in_it_only_with_a_clock():
    said: list[str] = []
    stream = jsonl.Stream(said.append, lambda: "2026-01-02T03:04:05.000000Z")
    stream.begin(redact.plans(PLANS["unchanged"]))
    stream.end(redact.applied(APPLIED["idle"]))
    found = lines("".join(said))
    assert [list(line)[3] for line in found] == ["@timestamp"] * len(found)
    assert {line["@timestamp"] for line in found} == {"2026-01-02T03:04:05.000000Z"}


def test_a_planned_change_tells_from_what_to_what():
    okta = next(line["change"] for line in lines(STREAMS["plan-full"]) if "okta" in line["@message"])
    assert okta["action"] == "update"
    assert okta["resource"]["addr"] == "customers-prod/identity_providers/okta"
    assert okta["before"]["ProviderDetails"] == {"client_secret": {"$sensitive": True}, "authorize_scopes": "openid"}
    assert okta["paths"][0] == "ProviderDetails.client_secret"


def test_an_apply_tells_what_became_of_it():
    found = [line["type"] for line in lines(STREAMS["apply-stopped"]) if line["type"].startswith("apply_")]
    assert found == ["apply_start", "apply_complete", "apply_errored", "apply_skipped"]
    summary = lines(STREAMS["apply-stopped"])[-1]
    assert summary["changes"] == {
        "add": 0, "change": 1, "remove": 0, "outputs": 0, "failed": 1, "not_started": 2, "converged": False,
        "operation": "apply",
    }  # fmt: skip
    assert summary["@level"] == "error"


def test_drift_has_ids_and_who_did_it():
    first = next(line for line in lines(STREAMS["drift-full"]) if line["type"] == "resource_drift")["change"]
    assert (first["id"], first["class"], first["path"]) == ("poolctl-00000000000000a1", "changed", "CallbackURLs")
    assert first["attribution"]["event"] == "UpdateUserPoolClient"
    assert lines(STREAMS["drift-full"])[-1]["drift"] == {
        "findings": 5, "failing": 4, "suppressed": 2, "expired": 0, "read": 12, "unread": 0,
    }  # fmt: skip


def test_calls_are_named_and_their_parameters_are_not():
    call = Call("cognito-idp", "UpdateUserPoolClient", {"ClientSecret": secret(), "ClientName": "not-shown"})
    events = (Started(WEB), Sent(WEB.address, call, 0.25), Waiting(WEB.address, 10, "UPDATING"))
    text = jsonl.apply(redact.applied(Applied((), events)))
    started, sent, waiting = lines(text)[1:4]
    for line in (started, sent, waiting):
        SCHEMA.validate(line)
    assert sent["hook"]["call"] == {"service": "cognito-idp", "operation": "UpdateUserPoolClient"}
    assert "not-shown" not in text
    assert (waiting["type"], waiting["hook"]["status"]) == ("apply_progress", "UPDATING")
