# ruff: noqa: E501 - what is expected of a message stands in one line
"""References: what they become, where they point when they are wrong, and that no secret is ever repeated."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.cloud.port import ReadOnly
from reconciler.errors import Busy, CloudError, Denied, InvalidInput, InvalidManifest, NotFound
from reconciler.manifests.documents import FAILED
from reconciler.manifests.reader import read
from reconciler.manifests.reference_kinds import REFERENCE_KINDS, REMOTE_READS
from reconciler.manifests.reference_kinds.reference_kind import Followed, ReferenceKind
from reconciler.manifests.references.local_references import resolve_local
from reconciler.manifests.references.origin import Origin, origin_of
from reconciler.manifests.references.remote_references import Remote, references, resolve_remote
from reconciler.manifests.references.variables import variables
from reconciler.manifests.validation.checking import check
from reconciler.manifests.validation.place import Place, ProblemReport
from reconciler.model import Position, Reference, Secret
from schemas.base import ApiModel
from schemas.jsonschema import manifest_schema
from schemas.limits import Field
from schemas.reference_kinds import REFERENCE_SYNTAX, ReferenceSyntax


@pytest.fixture
def local(one):
    def local(text, variables=None, environ=None):
        return resolve_local(one(text), variables or {}, environ or {})

    return local


def wrong(result):
    return [str(p) for p in result[1]]


# --- variables -----------------------------------------------------------------------------------------------------


def test_variables_of_options_and_files(parse):
    low, _ = parse("stage: dev\nhost: a\ncount: 3\n", "low.yaml")
    high, _ = parse("host: b\nlist: [1]\n", "high.yaml")
    found = variables(["stage=prod", "stage=test", "eq=a=b", "none="], [*low, *high])
    assert found == {"stage": "test", "host": "b", "count": 3, "list": [1], "eq": "a=b", "none": ""}


@pytest.mark.parametrize("option", ["stage", "=x", "1a=x", "a b=x", ""])
def test_an_option_is_name_and_value(option):
    with pytest.raises(InvalidInput, match="NAME=VALUE"):
        variables([option], [])


def test_an_option_that_is_wrong_does_not_repeat_its_value():
    with pytest.raises(InvalidInput) as error:
        variables(["my var=hunter2"], [])
    assert "hunter2" not in str(error.value)


def test_a_file_of_variables_holds_values(parse):
    documents, _ = parse("a b: 1\nc: {x: [{$env: HOME}]}\n", "v.yaml")
    with pytest.raises(InvalidManifest) as error:
        variables([], documents)
    assert str(error.value).split("\n") == [
        "v.yaml:1:1 a b: invalid variable name. Use letters, digits, _ and -, and begin with a letter.",
        "v.yaml:2:9 c.x[0]: a variable cannot contain a reference. Write a value.",
    ]


# --- in a document -------------------------------------------------------------------------------------------------


def test_references_are_replaced_and_remembered(local, tmp_path):
    (tmp_path / "t").mkdir()
    (tmp_path / "t/a.html").write_text("<b>${var.x}</b>\n")
    (tmp_path / "i.png").write_bytes(b"\x89PNG\xff")
    document, problems = local(
        "a: {$var: n}\nb: {$env: E}\nc: {$file: t/a.html}\nd: {$file: i.png}\ne: {$ssm: /p}\nf: [{$secret: s#k}]\n"
        "g: x-${var.s}-${var.n}-${var.t}\nh: plain\ni: {$var: m}\n",
        {"n": 3, "s": "y", "t": True, "m": {"k": [1]}},
        {"E": "secret"},
    )
    assert problems == []
    assert document.tree == {
        "a": 3,
        "b": "secret",
        "c": "<b>${var.x}</b>\n",
        "d": b"\x89PNG\xff",
        "e": Reference("ssm", "/p"),
        "f": [Reference("secret", "s#k")],
        "g": "x-y-3-true",
        "h": "plain",
        "i": {"k": [1]},
    }
    assert {p: str(o) for p, o in document.origins.items()} == {
        ("a",): "$var n",
        ("b",): "$env E",
        ("c",): "$file t/a.html",
        ("d",): "$file i.png",
        ("e",): "$ssm /p",
        ("f", 0): "$secret s#k",
        ("g",): "${var}",
        ("i",): "$var m",
    }
    assert document.origins[("d",)].raw == b"\x89PNG\xff"


def test_keys_hold_variables_and_keep_their_places(local):
    document, problems = local("a:\n  ${var.s}-web: {b: 1}\n", {"s": "dev"})
    assert problems == []
    assert document.tree == {"a": {"dev-web": {"b": 1}}}
    assert document.position(("a", "dev-web", "b"))[1:] == (2, 21)
    assert document.key(("a", "dev-web"))[1:] == (2, 3)


def test_two_keys_that_become_one(local):
    assert wrong(local("a:\n  ${var.s}: 1\n  dev: 2\n", {"s": "dev"})) == [
        "m.yaml:3:3 a.dev: two keys resolve to the same name. Make the keys differ, or remove one."
    ]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("$${var.x}", "${var.x}"),
        ("a $${b} c", "a ${b} c"),
        ("$$${var.x}", "$${var.x}"),
        ("$5 and $x", "$5 and $x"),
        ("{####} {username}", "{####} {username}"),
    ],
)
def test_escapes(local, written, meant):
    document, problems = local(f"a: '{written}'\n", {"x": "1"})
    assert problems == []
    assert document.tree == {"a": meant}
    assert document.origins == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {$var: stgae}\n", "1:5 a: the variable stgae has no value. Did you mean stage? Give it a value: --var stgae=VALUE, or a line in a --var-file."),
        ("a: x-${var.stgae}\n", "1:4 a: the variable stgae has no value. Did you mean stage? Give it a value: --var stgae=VALUE, or a line in a --var-file."),
        ("a: {$env: HOST_NAM}\n", "1:5 a: the environment variable HOST_NAM is not set. Did you mean HOST_NAME? Set it before you run poolctl: HOST_NAM=VALUE."),
        ("a: {$env: EMPTY}\n", "1:5 a: the environment variable EMPTY is set, but empty. Set it before you run poolctl: EMPTY=VALUE."),
        ("a: {$file: t.htm}\n", "1:5 a: there is no file t.htm. Did you mean t.html? The path is relative to the directory of the manifest."),
        ("a: {$file: d}\n", "1:5 a: $file d is a directory. Name one file in it."),
        ("a: {$file: big}\n", "1:5 a: the file big is larger than 1 MB. Use a smaller file."),
        ("a: {$vra: x}\n", "1:5 a: $vra is not a reference. Did you mean $var? Use one of $var, $target, $env, $file, $ssm, $secret, $ref."),
        ("a: {$ref: x}\n", '1:5 a: "x" is not of the form DOCUMENT/ADDRESS#MEMBER. Write for example customers/clients/web#ClientId or customers/user_pool#Id.'),
        ("a: {$ref: c/clients/web}\n", '1:5 a: "c/clients/web" is not of the form DOCUMENT/ADDRESS#MEMBER. Write for example customers/clients/web#ClientId or customers/user_pool#Id.'),
        ("a: ${ref.c/user_pool}\n", '1:4 a: "c/user_pool" is not of the form DOCUMENT/ADDRESS#MEMBER. Write for example customers/clients/web#ClientId or customers/user_pool#Id.'),
        ("a: x${ref.c/user_pool#Id\n", "1:4 a: the text holds a `${ref.` that is not closed. Write ${ref.customers/clients/web#ClientId}."),
        ("a: ${ref.c-${var.stgae}/user_pool#Id}\n", "1:4 a: the variable stgae has no value. Did you mean stage? Give it a value: --var stgae=VALUE, or a line in a --var-file."),
        ("a: ${ref.${ref.c/user_pool#Id}}\n", "1:4 a: a reference cannot contain another reference. Only ${var.NAME} is allowed there."),
        ("a: {$ssm: '/${ref.c/user_pool#Id}'}\n", "1:5 a: a reference cannot contain another reference. Only ${var.NAME} is allowed there."),
        ("a: ${ref.c-${var.braces}/user_pool#Id}\n", "1:4 a: a reference cannot contain braces. Write ${ref.customers/clients/web#ClientId}."),
        ("a: ${var.dollar}${ref.c/user_pool#Id}\n", "1:4 a: a `$` comes right before a reference. Put another character between the two."),
        ("$${ref.c/user_pool#Id}: 1\n", "1:1 $${ref.c/user_pool#Id}: a key cannot contain the literal characters `${ref.`. Use another key."),
        ("x${ref.c/user_pool}: 1\n", '1:1 x${ref.c/user_pool}: "c/user_pool" is not of the form DOCUMENT/ADDRESS#MEMBER. Write for example customers/clients/web#ClientId or customers/user_pool#Id.'),
        ("a:\n  b: 1\n  $env: HOME\n", "3:3 a: $env must be the only key of its map, but there is also b. Write {$env: ...} only."),
        ("a: {$env: [x]}\n", "1:5 a: $env requires a string. Write {$env: NAME}."),
        ("a: {$secret: }\n", "1:5 a: $secret requires a string. Write {$secret: NAME#KEY}."),
        ("a: {$secret: '#k'}\n", "1:5 a: $secret requires the name of a secret before the #. Write {$secret: NAME#KEY}."),
        ("a: {$secret: 'n#'}\n", "1:5 a: $secret requires a key after the #. Name a key, or remove the # to use the whole secret."),
        ("a: ${env.HOME}\n", "1:4 a: $env cannot be used inside a string; these can: $var, $target, $ref. Make it the whole value: {$env: HOME}."),
        ("a: ${HOME}\n", "1:4 a: the text holds a `${...}` that is not a reference. Write ${var.NAME}, or $${ for the two characters."),
        ("a: x${var.y\n", "1:4 a: the text holds a `${` that is not closed. Write ${var.NAME}, or $${ for the two characters."),
        ("a: ${var.list}\n", "1:4 a: the value of $var list is a list, not a string. Make it the whole value: {$var: list}."),
        ("a: ${var.null}\n", "1:4 a: the value of $var null is null, not a string. Make it the whole value: {$var: null}."),
        ("${var.nope}: 1\n", "1:1 ${var.nope}: the variable nope has no value. Give it a value: --var nope=VALUE, or a line in a --var-file."),
    ],
)  # fmt: skip
def test_what_is_wrong_and_where(local, tmp_path, text, expected):
    (tmp_path / "t.html").write_text("x")
    (tmp_path / "d").mkdir()
    (tmp_path / "big").write_bytes(b"x" * 1_000_001)
    result = local(
        text, {"stage": "s", "list": [1], "null": None, "braces": "{}", "dollar": "$"}, {"HOST_NAME": "h", "EMPTY": ""}
    )
    assert wrong(result) == [f"m.yaml:{expected}"]


def test_a_wrong_reference_leaves_a_mark_that_later_checks_let_pass(local):
    document, problems = local("a: [{$var: x}, ok]\n")
    assert len(problems) == 1
    assert document.tree == {"a": [FAILED, "ok"]}


def test_files_are_relative_to_the_manifest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p").mkdir()
    (tmp_path / "p/m.yaml").write_text("a: {$file: ../shared.txt}\n")
    (tmp_path / "shared.txt").write_text("x")
    documents, _ = read(["."], lambda: "")
    assert resolve_local(documents[0], {}, {})[0].tree == {"a": "x"}


def test_references_within_references_names(local):
    document, problems = local("a: {$ssm: '/${var.s}/arn'}\n", {"s": "dev"})
    assert problems == []
    assert document.tree == {"a": Reference("ssm", "/dev/arn")}


def test_values_from_outside_are_not_searched_for_references(local):
    document, problems = local("a: {$env: E}\nb: {$var: v}\nc: ${var.v}\n", {"v": "${var.w}"}, {"E": "${var.x}"})
    assert problems == []
    assert document.tree == {"a": "${var.x}", "b": "${var.w}", "c": "${var.w}"}


@given(st.text(max_size=50), st.text(max_size=50))
@settings(max_examples=200, deadline=None)
def test_escaping_what_looks_like_a_reference_gives_it_back(before, after):
    text = before + "${" + after
    escaped = text.replace("${", "$${")
    raw = read(["-"], lambda: json.dumps({"a": escaped}))[0]
    if raw and raw[0].tree == {"a": escaped} and "$${" not in text and not before.endswith("$"):
        document, problems = resolve_local(raw[0], {}, {})
        assert problems == []
        assert document.tree == {"a": text}


def test_an_origin_shows_no_content():
    assert "hunter2" not in repr(Origin("file", "x", b"hunter2"))


# --- remote --------------------------------------------------------------------------------------------------------


class FakeCloud:
    """Holds parameters and secrets; an exception stands for an answer that is one."""

    def __init__(self, parameters=None, secrets=None):
        self.parameters = parameters or {}
        self.secrets = secrets or {}
        self.calls = []

    def identity(self):
        raise AssertionError

    def call(self, service, operation, params):
        self.calls.append((service, operation, dict(params)))
        name = params.get("Name") or params["SecretId"]
        answer = (self.parameters if service == "ssm" else self.secrets)[name]
        if isinstance(answer, Exception):
            raise answer
        return {"Parameter": answer} if service == "ssm" else answer


def place(path):
    return Position("m.yaml", 7, len(path))


def test_remote_values():
    cloud = FakeCloud(
        {
            "/s": {"Type": "String", "Value": "arn"},
            "/l": {"Type": "StringList", "Value": "a,b"},
            "/x": {"Type": "SecureString", "Value": "hunter2"},
        },
        {"n": {"SecretString": '{"k": "hunter3", "i": 5}'}, "whole": {"SecretString": "hunter4"}},
    )
    tree = {
        "a": [Reference("ssm", "/s"), {"b": Reference("ssm", "/l")}],
        "c": Reference("ssm", "/x"),
        "d": Reference("secret", "n#k"),
        "e": Reference("secret", "whole"),
        "f": Reference("secret", "n#i"),
        "g": 1,
    }
    found, problems = resolve_remote(tree, Remote(ReadOnly(cloud, REMOTE_READS)), place)
    assert problems == []
    assert found["a"] == ["arn", {"b": ["a", "b"]}]
    assert [found[k].reveal() for k in "cdef"] == ["hunter2", "hunter3", "hunter4", "5"]
    assert [found[k].origin for k in "cde"] == ["$ssm /x", "$secret n#k", "$secret whole"]
    assert "hunter" not in repr(found)
    assert list(references(found)) == []
    assert tree["c"] == Reference("ssm", "/x")
    assert ("ssm", "GetParameter", {"Name": "/s", "WithDecryption": True}) in cloud.calls
    assert len(cloud.calls) == 5  # each parameter and each secret once


def test_nothing_is_read_twice_even_if_it_fails():
    cloud = FakeCloud({"/x": NotFound("ssm:GetParameter", "ParameterNotFound", "no")})
    remote = Remote(cloud)
    for _ in range(2):
        _, problems = resolve_remote({"a": Reference("ssm", "/x"), "b": Reference("ssm", "/x")}, remote, place)
        assert len(problems) == 2
    assert len(cloud.calls) == 1


@pytest.mark.parametrize(
    ("reference", "answer", "expected"),
    [
        (Reference("ssm", "/x"), NotFound("ssm:GetParameter", "ParameterNotFound", "?"), "there is no parameter /x in this account and Region. Create it, or correct the name."),
        (Reference("ssm", "/x"), CloudError("ssm:GetParameter", "ParameterNotFound", "?"), "there is no parameter /x in this account and Region. Create it, or correct the name."),
        (Reference("ssm", "/x"), Denied("ssm:GetParameter", "AccessDeniedException", "?"), "the parameter /x may not be read. Allow ssm:GetParameter on it."),
        (Reference("secret", "x#k"), Denied("secretsmanager:GetSecretValue", "AccessDeniedException", "?"), "the secret x may not be read. Allow secretsmanager:GetSecretValue on it."),
        (Reference("ssm", "/x"), CloudError("ssm:GetParameter", "ValidationException", "bad name"), "the parameter /x could not be read: ValidationException: bad name"),
        (Reference("secret", "x#k"), {"SecretString": "hunter2"}, "the secret x is not a JSON map, so it has no key k. Write {$secret: x}."),
        (Reference("secret", "x#k"), {"SecretString": '["hunter2"]'}, "the secret x is not a JSON map, so it has no key k. Write {$secret: x}."),
        (Reference("secret", "x#k"), {"SecretString": '{"hunter2": "hunter2"}'}, "the secret x has no key k. Correct the key after the #."),
        (Reference("secret", "x#k"), {"SecretString": '{"k": {"hunter2": 1}}'}, "the key k of the secret x does not hold a string. Store a string there."),
        (Reference("secret", "x"), {"SecretBinary": b"hunter2"}, "the secret x is binary. Store it as a string."),
    ],
)  # fmt: skip
def test_remote_mistakes(reference, answer, expected):
    cloud = FakeCloud({"/x": answer}, {"x": answer})
    tree, problems = resolve_remote({"a": [reference]}, Remote(cloud), place)
    assert [str(p) for p in problems] == [f"m.yaml:7:2 a[0]: {expected}"]
    assert tree == {"a": [reference]}
    assert "hunter" not in "".join(map(repr, problems))


def test_a_throttled_read_is_no_mistake_of_the_author():
    cloud = FakeCloud({"/x": Busy("ssm:GetParameter", "ThrottlingException", "slow down")})
    with pytest.raises(Busy):
        resolve_remote({"a": Reference("ssm", "/x")}, Remote(cloud), place)


def test_a_secret_says_nothing():
    secret = Secret("hunter2", "$env X")
    assert "hunter2" not in f"{secret} {secret!r} {secret:>30}"


# --- the kinds as a family -----------------------------------------------------------------------------------------

UPPER = ReferenceKind(
    ReferenceSyntax("upper", "TEXT", "A text in capitals.", inline="[a-z]+"),
    local=lambda target, around: Followed(target.upper() + around.environ.get("END", "")),
)
ADDRESS = ReferenceKind(
    ReferenceSyntax("address", "HOST", "The address of a host."),
    remote=lambda target, ask: ask("names", "Lookup", {"Name": target}, f"host {target}")["Parameter"]["Value"],
    reads=frozenset({("names", "Lookup")}),
    taints=False,
)
MORE = {**REFERENCE_KINDS, UPPER.key: UPPER, ADDRESS.key: ADDRESS}
"""The kinds with two more: each is one value, and nothing else was changed for it."""


class Pool(ApiModel):
    Count: Annotated[int, Field(ge=6)] | None = None


def problems_of(document):
    report = ProblemReport()
    place = Place(("pool",), document.start, document.positions, document.keys, document.origins)
    check(Pool, document.tree, place, report)
    return [p.message for p in report.problems]


def test_a_new_local_kind_is_parsed_as_a_value_and_within_texts(one):
    raw = one("a: {$upper: x y}\nb: 1-${upper.x}-${var.v}\n${upper.k}: {$ssm: '/${upper.x}'}\n")
    document, problems = resolve_local(raw, {"v": 3}, {"END": "!"}, MORE)
    assert problems == []
    assert document.tree == {"a": "X Y!", "b": "1-X!-3", "K!": Reference("ssm", "/X!")}
    assert {p: str(o) for p, o in document.origins.items()} == {
        ("a",): "$upper x y",
        ("b",): "${upper}, ${var}",
        ("K!",): "$ssm /X!",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: {$uper: x}\n", "1:5 a: $uper is not a reference. Did you mean $upper? Use one of $var, $target, $env, $file, $ssm, $secret, $ref, $upper, $address."),
        ("a: {$upper: [x]}\n", "1:5 a: $upper requires a string. Write {$upper: TEXT}."),
        ("a: {$upper: x, b: 1}\n", "1:5 a: $upper must be the only key of its map, but there is also b. Write {$upper: ...} only."),
        ("a: ${upper.1}\n", "1:4 a: the text holds a `${...}` that is not a reference. Write ${var.NAME}, or $${ for the two characters."),
        ("a: ${address.x}\n", "1:4 a: $address cannot be used inside a string; these can: $var, $target, $ref, $upper. Make it the whole value: {$address: x}."),
    ],
)  # fmt: skip
def test_mistakes_of_a_new_kind(one, text, expected):
    assert wrong(resolve_local(one(text), {}, {}, MORE)) == [f"m.yaml:{expected}"]


def test_a_kind_that_is_not_listed_is_unknown(one):
    _, problems = resolve_local(one("a: {$upper: x}\n"), {}, {})
    assert problems[0].message == "$upper is not a reference."


@pytest.mark.parametrize(
    ("text", "taints", "shown"),
    [
        ("Count: {$upper: x}\n", True, "the value of $upper x"),
        ("Count: {$upper: x}\n", False, '"X" (from $upper x)'),
        ("Count: 1${upper.x}\n", True, "the value of ${upper}"),
        ("Count: 1${upper.x}\n", False, '"1X"'),
        ("Count: ${var.v}${upper.x}\n", True, "the value of ${var}, ${upper}"),
    ],
)
def test_whether_a_new_kind_taints_is_its_own_decision(one, text, taints, shown):
    kinds = {**MORE, UPPER.key: replace(UPPER, taints=taints)}
    document, _ = resolve_local(one(text), {"v": "a"}, {}, kinds)
    assert problems_of(document) == [f"{shown} is not a whole number."]


def test_a_new_remote_kind_is_an_opaque_leaf_until_aws_is_asked(one):
    document, problems = resolve_local(one("a: {$address: h}\nb: {$address: h}\n"), {}, {}, MORE)
    leaf = Reference("address", "h")
    assert (problems, document.tree) == ([], {"a": leaf, "b": leaf})
    assert str(leaf) == "(known after reading $address h)"
    assert leaf.written == "{$address: h}"
    cloud = FakeCloud(secrets={"h": {"Parameter": {"Value": "10.0.0.1"}}})
    remote = Remote(ReadOnly(cloud, ADDRESS.reads), MORE)
    assert resolve_remote(document.tree, remote, place) == ({"a": "10.0.0.1", "b": "10.0.0.1"}, [])
    assert cloud.calls == [("names", "Lookup", {"Name": "h"})]
    assert origin_of(leaf, MORE) == Origin("address", "h", taints=False)


def test_mistakes_of_a_new_remote_kind():
    cloud = FakeCloud(secrets={"h": Denied("names:Lookup", "AccessDeniedException", "?")})
    _, problems = resolve_remote({"a": Reference("address", "h")}, Remote(cloud, MORE), place)
    assert [str(p) for p in problems] == ["m.yaml:7:1 a: the host h may not be read. Allow names:Lookup on it."]


def test_every_kind_is_listed_once_and_in_the_editor_schema():
    assert [kind.syntax for kind in REFERENCE_KINDS.values()] == list(REFERENCE_SYNTAX)
    assert list(manifest_schema()["$defs"]["Reference"]["properties"]) == [f"${key}" for key in REFERENCE_KINDS]


def test_a_kind_is_either_local_or_remote_or_leads_to_another_document():
    for kind in REFERENCE_KINDS.values():
        assert [kind.local is not None, kind.remote is not None, kind.links].count(True) == 1
        assert bool(kind.reads) == (kind.remote is not None)
        assert not (kind.is_inline and kind.remote)
    assert [kind.key for kind in REFERENCE_KINDS.values() if kind.links] == ["ref"]
    assert [kind.key for kind in REFERENCE_KINDS.values() if not kind.taints] == ["var", "target", "ref"]
