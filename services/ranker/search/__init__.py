"""Search by keywords and by vectors, within filters."""
