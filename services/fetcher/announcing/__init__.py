"""Telling the others what a harvest stored, once NATS can be reached."""
