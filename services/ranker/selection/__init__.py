"""A day's picks, from the papers that arrived to the event that announces them."""
