"""How selections lie in files, and what was noted of them."""
