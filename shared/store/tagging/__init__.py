"""The index of tags, the decisions that made it, and summaries with the tags it has now."""
