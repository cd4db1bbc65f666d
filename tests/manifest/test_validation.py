# ruff: noqa: E501 - what is expected of a message stands in one line
"""Checking one object: opaque leaves, conversions, what botocore knows, and words for every error pydantic can make."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InvalidManifest
from reconciler.manifests.documents import FAILED
from reconciler.manifests.loading import load
from reconciler.manifests.references.origin import Origin
from reconciler.manifests.validation.checking import check
from reconciler.manifests.validation.closed_words import meant
from reconciler.manifests.validation.conversion import convert
from reconciler.manifests.validation.error_words import WORDINGS, span
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.manifests.validation.shown_values import quoted
from reconciler.manifests.validation.unknown_keys import suggest_key, suggest_word
from reconciler.model import Position, Reference, Secret
from schemas.base import ApiModel, Deprecated, Name, Note, OneOf, Pattern, SecretKeys, Sensitive, SmsText, members
from schemas.checked import model_of
from schemas.limits import BeforeValidator, Field, StringConstraints
from schemas.terms import Terms

SECRET = "hunter2-hunter2"


def _even(value: object) -> object:
    if isinstance(value, int) and value % 2:
        raise ValueError("write an even number")
    return value


class Inner(ApiModel):
    Needed: Annotated[int, Field(ge=1, le=9)]
    Password: Annotated[str, Sensitive()] | None = None
    Mode: Annotated[str, OneOf(("FAST", "SLOW"))] | None = None


class ComparedObject(ApiModel):
    """Resembles a pool, and lacks nearly all that botocore knows about one."""

    INPUTS = (("cognito-idp", "CreateUserPool"), ("cognito-idp", "UpdateUserPool"))
    MOVED: ClassVar[dict[str, str]] = {"UserPoolId": "belongs elsewhere: write id"}

    Label: Name | None = None
    Count: Annotated[int, Field(ge=6, le=99)] | None = None
    Open: Annotated[int, Field(gt=0)] | None = None
    Low: Annotated[int, Field(lt=5)] | None = None
    Ratio: Annotated[float, Field(ge=0)] | None = None
    Flag: bool | None = None
    Kind: Literal["A", "B"] | None = None
    Image: bytes | None = None
    Even: Annotated[int, BeforeValidator(_even)] | None = None
    Message: SmsText | None = None
    Words: (
        Annotated[list[Annotated[str, StringConstraints(max_length=5)]], Field(min_length=1, max_length=3)] | None
    ) = None
    Tags: Annotated[dict[str, str], Field(max_length=2)] | None = None
    Details: Annotated[dict[str, str], SecretKeys(("client_secret",))] | None = None
    Free: dict[str, Any] | None = None
    One: Inner | None = None
    Many: list[Inner] | None = None
    ByName: dict[str, Inner] | None = None
    Secret: Annotated[str, StringConstraints(min_length=4, max_length=20), Sensitive()] | None = None
    Old: Annotated[bool, Deprecated(), Note("Write New.")] | None = None
    Mode: Annotated[str, OneOf(("FAST", "SLOW"))] | None = None
    Modes: list[Annotated[str, OneOf(("FAST", "SLOW"))]] | None = None


def run(tree, origins=None, model=ComparedObject):
    report = ProblemReport()
    place = Place(("thing",), Position("m.yaml", 1, 1), {}, {}, origins or {})
    found = check(model, tree, place, report)
    return found, [str(p).removeprefix("m.yaml:1:1 ") for p in report.problems], [n.message for n in report.notices]


def valid(tree, origins=None):
    found, problems, _ = run(tree, origins)
    assert problems == []
    return found


# --- words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        ({"Count": 200}, "thing.Count: 200 is more than the allowed 99. Use a number from 6 to 99."),
        ({"Count": 2}, "thing.Count: 2 is less than the allowed 6. Use a number from 6 to 99."),
        ({"Open": 0}, "thing.Open: 0 is less than the allowed 0. Use a number of at least 0."),
        ({"Low": 5}, "thing.Low: 5 is more than the allowed 5. Use a number of at most 5."),
        ({"Count": "12"}, 'thing.Count: "12" is not a whole number. Use a whole number from 6 to 99.'),
        ({"Count": True}, "thing.Count: true is not a whole number. Use a whole number from 6 to 99."),
        ({"Count": 12.5}, "thing.Count: 12.5 is not a whole number. Use a whole number from 6 to 99."),
        ({"Count": [1]}, "thing.Count: a list is not a whole number. Use a whole number from 6 to 99."),
        ({"Ratio": "x"}, 'thing.Ratio: "x" is not a number. Use a number of at least 0.'),
        ({"Flag": 1}, "thing.Flag: 1 is neither true nor false. Write true or false, without quotes."),
        ({"Flag": "on"}, 'thing.Flag: "on" is neither true nor false. Write true or false, without quotes.'),
        ({"Label": 12}, 'thing.Label: 12 is a number, not a string. Put it in quotes: "12".'),
        ({"Label": False}, 'thing.Label: false is a boolean, not a string. Put it in quotes: "false".'),
        ({"Mode": True}, "thing.Mode: true is a boolean, not a string. Write FAST or SLOW."),
        ({"Mode": ["FAST"]}, "thing.Mode: expected a string, found a list. Write FAST or SLOW."),
        ({"Modes": [True]}, "thing.Modes[0]: true is a boolean, not a string. Write FAST or SLOW."),
        ({"Label": ["a"]}, "thing.Label: expected a string, found a list. Write a string of 1 to 128 characters."),
        ({"Label": ""}, "thing.Label: the text is empty. Use a string of 1 to 128 characters."),
        ({"Label": "x" * 129}, "thing.Label: the text has 129 characters. Use a string of 1 to 128 characters."),
        ({"Label": "a/b"}, 'thing.Label: "a/b" has characters that are not allowed here. Use letters, digits, spaces and _+=,.@-'),
        ({"Label": "/" * 99}, f'thing.Label: "{"/" * 57}..." has characters that are not allowed here. Use letters, digits, spaces and _+=,.@-'),
        ({"Kind": "C"}, 'thing.Kind: "C" is not allowed here. Use A or B.'),
        ({"Image": "x"}, "thing.Image: expected the content of a file, found a string. Write {$file: PATH}."),
        ({"Even": 3}, "thing.Even: write an even number"),
        ({"Message": "hello there"}, 'thing.Message: "hello there" lacks {####}, the placeholder for the code. Put {####} where the code belongs.'),
        ({"Words": "a"}, 'thing.Words: expected a list, found a string. Write a list: ["a"].'),
        ({"Words": {"a": 1}}, "thing.Words: expected a list, found a map. Write a list: [...]."),
        ({"Words": []}, "thing.Words: the list is empty. Give it 1 to 3 items."),
        ({"Words": ["a"] * 4}, "thing.Words: the list has 4 items. Give it 1 to 3 items."),
        ({"Words": ["a", "abcdef"]}, "thing.Words[1]: the text has 6 characters. Use a string of at most 5 characters."),
        ({"Words": [None]}, "thing.Words[0]: expected a string, found null. Write a string of at most 5 characters."),
        ({"Tags": ["a"]}, "thing.Tags: expected a map, found a list. Write a map: {KEY: value}."),
        ({"Tags": {"a": "", "b": "", "c": ""}}, "thing.Tags: the map has 3 keys. Give it at most 2 keys."),
        ({"Tags": {"a": 1}}, 'thing.Tags.a: 1 is a number, not a string. Put it in quotes: "1".'),
        ({"One": "x"}, "thing.One: expected a map, found a string. Write a map with Needed, Password, Mode."),
        ({"One": {}}, "thing.One: Needed is missing. Add Needed: NUMBER."),
        ({"Many": [{"Needed": 1}, {"Needed": 10}]}, "thing.Many[1].Needed: 10 is more than the allowed 9. Use a number from 1 to 9."),
        ({"Many": [{}]}, "thing.Many[0]: Needed is missing. Add Needed: NUMBER."),
        ({"ByName": {"x": {"Needed": 0}}}, "thing.ByName.x.Needed: 0 is less than the allowed 1. Use a number from 1 to 9."),
        ({"Secret": SECRET + SECRET}, "thing.Secret: the secret value is too long. Use a string of 4 to 20 characters."),
        ({"Secret": 4815}, "thing.Secret: the secret value is a number, not a string. Give it as a string."),
        ({"Secret": [SECRET]}, "thing.Secret: expected a string, found a list. Write a string of 4 to 20 characters."),
        ({"Details": {"client_secret": True}}, "thing.Details.client_secret: the secret value is a boolean, not a string. Give it as a string."),
    ],
)  # fmt: skip
def test_words(tree, expected):
    _, problems, _ = run(tree)
    assert [p.removesuffix(" ") for p in problems] == [expected]


def test_each_type_of_error_of_the_schemas_has_words():
    """Walks pydantic's own schemas, so that a new type in a schema cannot bring pydantic's words with it."""
    from schemas.documents import DOCUMENTS

    causes = {
        "int": {"int_type", "greater_than_equal", "less_than_equal"},
        "bool": {"bool_type"},
        "str": {"string_type", "string_too_short", "string_too_long", "string_pattern_mismatch"},
        "list": {"list_type", "too_short", "too_long"},
        "dict": {"dict_type", "too_long"},
        "model": {"model_type"},
        "bytes": {"bytes_type"},
        "float": {"float_type"},
        "literal": {"literal_error"},
        "any": set(),
        "chain": set(),
        "default": set(),
        "nullable": set(),
        "model-field": set(),
        "model-fields": {"model_type"},
        "function-before": set(),
        "function-after": set(),
        "function-wrap": set(),
        "definitions": set(),
        "definition-ref": set(),
    }

    def kinds(schema):
        if isinstance(schema, dict):
            if isinstance(schema.get("type"), str):
                yield schema["type"]
            for key, inner in schema.items():
                if key not in ("serialization", "metadata", "default", "function"):
                    yield from kinds(inner)
        elif isinstance(schema, list | tuple):
            for inner in schema:
                yield from kinds(inner)

    for member in (m for document in DOCUMENTS.values() for m in document.all.values()):
        model = model_of(member.model)
        model.model_rebuild(force=True)
        found = set(kinds(model.__pydantic_core_schema__))
        assert "model" in found
        for kind in found:
            assert causes[kind] <= set(WORDINGS), kind


def test_a_map_is_not_called_short_because_its_values_are_not_known_yet():
    tree = {"Links": {"cognito:default": Reference("ssm", "/x")}}
    assert run(tree, model=Terms)[:2] == (tree, [])
    assert run({"Links": {}}, model=Terms)[1] == ["thing.Links: the map is empty. Give it 1 to 13 keys."]


def test_all_problems_at_once():
    _, problems, _ = run({"Count": 200, "Flag": 1, "Nope": 1, "One": {"Needed": 0, "Nah": 2}})
    assert len(problems) == 5


def all_models():
    from schemas.documents import DOCUMENTS

    def below(model):
        yield model
        for member in members(model).values():
            if member.model:
                yield from below(member.model)

    return {model for document in DOCUMENTS.values() for model in below(document.model)}


def test_every_pattern_of_the_schemas_has_its_words_beside_it():
    wordless, found = [], 0
    for model in all_models():
        for member in members(model).values():
            for mark in (*member.marks, *member.item_marks, *member.key_marks):
                if isinstance(mark, StringConstraints) and mark.pattern:
                    found += 1
                    if not isinstance(mark.pattern, Pattern):
                        wordless.append(f"{model.__name__}.{member.name}: {mark.pattern}")
    assert found > 50
    assert wordless == []


def test_no_words_of_a_pattern_hold_a_pattern():
    made = {
        m.pattern
        for model in all_models()
        for member in members(model).values()
        for m in (*member.marks, *member.item_marks, *member.key_marks)
        if isinstance(m, StringConstraints) and m.pattern
    }
    for pattern in made:
        assert pattern.wrong.startswith(("is ", "has ", "lacks ")), pattern
        assert not set("^[]*") & set(pattern.wrong + pattern.fix), pattern
        assert pattern.fix[0].isupper(), pattern


# --- unknown keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "fix"),
    [
        ("count", "Did you mean Count?"),
        ("COUNT", "Did you mean Count?"),
        ("by_name", "Did you mean ByName?"),
        ("Conut", "Did you mean Count?"),
        ("Frobnicate", "Remove it, or see `poolctl explain` for what is known."),
    ],
)
def test_suggestions(key, fix):
    assert suggest_key(key, members(ComparedObject), ("thing",)) == fix
    assert run({key: 1})[1] == [f"thing.{key}: unknown key. {fix}"]


def test_a_few_known_keys_are_listed():
    assert suggest_word("Frobnicate", ["A", "B"]) == "Known are A, B."


def test_moved_members_come_with_advice():
    assert run({"UserPoolId": "x"})[1] == ["thing.UserPoolId: belongs elsewhere: write id."]


def test_what_botocore_knows_is_passed_through_with_a_notice():
    tree = {"Count": 7, "DeletionProtection": "ACTIVE", "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}}
    found, problems, notices = run(tree)
    assert problems == []
    assert found == tree
    assert notices == [
        f"thing.{key}: unknown to this version of poolctl, but known to the installed botocore: passed through."
        for key in ("DeletionProtection", "AdminCreateUserConfig")
    ]


def test_what_is_passed_through_is_checked_by_the_shape():
    _, problems, _ = run(
        {
            "AutoVerifiedAttributes": "email",
            "UserPoolTags": ["a"],
            "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": "yes", "InviteMessagTemplate": {}},
            "Policies": {"PasswordPolicy": {"MinimumLength": "x", "RequireSymbols": 1}},
            "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "admin_only"}]},
        }
    )
    assert problems == [
        "thing.AutoVerifiedAttributes: expected a list, found a string. Write a list: [...].",
        "thing.UserPoolTags: expected a map, found a list. Write a map: {KEY: value}.",
        "thing.AdminCreateUserConfig.InviteMessagTemplate: unknown key. Did you mean InviteMessageTemplate?",
        "thing.AdminCreateUserConfig.AllowAdminCreateUserOnly: expected true or false, found a string. Write true or false.",
        "thing.Policies.PasswordPolicy.MinimumLength: expected a whole number, found a string. Write a whole number.",
        "thing.Policies.PasswordPolicy.RequireSymbols: expected true or false, found a number. Write true or false.",
        "thing.AccountRecoverySetting.RecoveryMechanisms[0]: Priority is missing. Add Priority.",
    ]  # fmt: skip


def test_an_enumeration_of_botocore_is_a_notice():
    found, problems, notices = run({"DeletionProtection": "ACTVE"})
    assert (found, problems) == ({"DeletionProtection": "ACTVE"}, [])
    assert (
        notices[0]
        == 'thing.DeletionProtection: "ACTVE" is not a known value. Did you mean ACTIVE? It is passed on as it is.'
    )


@pytest.mark.parametrize("written", ["active", "Active", "on", "YES"])
def test_another_letter_case_for_a_word_of_botocore_is_an_error(written):
    assert run({"DeletionProtection": written})[1] == [
        f'thing.DeletionProtection: "{written}" is not a value that Cognito takes. Write ACTIVE.'
    ]


def test_every_known_word_is_recognised_in_another_letter_case():
    """For every closed set of the schemas: no two of its words fold into one, and a truth value is never passed on."""
    sets = {
        mark.values
        for model in all_models()
        for member in members(model).values()
        for mark in (*member.marks, *member.item_marks)
        if isinstance(mark, OneOf)
    }
    assert len(sets) > 25
    for known in sets:
        for word in known:
            assert {tuple(meant(w, known)) for w in (word.lower(), word.upper(), word.title())} == {(word,)}
        assert all(set(meant(value, known)) <= set(known) for value in (True, False, "yes", "Off"))
        assert all(meant(value, known) for value in (True, False, "yes", "Off"))
        assert not meant("a-word-of-next-year", known)


def test_a_word_that_only_a_newer_service_knows_stays_a_notice():
    load(
        ["-"], variables={}, environ={}, stdin=lambda: "version: 1\nuser_pool: {PoolName: x, UserPoolTier: PLATINUM}\n"
    )


def test_a_key_that_differs_in_case_is_not_passed_through():
    assert run({"deletionProtection": "ACTIVE"})[1] != []


def test_references_and_null_are_passed_through():
    tree = {"DeletionProtection": Reference("ssm", "/x"), "UserPoolTags": None}
    assert valid(tree) == tree


# --- opaque leaves -------------------------------------------------------------------------------------------------


def test_references_may_stand_anywhere():
    leaf = Reference("ssm", "/x")
    tree = {
        "Count": leaf,
        "Flag": leaf,
        "Image": leaf,
        "Words": ["too long for this list", leaf],
        "Tags": {"a": "b", "c": leaf},
        "Free": {"a": [1, {"b": leaf}]},
        "One": leaf,
        "Many": [{"Needed": leaf}, {"Needed": 2, "Password": leaf}],
        "ByName": {"x": leaf, "y": {"Needed": leaf}},
        "Secret": leaf,
        "Mode": leaf,
    }
    assert valid(tree) == tree


def test_what_could_not_be_read_causes_no_second_problem():
    tree = {"Count": FAILED, "One": {"Needed": FAILED}, "Many": [FAILED, {}], "Words": FAILED}
    assert run(tree)[1] == []


def test_a_reference_does_not_hide_other_mistakes():
    assert run({"One": {"Needed": Reference("ssm", "/x"), "Mode": 3}, "Count": 1})[1] == [
        "thing.Count: 1 is less than the allowed 6. Use a number from 6 to 99.",
        "thing.One.Mode: 3 is a number, not a string. Write FAST or SLOW.",
    ]


def test_secrets_are_checked_and_come_back_wrapped():
    found = valid(
        {"Label": Secret("text", "$secret a"), "Words": [Secret("a", "x"), "b"], "Tags": {"k": Secret("v", "x")}}
    )
    assert found == {"Label": Secret("text", "x"), "Words": [Secret("a", "x"), "b"], "Tags": {"k": Secret("v", "x")}}
    assert found["Label"].origin == "$secret a"


def test_a_wrong_secret_is_not_shown():
    _, problems, _ = run(
        {
            "Label": Secret("hunter2/", "x"),
            "Count": Secret("hunter2", "x"),
            "Kind": Secret("hunter2", "x"),
            "Words": Secret("hunter2", "x"),
            "One": Secret("hunter2", "x"),
            "Message": Secret("hunter2", "x"),
        }
    )
    assert len(problems) == 6
    assert "hunter2" not in "".join(problems)


def test_literal_secrets_are_wrapped_with_a_notice():
    tree = {"Secret": SECRET, "One": {"Needed": 1, "Password": SECRET}, "Details": {"client_secret": SECRET, "id": "x"}}
    found, problems, notices = run(tree)
    assert problems == []
    for leaf in (found["Secret"], found["One"]["Password"], found["Details"]["client_secret"]):
        assert isinstance(leaf, Secret)
        assert (leaf.reveal(), leaf.origin) == (SECRET, "literal")
    assert found["Details"]["id"] == "x"
    assert notices == [
        f"thing.{path}: the manifest contains a secret in clear text: use {{$secret: NAME#KEY}} or {{$env: NAME}}."
        for path in ("Secret", "One.Password", "Details.client_secret")
    ]
    assert SECRET not in repr(found)


def test_secrets_from_elsewhere_need_no_notice():
    found, problems, notices = run({"Secret": SECRET}, {("Secret",): Origin("env", "S")})
    assert (problems, notices) == ([], [])
    assert (found["Secret"].reveal(), found["Secret"].origin) == (SECRET, "$env S")


def test_an_ordinary_member_from_the_environment_is_a_plain_text():
    assert valid({"Label": "x"}, {("Label",): Origin("env", "S")}) == {"Label": "x"}


# --- values from elsewhere -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["env", "var", "inline", "ssm"])
def test_texts_from_elsewhere_become_what_the_member_is(kind):
    tree = {"Count": "12", "Flag": "true", "Ratio": "0.5", "Label": "12", "Many": [{"Needed": "3"}]}
    origins = {(key,): Origin(kind, "x") for key in tree}
    assert valid(tree, origins) == {"Count": 12, "Flag": True, "Ratio": 0.5, "Label": "12", "Many": [{"Needed": 3}]}


def test_texts_of_the_manifest_itself_do_not():
    assert len(run({"Count": "12", "Flag": "true"})[1]) == 2


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (Origin("env", "E"), "the value of $env E is not a whole number."),
        (Origin("ssm", "/x"), "the value of $ssm /x is not a whole number."),
        (Origin("file", "f", b"x1"), "the content of $file f is not a whole number."),
        (Origin("var", "v", taints=False), '"x1" (from $var v) is not a whole number.'),
        (Origin("inline", "${var}", taints=False), '"x1" is not a whole number.'),
    ],
)
def test_a_wrong_value_names_where_it_came_from(origin, expected):
    assert run({"Count": "x1"}, {("Count",): origin})[1] == [
        f"thing.Count: {expected} Use a whole number from 6 to 99."
    ]


def test_bytes_of_files():
    raw = b"\xef\xbb\xbfabc"
    assert valid({"Image": "abc"}, {("Image",): Origin("file", "i", raw)}) == {"Image": raw}
    assert run({"Label": b"\xff"}, {("Label",): Origin("file", "i", b"\xff")})[1] == [
        "thing.Label: the content of $file i is not UTF-8 text. Save the file as UTF-8."
    ]


@pytest.mark.parametrize(
    ("text", "scalar", "value"),
    [
        ("12", int, 12),
        ("-1", int, -1),
        ("--1", int, "--1"),
        ("1.5", int, "1.5"),
        ("", int, ""),
        ("x", int, "x"),
        ("\u0663", int, "\u0663"),
        ("9" * 9999, int, "9" * 9999),
        ("true", bool, True),
        ("False", bool, False),
        ("yes", bool, "yes"),
        ("1", bool, "1"),
        ("12", str, "12"),
        ("x", float, "x"),
    ],
)
def test_conversion(text, scalar, value):
    assert convert(text, scalar) == value
    assert type(convert(text, scalar)) is type(value)


# --- the result ----------------------------------------------------------------------------------------------------


def test_null_stays():
    tree = {"Count": None, "One": None, "Words": None, "Tags": {"a": None, "b": "c"}}
    assert valid(tree) == tree


def test_an_empty_structure_is_not_an_absent_one():
    assert valid({"Tags": {}, "Free": {}, "Many": [], "ByName": {}}) == {
        "Tags": {},
        "Free": {},
        "Many": [],
        "ByName": {},
    }


def test_members_come_in_the_order_of_the_schema():
    assert list(valid({"Flag": True, "Label": "x", "Count": 7})) == ["Label", "Count", "Flag"]


def test_unlisted_values_and_old_members_are_notices():
    found, problems, notices = run({"Mode": "FSAT", "Modes": ["FAST", "TURBO"], "Old": True})
    assert problems == []
    assert found == {"Old": True, "Mode": "FSAT", "Modes": ["FAST", "TURBO"]}
    assert notices == [
        'thing.Mode: "FSAT" is not a known value. Did you mean FAST? It is passed on as it is.',
        'thing.Modes[1]: "TURBO" is not a known value. Known are FAST, SLOW. It is passed on as it is.',
        "thing.Old: Superseded. Write New.",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (3, "3"), ("a\nb", '"a b"'), ("x" * 61, '"' + "x" * 57 + '..."'), ([], "a list")],
)
def test_quoted(value, text):
    assert quoted(value) == text


def test_span():
    assert [span(1, 2), span(1, 1), span(1, None), span(None, 2), span(None, None)] == [
        "from 1 to 2",
        "of exactly 1",
        "of at least 1",
        "of at most 2",
        "",
    ]


# --- laws ----------------------------------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.binary(max_size=3)
    | st.just(Reference("ssm", "/x")) | st.just(Secret(SECRET, "x")),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*members(ComparedObject), *members(Inner), "k", "client_secret"]), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(list(members(ComparedObject))), values, max_size=5))
@settings(max_examples=400, deadline=None)
def test_nothing_makes_it_fail_and_no_secret_is_shown(tree):
    found, problems, notices = run(tree)
    assert SECRET not in repr((problems, notices, found))
    assert not any("Input should" in p for p in problems)
    if not problems:
        assert run(found)[:2] == (found, [])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "user_pool: {DeletionProtection: true}",
            "user_pool.DeletionProtection: true is a boolean, not a string. Write ACTIVE.",
        ),
        (
            "user_pool: {AliasAttributes: [true]}",
            "user_pool.AliasAttributes[0]: true is a boolean, not a string. Write phone_number, email or preferred_username.",
        ),
        ("mfa: {MfaConfiguration: false}", "mfa.MfaConfiguration: false is a boolean, not a string. Write OFF."),
        ("mfa: {MfaConfiguration: off}", 'mfa.MfaConfiguration: "off" is not a value that Cognito takes. Write OFF.'),
        ('user_pool: {DeletionProtection: "true"}', 'user_pool.DeletionProtection: "true" is not a value that Cognito takes. Write ACTIVE.'),
        ("user_pool: {UserPoolAddOns: {AdvancedSecurityMode: on}}", 'user_pool.UserPoolAddOns.AdvancedSecurityMode: "on" is not a value that Cognito takes. Write AUDIT or ENFORCED.'),
        ("user_pool: {UserPoolTier: Essentials}", 'user_pool.UserPoolTier: "Essentials" is not a value that Cognito takes. Write ESSENTIALS.'),
        ("user_pool: {AutoVerifiedAttributes: [Email]}", 'user_pool.AutoVerifiedAttributes[0]: "Email" is not a value that Cognito takes. Write email.'),
        ("clients: {web: {ExplicitAuthFlows: [allow_user_srp_auth]}}", 'clients.web.ExplicitAuthFlows[0]: "allow_user_srp_auth" is not a value that Cognito takes. Write ALLOW_USER_SRP_AUTH.'),
        ("clients: {web: {PreventUserExistenceErrors: false}}", "clients.web.PreventUserExistenceErrors: false is a boolean, not a string. Write LEGACY."),
    ],
)  # fmt: skip
def test_a_truth_value_or_another_letter_case_comes_with_the_right_word(written, expected):
    with pytest.raises(InvalidManifest) as error:
        load(["-"], variables={}, environ={}, stdin=lambda: f"version: 1\nid: eu-west-1_a\n{written}\n")
    assert str(error.value).partition(" ")[2] == expected
