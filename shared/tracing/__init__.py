"""Traces of work over several services, for OpenTelemetry; nothing of it is imported unless an endpoint is set."""
