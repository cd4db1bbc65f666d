#!/usr/bin/env bash
#
# One CreateUserPool whose answers get lost makes three pools of the same name.
#
# Package         botocore 1.44.8
# One expects     that an SDK sends a create only once unless it knows that nothing was made: CreateUserPool has no
#                 client token, and names of pools are not unique.
# What it does    With the default configuration a create is sent up to three times, both when the connection breaks
#                 after the request was received and when the answer is a 500. Each one may have been carried out.
# Seen            in 1.44.8, where the standard retry mode is the default, and in 1.31.0, whose legacy mode sends five.
#                 Run here against a server that makes the pool first and then loses the answer.
# Why it matters  The tool knows one id at most, or none, while the account has several pools of one name. Whichever is
#                 found by name later may be the one without users. Nothing in the API says which one was meant.
# poolctl         switches the retries of botocore off and repeats by operation: reads and whole updates yes, creates
#                 never. It lists the pools instead and adopts the single new one (decision 11).
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
from botocore.exceptions import BotoCoreError, ClientError

pools = []
losing = "the connection"


class Cognito(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        pools.append({"Id": f"eu-west-1_Example0{len(pools) + 1}", "Name": request["PoolName"]})
        if losing == "the connection":
            self.close_connection = True
            return
        body = json.dumps({"__type": "InternalErrorException", "message": "try again"}).encode()
        self.send_response(500)
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
for losing in ("the connection", "the answer, to a 500"):
    pools.clear()
    try:
        client.create_user_pool(PoolName="shop")
    except (BotoCoreError, ClientError) as error:
        print(f"lost {losing}: the caller sees one {type(error).__name__}")
    for pool in pools:
        print("  the account has", pool)
    if len(pools) != 3:
        sys.exit(f"NOT AS STATED ANY MORE: {len(pools)} pools after one call")
print("AS STATED: one call, three pools of one name")
PYTHON
env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none venv/bin/python finding.py
