"""A copy has the bytes of its source, whichever way the system copies."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from warehouse import file_copy
from warehouse.file_copy import copy_file

CONTENT = bytes(range(256)) * 9_001


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source"
    file.write_bytes(CONTENT)
    return file


@pytest.mark.parametrize("at_once", [1 << 30, 4096, 999])
def test_a_copy_has_all_bytes_however_many_go_at_once(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(file_copy, "_AT_ONCE", at_once)
    target = tmp_path / "target"
    target.write_bytes(b"older and longer" * len(CONTENT))
    copy_file(source, target)
    assert target.read_bytes() == CONTENT
    target.write_bytes(b"changed")
    assert source.read_bytes() == CONTENT


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_where_the_kernel_does_not_copy_it_is_copied(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def unsupported(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "copy_file_range", unsupported, raising=False)
    copy_file(source, tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == CONTENT


def test_a_full_disk_is_not_hidden(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "copy_file_range", full, raising=False)
    with pytest.raises(OSError, match="space"):
        copy_file(source, tmp_path / "target")
