"""A paper as passages and sentences, and quotes looked up in them."""
