"""Who may use the reader."""
