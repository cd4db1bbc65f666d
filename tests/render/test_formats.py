"""What holds for every format of every command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.render import formats
from tests.cli.support import run
from tests.render.found import DRIFTS, HOSTILE, VALIDATED
from tests.render.samples import APPLIED, CALLS, LITERAL, PLANS, SECRET

MADE = {
    **{f"plan-{n}": (lambda p=p: formats.plan(p, calls=CALLS)) for n, p in PLANS.items()},
    **{f"apply-{n}": (lambda a=a: formats.apply(a)) for n, a in APPLIED.items()},
    **{f"validate-{n}": (lambda v=v: formats.validate(*v)) for n, v in VALIDATED.items()},
    **{f"drift-{n}": (lambda d=d: formats.drift(d)) for n, d in DRIFTS.items()},
    "plan-hostile": lambda: formats.plan([HOSTILE]),
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
    wanted = formats.WATCHING if name.startswith("drift") else formats.NAMES
    assert sorted(MADE[name]()) == sorted(wanted)


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


@pytest.mark.parametrize("form", formats.NAMES)
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
        files = {form: tmp_path / f"{command}.{form}" for form in formats.NAMES}
        wanted = [word for form, out in files.items() for word in ("-o", f"{form}={out}")]
        yes = ["--yes"] if command == "apply" else []
        ran = run(local, command, *yes, file, *wanted, environ={"OKTA_SECRET": canary})
        assert ran.code == (2 if command == "drift" else 0), ran.err
        for text in (ran.out, ran.err, *(out.read_text() for out in files.values())):
            assert "canary-" not in text
        assert "okta" in files["markdown"].read_text()
    assert "identity_providers/okta ProviderDetails.client_secret" in files["junit"].read_text()
