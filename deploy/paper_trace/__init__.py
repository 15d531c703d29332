"""`papersys trace`: a paper's way through the system with its times, from the records alone."""
