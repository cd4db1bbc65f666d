"""Tables of published facts are one file, which the engine and the embedded Cognito read on their own."""

from __future__ import annotations

from reconciler.local import attribute_schema, published_facts
from schemas import published
from schemas.user_pool import STANDARD_ATTRIBUTES


def test_both_read_the_same_tables_and_share_no_object() -> None:
    assert published_facts.PUBLISHED == published.PUBLISHED
    assert published_facts.PUBLISHED is not published.PUBLISHED


def test_the_standard_attributes_are_those_of_cognito_md() -> None:
    assert len(STANDARD_ATTRIBUTES) == 21
    assert tuple(STANDARD_ATTRIBUTES) == attribute_schema.ORDER
    assert STANDARD_ATTRIBUTES["sub"]["Required"] is True
    assert STANDARD_ATTRIBUTES["birthdate"]["StringAttributeConstraints"] == {"MinLength": "10", "MaxLength": "10"}


def test_an_answer_can_be_changed_without_changing_the_table() -> None:
    attribute_schema.standard("email")["StringAttributeConstraints"]["MaxLength"] = "1"
    assert attribute_schema.standard("email")["StringAttributeConstraints"]["MaxLength"] == "2048"
