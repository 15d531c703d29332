"""What a search asks for: the typed query, periods and filters, and the expression that is scored."""
