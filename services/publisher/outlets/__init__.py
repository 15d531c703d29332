"""Ways out of the reader: what papers and picks are sent to, or handed over as."""
