"""The six services. None imports another; they talk over the bus."""
