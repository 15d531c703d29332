"""Text of strangers made safe to parse, log, render and give to a model."""
