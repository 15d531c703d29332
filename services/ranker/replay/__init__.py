"""A day's picks made again, as of that day, by other vectors or settings; and how these differ from what stands."""
