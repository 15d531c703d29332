"""Metadata and text of papers."""
