"""One call of a model: what is sent, how many at once, how the answer arrives, what it used, what went wrong."""
