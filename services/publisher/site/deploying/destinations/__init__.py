"""Where a site can go: each destination, and the programs that carry it there."""
