"""A person's library: what was saved, skipped, opened and rated, and how to take the last word back."""
