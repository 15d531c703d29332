"""Which papers get a vector, of what text, and what is done where one is missing."""
