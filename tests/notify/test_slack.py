from __future__ import annotations

import json

import pytest

from reconciler.notify import slack, sns, webhook
from reconciler.notify.batch import batch
from tests.notify.golden import check
from tests.notify.support import effect, finding, fresh, full, gap, many, pool, rendered, report, weak
from tests.render.samples import LITERAL

HOSTILE = "<!channel> <https://evil.example|x> `*b*` & \u202e @here\n_i_"

REPORTS = {
    "drift": rendered("full"),
    "all": full(),
    "parts": many(29),
    "hostile": report(
        finding(
            1, pool(), address=f"customers/groups/{HOSTILE}", path=HOSTILE, wanted=HOSTILE, live={HOSTILE: HOSTILE}
        ),
        gaps=(gap(2, pool(), reason=HOSTILE),),
    ),
    "long": report(finding(1, pool(), wanted="&" * 1_000, live=list(range(500)))),
    "hidden": report(
        finding(
            1,
            pool(),
            wanted={"$sensitive": True},
            live={"Image": {"$bytes": {"length": 7, "sha256": "ab" * 32}}, "Id": {"$unknown": "(known after apply)"}},
        )
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_letter_by_letter(name):
    payloads = [payload for _, payload in slack.messages(batch(REPORTS[name]))]
    check(f"slack-{name}.json", json.dumps(payloads, indent=2, ensure_ascii=False) + "\n")


@pytest.mark.parametrize("name", REPORTS)
def test_mails_letter_by_letter(name):
    found = [params for _, params in sns.messages(batch(REPORTS[name]))]
    text = "\n".join(f"Subject: {p['Subject']}\n\n{json.loads(p['Message'])['email']}" for p in found)
    check(f"mail-{name}.txt", text)


def test_nothing_that_slack_would_obey_gets_through():
    text = json.dumps([payload for _, payload in slack.messages(fresh(REPORTS["hostile"]))], ensure_ascii=False)
    assert "<" not in text
    assert ">" not in text
    assert "&lt;!channel&gt;" in text
    blocks = json.loads(text)[0]["blocks"]
    for section in (b["text"] for b in blocks if b["type"] == "section"):
        assert section["verbatim"] is True
        assert section["text"].count("`") % 2 == 0


def test_values_that_are_hidden_stay_hidden():
    new = batch(rendered("full"))
    for text in (
        json.dumps(slack.messages(new)[0][1]),
        sns.messages(new)[0][1]["Message"],
        webhook.bodies(new)[0][1].decode(),
    ):
        assert "sensitive" in text
        assert LITERAL not in text


def test_a_text_is_cut_between_characters():
    assert slack.escaped("a<b", 100) == "a&lt;b"
    assert slack.escaped("&" * 50, 40) == "&amp;" * 4 + "… (50 characters)"
    assert slack.escaped("🎉" * 50, 40) == "🎉" * 11 + "… (50 characters)"


@pytest.mark.parametrize("cls", ["changed", "undeclared"])
def test_long_values_show_where_they_differ(cls):
    role = "arn:aws:iam::123456789012:role/" + "department-" * 30
    one, other = [f"{role}finance-reader"], [f"{role}finance-admin-full-access"]
    tree = report(finding(1, pool(), **{"class": cls, "wanted": one, "live": other}))
    mail = json.loads(next(iter(sns.messages(batch(tree))))[1]["Message"])["email"]
    message = json.dumps([payload for _, payload in slack.messages(batch(tree))], ensure_ascii=False)
    for shown in (mail, message):
        assert "finance-reader" in shown
        assert "finance-admin-full-access" in shown


# --- what weakens --------------------------------------------------------------------------------------------------

WHO = {
    "principal": "arn:aws:sts::123456789012:assumed-role/Dev/mallory",
    "event": "UpdateUserPoolClient",
    "time": "2026-11-01T10:12:00Z",
    "event_id": "event-12",
    "source_address": "192.0.2.7",
    "console": True,
    "ours": False,
}
CALM, DANGER = pool("calm"), pool("danger", pool_id="eu-west-1_Danger000")
WEAK = report(
    finding(1, CALM),
    weak(2, CALM, effect("mixed", "medium")),
    finding(3, DANGER),
    weak(
        4,
        DANGER,
        effect(
            risk="critical", undo="What users change meanwhile stays.", reversible=False, tokens="Tokens stay valid."
        ),
        attribution=WHO,
    ),
    weak(5, DANGER, *(effect(below=[f"A{n}"]) for n in range(4)), **{"class": "unmanaged", "path": ""}),
    pools=(CALM, DANGER),
)


def test_what_weakens_letter_by_letter():
    (payload,) = [payload for _, payload in slack.messages(batch(WEAK))]
    check("slack-weak.json", json.dumps(payload, indent=2, ensure_ascii=False) + "\n")
    (params,) = [params for _, params in sns.messages(batch(WEAK))]
    check("mail-weak.txt", f"Subject: {params['Subject']}\n\n{json.loads(params['Message'])['email']}")


def test_the_worst_comes_first_of_all_pools_and_of_each():
    assert [int(a.id[-4:], 16) for a in batch(WEAK).alerts] == [4, 5, 3, 2, 1]
    assert [a.number for a in batch(WEAK).alerts] == [0, 1, 2, 3, 4]


def test_a_subject_and_an_sms_begin_with_how_many_weaken():
    (params,) = [params for _, params in sns.messages(batch(WEAK))]
    said = "poolctl: 5 weaken, 1 may weaken: 5 new findings in 2 pools"
    assert params["Subject"] == said
    assert json.loads(params["Message"])["sms"] == said


def test_who_did_it_comes_before_the_values():
    text = json.loads(sns.messages(batch(WEAK))[0][1]["Message"])["email"]
    places = [text.index(word) for word in ("weakens (changed)", "Codes are sent", "mallory", "manifest: ")]
    assert places == sorted(places)


def test_no_section_exceeds_what_slack_takes():
    huge = "&" * 5_000
    found = weak(1, pool(), *(effect(below=[f"{huge}{n}"], who=huge, undo=huge) for n in range(9)), attribution=WHO)
    (payload,) = [payload for _, payload in slack.messages(batch(report({**found, "wanted": huge, "live": huge})))]
    assert all(len(b["text"]["text"]) <= 3_000 for b in payload["blocks"] if b["type"] == "section")
