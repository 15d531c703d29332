"""A user's papers as points in the plane: which papers, where they lie, which interest they belong to."""
