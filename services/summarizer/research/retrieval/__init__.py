"""The chunks that fit a question best, by words and by vectors."""
