"""The first floor: the DuckDB files. Knows the company, no business rule."""
