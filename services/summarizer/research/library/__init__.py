"""The reading list: who asks for which papers, and the work that makes them ready to be asked."""
