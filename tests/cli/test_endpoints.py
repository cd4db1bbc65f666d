"""Where calls go with `--endpoint-url`, as docs/commands.md says, and that no address shows its password."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from reconciler.cloud.aws import translate
from reconciler.cloud.endpoints import masked
from tests.cli.fake_aws import KEYS, ROLE_KEY, serving
from tests.cli.support import run

PASSWORD = "canary_endpoint_5f1d"
ROLE = "arn:aws:iam::123456789012:role/poolctl"
MANIFEST = """\
version: 1
target: {region: eu-west-1}
user_pool: {PoolName: customers, EmailVerificationSubject: {$ssm: /subject}}
identity_providers:
  okta: {ProviderType: OIDC, ProviderDetails: {client_id: a, client_secret: {$secret: s}, oidc_issuer: "https://o.example",
    authorize_scopes: openid, attributes_request_method: GET}}
"""


@pytest.fixture
def aws():
    with serving() as fake:
        yield fake


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    (tmp_path / "m.yaml").write_text(MANIFEST)
    return tmp_path


def services(fake) -> set[str]:
    return {service for service, _, _ in fake.asked}


def test_every_service_is_asked_at_the_endpoint(aws, place):
    ran = run("plan", "--endpoint-url", aws.url, "m.yaml")
    assert ran.code == 1, ran.err
    assert services(aws) == {"sts", "ssm", "secretsmanager", "cognito-idp"}
    assert {key for *_, key in aws.asked} == {"AKIAMINE"}


def test_a_role_is_assumed_at_the_endpoint_and_used_there(aws, place):
    run("drift", "--endpoint-url", aws.url, "--role-arn", ROLE, "m.yaml")
    assert aws.asked[0] == ("sts", "AssumeRole", "AKIAMINE")
    assert {key for *_, key in aws.asked[1:]} == {ROLE_KEY}
    assert services(aws) == {"sts", "ssm", "secretsmanager", "cognito-idp"}


def test_one_service_is_moved_with_the_variables_of_aws(aws, place, monkeypatch):
    """Each fake stands for a place; STS is one of them, so nothing leaves this machine."""
    with serving() as other:
        monkeypatch.setenv("AWS_ENDPOINT_URL", other.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", aws.url)
        run("plan", "--role-arn", ROLE, "m.yaml")
        assert services(aws) == {"cognito-idp"}
        assert services(other) == {"sts", "ssm", "secretsmanager"}
        aws.asked.clear()
        other.asked.clear()
        run("plan", "--endpoint-url", aws.url, "--role-arn", ROLE, "m.yaml")  # the option wins
        assert (services(aws), other.asked) == ({"sts", "ssm", "secretsmanager", "cognito-idp"}, [])


@pytest.mark.parametrize("command", ["plan", "apply", "drift", "export", "diff"])
@pytest.mark.parametrize("how", ["option", "setting", "variable"])
def test_no_password_of_an_address_is_shown(command, how, place, monkeypatch, capfd):
    """Nothing listens there, so that botocore quotes the address."""
    url = f"http://user:{PASSWORD}@127.0.0.1:9/{PASSWORD[:0]}"
    rest = {"export": ["--pool", "customers"], "diff": ["m.yaml", "pool:customers"]}.get(command, ["m.yaml"])
    words = [command, "--log-level", "debug", "--region", "eu-west-1", *rest]
    environ = {}
    if how == "option":
        words += ["--endpoint-url", url]
    elif how == "setting":
        environ["POOLCTL_ENDPOINT_URL"] = url
    else:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setattr("random.uniform", lambda *_: 0.0)  # the jitter of botocore and ours: no waiting
    ran = run(*words, environ=environ)
    assert ran.code != 0
    assert "127.0.0.1" in ran.err
    said = ran.out + ran.err + "".join(capfd.readouterr())
    assert PASSWORD not in said
    assert "unexpected" not in ran.err
    logging.getLogger().setLevel(logging.WARNING)


@pytest.mark.parametrize(
    "url", [f"user:{PASSWORD}@host", f"ftp://user:{PASSWORD}@host", f"http://{PASSWORD}:x/", "http://"]
)
def test_what_is_no_address_is_said_without_it(url, place):
    ran = run("plan", "--endpoint-url", url, "m.yaml")
    assert (ran.code, PASSWORD in ran.err) == (3, False)
    assert "--endpoint-url: the value is not a URL." in ran.err


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"to https://user:{PASSWORD}@host/x failed", "to https://…@host/x failed"),
        (f'"http://{PASSWORD}@h:1"', '"http://…@h:1"'),
        (f"HTTPS://a:{PASSWORD}@b@host", "HTTPS://…@host"),
        ("https://host/path@x and a@b.example", "https://host/path@x and a@b.example"),
    ],
)
def test_masked(text, shown):
    assert masked(text) == shown


def test_a_proxy_has_a_password_too():
    from botocore.exceptions import ConnectTimeoutError

    error = translate("sts:X", ConnectTimeoutError(endpoint_url=f"http://u:{PASSWORD}@proxy:1", error="x"))
    assert PASSWORD not in f"{error}{error.message}"
