"""Export files in, typed raw tables and their books out; a complete program without an orchestrator."""

from ingestion.ledger import ensure_raw_tables
from ingestion.outcome import FileOutcome, GateReport, IngestOutcome
from ingestion.pipeline import ingest

__all__ = ["FileOutcome", "GateReport", "IngestOutcome", "ensure_raw_tables", "ingest"]
