"""The site's Markdown files."""
