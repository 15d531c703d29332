"""A LaTeX paper made ready for a converter: its files, dialect, front matter, body."""
