"""The full text of a paper, as it was converted: read in the reader, with the sentences of the summary marked in it."""
