# ruff: noqa: E501 - what is expected of a message stands in one line
"""`$each`: what rows make is what would have been written out, and a mistake names the row and the line."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import InvalidManifest
from reconciler.manifests.generated.making import Makers
from reconciler.manifests.generated.row_files import read_rows
from reconciler.manifests.loading import Loaded, gather, load, together
from reconciler.manifests.reader import Share, read
from reconciler.manifests.references.local_references import resolve_local
from reconciler.model import Position, RowPosition
from schemas.documents import DOCUMENTS
from schemas.sections import is_single
from tests.engine.full import full, function, identities


def loaded(*paths: str, environment: str = "", **variables: Any) -> Loaded:
    return load(paths, variables=variables, environ={}, stdin=lambda: "", environment=environment)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(**files: str) -> None:
    """Write files; `__` in a name is a dot, so that names can be keywords."""
    for name, text in files.items():
        Path(name.replace("__", ".")).write_text(text, encoding="utf-8", newline="")


def said(path: str = "m.yaml", environment: str = "", **variables: Any) -> list[str]:
    with pytest.raises(InvalidManifest) as error:
        loaded(path, environment=environment, **variables)
    return str(error.value).split("\n")


# --- the law ---------------------------------------------------------------------------------------------------------

EXTRA = {
    "replicas": {"us-east-1": {"Status": "ACTIVE"}},
    "users": {"ada": {"UserAttributes": {"email": "ada@example.com", "email_verified": True}, "groups": ["admins"]}},
    "trigger_permissions": {function("x"): {}},
    "log_groups": {"/aws/vendedlogs/cognito/x": {"retentionInDays": 90}},
}
"""Objects of the sections that `full` does not have."""

KEYS = {
    "limits": ["UserAuthentication", "UserCreation", "UserFederation"],
    "replicas": ["us-east-1", "us-west-2", "eu-west-3"],
    "trigger_permissions": [function("x"), function("y"), function("z")],
    "principal_tags": ["accounts.google.com", "graph.facebook.com", "www.amazon.com"],
    "clients.terms": ["terms-of-use", "privacy-policy"],
    "domains": ["acme-one", "acme-two", "acme-three"],
}
"""Names where not any name will do."""


def samples(section: str) -> list[tuple[Any, Any]]:
    """Return objects of a section, each with another one that differs in its values."""
    if section in EXTRA:
        return [(tree, tree) for tree in EXTRA[section].values()]
    for make in (full, identities):
        if section in make("one"):
            one, two = make("one")[section], make("two")[section]
            pairs = [(one[k], two[k]) for k in one if k in two and "CustomDomainConfig" not in one[k]]
            return [(_unnamed(a), _unnamed(b)) for a, b in pairs]
    raise AssertionError(section)


def _unnamed(tree: Any) -> Any:
    """Leave out the name of a client: several cannot have one."""
    return {key: value for key, value in tree.items() if key != "ClientName"}


SECTIONS = [
    (kind.name, section) for kind in DOCUMENTS.values() for section, member in kind.all.items() if not is_single(member)
]


def leaves(one: Any, two: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Yield the values of two trees of one shape that a CSV can hold."""
    if isinstance(one, dict) and isinstance(two, dict) and one.keys() == two.keys() and one:
        for key in one:
            yield from leaves(one[key], two[key], (*path, key))
    elif type(one) is type(two) and not isinstance(one, bytes) and one is not None and path:
        yield path, one, two


def at(tree: Any, path: tuple[str, ...], value: Any) -> Any:
    return {**tree, path[0]: at(tree[path[0]], path[1:], value)} if path else value


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def as_file(ending: str, rows: list[dict[str, Any]]) -> str:
    if ending != "csv":
        return json.dumps(rows, ensure_ascii=False)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows({k: as_text(v) for k, v in row.items()} for row in rows)
    return out.getvalue()


def document(kind: str, section: str, objects: Any) -> dict[str, Any]:
    root = "user_pool" if kind == "UserPool" else "identity_pool"
    name = "PoolName" if kind == "UserPool" else "IdentityPoolName"
    outer, _, inner = section.partition(".")
    held = {"web": {inner: objects}} if inner else objects
    return {"version": 1, "kind": kind, root: {name: "p"}, outer: held}


