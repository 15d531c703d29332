"""What picks missed: the page, and the line on Today in the week in which it is news."""
