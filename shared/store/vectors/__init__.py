"""Vectors of papers: Parquet files, their manifest, and a memory-mapped copy."""