def meaning(path: Path) -> tuple[Any, ...]:
    """Return all that a manifest says, without where it says it."""
    found = loaded(str(path))
    [manifest] = found.manifests
    specs = [(s.address, s.declared, s.pin, s.reset) for s in manifest.specs]
    return specs, manifest.sections, manifest.owners, manifest.links, sorted(n.message for n in found.notices)


@pytest.mark.parametrize(("kind", "section"), SECTIONS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_rows_make_what_would_have_been_written_out(kind: str, section: str, data: st.DataObject) -> None:
    sample, other = data.draw(st.sampled_from(samples(section)))
    keys = KEYS.get(section, ["acme", "globex", "initech"])
    count = data.draw(st.integers(1, len(keys)))
    beside = data.draw(st.booleans())
    fields = [leaf for leaf in leaves(sample, other) if data.draw(st.booleans())]
    rows: list[dict[str, Any]] = []
    objects: dict[str, Any] = {}
    template = sample
    for i, (path, _, _) in enumerate(fields):
        template = at(template, path, f"${{t.f{i}}}")
    for key in keys[:count]:
        row, tree = {"id": key}, sample
        for i, (path, one, two) in enumerate(fields):
            row[f"f{i}"] = data.draw(st.sampled_from([one, two]))
            tree = at(tree, path, row[f"f{i}"])
        rows.append(row)
        objects[key] = tree
    if beside and len(rows) > 1:
        first, rows = rows[0]["id"], rows[1:]
    ending = data.draw(st.sampled_from(["csv", "yaml", "json"]))
    block = {"$each": {"$file": f"rows.{ending}"}, "as": "t", "key": "${t.id}", "value": template}
    made: Any = {first: objects[first], "$each": [block]} if beside and count > 1 else block
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / f"rows.{ending}").write_text(as_file(ending, rows), encoding="utf-8", newline="")
        (root / "made.json").write_text(json.dumps(document(kind, section, made)))
        (root / "out.json").write_text(json.dumps(document(kind, section, objects)))
        assert meaning(root / "made.json") == meaning(root / "out.json")


def test_the_law_is_tried_on_every_section_of_several_objects() -> None:
    assert {section for _, section in SECTIONS} == {s for kind in DOCUMENTS.values() for s in kind.prunable}


TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="\ufeff\u2028\u2029"), max_size=12
) | st.sampled_from(["${", "$${", "${var.v}", "$", "}", "${t.d}", "$x", "{", '"', "a\nb", "a\r\nb", ",", ""])


@given(TEXTS, st.sampled_from(["csv", "json", "yaml"]))
@settings(max_examples=200, deadline=None)
def test_a_field_is_never_read_as_a_reference(text: str, ending: str) -> None:
    with TemporaryDirectory() as folder:
        root = Path(folder)
        file = as_file(ending, [{"id": "a", "d": text}])
        (root / f"rows.{ending}").write_text(file, encoding="utf-8", newline="")
        tags = {"whole": "${t.d}", "part": "<${t.d}>", "two": "${t.d} ${var.v}", "twice": "${t.d}${t.d}{x}"}
        block = {"$each": {"$file": f"rows.{ending}"}, "as": "t", "key": "${t.id}", "value": tags}
        (root / "m.json").write_text(json.dumps({"version": 1, "x": block}))
        [raw], wrong = read([str(root / "m.json")], lambda: "")
        made, found = resolve_local(Makers({}).with_rows(raw, wrong), {"v": "V"}, {})
        assert (wrong, found) == ([], [])
        expected = {"whole": text, "part": f"<{text}>", "two": f"{text} V", "twice": f"{text}{text}{{x}}"}
        assert made.tree["x"]["a"] == expected


# --- files -----------------------------------------------------------------------------------------------------------

