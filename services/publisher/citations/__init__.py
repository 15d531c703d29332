"""The citations of a text as one person sees them: what they know of each cited paper, and who of what they read cites it."""
