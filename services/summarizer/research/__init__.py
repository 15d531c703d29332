"""Questions answered from papers: a reading list, its chunks, retrieval, and the loop that answers."""
