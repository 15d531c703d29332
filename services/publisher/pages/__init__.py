"""The pages of the reader."""
