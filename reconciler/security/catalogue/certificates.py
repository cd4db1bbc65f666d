"""The last day of a certificate, from its text in SAML metadata; nothing else of it is looked at.

A certificate is DER: items of a tag, a length and a content. Six steps into one lead to its validity, which needs no
library (X.509, RFC 5280 4.1).
"""

from __future__ import annotations

import base64
import binascii

SEQUENCE, VERSION, UTC_TIME, GENERAL_TIME = 0x30, 0xA0, 0x17, 0x18
CENTURY = 50
"""The first year of two digits that is one of the 20th century."""


def last_day(text: str) -> str:
    """Return the last day on which a certificate is valid, YYYY-MM-DD; empty if it cannot be read.

    Args:
        text: The certificate in base64, with white space wherever it may be.
    """
    try:
        return _last_day(base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, IndexError, ValueError):
        return ""


def _last_day(data: bytes) -> str:
    _, body, _ = _item(data, 0)  # the certificate
    _, body, _ = _item(body, 0)  # what is signed of it
    tag, _, after = _item(body, 0)
    position = after if tag == VERSION else 0
    for _ in range(3):  # serial number, algorithm, issuer
        _, _, position = _item(body, position)
    tag, validity, _ = _item(body, position)
    _, _, position = _item(validity, 0)  # the first moment
    kind, moment, _ = _item(validity, position)
    return _day(kind, moment.decode("ascii")) if tag == SEQUENCE else ""


def _item(data: bytes, position: int) -> tuple[int, bytes, int]:
    """Return tag and content of the item at a position, and the position after it."""
    tag, length, start = data[position], data[position + 1], position + 2
    if length & 0x80:
        count = length & 0x7F
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise IndexError
    return tag, data[start : start + length], start + length


def _day(kind: int, moment: str) -> str:
    if kind == UTC_TIME:
        moment = ("20" if int(moment[:2]) < CENTURY else "19") + moment
    elif kind != GENERAL_TIME:
        return ""
    return f"{moment[:4]}-{moment[4:6]}-{moment[6:8]}" if moment[:8].isdigit() else ""
