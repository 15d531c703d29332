"""arXiv's other doors: abstract pages, feeds, the query API."""