GROUPS = """\
version: 1
user_pool: {PoolName: p}
groups:
  $each: {$file: rows.csv}
  as: t
  key: "${t.id}"
  value: {Description: "${t.text}"}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,text\na,x\n", {"a": "x"}),
        ("\ufeffid,text\r\na,x\r\nb,y\r\n", {"a": "x", "b": "y"}),
        ('id,text\n"a","x, ""y"""\n', {"a": 'x, "y"'}),
        ('id,text\na,"two\nlines"\n\nb,z', {"a": "two\nlines", "b": "z"}),
        ("text,id,more\nx,a,\n", {"a": "x"}),
        ("id,text\n", {}),
    ],
)
def test_what_spreadsheets_write(here, text, expected):
    written(m__yaml=GROUPS, rows__csv=text)
    [manifest] = loaded("m.yaml").manifests
    assert {s.address.name: s.declared["Description"] for s in manifest.section("groups")} == expected
    assert "groups" in manifest.sections


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            "m.yaml:4:10 (row rows.csv:1) groups.$each: the file is empty. Name the columns in the first line: id,name",
        ),
        (
            "\nid,text\n",
            "m.yaml:4:10 (row rows.csv:1) groups.$each: the file has no header. Name the columns in the first line: id,name",
        ),
        (
            "id;text\na;b\n",
            "m.yaml:4:10 (row rows.csv:1) groups.$each: the columns are separated by semicolons. Save the file with commas.",
        ),
        (
            "id,id\na,b\n",
            "m.yaml:4:10 (row rows.csv:1) groups.$each: two columns are called id. Give each column its own name.",
        ),
        (
            "acme,https://x.example\n",
            "m.yaml:4:10 (row rows.csv:1) groups.$each: column 2 of the header has no name of a column. Name the columns in the first line: letters, digits, _, - and spaces.",
        ),
        (
            'id,text\na,"two\nlines"\nb\n',
            "m.yaml:4:10 (row rows.csv:4) groups.$each: the row has 1 fields, and the header names 2 columns. Give it one field for each column; put a field with a comma in quotes.",
        ),
        (
            'id,text\na,"b\n',
            'm.yaml:4:10 (row rows.csv:2) groups.$each: the row is not valid CSV: unexpected end of data. Put a field with commas, quotes or line breaks in quotes, and double its quotes: "a ""b"" c".',
        ),
        (
            "id,name\na,b\nc,d\n",
            "m.yaml:7:24 (row rows.csv:2) groups.a.Description: row rows.csv:2 has no column text. Its columns are: id, name. Write one of them: ${t.NAME}.",
        ),
        (
            "id,text\na,x\nb,y\na,z\n",
            "m.yaml:6:8 (row rows.csv:4) groups.a: a is made twice; the first is from row rows.csv:2. Give each row its own key, or remove one.",
        ),
        (f"id,text\na,{'x' * 2049}\n", None),
    ],
)
def test_a_mistake_names_the_row_and_the_line(here, text, expected):
    written(m__yaml=GROUPS, rows__csv=text)
    found = said()
    assert (
        found == [expected] if expected else found[0].startswith("m.yaml:7:24 (row rows.csv:2) groups.a.Description:")
    )


