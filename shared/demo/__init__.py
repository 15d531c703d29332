"""The demo as the launcher, the reader and the command line see it: its days, and how the next one comes."""
