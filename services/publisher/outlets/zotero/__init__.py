"""A person's Zotero library: what lies in it as ratings, picks and saved papers into a collection of it."""
