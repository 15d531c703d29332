"""Requests and their replies on the wire, between services and from commands."""
