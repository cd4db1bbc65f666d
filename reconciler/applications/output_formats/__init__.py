"""The formats of `outputs`: one file each, one value each, listed here.

In: a pool and a client. Out: the text of a configuration file, and what its reader should know.
A new format is its file and one line in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.applications.output_format import OutputFormat
from reconciler.applications.output_formats import (
    amplify_dart,
    amplify_json,
    aws_exports,
    config_map,
    dotenv,
    oidc_client,
    parameter_store,
    partner_sheet,
    terraform_vars,
)

FORMATS: Mapping[str, OutputFormat] = {
    found.name: found
    for found in (
        amplify_json.FORMAT,
        amplify_dart.FORMAT,
        aws_exports.FORMAT,
        oidc_client.FORMAT,
        dotenv.FORMAT,
        config_map.FORMAT,
        parameter_store.FORMAT,
        terraform_vars.FORMAT,
        partner_sheet.FORMAT,
    )
}
"""Every format by its name."""
