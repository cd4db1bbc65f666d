"""The vocabulary in which a security rule is declared: what a state of a pool must not be.

A rule judges what would be, declared or live: the same rule serves `lint`, `validate`, `plan` and `drift`. It names the
rules of other scanners that mean the same, so that catalogues need not be compared by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from reconciler.kinds.kind import Breach, Rule, State
from reconciler.model import Address, Reference, Risk, Secret, Tree, Unknown
from schemas.records import field, record
from schemas.security import Profile

T = TypeVar("T")

Steps: TypeAlias = tuple[str, ...]
"""The path of a member whose steps are names alone."""

Scanner: TypeAlias = Literal["prowler", "security-hub", "aws-config", "checkov", "kics", "cdk-nag", "cfn-guard"]


@record(frozen=True, slots=True)
class Beside:
    """Another document of the run, for rules about what two pools mean for each other."""

    kind: str
    """`UserPool` or `IdentityPool`."""
    name: str
    """Name of its pool, or its id."""
    state: State
    """Its objects as they would be; what refers to other documents is a `Reference`."""
    profile: Profile = "consumer"
    """Whom it serves."""

    def refers_to(self, value: object, name: str) -> bool:
        """Return whether a value is a reference to a document: `{$ref: customers/user_pool#ProviderName}`.

        Args:
            value: A value, or the key of a map, of this document.
            name: Name of the other document.
        """
        written = value.target if isinstance(value, Reference) and value.links else value
        return isinstance(written, str) and (written.startswith(f"{name}/") or f"${{ref.{name}/" in written)


@record(frozen=True, slots=True)
class Seen:
    """What a rule looks at."""

    state: State
    """The objects of one document as they would be: what is declared over what is live, or over Cognito's defaults."""
    profile: Profile = "consumer"
    """Whom the pool serves."""
    privileged: frozenset[str] = frozenset()
    """Attributes that give rights, as the manifest names them: `custom:role`."""
    redirect_hosts: frozenset[str] = frozenset()
    """Hosts that clients may send users to; empty if the manifest does not limit them."""
    today: str = ""
    """YYYY-MM-DD, UTC; empty if no rule may look at it."""
    outside: Mapping[str, Any] = field(default_factory=dict)
    """What was read of other services for rules that need it (`lint --live`), by the name of the reading."""
    declared: Mapping[Address, Tree] = field(default_factory=dict)
    """What the manifest declares of each object; for rules about what is left out."""
    fresh: bool = False
    """Whether there is no live pool to look at: what is not declared is what a new pool has."""
    beside: tuple[Beside, ...] = ()
    """The other documents of the run."""

    def knows(self, section: str) -> bool:
        """Return whether all objects of a section are in the state; of others, an absence means nothing."""
        return self.state.is_whole(section)

    def one(self, section: str, name: str = "") -> Tree:
        """Return an object, or an empty one."""
        found = self.state.by_name.get((section, name))  # as `State.one` does, which takes a call more
        return {} if found is None else found

    def all(self, section: str) -> Mapping[Address, Tree]:
        """Return the objects of a section by address."""
        return self.state.by_section.get(section, {})


@record(frozen=True, slots=True)
class RankedBreach(Breach):
    """A case that is better or worse than the others of its rule."""

    risk: Risk | None = None
    """How bad it is; None takes what the rule says. A profile that the rule is not for stays without it."""


Check: TypeAlias = Callable[[Seen], Iterable[Breach]]
"""Finds where a state breaks a rule."""


@record(frozen=True, slots=True)
class SecurityRule:
    """A rule about what a pool must not be."""

    rule: Rule
    """Id, title, and what, why, source and advice in words; `explain`, `docs/rules/` and SARIF take them from here."""
    severity: Risk
    """How bad a breach is, where the profile says nothing else."""
    fields: tuple[str, ...]
    """The members that it looks at, with their section: `user_pool.DeletionProtection`."""
    check: Check
    """Finds where a state breaks it."""
    profiles: Mapping[Profile, Risk | None] = field(default_factory=dict)
    """Severity for a profile; None where the rule is not for it."""
    same: Mapping[Scanner, tuple[str, ...]] = field(default_factory=dict)
    """Ids of rules of other scanners that mean the same."""
    reads: tuple[str, ...] = ()
    """Names of the readings of other services that it needs; without them it is skipped."""
    uses: tuple[str, ...] = ()
    """Names of readings with which it sees more; without them it judges what the manifest says."""
    needs: tuple[str, ...] = ()
    """Sections (`web_acl`) and members (`clients.WriteAttributes`): in a state without all of them, the check finds
    nothing and is not called. Empty where it has to be called always."""
    across: bool = False
    """Whether it looks at the other documents of the run, so that what it finds depends on which there are."""

    @property
    def id(self) -> str:
        """Its name everywhere: `CG001`."""
        return self.rule.id

    def severity_for(self, profile: Profile) -> Risk | None:
        """Return how bad a breach is for a profile; None if the rule is not for it."""
        return self.profiles.get(profile, self.severity)


OPAQUE = (Reference, Unknown, Secret)
"""What cannot be judged."""


def is_known(value: object) -> bool:
    """Return whether a value can be judged: a reference that is not read yet and a secret cannot."""
    return not isinstance(value, OPAQUE)


def once(derive: Callable[[State], T]) -> Callable[[Seen], T]:
    """Return a function of what a rule looks at whose result, which depends on the state alone, is kept with it."""

    def kept(seen: Seen) -> T:
        derived = seen.state.derived
        if derive not in derived:
            derived[derive] = derive(seen.state)
        found: T = derived[derive]
        return found

    return kept


def text(tree: Tree, *path: str) -> str:
    """Return a text within an object; empty if it is absent or not known."""
    found: Any = tree
    for step in path:
        found = found.get(step) if type(found) is dict else dig(found, step)
    return found if type(found) is str or isinstance(found, str) else ""


def texts(tree: Tree, *path: str) -> tuple[str, ...]:
    """Return the known texts of a list within an object."""
    found: Any = tree
    for step in path:
        found = found.get(step) if type(found) is dict else dig(found, step)
    if not found or not isinstance(found, list):
        return ()
    for value in found:
        if type(value) is not str:
            return tuple([v for v in found if isinstance(v, str)])
    return tuple(found)


def dig(tree: Any, *path: str) -> Any:
    """Return a value within an object; None if it is absent."""
    for step in path:
        if type(tree) is not dict and not isinstance(tree, Mapping):  # most are, and the second question takes long
            return None
        tree = tree.get(step)
    return tree
