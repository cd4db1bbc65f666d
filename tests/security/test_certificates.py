"""The last day of a certificate, read from its DER without a library."""

from __future__ import annotations

import base64

import pytest

from reconciler.security.catalogue.certificates import last_day

# The certificates were made for these tests, and their private keys were discarded.
UNTIL_2027 = (
    "MIIBBzCBr6ADAgECAgEHMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA2lkcDAeFw0yNDA2MzAwMDAwMDBaFw0yNzA2MzAwMDAwMDBa"
    "MA4xDDAKBgNVBAMMA2lkcDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABAn5FC2Of8FcisnUJvBEMMbKNp979peYpCePgDmb+CQz"
    "AyvZpd2cgx59JvQUSC3OblrSvNwtCEjqLmtnvpw8YwgwCgYIKoZIzj0EAwIDRwAwRAIgNqDLPsU67MRxPlam1kr0+8D4IljhgAbi"
    "bmR+UysW1nwCIDaEwj8Nku/FgujGIgyQiDD3Yxc8ZJjP8uE8zeEEwZI+"
)
UNTIL_2051 = (
    "MIIBCjCBsaADAgECAgEHMAoGCCqGSM49BAMCMA4xDDAKBgNVBAMMA2lkcDAgFw0yNDA2MzAwMDAwMDBaGA8yMDUxMDIwMzAwMDAw"
    "MFowDjEMMAoGA1UEAwwDaWRwMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAs1XDtf98h/7ttAhVB+Z12QIZ+nEYyCUzi4hhIjV"
    "ErdTCrayXjSOedXFghiE6A+YMf0/YsazM/iy70m0yJFyEDAKBggqhkjOPQQDAgNIADBFAiEAuQd+n+6SJZeJxnobzWpPdL46P2L4"
    "PBJ+RNR26/pTzUcCIBqqI+KvWEBdzDvMgG9W9KxMKXOp8UjxBVpVyDXMGjiv"
)


@pytest.mark.parametrize(
    ("text", "day"),
    [(UNTIL_2027, "2027-06-30"), (UNTIL_2051, "2051-02-03")],
    ids=["two digits of the year", "four digits of the year"],
)
def test_the_last_day_is_read(text, day):
    assert last_day(text) == day
    assert last_day("\n".join(f"  {text[i : i + 64]}" for i in range(0, len(text), 64))) == day


@pytest.mark.parametrize("text", ["", "no base64!", "MIIB", "AAAA", base64.b64encode(b"0" * 64).decode()])
def test_what_is_no_certificate_has_no_last_day(text):
    assert last_day(text) == ""


@pytest.mark.parametrize("length", range(0, len(UNTIL_2027), 16))
def test_a_certificate_that_is_cut_off_has_none(length):
    assert last_day(UNTIL_2027[:length]) == ""


def test_any_byte_may_be_wrong():
    """Whatever is there, a day or none comes out."""
    data = base64.b64decode(UNTIL_2027)
    for index in range(len(data)):
        changed = data[:index] + bytes([data[index] ^ 0xFF]) + data[index + 1 :]
        found = last_day(base64.b64encode(changed).decode())
        assert found == "" or len(found) == len("2027-06-30")
