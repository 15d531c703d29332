"""Ways to compute a model faster, each tried out on this machine before it is used."""
