"""Feedback: keeps every rating, and which papers were saved, skipped and opened."""
