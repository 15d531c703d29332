"""Pages of tags and categories, and what a person decides about tags there."""
