"""Budgets, corpora, revisions, traces and missed papers in words, as people type and read them."""
