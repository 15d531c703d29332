"""Sentences of papers in other languages: by a model, with formulas, citations and code kept, each paid for once."""
