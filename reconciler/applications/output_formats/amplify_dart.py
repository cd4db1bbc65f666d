"""`amplify-dart`: amplify_outputs.dart, the same for Amplify Flutter.

The JSON is in a raw string, so a `$` in a URL survives; three quotes in a row would end it.
"""

from __future__ import annotations

from reconciler.applications.output_format import Output, OutputFormat, Wanted, as_json
from reconciler.applications.output_formats import amplify_json

QUOTES = "'''"


def make(wanted: Wanted) -> Output:
    """Return the file."""
    tree, notices = amplify_json.tree(wanted)
    text = as_json(tree).rstrip("\n").replace("'", "\\u0027")
    return Output(f"const amplifyConfig = r{QUOTES}{text}{QUOTES};\n", notices)


FORMAT = OutputFormat(
    name="amplify-dart",
    title="configuration of AWS Amplify, generation 2, for Flutter",
    file="amplify_outputs.dart",
    make=make,
    browser=True,
    credentials=True,
)
