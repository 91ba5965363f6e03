"""The file gate: is the whole file as promised? Verdict before anything of it is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class GateRequest:
    """What is judged: the gate's Parquet of text columns with `_refused`, rows not readable at all, and the bounds."""

    system: str
    entity: str
    judged: str
    rows_in: int
    rows_refused: int
    max_reject_rate: float
    min_rows: int = 0
