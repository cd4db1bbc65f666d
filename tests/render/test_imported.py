"""Conversions of other tools' definitions, for people and for programs."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from reconciler.importing.handing_over import HandOver, HandOverStep
from reconciler.importing.owned import Leftover, Unmapped
from reconciler.model import Address, Gap
from reconciler.render.human import imported_text
from reconciler.render.machine import imported_json
from reconciler.render.output_schemas import output_schema
from reconciler.render.subjects import ImportedDocument, ImportedObject, ImportReport, NeededSecret, RenderOptions
from tests.render.golden import check

HAND_OVER = HandOver(
    "Terraform 1.11.4",
    (
        HandOverStep("Plan. There must be no changes.", "poolctl plan --detailed-exitcode pools\n", "shell"),
        HandOverStep("Add these blocks to the root module.", "removed {\n  from = aws_a.b\n\n  x = 1\n}\n", "hcl"),
        HandOverStep("Only now apply."),
    ),
)
POOL = ImportedDocument(
    "customers",
    "UserPool",
    "eu-west-1_AbCdEf123",
    "123456789012",
    "eu-west-1",
    "customers.yaml",
    (
        ImportedObject("user_pool", "aws_cognito_user_pool.this"),
        ImportedObject("identity_providers/Google", 'module.a["x"].aws_cognito_identity_provider.google'),
    ),
    (
        NeededSecret(
            "$secret poolctl/c#client_secret", "identity_providers/Google.ProviderDetails.client_secret", True
        ),
        NeededSecret("$secret poolctl/c#private_key", "identity_providers/Apple.ProviderDetails.private_key", False),
    ),
    ("The user pool carries the tags of the CloudFormation stack web, which may manage it too.",),
    (Gap(Address("customers", "groups"), "ListGroups", "not allowed", "AccessDeniedException"),),
)
BARE = ImportedDocument("eu-west-1_Zz", "UserPool", "eu-west-1_Zz", "", "eu-west-1", "eu-west-1_Zz.yaml", ())

UNMAPPED = (
    Unmapped("aws_iam_role.sms", "belongs to another service.", Leftover.SERVICE),
    Unmapped("aws_cognito_user.a", "is a user.", Leftover.PEOPLE),
    Unmapped("aws_lambda_permission.p", "belongs to another service.", Leftover.SERVICE),
    Unmapped("aws_cognito_user_group.t", "is tainted.", Leftover.ALARMING),
    Unmapped("aws_cognito_user_group.g", "is gone.", Leftover.GONE),
    Unmapped("aws_cognito_user_pool.this.tags_all.a", "is a tag.", Leftover.MEMBER),
    Unmapped("condition IsLive", "is true in this stack.", Leftover.CONDITION),
    Unmapped("data.aws_region.here", "is a data source.", Leftover.READ),
)
REPORTS = {
    "live": ImportReport((POOL,), UNMAPPED, (("eu-west-1_Gone", "There is none.\nLook."),), HAND_OVER, True),
    "offline": ImportReport((BARE,), (), (), HAND_OVER, False),
    "nothing": ImportReport((), (), (("a", "x"), ("b", "y")), HAND_OVER, True),
}
VALIDATOR = Draft202012Validator(json.loads(output_schema("import")))


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name):
    check(f"import-{name}.txt", imported_text.imported(REPORTS[name]))
    text = imported_json.imported(REPORTS[name])
    VALIDATOR.validate(json.loads(text))
    check(f"import-{name}.json", text)


def test_what_must_be_settled_comes_before_the_rest_and_the_hand_over_last():
    text = imported_text.imported(REPORTS["live"])
    heads = ["customers.yaml", "Not converted", *(why.value for why in Leftover), "To hand over"]
    assert [text.index(head) for head in heads] == sorted(text.index(head) for head in heads)


def test_every_category_has_a_name_in_the_schema():
    categories = {u["category"] for u in json.loads(imported_json.imported(REPORTS["live"]))["not_mapped"]}
    schema = json.loads(output_schema("import"))
    assert categories == set(schema["$defs"]["UnmappedEntry"]["properties"]["category"]["enum"])


def test_colour_only_repeats_what_words_say():
    colored = imported_text.imported(REPORTS["live"], RenderOptions(color=True))
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == imported_text.imported(REPORTS["live"])


def test_nothing_acts_on_the_terminal():
    evil = "\x1b[2J"
    one = POOL._replace(name=evil, file=evil, objects=(ImportedObject(evil, evil),), notices=(evil,))
    step = HandOverStep(evil, f"{evil}\n", "hcl")
    report = ImportReport(
        (one,), (Unmapped(evil, evil, Leftover.GONE),), ((evil, evil),), HandOver(evil, (step,)), True
    )
    assert "\x1b" not in imported_text.imported(report)
