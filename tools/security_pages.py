"""Generates docs/rules/: a page for each security rule, and an index by severity and by other scanners.

The pages come from the same values as `poolctl lint`, `poolctl explain` and the help in SARIF.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds import KINDS
from reconciler.model import RISKS, Risk
from reconciler.render.explain_words import severities
from reconciler.render.weaknesses import SCANNERS
from reconciler.security.catalogue import rules
from reconciler.security.catalogue.redirects import UNJUDGED
from reconciler.security.enforced import BY_POOLCTL, enforced
from reconciler.security.rule import SecurityRule
from schemas.security import PROFILES, Profile
from tools import rules_page

FOLDER = "docs/rules"
INDEX = f"{FOLDER}/README.md"
CHECKED: Mapping[str, tuple[str, ...]] = {
    "prowler": (
        "cognito_identity_pool_guest_access_disabled",
        "cognito_user_pool_account_recovery_sms_not_preferred",
        "cognito_user_pool_advanced_security_enabled",
        "cognito_user_pool_blocks_compromised_credentials_sign_in_attempts",
        "cognito_user_pool_blocks_potential_malicious_sign_in_attempts",
        "cognito_user_pool_client_prevent_user_existence_errors",
        "cognito_user_pool_client_token_revocation_enabled",
        "cognito_user_pool_deletion_protection_enabled",
        "cognito_user_pool_mfa_enabled",
        "cognito_user_pool_password_policy_lowercase",
        "cognito_user_pool_password_policy_minimum_length_14",
        "cognito_user_pool_password_policy_number",
        "cognito_user_pool_password_policy_symbol",
        "cognito_user_pool_password_policy_uppercase",
        "cognito_user_pool_self_registration_disabled",
        "cognito_user_pool_temporary_password_expiration",
        "cognito_user_pool_waf_acl_attached",
    ),
    "security-hub": tuple(f"Cognito.{n}" for n in range(1, 7)),
    "aws-config": (
        "cognito-identity-pool-unauth-access-check",
        "cognito-user-pool-advanced-security-enabled",
        "cognito-user-pool-deletion-protection-enabled",
        "cognito-user-pool-mfa-enabled",
        "cognito-user-pool-password-policy-check",
        "cognito-userpool-cust-auth-threat-full-check",
    ),
    "checkov": ("CKV_AWS_366",),
    "kics": ("74a18d1a-cf02-4a31-8791-ed0967ad7fdc", "ec28bf61-a474-4dbe-b414-6dd3a067d6f0"),
    "cdk-nag": tuple(f"AwsSolutions-COG{n}" for n in (1, 2, 4, 7, 8)),
    "cfn-guard": ("COGNITO_ALLOW_UNAUTHENTICATED_IDENTITIES_RULE", "COGNITO_USER_POOL_MFA_CONFIGURATION_RULE"),
}
"""Every check on Cognito of the other scanners, by scanner."""

NOT_OURS: Mapping[str, str] = {
    "AwsSolutions-COG4": "is about methods of API Gateway that lack an authorizer. No manifest has them.",
}
"""Checks that are not about a pool, and what they are about."""

INTRODUCTION = """\
# Security rules

<!-- Generated: make docs -->

`poolctl lint` judges declared pools by these rules, and `plan` and `drift` judge what is live and what would be. Each
has a page: what is found, why it matters, what to do. `poolctl explain CG001` prints the same.

