"""Cells that are wrong today, by what happens and how it shows; each with its cause. The list is to become empty.

`make test` lets these fail, so that the sample can be merged before what it finds is mended. `make test-long` lets
nothing fail.
"""

from __future__ import annotations

OPEN = {
    "types": "botocore's parser raises AttributeError, which nothing catches (A.1, A.2)",
    "html": "botocore reads {} (A.1); KeyError for STS",
    "cut": "botocore reads {} (A.1)",
    "empty": "botocore reads {} (A.1)",
    "null": "an answer without the members that it always has counts as an answer (A.1)",
    "missing": "as null (A.1)",
    "broken-off": "not repeated (A.1)",
    "502": "not repeated without a code (A.3)",
    "503-bare": "not repeated without a code (A.3)",
    "unknown": "ends with 7 or fails, also where the operation is optional (A.8)",
    "lost-after": "a delete that is repeated finds nothing and fails (A.1)",
    "500-after": "as lost-after",
    "slow": "as lost-after",
    "silent": "as throttled-always",
    "500-always": "a gap makes drift or a refusal in a document that refers to it (A.3)",
    "502-always": "as 500-always",
    "503-always": "as 500-always",
    "throttled-always": "as 500-always; changes hide a gap (E.23)",
    "denied": "changes hide a gap (E.23)",
}
"""Fault → why some of its cells are wrong."""
