"""OAI-PMH as arXiv answers it."""