The severity is that for a pool of consumers; the page has the others. A manifest says whom its pool serves with
[`profile`](../manifest.md#security), and accepts findings with `waivers`. What a reviewer of *changes* should look for
is in [security](../security.md). What Cognito would refuse is refused by the [rules of Cognito](../rules.md).
"""


def pages() -> Mapping[str, str]:
    """Return each page by its path from the root of the repository."""
    found = {f"{FOLDER}/{rule.id}.md": "\n".join(_page(rule)) + "\n" for rule in rules().values()}
    return {INDEX: "\n".join(_index()) + "\n", **found}


# --- the index -----------------------------------------------------------------------------------------------------


def _index() -> Iterator[str]:
    yield INTRODUCTION
    usual: Profile = PROFILES[0]
    for risk in (*RISKS, None):
        found = [rule for rule in rules().values() if rule.severity_for(usual) == risk]
        if found:
            yield from _table(_heading(risk), found)
    yield from ("## Other scanners", "")
    yield "Everything that they check of Cognito is checked here."
    yield from ("", "| Scanner | Its check | Here |", "| --- | --- | --- |")
    for scanner, checks in CHECKED.items():
        yield from (f"| {SCANNERS[scanner]} | `{check}` | {_here(scanner, check)} |" for check in checks)
    yield from ("", "## What is enforced", "")
    yield "Of the catalogue, these are no rules of `lint`: they cannot be applied, or poolctl sees to them."
    yield from ("", "| Id | By |", "| --- | --- |")
    for id_, by in enforced().items():
        if id_ not in rules():
            yield f"| {id_} | {', '.join(f'[{one}](../rules.md#{one.lower()})' for one in by)} |"
    for id_, said in {**BY_POOLCTL, **UNJUDGED}.items():
        if id_ not in rules():
            yield f"| {id_} | {said} |"


def _heading(risk: Risk | None) -> str:
    return risk.capitalize() if risk else "For other profiles"


def _table(heading: str, found: list[SecurityRule]) -> Iterator[str]:
    yield from (f"## {heading}", "", "| Rule | About | Live |", "| --- | --- | --- |")
    yield from (f"| [{r.id}]({r.id}.md) | {r.rule.title} | {'`--live`' if r.reads else ''} |" for r in found)
    yield ""


def _here(scanner: str, check: str) -> str:
    same = [rule.id for rule in rules().values() for name, ids in rule.same.items() if name == scanner and check in ids]
    return ", ".join(f"[{id_}]({id_}.md)" for id_ in same) or f"Not a rule: it {NOT_OURS[check]}"


# --- a page --------------------------------------------------------------------------------------------------------


def _page(rule: SecurityRule) -> Iterator[str]:
    said = rule.rule
    yield from (f"# {rule.id}: {said.title}", "", "<!-- Generated: make docs -->", "")
    yield f"- **Severity**: {severities(rule)}."
    yield f"- **Found**: {rules_page.escaped(said.what)}"
    yield f"- **Why**: {rules_page.escaped(said.why)}"
    yield f"- **Do**: {rules_page.escaped(said.advice)}"
    yield f"- **Members**: {', '.join(map(_member, rule.fields))}"
    if rule.reads:
        yield f"- **Needs**: `--live`, which reads {' and '.join(rule.reads)}."
    elif rule.uses:
        yield f"- **Sees more**: with `--live`, which reads {' and '.join(rule.uses)}."
    if rule.id in enforced():
        by = ", ".join(f"[{one}](../rules.md#{one.lower()})" for one in enforced()[rule.id])
        yield f"- **Refused already**: a part of it, by {by}."
    for scanner, ids in rule.same.items():
        yield f"- **{SCANNERS[scanner]}**: {', '.join(f'`{id_}`' for id_ in ids)}"
    yield f"- **Source**: {', '.join(_source(source) for source in said.source)}"
    yield f"- **Example**: [manifests that break and keep it](../../tests/security/rules/{rule.id}.yaml)"
    yield from ("", "To accept it, in the manifest:", "", "```yaml", "waivers:", f"  - rule: {rule.id}")
    yield from (f"    path: {_path(rule)}", "    reason: ...", "    owner: ...", '    expires: "2027-06-30"', "```")


def _member(name: str) -> str:
    page = name.partition(".")[0]
    return f"[`{name}`](../reference/{page}.md)"


def _path(rule: SecurityRule) -> str:
    """Return a path that a waiver of the rule can have: a section, or a member of one that is one object."""
    section, _, member = rule.fields[0].partition(".")
    whole = not member or not (KINDS[section].single or KINDS[section].root)
    return section if whole else rule.fields[0]


def _source(source: str) -> str:
    if source.startswith("cognito.md "):
        return rules_page.link(source).replace("](", "](../")
    return source
