"""The reading list in the reader: its page, and the button on every paper."""
