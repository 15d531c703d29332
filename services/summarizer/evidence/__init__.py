"""Whether what a summary says stands in its paper."""
