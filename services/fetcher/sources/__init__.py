"""Other preprint servers: bioRxiv, medRxiv, OAI-PMH repositories; each with its own client, gate and progress."""
