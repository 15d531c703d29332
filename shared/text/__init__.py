"""Text of strangers made safe to parse, log and render."""
