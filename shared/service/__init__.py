"""How a service runs as a process: server, health, log, background loops, limits."""
