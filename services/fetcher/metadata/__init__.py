"""Metadata of papers: what is new, what is a revision, and imports from files."""
