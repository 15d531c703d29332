"""Ratings from the files of other programs: read, resolved to papers, compared with what is known, reported, stored."""
