"""The Setup page: what to read, what is liked, who asks arXiv, which model summarises; checked, written, started."""
