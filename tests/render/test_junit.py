"""The form is Jenkins' junit-10.xsd, written out here as a table of what may stand where."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from reconciler.render import junit
from tests.render.found import REPORTS
from tests.render.golden import check

ALLOWED = {
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": (
        {
            "name",
            "tests",
            "failures",
            "errors",
            "time",
            "disabled",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
        },
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "assertions", "time", "classname", "status"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
}
REQUIRED = {"testsuite": {"name", "tests"}, "testcase": {"name"}}


def conforms(text: str) -> ET.Element:
    root = ET.fromstring(text.encode())  # noqa: S314 - our own text
    assert root.tag == "testsuites"
    for element in root.iter():
        attributes, children = ALLOWED[element.tag]
        assert set(element.attrib) <= attributes
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib)
        assert {child.tag for child in element} <= children
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("errors")) == sum(c.find("error") is not None for c in cases)
        assert int(suite.get("failures")) == sum(
            c.find("failure") is not None and c.find("error") is None for c in cases
        )
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
        assert len({c.get("name") for c in cases}) == len(cases)
    for name in ("tests", "failures", "errors"):
        assert int(root.get(name)) == sum(int(s.get(name)) for s in root)
    return root


@pytest.mark.parametrize("name", REPORTS)
def test_form_and_letters(name):
    text = junit.render(REPORTS[name])
    conforms(text)
    check(f"junit/{name}.xml", text)


def cases(name: str) -> dict[str, str]:
    found = conforms(junit.render(REPORTS[name])).iter("testcase")
    return {c.get("name"): c[0].tag if len(c) else "passed" for c in found}


def test_a_plan_has_a_case_for_each_object():
    assert cases("plan-full") == {
        "user_pool": "failure",
        "identity_providers/okta": "failure",
        "clients/web": "failure",
        "clients/mobile": "failure",
        "clients/spa": "failure",
        "groups/admins": "passed",
        "clients/old": "failure",
        "clients/tmp-test": "skipped",
        "identity_providers/Okta2": "skipped",
    }


def test_what_is_refused_is_an_error_even_if_it_would_change():
    assert cases("plan-refused") == {"user_pool": "error", "clients/web": "failure"}


def test_drift_that_fails_is_a_failure_and_what_could_not_be_read_an_error():
    assert cases("drift-full")["clients/web CallbackURLs"] == "failure"
    assert cases("drift-full")["user_pool UserPoolTier"] == "skipped"
    assert cases("drift-none") == {"Coverage": "passed"}
    assert cases("drift-incomplete")["clients/web"] == "error"


def test_an_expired_rule_fails_as_the_run_does():
    assert cases("drift-expired") == {"Ignore rules": "failure", "Coverage": "passed"}


def test_validation_has_a_suite_for_each_file():
    root = conforms(junit.render(REPORTS["validate-wrong"]))
    found = {s.get("name"): (s.get("tests"), s.get("failures")) for s in root}
    assert found == {"pools/c.yaml": ("1", "0"), "-": ("1", "1"), "pools/a b.yaml": ("2", "2"), "manifests": ("0", "0")}


def test_the_text_is_the_difference():
    root = conforms(junit.render(REPORTS["plan-full"]))
    failure = root.find(".//testcase[@name='user_pool']/failure")
    assert failure.text.splitlines()[:3] == [
        "pools/customers.yaml:6:3",
        '- DeletionProtection = "INACTIVE"',
        '+ DeletionProtection = "ACTIVE"',
    ]
