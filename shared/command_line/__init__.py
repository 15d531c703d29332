"""What the commands of all services share: their context, options and output."""
