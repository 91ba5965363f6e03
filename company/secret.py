"""A secret that settings point to: the value of an environment variable, or of a file. It is never a setting itself."""

from __future__ import annotations

import os
from pathlib import Path


class SecretMissingError(ValueError):
    """A named variable is not set, a named file cannot be read, or nothing is named; the message never holds a value."""


def read_secret(home: Path, where: str, *, variable: str | None, file: str | None, key: str = "secret") -> str:
    """Return the value behind `<key>_env` or `<key>_file` of the section `where`; raises `SecretMissingError`."""
    if variable:
        value = os.environ.get(variable, "")
        if not value:
            raise SecretMissingError(
                f"environment variable {variable}, named by {where}.{key}_env, is not set. Set it."
            )
        return value
    if not file:
        raise SecretMissingError(f"[{where}] names neither {key}_env nor {key}_file. Add one of them.")
    try:
        value = (home / Path(file).expanduser()).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise SecretMissingError(f"{file}, named by {where}.{key}_file, cannot be read: {reason}.") from None
    if not value:
        raise SecretMissingError(f"{file}, named by {where}.{key}_file, is empty.")
    return value
