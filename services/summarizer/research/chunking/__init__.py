"""Papers cut into chunks: sections, or parts of long ones."""
