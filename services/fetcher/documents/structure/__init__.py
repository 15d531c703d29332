"""The parts of a paper that are more than text: lists, tables, figures, theorems, code, references."""
