"""The published version, and the checks that stand before it."""
