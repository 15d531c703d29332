"""What each command of `papersys` takes and prints."""
