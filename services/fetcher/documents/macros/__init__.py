"""What a paper defines for itself, and what becomes of it where it is used."""
