#!/usr/bin/env bash
#
# The SDK refuses a password of 5 characters and accepts one of 500: it checks lower bounds and nothing else.
#
# Package         botocore 1.44.8
# One expects     that a client generated from a model with minimums, maximums, patterns and enumerations checks all of
#                 them, or none. Seeing "valid min length: 1" for an empty name, one takes it for the first.
# What it does    Required members, unknown names, types and minimums are checked before anything is sent. Maximums,
#                 patterns and enumerations are in the same model and are ignored.
# Seen            in 1.44.8 and in 1.31.0, run here against a server that answers everything with {}.
# Why it matters  "It passed the SDK's validation" is no pre-flight check. A typo such as MfaConfiguration: OPTONAL
#                 fails in the middle of an apply, after other objects were written, and an emulator that relies on the
#                 SDK accepts it for good.
# poolctl         checks lengths, ranges and patterns itself in `validate`, for the whole manifest before the first
#                 request. An unknown value of an enumeration is a notice with a suggestion, as published lists lag
#                 behind the service (decision 26).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check botocore==1.44.8

cat > finding.py <<'PYTHON'
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import botocore.session
from botocore.exceptions import ParamValidationError


class Cognito(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def length(number):
    return {"Policies": {"PasswordPolicy": {"MinimumLength": number}}}


server = HTTPServer(("127.0.0.1", 0), Cognito)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = botocore.session.Session().create_client(
    "cognito-idp", "eu-west-1", endpoint_url=f"http://127.0.0.1:{server.server_port}"
)
members = client.meta.service_model.shape_for("CreateUserPoolRequest").members
name, mfa = members["PoolName"], members["MfaConfiguration"]
policy = members["Policies"].members["PasswordPolicy"].members["MinimumLength"]
print("the model says:", dict(name.metadata), dict(policy.metadata), mfa.enum)
CASES = [
    ("name of 0 characters, at least 1", {"PoolName": ""}, False),
    ("name of 1,000 characters, at most 128", {"PoolName": "a" * 1000}, True),
    ("name against the pattern", {"PoolName": "shop#1"}, True),
    ("MinimumLength 5, at least 6", {"PoolName": "shop", **length(5)}, False),
    ("MinimumLength 500, at most 99", {"PoolName": "shop", **length(500)}, True),
    ("MfaConfiguration OPTONAL, not in the enumeration", {"PoolName": "shop", "MfaConfiguration": "OPTONAL"}, True),
]
for title, request, expected in CASES:
    try:
        client.create_user_pool(**request)
        sent, text = True, "sent"
    except ParamValidationError as error:
        sent, text = False, "refused: " + str(error).splitlines()[-1]
    print(f"{title:50} {text}")
    if sent != expected:
        sys.exit(f"NOT AS STATED ANY MORE: {title}")
print("AS STATED: lower bounds are checked, upper bounds, patterns and enumerations are not")
PYTHON
env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none venv/bin/python finding.py
