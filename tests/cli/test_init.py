"""`init` writes manifests that validate without a word, apply on the embedded Cognito, and then plan to nothing."""

from __future__ import annotations

import io
import json
import re
import stat
from pathlib import Path

import pytest
import yaml

from reconciler.cli.entry import main
from reconciler.starters.manifest_text import quoted
from reconciler.starters.purposes import PURPOSES, QUESTIONS
from reconciler.terminal import files
from tests.cli.support import Ran, Terminal, run

PLAIN = [(purpose,) for purpose in PURPOSES]
VARIED = [
    *((p, "--app", app) for p in ("consumer", "multi-tenant") for app in ("server", "native")),
    ("consumer", "--url", "https://shop.example.com/callback?from=sign-in", "--name", "Customers + friends, v=1@x"),
    ("consumer", "--name", "null", "--domain", "no", "--region", "eu-central-1"),
    ("consumer", "--app", "native", "--url", "com.example.shop:/signed-in", "--name", "aws cognito users"),
    ("workforce", "--protocol", "saml", "--provider", "https://login.example.com/metadata.xml"),
    ("workforce", "--provider", "https://login.example.com:8443/realms/staff", "--url", "https://intra.example.com/cb"),
    ("machine-to-machine", "--api", "https://orders.example.com/v1", "--name", "0rders"),
    ("multi-tenant", "--tenants", "acme"),
    ("multi-tenant", "--tenants", "null,on,a-b-3"),
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def conversation(*argv: str, answers: str) -> Ran:
    """Run on a terminal, with what a person types."""
    out, err = io.StringIO(), io.StringIO()
    code = main(argv, stdin=Terminal(answers), stdout=out, stderr=err, environ={})
    return Ran(code, out.getvalue(), err.getvalue())


def names(directory: Path) -> list[str]:
    return sorted(p.name for p in directory.iterdir())


@pytest.mark.parametrize("words", [*PLAIN, *VARIED], ids=" ".join)
def test_it_validates_without_a_word_and_applies_to_nothing_left(words, here):
    ran = run("init", *words, "--file", "new.yaml")
    assert (ran.code, ran.err) == (0, "")
    ran = run("validate", "new.yaml")
    assert (ran.code, ran.out) == (0, "new.yaml: valid\n1 manifest is valid.\n")
    assert re.fullmatch(r"(Security: .*: poolctl lint shows (it|them)\.\n)?", ran.err)
    ran = run("--local=state", "plan", "new.yaml")
    assert ran.code == 0
    assert "Warning" not in ran.out
    assert run("--local=state", "--quiet", "apply", "--yes", "new.yaml").code == 0
    ran = run("--local=state", "plan", "--detailed-exitcode", "new.yaml")
    assert ran.code == 0, ran.out
    ran = run("--local=state", "drift", "--strict", "new.yaml")
    assert ran.code == 0, ran.out


@pytest.mark.parametrize("words", [*PLAIN, *VARIED], ids=" ".join)
def test_the_linter_finds_only_what_is_for_the_reader_to_decide(words, here):
    """Where users return to, who sends e-mail, whom the pool belongs to, what costs more, what a provider must know."""
    run("init", *words, "--file", "new.yaml")
    tree = json.loads(run("lint", "-o", "json", "new.yaml").out)
    decided = {"CG004", "CG011", "CG019", "CG202", "CG301", "CG310", "CG504", "CG506", "CG703"}
    assert {f["rule"] for f in tree["findings"]} <= decided
    assert {f["rule"] for f in tree["findings"] if f["severity"] in ("critical", "high")} <= {"CG504"}


@pytest.mark.parametrize("words", [*PLAIN, *VARIED], ids=" ".join)
def test_what_it_writes_is_secure(words):
    ran = run("init", *words, "--file", "-")
    tree = yaml.safe_load(ran.out)
    pool = tree["user_pool"]
    assert tree["target"]["account"] == "123456789012"
    assert pool["DeletionProtection"] == "ACTIVE"
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is (words[0] != "consumer")
    password = pool["Policies"]["PasswordPolicy"]
    assert password["MinimumLength"] >= 14
    assert [password[f"Require{what}"] for what in ("Uppercase", "Lowercase", "Numbers", "Symbols")] == [True] * 4
    for client in tree["clients"].values():
        assert client["GenerateSecret"] is (client.get("RefreshTokenRotation") is None or "server" in words)
        assert client["AllowedOAuthFlows"] in (["code"], ["client_credentials"])
        assert client["PreventUserExistenceErrors"] == "ENABLED"
        assert client["EnableTokenRevocation"] is True
        assert not {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH"} & {*client["ExplicitAuthFlows"]}
        assert "custom:tenant" not in client.get("WriteAttributes", [])
        assert "aws.cognito.signin.user.admin" not in client["AllowedOAuthScopes"]


def test_no_purpose_has_a_line_that_is_too_long_or_ends_in_a_blank():
    for words in PLAIN:
        lines = run("init", *words, "--file", "-").out.splitlines()
        assert [line for line in lines if len(line) > 120 or line != line.rstrip()] == []


def test_the_file_goes_where_every_command_looks_and_the_next_steps_work(here):
    ran = run("init", "consumer")
    assert ran.out.splitlines()[0] == "Wrote pools/customers.yaml."
    steps = [line.split("   ")[0].strip().split() for line in ran.out.splitlines()[3:]]
    assert [step[0] for step in steps] == ["poolctl"] * 5
    assert [run(*step[1:], environ={"CI": "1"}).code for step in steps[:1]] == [0]
    assert run("--local", "apply", "--yes").code == 0
    assert stat.S_IMODE(Path("pools/customers.yaml").stat().st_mode) == 0o644
    assert names(Path("pools")) == ["customers.yaml"]


def test_an_account_of_ones_own_leaves_out_what_only_the_embedded_one_has(here):
    ran = run("init", "consumer", "--account", "111122223333")
    assert "--local" not in ran.out
    assert run("validate").code == 0
    ran = run("--local", "plan")
    assert (ran.code, "target.account" in ran.err) == (4, True)


@pytest.mark.parametrize("make", [lambda p: p.write_text("mine"), lambda p: p.symlink_to("nowhere"), Path.mkdir])
def test_nothing_is_overwritten(here, make):
    there = here / "there.yaml"
    make(there)
    before = (there.is_symlink(), there.is_dir(), there.exists() and not there.is_dir() and there.read_text())
    ran = conversation("init", "--file", "there.yaml", answers="")
    assert (ran.code, ran.out) == (4, "")
    assert 'Error: --file: "there.yaml" exists, and is not overwritten.' in ran.err
    assert "What is the pool for?" not in ran.err
    assert before == (there.is_symlink(), there.is_dir(), there.exists() and not there.is_dir() and there.read_text())
    assert names(here) == ["there.yaml"]


def test_the_usual_file_is_not_overwritten_either(here):
    assert run("init", "workforce").code == 0
    before = Path("pools/workforce.yaml").read_bytes()
    ran = run("init", "workforce", "--protocol", "saml")
    assert (ran.code, ran.last) == (4, "exit 4 (refused)")
    assert Path("pools/workforce.yaml").read_bytes() == before


def test_a_file_that_appears_meanwhile_wins(here):
    (here / "a").write_text("theirs")
    with pytest.raises(FileExistsError):
        files.create("a", "ours")
    assert (here / "a").read_text() == "theirs"
    assert names(here) == ["a"]


def test_a_directory_that_cannot_be_made(here):
    (here / "pools").write_text("a file")
    ran = run("init", "consumer")
    assert (ran.code, ran.last) == (1, "exit 1 (error)")
    assert "pools/customers.yaml: its directory could not be made: " in ran.err


def test_every_question_is_asked_once_and_enter_takes_the_default(here):
    ran = conversation("init", answers="\n" * 20)
    assert ran.code == 0, ran.err
    for name, purpose in PURPOSES.items():
        assert f"{name:<20}{purpose.says}" in ran.err
    for name in ("Name of the pool [customers]: ", "Domain prefix, unique in the Region [customers]: "):
        assert ran.err.count(name) == 1
    assert Path("pools/customers.yaml").read_text() == run("init", "consumer", "--file", "-").out


def test_a_wrong_answer_is_asked_again_with_what_to_write(here):
    typed = "five\nworkforce\n" + "Staff\n" + "Staff!\nstaff\n" + "ldap\nsaml\n" + "http://x\nhttps://x.example/m\n"
    ran = conversation("init", answers=typed + "https://a.example/#x\nhttps://a.example/cb\n" + "12\n\n" + "mars\n\n")
    assert ran.code == 0, ran.err
    for complaint in (
        '"five" is not one of them.',
        '"Staff!" is not a domain prefix.',
        '"ldap" is not one of oidc, saml.',
        '"http://x" is not a URL. Write one that begins with https.',
        '"https://a.example/#x" cannot be returned to: a fragment (#…) is not allowed.',
        '"12" is not an account number. Write its 12 digits.',
        '"mars" is not a Region code.',
    ):
        assert ran.err.count(complaint) == 1
    tree = yaml.safe_load(Path("pools/staff.yaml").read_text())
    assert tree["user_pool"]["PoolName"] == "Staff"
    assert list(tree["domains"]) == ["staff"]
    assert tree["identity_providers"]["Company"]["ProviderDetails"]["MetadataURL"] == "https://x.example/m"
    assert tree["clients"]["intranet"]["CallbackURLs"] == ["https://a.example/cb"]


def test_what_is_given_is_not_asked(here):
    words = [f"--{q.name}={q.default({'for': 'consumer', 'name': 'x'})}" for q in QUESTIONS.values()]
    mine = [w for w in words if w.split("=")[0] not in ("--protocol", "--provider", "--api", "--tenants")]
    ran = conversation("init", "consumer", *mine, answers="")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Name the purpose of the pool: one of consumer, workforce, machine-to-machine, multi-tenant."),
        (
            ["consumer", "--url", "http://shop.example.com"],
            'Error: --url: "http://shop.example.com" cannot be returned',
        ),
        (["consumer", "--url", 'https://x/"'], "cannot be returned to: not a URL."),
        (["consumer", "--url", "https://x/${var.y}"], "cannot be returned to: not a URL."),
        (["consumer", "--url", "https://x/" + "y" * 1100], "cannot be returned to: not a URL."),
        (["consumer", "--domain", "my-aws"], '"my-aws" is not allowed: a domain prefix must not contain aws.'),
        (["consumer", "--name", "a\nb"], "is not a name of a pool."),
        (["consumer", "--name", "${x}"], "is not a name of a pool."),
        (["consumer", "--app", "fridge"], '--app: "fridge" is not one of browser, server, native.'),
        (["multi-tenant", "--tenants", "a,,b"], "is not a list of tenants."),
        (["multi-tenant", "--tenants", "a,a"], "is not a list of tenants."),
        (["consumer", "--account", "1234"], "is not an account number."),
        (["consumer", "--api", "https://x.example"], "--api does not belong to the purpose consumer."),
        (["consumers"], "consumer"),
        (["consumer", "--region", "mars"], "is not a Region code."),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_written(words, says, here):
    ran = run("init", *words)
    assert (ran.code, ran.out, ran.last) == (3, "", "exit 3 (invalid)")
    assert says in ran.err
    assert names(here) == []


@pytest.mark.parametrize(
    ("environ", "region"),
    [({"AWS_REGION": "eu-west-3"}, "eu-west-3"), ({"AWS_DEFAULT_REGION": "sa-east-1"}, "sa-east-1"), ({}, "us-east-1")],
)
def test_the_region_is_that_of_the_environment(environ, region):
    ran = run("init", "consumer", "--file", "-", environ=environ)
    assert yaml.safe_load(ran.out)["target"]["region"] == region


@pytest.mark.parametrize("text", ["null", "yes", "1", "1.5", "a: b", '"', "\\", "#x", "é", "", "- a", "plain-name.x"])
def test_yaml_reads_an_answer_as_the_text_that_was_given(text):
    assert yaml.safe_load(f"k: {quoted(text)}") == {"k": text}


def test_an_empty_directory_leads_to_it(here):
    (here / "pools").mkdir()
    ran = run("validate")
    assert (ran.code, "`poolctl init`" in ran.err) == (3, True)
    ran = run("validate", "nowhere")
    assert (ran.code, "`poolctl init`" in ran.err) == (3, True)
