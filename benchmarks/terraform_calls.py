"""Makes the calls by which Terraform refreshes pools: `python -m benchmarks.terraform_calls URL FILE THREADS`.

hashicorp/aws 6.69 reads each resource by itself, shares no answer between resources, and keeps no quota: its SDK asks
again up to 25 times. A resource is read after the pool that it refers to. FILE has the pools as `pools.Made`; the
calls of each resource are:

- aws_cognito_user_pool: DescribeUserPool, GetUserPoolMfaConfig
- aws_cognito_user_pool_client, _identity_provider, _resource_server, _user_pool_domain: one describe each
- aws_cognito_user_group: GetGroup
- aws_cognito_user_pool_ui_customization, _risk_configuration, _log_delivery_configuration: one read each
- aws_cognito_managed_login_branding: DescribeManagedLoginBranding twice, ListUserPoolClients, and
  DescribeManagedLoginBrandingByClient for each client of the pool

It prints how many calls it meant to make.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ATTEMPTS = 25
Wanted = tuple[str, dict[str, Any]]
"""An operation in Python's spelling, and its parameters besides the pool."""
SETTINGS = {
    "risk_configuration": "describe_risk_configuration",
    "ui_customization": "get_ui_customization",
    "log_delivery": "get_log_delivery_configuration",
}


def resources(made: dict[str, Any]) -> Iterator[list[Wanted]]:
    """Yield the calls of each resource of a pool, besides the pool itself."""
    yield from ([("describe_user_pool_client", {"ClientId": i})] for i in made["clients"].values())
    yield from ([("describe_identity_provider", {"ProviderName": name})] for name in made["providers"])
    yield from ([("describe_resource_server", {"Identifier": name})] for name in made["servers"])
    yield from ([("get_group", {"GroupName": name})] for name in made["groups"])
    yield from ([("describe_user_pool_domain", {"Domain": name})] for name in made["domains"])
    for section in made["settings"]:
        yield [(SETTINGS[section], {})]
    for style in made["brandings"]:
        own = [
            ("describe_managed_login_branding", {"ManagedLoginBrandingId": style, "ReturnMergedResources": m})
            for m in (False, True)
        ]
        by_client = [("describe_managed_login_branding_by_client", {"ClientId": i}) for i in made["clients"].values()]
        yield [*own, ("list_user_pool_clients", {"MaxResults": 60}), *by_client]


def reading(client: Any) -> Callable[[tuple[str, list[Wanted]]], int]:
    """Return a function that makes the calls of a resource of a pool, and returns how many those are."""

    def read(asked: tuple[str, list[Wanted]]) -> int:
        pool, calls = asked
        for operation, params in calls:
            ids = {} if operation == "describe_user_pool_domain" else {"UserPoolId": pool}
            try:
                getattr(client, operation)(**ids, **params)
            except ClientError as error:
                if error.response["Error"]["Code"] != "ResourceNotFoundException":  # a client without a style
                    raise
        return len(calls)

    return read


def main() -> None:
    """Make the calls."""
    url, file, threads = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    pools = json.loads(file.read_text())
    config = Config(retries={"mode": "standard", "max_attempts": ATTEMPTS}, max_pool_connections=threads)
    read = reading(boto3.client("cognito-idp", endpoint_url=url, config=config))
    own: list[Wanted] = [("describe_user_pool", {}), ("get_user_pool_mfa_config", {})]
    with ThreadPoolExecutor(threads) as workers:
        first = list(workers.map(read, [(made["pool"], own) for made in pools]))
        rest = list(workers.map(read, [(made["pool"], calls) for made in pools for calls in resources(made)]))
    print(sum(first) + sum(rest))


if __name__ == "__main__":
    main()
