"""Whether somebody may act on what was held or refused: a role that tallyhouse.toml gives."""

from __future__ import annotations

from company import Settings, acting


def permit(settings: Settings, actor: str) -> None:
    """Raise `company.NotAllowedError` unless that person may act on quarantine in this home."""
    acting(settings.people, actor).must("quarantine")
