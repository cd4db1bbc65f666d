"""Who changed or deleted a parameter of an output: by the name that CloudTrail has of it."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.drift.attribution import Trail
from reconciler.drift.parameter_authors import attributed
from reconciler.errors import Denied
from reconciler.model import Address, Drift, Finding, FindingClass, Target, Tree
from tests.engine.test_drift import FakeTrail, event
from tests.support import Clock

CHANGED, MISSING = FindingClass.CHANGED, FindingClass.MISSING
ARN = "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/web/issuer"
TARGET = Target("123456789012", "eu-west-1", "customers", "eu-west-1_Abc", "m.yaml")


def of(cls: FindingClass, place: str = "ssm:/shop/web", *path: str) -> Finding:
    address = Address("customers", "outputs", place)
    return Finding(f"{cls.value} {place} {path}", cls, address, path, None, None, "error", True)


def ssm(name: str, minute: int, request: Tree, **more: Any) -> Tree:
    return event(name, minute, request, **{"eventSource": "ssm.amazonaws.com", **more})


def asked(found: Finding, *events: Tree, cloud: FakeTrail | None = None) -> Drift:
    clock = Clock()
    trail = Trail(cloud or FakeTrail(list(events)), clock=clock, sleep=clock.sleep)
    return attributed(Drift(TARGET, (found,), 1), trail)


def author(drift: Drift) -> str:
    (found,) = drift.findings
    return found.attribution.event_id if found.attribution else ""


ISSUER = of(CHANGED, "ssm:/shop/web", "issuer")
GONE = of(MISSING, "ssm:/shop/web", "issuer")


@pytest.mark.parametrize("name", ["/shop/web/issuer", ARN])
def test_the_newest_write_of_the_parameter_is_the_one(name: str) -> None:
    found = asked(
        ISSUER,
        ssm("PutParameter", 5, {"name": name}),
        ssm("PutParameter", 6, {"name": name}),
        ssm("PutParameter", 7, {"name": name}, errorCode="AccessDenied"),
        ssm("PutParameter", 8, {"name": "/shop/web/issuer2"}),
        ssm("PutParameter", 9, {"name": "/other/shop/web/issuer"}),
        event("PutParameter", 10, {"name": name}),
        ssm("DeleteParameter", 11, {"name": name}),
    )
    assert author(found) == "event-6"


@pytest.mark.parametrize(
    "deletion",
    [
        ssm("DeleteParameter", 5, {"name": "/shop/web/issuer"}),
        ssm("DeleteParameters", 5, {"names": ["/shop/web/domain", "/shop/web/issuer"]}),
    ],
)
def test_a_parameter_that_is_gone_was_deleted_alone_or_with_others(deletion: Tree) -> None:
    older = ssm("DeleteParameter", 3, {"name": "/shop/web/issuer"})
    assert author(asked(GONE, older, deletion, ssm("PutParameter", 7, {"name": "/shop/web/issuer"}))) == "event-5"


def test_without_an_event_there_is_no_author() -> None:
    found = asked(ISSUER, ssm("PutParameter", 5, {"name": "/shop/web/domain"}))
    assert (author(found), found.notices) == ("", ())


def test_of_a_file_nothing_is_known_and_nothing_is_asked() -> None:
    cloud = FakeTrail([])
    found = asked(of(CHANGED, "src/amplify_outputs.json"), cloud=cloud)
    assert [n.message for n in found.notices] == [
        "Who changed outputs/src/amplify_outputs.json is not known: CloudTrail records nothing about files.",
    ]
    assert not cloud.asked


class Refusing(FakeTrail):
    def call(self, service: str, operation: str, params: Any) -> Tree:
        raise Denied(f"{service}:{operation}", "AccessDeniedException", "no")


def test_without_permission_the_run_goes_on_with_one_note() -> None:
    found = asked(ISSUER, cloud=Refusing([]))
    assert [n.message for n in found.notices] == ["Attribution was not possible: missing cloudtrail:LookupEvents."]
    assert author(found) == ""
