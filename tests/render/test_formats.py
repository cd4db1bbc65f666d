"""What holds for every format of every command."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path

import grimp
import pytest

from reconciler.errors import InvalidInput
from reconciler.render import formats, redact
from reconciler.render.subjects import USUAL, Renderers
from reconciler.terminal.options import add_outputs
from tests.cli.support import run
from tests.render.found import DRIFTS, HOSTILE, VALIDATED
from tests.render.samples import APPLIED, CALLS, LITERAL, PLANS, SECRET
from tests.render.through_door import result

MADE = {
    **{f"plan-{n}": (lambda p=p: formats.plan(redact.plans(p, CALLS), USUAL)) for n, p in PLANS.items()},
    **{f"apply-{n}": (lambda a=a: formats.apply(redact.applied(a), USUAL)) for n, a in APPLIED.items()},
    **{f"validate-{n}": (lambda v=v: formats.validate(v, USUAL)) for n, v in VALIDATED.items()},
    **{f"drift-{n}": (lambda d=d: formats.drift(result(d), USUAL)) for n, d in DRIFTS.items()},
    "plan-hostile": lambda: formats.plan(redact.plans([HOSTILE]), USUAL),
}


@pytest.mark.parametrize("name", MADE)
def test_no_format_shows_a_secret_and_all_give_the_same_bytes_twice(name):
    once, twice = MADE[name](), MADE[name]()
    for form, write in once.items():
        text = write(False)
        assert text == twice[form](False), form
        for canary in (SECRET, LITERAL, "old-secret-text"):
            assert canary not in text, form


@pytest.mark.parametrize("name", MADE)
def test_every_format_is_there(name):
    assert tuple(MADE[name]()) == formats.names(name.partition("-")[0])


@pytest.mark.parametrize("form", formats.FORMATS, ids=lambda f: f.name)
def test_a_format_renders_the_subjects_that_its_line_names(form):
    found = import_module(form.module).RENDERERS
    assert isinstance(found, Renderers)
    assert [s for s in Renderers._fields if getattr(found, s)] == sorted(form.subjects, key=Renderers._fields.index)


def test_no_format_knows_another():
    """What two formats need is in a module below both."""
    modules = {f.module for f in formats.FORMATS}
    graph = grimp.build_graph("reconciler", cache_dir=None)
    for module in modules:
        own = {module, *graph.find_descendants(module)}
        met = {m for part in own for m in graph.find_modules_directly_imported_by(part)} - own
        assert not {m for m in met if any(m == other or m.startswith(f"{other}.") for other in modules)}, module


def test_a_format_is_one_value_and_one_file(tmp_path, monkeypatch):
    """What is written here is all that a new format takes: a file, and a line."""
    (tmp_path / "counted_format.py").write_text(
        "from reconciler.render.subjects import Renderers\n"
        "RENDERERS = Renderers(plan=lambda plans, options: f'{len(plans)} plans, {options.width} columns\\n')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    line = formats.Format("counted", "counted_format", ("plan",), ".txt", "text/plain", "Tests", "A number")
    known = (*formats.FORMATS, line)
    assert formats.names("plan", known) == (*formats.names("plan"), "counted")
    assert formats.names("drift", known) == formats.names("drift")
    parser = argparse.ArgumentParser()
    add_outputs(parser, formats.names("plan", known))
    assert parser.parse_args(["-o", "counted"]).outputs == [("counted", "")]
    with pytest.raises(InvalidInput, match="github, counted"):
        parser.parse_args(["-o", "nothing"])
    written = formats.each("plan", redact.plans(PLANS["several"]), USUAL, known)
    assert written["counted"](False) == "3 plans, 100 columns\n"


def test_the_docs_list_the_formats_as_they_are():
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    rows = [f"| `{f.name}` | {f.purpose} | {f.holds} |" for f in formats.FORMATS]
    assert "\n".join(rows) in text
    for form in formats.FORMATS:
        if form.name not in ("human", "json"):
            assert f"\n## {form.name}\n" in text


@pytest.mark.parametrize("name", MADE)
def test_every_text_can_be_encoded_and_ends_its_last_line(name):
    for form, write in MADE[name]().items():
        text = write(False)
        if form != "json":  # JSON may carry what YAML let in
            text.encode()
        assert not text or text.endswith("\n"), form


GOOD = "version: 1\nuser_pool: {PoolName: customers}\n"
BAD = "version: 1\nuser_pool: {PoolName: customers, MfaConfiguratio: 'ON'}\n"


def manifest(folder: Path, text: str) -> str:
    file = folder / "m.yaml"
    file.write_text(text)
    return str(file)


@pytest.mark.parametrize("form", formats.names("plan"))
def test_commands_write_every_format(tmp_path, form):
    file, local = manifest(tmp_path, GOOD), f"--local={tmp_path / 'state'}"
    out = {c: tmp_path / f"{c}.out" for c in ("validate", "plan", "apply")}
    assert run("validate", file, "-o", f"{form}={out['validate']}").code == 0
    assert run(local, "plan", file, "-o", f"{form}={out['plan']}").code == 0
    assert run(local, "apply", "--yes", file, "-o", f"{form}={out['apply']}").code == 0
    assert all(o.exists() for o in out.values())
    if form == "markdown":
        first = out["plan"].read_text().splitlines()[0]
        assert "targets=123456789012/us-east-1/customers digest=sha256:" in first


def test_in_a_github_job_validate_annotates_by_itself(tmp_path):
    file, job = manifest(tmp_path, BAD), {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(tmp_path)}
    found = run("validate", file, environ=job)
    assert found.code == 3
    assert found.out.startswith("::error file=m.yaml,line=2,col=")
    assert "Did you mean" in found.err
    assert "::" not in run("validate", file).out
    tree = json.loads(run("validate", file, "-o", "json", environ=job).out)
    assert tree["valid"] is False


PROVIDER = """version: 1
target: {account: "123456789012", region: us-east-1}
user_pool: {PoolName: customers}
identity_providers:
  okta:
    ProviderType: OIDC
    ProviderDetails:
      client_id: orchard
      client_secret: {$env: OKTA_SECRET}
      oidc_issuer: https://okta.example.com
      authorize_scopes: openid
      attributes_request_method: GET
    AttributeMapping: {username: sub}
"""


def test_a_canary_passes_through_every_command_and_is_in_no_output(tmp_path):
    file, local = manifest(tmp_path, PROVIDER), f"--local={tmp_path / 'state'}"
    for command, canary in (("plan", "canary-one-7f3a"), ("apply", "canary-one-7f3a"), ("drift", "canary-two-91bc")):
        files = {form: tmp_path / f"{command}.{form}" for form in formats.names("plan")}
        wanted = [word for form, out in files.items() for word in ("-o", f"{form}={out}")]
        yes = ["--yes"] if command == "apply" else []
        ran = run(local, command, *yes, file, *wanted, environ={"OKTA_SECRET": canary})
        assert ran.code == (2 if command == "drift" else 0), ran.err
        for text in (ran.out, ran.err, *(out.read_text() for out in files.values())):
            assert "canary-" not in text
        assert "okta" in files["markdown"].read_text()
    assert "identity_providers/okta ProviderDetails.client_secret" in files["junit"].read_text()
