"""`tallyhouse demo`: generate the company once, run the main job through Dagster, put every number beside the truth."""

from __future__ import annotations
