"""Secrets of a landing place, from the environment or from files that its settings name."""

from __future__ import annotations

from pathlib import Path

from company import SecretMissingError, read_secret
from company.landing import LandingPlace
from ingestion.arrival.place import PlaceError


class Secrets:
    """What one account's place needs to log in; remembers each value it gave, to keep it out of messages."""

    def __init__(self, account: str, home: Path, settings: LandingPlace) -> None:
        self._key = f"accounts.{account}.landing"
        self._home, self._settings = home, settings
        self._given: set[str] = set()

    def get(self, what: str) -> str | None:
        """Return the value behind `<what>_env` or `<what>_file`, or None when neither is set; raises `PlaceError`."""
        variable = getattr(self._settings, f"{what}_env", None)
        file = getattr(self._settings, f"{what}_file", None)
        if not variable and not file:
            return None
        try:
            value = read_secret(self._home, self._key, variable=variable, file=file, key=what)
        except SecretMissingError as error:
            raise PlaceError(str(error)) from None
        self._given.add(value)
        return value

    def hidden(self, text: str) -> str:
        """Return a message without any of the secrets given so far."""
        for value in sorted(self._given, key=len, reverse=True):
            text = text.replace(value, "***")
        return text
