"""Notion as both services need it: the connection, the database's properties, which rows are whose papers."""
