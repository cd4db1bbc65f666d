"""Real JavaScript clients against an embedded Cognito on a port of its own, driven call by call.

`make packages` installs them, in the versions of ../npm/package-lock.json; nothing is fetched here, and nothing but
the loopback interface is used.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from reconciler.local import serve
from tests.render.browser import CHROMIUM

NPM = Path(__file__).parents[1] / "npm"
MODULES = NPM / "node_modules"
REGION = "eu-west-1"
PASSWORD = "Correct-Horse-9"

packages = [
    pytest.mark.skipif(not shutil.which("node"), reason="no Node.js is installed"),
    pytest.mark.skipif(not MODULES.is_dir(), reason="the packages are not installed: run make packages"),
]
"""Marks of tests that run a library."""
browsers = [*packages, pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")]
"""Marks of tests that open a page."""


class LibraryError(Exception):
    """What a library threw."""

    def __init__(self, said: dict[str, Any]) -> None:
        super().__init__(f"{said['error']}: {said['message']}")
        self.code, self.message = said["error"], said["message"]


class Library:
    """A script of ../npm that answers calls, a line each."""

    def __init__(self, script: str) -> None:
        self._process = subprocess.Popen(
            ["node", script], cwd=NPM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def __call__(self, do: str, **given: Any) -> Any:
        """Call, and return what the library returned.

        Raises:
            LibraryError: The library refused.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": do, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the script ended with {self._process.wait()}"
        said = json.loads(line)
        if "error" in said:
            raise LibraryError(said)
        return said["ok"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=30)


class refused:  # noqa: N801 - reads as a statement
    """Expects that a library refuses, with a code and words."""

    def __init__(self, code: str, words: str = "") -> None:
        self.code, self.words = code, words

    def __enter__(self) -> None:
        return

    def __exit__(self, _kind: object, error: object, _trace: object) -> bool:
        assert isinstance(error, LibraryError), f"not refused: {error!r}"
        assert error.code == self.code, error
        assert self.words in error.message, error
        return True


def fetched(url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the JSON at a URL of our server, to which a form may be posted."""
    body = urlencode(form).encode() if form else None
    with urllib.request.urlopen(url, body) as answer:  # noqa: S310 - of our server
        found: dict[str, Any] = json.load(answer)
    return found


class Town:
    """An embedded Cognito on a free port, and what an administrator does there."""

    def __init__(self) -> None:
        self.server = serve(None)

    def __enter__(self) -> Self:
        import boto3

        self.server.start()
        self.url = self.server.url
        self.admin: Any = boto3.client(
            "cognito-idp",
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        return self

    def __exit__(self, *_exc: object) -> None:
        self.admin.close()
        self.server.stop()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def pool(self, **members: Any) -> str:
        """Make a pool that verifies addresses by e-mail, and return its id."""
        settings = {"PoolName": "Shop", "AutoVerifiedAttributes": ["email"], **members}
        return str(self.admin.create_user_pool(**settings)["UserPool"]["Id"])

    def client(self, pool: str, **members: Any) -> str:
        """Make a client without a secret, and return its id."""
        made = self.admin.create_user_pool_client(**{"UserPoolId": pool, "ClientName": "web", **members})
        return str(made["UserPoolClient"]["ClientId"])

    def user(self, pool: str, name: str = "ann", password: str = PASSWORD, *, permanent: bool = True) -> str:
        """Make a user with a verified address, and return the name."""
        attributes = [{"Name": "email", "Value": f"{name}@example.com"}, {"Name": "email_verified", "Value": "true"}]
        self.admin.admin_create_user(
            UserPoolId=pool, Username=name, UserAttributes=attributes, TemporaryPassword=password
        )
        if permanent:
            self.admin.admin_set_user_password(UserPoolId=pool, Username=name, Password=password, Permanent=True)
        return name

    def code(self, user: str) -> str:
        """Return the code that a user was sent last, as a developer finds it."""
        return str(fetched(f"{self.url}/_poolctl/messages?user={user}")["messages"][0]["code"])


class Store:
    """A pool with a domain and a client, whose pages a browser has open."""

    def __init__(
        self, town: Town, browser: Library, back: str, *, managed: bool = False, pool: Any = None, client: Any = None
    ) -> None:
        self.town, self.browser, self.back = town, browser, back
        self.id = town.pool(**(pool or {}))
        self.domain = f"shop-{self.id.partition('_')[2].lower()}"
        version = {"ManagedLoginVersion": 2} if managed else {}
        town.admin.create_user_pool_domain(UserPoolId=self.id, Domain=self.domain, **version)
        settings = {
            "CallbackURLs": [self.back],
            "LogoutURLs": [self.back],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": ["openid", "email", "profile"],
            "AllowedOAuthFlowsUserPoolClient": True,
            "SupportedIdentityProviders": ["COGNITO"],
            "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        }
        self.client = town.client(self.id, **{**settings, **(client or {})})
        if managed:
            town.admin.create_managed_login_branding(
                UserPoolId=self.id, ClientId=self.client, UseCognitoProvidedValues=True
            )

    def url(self, path: str = "/login", *, host: bool = False, **query: str) -> str:
        """Return the URL of a page: below the server's, or with `host` at a name of its own."""
        root = f"http://{self.domain}.localhost:{self.town.port}" if host else f"{self.town.url}/_domain/{self.domain}"
        known = {"client_id": self.client, "response_type": "code", "redirect_uri": self.back, "scope": "openid email"}
        return f"{root}{path}?{urlencode({**known, **query})}"

    def open(self, path: str = "/login", **more: Any) -> None:
        self.browser("open", url=self.url(path, **more))

    def fill(self, **fields: str) -> None:
        """Fill in fields by their labels, with _ for spaces."""
        for label, text in fields.items():
            self.browser("fill", label=label.replace("_", " "), text=text)

    def click(self, name: str) -> None:
        self.browser("click", name=name)

    def see(self, heading: str) -> None:
        """Wait for the page with a heading."""
        self.browser("heading", name=heading)

    def says(self, words: str) -> None:
        """Wait for words."""
        self.browser("see", words=words)

    def tokens(self) -> dict[str, Any]:
        """Wait for the redirect to the client, and exchange its code."""
        reached = str(self.browser("reach", url=self.back))
        code = parse_qs(urlsplit(reached).query)["code"][0]
        asked = {"grant_type": "authorization_code", "client_id": self.client, "code": code, "redirect_uri": self.back}
        url = f"{self.town.url}/_domain/{self.domain}/oauth2/token"
        return fetched(url, asked)

    def totp_required(self) -> None:
        self.town.admin.set_user_pool_mfa_config(
            UserPoolId=self.id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
        )

    def update_client(self, **members: Any) -> None:
        """Change members of the client and keep the others."""
        ids = {"UserPoolId": self.id, "ClientId": self.client}
        known = self.town.admin.describe_user_pool_client(**ids)["UserPoolClient"]
        taken = self.town.admin.meta.service_model.operation_model("UpdateUserPoolClient").input_shape.members
        kept = {k: v for k, v in known.items() if k in taken}
        self.town.admin.update_user_pool_client(**{**kept, **members})