@pytest.mark.parametrize(
    ("ending", "text", "expected"),
    [
        ("yaml", "", "(row rows.yaml:1) groups.$each: the file is empty. Write a list of maps, or [] for no rows."),
        (
            "yaml",
            "id: a\n",
            "(row rows.yaml:1:1) groups.$each: the document is a map; a file of rows is a list. Begin each row with `- `.",
        ),
        (
            "yaml",
            "- id: a\n  text: x\n- b\n",
            "(row rows.yaml:3:3) groups.$each: the row is not a map. Write its fields: {id: acme}.",
        ),
        (
            "yaml",
            "- id: a\n  id: b\n",
            "(row rows.yaml:2:3) groups.$each: duplicate key; it is first written in line 1. Remove one of the two.",
        ),
        (
            "yaml",
            "- {id: a, text: {$secret: x}}\n",
            "(row rows.yaml:1:3) groups.$each: a row cannot contain a reference. Write a value, and put the reference into the value that is made: {$secret: tenants/${t.id}}.",
        ),
        (
            "yaml",
            "- {id: a}\n---\n- {id: b}\n",
            "(row rows.yaml:3:1) groups.$each: the file has two documents. Write one list.",
        ),
        (
            "json",
            '{"id": "a"}',
            '(row rows.json:1:1) groups.$each: the file is not valid JSON: a list begins with [. Write a list of maps: [{"id": "acme"}].',
        ),
        (
            "json",
            '[{"id": "a", "text": "x"},\n  3]',
            "(row rows.json:2:3) groups.$each: the row is not a map. Write its fields: {id: acme}.",
        ),
        (
            "json",
            '[{"id": "a", "id": "b"}]',
            '(row rows.json:1:2) groups.$each: the file is not valid JSON: a key occurs twice in one map. Write a list of maps: [{"id": "acme"}].',
        ),
        (
            "json",
            '[\n {"id": NaN}]',
            '(row rows.json:2:2) groups.$each: the file is not valid JSON: a number is not finite. Write a list of maps: [{"id": "acme"}].',
        ),
        (
            "json",
            "[] x",
            '(row rows.json:1:4) groups.$each: the file is not valid JSON: there is text after the end of the list. Write a list of maps: [{"id": "acme"}].',
        ),
        (
            "txt",
            "x",
            "groups.$each: the name rows.txt does not say what the file is. End it in .csv, .yaml, .yml, .json.",
        ),
    ],
)
def test_a_mistake_in_yaml_or_json_has_a_column_too(here, ending, text, expected):
    written(m__yaml=GROUPS.replace("csv", ending), **{f"rows__{ending}": text})
    assert said() == [f"m.yaml:4:10 {expected}"]


def test_a_field_that_one_row_lacks(here):
    written(m__yaml=GROUPS.replace("csv", "yaml"), rows__yaml="- {id: a, text: x}\n- {id: b, txt: y}\n- {id: c}\n")
    assert said() == [
        "m.yaml:7:24 (row rows.yaml:2:3) groups.b.Description: row rows.yaml:2:3 has no field text. Did you mean txt? Its fields are: id, txt. Write one of them: ${t.NAME}.",
        "m.yaml:7:24 (row rows.yaml:3:3) groups.c.Description: row rows.yaml:3:3 has no field text. Its fields are: id. Write one of them: ${t.NAME}.",
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{$file: no.csv}", "there is no file no.csv. The path is relative to the directory of the manifest."),
        (
            "{$file: ../out.csv}",
            "$file ../out.csv leads out of ., the tree of the manifest. Move the file into the tree, or widen the tree with --file-root DIR.",
        ),
        ("{$file: .}", "$file . is a directory. Name one file in it."),
        (
            "{$secret: x}",
            "rows cannot come from $secret. Write $each: {$file: tenants.csv}, {$var: NAME}, or a list of maps.",
        ),
        (
            "{$var: none}",
            "the variable none has no value. Give it a value: --var none=VALUE, or a line in a --var-file.",
        ),
        ("{$var: word}", 'the variable word is a text that is not JSON. Give a list of maps: [{"id": "acme"}].'),
        ("rows.csv", "$each has no rows. Write $each: {$file: tenants.csv}, {$var: NAME}, or a list of maps."),
        (
            '{$file: "${target.region}.csv"}',
            "$target cannot be used inside a string; these can: $var. Make it the whole value: {$target: region}.",
        ),
    ],
)
def test_rows_that_are_not_found(here, source, message):
    written(m__yaml=GROUPS.replace("{$file: rows.csv}", source))
    found = said(word="x")
    assert len(found) == 1
    assert "groups.$each: " in found[0]
    assert found[0].startswith("m.yaml:4:10 ")
    if "target" not in source:
        assert found[0].endswith(f"groups.$each: {message}")


def test_a_path_out_of_the_tree_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "out.csv").write_text("id,text\na,hunter2\n")
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    written(m__yaml=GROUPS.replace("rows.csv", "../out.csv"))
    assert "hunter2" not in "".join(said())
    found = load(["m.yaml"], variables={}, environ={}, stdin=lambda: "", file_roots=[str(tmp_path)])
    assert [str(s.address) for s in found.manifests[0].section("groups")] == ["groups/a"]


