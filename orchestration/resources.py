"""The one resource: a company's home, and what a run was asked for."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import dagster as dg

from company import ConfigurationError, Paths, Settings, load_settings
from orchestration.moment import as_of_instant

HOME_VARIABLE = "TALLYHOUSE_HOME"


class CompanyHome(dg.ConfigurableResource):  # type: ignore[type-arg]
    """A home folder, an instant and a push mode, all optional.

    Blank `home` means the variable TALLYHOUSE_HOME, blank `as_of` the start of the run, blank `push` what the environment
    allows; else `apply` or `dry_run`.
    """

    home: str = ""
    as_of: str = ""
    push: str = ""

    @property
    def folder(self) -> Path:
        """The home's folder; raises `ConfigurationError` when none is named."""
        folder = self.home or os.environ.get(HOME_VARIABLE, "")
        if not folder:
            raise ConfigurationError(f"no home is named: set {HOME_VARIABLE} to the folder with tallyhouse.toml")
        return Path(folder).resolve()

    @property
    def paths(self) -> Paths:
        """The home's folders."""
        return Paths(self.folder)

    def settings(self) -> Settings:
        """The home's configuration, read anew so that a change counts from the next step on."""
        return load_settings(self.folder)

    def instant(self, context: dg.OpExecutionContext | dg.AssetExecutionContext) -> datetime:
        """Return the instant this run speaks of, the same in every step."""
        record = context.instance.get_run_record_by_id(context.run_id)
        started = record.create_timestamp if record is not None else None
        return as_of_instant(self.settings(), self.paths, self.as_of, now=started)

    @property
    def dry_run(self) -> bool | None:
        """What the push was asked to be; None leaves it to the environment."""
        return {"": None, "apply": False, "dry_run": True}[self.push]
