"""Quantiles that stock rules ask for: normal and empirical."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist


def normal_quantile(probability: float) -> float:
    """Return z with P(Z <= z) = probability, rounded to three digits first as service levels are."""
    return NormalDist().inv_cdf(round(probability, 3))


def empirical_quantile(values: Sequence[int], probability: float) -> int:
    """Return the value at rank ceil(probability x n), the product rounded to 9 digits first; no interpolation."""
    rank = math.ceil(round(probability * len(values), 9))
    return sorted(values)[max(rank, 1) - 1]
