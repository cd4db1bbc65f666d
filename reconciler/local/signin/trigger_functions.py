"""What ARNs of functions are mapped to: `--trigger ARN=http://127.0.0.1:9000/path` or `ARN=module:function`."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.local.desk import Function


def parse(texts: Iterable[str], *, anywhere: bool = False) -> dict[str, Function]:
    """Return functions by ARN.

    Args:
        texts: `ARN=URL`, which gets the event by POST and answers with it; or `ARN=module:function`, a Python function
            of event and context.
        anywhere: Whether URLs may lead to other machines.

    Raises:
        InvalidInput: Some are malformed; all of them are named.
    """
    raise NotImplementedError
