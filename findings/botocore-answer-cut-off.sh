#!/usr/bin/env bash
#
# An answer that was cut off on its way reads as a pool on which nothing is set.
#
# Package         botocore 1.44.8
# One expects     an error when the body of an answer with status 200 is cut off, empty or a proxy's HTML page:
#                 what came is not JSON, so it says nothing about the pool.
# What it does    DescribeUserPool and GetUserPoolMfaConfig return an empty dict in all three cases, and raise nothing.
#                 Only a body that is JSON and no object (a list, for one) raises, and that is an AttributeError.
# Seen            in 1.44.8 and in 1.31.0, run here against a server on the loopback interface.
# Why it matters  Code that compares answer.get("MfaConfiguration", "OFF") with a declaration reports MFA as switched
#                 off, a client without callback URLs, a pool without triggers. Code that decides by "not there, so
#                 create it" makes a second pool. Load balancers and proxies do answer HTML with status 200.
# poolctl         checks the body before botocore parses it, and treats an answer that lacks what it always has as a
#                 lost answer (decision 14). It sends whole objects only after it has read them again (decision 15).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check botocore==1.44.8

cat > finding.py <<'PYTHON'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import botocore.session

WHOLE = json.dumps(
    {
        "UserPool": {"Id": "eu-west-1_Example01", "MfaConfiguration": "ON", "DeletionProtection": "ACTIVE"},
        "MfaConfiguration": "ON",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
    }
).encode()
BODIES = {"whole": WHOLE, "cut off": WHOLE[:60], "empty": b"", "HTML": b"<html><body>Please sign in</body></html>"}
body = WHOLE


class Cognito(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Cognito)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = botocore.session.Session().create_client(
    "cognito-idp", "eu-west-1", endpoint_url=f"http://127.0.0.1:{server.server_port}"
)
for name, body in BODIES.items():
    for call in (client.describe_user_pool, client.get_user_pool_mfa_config):
        answer = call(UserPoolId="eu-west-1_Example01")
        status = answer.pop("ResponseMetadata")["HTTPStatusCode"]
        print(f"{name:8} {call.__name__:25} status {status}: {answer}")
        if bool(answer) != (name == "whole"):
            sys.exit(f"NOT AS STATED ANY MORE: the {name} body gave {answer}")
print("AS STATED: cut off, empty and HTML read as {}, without an error")
PYTHON
env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none venv/bin/python finding.py