def test_a_file_of_rows_beside_the_manifests_is_no_manifest(here):
    written(m__yaml=GROUPS.replace("csv", "yaml"), rows__yaml="- {id: a, text: x}\n")
    assert [m.file for m in loaded(".").manifests] == ["m.yaml"]
    parts = [gather(["."], variables={}, environ={}, stdin=lambda: "", share=Share(i, 2, 2)) for i in range(2)]
    assert [m.file for m in together(parts).manifests] == ["m.yaml"]
    written(other__yaml="- {id: a}\n")
    assert said(".") == [
        "other.yaml:1:1: the document is a list; a manifest is a map. Begin with `version: 1` and `user_pool:`, not indented."
    ]


# --- forms -----------------------------------------------------------------------------------------------------------


def names(section: str = "groups", **variables: Any) -> list[str]:
    [manifest] = loaded("m.yaml", **variables).manifests
    return [s.address.name for s in manifest.section(section)]


HEAD = "version: 1\nuser_pool: {PoolName: p}\n"


def test_rows_beside_written_objects_in_their_order(here):
    block = '{$each: {$file: rows.csv}, as: t, key: "${t.id}", value: {}}'
    written(
        rows__csv="id\nb\nc\n",
        m__yaml=f'{HEAD}groups:\n  a: {{}}\n  $each: [{block}, {{$each: [{{n: d}}], as: r, key: "${{r.n}}-x", value: {{}}}}]\n  key: {{}}\n',
    )
    assert names() == ["a", "b", "c", "d-x", "key"]


def test_rows_of_a_variable(here):
    written(
        m__yaml=f'{HEAD}groups: {{$each: {{$var: rows}}, as: t, key: "${{t.id}}", value: {{Precedence: "${{t.n}}"}}}}\n'
    )
    assert names(rows=[{"id": "a", "n": 1}]) == ["a"]
    assert names(rows='[{"id": "b", "n": "2"}]') == ["b"]
    assert said(rows=[{"id": "a", "n": "x"}]) == [
        'm.yaml:3:74 (row 1 of $var rows) groups.a.Precedence: "x" (from ${t.n}) is not a whole number. Use a whole number from 0 to 2147483647.'
    ]


def test_rows_within_rows(here):
    written(
        rows__yaml="- {id: a, terms: [terms-of-use, privacy-policy]}\n",
        m__yaml=f"""{HEAD}clients:
  $each: {{$file: rows.yaml}}
  as: c
  key: "${{c.id}}"
  value:
    terms:
      $each: [{{n: terms-of-use}}, {{n: privacy-policy}}]
      as: t
      key: "${{t.n}}"
      value: {{Links: {{"cognito:default": "https://${{c.id}}.example.com/${{t.n}}"}}}}
""",
    )
    [manifest] = loaded("m.yaml").manifests
    links = {s.address.name: s.declared["Links"]["cognito:default"] for s in manifest.section("clients.terms")}
    assert links == {
        "a/terms-of-use": "https://a.example.com/terms-of-use",
        "a/privacy-policy": "https://a.example.com/privacy-policy",
    }


@pytest.mark.parametrize(
    "providers",
    [
        '{$each: {$file: rows.csv}, as: t, value: "${t.id}"}',
        '[{$each: {$file: rows.csv}, as: t, value: "${t.id}"}]',
    ],
)
def test_names_are_usable_in_lists(here, providers):
    written(
        rows__csv="id,on\na,true\nb,false\n",
        m__yaml=f"{HEAD}clients: {{web: {{SupportedIdentityProviders: {providers}}}}}\n",
    )
    [manifest] = loaded("m.yaml").manifests
    assert manifest.section("clients")[0].declared["SupportedIdentityProviders"] == ["a", "b"]
    some = providers.replace("as: t", 'as: t, $when: "${t.on}"').replace("[{", "[COGNITO, {")
    written(m__yaml=f"{HEAD}clients: {{web: {{SupportedIdentityProviders: {some}}}}}\n")
    [manifest] = loaded("m.yaml").manifests
    assert manifest.section("clients")[0].declared["SupportedIdentityProviders"] == [
        *(["COGNITO"] if "[" in providers else []),
        "a",
    ]


