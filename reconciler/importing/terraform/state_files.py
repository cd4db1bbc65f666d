"""Text → the resources of a state: version 4 of the file, and what `show -json` prints of a state or a plan.

A state holds secrets in clear, and marks but some of them. So they are wrapped here, before anything else looks at the
file; of resources that are none of ours, and of outputs, only the names are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import InvalidInput
from reconciler.importing.terraform.resource_table import RESOURCES, TerraformResource
from reconciler.model import Secret, Tree

ORIGIN = "terraform state"
"""Where the secrets of a state come from."""

VERSION = 4
"""The version of the file that Terraform since 0.12 and OpenTofu write."""

OUR_PREFIX = "aws_cognito_"

SECRET_KEY = re.compile(r"secret|private_key|password", re.IGNORECASE)
"""Keys of a map whose values are secrets: `client_secret`, `private_key`, and what providers may add."""

INDEX = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]')
"""An index of a module or a resource in an address."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a resource."""

    address: str
    """`module.login["eu"].aws_cognito_user_pool_client.this["web"]`."""
    type: str
    """`aws_cognito_user_pool_client`."""
    is_data: bool = False
    """Whether it is a data source."""
    provider: str = ""
    """Source address of its provider: `registry.terraform.io/hashicorp/aws`."""
    attributes: Tree = field(default_factory=dict, repr=False)
    """What the state has of it, secrets wrapped; empty for resources that are none of ours."""
    sensitive: tuple[tuple[str | int, ...], ...] = ()
    """Paths of attributes that the state marks as sensitive."""
    deposed: str = ""
    """The key of an old object that Terraform still has to delete; empty for the current one."""
    tainted: bool = False
    """Whether Terraform is going to replace it."""

    @property
    def configured(self) -> str:
        """Its address in the configuration, without indexes: all instances have one."""
        return INDEX.sub("", self.address)

    @property
    def shown(self) -> str:
        """Its address, and which of several objects at that address it is."""
        return f"{self.address} (deposed {self.deposed})" if self.deposed else self.address


@dataclass(frozen=True, slots=True)
class TerraformState:
    """A state, as far as it concerns us."""

    instances: tuple[Instance, ...]
    """Its resources, in the order of the file."""
    version: str = ""
    """Version of the tool that wrote it."""
    secret_outputs: tuple[str, ...] = ()
    """Names of outputs that are marked as sensitive."""

    @property
    def opentofu(self) -> bool:
        """Whether OpenTofu wrote it, by the name of the registry in the providers."""
        return any(one.provider.startswith("registry.opentofu.org/") for one in self.instances)


def read_state(text: str, name: str) -> TerraformState:
    """Return the resources of a state.

    Args:
        text: The content of the file.
        name: What it is called in messages.

    Raises:
        InvalidInput: It is none, of an old version, or encrypted; the message says which command prints one.
    """
    document = _json(text, name)
    _check_form(document, name)
    if document.get("version") == VERSION:
        return _from_file(document, name)
    values = document.get("values") or (document.get("prior_state") or {}).get("values") or {}
    root = values.get("root_module") or {}
    version = document.get("terraform_version") or (document.get("prior_state") or {}).get("terraform_version")
    return TerraformState(tuple(_shown_module(root)), str(version or ""), _secret_outputs(values.get("outputs")))


# --- which input ---------------------------------------------------------------------------------------------------

PULL = "Give what `terraform state pull` or `terraform show -json` prints (with OpenTofu, `tofu` in place of it)."


def _json(text: str, name: str) -> dict[str, Any]:
    if text.startswith("PK"):
        raise InvalidInput(f"{name}: this is a saved plan. Give what `terraform show -json {name}` prints.")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):  # the text of the error may quote the file
        said = "this is a log of Terraform, not a state." if _is_log(text) else "this is not JSON, so it is no state."
        raise InvalidInput(f"{name}: {said if text.strip() else 'the file is empty.'} {PULL}") from None
    if not isinstance(document, dict):
        raise InvalidInput(f"{name}: this is no state. {PULL}")
    return document


def _is_log(text: str) -> bool:
    return text.lstrip().startswith('{"@level"')


def _check_form(document: Mapping[str, Any], name: str) -> None:
    """Require a form that can be read.

    Raises:
        InvalidInput: It is another one.
    """
    version = document.get("version")
    if "encryption_version" in document or "encrypted_data" in document:
        said = "this state is encrypted by OpenTofu. `tofu state pull` and `tofu show -json` print it decrypted."
    elif isinstance(version, int) and "values" not in document and version != VERSION:
        said = (
            f"this is a state of version {version}; version {VERSION} is read. Terraform 0.12 and newer write it: run "
            "`terraform apply -refresh-only`, then `terraform state pull`."
        )
    elif "@level" in document:
        said = f"this is a log of Terraform, not a state. {PULL}"
    elif {"Resources", "AWSTemplateFormatVersion"} & document.keys():
        said = f"this is a CloudFormation template, not a state. {PULL}"
    elif "planned_values" in document and "prior_state" not in document:
        said = "this plan was made without a state, so nothing exists yet that could be taken over."
    elif not {"values", "prior_state", "resources"} & document.keys():
        empty = "format_version" in document or version == VERSION
        said = f"the state is empty: it has no resources. {PULL}" if empty else f"this is no state. {PULL}"
    else:
        return
    raise InvalidInput(f"{name}: {said}")


