"""Markdown of converted papers: its blocks with their places, what stands within them, tables."""
