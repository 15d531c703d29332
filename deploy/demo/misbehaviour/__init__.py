"""How the demo arXiv fails on purpose: refusals, delays, broken and hostile answers."""
