"""Publisher: shows what was summarised, in the reader and as Markdown for the site."""