def test_references_name_rows_and_a_secret_column_is_a_literal(here):
    written(
        rows__csv="id,secret\na,hunter2hunter2\n",
        m__yaml=HEAD
        + """identity_providers:
  $each: {$file: rows.csv}
  as: t
  key: "${t.id}"
  value:
    ProviderType: OIDC
    ProviderDetails: {client_id: x, client_secret: "${t.secret}", oidc_issuer: {$ssm: "/issuers/${t.id}"}}
""",
    )
    found = loaded("m.yaml")
    [spec] = found.manifests[0].section("identity_providers")
    assert str(spec.declared["ProviderDetails"]["oidc_issuer"]) == "(known after reading $ssm /issuers/a)"
    assert "hunter2" not in repr(found)
    [notice] = [n for n in found.notices if "clear text" in n.message]
    assert str(notice.source) == "m.yaml:9:52 (row rows.csv:2)"


def test_a_password_in_a_column_is_refused_like_one_that_is_written(here):
    users = 'users: {$each: {$file: rows.csv}, as: t, key: "${t.id}", value: {Password: "${t.pw}"}}\n'
    written(rows__csv="id,pw\na,Hunter2!Hunter2\n", m__yaml=HEAD + users)
    of_row = said()
    written(m__yaml=HEAD + "users: {a: {Password: Hunter2!Hunter2}}\n")
    assert [w.partition("users.a")[2] for w in of_row] == [w.partition("users.a")[2] for w in said()]
    assert "Hunter2" not in "".join(of_row)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (
            "{$each: [], key: x, value: {}}",
            ["3:9 groups.$each: $each requires as. Write $each, as, key and value; in a list without key."],
        ),
        (
            "{$each: [], as: t, key: x}",
            ["3:9 groups.$each: $each requires value. Write $each, as, key and value; in a list without key."],
        ),
        (
            "{$each: [], as: var, key: x, value: {}}",
            ["3:25 groups.$each: var is a kind of reference, and no name for a row. Choose another name: as: t"],
        ),
        (
            "{$each: [], as: 1, key: x, value: {}}",
            [
                "3:25 groups.$each: a row cannot be called this. Use letters, digits, _ and -, and begin with a letter: as: t"
            ],
        ),
        (
            "{$each: [], as: t, key: 1, value: {}}",
            ['3:33 groups.$each: key is not a string. Write one with a field of the row: "${t.id}".'],
        ),
        (
            "{$each: [], as: t, key: x, value: {}, admins: {}}",
            [
                "3:55 groups.$each: admins does not belong beside $each. Write the rows beside objects as a list of their own: $each: [{$each: ..., as: ..., key: ...}]."
            ],
        ),
        (
            "{$each: [{$each: [], as: t, key: x, value: {}}, {id: a}]}",
            [
                "3:57 groups.$each: an item of $each has no $each of its own. Write the rows beside objects as a list of their own: $each: [{$each: ..., as: ..., key: ...}]."
            ],
        ),
        (
            '{$each: [{id: a}], as: t, key: "${u.id}", value: {}}',
            [
                "3:40 (row m.yaml:3:18) groups.$each: there is no row called u here. Rows are called t; write $${ for the two characters."
            ],
        ),
        (
            '{$each: [{id: a}], as: t, key: "${t}", value: {}}',
            ["3:40 (row m.yaml:3:18) groups.$each: ${t} is a whole row. Name a field of it: ${t.NAME}."],
        ),
        (
            '{$each: [{id: [a]}], as: t, key: "x${t.id}", value: {}}',
            [
                "3:42 (row m.yaml:3:18) groups.$each: the field t.id is a list, not a string. Put a text, a number or a boolean there."
            ],
        ),
        (
            '{$each: [{id: a}], as: t, key: "${t.id}", value: {$each: [{id: b}], as: t, key: k, value: {}}}',
            ["3:81 (row m.yaml:3:18) groups.a.$each: an outer row is called t already. Choose another name."],
        ),
    ],
)
def test_a_form_that_is_wrong(here, block, expected):
    written(m__yaml=f"{HEAD}groups: {block}\n")
    assert said() == [f"m.yaml:{e}" for e in expected]


