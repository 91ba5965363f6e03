"""What decoding is bounded by and what it answers; free of the libraries that decoding needs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """Bounds on one file; see `company.Limits`."""

    max_columns: int = 2000
    max_field_chars: int = 131_072
    block_bytes: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """What was read. With a `reason` the file is to be held, and `rows_in` counts what could be told apart until then."""

    reason: str = ""
    detail: str = ""
    entity: str = ""
    encoding: str = ""
    header: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rows_in: int = 0
    rows_rejected: int = 0
