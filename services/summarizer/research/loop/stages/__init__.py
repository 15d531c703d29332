"""The stages of an answer, one after the other: what each decides and asks."""
