"""A paper read in the reader: its full text, and what helps to read it."""
