"""A CSV of users is checked as a whole before anything is sent (cognito.md 2.16)."""

from __future__ import annotations

import io

import pytest

from reconciler.people.columns import import_rules
from reconciler.people.csv_check import WrongHeader, check
from reconciler.people.csv_parts import write_parts, write_rest
from reconciler.people.csv_text import join, split
from schemas.published import PUBLISHED

STANDARD = [{"Name": n, **facts} for n, facts in PUBLISHED["standard_attributes"].items()]
CUSTOM = [
    {"Name": "custom:level", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1"}},
    {"Name": "custom:tenant", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "3"}},
    {"Name": "custom:member", "AttributeDataType": "Boolean"},
]
POOL = {"SchemaAttributes": [*STANDARD, *CUSTOM], "AutoVerifiedAttributes": ["email"], "MfaConfiguration": "OFF"}
HEADER = [a["Name"] for a in POOL["SchemaAttributes"] if a["Name"] not in ("sub", "identities")]
HEADER += ["cognito:mfa_enabled", "cognito:username"]
GOOD = {"cognito:username": "ada", "email": "a@b.example", "email_verified": "TRUE"}


def rules(algorithm="", **pool):
    return import_rules(HEADER, POOL | pool, algorithm)


def file(*rows, columns=None):
    names = columns or list(dict.fromkeys(["cognito:mfa_enabled", *(n for row in rows for n in row)]))
    return "\n".join([",".join(names), *(",".join(row.get(n, "") for n in names) for row in rows)]) + "\n"


def wrong(text, found=None):
    checked = check(io.BytesIO(text if isinstance(text, bytes) else text.encode()), found or rules())
    return [str(w) for w in checked.wrong]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("cognito:username", "", "is empty, and the pool requires it"),
        ("cognito:username", "a b", "has a blank or a control character in it"),
        ("cognito:username", "x" * 129, "has more than 128 characters"),
        ("cognito:mfa_enabled", "yes", "is neither true nor false"),
        ("cognito:mfa_enabled", "true", "must be false or empty, because MfaConfiguration of the pool is OFF"),
        ("email", "nowhere", "is not an e-mail address"),
        ("email", "", "is empty, and email_verified is true"),
        ("phone_number", "0123", "is not + and up to 15 digits"),
        ("birthdate", "1815-12-10", "is not a date of the form mm/dd/yyyy"),
        ("birthdate", "13/10/1815", "is not a date of the form mm/dd/yyyy"),
        ("updated_at", "yesterday", "is not a whole number"),
        ("updated_at", "-1", "is less than 0, the attribute's minimum"),
        ("custom:level", "0", "is less than 1, the attribute's minimum"),
        ("custom:tenant", "acme", "has more than 3 characters"),
        ("custom:member", "1", "is neither true nor false"),
        ("nickname", '"ends\\"', "ends with a backslash, which would escape the comma after it"),
    ],
)
def test_each_column_has_its_rule(column, value, reason):
    assert wrong(file(GOOD | {column: value, "name": "x"})) == [f"line 2: {column} {reason}"]
    assert wrong(file(GOOD | {"name": "x"})) == []


def test_no_message_repeats_a_value():
    assert "secret@" not in " ".join(wrong(file(GOOD | {"email": "secret@@x", "phone_number": "secret@"})))


def test_one_contact_is_verified():
    assert wrong(file(GOOD | {"email_verified": "false"})) == [
        "line 2: the row has no verified contact: email_verified must be true (AutoVerifiedAttributes of the pool)"
    ]
    both = rules(AutoVerifiedAttributes=["email", "phone_number"])
    phone = GOOD | {"email_verified": "", "phone_number": "+491234", "phone_number_verified": "true"}
    assert wrong(file(phone), both) == []


def test_required_attributes_are_there():
    schema = [a | ({"Required": True} if a["Name"] == "family_name" else {}) for a in POOL["SchemaAttributes"]]
    found = rules(SchemaAttributes=schema)
    assert wrong(file(GOOD), found) == ["line 2: family_name is empty, and the pool requires it"]


def test_names_follow_the_ways_to_sign_in():
    by_mail = rules(UsernameAttributes=["email"])
    assert wrong(file(GOOD), by_mail) == [
        "line 2: cognito:username is not an e-mail address, and users of this pool sign in with that"
    ]
    alias = rules(AliasAttributes=["email"])
    assert "looks like an alias" in wrong(file(GOOD | {"cognito:username": "a@b.example"}), alias)[0]


