"""Weekly demand: its class, its forecast and the spread of its errors.

`y` is the demand of consecutive weeks, oldest first, zeros included. Methods: simple exponential smoothing, Croston with the
Syntetos-Boylan factor, and Teunter-Syntetos-Babai, whose forecast fades when demand stops.

Choices made here:
- Class boundaries belong to the higher class (1.32 and 0.49 are not smooth); the squared variation is rounded to 9 digits first.
- Week-to-week spread of intermittent and lumpy series too short for windows is the plain standard deviation of `y`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, pstdev

ADI_CUT = 1.32
CV2_CUT = 0.49
NEW_BELOW_WEEKS = 13
ERROR_WEEKS = 26
INTERMITTENT_ALPHA = 0.1
SBA_FACTOR = 0.95


def demand_class(y: Sequence[int], lifecycle: str) -> str:
    """Return none, ending, new, smooth, erratic, intermittent or lumpy."""
    sizes = [value for value in y if value > 0]
    if not sizes:
        return "none"
    if lifecycle in ("ending", "discontinued"):
        return "ending"
    if len(y) < NEW_BELOW_WEEKS:
        return "new"
    often = len(y) / len(sizes) < ADI_CUT
    steady = round((pstdev(sizes) / fmean(sizes)) ** 2, 9) < CV2_CUT
    if often:
        return "smooth" if steady else "erratic"
    return "intermittent" if steady else "lumpy"


def ses_levels(y: Sequence[float], alpha: float) -> list[float]:
    """Return the smoothed level after each value; the first value is the first level."""
    levels = [float(y[0])]
    for value in y[1:]:
        levels.append(levels[-1] + alpha * (value - levels[-1]))
    return levels


def croston(y: Sequence[float], alpha: float = INTERMITTENT_ALPHA) -> float:
    """Return smoothed size over smoothed interval; the first interval counts from the start. 0 without demand."""
    weeks = [week for week, value in enumerate(y, start=1) if value > 0]
    if not weeks:
        return 0.0
    intervals = [week - before for before, week in zip([0, *weeks], weeks, strict=False)]
    return ses_levels([y[week - 1] for week in weeks], alpha)[-1] / ses_levels(intervals, alpha)[-1]


def sba(y: Sequence[float]) -> float:
    """Return Croston's forecast with its upward bias taken off."""
    return SBA_FACTOR * croston(y)


def tsb(y: Sequence[float], alpha: float = INTERMITTENT_ALPHA) -> float:
    """Return smoothed size times smoothed probability of demand; the probability ages in weeks without demand."""
    sizes = [value for value in y if value > 0]
    if not sizes:
        return 0.0
    return ses_levels(sizes, alpha)[-1] * ses_levels([1.0 if value > 0 else 0.0 for value in y], alpha)[-1]


def weekly_forecast(y: Sequence[int], demand: str, ses_alpha: float) -> float:
    """Return the expected demand of each coming week."""
    if demand in ("smooth", "erratic"):
        return ses_levels(y, ses_alpha)[-1]
    if demand == "new":
        return fmean(y)
    if demand == "intermittent":
        return sba(y)
    return tsb(y) if demand in ("lumpy", "ending") else 0.0


def weekly_error_sd(y: Sequence[int], demand: str, ses_alpha: float) -> float:
    """Return the standard deviation by which a week misses its forecast."""
    if demand == "none":
        return 0.0
    if len(y) < 2:
        return math.sqrt(weekly_forecast(y, demand, ses_alpha))
    if demand not in ("smooth", "erratic"):
        return pstdev(y)
    levels = ses_levels(y, ses_alpha)
    errors = [value - level for value, level in zip(y[1:], levels, strict=False)][-ERROR_WEEKS:]
    return math.sqrt(fmean(error * error for error in errors))
