"""The datasets of a bundle: how each is written into one, and merged from one."""
