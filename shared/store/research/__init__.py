"""What questions about papers rest on: chunks and their vectors, reading lists, traces."""
