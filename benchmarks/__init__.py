"""Measurements, run by hand: `make benchmark`. Ratios within one run, beside named peers; never a test."""