# --- version 4 of the file -----------------------------------------------------------------------------------------


def _from_file(document: Mapping[str, Any], name: str) -> TerraformState:
    resources = [r for r in document.get("resources") or () if isinstance(r, dict)]
    old = [_resource_address(r) for r in resources if _is_ours(r) and any("attributes_flat" in i for i in _several(r))]
    if old:
        listed = "\n".join(f"  {address}" for address in old)
        raise InvalidInput(
            f"{name}: these resources were written by Terraform before 0.12, in a form that is not read. Run "
            f"`terraform apply -refresh-only`, then `terraform state pull`:\n{listed}"
        )
    instances = (_instance(resource, one) for resource in resources for one in _several(resource))
    version = str(document.get("terraform_version") or "")
    return TerraformState(tuple(instances), version, _secret_outputs(document.get("outputs")))


def _several(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (one for one in resource.get("instances") or () if isinstance(one, dict))


def _is_ours(resource: Mapping[str, Any]) -> bool:
    return resource.get("mode") == "managed" and str(resource.get("type")) in RESOURCES


def _resource_address(resource: Mapping[str, Any]) -> str:
    data = "data" if resource.get("mode") == "data" else ""
    parts = (resource.get("module"), data, resource.get("type"), resource.get("name"))
    return ".".join(str(part) for part in parts if part)


def _instance(resource: Mapping[str, Any], one: Mapping[str, Any]) -> Instance:
    key = one.get("index_key")
    index = "" if key is None else f"[{json.dumps(key, ensure_ascii=False)}]"
    sensitive = [_steps(path) for path in one.get("sensitive_attributes") or ()]
    quoted = re.search(r'\["([^"]+)"\]', str(resource.get("provider") or ""))
    type_ = str(resource.get("type"))
    return Instance(
        f"{_resource_address(resource)}{index}",
        type_,
        resource.get("mode") == "data",
        quoted[1] if quoted else "",
        _kept(type_, one.get("attributes"), sensitive),
        tuple(sensitive),
        str(one.get("deposed") or ""),
        one.get("status") == "tainted",
    )


def _steps(path: Any) -> tuple[str | int, ...]:
    """Return a path of `sensitive_attributes`, as far as it can be read: what is below it is sensitive too."""
    steps: list[str | int] = []
    for step in path if isinstance(path, list) else ():
        value = step.get("value") if isinstance(step, dict) else None
        value = value.get("value") if isinstance(value, dict) else value
        if isinstance(value, bool) or not isinstance(value, str | int):
            break
        steps.append(value)
    return tuple(steps)


# --- show -json ----------------------------------------------------------------------------------------------------


def _shown_module(module: Mapping[str, Any]) -> Iterator[Instance]:
    for one in module.get("resources") or ():
        yield _shown_instance(one)
    for inner in module.get("child_modules") or ():
        yield from _shown_module(inner)


def _shown_instance(one: Mapping[str, Any]) -> Instance:
    sensitive = list(_marked(one.get("sensitive_values"), ()))
    type_ = str(one.get("type"))
    return Instance(
        str(one.get("address")),
        type_,
        one.get("mode") == "data",
        str(one.get("provider_name") or ""),
        _kept(type_, one.get("values"), sensitive),
        tuple(sensitive),
        str(one.get("deposed_key") or ""),
        one.get("tainted") is True,
    )


def _marked(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths where `sensitive_values` is true."""
    if value is True:
        yield path
    pairs: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from _marked(inner, (*path, key))


# --- secrets -------------------------------------------------------------------------------------------------------


def _kept(type_: str, attributes: Any, sensitive: Iterable[tuple[str | int, ...]]) -> Tree:
    """Return what may be known of a resource: nothing of those that are none of ours."""
    resource = RESOURCES.get(type_)
    if resource is None or not isinstance(attributes, dict):
        return {}
    found: Tree = attributes
    for path in [*sensitive, *_always_secret(resource, attributes)]:
        found = _wrapped(found, path)
    return found


def _always_secret(resource: TerraformResource, attributes: Tree) -> Iterator[tuple[str, ...]]:
    """Yield the paths of secrets that states do not mark, or mark only in some versions."""
    for name in resource.secrets:
        value = attributes.get(name)
        if isinstance(value, dict):
            yield from ((name, key) for key in value if SECRET_KEY.search(key))
        else:
            yield (name,)


def _wrapped(value: Any, path: tuple[str | int, ...]) -> Any:
    """Return a value with all texts at a path, and below it, as secrets."""
    if isinstance(value, str) and not path:
        return Secret(value, ORIGIN)
    if isinstance(value, dict):
        return {k: _wrapped(v, path[1:]) if not path or k == path[0] else v for k, v in value.items()}
    if isinstance(value, list):
        return [_wrapped(v, path[1:]) if not path or i == path[0] else v for i, v in enumerate(value)]
    return value


def _secret_outputs(outputs: Any) -> tuple[str, ...]:
    every = outputs.items() if isinstance(outputs, dict) else ()
    return tuple(name for name, one in every if isinstance(one, dict) and one.get("sensitive") is True)
