"""Summaries of the past made again with another model, prompt or fields; and how these differ from what stands."""
