"""What harvests did, and how other preprint servers stand."""
