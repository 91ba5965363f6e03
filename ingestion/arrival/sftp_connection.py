"""A connection to an SFTP server that must show a host key listed in a known_hosts file, and whose every wait ends."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from ingestion.arrival.place import PlaceError


class _UnknownHostKey(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]
    """Refuses, and says which key was offered, so that a person can compare and add it."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Raise `PlaceError`."""
        raise PlaceError(
            f"the host key of {hostname} is not known ({key.get_name()} {key.fingerprint}). Compare the fingerprint with the"
            " server's owner, then add the key to the known_hosts file."
        )


class VerifiedSFTP(SFTPFileSystem):  # type: ignore[misc]
    """An SFTP file system that trusts listed host keys only, and whose every wait ends."""

    cachable = False

    def __init__(self, host: str, known_hosts: Path, seconds: int, **ssh: Any) -> None:
        self._known_hosts, self._seconds = known_hosts, seconds
        super().__init__(host, host_key_policy=_UnknownHostKey(), **ssh)

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_host_keys(str(self._known_hosts))
        self.client.set_missing_host_key_policy(self.host_key_policy)
        # one answer each is bounded by the library; a server that never gets to the point is cut off here
        watchdog = threading.Timer(3 * self._seconds, self.client.close)
        watchdog.daemon = True
        watchdog.start()
        try:
            self.client.connect(
                self.host, timeout=self._seconds, banner_timeout=self._seconds, auth_timeout=self._seconds,
                channel_timeout=self._seconds, allow_agent=False, look_for_keys=False, **self.ssh_kwargs,
            )  # fmt: skip
            self.client.get_transport().set_keepalive(30)
            self.ftp = self.client.open_sftp()
            self.ftp.get_channel().settimeout(self._seconds)
        except BaseException:
            self.client.close()
            raise
        finally:
            watchdog.cancel()
