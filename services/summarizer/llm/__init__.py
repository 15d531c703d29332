"""The language model: its one client, what it is told, what it may answer."""
