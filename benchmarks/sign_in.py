"""Measures sign-in at the embedded Cognito over HTTP: requests a second on one kept-alive connection.

    python benchmarks/sign_in.py [--requests N] [--users N] [--directory DIR]

A bare Werkzeug server, which parses JSON and answers JSON and does nothing else, is measured in the same run, taking
turns, so that load affects both equally: ratios compare across machines, requests a second do not. The second part
compares a pool of many users with one of 100: listing, filtering and signing in must not take longer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pycognito.aws_srp import AWSSRP
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

HERE = Path(__file__).resolve().parents[1]
PASSWORD = "Correct-Horse-9"  # noqa: S105 - of users that are made up
FEW = 100
TARGET = "AWSCognitoIdentityProviderService."
SIGNED = "AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=0"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
BATCH = 50
"""Requests to one server before the other has its turn."""


class Connection:
    """One kept-alive connection to a server."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._http = HTTPConnection(place.hostname or "", place.port)

    def ask(self, operation: str, **params: Any) -> Any:
        headers = {"X-Amz-Target": TARGET + operation, "Content-Type": "application/x-amz-json-1.1"}
        self._http.request("POST", "/", json.dumps(params), {**headers, "Authorization": SIGNED})
        response = self._http.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:  # noqa: PLR2004
            raise RuntimeError(f"{operation}: {answer}")
        return answer


Work = Callable[[], float]
"""Sends some requests; returns the seconds that one of them took on average."""


def timed(count: int, run: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    for _ in range(count):
        run()
    return (time.perf_counter() - begin) / count


@contextmanager
def process(*words: str) -> Iterator[str]:
    """Start a server that prints its URL first."""
    server = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, cwd=HERE)
    assert server.stdout  # noqa: S101
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()


def bare() -> None:
    """Serve: the same handler for everything, which parses JSON and answers JSON."""

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_words: Any) -> None:
            """Log nothing."""

    @Request.application
    def answer(request: Request) -> Response:
        asked = json.loads(request.get_data())
        return Response(json.dumps({"Asked": asked}), content_type="application/x-amz-json-1.1")

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


class Pool:
    """A pool with one client and users."""

    def __init__(self, connection: Connection, users: int) -> None:
        self._ask = connection.ask
        self.id = self._ask("CreateUserPool", PoolName="benchmark")["UserPool"]["Id"]
        made = self._ask("CreateUserPoolClient", UserPoolId=self.id, ClientName="c", ExplicitAuthFlows=FLOWS)
        self.client = made["UserPoolClient"]["ClientId"]
        for number in range(users):
            self._add(number)
        self.last = f"user-{users - 1}"
        self._ask("AdminSetUserPassword", UserPoolId=self.id, Username=self.last, Password=PASSWORD, Permanent=True)

    def _add(self, number: int) -> None:
        attributes = [{"Name": "email", "Value": f"user-{number}@example.com"}]
        ids = {"UserPoolId": self.id, "Username": f"user-{number}", "UserAttributes": attributes}
        self._ask("AdminCreateUser", **ids, MessageAction="SUPPRESS", TemporaryPassword=PASSWORD)

    def describes(self) -> Any:
        return self._ask("DescribeUserPoolClient", UserPoolId=self.id, ClientId=self.client)

    def signs_in(self) -> Any:
        given = {"USERNAME": self.last, "PASSWORD": PASSWORD}
        return self._ask("InitiateAuth", ClientId=self.client, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=given)

    def lists(self) -> Any:
        return self._ask("ListUsers", UserPoolId=self.id, Limit=60)

    def lists_all(self) -> int:
        """List every user; return the number of pages."""
        pages, more = 0, dict[str, str]()
        while True:
            answer = self._ask("ListUsers", UserPoolId=self.id, Limit=60, **more)
            pages += 1
            if "PaginationToken" not in answer:
                return pages
            more = {"PaginationToken": answer["PaginationToken"]}

    def filters(self) -> Any:
        return self._ask("ListUsers", UserPoolId=self.id, Filter=f'email = "{self.last}@example.com"')

    def filters_prefix(self) -> Any:
        return self._ask("ListUsers", UserPoolId=self.id, Filter='email ^= "user-9"', Limit=10)

    def srp(self) -> float:
        """Sign in by SRP; return the seconds in which the server answered, without what the client computes."""
        srp = AWSSRP(self.last, PASSWORD, self.id, self.client, client=object())
        parameters = srp.get_auth_params()
        begin = time.perf_counter()
        asked = self._ask("InitiateAuth", ClientId=self.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
        first = time.perf_counter() - begin
        proof = srp.process_challenge(asked["ChallengeParameters"], parameters)
        begin = time.perf_counter()
        challenge = {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": proof}
        self._ask("RespondToAuthChallenge", ClientId=self.client, **challenge)
        return first + time.perf_counter() - begin


def side_by_side(url: str, bare_url: str, requests: int) -> None:
    """Print requests a second of each operation, and how they compare with the bare server."""
    other, pool = Connection(bare_url), Pool(Connection(url), 1)
    asked = {"UserPoolId": pool.id, "ClientId": pool.client}
    works: dict[str, Work] = {
        "bare Werkzeug": lambda: timed(BATCH, lambda: other.ask("DescribeUserPoolClient", **asked)),
        "DescribeUserPoolClient": lambda: timed(BATCH, pool.describes),
        "InitiateAuth, password": lambda: timed(BATCH, pool.signs_in),
        "SRP, both requests": lambda: statistics.fmean(pool.srp() for _ in range(5)) / 2,
    }
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(max(3, requests // BATCH)):
        for name, work in works.items():
            found[name].append(work())
    base = statistics.median(found["bare Werkzeug"])
    for name, seconds in found.items():
        median = statistics.median(seconds)
        print(f"{name:<26}{1 / median:8.0f} requests/s {base / median:8.2f} x bare Werkzeug")


def compared(name: str, users: int, seconds: list[float]) -> None:
    """Print the seconds with many users, and how they compare with those with few."""
    small, large = seconds
    print(f"{name:<26}{large * 1000:8.2f} ms with {users} users, {large / small:5.2f} x that with {FEW}")


def growth(url: str, users: int, repeats: int) -> None:
    """Print how much longer requests take in a pool of many users than in one of few."""
    connection = Connection(url)
    few, many = Pool(connection, FEW), Pool(connection, users)
    for name in ("lists", "filters", "filters_prefix", "signs_in"):
        times: list[list[float]] = [[], []]
        for _ in range(repeats):
            for pool, kept in zip((few, many), times, strict=True):
                kept.append(timed(5, getattr(pool, name)))
        compared(name, users, [statistics.median(t) for t in times])
    paged = [timed(1, pool.lists_all) / pool.lists_all() for pool in (few, many)]
    compared("a page of all", users, paged)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure sign-in at the embedded Cognito.")
    parser.add_argument("--requests", type=int, default=500, metavar="N", help="requests of each operation (500)")
    parser.add_argument(
        "--users", type=int, default=10_000, metavar="N", help="users of the large pool (10000); 0: none"
    )
    parser.add_argument("--directory", metavar="DIR", help="where the state is kept (a temporary directory)")
    parser.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.bare:
        bare()
        return
    with tempfile.TemporaryDirectory() as temporary:
        state = options.directory or f"{temporary}/state"
        words = ("-m", "reconciler", f"--local={state}", "local", "serve", "--port", "0")
        with process(*words) as url, process(__file__, "--bare") as bare_url:
            side_by_side(url, bare_url, options.requests)
            if options.users:
                growth(url, options.users, 10)


if __name__ == "__main__":
    main()
