"""What the command line does with the fetcher's own code, with or without a running system."""
