"""What an answer is made of: citable sentences, their check, disagreements, discoveries, confidence."""
