"""What each person said, asked and was shown."""
