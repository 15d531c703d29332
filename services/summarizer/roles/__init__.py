"""Which sentence of a paper says what: the summary's fields without a language model."""
