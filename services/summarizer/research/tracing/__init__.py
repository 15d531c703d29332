"""The trace of a question: each effect written before its use, so that it can be gone on with and replayed."""
