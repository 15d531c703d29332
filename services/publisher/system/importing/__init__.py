"""Import of ratings in the reader: upload, report, confirmation."""
