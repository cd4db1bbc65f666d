"""The kinds of references, one module for each: how it is written, whether AWS is asked, how it is resolved.

In: the target of a reference, and what it may be followed with. Out: a value, or what is wrong with the reference.
A new kind is a module here, a line in `REFERENCE_KINDS`, and its spelling in `schemas/reference_kinds.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.manifests.reference_kinds.env import ENV
from reconciler.manifests.reference_kinds.file import FILE
from reconciler.manifests.reference_kinds.ref import REF
from reconciler.manifests.reference_kinds.reference_kind import ReferenceKind
from reconciler.manifests.reference_kinds.secret import SECRET
from reconciler.manifests.reference_kinds.ssm import SSM
from reconciler.manifests.reference_kinds.target import TARGET
from reconciler.manifests.reference_kinds.var import VAR

ReferenceKinds = Mapping[str, ReferenceKind]
"""Kinds of references by key."""

REFERENCE_KINDS: ReferenceKinds = {kind.key: kind for kind in (VAR, TARGET, ENV, FILE, SSM, SECRET, REF)}
"""Every kind of reference, in the order in which messages list them."""

REMOTE_READS: frozenset[tuple[str, str]] = frozenset().union(*(kind.reads for kind in REFERENCE_KINDS.values()))
"""The operations that resolving references may call: (service, operation)."""
