"""Sections of the settings that several parts of papersys read."""