@pytest.mark.parametrize("field", [None, ["a"], {"a": 1}])
def test_a_key_is_a_text(here, field):
    written(m__yaml=HEAD + 'groups: {$each: {$var: rows}, as: t, key: "${t.id}", value: {}}\n')
    [found] = said(rows=[{"id": field}])
    assert found.startswith("m.yaml:3:43 (row 1 of $var rows) groups.$each: the field t.id is ")
    assert found.endswith(", not a string. Put a text, a number or a boolean there.")


@pytest.mark.parametrize(("field", "name"), [(17, "17"), (True, "true"), ("$x", "$x"), ("$$x", "$$x")])
def test_a_key_of_any_scalar(here, field, name):
    written(m__yaml=HEAD + 'groups: {$each: {$var: rows}, as: t, key: "${t.id}", value: {}}\n')
    assert names(rows=[{"id": field}]) == [name]


@pytest.mark.parametrize("lock", ["groups/${t.id}", "${t.path}"])
def test_locks_of_rows(here, lock):
    (here / "overlays/prod").mkdir(parents=True)
    rows = "[{id: a, path: groups/a}]"
    written(m__yaml=f'{HEAD}groups: {{a: {{Precedence: 1}}}}\nlocked: [{{$each: {rows}, as: t, value: "{lock}"}}]\n')
    (here / "overlays/prod/m.yaml").write_text("groups: {a: {Precedence: 2}}\n")
    assert "this is locked by m.yaml:4:" in said(environment="prod")[0]


def test_a_key_has_no_meaning_in_a_list(here):
    written(
        m__yaml=HEAD + 'clients: {web: {CallbackURLs: [{$each: [{id: a}], as: t, key: x, value: "https://${t.id}"}]}}\n'
    )
    assert said() == ["m.yaml:3:63 clients.web.CallbackURLs.$each: key has no meaning in a list. Remove key."]


def test_a_document_is_not_made_of_rows(here):
    written(m__yaml=f"{HEAD}$each: [{{id: a}}]\n")
    assert (
        said()[0]
        == "m.yaml:3:1 $each: a document cannot be made of rows. Write $each in a section, or one document for each pool."
    )


def test_a_key_that_is_written_out_too(here):
    block = '{$each: [{id: a}], as: t, key: "${t.id}", value: {}}'
    written(m__yaml=f"{HEAD}groups:\n  a: {{}}\n  $each: [{block}]\n")
    assert said() == [
        "m.yaml:5:42 (row m.yaml:5:20) groups.a: a is made twice; the first is from m.yaml:4:3. Give each row its own key, or remove one."
    ]
    written(m__yaml=f"{HEAD}groups:\n  $each: [{block}]\n  a: {{}}\n")
    assert said() == [
        "m.yaml:5:6 groups.a: a is there twice; the first is at m.yaml:4:42 (row m.yaml:4:20). Make the keys differ, or remove one."
    ]


def test_a_dollar_that_would_open_a_reference(here):
    written(
        m__yaml=HEAD
        + 'groups: {$each: [{id: a, d: "x$"}], as: t, key: "${t.id}", value: {Description: "${t.d}${var.x}"}}\n'
    )
    assert said(x="y") == [
        "m.yaml:3:81 (row m.yaml:3:18) groups.a.Description: a value from a row ends with `$` right before a reference. Put another character between the two."
    ]


def test_a_map_in_a_list_has_rows_beside_what_is_written(here):
    block = '{$each: [{k: email}, {k: name}], as: t, key: "${t.k}", value: true}'
    rule = f"{{Claim: x, MatchType: Equals, Value: y, RoleARN: 'arn:aws:iam::123456789012:role/x', $each: [{block}]}}"
    written(
        m__yaml=f"version: 1\nkind: IdentityPool\nidentity_pool: {{IdentityPoolName: p}}\nroles: {{RoleMappings: {{x: {{Type: Rules, AmbiguousRoleResolution: Deny, RulesConfiguration: {{Rules: [{rule}]}}}}}}}}\n"
    )
    found = said()
    assert [line.rpartition("Rules[0].")[2].partition(":")[0] for line in found] == ["email", "name"]


