"""Text as it is shown: safe HTML, dates."""
