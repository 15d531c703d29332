"""Picks told to chats and phones: Slack, Discord, Matrix, ntfy."""
