"""A message from its delivery to its end: attempts, what becomes of it, dead letters."""
