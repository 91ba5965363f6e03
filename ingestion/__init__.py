"""Export files in, typed raw tables and their books out; a complete program without an orchestrator."""

from ingestion.books import ensure_raw_tables
from ingestion.gate import start_gate
from ingestion.outcome import FileOutcome, GateCheck, GateReport, IngestOutcome
from ingestion.past_rows import copy_past_rows, ledger_state
from ingestion.pipeline import ingest
from ingestion.rebuild import RebuildOutcome, rebuild_from_lake
from ingestion.templates import write_templates

__all__ = [
    "FileOutcome",
    "GateCheck",
    "GateReport",
    "IngestOutcome",
    "RebuildOutcome",
    "copy_past_rows",
    "ensure_raw_tables",
    "ingest",
    "ledger_state",
    "rebuild_from_lake",
    "start_gate",
    "write_templates",
]
