"""What all services share; imports no service."""
