"""What the catalogue does not judge, because Cognito or poolctl enforces it already, and by which rules.

A row of a subject's own `ENFORCED` may be about a part of its rule only; then both are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

POOLS: Mapping[str, tuple[str, ...]] = {
    "CG012": ("P16",),
    "CG015": ("P30",),
    "CG018": ("P23", "P24", "P36", "C19", "O3"),
    "CG203": ("P4", "P5"),
    "CG205": ("P7",),
    "CG206": ("P8",),
    "CG210": ("P6", "P10"),
}
"""Of pools, messages and factors."""

BY_POOLCTL: Mapping[str, str] = {
    "CG106": "The whole password policy is sent, whatever a manifest declares of it, so no rule is turned off.",
    "CG606": "`poolctl apply --check` reads the discovery document at each domain, and says where DNS leads elsewhere.",
    "CGA06": "`drift` reports each object that no manifest declares (CHG28 where it weakens); `--prune` deletes it.",
    "CGS03": "`poolctl outputs` refuses to write the configuration of a client with a secret for a browser.",
    "CGS04": "A variable that is not defined is an error of the manifest.",
}
"""What poolctl does by itself, in words."""


@cache
def enforced() -> Mapping[str, tuple[str, ...]]:
    """Return the rules of `kinds/` that enforce a rule of the catalogue, wholly or in part, by its id."""
    from reconciler.security.catalogue import (
        app_clients,
        federated_trust,
        hosted_pages,
        identity_access,
        redirects,
        threat_protection,
        trigger_rules,
    )

    modules = (
        app_clients,
        federated_trust,
        hosted_pages,
        identity_access,
        redirects,
        threat_protection,
        trigger_rules,
    )
    found = dict(POOLS)
    for module in modules:
        found |= module.ENFORCED
    return {id_: found[id_] for id_ in sorted(found)}
