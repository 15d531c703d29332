"""Feedback: keeps every rating."""
