"""Entry point of `python -m reconciler`: the same as `poolctl`, where scripts are not on the path."""

from __future__ import annotations

import sys

from reconciler.cli.entry import main

if __name__ == "__main__":
    sys.exit(main())
