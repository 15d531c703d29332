"""Facets of what a user likes, found in the evidence: concepts, their significance, groups of them, names."""
