"""Files of ratings and of papers as other programs write them, read as rows: which paper, which rating, when."""
