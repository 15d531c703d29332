"""Parquet tables of papers and their vectors, as streams."""
