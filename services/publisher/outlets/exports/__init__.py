"""Papers for other programs: reference managers, tables, feed readers."""
