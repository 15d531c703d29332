"""TeX in titles and abstracts, as people read it."""
