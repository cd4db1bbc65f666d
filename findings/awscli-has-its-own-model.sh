#!/usr/bin/env bash
#
# `aws` and boto3, newest versions in one environment, read the same pool and show different members.
#
# Package         awscli 1.46.3 beside botocore 1.44.8
# One expects     that version 1 of the AWS CLI uses the botocore that is installed beside it, as it used to: upgrade
#                 botocore, and `aws` knows the new members.
# What it does    awscli 1.46.3 requires no botocore any more. It carries a copy of it, whose model of cognito-idp is
#                 older (129 operations, 153 in botocore 1.44.8). Of an answer it prints what that copy knows and drops
#                 the rest, DcrConfiguration of a pool and ClientSecretArn of a client for example, without a word.
# Seen            in 1.46.3, run here; both clients ask one server on the loopback interface.
# Why it matters  Read, change with jq, send back: `aws cognito-idp describe-user-pool`, then `update-user-pool`, leaves
#                 out what the CLI did not show, and members that an update omits go back to their defaults, with a few
#                 exceptions (DcrConfiguration is one). A backup or an audit by `aws` lacks the members, too.
# poolctl         reads and writes through botocore, requires a minimum version of it, and carries over the members that
#                 the installed model has in both directions even if no schema of its own knows them (decision 26).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check awscli==1.46.3 botocore==1.44.8

cat > finding.py <<'PYTHON'
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import requires

import botocore.session

POOL = {"Id": "eu-west-1_Example01", "Name": "shop", "DcrConfiguration": {"EnableStatus": "DISABLED"}}
CLIENT = {
    "ClientId": "exampleclient",
    "ClientName": "web",
    "ClientSecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret/example",
}


class Cognito(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        pool = self.headers["X-Amz-Target"].endswith("DescribeUserPool")
        body = json.dumps({"UserPool": POOL} if pool else {"UserPoolClient": CLIENT}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Cognito)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
client = botocore.session.Session().create_client("cognito-idp", "eu-west-1", endpoint_url=url)
of_client = {"UserPoolId": "eu-west-1_Example01", "ClientId": "exampleclient"}
by_botocore = {
    **client.describe_user_pool(UserPoolId="eu-west-1_Example01")["UserPool"],
    **client.describe_user_pool_client(**of_client)["UserPoolClient"],
}


def aws(*words):
    command = ["venv/bin/aws", "--endpoint-url", url, "--region", "eu-west-1", "--output", "json", "cognito-idp"]
    command += [*words, "--user-pool-id", "eu-west-1_Example01"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


by_aws = {
    **aws("describe-user-pool")["UserPool"],
    **aws("describe-user-pool-client", "--client-id", "exampleclient")["UserPoolClient"],
}
needs = [line for line in requires("awscli") if line.lower().startswith("botocore")]
print("awscli requires of botocore:", needs or "nothing")
print("botocore shows:", sorted(by_botocore))
print("aws shows:     ", sorted(by_aws))
missing = sorted({*by_botocore} - {*by_aws})
print("only botocore: ", missing)
if missing != ["ClientSecretArn", "DcrConfiguration"] or needs:
    sys.exit("NOT AS STATED ANY MORE: both show the same members")
print("AS STATED: the newest awscli drops members that the newest botocore shows")
PYTHON
env -i PATH="$PATH" HOME="$work" AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none venv/bin/python finding.py
