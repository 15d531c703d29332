"""Files changed durably, by one writer at a time."""
