"""The rules about changes, by id: what `explain CHG04`, SARIF and `--allow` know of what the tables name.

A rule of `catalogue/` judges a state; one of these judges a step from one state to another, and is named by the rows of
`members/` and by `objects.py`. Cognito accepts each of these changes, so none of them refuses a plan by itself: it is
marked, and `--fail-on` makes it count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from reconciler.kinds.kind import Rule
from reconciler.model import Risk
from reconciler.security.bearing import Bearing
from reconciler.security.catalogue import rules
from reconciler.security.members import tables
from reconciler.security.whole_objects import OBJECTS


class ChangeRule(NamedTuple):
    """A rule about a change."""

    rule: Rule
    """Its words. `warning` is set: Cognito accepts the change."""
    severity: Risk
    """How bad the worst such change is; that of a single change is in its effect."""


EFFECT = "It comes first in every format; --fail-on weakens refuses it, and exits with 4."
"""What happens to a command that finds such a change."""


_ALL = (
    ChangeRule(
        Rule(
            id="CHG02",
            title="A client, domain or group is deleted",
            what="An object that users or applications depend on goes away.",
            why="A client id never comes back, a prefix domain can be taken by another account, and who was a "
            "member of a group is lost.",
            source=("cognito.md 7.4",),
            advice="Delete it in a change of its own, once nothing uses it any more; protect what must stay.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG03",
            title="Deletion protection is switched off",
            what="DeletionProtection goes from ACTIVE to INACTIVE.",
            why="DeleteUserPool then deletes the pool with all its users in one call, for good.",
            source=("cognito.md 2.1",),
            advice="Switch it off only in a change of its own, just before the pool is deleted on purpose.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG04",
            title="Multi-factor authentication is weakened",
            what="MfaConfiguration goes down from ON to OPTIONAL or OFF, a second factor is taken away, or a first"
            " factor is added that can be intercepted.",
            why="A stolen password, or the mailbox or number of a user, is then enough to sign in.",
            source=(
                "cognito.md 2.2",
                "cognito.md 15.2",
            ),
            advice="Keep MfaConfiguration as it is, and add a factor before you remove another.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG05",
            title="The password policy is weakened",
            what="A password may be shorter, simpler or used again, or a temporary one is valid for longer.",
            why="Existing passwords stay as they are; new ones can be guessed more easily.",
            source=("cognito.md 2.1",),
            advice="Keep the stricter value; passwords that are long and checked against leaks need no frequent "
            "change.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG06",
            title="Threat protection is weakened",
            what="Risky sign-ins are only recorded or not looked at, an action is milder, more addresses are "
            "skipped, or users are not notified.",
            why="Attempts with stolen passwords then succeed without a trace that anyone sees.",
            source=(
                "cognito.md 2.8",
                "cognito.md 15.7",
            ),
            advice="Keep ENFORCED and the stricter action; limit exceptions to the addresses that need them.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG07",
            title="The feature plan is lowered",
            what="UserPoolTier goes down: PLUS, ESSENTIALS, LITE.",
            why="Threat protection, the history of passwords, or features of sign-in end; users can be recovered "
            "over a shorter time.",
            source=("cognito.md 2.19",),
            advice="Look at what ends with the plan before you lower it.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG08",
            title="Sign-up is opened to everyone",
            what="AllowAdminCreateUserOnly goes from true to false.",
            why="Everyone on the Internet can then create an account, and users who signed up meanwhile stay.",
            source=("cognito.md 2.1",),
            advice="Open it only for a pool whose applications give new users no rights, with a PreSignUp trigger "
            "that checks them.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG09",
            title="A weaker flow is allowed",
            what="A client may use the implicit flow, send passwords, skip a challenge or act for users; or "
            "clients may register themselves.",
            why="Tokens or passwords pass through places where others can read or guess them.",
            source=(
                "cognito.md 2.3",
                "cognito.md 2.22",
            ),
            advice="Use the authorization code flow with PKCE and ALLOW_USER_SRP_AUTH, and register clients by hand.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG10",
            title="Tokens or sessions last longer",
            what="The life of a token or session grows, its rotation or revocation is switched off, or errors show"
            " whether a user exists.",
            why="A stolen token works for longer and cannot be taken back. Tokens that exist keep their life.",
            source=(
                "cognito.md 2.3",
                "cognito.md 2.13",
            ),
            advice="Keep tokens short, and rotate refresh tokens.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG11",
            title="Users are sent to a new host",
            what="A callback or logout URL on another host, or a scheme of another application, is added.",
            why="Who runs that host receives codes and tokens of users.",
            source=(
                "cognito.md 2.3",
                "cognito.md 3.2",
            ),
            advice="Find out who owns the host, and whether the address ends where it should: no wildcard, no open "
            "redirect.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG12",
            title="A client may read, write or ask for more",
            what="ReadAttributes, WriteAttributes or AllowedOAuthScopes gains an item, or a list that means "
            "everything is left empty.",
            why="Users can write attributes of their own with an access token, and applications decide by them; a"
            " scope lets a token do more.",
            source=("cognito.md 2.3",),
            advice="Let no client write an attribute that gives rights, and give each client the scopes that it needs.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG13",
            title="Another party decides who signs in",
            what="An identity provider is added or may be used by a client, or its issuer, endpoints, metadata, "
            "certificate or mapping changes.",
            why="The provider says who a user is and what the attributes are; Cognito believes it.",
            source=(
                "cognito.md 2.6",
                "cognito.md 15.9",
            ),
            advice="Find out who runs the new host, and compare issuer and certificate with what the provider "
            "publishes.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG14",
            title="An identity provider is removed",
            what="A provider, and with it the way in for its users, goes away.",
            why="The profiles of its users stay, but no one can sign in to them.",
            source=("cognito.md 2.6",),
            advice="Link or move its users first.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG15",
            title="A Lambda trigger changes or is removed",
            what="Another function, a function of another account, or none takes part in sign-up, sign-in or tokens.",
            why="Triggers see users, and some see passwords and codes; one that is removed takes its checks with it.",
            source=(
                "cognito.md 9.2",
                "cognito.md 15.6",
            ),
            advice="Look at the code and the owner of the function, and at what the former one checked.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG16",
            title="Codes are sent by others",
            what="The identity that sends mail, the role or pool of numbers that sends text messages, or a role's "
            "policy or trust changes.",
            why="Who sends codes can read them, and can send messages in your name.",
            source=(
                "cognito.md 9.1",
                "cognito.md 9.3",
            ),
            advice="Look at who owns the identity and who may assume the role.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG17",
            title="Recovery or verification is weakened",
            what="An account can be recovered in a weaker way, or an address counts as verified, or changes, "
            "without a check.",
            why="Who controls the address or number takes over the account.",
            source=(
                "cognito.md 2.1",
                "cognito.md 15.1",
            ),
            advice="Keep AttributesRequireVerificationBeforeUpdate and AutoVerifiedAttributes, and prefer "
            "verified_email.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG18",
            title="More people get AWS credentials",
            what="An identity pool serves guests, the classic flow, another provider or another role, or maps "
            "claims to roles or tags in another way.",
            why="A role of AWS is behind it: what it may do, everyone who gets it may do.",
            source=(
                "cognito.md 2.18",
                "cognito.md 9.9",
            ),
            advice="Look at the policies and the trust of the role, and deny where no rule matches.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG19",
            title="A group gives more rights",
            what="A group gets a role or another one, or a precedence that puts its role before others, or a user "
            "joins it.",
            why="Members exchange their tokens for credentials of the role.",
            source=(
                "cognito.md 2.7",
                "cognito.md 9.10",
            ),
            advice="Look at the policies of the role, and at who can add members.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG20",
            title="Logs or the firewall are taken away",
            what="Log delivery ends or goes elsewhere, is kept for a shorter time, or the web ACL changes or is "
            "removed.",
            why="An attack leaves no trace, or is not stopped.",
            source=(
                "cognito.md 2.11",
                "cognito.md 9.6",
            ),
            advice="Set up the new destination before you remove the former one.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG21",
            title="Passkeys become useless",
            what="RelyingPartyId changes.",
            why="A passkey is bound to it: every passkey of every user stops working.",
            source=("cognito.md 2.2",),
            advice="Keep it; changing it back revives only the passkeys that users have kept.",
            warning=True,
        ),
        "critical",
    ),
    ChangeRule(
        Rule(
            id="CHG22",
            title="Tokens or pages are known by another name",
            what="The issuer, an authentication level, or the certificate or TLS versions of a domain changes.",
            why="Applications that compare the former value refuse the new one, or take what they should not.",
            source=(
                "cognito.md 2.1",
                "cognito.md 2.4",
            ),
            advice="Change the applications first.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG23",
            title="Another key encrypts, or none of yours",
            what="A KMS key is replaced or unset.",
            why="Who may use the key reads what it encrypts; who may disable it takes it away.",
            source=("cognito.md 9.4",),
            advice="Look at the policy of the key.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG24",
            title="Another Region no longer takes over",
            what="A replica is inactive or deleted, or failover of a domain ends or is decided by another check.",
            why="When the primary Region fails, users cannot sign in.",
            source=("cognito.md 2.14",),
            advice="Keep one active replica, and test the failover.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG25",
            title="A resource server is removed",
            what="A resource server or a scope goes away.",
            why="Clients that ask for its scopes get no tokens.",
            source=("cognito.md 2.5",),
            advice="Remove the scopes from the clients first.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG26",
            title="Old client secrets count as fine",
            what="The greatest age of a client secret grows or is removed.",
            why="A secret that leaked long ago still works.",
            source=("cognito.md 2.3",),
            advice="Rotate the secret with `poolctl rotate-secret` instead.",
            warning=True,
        ),
        "high",
    ),
    ChangeRule(
        Rule(
            id="CHG27",
            title="A custom attribute is added",
            what="Schema gains an attribute.",
            why="It can never be removed or changed again, and a pool holds 50.",
            source=("cognito.md 15.4",),
            advice="Make sure of its name, type and mutability first.",
            warning=True,
        ),
        "medium",
    ),
    ChangeRule(
        Rule(
            id="CHG28",
            title="A client or domain that no manifest declares",
            what="An app client or a domain is live, and was created outside the manifest.",
            why="A client signs users in and gets their tokens, and a domain shows pages that take their passwords: "
            "whoever made it may use it as a back door.",
            source=("cognito.md 2.3", "cognito.md 2.4"),
            advice="Find out who made it (drift --attribute). Declare it, or delete it by hand or with --prune.",
            warning=True,
        ),
        "high",
    ),
)

CHANGES: Mapping[str, ChangeRule] = {one.rule.id: one for one in _ALL}
"""By id."""


@cache
def known() -> frozenset[str]:
    """Return the ids of all rules that an effect or a finding can name."""
    rows = (row for table in tables().values() for row in table.values())
    named = {rule for row in rows if isinstance(row, Bearing) for rule in row.rules}
    return frozenset({*CHANGES, *rules(), *named, *_of_objects()})


def _of_objects() -> Iterator[str]:
    for whole in OBJECTS.values():
        yield from (*whole.rules, *whole.gone_rules)
