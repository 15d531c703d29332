"""Backups of the data folder by restic, and the way back."""
