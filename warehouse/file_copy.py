"""Copying a large file inside the kernel; where the file system can share blocks between files (XFS, Btrfs), none is copied."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

_UNSUPPORTED = {errno.ENOSYS, errno.EOPNOTSUPP, errno.EXDEV, errno.EINVAL}
_AT_ONCE = 1 << 30


def copy_file(source: Path, target: Path) -> None:
    """Write the bytes of `source` to `target`, which is made or replaced; raises OSError, and leaves what it had written then."""
    try:
        _copy_range(source, target)
    except OSError as error:
        if error.errno not in _UNSUPPORTED:
            raise
        shutil.copyfile(source, target)


def _copy_range(source: Path, target: Path) -> None:
    if not hasattr(os, "copy_file_range"):
        raise OSError(errno.ENOSYS, "no copy_file_range here")
    with source.open("rb") as old, target.open("wb") as new:
        while os.copy_file_range(old.fileno(), new.fileno(), _AT_ONCE):
            pass
