"""Fitted models over time: refitted, kept on disk, compared."""
