"""All ratings of a user as files that `papersys import-ratings` and other programs read."""
