"""What every policy row carries and the kinds of value that policies hold."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

WILDCARD = "*"


def _iso_date(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError(f"{value!r} is not a date; write one like 2026-11-20")
    return value


Key = Annotated[str, Field(min_length=1)]
Text = Annotated[str, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Rate = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Quantity = Annotated[int, Field(ge=0)]


class PolicyRow(BaseModel):
    """What every policy row carries: who decided it, why, and from when until when (exclusive) it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    keys: ClassVar[tuple[str, ...]] = ()
    needs_catch_all: ClassVar[bool] = True

    owner: Text
    reason: Text
    effective_from_on: Day
    effective_to_on: Day | None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> PolicyRow:
        if self.effective_to_on is not None and self.effective_to_on <= self.effective_from_on:
            raise PydanticCustomError(
                "effective_to_on",
                "effective_to_on must be later than effective_from_on; it is the first day without the row",
            )
        return self
