"""New versions of papers that a person knows: on Today, on the paper, in feeds and beside answers."""
