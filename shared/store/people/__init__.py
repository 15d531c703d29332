"""What each user said and keeps: ratings, signals, follows, notes; and who the users are."""
