"""Papers that a person found by other ways and liked although ranking had buried them, and what would mend that."""
