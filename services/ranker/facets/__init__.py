"""Facets in the picks: which likes count while one is paused or after a reset, and places kept for small ones."""
