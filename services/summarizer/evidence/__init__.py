"""Evidence: where a quote stands, whether a claim follows from it, and what in a paper speaks to the model."""
