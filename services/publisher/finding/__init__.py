"""Papers that are found: by search, on the map, by follows; what picks missed, what rises, what is new to you."""
