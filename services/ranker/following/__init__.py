"""What users follow, found among papers that arrive and among those of the last days."""
