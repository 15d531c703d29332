"""Summarizer: extracts what the user asked for from the picked papers, tags and links them."""
