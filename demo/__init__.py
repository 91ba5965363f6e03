"""The demo company: a simulated year that writes real-format exports and knows the truth about itself."""

from demo.compare import Comparison, compare
from demo.truth import KnownDifference
from demo.world import WorldError, WorldSummary, generate, known_differences

__all__ = ["Comparison", "KnownDifference", "WorldError", "WorldSummary", "compare", "generate", "known_differences"]
