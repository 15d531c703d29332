"""The demo in the reader: how far its days have come, and the button that brings the next."""
