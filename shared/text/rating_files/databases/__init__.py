"""Databases that other programs leave behind, as files of ratings."""
