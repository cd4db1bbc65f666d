"""Text from manifests, from AWS and in the names of files, in every command: nothing acts on a terminal or a runner."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import pytest
import yaml

from reconciler.errors import CloudError, Problem
from reconciler.local import LocalCognito
from reconciler.model import Position
from reconciler.render import formats
from reconciler.terminal.characters import ACTING, PAINT, harmless, prose
from tests.cli.fake_aws import KEYS, serving
from tests.cli.support import Terminal, run

EVIL = (
    "x\x1b[2J\x1b]0;t\x07\x9b31m\x7f\u061c\u202e\u2066\u2028\u2029\r\n::error::pwned\n  ::add-mask::y\n##[error]z\ufeff"
)
PRINTS = frozenset(chr(c) for first, last in ACTING for c in range(first, last + 1))
COMMANDS = ["validate", "plan", "apply", "drift", "diff", "export", "show"]


def check(text: str, *, github: bool = False) -> None:
    """Nothing acts: no control character, and no command but those that are meant."""
    assert not PRINTS & set(text), sorted(map(hex, map(ord, PRINTS & set(text))))
    lines = [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert [line for line in lines if line.lstrip().startswith(("::error::pwned", "::add-mask"))] == []
    assert github or lines == []


def words(command: str, path: str = "m.yaml") -> list[str]:
    """A command line that reads a manifest, a pool, or both."""
    return {
        "apply": ["apply", "--yes", path],
        "diff": ["diff", path, "pool:customers"],
        "export": ["export", "--region", "eu-west-1", "--pool", "customers"],
        "show": ["show", "plan.json"],
    }.get(command, [command, path])


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    yield tmp_path
    logging.getLogger().setLevel(logging.WARNING)


@pytest.fixture
def hostile(place) -> Path:
    """A live pool and a manifest with hostile texts wherever Cognito takes any."""
    tree = {
        "version": 1,
        "target": {"region": "eu-west-1"},
        "user_pool": {"PoolName": "customers", "UserPoolTags": {"evil": EVIL}},
        "groups": {"admins": {"Description": EVIL}},
        "ignore": [{"path": "mfa", "reason": EVIL, "owner": EVIL, "expires": "2020-01-01"}],
    }
    (place / "m.yaml").write_text(yaml.safe_dump(tree))
    with LocalCognito(place / "state") as local:
        idp = local.client("cognito-idp", "eu-west-1")
        pool = idp.create_user_pool(PoolName="customers")["UserPool"]["Id"]
        idp.create_group(UserPoolId=pool, GroupName="admins", Description=EVIL[::-1])
        idp.create_group(UserPoolId=pool, GroupName="other", Description=EVIL)
    return place


@pytest.mark.parametrize("command", COMMANDS)
def test_texts_of_manifests_and_pools(hostile, command):
    local = f"--local={hostile / 'state'}"
    if command == "show":
        run("plan", local, "--out", "plan.json", "m.yaml")
    names = formats.names("plan" if command == "show" else command) if command != "export" else ["yaml"]
    for form in names:
        if command in ("apply", "drift"):  # each run begins at the same state
            shutil.rmtree(hostile / "copy", ignore_errors=True)
            shutil.copytree(hostile / "state", hostile / "copy")
            local = f"--local={hostile / 'copy'}"
        argv = [*words(command), *(() if command == "export" else ("-o", form))]
        ran = run(*argv, *(() if command == "show" else (local,)))
        assert ran.code in (0, 2, 6), (form, ran.err)
        check(ran.out, github=form == "github")
        check(ran.err)
        if form == "json" and command not in ("validate", "apply"):
            assert json.dumps(EVIL)[1:-1] in json.dumps(json.loads(ran.out))
    if command == "export":
        assert yaml.safe_load(ran.out)["groups"]["other"]["Description"] == EVIL


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "diff", "export"])
@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("level", ["text", "json"])
def test_texts_of_aws(place, command, everything, level):
    (place / "m.yaml").write_text("version: 1\ntarget: {region: eu-west-1}\nuser_pool: {PoolName: customers}\n")
    with serving() as aws:
        aws.refused, aws.refuses_all = ("Odd\x1b[31mException\n::error::pwned", EVIL), everything
        log = ["--log-level", "debug", "--log-format", level]
        ran = run(*words(command), *log, "--endpoint-url", aws.url, *REGION[command == "export" :])
    assert ran.code in (1, 7)
    assert "pwned" in ran.err + ran.out
    check(ran.out)
    check(ran.err)


REGION = ["--region=eu-west-1"]

NAMES = ["::error::pwned.yaml", "a\n::error::pwned.yaml", "b\x1b[2J\u202e.yaml", "c\r\x9b31m.yaml"]


@pytest.mark.parametrize("command", ["validate", "plan", "apply", "drift"])
@pytest.mark.parametrize(
    "text", ["a: [\n", "version: 1\nuser_pool: {PoolName: x, Nope: 1}\n", "version: 1\nuser_pool: {PoolName: x}\n"]
)
def test_names_of_files(place, command, text):
    (place / "pools").mkdir()
    for name in NAMES:
        (place / "pools" / name).write_text(text.replace("PoolName: x", f"PoolName: p{len(name)}"))
    for path in ("pools", ".", str(place / "pools" / NAMES[1]), NAMES[0]):
        ran = run(*words(command, path), "--local", "--region", "eu-west-1")
        check(ran.out)
        check(ran.err)
        assert "unexpected" not in ran.err
    ran = run("validate", "pools", environ={"GITHUB_ACTIONS": "true"})
    check(ran.out, github=True)
    assert all(line.startswith(("::error ", "::warning ")) for line in ran.out.splitlines() if line.startswith("::"))


@pytest.mark.parametrize(
    "text",
    [
        f"{json.dumps(EVIL)}: 1\nversion: 1\n",
        f"version: 1\nuser_pool: {{PoolName: x, {json.dumps(EVIL)}: 1}}\n",
        f"version: 1\nkind: {json.dumps(EVIL)}\n",
        f"version: 1\nuser_pool: {{PoolName: {{$env: {json.dumps(EVIL)}}}}}\n",
        f"version: 1\nuser_pool: {{PoolName: {{$file: {json.dumps(EVIL)}}}}}\n",
        f"version: 1\nuser_pool: {{PoolName: {{{json.dumps('$' + EVIL)}: x}}}}\n",
        f"version: 1\nuser_pool: {{PoolName: x, MfaConfiguration: {json.dumps(EVIL)}}}\n",
        f"version: 1\nprune: [{json.dumps(EVIL)}]\nuser_pool: {{PoolName: x}}\n",
        f"version: 1\nuser_pool: {{PoolName: x}}\nidentity_providers: {{{json.dumps(EVIL)}: {{ProviderType: SAML}}}}\n",
    ],
)
def test_what_messages_quote(place, text):
    (place / "m.yaml").write_text(text)
    for command in ("validate", "plan", "drift"):
        ran = run(command, "--local", "m.yaml")
        assert ran.code == 3, ran.err
        check(ran.out + ran.err)
        assert "unexpected" not in ran.err


def test_options_too(place):
    more = [["plan", "--target", EVIL, "m.yaml"], ["export", "--local", "--pool", EVIL], ["diff", EVIL, EVIL]]
    odd = [["plan", "--var", EVIL], ["plan", "--env", EVIL], ["plan", f"--{EVIL}"]]
    for argv in ([EVIL], ["plan", EVIL], ["show", EVIL], ["explain", EVIL], *odd, *more):
        ran = run(*argv)
        check(ran.out + ran.err)
        assert ran.code in (1, 3, 4)
        assert "unexpected" not in ran.err


# --- the doors themselves ------------------------------------------------------------------------------------------


def test_the_last_door():
    assert not PRINTS & set(harmless(EVIL))
    assert harmless("a\tb\nü 😀 \u200d") == "a\tb\nü 😀 \u200d"
    assert json.loads(harmless(json.dumps({"a": EVIL}, ensure_ascii=False))) == {"a": EVIL}
    painted = "".join(f"{code}x" for code in PAINT)
    assert harmless(painted, color=True) == painted
    assert "\x1b" not in harmless(painted)
    assert harmless(f"{PAINT[0]}\x1b[8m", color=True) == f"{PAINT[0]}\\u001b[8m"
    assert prose(" ::x::\na ::b\n##[y]") == " \\u003a:x::\na ::b\n\\u0023#[y]"


def test_colours_stay_on_a_terminal(hostile):
    from reconciler.cli.entry import main

    out, err = Terminal(), Terminal()
    main(["plan", f"--local={hostile / 'state'}", "m.yaml"], stdin=Terminal(), stdout=out, stderr=err, environ={})
    text = out.getvalue()
    assert "\x1b[32m" in text
    for code in PAINT:
        text = text.replace(code, "")
    check(text)
    check(err.getvalue().replace("\r\x1b[K", ""))


def test_an_error_is_one_line_for_each_thing():
    assert "\n" not in str(CloudError("a:B", EVIL, EVIL, EVIL).located(EVIL, "plan"))
    assert "\n" not in str(Problem(Position(EVIL, 1, 1), EVIL, EVIL, EVIL))
