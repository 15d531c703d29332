"""How related papers are: one scorer for the candidates of links and for tables of papers."""
