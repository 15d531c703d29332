"""Notes on papers: written on a paper's page, listed on one of their own."""
