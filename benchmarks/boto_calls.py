"""Makes the calls that a plan of pools makes with boto3 alone: `python -m benchmarks.boto_calls URL FILE`.

FILE has the calls: operation and parameters of each, in Python's spelling. This is what of the CPU time of a call is
botocore's.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
from botocore.config import Config

IN_FLIGHT = 8
"""As poolctl's --parallelism."""


def main() -> None:
    """Make the calls, and print how many."""
    url, file = sys.argv[1], Path(sys.argv[2])
    calls = json.loads(file.read_text())
    client = boto3.client("cognito-idp", endpoint_url=url, config=Config(max_pool_connections=IN_FLIGHT))
    with ThreadPoolExecutor(IN_FLIGHT) as workers:
        done = list(workers.map(lambda call: getattr(client, call[0])(**call[1]), calls))
    print(len(done))


if __name__ == "__main__":
    main()
