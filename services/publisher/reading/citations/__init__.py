"""The citations of a text as one person sees them: what they know of a cited paper, and who cites it."""
