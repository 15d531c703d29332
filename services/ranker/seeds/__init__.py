"""What stands in for likes while there are few ratings: ids, sentences, .bib files."""
