"""What a run makes before it may be written."""

from __future__ import annotations

import gc
import os
import tempfile

import pytest

from reconciler.terminal.spool import Spool

PIECES = [b"", b"first", b"x" * 100, b"last"]


@pytest.mark.parametrize("room", [0, 1, 5, 104, 10_000])
def test_pieces_come_back_in_any_order(room):
    spool = Spool(room)
    numbers = [spool.add(piece) for piece in PIECES]
    assert [spool[n] for n in reversed(numbers)] == PIECES[::-1]
    assert len(spool) == len(PIECES)
    spool.close()


def test_the_file_has_no_name_and_is_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    made = []
    whole = tempfile.TemporaryFile

    def spy(**options):
        made.append(whole(**options))
        return made[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", spy)
    spool = Spool(0)
    spool.add(b"something")
    assert list(tmp_path.iterdir()) == []
    assert os.fstat(made[0].fileno()).st_mode & 0o077 == 0
    assert os.fstat(made[0].fileno()).st_size == len(b"something")
    spool.close()
    assert made[0].closed


def test_what_is_little_needs_no_file(monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", None)
    spool = Spool(9)
    assert spool[spool.add(b"something")] == b"something"


def test_memory_has_to_do_where_there_is_no_place_for_files(monkeypatch):
    def full(**_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    spool = Spool(0)
    assert spool[spool.add(b"something")] == b"something"


def test_its_file_is_closed_with_it_also_in_a_circle():
    spool = Spool(in_memory=0)
    spool.add(b"abc")
    file = spool._file
    holder = {"spool": spool}
    holder["self"] = holder
    del spool, holder
    gc.collect()
    assert file is not None
    assert file.closed
