"""The best papers of the whole corpus, and why a paper ranks where it does."""
