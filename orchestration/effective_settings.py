"""Every setting in force, flat, with where it came from; what a secret says is never shown."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from company import CONFIG_FILE, load_settings
from company.settings import ENVIRONMENT_VARIABLE

_SECRET = re.compile(r"(secret|token|password|passphrase|api_?key|private_?key|credential)", re.IGNORECASE)
_MASK = "********"
_PREFIX = "TALLYHOUSE__"


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """One setting: dotted key, value in force, and `file`, `environment <variable>` or `default`."""

    key: str
    value: Any
    origin: str


def effective_settings(home: Path) -> list[EffectiveSetting]:
    """Return every setting of the home in the order of the sections; raises `ConfigurationError`."""
    settings = load_settings(home)
    in_file = {key for key, _ in _leaves(tomllib.loads((home / CONFIG_FILE).read_text(encoding="utf-8")))}
    variables = {name.upper(): name for name in os.environ if name.upper().startswith(_PREFIX)}
    return [
        EffectiveSetting(key, _MASK if _SECRET.search(key) and value else value, _origin(key, in_file, variables))
        for key, value in _leaves(settings.model_dump(mode="json"))
    ]


def _leaves(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{key}.")
        else:
            yield key, tuple(value) if isinstance(value, list) else value


def _origin(key: str, in_file: set[str], variables: Mapping[str, str]) -> str:
    if key == "home":
        return "command line"
    if key == "environment" and ENVIRONMENT_VARIABLE in os.environ:
        return f"environment {ENVIRONMENT_VARIABLE}"
    variable = _PREFIX + key.upper().replace(".", "__")
    if variable in variables:
        return f"environment {variables[variable]}"
    return "file" if key in in_file else "default"
