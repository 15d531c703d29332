"""What the images are made with."""
