"""Copies of the data folder elsewhere, kept up to date: a dataset at Hugging Face, a git repository."""
