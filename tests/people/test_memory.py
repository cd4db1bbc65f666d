"""Neither a check nor an export holds all users: what they need grows by a few bytes a row, or not at all."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from reconciler.people import csv_export
from reconciler.people.columns import import_rules
from reconciler.people.csv_check import check
from reconciler.people.directory import PAGE

HEADER = ["name", "email", "email_verified", "cognito:mfa_enabled", "cognito:username"]
POOL = {"AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"]}


class Rows(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, count: int) -> None:
        self._lines = self._made(count)
        self._rest = b""

    @staticmethod
    def _made(count: int) -> Iterator[bytes]:
        yield ",".join(HEADER).encode() + b"\n"
        for number in range(count):
            yield b"Ada,user%d@b.example,true,,user%d\n" % (number, number)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        chunk = self._rest or next(self._lines, b"")
        size = min(len(buffer), len(chunk))
        buffer[:size], self._rest = chunk[:size], chunk[size:]
        return size


def pages(count: int) -> Iterator[list[dict]]:
    for first in range(0, count, PAGE):
        yield [
            {"Username": f"u{n}", "Attributes": [{"Name": "name", "Value": "Ada"}]} for n in range(first, first + PAGE)
        ]


def exported(count: int) -> int:
    return csv_export.write(pages(count), HEADER, (), len).users


def checked(count: int) -> int:
    return check(io.BufferedReader(Rows(count)), import_rules(HEADER, POOL)).rows


def peak(work: Callable[[int], int], count: int) -> int:
    tracemalloc.start()
    try:
        assert work(count) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("work", "bytes_a_row"), [(exported, 0), (checked, 40)])
def test_memory_is_bounded(work, bytes_a_row):
    few, many = 600, 6_000
    work(PAGE)  # what is made once, such as compiled patterns
    assert peak(work, many) - peak(work, few) <= bytes_a_row * (many - few) + 50_000
