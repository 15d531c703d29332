"""Bundles: all of a user or of the system as one documented archive, and merging such an archive in."""
