"""Quantiles that stock rules ask for: Poisson, normal and empirical."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist


def poisson_quantile(mean: float, probability: float) -> int:
    """Return the smallest count r with P(D <= r) >= probability. ValueError unless mean >= 0 and 0 <= probability < 1."""
    if mean < 0 or not 0 <= probability < 1:
        raise ValueError(f"no Poisson quantile for mean {mean} and probability {probability}")
    count, total = 0, math.exp(-mean)
    if total == 0.0:
        raise ValueError(f"a Poisson mean of {mean} is too large to add up term by term")
    term = total
    while total < probability:
        count += 1
        term *= mean / count
        if term == 0.0:
            break
        total += term
    return count


def normal_quantile(probability: float) -> float:
    """Return z with P(Z <= z) = probability, rounded to three digits first as service levels are."""
    return NormalDist().inv_cdf(round(probability, 3))


def empirical_quantile(values: Sequence[int], probability: float) -> int:
    """Return the value at rank ceil(probability x n), the product rounded to 9 digits first; no interpolation."""
    rank = math.ceil(round(probability * len(values), 9))
    return sorted(values)[max(rank, 1) - 1]
