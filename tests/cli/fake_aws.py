"""A fake AWS on a loopback port: it says who one is, gives roles, parameters and secrets, and refuses the rest."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

KEYS = {
    "AWS_ACCESS_KEY_ID": "AKIAMINE",
    "AWS_SECRET_ACCESS_KEY": "x",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "none",
    "AWS_SHARED_CREDENTIALS_FILE": "none",
}
"""The environment of a run that must find no other credentials."""

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s-AbCdEf"

ROLE_KEY = "ASIAFROMTHEROLE00000"

IDENTITY = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::123456789012:user/x</Arn><UserId>x</UserId><Account>123456789012</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>"""

ASSUMED = f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>{ROLE_KEY}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>2036-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


ROLE = """<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>
<Path>/ci/</Path><RoleName>deployer</RoleName><RoleId>R</RoleId><Arn>arn:aws:iam::123456789012:role/ci/deployer</Arn>
<CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument>
</Role></GetRoleResult></GetRoleResponse>"""


def simulated(question: Mapping[str, str], decisions: Mapping[str, str]) -> str:
    """The simulator's answer: one result for each action, and within it one for each ARN."""

    def values(name: str) -> list[str]:
        return [v for k, v in question.items() if re.fullmatch(rf"{name}\.member\.\d+", k)]

    def result(action: str) -> str:
        decision = decisions.get(action, "allowed")
        arns = values("ResourceArns")
        parts = "".join(
            f"<member><EvalResourceName>{escape(arn)}</EvalResourceName>"
            f"<EvalResourceDecision>{decision}</EvalResourceDecision></member>"
            for arn in arns
        )
        specific = f"<ResourceSpecificResults>{parts}</ResourceSpecificResults>" if parts else ""
        name = f"<EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName>"
        return f"<member>{name}<EvalDecision>{decision}</EvalDecision>{specific}</member>"

    found = values("ActionNames")
    half = len(found) // 2  # in two pages
    page, truncated = (found[half:], False) if "Marker" in question else (found[:half], True)
    marker = "<Marker>second</Marker>" if truncated else ""
    results = "".join(map(result, page))
    return (
        '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<SimulatePrincipalPolicyResult><IsTruncated>{str(truncated).lower()}</IsTruncated>{marker}"
        f"<EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>"
        "</SimulatePrincipalPolicyResponse>"
    )


class FakeAws:
    """What was asked, and what is answered."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str]] = []
        """Service, operation, access key."""
        self.refused: tuple[str, str] = ("InvalidParameterException", "no")
        """Code and message of the refusal."""
        self.refuses_all = False
        """Whether STS refuses too."""
        self.caller = "user/x"
        """Who one is: the end of the ARN."""
        self.simulates = False
        """Whether IAM's simulator may be asked, and roles be read."""
        self.decisions: dict[str, str] = {}
        """What the simulator says of an action, if it is not allowed."""
        self.questions: list[dict[str, str]] = []
        """What the simulator was asked."""
        self.skew = 0.0
        """Seconds that its clock is ahead."""
        self.url = ""

    def answer(self, service: str, operation: str, sent: Mapping[str, str]) -> tuple[int, str, str]:
        """Return status, type and body."""
        if service == "sts" and not self.refuses_all:
            identity = IDENTITY.replace("iam::123456789012:user/x", self._arn())
            return 200, "text/xml", identity if operation == "GetCallerIdentity" else ASSUMED
        if service == "iam" and self.simulates:
            self.questions += [dict(sent)] if operation == "SimulatePrincipalPolicy" else []
            return 200, "text/xml", ROLE if operation == "GetRole" else simulated(sent, self.decisions)
        if service in ("sts", "iam"):
            code, message = (escape("".join(c for c in text if c in "\n\r" or ord(c) >= 32)) for text in self.refused)
            error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            return 403, "text/xml", f"<ErrorResponse>{error}<RequestId>r-1</RequestId></ErrorResponse>"
        if operation == "GetParameter":
            return 200, "application/x-amz-json-1.1", json.dumps({"Parameter": {"Type": "String", "Value": "v"}})
        if operation == "GetSecretValue":
            return 200, "application/x-amz-json-1.1", json.dumps({"ARN": ARN, "Name": "s", "SecretString": "s"})
        code, message = self.refused
        return 400, "application/x-amz-json-1.1", json.dumps({"__type": code, "message": message})

    def _arn(self) -> str:
        return f"{'sts' if self.caller.startswith('assumed-role') else 'iam'}::123456789012:{self.caller}"


@contextmanager
def serving() -> Iterator[FakeAws]:
    """Serve one on a free port."""
    fake = FakeAws()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            scope = re.search(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/", self.headers.get("Authorization", ""))
            key, service = scope.groups() if scope else ("", "")
            action = re.search(r"Action=(\w+)", body)
            target = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
            operation = action[1] if action and not target else target
            fake.asked.append((service, operation, key))
            status, kind, text = fake.answer(service, operation, dict(parse_qsl(body)) if action else {})
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.send_error(404)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + fake.skew)

        def log_message(self, *_args: Any) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    fake.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
