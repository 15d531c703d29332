"""What is asked for a person: picks, interests, follows, notes, imports, signals."""
