"""A user's picks as feeds, at a secret address that needs no session."""
