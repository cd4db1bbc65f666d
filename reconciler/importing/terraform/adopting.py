"""A state → what it owns: each instance of a resource becomes an object, or a line that says why it does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.importing.foreign_members import ApiPlace, Walked, member_named, mirrored, target, walk
from reconciler.importing.owned import Definition, Leftover, OwnedObject, Unmapped
from reconciler.importing.terraform.resource_table import (
    MADE_BY_AWS,
    MANAGED_CLIENT,
    PEOPLE,
    RESOURCES,
    TerraformResource,
)
from reconciler.importing.terraform.state_files import OUR_PREFIX, Instance, TerraformState
from reconciler.kinds import KINDS, root_of
from reconciler.model import Path, Secret
from schemas.documents import DOCUMENTS

ACCOUNT = 4
"""Position of the account in an ARN."""

SERVICES = ("cognito-idp", "cognito-identity")
"""What the ARNs of pools name."""

AWS = "aws"
"""Last segment of the address of the provider whose resources are read."""

MFA, SMS_FACTOR = "mfa", "SmsMfaConfiguration"
"""The settings of MFA, and the factor that Terraform has no block for."""

DEPOSED = (
    "is an old object that Terraform deletes with its next apply. It is not taken over: let Terraform delete it before "
    "you hand over."
)
TAINTED = (
    "is tainted: Terraform is going to delete it and to make another one. It is not taken over: apply in Terraform, or "
    "run `terraform untaint` if the object is sound, and convert again."
)
UNKNOWN_TYPE = "is of a type that poolctl does not know. Write its object into the manifest by hand."
OTHER_SERVICE = "belongs to another service, and stays in Terraform."
DEFAULT_TAG = (
    "is a tag of the provider's default_tags, which no resource sets: Terraform stops managing it with the pool. Add "
    "it to the manifest to keep it under control."
)


def definition(state: TerraformState) -> Definition:
    """Return what a state owns."""
    objects: list[OwnedObject] = []
    unmapped: list[Unmapped] = []
    for instance in state.instances:
        reason = _left_out(instance)
        if reason:
            unmapped.append(reason)
            continue
        found, more = _adopted(instance)
        objects += [one for one in found if not _twice(one, objects, unmapped)]
        unmapped += more
    outputs = "is an output that is marked as sensitive; no output is read."
    unmapped += [Unmapped(f"output.{name}", outputs, Leftover.READ) for name in state.secret_outputs]
    return Definition(tuple(objects), tuple(unmapped), dict(_accounts(state)))


def _accounts(state: TerraformState) -> Iterator[tuple[str, str]]:
    """Yield the ids of pools with their accounts, from their ARNs."""
    for arn in (revealed(one.attributes.get(name)) for one in state.instances for name in ("arn", "resource_arn")):
        head, slash, pool = arn.partition("/")
        if slash and any(f":{service}:" in head for service in SERVICES):
            yield pool, head.split(":")[ACCOUNT]


def _twice(one: OwnedObject, objects: Iterable[OwnedObject], unmapped: list[Unmapped]) -> bool:
    before = next((o for o in objects if (o.pool, o.identity) == (one.pool, one.identity)), None)
    if before:
        reason = f"is the same object as {before.source}, which is converted."
        unmapped.append(Unmapped(one.source, reason, Leftover.ALARMING))
    return before is not None


# --- what is left out ----------------------------------------------------------------------------------------------


def _left_out(instance: Instance) -> Unmapped | None:
    """Return why an instance is no object of a manifest, or None."""
    why, reason = _reason(instance)
    return Unmapped(instance.shown, reason, why) if reason else None


def _reason(instance: Instance) -> tuple[Leftover, str]:
    """Return why an instance is left out; the reason is empty if it is not."""
    type_ = instance.type
    ours = type_ in RESOURCES or type_ == MANAGED_CLIENT
    other = ours and instance.provider.rpartition("/")[2] not in ("", AWS)
    reasons = (
        (instance.is_data, Leftover.READ, "is a data source, which manages nothing."),
        (type_ in PEOPLE, Leftover.PEOPLE, PEOPLE.get(type_, "")),
        (other, Leftover.SERVICE, "comes from another provider than aws, whose attributes are not known."),
        (type_.startswith(OUR_PREFIX) and not ours, Leftover.ALARMING, UNKNOWN_TYPE),
        (not ours or _is_other_acl(instance), Leftover.SERVICE, OTHER_SERVICE),
        (bool(instance.deposed), Leftover.ALARMING, DEPOSED),
        (instance.tainted, Leftover.ALARMING, TAINTED),
        (type_ == MANAGED_CLIENT, Leftover.SERVICE, MADE_BY_AWS),
    )
    return next(((why, reason) for applies, why, reason in reasons if applies), (Leftover.SERVICE, ""))


def _is_other_acl(instance: Instance) -> bool:
    """Return whether a web ACL protects something else than a user pool."""
    is_acl = RESOURCES[instance.type].names.section == "web_acl" if instance.type in RESOURCES else False
    return is_acl and ":userpool/" not in revealed(instance.attributes.get("resource_arn"))


# --- one object ----------------------------------------------------------------------------------------------------


def _adopted(instance: Instance) -> tuple[list[OwnedObject], list[Unmapped]]:
    """Return the objects of an instance: one, or the pool and its MFA settings."""
    resource = RESOURCES[instance.type]
    section = section_of(resource, instance)
    ids = _ids(resource, section, instance)
    missing = [name for name, value in ids.items() if not value]
    if missing:
        reason = f"has no {', '.join(missing)} in the state, so its live object is not known."
        return [], [Unmapped(instance.shown, reason, Leftover.ALARMING)]
    walked = walk(instance.attributes, resource.names)
    _complete(resource, instance, walked)
    moved = {resource.names.section: section}
    objects = [
        OwnedObject(
            moved.get(one, one),
            ids if moved.get(one) else _pool_ids(ids, one),
            instance.address,
            walked.members.get(one, {}),
            frozenset(mirrored(one, covers)),
            frozenset(_secret_members(resource, instance, one)),
            revealed(instance.attributes.get(resource.named or resource.identifier)),
        )
        for one, covers in _by_section(walked, resource).items()
    ]
    return objects, list(_leftovers(instance, resource, walked))


def _by_section(walked: Walked, resource: TerraformResource) -> Mapping[str, set[Path]]:
    return {resource.names.section: set(), **walked.covers}


def section_of(resource: TerraformResource, instance: Instance) -> str:
    """Return the section that an instance belongs to: some settings are of a pool, or of one of its clients."""
    return resource.in_client if resource.in_client and _client(resource, instance) else resource.names.section


def _client(resource: TerraformResource, instance: Instance) -> str:
    client = revealed(instance.attributes.get(resource.client)) if resource.client else ""
    return "" if client in resource.whole_pool else client


def _ids(resource: TerraformResource, section: str, instance: Instance) -> dict[str, str]:
    kind = KINDS[section]
    pool = revealed(instance.attributes.get(resource.pool)).rpartition("/")[2]
    is_one = re.fullmatch(DOCUMENTS[kind.document].id_pattern, pool)
    ids = {root_of(kind.document).id_param: pool if is_one else ""}
    if kind.outer:
        ids[KINDS[kind.outer].id_param] = _client(resource, instance)
    if resource.identifier:
        ids[kind.id_param] = revealed(instance.attributes.get(resource.identifier))
    return ids


def _pool_ids(ids: Mapping[str, str], section: str) -> dict[str, str]:
    name = root_of(KINDS[section].document).id_param
    return {name: ids[name]}


def revealed(value: object) -> str:
    """Return an identifier as a text: it is no secret, even if it came from a secret variable."""
    if isinstance(value, Secret):
        return value.reveal()
    return value if isinstance(value, str) else ""


def _complete(resource: TerraformResource, instance: Instance, walked: Walked) -> None:
    """Say what an instance says without an attribute of its own.

    A client has a secret if the state holds one: `generate_secret` is null after an import. Where MFA is on, the SMS
    settings of the pool are a factor too, and there is no block for it.
    """
    if MFA in walked.covers and "sms_configuration" in instance.attributes:
        walked.covers[MFA].add((SMS_FACTOR,))
        sms = walked.members.get(resource.names.section, {}).get("SmsConfiguration")
        if sms and walked.members.get(MFA, {}).get("MfaConfiguration", "OFF") != "OFF":
            walked.members[MFA][SMS_FACTOR] = {"SmsConfiguration": sms}
    if "client_secret" in resource.secrets:
        section, attributes = resource.names.section, instance.attributes
        has = bool(attributes.get("client_secret")) or attributes.get("generate_secret") is True
        walked.members.setdefault(section, {})["GenerateSecret"] = has
        walked.covers.setdefault(section, set()).add(("GenerateSecret",))


def _secret_members(resource: TerraformResource, instance: Instance, section: str) -> Iterator[Path]:
    """Yield the members that the state marks as sensitive, without those that are none of a manifest."""
    for path in instance.sensitive:
        at: ApiPlace | None = ApiPlace(resource.names.section, ())
        attribute = ""
        for step in (s for s in path if isinstance(s, str)):
            attribute = f"{attribute}.{step}" if attribute else step
            if at is None or attribute in resource.names.ignored:
                at = None
                break
            named = attribute in resource.names.renamed or member_named(at.section, at.path, step)
            at = target(resource.names, at, attribute) if named else at
        is_name = at and at.path == (KINDS[at.section].name_member,)  # it is in every output
        if at and at.path and at.section == section and not is_name:
            yield at.path


def _leftovers(instance: Instance, resource: TerraformResource, walked: Walked) -> Iterator[Unmapped]:
    for attribute in walked.unknown:
        reason = "is an attribute that no member of the API answers to. Look for what it sets with `poolctl explain`."
        yield Unmapped(f"{instance.address}.{attribute}", reason, Leftover.MEMBER)
    for attribute in walked.unreadable:
        reason = "has a value in a form that was not expected. The live value is taken."
        yield Unmapped(f"{instance.address}.{attribute}", reason, Leftover.MEMBER)
    if "image_file" in resource.names.ignored and instance.attributes.get("image_file"):
        reason = "is an image that Cognito does not return. Add it to the manifest: ImageFile: {$file: ...}."
        yield Unmapped(f"{instance.address}.image_file", reason, Leftover.MEMBER)
    tags, every = (_map(instance.attributes.get(name)) for name in ("tags", "tags_all"))
    for key in sorted(every.keys() - tags.keys()):
        yield Unmapped(f"{instance.address}.tags_all.{key}", DEFAULT_TAG, Leftover.MEMBER)


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
