"""Talking to arXiv: the gate, the client, and each protocol that arXiv speaks."""