def test_rows_that_multiply(here):
    rows = json.dumps([{"id": i} for i in range(800)])
    inner = '{$each: {$var: rows}, as: u, value: "${u.id}"}'
    written(m__yaml=f'{HEAD}groups: {{$each: {{$var: rows}}, as: t, key: "${{t.id}}", value: {{x: {inner}}}}}\n')
    assert any("the rows make more than 500000 values." in line for line in said(rows=rows))


# --- overlays --------------------------------------------------------------------------------------------------------


@pytest.fixture
def layered(here):
    (here / "overlays/prod").mkdir(parents=True)
    written(m__yaml=GROUPS, rows__csv="id,text\na,x\nb,y\n")

    def layered(text: str) -> list[tuple[str, Any, str]]:
        (here / "overlays/prod/m.yaml").write_text(text)
        [manifest] = loaded("m.yaml", environment="prod").manifests
        found = manifest.section("groups")
        return [(s.address.name, s.declared.get("Description"), str(s.position(("Description",)))) for s in found]

    return layered


def test_an_overlay_changes_an_object_of_a_row_by_its_name(layered):
    assert layered("groups: {a: {Description: z}, c: {Description: w}}\n") == [
        ("a", "z", "overlays/prod/m.yaml:1:27"),
        ("b", "y", "m.yaml:7:24 (row rows.csv:3)"),
        ("c", "w", "overlays/prod/m.yaml:1:48"),
    ]


def test_an_overlay_removes_an_object_of_a_row(layered):
    assert [name for name, *_ in layered("groups: {a: {$delete: true}}\n")] == ["b"]


def test_an_overlay_has_rows_of_its_own(here, layered):
    (here / "overlays/prod/more.csv").write_text("id,text\nb,z\n")
    assert layered(GROUPS.replace("rows.csv", "more.csv").removeprefix("version: 1\n")) == [
        ("a", "x", "m.yaml:7:24 (row rows.csv:2)"),
        ("b", "z", "overlays/prod/m.yaml:6:24 (row overlays/prod/more.csv:2)"),
    ]


def test_rows_that_an_overlay_does_not_find(here, layered):
    (here / "overlays/prod/m.yaml").write_text(GROUPS)
    assert said(environment="prod") == [
        "overlays/prod/m.yaml:4:10 groups.$each: there is no file rows.csv. The path is relative to the directory of the overlay."
    ]


def test_a_lock_holds_for_an_object_of_a_row(here, layered):
    written(m__yaml=f"{GROUPS}locked: [groups/a]\n")
    (here / "overlays/prod/m.yaml").write_text("groups: {a: {Description: z}}\n")
    assert said(environment="prod") == [
        "overlays/prod/m.yaml:1:14 groups.a: this is locked by m.yaml:8:10, and the overlay changes it. Change the base, or remove the lock."
    ]


# --- places ----------------------------------------------------------------------------------------------------------


def test_a_place_with_a_row_is_a_place(tmp_path):
    import pickle

    place = RowPosition(Position("m.yaml", 3, 5), "rows.csv:2")
    assert tuple(place) == ("m.yaml", 3, 5)
    assert str(place) == "m.yaml:3:5 (row rows.csv:2)"
    assert str(pickle.loads(pickle.dumps(place))) == str(place)  # noqa: S301 - just made
    assert str(RowPosition(place, "x.csv:3")) == "m.yaml:3:5 (row rows.csv:2, x.csv:3)"


def test_a_file_of_many_mistakes_is_read_to_its_end():
    table = read_rows("r.csv", "id,n\na\nb,1\nc,2,3\n")
    assert [row.fields for row in table.rows] == [{"id": "b", "n": "1"}]
    assert [m.place for m in table.mistakes] == ["r.csv:2", "r.csv:4"]
