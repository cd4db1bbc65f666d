"""Signs a user up, as an application does, for `make demo`: `python -m tools.sign_up DIR REGION POOL CLIENT`.

The hosted pages and the libraries call SignUp; the embedded Cognito sends no message, so an administrator confirms the
user in place of the code.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

NAME, MAIL = "ada", "ada@example.com"
"""The user. The password is made up and never shown."""


def main(words: Sequence[str]) -> int:
    """Sign the user up.

    Args:
        words: Directory of the embedded Cognito, Region, name of the pool and name of the client.
    """
    from reconciler.local import LocalCognito

    directory, region, pool_name, client_name = words
    with LocalCognito(Path(directory)) as local:
        cognito = local.client("cognito-idp", region)
        pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
        pool = next(p["Id"] for p in pools if p["Name"] == pool_name)
        clients = cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
        client = next(c["ClientId"] for c in clients if c["ClientName"] == client_name)
        mail = {"Name": "email", "Value": MAIL}
        password = f"{secrets.token_urlsafe(16)}aA1!"
        cognito.sign_up(ClientId=client, Username=NAME, Password=password, UserAttributes=[mail])
        cognito.admin_confirm_sign_up(UserPoolId=pool, Username=NAME)
    print(f"{NAME} ({MAIL}) has signed up to {pool_name} with the client {client_name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
