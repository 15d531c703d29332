"""What the reader follows: the page of it, and the buttons that begin and end a follow."""
