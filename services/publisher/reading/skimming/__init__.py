"""A text skimmed: its sentences that state problem, method, result and limitations, at a density of one's choice."""
