"""Concepts that grow in what a user likes to read, and just outside it."""
