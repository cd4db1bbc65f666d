"""Messages with codes and links: rendered from the pool's templates, and shown instead of sent.

CustomMessage may replace the text. A custom sender sends the message itself: on AWS it gets the code encrypted with a
KMS key, here in clear. In any case the message is kept for the developer, and the terminal shows it.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal
from urllib.parse import urlencode

from reconciler.local.desk import Message
from reconciler.local.operation import Context
from reconciler.local.refusal import ServiceError
from reconciler.local.signin import triggers
from reconciler.local.signin.parties import Caller
from reconciler.local.store import Record
from reconciler.local.user_checks import SHAPES

Medium = Literal["EMAIL", "SMS"]
ATTRIBUTES: dict[Medium, str] = {"EMAIL": "email", "SMS": "phone_number"}
"""The attribute with the address for a medium."""
OF_ATTRIBUTE: dict[str, Medium] = {"email": "EMAIL", "phone_number": "SMS"}
INVITATION, AUTHENTICATION = "AdminCreateUser", "Authentication"
LINKED = frozenset({"SignUp", "ResendCode"})
"""Occasions for which the message may have a link instead of a code."""
SENDERS: dict[Medium, tuple[str, str]] = {
    "EMAIL": ("CustomEmailSender", "customEmailSenderRequestV1"),
    "SMS": ("CustomSMSSender", "customSMSSenderRequestV1"),
}
CODE, NAME = "{####}", "{username}"
LINK = re.compile(r"\{##(.*?)##\}", re.DOTALL)
NOT_DEVELOPER = (
    "CustomMessage answered emailMessage, but the pool's EmailSendingAccount is not DEVELOPER. By the developer guide "
    "this is an InvalidLambdaResponseException on AWS."
)
SHOWN = 4
"""Digits of a number that are not masked."""


@dataclass(frozen=True)
class Letter:
    """A message before its placeholders are filled."""

    body: str
    subject: str = ""


VERIFICATION = Letter("Your verification code is {####}", "Your verification code")
BY_LINK = Letter(
    "Please click the link below to verify your email address. {##Verify Email##}", "Your verification link"
)
AUTHENTICATING = Letter("Your authentication code is {####}.", "Your authentication code")
INVITING = Letter("Your username is {username} and temporary password is {####}.", "Your temporary password")


@dataclass(frozen=True)
class _Errand:
    """One delivery: what is sent, and to whom."""

    caller: Caller
    user: Record
    occasion: str
    code: str
    medium: Medium
    to: str

    @property
    def links(self) -> bool:
        """Whether the pool is configured for a link in the message."""
        option = _verification(self.caller.pool).get("DefaultEmailOption")
        return self.medium == "EMAIL" and self.occasion in LINKED and option == "CONFIRM_WITH_LINK"


def send(
    ctx: Context,
    caller: Caller,
    user: Record,
    occasion: str,
    code: str,
    *,
    medium: Medium,
    attribute: str = "",
    to: str = "",
) -> Record:
    """Deliver a code to a user through CustomMessage or a custom sender, if the pool has them.

    Args:
        ctx: The context.
        caller: What the request came through.
        user: The user.
        occasion: Suffix of the triggerSource: `SignUp`, `ResendCode`, `ForgotPassword`, `UpdateUserAttribute`,
            `VerifyUserAttribute`, `AdminCreateUser` or `Authentication`.
        code: The code, or the temporary password.
        medium: `EMAIL` or `SMS`.
        attribute: `AttributeName` of the answer; by default that of the medium.
        to: Address or number; by default the user's.

    Returns:
        CodeDeliveryDetails: Destination (masked), DeliveryMedium, AttributeName.

    Raises:
        ServiceError: Those of triggers.run; CodeDeliveryFailureException if CustomMessage omits the code or the pool
            has no domain for a link.
    """
    to = to or user["attributes"][ATTRIBUTES[medium]]
    errand = _Errand(caller, user, occasion, code, medium, to)
    message = _handed_over(ctx, errand) or _rendered(ctx, errand)
    ctx.desk.messages.append(message)
    ctx.desk.say(_line(message))
    return details(medium, to, attribute)


# --- who writes it ----------------------------------------------------------------------------------------------------


def _handed_over(ctx: Context, errand: _Errand) -> Message | None:
    """Let a custom sender deliver a message, if there is one; return a note about it."""
    sender, kind = SENDERS[errand.medium]
    pool, code = errand.caller.pool, errand.code
    if not triggers.configured(pool, sender):
        return None
    shown = html.escape(code) if errand.occasion == INVITATION else code
    source = f"{sender}_{errand.occasion}"
    triggers.run(ctx, errand.caller, source, errand.user, {"type": kind, "code": shown})
    if not triggers.mapped(ctx, pool, sender):
        return None
    return _message(ctx, errand, Letter(f"Delivered by {sender}."), "")


def _rendered(ctx: Context, errand: _Errand) -> Message:
    letter = _customized(ctx, errand, _template(errand))
    link = _link(ctx, errand) if errand.links else ""
    return _message(ctx, errand, _filled(errand, letter, link), link)


def _message(ctx: Context, errand: _Errand, letter: Letter, link: str) -> Message:
    return Message(
        time=ctx.now(),
        pool=errand.caller.pool["id"],
        user=errand.user["username"],
        medium=errand.medium,
        to=errand.to,
        subject=letter.subject if errand.medium == "EMAIL" else "",
        body=letter.body,
        code=errand.code,
        link=link,
        occasion=errand.occasion,
    )


# --- what it says -----------------------------------------------------------------------------------------------------


def _verification(pool: Record) -> Record:
    template: Record = pool["config"].get("VerificationMessageTemplate", {})
    return template


def _template(errand: _Errand) -> Letter:
    """Return the text of the pool, or the default of the service."""
    pool, mail = errand.caller.pool, errand.medium == "EMAIL"
    config = pool["config"]
    if errand.occasion == INVITATION:
        own = config.get("AdminCreateUserConfig", {}).get("InviteMessageTemplate", {})
        return _own(own, "EmailMessage" if mail else "SMSMessage", "EmailSubject", INVITING)
    if errand.occasion == AUTHENTICATION:
        own = pool["mfa"].get("EmailMfaConfiguration", {}) if mail else config
        return _own(own, "Message" if mail else "SmsAuthenticationMessage", "Subject", AUTHENTICATING)
    own = _verification(pool)
    if errand.links:
        return _own(own, "EmailMessageByLink", "EmailSubjectByLink", BY_LINK)
    return _own(own, "EmailMessage" if mail else "SmsMessage", "EmailSubject", VERIFICATION)


def _own(own: Record, body: str, subject: str, default: Letter) -> Letter:
    return Letter(own.get(body) or default.body, own.get(subject) or default.subject)


def _customized(ctx: Context, errand: _Errand, letter: Letter) -> Letter:
    """Return a message with the text of CustomMessage.

    Raises:
        ServiceError: CodeDeliveryFailureException if a placeholder is missing.
    """
    name = NAME if errand.occasion == INVITATION else None
    request = {"codeParameter": CODE, "linkParameter": "{##Click Here##}", "usernameParameter": name}
    response = triggers.run(ctx, errand.caller, f"CustomMessage_{errand.occasion}", errand.user, request)
    body = response.get("emailMessage" if errand.medium == "EMAIL" else "smsMessage")
    wanted = {CODE: body is None or CODE in body or (errand.links and LINK.search(body))}
    if name:
        wanted[name] = body is None or name in body
    missing = [placeholder for placeholder, there in wanted.items() if not there]
    if missing:
        said = f"The message of the trigger CustomMessage does not contain {' and '.join(missing)}."
        raise ServiceError("CodeDeliveryFailureException", said)
    sender = errand.caller.pool["config"].get("EmailConfiguration", {}).get("EmailSendingAccount")
    if body and errand.medium == "EMAIL" and sender != "DEVELOPER":
        ctx.desk.say(NOT_DEVELOPER)
    return Letter(body or letter.body, response.get("emailSubject") or letter.subject)


def _filled(errand: _Errand, letter: Letter, link: str) -> Letter:
    mail = errand.medium == "EMAIL"
    name, code = _shown_name(errand), errand.code
    texts = {CODE: html.escape(code) if mail else code, NAME: html.escape(name) if mail else name}
    body = LINK.sub(lambda found: f'<a href="{html.escape(link)}">{found[1]}</a>', letter.body) if link else letter.body
    pattern = "|".join(map(re.escape, texts))
    return Letter(re.sub(pattern, lambda found: texts[found[0]], body), letter.subject)


def _shown_name(errand: _Errand) -> str:
    """Return the name with which a user signs in: an address if the pool uses addresses."""
    attributes = errand.user["attributes"]
    named = errand.caller.pool["config"].get("UsernameAttributes") or ()
    return str(next((attributes[kind] for kind in named if attributes.get(kind)), errand.user["username"]))


def _link(ctx: Context, errand: _Errand) -> str:
    """Return the link that confirms a user.

    Raises:
        ServiceError: CodeDeliveryFailureException.
    """
    pool, domains = errand.caller.pool, errand.caller.pool["domains"]
    if not domains:
        raise ServiceError("CodeDeliveryFailureException", "The user pool has no domain that the link could lead to.")
    name = next((n for n, domain in domains.items() if "CustomDomainConfig" in domain), next(iter(domains)))
    host = name if "CustomDomainConfig" in domains[name] else f"{name}.auth.{pool['region']}.amazoncognito.com"
    base = f"{ctx.desk.base}/_domain/{name}" if ctx.desk.base else f"https://{host}"
    asked = {
        "client_id": errand.caller.client_id,
        "user_name": errand.user["username"],
        "confirmation_code": errand.code,
    }
    return f"{base}/confirmUser?{urlencode(asked)}"


def _line(message: Message) -> str:
    """Return the line for the terminal. A temporary password is not shown, only kept in the message."""
    what = "temporary password, see the message" if message.occasion == INVITATION else message.link or message.code
    line = f"{message.medium} to {message.to} ({message.occasion}): {what}"
    return "".join(c if c.isprintable() else "?" for c in line)


# --- where it went ----------------------------------------------------------------------------------------------------


def details(medium: Medium, to: str, attribute: str = "") -> Record:
    """Return CodeDeliveryDetails for an address, which is masked."""
    return {
        "Destination": masked_address(medium, to),
        "DeliveryMedium": medium,
        "AttributeName": attribute or ATTRIBUTES[medium],
    }


def in_challenge(details: Record) -> Record:
    """Return CodeDeliveryDetails as ChallengeParameters."""
    return {
        "CODE_DELIVERY_DELIVERY_MEDIUM": details["DeliveryMedium"],
        "CODE_DELIVERY_DESTINATION": details["Destination"],
    }


def simulated(pool: Record, name: str) -> Record:
    """Return CodeDeliveryDetails for a user that does not exist: the same each time for a name."""
    if SHAPES["phone_number"].fullmatch(name):
        return details("SMS", name)
    digest = sha256(f"{pool['id']} {name}".encode()).digest()
    letters = "".join(chr(ord("a") + byte % 26) for byte in digest[:2])
    return details("EMAIL", name if SHAPES["email"].fullmatch(name) else f"{letters[0]}@{letters[1]}")


def masked_address(medium: Medium, to: str) -> str:
    """Return `t***@t***` for test@test.com, and `+*******1234` for +12065551234."""
    if medium == "SMS":
        digits = to.removeprefix("+")
        hidden = max(len(digits) - SHOWN, 0)
        return f"+{'*' * hidden}{digits[hidden:]}"
    local, _, domain = to.partition("@")
    return f"{local[:1]}***@{domain[:1]}***"
