"""Settings: where they come from, and what is said of those that cannot be used."""
