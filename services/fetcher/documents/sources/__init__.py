"""What an e-print is, by its bytes, and how large it may become."""
