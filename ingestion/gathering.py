"""Small files that wait to be read together; a large one is read by itself."""

from __future__ import annotations

from ingestion import judging
from ingestion.reader import ToRead
from ingestion.stage import Sighting

_READ_TOGETHER_BYTES = 4 * 1024 * 1024
"""From so many bytes of files on nothing more is read with them: half of what one page of a large file takes in memory."""


class Gathering:
    """Files in the order in which they came."""

    def __init__(self) -> None:
        self._files: list[ToRead] = []
        self._bytes = 0

    def has(self, account: str, sha256: str) -> bool:
        """Whether a content of an account waits."""
        return any(file.staged.sha256 == sha256 and file.sighting.account == account for file in self._files)

    def takes(self, sighting: Sighting) -> bool:
        """Whether a file may be read together with those that wait."""
        return not self._files or sighting.size_bytes <= _READ_TOGETHER_BYTES

    def add(self, file: ToRead) -> None:
        """Let a file wait."""
        self._files.append(file)
        self._bytes += file.sighting.size_bytes

    @property
    def is_full(self) -> bool:
        """Whether nothing more should be waited for."""
        return len(self._files) >= judging.TOGETHER or self._bytes > _READ_TOGETHER_BYTES

    def taken(self) -> list[ToRead]:
        """Return what waits, which from now on does not wait any more."""
        files, self._files, self._bytes = self._files, [], 0
        return files
