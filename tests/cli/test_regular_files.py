"""A file is read whole, and never more of it than is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.terminal.regular_files import UnfitFileError, read_regular


@pytest.mark.parametrize("size", [0, 1, 9, 10])
def test_a_file_up_to_the_limit_is_read_whole(tmp_path: Path, size: int) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x" * size)
    assert read_regular(file, 10) == b"x" * size


def test_a_larger_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_bytes(b"x" * 11)
    with pytest.raises(UnfitFileError, match="larger than 10 bytes"):
        read_regular(file, 10)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="there is no file that is larger than it says")
def test_a_file_that_is_larger_than_it_says_is_read_whole() -> None:
    assert Path("/proc/self/status").stat().st_size == 0
    assert read_regular(Path("/proc/self/status"), 100_000).endswith(b"\n")
    with pytest.raises(UnfitFileError):
        read_regular(Path("/proc/self/status"), 10)
