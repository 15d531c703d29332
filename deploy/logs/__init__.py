"""The log of a running system in files, and reading them."""
