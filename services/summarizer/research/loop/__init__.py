"""Answering one question: plan, retrieve, re-rank, read, draft, check, mend."""
