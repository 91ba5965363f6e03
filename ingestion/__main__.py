"""`python -m ingestion --home DIR`: load what lies in landing and say what became of it; exit code 1 when a file is held."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from company import ConfigurationError, Paths, load_settings
from ingestion.outcome import FileOutcome, IngestOutcome
from ingestion.pipeline import ingest
from warehouse.connection import WarehouseBusyError, WarehouseUnreadableError


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0, 1 when a file was held or refused, 2 when nothing could be done."""
    parser = argparse.ArgumentParser(
        prog="python -m ingestion", description="Load new exports from the landing folder."
    )
    parser.add_argument("--home", type=Path, required=True, help="the folder with tallyhouse.toml")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(options.home)
        outcome = ingest(settings, Paths(settings.home), on_progress=None if options.json else _say)
    except (ConfigurationError, WarehouseBusyError, WarehouseUnreadableError) as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(outcome.to_dict(), indent=1) if options.json else _sum_up(outcome))
    return 1 if outcome.with_status("held") or outcome.with_status("refused") else 0


def _say(file: FileOutcome) -> None:
    counts = f"{file.rows_loaded} rows" if file.status == "loaded" else file.reason
    refused = f", {file.rows_quarantined} refused" if file.status == "loaded" and file.rows_quarantined else ""
    print(f"{file.status:9} {file.account}/{file.source_file}: {counts}{refused}")


def _sum_up(outcome: IngestOutcome) -> str:
    if not outcome.files:
        return f"nothing new ({outcome.seconds:.1f} s)"
    return (
        f"{len(outcome.files)} files: {outcome.rows_in} rows in = {outcome.rows_loaded} loaded"
        f" + {outcome.rows_quarantined} quarantined ({outcome.seconds:.1f} s)"
    )


if __name__ == "__main__":
    sys.exit(main())
