"""Leases in NATS: one writer a dataset, and one process a task, where several machines share a data folder."""
