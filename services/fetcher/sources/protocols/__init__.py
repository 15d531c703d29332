"""What preprint servers speak (the API of bioRxiv and medRxiv, OAI-PMH in Dublin Core), and what is set of them."""
