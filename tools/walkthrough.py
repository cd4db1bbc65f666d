"""The end of the walkthrough, for `make demo`: a user signs up with a code, and signs in, as with the real Cognito.

`python -m tools.walkthrough DIR REGION POOL CLIENT [--stay]` starts the embedded Cognito on a free port. The client is
the library pycognito, which proves the password by SRP; nothing here knows that it does not speak to AWS but the URL.
With `--stay` the server stays until it is interrupted, so that the sign-in page can be opened.
"""

from __future__ import annotations

import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAME, MAIL = "ada", "ada@example.com"
"""The user. The password is made up and never shown."""


def main(words: Sequence[str]) -> int:
    """Sign a user up and in.

    Args:
        words: Directory of the embedded Cognito, Region, name of the pool, name of the client, and perhaps `--stay`.
    """
    from reconciler.local import serve

    stay, (directory, region, pool_name, client_name) = "--stay" in words, [w for w in words if w != "--stay"]
    with serve(Path(directory)) as server:
        admin = _client(server.url, region)
        pool = _named(admin.list_user_pools(MaxResults=60)["UserPools"], pool_name, "Id")
        clients = admin.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]
        client = next(c["ClientId"] for c in clients if c["ClientName"] == client_name)
        password = f"{secrets.token_urlsafe(16)}aA1!"
        if _unknown(admin, pool):
            _signs_up(server, region, client, password)
        else:
            admin.admin_set_user_password(UserPoolId=pool, Username=NAME, Password=password, Permanent=True)
        _signs_in(server.url, region, (pool, client), password)
        if stay:
            _sign_in_page(server.url, admin, pool, client)
        while stay:
            time.sleep(3600)
    return 0


def _client(url: str, region: str) -> Any:
    import boto3

    any_key = "any"
    return boto3.client(
        "cognito-idp",
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=any_key,
        aws_secret_access_key=any_key,
    )


def _named(items: list[Any], name: str, member: str) -> str:
    return str(next(i[member] for i in items if i["Name"] == name))


def _unknown(admin: Any, pool: str) -> bool:
    return not admin.list_users(UserPoolId=pool, Filter=f'username = "{NAME}"')["Users"]


def _signs_up(server: Any, region: str, client: str, password: str) -> None:
    """Sign up, and confirm with the code of the message that Cognito would have sent."""
    application = _client(server.url, region)
    mail = {"Name": "email", "Value": MAIL}
    application.sign_up(ClientId=client, Username=NAME, Password=password, UserAttributes=[mail])
    message = server.engine.desk.messages[-1]
    print(f"{NAME} signs up. Cognito would send to {message.to}: {message.body}")
    application.confirm_sign_up(ClientId=client, Username=NAME, ConfirmationCode=message.code)
    print(f"{NAME} confirms with the code.")


def _signs_in(url: str, region: str, ids: tuple[str, str], password: str) -> None:
    """Sign in by SRP: the password never leaves the library."""
    from pycognito import Cognito

    user = Cognito(*ids, user_pool_region=region, username=NAME, boto3_client_kwargs={"endpoint_url": url})
    user.authenticate(password)
    found = user.get_user()
    print(f"{NAME} signs in with the password, proved by SRP, and is {found.sub}, {found.email}.")


def _sign_in_page(url: str, admin: Any, pool: str, client: str) -> None:
    domain = admin.describe_user_pool(UserPoolId=pool)["UserPool"].get("Domain")
    callbacks = admin.describe_user_pool_client(UserPoolId=pool, ClientId=client)["UserPoolClient"].get("CallbackURLs")
    if domain and callbacks:
        asked = f"client_id={client}&response_type=code&redirect_uri={callbacks[0]}"
        print(f"Sign-in page: {url}/_domain/{domain}/login?{asked}")
    print(f"Pools and messages: {url}/_poolctl")
    print("The server runs until it is interrupted: press Ctrl-C.", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
