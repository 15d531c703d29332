"""The agent that reads one paper: its graph, its steps and its record."""
