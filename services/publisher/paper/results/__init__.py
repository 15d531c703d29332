"""Results of papers' tables: the page that compares them, and what of them stands on a paper's page."""
