"""The map: a user's papers in the plane, to look at, to open and to rate."""
