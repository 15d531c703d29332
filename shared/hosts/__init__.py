"""Addresses of hosts, model servers that answer at them, and the waits that servers ask for."""
