"""The file that `tallyhouse init` writes names every limit there is, with the default that is in force."""

from __future__ import annotations

import re
from decimal import Decimal

from company import Limits
from orchestration.starter_files import TALLYHOUSE_TOML


def test_every_limit_is_shown_with_its_default() -> None:
    section = TALLYHOUSE_TOML.partition("[limits]")[2]
    shown = {name: Decimal(value) for name, value in re.findall(r"^# (\w+) = ([0-9.]+)", section, re.MULTILINE)}
    assert shown == {name: Decimal(str(value)) for name, value in Limits().model_dump().items()}
