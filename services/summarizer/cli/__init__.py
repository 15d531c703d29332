"""The summarizer's commands."""
