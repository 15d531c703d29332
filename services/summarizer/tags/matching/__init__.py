"""How alike two tags are: abbreviations, what must not be confused, a score, clusters."""
