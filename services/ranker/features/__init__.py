"""Features of a user, and of a paper for a user, as of a moment: the same for learning and for scoring."""
