"""Tags: candidate phrases and the canonical index."""