def test_repeated_names_are_found_wherever_they_are():
    rows = [GOOD | {"cognito:username": f"u{n}", "email": f"u{n}@b.example"} for n in range(500)]
    rows += [rows[7] | {"email": "other@b.example"}, GOOD | {"cognito:username": "U8", "email": "u9@b.example"}]
    found = rules(AliasAttributes=["email"])
    assert wrong(file(*rows), found) == [
        "line 502: cognito:username is that of line 9 too",
        "line 503: email is that of line 11 too",
    ]
    folded = rules(AliasAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    assert wrong(file(*rows), folded)[1] == "line 503: cognito:username is that of line 10 too"


def test_a_value_that_is_wrong_repeats_nothing():
    rows = [GOOD | {"cognito:username": f"u{n}", "email": "nowhere"} for n in range(2)]
    found = wrong(file(*rows), rules(AliasAttributes=["email"]))
    assert found == [f"line {line}: email is not an e-mail address" for line in (2, 3)]


def test_every_wrong_line_is_found_at_once():
    body = file(GOOD, columns=[*GOOD, "cognito:mfa_enabled"]).encode()
    body += b"bob,b@b.example,true\n"  # too few
    body += b'"cyd,c@b.example,true,\n'  # an open quotation mark
    body += b"d\xff,d@b.example,true,\n"
    body += b"\n"
    body += b"eve," + b"e" * 20_000 + b"@b.example,true,\n"
    body += b"fay,f@b.example,true,\n"
    assert wrong(body) == [
        "line 3: the row has 3 values, and the header has 4 columns",
        "line 4: the row has a quotation mark that is not closed: a row is one line, and a value has no line end",
        "line 5: the row is not UTF-8",
        "line 7: the row has more than 16,000 characters",
    ]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (b"", "The file is empty."),
        (b"cognito:username,emial,cognito:mfa_enabled\n", "Did you mean email?"),
        (b"cognito:username,Email,cognito:mfa_enabled\n", "The column 'Email' is not one of this pool."),
        (b"cognito:username,email,email,cognito:mfa_enabled\n", "is there 2 times"),
        (b"email\n", "The column 'cognito:username' is missing. The column 'cognito:mfa_enabled' is missing."),
        (b"cognito:username,cognito:mfa_enabled,password_hash\n", "'password_hash' is not one of this pool"),
    ],
)
def test_a_wrong_header_is_one_error(header, words):
    with pytest.raises(WrongHeader) as error:
        check(io.BytesIO(header), rules())
    assert words in " ".join(error.value.args)


@pytest.mark.parametrize(
    ("algorithm", "good", "bad"),
    [
        ("BCRYPT", "$2b$12$" + "a" * 53, "$2b$12$short"),
        ("ARGON2ID", "$argon2id$v=19$m=65536\\,t=3\\,p=4$c2FsdA$aGFzaA", "$argon2i$v=19$m=1$c2FsdA$aGFzaA"),
        ("SCRYPT", "$scrypt$ln=16$c2FsdA$aGFzaA", "two words"),
        ("PBKDF2_SHA256", "$pbkdf2-sha256$29000$c2FsdA$aGFzaA", "two words"),
    ],
)
def test_hashes_of_passwords_have_the_form_of_their_algorithm(algorithm, good, bad):
    found = rules(algorithm)
    assert wrong(file(GOOD | {"password_hash": good}), found) == []
    assert wrong(file(GOOD | {"password_hash": bad}), found) == [f"line 2: password_hash is not a hash of {algorithm}"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a,b", ["a", "b"]),
        (" a , b ", ["a", "b"]),
        ("a\\, b,c", ["a, b", "c"]),
        ('"a, b",c', ["a, b", "c"]),
        ('"say ""yes""",', ['say "yes"', ""]),
        ('the "best",x', ['the "best"', "x"]),
        ("C:\\dir,x", ["C:\\dir", "x"]),
        ('a\\, "b",c', ['a, "b"', "c"]),
        ("", [""]),
    ],
)
def test_both_spellings_are_read(text, values):
    assert split(text) == values
    assert split(join(values)) == values


def test_what_is_sent_is_cognito_s_spelling_in_parts_that_know_their_lines(tmp_path):
    rows = [GOOD | {"cognito:username": f"u{n}", "name": '"Ada, C."'} for n in range(5)]
    text = b"\xef\xbb\xbf" + file(*rows).encode()
    parts = write_parts(io.BytesIO(text), rules(), {3}, tmp_path, most=3)
    assert [list(p.places) for p in parts] == [[2, 4, 5], [6]]
    assert [p.path.stat().st_size for p in parts] == [p.size for p in parts]
    lines = parts[0].path.read_text().splitlines()
    assert lines[0] == ",".join(HEADER)
    assert lines[1].count(",") == lines[0].count(",") + 1
    assert "Ada\\, C." in lines[1]
    assert (parts[0].place(3), parts[0].place(1), parts[1].place(9)) == (4, 0, 0)


def test_the_wrong_rows_are_left_to_their_author():
    text = b"cognito:username,cognito:mfa_enabled\r\nada,\r\nbob,maybe\r\ncyd,"
    out = io.BytesIO()
    write_rest(io.BytesIO(text), {3, 4}, out)
    assert out.getvalue() == b"cognito:username,cognito:mfa_enabled\r\nbob,maybe\r\ncyd,\n"
