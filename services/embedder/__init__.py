"""Embedder: gives every paper a vector, and other services vectors of texts."""
