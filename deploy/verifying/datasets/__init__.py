"""What is looked at in each dataset."""
