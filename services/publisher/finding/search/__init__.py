"""The search page of the reader."""
