"""What calls to language models cost, what a summary usually takes, how quick they are."""
