from __future__ import annotations

import json
import re
import socket
import types

import pytest
from jsonschema import Draft202012Validator

from reconciler import __version__
from reconciler.commands import deliver
from reconciler.commands import local as local_command
from reconciler.errors import PoolctlError
from reconciler.render.output_schemas import output_schema
from reconciler.terminal.options import Options
from tests.cli.support import run

GOOD = "version: 1\nuser_pool:\n  PoolName: {}\n"


@pytest.fixture
def pools(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(GOOD.format(name))
    return tmp_path


def _conforms(text):
    tree = json.loads(text)
    Draft202012Validator(json.loads(output_schema("validate"))).validate(tree)
    return tree


def test_validate(pools):
    ran = run("validate", str(pools))
    assert ran.code == 0
    assert re.fullmatch(r"Security: \d+ findings, \d+ high: poolctl lint shows them\.\n", ran.err)
    assert ran.out == f"{pools}/a.yaml: valid\n{pools}/b.yaml: valid\n2 manifests are valid.\n"
    tree = _conforms(run("validate", str(pools), "-o", "json").out)
    assert (tree["valid"], tree["manifest_count"], tree["diagnostics"]) == (True, 2, [])


def test_validate_reads_standard_input():
    ran = run("validate", "-", stdin=GOOD.format("x"))
    assert (ran.code, ran.out) == (0, "-: valid\n1 manifest is valid.\n")


def test_validate_reports_every_problem_where_it_stands(pools):
    (pools / "c.yaml").write_text("version: 1\nuser_pool:\n  PoolNam: x\nclints: {}\n")
    ran = run("validate", str(pools))
    assert (ran.code, ran.out, ran.last) == (3, "", "exit 3 (invalid)")
    assert f"{pools}/c.yaml:3:" in ran.err
    assert f"{pools}/c.yaml:4:" in ran.err
    ran = run("validate", str(pools), "-o", "json")
    tree = _conforms(ran.out)
    assert (ran.code, tree["valid"]) == (3, False)
    assert {d["range"]["start"]["line"] for d in tree["diagnostics"] if d["severity"] == "error"} >= {3, 4}


def test_validate_finds_what_cognito_would_refuse(pools):
    (pools / "c.yaml").write_text(
        "version: 1\nuser_pool:\n  PoolName: c\n  AliasAttributes: [email]\n  UsernameAttributes: [email]\n"
    )
    ran = run("validate", str(pools / "c.yaml"), "-o", "json")
    assert ran.code == 3
    assert [d["range"]["filename"] for d in _conforms(ran.out)["diagnostics"]] == [f"{pools}/c.yaml"]


def test_results_go_to_several_places(pools, tmp_path):
    file = tmp_path / "result.json"
    ran = run("validate", str(pools), "-o", "human", "-o", f"json={file}")
    assert ran.out.endswith("2 manifests are valid.\n")
    assert _conforms(file.read_text())["valid"] is True
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_result_that_cannot_be_written_is_an_error(tmp_path):
    options = Options("plan", outputs=(("json", str(tmp_path)),))
    with pytest.raises(PoolctlError, match="could not be written"):
        deliver(options, None, {"json": lambda _: "{}"})


@pytest.mark.parametrize("argv", [("version",), ("--version",)])
def test_version(argv):
    assert run(*argv).out == f"poolctl {__version__}\n"


def test_version_as_json_names_the_libraries():
    tree = json.loads(run("version", "-o", "json").out)
    assert tree["poolctl"] == __version__
    assert {"python", "boto3", "pydantic", "moto"} <= set(tree)


@pytest.mark.parametrize("name", ["plan", "validate", "apply"])
def test_schema_of_outputs(name):
    assert run("schema", "--output", name).out == output_schema(name)


def test_schema_of_manifests():
    schema = json.loads(run("schema").out)
    Draft202012Validator.check_schema(schema)


def test_local_serve_stops_its_server(monkeypatch):
    import reconciler.local
    from reconciler.local.desk import Desk

    seen = []

    def serve(directory, host, port):
        seen.append((str(directory), host, port))
        engine = types.SimpleNamespace(desk=Desk())
        up, down = (lambda: seen.append("up")), (lambda: seen.append("down"))
        return types.SimpleNamespace(url="http://x", start=up, stop=down, engine=engine)

    def interrupted(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(reconciler.local, "serve", serve)
    monkeypatch.setattr(local_command, "time", types.SimpleNamespace(sleep=interrupted))
    ran = run("--local=state", "local", "serve", "--port", "0")
    assert (ran.code, ran.out) == (130, "http://x\n")
    assert seen == [("state", "127.0.0.1", 0), "up", "down"]
    assert local_command.NO_BOUNDARY in ran.err


def test_local_serve_names_an_address_that_is_in_use(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run(f"--local={tmp_path}", "local", "serve", "--port", str(port))
    assert ran.code == 3
    assert f"Cannot listen on 127.0.0.1, port {port}: Address already in use." in ran.err
    assert "--port" in ran.err
