"""What a user likes more of than chance can explain."""
