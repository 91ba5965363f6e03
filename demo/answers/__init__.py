"""The truth formulas: the measures computed from true facts in plain Python, independent of the warehouse."""
