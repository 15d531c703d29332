"""Pictures of figures: found in the source by their names and made anew, in a process of their own."""
