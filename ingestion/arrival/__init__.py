"""Where files arrive: every account's landing place looked at, read from, and cleared once a file is in the books."""

from ingestion.arrival.landing import Landing
from ingestion.arrival.place import PlaceError

__all__ = ["Landing", "PlaceError"]
