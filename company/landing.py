"""`[accounts.<name>.landing]`: where an account's files arrive, how a finished one is known, and where it goes afterwards.

Secrets are never settings: `..._env` names an environment variable, `..._file` a file that holds one. Relative files are
meant from the home folder. Imports nothing else of the house.
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

SFTP_STABLE_SECONDS = 10
"""An upload over SFTP grows in place, so a file is watched for this long unless the settings say otherwise."""

_ONLY_SFTP = ("known_hosts", "key_file", "key_passphrase_env", "key_passphrase_file", "password_env", "password_file")
_ONLY_S3 = (
    "endpoint_url", "region", "access_key_env", "access_key_file", "secret_key_env", "secret_key_file", "session_token_env",
)  # fmt: skip


class LandingPlace(BaseModel):
    """Where files arrive. Without `url` it is `data/landing/<account>/`.

    `url` is a folder (absolute, or from the home folder), `sftp://user@host:port/folder` or `s3://bucket/prefix`. `archive` is
    the folder or prefix on the same place that a file is moved to once it is in the books: from `url`, or from the root
    when it begins with `/`; without it files stay where they are.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str | None = None
    wait_for: Literal["stable", "manifest"] = "stable"
    stable_seconds: int | None = Field(None, ge=0)
    """How long a file must be at rest; without it `limits.stable_seconds`, and ten seconds over SFTP."""
    archive: str | None = Field(None, min_length=1)
    timeout_seconds: int = Field(30, gt=0, le=600)
    """How long a server may keep silent."""

    known_hosts: str | None = None
    """A file in OpenSSH's format; without it the user's own, `~/.ssh/known_hosts`."""
    key_file: str | None = None
    key_passphrase_env: str | None = None
    key_passphrase_file: str | None = None
    password_env: str | None = None
    password_file: str | None = None

    endpoint_url: str | None = None
    """The address of an S3-compatible store; without it the bucket is on AWS."""
    region: str | None = None
    access_key_env: str | None = None
    access_key_file: str | None = None
    secret_key_env: str | None = None
    secret_key_file: str | None = None
    session_token_env: str | None = None

    @field_validator("url")
    @classmethod
    def _readable_url(cls, value: str | None) -> str | None:
        if value is None:
            return value
        parts = _split(value)
        if parts.password is not None or (parts.scheme == "s3" and "@" in parts.netloc):
            raise ValueError("holds a secret; name it with password_env or password_file instead")
        if parts.scheme not in ("", "file", "sftp", "s3"):
            raise ValueError(
                f"begins with {parts.scheme}:; write a folder, sftp://user@host/folder or s3://bucket/prefix"
            )
        if parts.scheme == "sftp" and not (parts.username and parts.hostname and parts.path.startswith("/")):
            raise ValueError("write it as sftp://user@host:port/folder")
        if parts.scheme == "sftp":
            _ = parts.port  # raises ValueError when it is no number
        if parts.scheme == "s3" and not parts.netloc:
            raise ValueError("write it as s3://bucket/prefix")
        if parts.scheme == "file" and (parts.netloc or not parts.path):
            raise ValueError("write it as file:///folder")
        return value

    @field_validator("endpoint_url")
    @classmethod
    def _readable_endpoint(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "http://unset")
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ValueError("write it as https://host:port, without a user or password")
        return value

    @model_validator(mode="after")
    def _complete(self) -> LandingPlace:
        for kind, keys in (("sftp", _ONLY_SFTP), ("s3", _ONLY_S3)):
            wrong = [key for key in keys if getattr(self, key) is not None]
            if self.kind != kind and wrong:
                raise ValueError(f"{wrong[0]} belongs to an {kind}:// place")
        if self.kind == "sftp" and not (self.key_file or self.password_env or self.password_file):
            raise ValueError("an sftp:// place needs key_file, password_env or password_file")
        has_access, has_secret = (
            self.access_key_env or self.access_key_file,
            self.secret_key_env or self.secret_key_file,
        )
        if bool(has_access) != bool(has_secret):
            raise ValueError("an s3:// place needs access and secret key together, or neither")
        if self.kind == "s3" and ".." in (self.archive or "").split("/"):
            raise ValueError("a prefix of a bucket cannot hold '..'")
        return self

    @property
    def kind(self) -> Literal["folder", "sftp", "s3"]:
        """What kind of place it is."""
        scheme = _split(self.url or "").scheme
        return "sftp" if scheme == "sftp" else "s3" if scheme == "s3" else "folder"

    @property
    def parts(self) -> SplitResult:
        """The parts of `url`; a plain folder is all path."""
        return _split(self.url or "")

    @property
    def is_default(self) -> bool:
        """Whether files arrive, are known and stay as they do without any of these settings."""
        return self == LandingPlace()


def _split(url: str) -> SplitResult:
    """Return the parts of a URL; a folder's `?` and `#` are ordinary, and a bucket's too."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        return SplitResult("", "", url, "", "")
    netloc, slash, path = rest.partition("/")
    return SplitResult(scheme.lower(), netloc, slash + path, "", "")
