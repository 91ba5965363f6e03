"""Availability from raw positions at scale: the product's own compiled SQL on generated companies, in one process."""
