"""Formulas as KaTeX reads them."""
