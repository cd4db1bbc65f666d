"""`tfvars`: variables for Terraform and OpenTofu, which load `*.auto.tfvars.json` by themselves."""

from __future__ import annotations

from reconciler.applications.client_settings import values
from reconciler.applications.output_format import Output, OutputFormat, Wanted, as_json
from reconciler.applications.output_formats.dotenv import about_the_secret


def make(wanted: Wanted) -> Output:
    """Return the file. A text in it is a text: variables are not evaluated."""
    found = values(wanted.pool, wanted.client)
    tree = {f"{wanted.prefix}{name}": value for name, value in found.items()}
    return Output(as_json(tree), tuple(about_the_secret(wanted)))


FORMAT = OutputFormat(
    name="tfvars",
    title="variables of Terraform",
    file="cognito.auto.tfvars.json",
    make=make,
    credentials=True,
    prefix="cognito_",
)
