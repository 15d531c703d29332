"""Ranker: learns from ratings, picks the papers of the day, and says why."""
