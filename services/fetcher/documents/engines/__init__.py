"""Programs and libraries that convert: pandoc, LaTeXML, marker, pypdf, and HTML made ready for pandoc."""
