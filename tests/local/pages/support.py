"""A pool with a domain and a client, and a browser that opens its pages without a network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from werkzeug import Request, Response
from werkzeug.test import Client, TestResponse

from reconciler.local.backend import Engine
from reconciler.local.pages.application import respond
from reconciler.local.store import Record, Store

START = 1_800_000_000.0
HOST = "http://127.0.0.1:4566"
CALLBACK = "http://localhost:3000/back"
PASSWORD = "Correct-Horse-9"
VERIFIER = "a" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = ["openid", "email", "profile", "phone", "aws.cognito.signin.user.admin"]


class Api:
    """The operations of an embedded Cognito in this process, and its clock."""

    def __init__(self) -> None:
        self.time = START
        self.engine = Engine(Store(None, lambda: self.time))
        self.engine.open()
        self.engine.desk.base = HOST

    def ask(self, operation: str, **params: Any) -> Record:
        status, _, body = self.engine.direct("us-east-1", operation, json.dumps(params).encode())
        answer: Record = json.loads(body or "{}")
        assert status == 200, answer
        return answer

    @property
    def messages(self) -> list[Any]:
        return list(self.engine.desk.messages)

    def last_code(self) -> str:
        return str(self.messages[-1].code)


class Browser(Client):
    """A browser with cookies. It follows no redirect by itself."""

    def __init__(self, api: Api) -> None:
        super().__init__(self._app, Response)
        self.api = api

    def _app(self, environ: Any, start: Any) -> Any:
        answer = respond(self.api.engine, Request(environ)) or Response("not ours", 421)
        return answer(environ, start)

    def get_page(self, url: str, **more: Any) -> TestResponse:
        return self.get(url, base_url=HOST, **more)

    def post_form(self, url: str, **fields: str) -> TestResponse:
        """Send a form with the guard that the browser has."""
        path = urlsplit(url).path
        root = "/".join(path.split("/")[:3]) + "/"
        cookie = self.get_cookie("XSRF-TOKEN", "127.0.0.1", root)
        guard = cookie.value if cookie else ""
        return self.post(url, base_url=HOST, data={"_csrf": guard, **fields})


class Shop:
    """One pool with domain `shop` and one client."""

    def __init__(
        self, api: Api | None = None, *, domain: Record | None = None, pool: Record | None = None, **client: Any
    ):
        self.api = api or Api()
        self.pool_id = self.api.ask("CreateUserPool", PoolName="Shop", **(pool or {}))["UserPool"]["Id"]
        self.api.ask("CreateUserPoolDomain", UserPoolId=self.pool_id, Domain="shop", **(domain or {}))
        self.client = self.add_client(**client)
        self.client_id = self.client["ClientId"]
        self.browser = Browser(self.api)

    @property
    def record(self) -> Record:
        return self.api.engine.store.pools[self.pool_id]

    def add_client(self, **members: Any) -> Record:
        settings: Record = {
            "ClientName": "web",
            "CallbackURLs": [CALLBACK],
            "LogoutURLs": ["http://localhost:3000/"],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": SCOPES,
            "AllowedOAuthFlowsUserPoolClient": True,
            "SupportedIdentityProviders": ["COGNITO"],
            **members,
        }
        kept = {k: v for k, v in settings.items() if v is not None}
        made: Record = self.api.ask("CreateUserPoolClient", UserPoolId=self.pool_id, **kept)["UserPoolClient"]
        return made

    def user(self, name: str = "ann", password: str = PASSWORD, **attributes: str) -> str:
        items = [{"Name": k, "Value": v} for k, v in attributes.items()]
        self.api.ask(
            "AdminCreateUser", UserPoolId=self.pool_id, Username=name, UserAttributes=items, MessageAction="SUPPRESS"
        )
        self.api.ask("AdminSetUserPassword", UserPoolId=self.pool_id, Username=name, Password=password, Permanent=True)
        return name

    def url(self, path: str, **query: str | None) -> str:
        """The URL of a page with the parameters of an authorization; None leaves one out."""
        known = {"client_id": self.client_id, "response_type": "code", "redirect_uri": CALLBACK, "state": "s 1&"}
        kept = {k: v for k, v in {**known, **query}.items() if v is not None}
        return f"/_domain/shop{path}?{urlencode(kept)}"

    def open(self, path: str, **query: str | None) -> TestResponse:
        return self.browser.get_page(self.url(path, **query))

    def send(self, path: str, fields: Record, **query: str | None) -> TestResponse:
        return self.browser.post_form(self.url(path, **query), **fields)

    def follow(self, response: TestResponse) -> TestResponse:
        """Open where a redirect leads, which must be one of our pages."""
        target = location(response).removeprefix(HOST)
        assert target.startswith("/"), target
        return self.browser.get_page(target)

    def sign_in(self, name: str = "ann", password: str = PASSWORD, **query: str | None) -> TestResponse:
        self.open("/login", **query)
        return self.send("/login", {"username": name, "password": password}, **query)

    def code(self, name: str = "ann", **query: str | None) -> str:
        """Sign in and return the authorization code."""
        return answered(self.sign_in(name, **query))["code"]

    def token(self, *, auth: tuple[str, str] | None = None, **fields: str) -> TestResponse:
        return self.browser.post("/_domain/shop/oauth2/token", base_url=HOST, data=fields, auth=auth)

    def exchange(self, code: str, **fields: str) -> TestResponse:
        asked = {"grant_type": "authorization_code", "client_id": self.client_id, "redirect_uri": CALLBACK}
        return self.token(**{**asked, "code": code, **fields})


def location(response: TestResponse) -> str:
    assert response.status_code == 302, response.get_data(as_text=True)
    return str(response.headers["Location"])


def answered(response: TestResponse, mark: str = "?") -> dict[str, str]:
    """What a redirect to the client says."""
    target, _, said = location(response).partition(mark)
    assert target == CALLBACK, target
    return dict(parse_qsl(said, keep_blank_values=True))


def text_of(response: TestResponse) -> str:
    """The words of a page, without markup, styles and scripts."""
    text = response.get_data(as_text=True)
    text = re.sub(r"<(style|script)[^>]*>.*?</\1>", " ", text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def claims(token: str) -> Record:
    part = token.split(".")[1]
    found: Record = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
