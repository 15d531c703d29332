"""The one thread that encodes, and whose fault it is when a text cannot be."""
