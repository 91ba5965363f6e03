"""The demo company: a simulated year that writes real-format exports and knows the truth about itself."""

from demo.compare import Comparison, compare
from demo.late import LATE_HOURS, LateError, LateTally, judge_late, write_late_policy
from demo.truth import KnownDifference
from demo.world import WorldError, WorldSummary, generate, known_differences

__all__ = [
    "LATE_HOURS",
    "Comparison",
    "KnownDifference",
    "LateError",
    "LateTally",
    "WorldError",
    "WorldSummary",
    "compare",
    "generate",
    "judge_late",
    "known_differences",
    "write_late_policy",
]
