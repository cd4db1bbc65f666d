"""What the two commands print, in every form; what is refused; and where a stack is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.errors import InvalidInput
from reconciler.importing.cloudformation.stack import whereabouts
from reconciler.importing.cloudformation.stack_listing import StackItem, StackListing, Whereabouts, read_listing

STACK = "arn:aws:cloudformation:eu-central-1:111122223333:stack/quay/00000000-0000-4000-8000-000000000001"


def row(logical: str = "A", physical: str | None = "p", status: str = "CREATE_COMPLETE", **more: Any) -> dict[str, Any]:
    found = {"LogicalResourceId": logical, "ResourceType": "AWS::X", "ResourceStatus": status, **more}
    return {**found, "PhysicalResourceId": physical} if physical is not None else found


def read(answer: Any) -> StackListing:
    return read_listing("r.json", json.dumps(answer))


@pytest.mark.parametrize(
    "answer",
    [
        {"StackResources": [row()]},
        {"StackResourceSummaries": [row()]},
        [row()],
        [{"StackResourceSummaries": [row()]}],
        row(),
    ],
)
def test_every_form_is_read(answer):
    assert read(answer).items == {"A": StackItem("A", "AWS::X", "p", "CREATE_COMPLETE")}


def test_pages_are_joined():
    pages = [{"StackResourceSummaries": [row("A")], "NextToken": "t"}, {"StackResourceSummaries": [row("B")]}]
    found = read(pages)
    assert list(found.items) == ["A", "B"]
    assert found.complete


@pytest.mark.parametrize(
    ("answer", "complete"),
    [
        ({"StackResourceSummaries": [row()], "NextToken": "t"}, False),
        ({"StackResources": [row(f"A{n}") for n in range(100)]}, False),
        ({"StackResources": [row(f"A{n}") for n in range(99)]}, True),
        ({"StackResourceSummaries": [row(f"A{n}") for n in range(100)]}, True),
    ],
)
def test_a_list_that_is_cut_is_known_as_such(answer, complete):
    assert read(answer).complete is complete


@pytest.mark.parametrize("status", ["DELETE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED", "DELETE_SKIPPED"])
def test_what_is_deleted_is_not_there(status):
    assert read([row("A", status=status), row("B")]).items.keys() == {"B"}


def test_a_resource_without_an_id_has_none():
    found = read([row("A", None, "CREATE_IN_PROGRESS")])
    assert found.physical_id("A") == found.physical_id("Nobody") == ""


def test_the_stack_says_where_it_is():
    found = read({"StackResources": [row(StackId=STACK)]})
    assert (found.name, found.region, found.account, found.stack_id) == ("quay", "eu-central-1", "111122223333", STACK)
    assert (read([row()]).name, read([row()]).region) == ("", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "r.json: neither JSON nor YAML."),
        ("[" * 100_000, "r.json: neither JSON nor YAML."),
        ("5", "r.json: there are no resources of a stack in it."),
        ("{}", "r.json: there are no resources of a stack in it."),
        ('{"StackResources": []}', "r.json: there are no resources of a stack in it."),
        ('{"StackResources": [5]}', "r.json: there are no resources of a stack in it."),
        ('[{"LogicalResourceId": 5}]', "r.json: there are no resources of a stack in it."),
    ],
)
def test_something_else_is_refused(text, message):
    with pytest.raises(InvalidInput) as caught:
        read_listing("r.json", text)
    assert str(caught.value).startswith(message)
    assert str(caught.value).endswith(
        "Save the output of `aws cloudformation describe-stack-resources --stack-name NAME`."
    )


def test_too_much_is_refused():
    with pytest.raises(InvalidInput, match=r"larger than 5 MB"):
        read_listing("r.json", " " * 5_000_001)


def test_several_stacks_are_refused():
    with pytest.raises(InvalidInput) as caught:
        read([row("A", StackId=STACK), row("B", StackId=f"{STACK}2")])
    assert str(caught.value) == "r.json: the resources are of 2 stacks. Use a file for each, with its template."


def test_where_a_stack_is_comes_from_its_list_and_else_from_the_command_line():
    listed = StackListing(stack_id=STACK)
    assert whereabouts(listed) == Whereabouts("eu-central-1", "111122223333", "quay", STACK)
    assert whereabouts(listed, "eu-central-1", "111122223333", "quay") == whereabouts(listed)
    assert whereabouts(StackListing(), "eu-west-1", "1", "s") == Whereabouts("eu-west-1", "1", "s", "")
    for wrong in (("eu-west-1", "", ""), ("", "1", ""), ("", "", "s")):
        with pytest.raises(InvalidInput, match="correct one of the two"):
            whereabouts(listed, *wrong)
