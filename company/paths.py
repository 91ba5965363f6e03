"""Where everything of one company lies, as pure functions of its home folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
DBT_PROJECT = REPOSITORY / "dbt_project"
DEFAULT_POLICIES = DBT_PROJECT / "seeds" / "policy"


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files under one home; `create` makes the folders."""

    home: Path

    @property
    def data(self) -> Path:
        """Everything that is not configuration."""
        return self.home / "data"

    @property
    def pseudonym_key(self) -> Path:
        """The secret by which people become hashes; made on first need, readable by its owner only."""
        return self.home / "secrets" / "pseudonym.key"

    @property
    def landing(self) -> Path:
        """Incoming exports, one folder per account."""
        return self.data / "landing"

    @property
    def staging(self) -> Path:
        """Copies named by content hash while they are read."""
        return self.data / "staging"

    @property
    def quarantine(self) -> Path:
        """Files held whole, with the reason beside them."""
        return self.data / "quarantine"

    @property
    def lake(self) -> Path:
        """The durable raw: clean Parquet by table and content hash."""
        return self.data / "lake"

    @property
    def warehouse(self) -> Path:
        """The build file; only the pipeline opens it."""
        return self.data / "warehouse" / "tallyhouse.duckdb"

    @property
    def serving(self) -> Path:
        """Published read-only files and the pointer to the newest."""
        return self.data / "serving"

    @property
    def outbox(self) -> Path:
        """Files pushed to destinations, one folder each."""
        return self.data / "outbox"

    @property
    def ops(self) -> Path:
        """The operations store: decisions, journal, approvals."""
        return self.data / "ops" / "ops.sqlite"

    @property
    def dagster(self) -> Path:
        """Dagster's own instance storage."""
        return self.data / "dagster"

    @property
    def dbt_target(self) -> Path:
        """dbt's compiled artefacts and run results for this home."""
        return self.data / "warehouse" / "dbt_target"

    @property
    def mappings(self) -> Path:
        """The company's own mappings of other exports onto the house templates."""
        return self.home / "mappings"

    @property
    def policy(self) -> Path:
        """The company's own policy tables; a missing file means the shipped default."""
        return self.home / "policy"

    def create(self) -> None:
        """Make every folder that is not there yet."""
        for folder in (self.landing, self.staging, self.quarantine, self.lake, self.serving, self.outbox, self.dagster):
            folder.mkdir(parents=True, exist_ok=True)
        self.warehouse.parent.mkdir(parents=True, exist_ok=True)
        self.ops.parent.mkdir(parents=True, exist_ok=True)
