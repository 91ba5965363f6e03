"""A landing place that is a prefix in an S3-compatible bucket. Heavy to import; only for an account that has one.

An object is written whole or not at all, so it needs no watching, and every read asks for exactly the version that was listed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from posixpath import join
from typing import Any

import s3fs
from botocore.exceptions import BotoCoreError, ClientError
from fsspec.asyn import sync

from company.landing import LandingPlace
from ingestion.arrival.place import (
    SMALL_BYTES,
    Entry,
    PlaceError,
    archive_names,
    remote_inode,
    remote_problem,
)  # fmt: skip
from ingestion.arrival.secret import Secrets
from ingestion.stage import ChangedWhileReadError, Sighting

_CHUNK = 8 * 1024 * 1024
_PATIENCE = 10
"""Time-outs that one chunk may take in all: with the usual 30 s, a line of 30 KB a second is the slowest that works."""

logging.getLogger("s3fs").setLevel(logging.WARNING)


class BucketPlace:
    """The objects directly under one prefix; deeper ones show as one folder each."""

    is_local = False

    def __init__(self, account: str, home: Path, settings: LandingPlace) -> None:
        self.account, self.url = account, str(settings.url)
        self._settings, self._secrets = settings, Secrets(account, home, settings)
        self._bucket = settings.parts.netloc
        self._prefix = _folder(settings.parts.path)
        self._archive = _folder(join("/" + self._prefix, settings.archive)) if settings.archive else None
        self._open: s3fs.S3FileSystem | None = None
        self._broken: PlaceError | None = None

    def entries(self) -> Iterator[Entry]:
        """Yield objects and folders under the prefix; a bucket that is not there is an error, an empty prefix is not."""
        token: dict[str, str] = {}
        inside = (self._archive or "").startswith(self._prefix) and self._archive
        while True:
            page = self._call(
                "cannot be listed", "list_objects_v2", Bucket=self._bucket, Prefix=self._prefix, Delimiter="/", **token
            )
            for folder in page.get("CommonPrefixes", []):
                if not (inside and inside.startswith(folder["Prefix"])):
                    name = folder["Prefix"][len(self._prefix) :].rstrip("/")
                    yield Entry(name, 0, 0, problem="a folder; put files directly under the prefix")
            for found in page.get("Contents", []):
                if found["Key"] != self._prefix:
                    yield self._entry(found)
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _entry(self, found: dict[str, Any]) -> Entry:
        name, version = found["Key"][len(self._prefix) :], found["ETag"].strip('"')
        modified_ns = int(found["LastModified"].timestamp() * 1000) * 1_000_000
        return Entry(
            name, found["Size"], modified_ns, inode=remote_inode(self.url, version), version=version,
            problem=remote_problem(name),
        )  # fmt: skip

    def content(self, name: str) -> bytes:
        """Return a small object whole."""
        size = self._call(f"{name} cannot be read", "head_object", Bucket=self._bucket, Key=self._prefix + name)
        return self._bytes(f"{name} cannot be read", name, 0, min(size["ContentLength"], SMALL_BYTES + 1), size["ETag"])

    def chunks(self, sighting: Sighting) -> Iterator[bytes]:
        """Yield the object's bytes; each request is answered only while the object still is the one that was listed."""
        name, what = sighting.path.name, "the transfer was interrupted"
        facts = self._call(what, "head_object", Bucket=self._bucket, Key=self._prefix + name)
        version = self._same(sighting, facts)
        at = 0
        while at < sighting.size_bytes:
            chunk = self._bytes(what, name, at, min(_CHUNK, sighting.size_bytes - at), version)
            if not chunk:
                raise ChangedWhileReadError("became shorter while it was read")
            at += len(chunk)
            yield chunk

    def put_aside(self, sighting: Sighting, sha256: str) -> str:
        """Copy the object into the archive, then delete it; a copy left by an interrupted run is used, not made again."""
        if self._archive is None:
            return ""
        what, key = f"could not be moved to {self._archive}", self._prefix + sighting.path.name
        facts = self._call(what, "head_object", Bucket=self._bucket, Key=key)
        version = self._same(sighting, facts)
        for name in archive_names(sighting.path.name, sha256):
            target = self._archive + name
            there = self._head(what, target)
            if there is None:
                source = {"Bucket": self._bucket, "Key": key}
                self._call(
                    what, "copy_object", Bucket=self._bucket, Key=target, CopySource=source, CopySourceIfMatch=version
                )
                # a copy's tag differs from that of an object uploaded in parts
                there = self._head(what, target) or {}
                version_there = version
            else:
                version_there = there["ETag"]
            if (there.get("ContentLength"), version_there) == (sighting.size_bytes, version):
                self._same(sighting, self._call(what, "head_object", Bucket=self._bucket, Key=key))
                self._call(what, "delete_object", Bucket=self._bucket, Key=key, IfMatch=version)
                return f"s3://{self._bucket}/{target}"
        raise AssertionError("names never run out")

    def close(self) -> None:
        """Forget the client; its connections end with it."""
        self._open = None

    def _same(self, sighting: Sighting, facts: dict[str, Any]) -> str:
        version = str(facts["ETag"])
        inode = remote_inode(self.url, version.strip('"'))
        if (facts["ContentLength"], inode) != (sighting.size_bytes, sighting.inode):
            raise ChangedWhileReadError("another object has taken its place; it will be taken next")
        return version

    def _head(self, what: str, key: str) -> dict[str, Any] | None:
        try:
            return self._call(what, "head_object", Bucket=self._bucket, Key=key)
        except PlaceError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return None
            raise

    def _bytes(self, what: str, name: str, at: int, size: int, version: str) -> bytes:
        if not size:
            return b""
        fs = self._connected()

        async def get() -> bytes:
            answer = await fs._call_s3(
                "get_object",
                Bucket=self._bucket,
                Key=self._prefix + name,
                Range=f"bytes={at}-{at + size - 1}",
                IfMatch=version,
            )
            async with answer["Body"] as body:
                return bytes(await body.read())

        return bytes(self._ask(what, get))

    def _call(self, what: str, method: str, **arguments: Any) -> dict[str, Any]:
        fs = self._connected()

        async def call() -> dict[str, Any]:
            answer: dict[str, Any] = await fs._call_s3(method, **arguments)
            return answer

        found: dict[str, Any] = self._ask(what, call)
        return found

    def _ask(self, what: str, question: Any) -> Any:
        """Run one request to its end; what is raised becomes `PlaceError` in words, and a lost connection ends the run here."""
        try:
            return sync(self._connected().loop, question, timeout=_PATIENCE * self._settings.timeout_seconds)
        except FileNotFoundError as error:
            raise PlaceError(f"{what}: no such bucket or object.") from error
        except PermissionError as error:
            text = self._secrets.hidden(str(error))
            raise PlaceError(f"{what}: the store denies it: {text} Check the keys and what they may do.") from None
        except Exception as error:  # noqa: BLE001 - the client raises its transport's errors as they are
            if _code(error) in ("PreconditionFailed", "412"):
                raise ChangedWhileReadError("was replaced while it was read; it will be taken next") from None
            failure = PlaceError(f"{what}: {self._secrets.hidden(_reason(error))}. It is tried again in the next run.")
            if _code(error) is None:
                self._broken = failure
            raise failure from None

    def _connected(self) -> s3fs.S3FileSystem:
        if self._broken is not None:
            raise self._broken
        if self._open is None:
            seconds, endpoint = self._settings.timeout_seconds, self._settings.endpoint_url
            config: dict[str, Any] = {
                "connect_timeout": seconds, "read_timeout": seconds, "retries": {"total_max_attempts": 2, "mode": "standard"},
            }  # fmt: skip
            if endpoint:
                config["s3"] = {"addressing_style": "path"}
            region = self._settings.region or ("us-east-1" if endpoint else None)
            self._open = s3fs.S3FileSystem(
                key=self._secrets.get("access_key"), secret=self._secrets.get("secret_key"),
                token=self._secrets.get("session_token"), endpoint_url=endpoint, config_kwargs=config,
                client_kwargs={"region_name": region} if region else {}, use_listings_cache=False, skip_instance_cache=True,
            )  # fmt: skip
            self._open.retries = 2
        return self._open


def _folder(path: str) -> str:
    """Return a prefix as a bucket writes it: no slash in front, one at the end, empty for the root."""
    plain = path.strip("/")
    return f"{plain}/" if plain else ""


def _code(error: BaseException) -> str | None:
    """Return the store's own code of an error, or None when no answer came."""
    for cause in (error, error.__cause__):
        if isinstance(cause, ClientError):
            return str(cause.response.get("Error", {}).get("Code"))
    return None


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or "Timeout" in type(error).__name__:
        return "the store did not answer in time"
    if isinstance(error, BotoCoreError | OSError) and str(error):
        return str(error).rstrip(".")
    return f"the connection failed ({type(error).__name__})"
