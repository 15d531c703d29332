"""Summaries, ratings and keywords of older systems, as what papersys stores."""
