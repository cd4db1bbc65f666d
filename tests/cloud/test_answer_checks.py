"""What a body has to be, and what an answer always has (decision 14): the checks alone."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.session import get_session
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cloud.answers import OTHER_SERVICES, BodyCheck, Expected, LostAnswer, require_whole
from reconciler.cloud.port import pages, required
from reconciler.errors import NoAnswer
from reconciler.kinds import KINDS
from reconciler.kinds.expected import expected_answers

SESSION = get_session()
EXPECTED = {**OTHER_SERVICES, **expected_answers(KINDS.values())}


def model(service: str, operation: str) -> Any:
    return SESSION.get_service_model(service).operation_model(operation)


def check(service: str, operation: str, body: bytes, status: int = 200, **headers: str) -> None:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    BodyCheck()(model(service, operation), {"status_code": status, "headers": named, "body": body})


SAMPLES = Path(__file__).parents[1] / "samples"


def recorded():
    for entry in json.loads((SAMPLES / "INDEX.json").read_text()):
        service = "cognito-identity" if "__cognito-identity__" in entry["file"] else "cognito-idp"
        yield pytest.param(service, entry["operation"], (SAMPLES / entry["file"]).read_text(), id=entry["file"])


@pytest.mark.parametrize(("service", "operation", "text"), [*recorded()])
def test_a_recorded_answer_is_one(service, operation, text):
    require_whole(model(service, operation), json.loads(text), EXPECTED.get((service, operation), Expected()))


def test_what_answers_nothing_may_be_empty_and_must_be_json():
    for operation in ("DeleteGroup", "UpdateUserPool", "TagResource"):
        check("cognito-idp", operation, b"")
        check("cognito-idp", operation, b"{}")
        for body in (b"<html>", b"[]", b"null", b"{"):
            with pytest.raises(LostAnswer):
                check("cognito-idp", operation, body)
    with pytest.raises(LostAnswer, match=r"\(HTTP 200\) is empty"):
        check("cognito-idp", "ListGroups", b"")


NOT_FOUND = b'{"__type":"ResourceNotFoundException","message":"There is none."}'


@pytest.mark.parametrize("operation", ["DescribeTermsByClient", "DeleteGroup"])
@pytest.mark.parametrize("status", [400, 404])
def test_a_refusal_whose_code_was_cut_off_is_lost(operation, status):
    check("cognito-idp", operation, NOT_FOUND, status, content_length=str(len(NOT_FOUND)))
    for cut in (b"", NOT_FOUND[:1], NOT_FOUND[:30], NOT_FOUND[:-1]):
        with pytest.raises(LostAnswer, match=rf"\(HTTP {status}\) is cut off"):
            check("cognito-idp", operation, cut, status, content_length=str(len(NOT_FOUND)))
    for cut in (NOT_FOUND[:1], NOT_FOUND[:30], NOT_FOUND[:-1]):
        with pytest.raises(LostAnswer, match="is cut off or not JSON"):
            check("cognito-idp", operation, cut, status)


def test_an_answer_with_less_than_was_announced_is_lost():
    with pytest.raises(LostAnswer, match="is cut off"):
        check("cognito-idp", "DeleteGroup", b"", content_length="2")
    check("cognito-idp", "DeleteGroup", b"{}", content_length="22", content_encoding="gzip")


def test_other_errors_are_not_judged_here():
    check("cognito-idp", "ListGroups", b"<html>", 500)
    check("cognito-idp", "ListGroups", b"{", 503, content_length="9")
    check("cognito-idp", "ListGroups", b"<html>", 403)
    check("cognito-idp", "ListGroups", b"", 404)


@pytest.mark.parametrize(
    ("operation", "tree", "where"),
    [
        ("ListGroups", {"Groups": [{"Precedence": "1"}]}, "a string as Groups[].Precedence, which is of type integer"),
        ("ListGroups", {"Groups": [None]}, "null as Groups[], which is of type structure"),
        ("ListGroups", {"NextToken": 5}, "a number as NextToken, which is of type string"),
        ("DescribeUserPool", {"UserPool": {"UserPoolTags": {"a": 1}}}, "a number as UserPool.UserPoolTags{}, which"),
        ("DescribeUserPool", {"UserPool": {"CreationDate": True}}, "a truth value as UserPool.CreationDate, which"),
        ("GetIdentityPoolRoles", {"Roles": []}, "a list as Roles, which is of type map"),
    ],
)
def test_the_message_names_the_member_and_no_value(operation, tree, where):
    service = "cognito-identity" if "IdentityPool" in operation else "cognito-idp"
    with pytest.raises(LostAnswer) as caught:
        check(service, operation, json.dumps(tree).encode())
    assert where in str(caught.value)


def test_what_the_service_model_does_not_know_is_not_looked_at():
    check("cognito-idp", "ListGroups", b'{"Groups": [{"New": [1, {"a": null}]}], "NextToken": null, "Later": 1}')


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=20) | JSON.map(lambda tree: json.dumps(tree).encode()))
def test_any_body_is_an_answer_or_lost(body):
    for operation in ("GetUserPoolMfaConfig", "ListUserPools", "DeleteGroup"):
        with suppress(LostAnswer):
            check("cognito-idp", operation, body)


def test_each_read_of_each_kind_expects_something():
    """An empty map is an answer only where the kind says so, or where an empty object has a meaning."""
    for kind in KINDS.values():
        for operation in kind.reads:
            expected = EXPECTED[kind.service, operation]
            if expected.may_lack:
                require_whole(model(kind.service, operation), {}, expected)
                continue
            with pytest.raises(LostAnswer):
                require_whole(model(kind.service, operation), {}, expected)


def test_an_unknown_domain_is_an_answer():
    operation = ("cognito-idp", "DescribeUserPoolDomain")
    require_whole(model(*operation), {"DomainDescription": {}}, EXPECTED[operation])
    with pytest.raises(LostAnswer, match="has no DomainDescription"):
        require_whole(model(*operation), {}, EXPECTED[operation])


class OnePage:
    """A cloud that has one answer."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    def call(self, service: str, operation: str, params: object) -> dict[str, Any]:
        return self.answer


@pytest.mark.parametrize("answer", [{}, {"Groups": None}, {"NextToken": "t"}])
def test_a_page_without_items_is_not_an_empty_page(answer):
    with pytest.raises(NoAnswer, match="cognito-idp:ListGroups: IncompleteAnswer: the answer has no Groups"):
        list(pages(OnePage(answer), "cognito-idp", "ListGroups", {}, "Groups"))
    assert list(pages(OnePage({"Groups": []}), "cognito-idp", "ListGroups", {}, "Groups")) == []
    assert required({"a": ""}, "a", "s:o") == ""
