"""Fetcher: owns every byte that comes from arXiv."""
