"""A user's model: what it is, how it is fitted, how it scores."""
