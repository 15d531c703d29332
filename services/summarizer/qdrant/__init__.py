"""The connection to Qdrant: a folder of this process, or a server by URL."""
