"""`papersys up`: the processes, in which order they start, and what is done when one ends."""
