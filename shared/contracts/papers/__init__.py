"""What is asked about papers: metadata, documents, vectors, tags, translations, answers."""
