"""Questions as they come over the bus: who answers each, and the reply."""
