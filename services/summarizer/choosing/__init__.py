"""Choosing a language model: what is configured, what is found, how quick it is, and writing the choice down."""
