"""What a new version of a paper changes: texts compared, quotes looked up again, and which papers are worth it."""
