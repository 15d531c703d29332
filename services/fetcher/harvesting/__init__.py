"""A harvest, from the first question to the announcement of what it stored."""
