"""Ingestion beside named peers on the same files, and many small files beside few large ones: `make benchmark-ingest`."""
