"""What a first run of a home would otherwise wait for, started ahead on the idle core: the file gate's imports.

They take seconds and need nothing of the data. A home that has run before does not pay them, so nothing is started for it.
"""

from __future__ import annotations

from company import Paths


def start_gate_ahead(paths: Paths) -> None:
    """Let the gate import while exports are written, when nothing of this home is ingested yet."""
    if not paths.warehouse.is_file():
        from ingestion import start_gate

        start_gate()
