"""Acronyms and symbols explained by the sentences of the text that define them: found, never invented."""
