"""Links between papers, and the index of neighbours they are found in."""
