#!/usr/bin/env bash
#
# One sign-in gives two tokens, and no single jwt.decode() accepts both.
#
# Package         PyJWT 2.15.1, with tokens made here that have the claims which Cognito documents
# One expects     that a pair of tokens from one pool, for one client, signed with one key, is checked with one set of
#                 options: audience=CLIENT_ID and issuer=POOL.
# What it does    With audience the access token is refused ('Token is missing the "aud" claim'), without audience the
#                 ID token is ("Invalid audience"). In Cognito's access token the client is in client_id; aud comes only
#                 with resource binding (2025). An option left at its default means "there must be none" here.
# Seen            in PyJWT 2.15.1, run here.
# Why it matters  The fix found first, no audience for access tokens, accepts tokens of every client of the pool, and
#                 "refused since we bound a resource" follows later: a client that begins to ask for a resource gets
#                 access tokens with aud, and the same call refuses them. Neither shows in the configuration.
# poolctl         manages clients and resource servers, not tokens. Verify access tokens by client_id, token_use and
#                 scope, and pass audience (the resource server's identifier) where resources are bound.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq --no-compile --disable-pip-version-check "PyJWT[crypto]==2.15.1"

cat > finding.py <<'PYTHON'
import sys
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

POOL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Example01"
CLIENT = "exampleclient"
now = int(time.time())
key = rsa.generate_private_key(65537, 2048)
both = {"iss": POOL, "sub": "example", "origin_jti": "a", "jti": "b", "auth_time": now, "iat": now, "exp": now + 3600}
access = {**both, "token_use": "access", "client_id": CLIENT, "scope": "openid", "username": "example", "version": 2}
tokens = {
    "ID token": {**both, "token_use": "id", "aud": CLIENT, "cognito:username": "example"},
    "access token": access,
    "access token, resource bound": {**access, "aud": "https://api.example"},
}
seen = {}
for name, claims in tokens.items():
    token = jwt.encode(claims, key, "RS256", headers={"kid": "example"})
    for title, options in (("audience", {"audience": CLIENT}), ("no audience", {})):
        try:
            jwt.decode(token, key.public_key(), ["RS256"], issuer=POOL, **options)
            seen[name, title] = "accepted"
        except jwt.InvalidTokenError as error:
            seen[name, title] = f"refused: {error}"
        print(f"{name:29} {title:12} {seen[name, title]}")
accepted = [pair for pair, result in seen.items() if result == "accepted"]
if accepted != [("ID token", "audience"), ("access token", "no audience")]:
    sys.exit("NOT AS STATED ANY MORE: other combinations are accepted")
print("AS STATED: each call accepts one of the two tokens, and neither accepts a resource-bound one")
PYTHON
env -i PATH="$PATH" HOME="$work" venv/bin/python finding.py
